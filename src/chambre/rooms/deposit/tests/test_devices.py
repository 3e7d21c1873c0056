"""Connected objects: whatever they repeat, mistake or lie about, a deposit is paid back once."""

import datetime as dt
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.epcis.models import Event as EpcisEvent
from chambre.lib import devices as lib
from chambre.lib.devices.signing import to_text
from chambre.rooms.deposit.models import (
    Act,
    Contract,
    Device,
    DeviceKey,
    DeviceMessage,
    Item,
    Move,
    Refund,
)
from chambre.rooms.deposit.queries.errors import NameTaken, NoPlace
from chambre.rooms.deposit.services import enrolling, proving
from chambre.rooms.deposit.services.ingesting import ingest
from chambre.rooms.deposit.tests.talking import SYSTEM, Talker, plain


@pytest.fixture
def talker(house):
    return Talker()


def paid():
    return sorted(Refund.objects.values_list("amount", flat=True))


def test_a_device_is_known_by_a_key_that_is_shown_once(house):
    made = enrolling.enrol(name="borne-1", place="halle", by=SYSTEM)

    assert len(made.secret) == 43
    assert made.password == lib.broker_password(made.secret)
    [key] = DeviceKey.objects.all()
    assert made.secret not in key.sealed
    assert proving.known()["borne-1"].password() == made.password


def test_names_places_and_keys_that_cannot_be_are_refused(house):
    enrolling.enrol(name="borne-1", place="halle", by=SYSTEM)
    with pytest.raises(NameTaken):
        enrolling.enrol(name="borne-1", place="halle", by=SYSTEM)
    with pytest.raises(NoPlace):
        enrolling.enrol(name="borne-2", place="nulle-part", by=SYSTEM)
    for name in ("", "a/b", "+", "chambre-ingest"):
        with pytest.raises(Invalid):
            enrolling.enrol(name=name, place="halle", by=SYSTEM)
    for proof in (
        enrolling.Proof("ed25519", "abc"),
        enrolling.Proof("certificate", "-----BEGIN"),
        enrolling.Proof("secret", "mine"),
        enrolling.Proof("other"),
    ):
        with pytest.raises(Invalid):
            enrolling.enrol(name="borne-2", place="halle", by=SYSTEM, proof=proof)
    assert list(Device.objects.values_list("name", flat=True)) == ["borne-1"]


def test_only_who_manages_the_scheme_enrols_and_revokes(talker, make_user):
    passer_by = Actor.of(make_user("dris@exemple.test"))
    with pytest.raises(Forbidden):
        enrolling.enrol(name="borne-2", place="halle", by=passer_by)
    with pytest.raises(Forbidden):
        enrolling.revoke(talker.device, by=passer_by)
    assert Device.objects.get().is_active


def test_a_scan_is_paid_back_and_a_repeated_one_gets_the_same_answer(talker, jar):
    message = talker.said(jar)
    [first] = talker.say(message)
    [second] = talker.say({**message, "clk": {"now": talker.clock()}})
    [third, fourth] = talker.say(message, message)

    assert (first["ok"], first["outcome"], first["refund"]) == (True, "refunded", 200)
    assert (first["dev"], first["boot"], first["seq"]) == ("borne-1", talker.boot, 1)
    for again in (second, third, fourth):
        assert plain(first).items() <= again.items()
    assert (paid(), DeviceMessage.objects.count()) == ([200], 1)


def test_the_same_message_twice_in_one_batch_is_one(talker, jar):
    message = talker.said(jar)
    first, second = talker.say(message, message)

    assert plain(first) == plain(second)
    assert paid() == [200]


def test_a_number_is_not_used_for_something_else(talker, jar, house):
    message = talker.said(jar)
    talker.say(message)
    [other] = talker.say({**message, "codes": ["https://lysse.test/other"]})

    assert (other["ok"], other["code"], other["final"]) == (False, "number-used", True)
    assert DeviceMessage.objects.count() == 1


def test_two_listeners_that_hear_the_same_message_pay_once(
    transactional_db, django_db_serialized_rollback
):
    from chambre.rooms.deposit.tests.conftest import House

    house = House()
    codes = house.jars(20)
    house.out(*codes)
    talker = Talker()
    messages = [talker.said(code) for code in codes]
    arrivals = [talker.arrival(message) for message in messages]
    start, answers = threading.Barrier(3), []

    def listen():
        try:
            start.wait()
            answers.append(ingest(arrivals))
        finally:
            connection.close()

    threads = [threading.Thread(target=listen) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 3
    assert all(answer["outcome"] == "refunded" for told in answers for answer in told)
    assert paid() == [200] * 20
    assert DeviceMessage.objects.count() == 20


def test_what_a_device_says_first_is_decided_first(house):
    talker = Talker(issues=True)
    (jar,) = house.jars()
    out, back, again = talker.said(jar, op="issue"), talker.said(jar), talker.said(jar, op="issue")
    answers = talker.say(again, back, out)  # as shared subscriptions may deliver them

    assert [answer["outcome"] for answer in answers] == ["issued", "refunded", "issued"]
    assert Contract.objects.filter(state="open").count() == 1


def test_a_device_that_only_takes_back_does_not_issue(talker, house):
    (jar,) = house.jars()
    [answer] = talker.say(talker.said(jar, op="issue"))

    assert (answer["outcome"], answer["reason"]) == ("refused", "deposit.device-does-not-issue")
    assert not Contract.objects.exists()


def test_one_that_is_refused_does_not_hold_the_others_up(talker, house):
    codes = house.jars(2)
    house.out(*codes)
    answers = talker.say(talker.said(codes[0], means="card"), talker.said(codes[1]))

    assert [answer["outcome"] for answer in answers] == ["refused", "refunded"]
    assert paid() == [200]


def test_a_crate_is_one_act(talker, house):
    codes = house.jars(3)
    house.out(*codes)
    [answer] = talker.say(talker.said(*codes))

    assert (answer["outcome"], answer["refund"], len(answer["lines"])) == ("refunded", 600, 3)
    assert Act.objects.filter(kind="return").count() == 1


def test_nobody_hears_a_device_that_was_revoked(talker, jar):
    enrolling.revoke(talker.device, by=SYSTEM)
    enrolling.revoke(talker.device, by=SYSTEM)
    [answer] = talker.say(talker.said(jar))

    assert (answer["ok"], answer["code"], answer["final"]) == (False, "unknown-device", False)
    assert not Refund.objects.exists()
    with pytest.raises(enrolling.DeviceRevoked):
        enrolling.rotate(talker.device, by=SYSTEM)


def test_a_device_speaks_for_its_own_place_only(talker, jar):
    talker.topic = lib.Topic("bocaux", "ailleurs", "borne-1", lib.Kind.SCAN)
    [answer] = talker.say(talker.said(jar))

    assert answer["code"] == "elsewhere"
    assert not Refund.objects.exists()


def test_behind_a_gateway_every_message_is_signed_by_its_device(house, jar):
    talker = Talker(signs=True)
    message = talker.said(jar)
    [unsigned] = talker.say(message)
    [forged] = talker.say({**message, "sig": lib.sign(message, secret=lib.new_secret())})
    [signed] = talker.say({**message, "sig": lib.sign(message, secret=talker.secret)})

    assert [unsigned["code"], forged["code"]] == ["unsigned", "signature"]
    assert signed["outcome"] == "refunded"
    device = Device.objects.get()
    assert (device.refused, device.refused_words) == (
        2,
        "La signature n’est pas celle de l’appareil.",
    )


def test_a_device_may_keep_its_key_to_itself(house, jar):
    pair = Ed25519PrivateKey.generate()
    public = to_text(pair.public_key().public_bytes_raw())
    talker = Talker(signs=True, proof=enrolling.Proof("ed25519", public))
    message = talker.said(jar)
    signature = lib.sign(message, private_key=pair.private_bytes_raw())
    [answer] = talker.say({**message, "sig": signature})

    assert talker.secret == ""
    assert answer["outcome"] == "refunded"


def test_a_new_key_is_good_at_once_and_the_old_one_as_long_as_it_is_kept(house, jar):
    talker = Talker(signs=True)
    message = talker.said(jar)
    old = {**message, "sig": lib.sign(message, secret=talker.secret)}
    made = enrolling.rotate(talker.device, by=SYSTEM, keep=dt.timedelta(days=1))
    assert talker.say(old)[0]["outcome"] == "refunded"

    again = enrolling.rotate(talker.device, by=SYSTEM)
    other = talker.said(jar)
    assert [
        talker.say({**other, "sig": lib.sign(other, secret=secret)})[0].get("code")
        for secret in (talker.secret, made.secret, again.secret)
    ] == ["signature", "signature", None]


def test_a_clock_that_lies_is_noted_and_decides_nothing(talker, jar):
    talker.wrong = dt.timedelta(hours=3)
    before = timezone.now()
    [answer] = talker.say(talker.said(jar))

    assert answer["outcome"] == "refunded"
    [row] = DeviceMessage.objects.all()
    assert (row.clock, row.skew_ms // 1000) in [("wrong", 10_799), ("wrong", 10_800)]
    [contract] = Contract.objects.all()
    assert before <= contract.closed_at <= timezone.now()
    assert Device.objects.get().skew_ms == row.skew_ms


def test_a_clock_that_is_nearly_right_is_corrected(talker, jar):
    talker.wrong = dt.timedelta(minutes=2)
    message = talker.said(jar)
    message["t"] -= 60_000
    talker.say(message)

    [row] = DeviceMessage.objects.all()
    assert row.clock == "right"
    late = timezone.now() - Move.objects.get(kind="returned").happened_at
    assert dt.timedelta(seconds=59) < late < dt.timedelta(seconds=90)


def test_what_has_not_happened_yet_is_not_taken(talker, jar):
    message = talker.said(jar)
    message["t"] += 600_000
    [answer] = talker.say(message)

    assert (answer["ok"], answer["code"], answer["final"]) == (False, "future", False)
    assert not Refund.objects.exists()


def test_what_makes_no_sense_is_answered_in_words_and_not_kept(talker):
    [answer] = talker.say({**talker.said("A"), "codes": []})
    [nobody] = ingest([lib_arrival("nonsense")])

    assert (answer["code"], answer["final"], answer["seq"]) == ("field", True, 1)
    assert answer["words"].startswith("codes ne va pas")
    assert nobody["code"] == "topic"
    assert not DeviceMessage.objects.exists()


def lib_arrival(topic):
    from chambre.rooms.deposit.services.hearing import Arrival

    return Arrival(topic, b"{}", timezone.now())


def test_a_receipt_that_was_handed_out_is_worth_what_was_decided(talker, jar):
    slip = lib.new_slip()
    [answer] = talker.say(talker.said(jar, means="receipt", held=[lib.slip_digest(slip)]))

    assert (answer["outcome"], answer["refund"]) == ("refunded", 200)
    assert "code" not in answer["slip"]
    [act] = Act.objects.filter(kind="return")
    [receipt] = act.receipts.all()
    assert (receipt.digest, receipt.amount) == (lib.slip_digest(slip), 200)


def test_a_receipt_is_handed_out_for_one_thing(talker, house):
    codes = house.jars(2)
    house.out(*codes)
    slip = [lib.slip_digest(lib.new_slip())]
    messages = [talker.said(code, means="receipt", held=slip) for code in codes]
    answers = talker.say(*messages)

    assert [answer["outcome"] for answer in answers] == ["refunded", "refused"]
    assert answers[1]["reason"] == "deposit.receipt-used"
    assert paid() == [200]
    assert talker.say(messages[1])[0]["outcome"] == "refused"


def test_a_voucher_has_the_same_code_whenever_it_is_told(talker, jar):
    message = talker.said(jar, means="voucher")
    [first], [second] = talker.say(message), talker.say(message)

    assert len(first["slip"]["code"]) == 19
    assert first["slip"] == second["slip"]
    assert first["slip"]["code"] not in str(DeviceMessage.objects.get().answer)


def test_measures_and_states_are_kept(talker):
    warm = {"type": "Temperature", "value": "61.5", "uom": "CEL"}
    answers = talker.say(
        talker.numbered(reports=[warm]),
        talker.numbered(status="full", alerts=["bin 2"]),
    )
    assert [answer["outcome"] for answer in answers] == ["recorded", "recorded"]
    assert DeviceMessage.objects.get(kind="sensor").body["reports"] == [warm]

    [event] = EpcisEvent.objects.all()
    told = event.value
    [element] = told["sensorElementList"]
    assert (told["bizStep"], told["readPoint"]["id"].rpartition("/")[2]) == (
        "sensor_reporting",
        "halle",
    )
    assert element["sensorReport"] == [{"type": "Temperature", "value": 61.5, "uom": "CEL"}]
    assert element["sensorMetadata"]["deviceID"].endswith("/consigne/appareils/borne-1")

    talker.seq = -1
    talker.say(talker.numbered(status="lost"))
    device = Device.objects.get()
    assert (device.status, device.alerts, DeviceMessage.objects.count()) == ("lost", [], 2)


def test_what_the_standard_has_no_word_for_is_told_in_our_own(talker):
    odd = {"type": "Fullness", "value": "-3", "uom": "P1", "component": "left"}
    same = talker.numbered(reports=[odd, {"type": "Temperature", "value": "4.0"}])
    answers = talker.say(same, same)

    assert [answer["outcome"] for answer in answers] == ["recorded", "recorded"]
    [event] = EpcisEvent.objects.all()
    [own, known] = event.value["sensorElementList"][0]["sensorReport"]
    assert own["type"].endswith("/voc/measurement/Fullness")
    assert own["component"].endswith("/voc/component/left")
    assert (own["value"], own["uom"], known) == (-3, "P1", {"type": "Temperature", "value": 4.0})


def test_a_washer_and_an_inspection_are_heard(talker, house, jar):
    talker.say(talker.said(jar))
    steps = [("wash", "good"), ("inspect", "damaged"), ("wash", "good")]
    answers = talker.say(*[talker.said(jar, op=op, cond=cond) for op, cond in steps])

    assert [answer["outcome"] for answer in answers] == ["recorded", "recorded", "refused"]
    assert Item.objects.get(uri=jar).state == "damaged"


def test_a_tag_that_did_not_sign_its_tap_is_a_case(talker, jar):
    tag = {"kind": "ntag424", "uid": "04", "sun": "picc_data=00&cmac=00"}
    [answer] = talker.say(talker.said(jar, tag=tag))

    assert (answer["outcome"], answer["reason"], answer["refund"]) == ("case", "cloned", 0)
    assert not Refund.objects.exists()


def test_a_day_out_of_touch_with_a_clock_three_hours_wrong_ends_like_a_day_in_touch(house):
    """Twin devices do the same; one says it at once, the other a day later by a wrong clock."""
    house_two = [Talker("en-ligne"), Talker("hors-ligne")]
    codes = house.jars(24)
    house.out(*codes)
    online, offline = house_two
    twins = list(zip(codes[:12], codes[12:], strict=True))
    offline.wrong = dt.timedelta(hours=3)
    kept = []
    for hour, (mine, other) in enumerate(twins):
        condition = {"cond": "damaged"} if hour % 5 == 4 else {}
        online.say(online.said(mine, **condition), online.said(mine))
        for message in (offline.said(other, **condition), offline.said(other)):
            message["t"] -= (24 - hour) * 3_600_000  # said now, happened through the day
            kept.append(message)
    offline.say(*kept[:7])
    offline.say(*kept[5:])  # the answers to two got lost

    def balances(codes):
        rows = Contract.objects.filter(item__uri__in=codes)
        return sorted(rows.values_list("state", "amount", "refunded", "kept"))

    assert balances(codes[12:]) == balances(codes[:12])
    assert Refund.objects.filter(contract__item__uri__in=codes[12:]).count() == sum(
        state == "closed" for state, *_rest in balances(codes[:12])
    )
