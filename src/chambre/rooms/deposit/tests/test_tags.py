"""Tags that sign: a tap is good once, a copied one is a case, keys are sealed and each tag's own."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.lib import ntag424
from chambre.rooms.deposit.models import Case, Contract, Item, Tag, TagMaster
from chambre.rooms.deposit.queries.errors import NameTaken
from chambre.rooms.deposit.services import phones, tags
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.deposit.services.tags import Freshness

UID = "04DE5F1EACC040"
SYSTEM = Actor.system("test")


class Tapped:
    """A tag on a jar, tapped as often as it is asked."""

    def __init__(self, item):
        self.item = item
        self.tag, self.keys = tags.enrol_tag(item=item, uid=UID, by=SYSTEM)

    def tap(self, counter):
        picc, mac = ntag424.answer(
            bytes.fromhex(UID), counter, meta_key=self.keys.meta, file_key=self.keys.file
        )
        return phones.Tap(picc, mac)

    def see(self, counter):
        tap = self.tap(counter)
        return tags.see_tap(item=self.item, picc=tap.picc, mac=tap.mac)

    def back(self, counter, key, means="voucher"):
        asked = Asked(key=key, codes=(self.item.uri,), place="halle", means=means)
        return phones.from_anywhere(asked, address="192.0.2.1", tap=self.tap(counter))


@pytest.fixture
def tapped(jar):
    return Tapped(Item.objects.select_related("scheme__book__structure").get(uri=jar))


def test_a_tapped_object_is_paid_back_from_anywhere_once(tapped):
    assert tapped.see(1) is Freshness.NEW

    answer = tapped.back(1, "a")

    assert (answer.outcome, answer.refund) == ("refunded", 200)
    assert tapped.back(1, "a").contract == answer.contract  # the same key, the same answer
    assert not Case.objects.exists()
    tag = Tag.objects.get()
    assert (tag.counter, tag.used) == (1, 1)


def test_a_copied_tap_is_a_case_and_pays_nothing(tapped):
    tapped.see(5)

    answer = tapped.back(4, "a")

    assert (answer.outcome, answer.reason, answer.refund) == ("case", "cloned", 0)
    assert Contract.objects.get().state == "open"
    assert Case.objects.get().kind == "cloned"


def test_a_tap_on_which_a_return_stood_is_not_used_again(tapped, house):
    tapped.back(1, "a")
    house.out(tapped.item.uri)

    assert tapped.see(1) is Freshness.OLD
    answer = tapped.back(1, "b")

    assert (answer.outcome, answer.reason) == ("case", "cloned")
    assert Contract.objects.filter(state="open").count() == 1


def test_reading_the_page_again_is_no_fraud_but_an_old_tap_is_done_again(tapped):
    assert tapped.see(1) is Freshness.NEW
    assert tapped.see(1) is Freshness.SAME

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16), tick=False):
        assert tapped.see(1) is Freshness.OLD
        with pytest.raises(tags.TapTooOld):
            tapped.back(1, "a")
        assert tapped.back(2, "b").outcome == "refunded"
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_tap_asked_for_at_once_by_many_is_paid_once(tapped):
    start = threading.Barrier(4)

    def ask(number):
        try:
            start.wait()
            return tapped.back(1, f"tap{number}").outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(ask, range(4)))

    assert answers == ["already", "already", "already", "refunded"]
    assert Contract.objects.get().refunded == 200


def test_a_refused_return_does_not_use_the_tap_up(tapped):
    with pytest.raises(Invalid):
        tapped.back(1, "a", means="cash")

    assert Tag.objects.get().used is None
    assert tapped.back(1, "b").outcome == "refunded"


def test_what_no_tag_of_this_object_signed_is_refused(tapped, house):
    (other,) = house.jars()
    tap = tapped.tap(1)

    with pytest.raises(tags.NoTap):
        tags.see_tap(item=Item.objects.get(uri=other), picc=tap.picc, mac=tap.mac)
    with pytest.raises(tags.NoTap):
        tags.see_tap(item=tapped.item, picc=tap.picc, mac="00" * 8)
    tags.revoke_tag(tag=tapped.tag, by=SYSTEM)
    with pytest.raises(tags.NoTap):
        tapped.see(2)
    assert Tag.objects.get().counter is None


def test_keys_are_sealed_and_made_from_one_key_of_the_scheme(tapped, house):
    second = Item.objects.get(uri=house.jars()[0])
    _tag, keys = tags.enrol_tag(item=second, uid="04:95:8C:AA:5C:5E:80", by=SYSTEM)

    assert TagMaster.objects.count() == 1
    assert len({tapped.keys.meta, tapped.keys.file, keys.meta, keys.file}) == 4
    kept = "".join([*Tag.objects.values_list("sealed", flat=True), TagMaster.objects.get().sealed])
    assert keys.meta.hex() not in kept
    assert tags.Keys.of(Tag.objects.get(uid="04958CAA5C5E80")) == keys


def test_keys_that_were_written_already_are_taken(tapped, house):
    item = Item.objects.get(uri=house.jars()[0])
    uid, meta, file = "04958CAA5C5E80", "11" * 16, "22" * 16
    tags.enrol_tag(item=item, uid=uid, meta_key=meta, file_key=file, by=SYSTEM)

    picc, mac = ntag424.answer(
        bytes.fromhex(uid), 9, meta_key=bytes.fromhex(meta), file_key=bytes.fromhex(file)
    )
    assert tags.see_tap(item=item, picc=picc, mac=mac) is Freshness.NEW


@pytest.mark.parametrize(
    ("uid", "keys"), [("04", {}), ("zz" * 7, {}), (UID[:-2] + "41", {"meta_key": "11" * 16})]
)
def test_numbers_and_keys_of_another_form_are_refused(tapped, uid, keys):
    with pytest.raises(Invalid):
        tags.enrol_tag(item=tapped.item, uid=uid, by=SYSTEM, **keys)
    assert Tag.objects.count() == 1


def test_a_tag_is_on_one_object_and_only_stewards_put_it_there(tapped, house, make_user):
    other = Item.objects.select_related("scheme__book__structure").get(uri=house.jars()[0])
    with pytest.raises(NameTaken):
        tags.enrol_tag(item=other, uid=UID, by=SYSTEM)
    with pytest.raises(Forbidden):
        tags.enrol_tag(item=other, uid="04958CAA5C5E80", by=Actor.of(make_user()))
    assert Tag.objects.count() == 1
