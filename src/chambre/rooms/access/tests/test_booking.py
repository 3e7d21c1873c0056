"""Booking a thing: under its rules, never twice, once under a key."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core.errors import Forbidden, KeyReused
from chambre.lib.booking import Repeat
from chambre.rooms.access.models import HOLDING, AccessLetter, Booking, BookingStep, Wait
from chambre.rooms.access.queries.errors import BookingRefused, NotForYou, NotNow, NotTrained
from chambre.rooms.access.queries.letters import wording
from chambre.rooms.access.services import booking, changing, offering, training, waiting

pytestmark = pytest.mark.django_db


def refused(shop, *args, **kwargs):
    before = Booking.objects.count()
    with pytest.raises(BookingRefused) as refusal:
        shop.books(*args, **kwargs)
    assert Booking.objects.count() == before
    return refusal.value.code


def test_nobody_books_what_one_side_alone_has_put_at_disposal(shop):
    offer = offering.offer_use(resource=shop.lathe, by=shop.by(shop.ada))
    assert offer.state == "proposed"

    with pytest.raises(NotNow):
        shop.books(shop.carl, 9, 10)

    terms = offer.versions.get()
    with pytest.raises(Forbidden):
        offering.accept(terms=terms, side="custodian", digest=terms.digest, by=shop.by(shop.carl))
    offering.accept(terms=terms, side="custodian", digest=terms.digest, by=shop.by(shop.bea))
    assert shop.books(shop.carl, 9, 10).state == "confirmed"


def test_a_time_is_booked_once(shop):
    shop.offers()
    first = shop.books(shop.carl, 9, 11)

    assert refused(shop, shop.dora, 10, 12) == "access.full"
    assert refused(shop, shop.dora, 8, 10) == "access.full"
    shop.books(shop.dora, 11, 12)
    changing.cancel(booking=first, by=shop.by(shop.carl))
    assert shop.books(shop.dora, 9, 11).state == "confirmed"


def test_the_same_key_books_once_and_for_nothing_else(shop):
    shop.offers()
    first = shop.books(shop.carl, 9, 10, key="same")

    assert shop.books(shop.carl, 9, 10, key="same") == first
    with pytest.raises(KeyReused):
        shop.books(shop.carl, 14, 15, key="same")
    assert Booking.objects.count() == BookingStep.objects.count() == 1


def test_rules_are_kept(shop):
    shop.offers(
        hours="mon-sun 09:00-18:00", shortest=60, longest=180, notice=1440, ahead_days=20, buffer=30
    )
    assert refused(shop, shop.carl, 8, 10) == "access.closed"
    assert refused(shop, shop.carl, 10, 14) == "access.too-long"
    assert refused(shop, shop.carl, 9, 10, days=30) == "access.too-early"
    assert refused(shop, shop.carl, 10, 10) == "access.backwards"
    assert refused(shop, shop.carl, 9, 10, days=-8) == "access.past"
    shop.books(shop.carl, 9, 10)
    assert refused(shop, shop.dora, 10, 11) == "access.full"  # the half hour after it


def test_a_quota_is_each_persons_own(shop):
    shop.offers(month_minutes=180)
    shop.books(shop.carl, 9, 11)

    code = refused(shop, shop.carl, 13, 15)

    assert code == "access.quota-minutes"
    assert shop.books(shop.dora, 13, 15).state == "confirmed"


def test_people_to_whom_it_is_not_open(shop):
    stranger = shop.person("eli", member=False)
    shop.offers(audience="members")
    with pytest.raises(NotForYou):
        shop.books(stranger, 9, 10)
    with pytest.raises(Forbidden):
        shop.books(shop.carl, 9, 10, by=shop.dora)
    assert not Booking.objects.exists()


def test_people_who_are_named(shop):
    shop.offers(audience="named", named=[shop.carl])
    with pytest.raises(NotForYou):
        shop.books(shop.dora, 9, 10)
    assert shop.books(shop.carl, 9, 10).state == "confirmed"


def test_a_training_that_somebody_else_attests(shop):
    offer = shop.offers(training="Sécurité du tour")
    with pytest.raises(NotTrained):
        shop.books(shop.carl, 9, 10)
    with pytest.raises(Forbidden):
        training.attest(offer=offer, person=shop.dora, by=shop.by(shop.carl))

    training.attest(offer=offer, person=shop.carl, by=shop.by(shop.bea))

    assert shop.books(shop.carl, 9, 10).state == "confirmed"


def test_several_places(shop):
    shop.offers(capacity=2)
    shop.books(shop.carl, 9, 12)
    shop.books(shop.dora, 9, 10)
    shop.books(shop.dora, 12, 13)

    # One place is free from 10 to 12, the other from 12: each hour has room, so three have room.
    assert shop.books(shop.ada, 10, 12).seat in (1, 2)
    assert refused(shop, shop.ada, 9, 10) == "access.full"


def test_places_are_shuffled_when_that_makes_room(shop):
    shop.offers(capacity=2)
    shop.books(shop.carl, 9, 10)  # place 1
    shop.books(shop.dora, 9, 11)  # place 2
    late = shop.books(shop.carl, 11, 13)  # place 1
    blocker = shop.books(shop.dora, 12, 14)  # place 2
    assert {late.seat, blocker.seat} == {1, 2}

    fits = shop.books(shop.ada, 10, 12)

    rows = list(Booking.objects.order_by("starts_at"))
    assert fits.state == "confirmed"
    for one in rows:
        for other in rows:
            if one.pk < other.pk and one.seat == other.seat:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    assert {row.seat for row in rows} == {1, 2}


def test_the_database_itself_refuses_a_second_booking(shop):
    shop.offers()
    row = shop.books(shop.carl, 9, 11)
    copy = {
        "offer": row.offer, "terms": row.terms, "resource": row.resource, "person": shop.dora,
        "starts_at": row.starts_at + dt.timedelta(hours=1), "ends_at": row.ends_at,
        "busy_until": row.busy_until, "state": "confirmed", "made_by": "sql",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="access_never_twice"), transaction.atomic():
        Booking.objects.create(**copy, key="sneaked")
    quiet = Booking.objects.create(**{**copy, "state": "cancelled"}, key="quiet")
    with pytest.raises(IntegrityError, match="access_never_twice"), transaction.atomic():
        Booking.objects.filter(pk=quiet.pk).update(state="confirmed")
    assert Booking.objects.filter(state__in=HOLDING).count() == 1
    assert connection.vendor in ("sqlite", "postgresql")


def test_approval(shop):
    shop.offers(approval=True)
    row = shop.books(shop.carl, 9, 10)
    assert row.state == "asked"
    assert AccessLetter.objects.get().person == shop.bea
    with pytest.raises(Forbidden):
        changing.approve(booking=row, by=shop.by(shop.carl))

    assert changing.approve(booking=row, by=shop.by(shop.bea)).state == "confirmed"
    assert changing.approve(booking=row, by=shop.by(shop.bea)).state == "confirmed"
    assert list(row.steps.values_list("state", flat=True)) == ["asked", "confirmed"]


def test_cancelling_too_late(shop):
    shop.offers(cancel_minutes=60 * 24 * 10)
    row = shop.books(shop.carl, 9, 10)
    with pytest.raises(NotNow):
        changing.cancel(booking=row, by=shop.by(shop.carl))
    with pytest.raises(Forbidden):
        changing.cancel(booking=row, by=shop.by(shop.dora))
    assert changing.cancel(booking=row, by=shop.by(shop.bea)).state == "cancelled"


def test_a_freed_time_goes_to_the_first_who_waits(shop):
    shop.offers(priority="treasurer")
    row = shop.books(shop.carl, 9, 11)
    times = {"start": shop.at(9), "end": shop.at(11)}
    first = waiting.join(resource=shop.lathe, person=shop.dora, by=shop.by(shop.dora), **times)
    ranked = waiting.join(resource=shop.lathe, person=shop.bea, by=shop.by(shop.bea), **times)
    assert (
        waiting.join(resource=shop.lathe, person=shop.dora, by=shop.by(shop.dora), **times) == first
    )
    with pytest.raises(NotNow):
        waiting.join(
            resource=shop.lathe, person=shop.dora, start=shop.at(14), end=shop.at(15),
            by=shop.by(shop.dora),
        )  # fmt: skip

    changing.cancel(booking=row, by=shop.by(shop.carl))

    ranked.refresh_from_db()
    first.refresh_from_db()
    assert (ranked.state, first.state) == ("offered", "waiting")
    kept = ranked.booking
    assert (kept.state, kept.person) == ("held", shop.bea)
    assert AccessLetter.objects.get(kind="kept").person == shop.bea

    Booking.objects.filter(pk=kept.pk).update(held_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(NotNow):
        changing.take(booking=kept, by=shop.by(shop.bea))
    assert changing.lapse_due() == 1
    first.refresh_from_db()
    assert changing.take(booking=first.booking, by=shop.by(shop.dora)).state == "confirmed"
    assert list(Wait.objects.order_by("id").values_list("state", flat=True)) == ["taken", "lapsed"]


def test_a_repetition_is_booked_whole_or_as_far_as_it_fits(shop):
    shop.offers()
    shop.books(shop.dora, 9, 10, days=7)
    asked = {
        "resource": shop.lathe, "person": shop.carl, "start": shop.at(9), "end": shop.at(10),
        "repeat": Repeat("weekly", count=4), "by": shop.by(shop.carl),
    }  # fmt: skip

    whole = booking.book_series(**asked, key="whole")
    assert (whole.booked, [span.start for span, _why in whole.refused]) == (
        [],
        [shop.at(9, days=7)],
    )
    assert Booking.objects.count() == 1

    some = booking.book_series(**asked, key="some", only_all=False)
    assert [row.starts_at for row in some.booked] == [shop.at(9, days=n) for n in (0, 14, 21)]
    assert booking.book_series(**asked, key="some", only_all=False).booked == some.booked


def test_bookings_keep_the_rules_that_they_were_made_under(shop):
    offer = shop.offers(cancel_minutes=0)
    row = shop.books(shop.carl, 9, 10)
    terms = offering.propose_terms(offer=offer, by=shop.by(shop.bea), cancel_minutes=60 * 24 * 300)
    assert offer.number == 1
    offering.accept(terms=terms, side="owner", digest=terms.digest, by=shop.by(shop.ada))
    offer.refresh_from_db()

    assert offer.number == 2
    assert changing.cancel(booking=row, by=shop.by(shop.carl)).state == "cancelled"


def test_the_owner_withdraws_only_under_the_rules_that_it_accepted(shop):
    offer = shop.offers(withdrawal_days=10)
    row = shop.books(shop.carl, 9, 10, days=20)
    from chambre.core.errors import Invalid

    with pytest.raises(Forbidden):
        offering.announce_withdrawal(offer=offer, by=shop.by(shop.bea))
    for day in (shop.day - dt.timedelta(days=2), dt.date.max):
        with pytest.raises(Invalid):
            offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada), day=day)
    offer = offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))

    row.refresh_from_db()
    assert (offer.state, row.state) == ("leaving", "confirmed")
    assert shop.books(shop.dora, 9, 10).state == "confirmed"
    with pytest.raises(Exception) as refusal:
        shop.books(shop.dora, 9, 10, days=8)
    assert refusal.value.code == "access.out-of-use"
    assert offering.end_due() == 0


def test_an_announced_withdrawal_is_taken_back_and_who_was_told_hears_of_it(shop):
    offer = shop.offers(withdrawal_days=3)
    shop.books(shop.carl, 9, 10)
    offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))
    with pytest.raises(Forbidden):
        offering.stay(offer=offer, by=shop.by(shop.bea))

    for _twice in range(2):
        offer = offering.stay(offer=offer, by=shop.by(shop.ada), reason="Autre machine trouvée")

    assert (offer.state, offer.ends_on) == ("open", None)
    assert offer.turns.filter(reason="Autre machine trouvée").count() == 1
    assert shop.books(shop.dora, 9, 10, days=30).state == "confirmed"
    told = AccessLetter.objects.filter(kind="leaving").order_by("id")
    assert [row.person for row in told] == [shop.carl, shop.bea] * 2
    assert "reste à disposition" in wording(told[2])[1]
    offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))
    assert told.filter(person=shop.carl).count() == 3


def test_what_was_not_announced_or_has_left_does_not_stay(shop):
    offer = shop.offers(withdrawal_days=0)
    assert offering.stay(offer=offer, by=shop.by(shop.ada)).state == "open"
    offering.announce_withdrawal(offer=offer, by=shop.by(shop.ada))
    offering.end_due()
    with pytest.raises(NotNow):
        offering.stay(offer=offer, by=shop.by(shop.ada))
