"""Devices over HTTP: signed requests, the same messages, the same answers, and what people ask."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from chambre.lib import devices as lib
from chambre.rooms.deposit.models import DeviceMessage, DeviceNonce, Refund
from chambre.rooms.deposit.services import enrolling
from chambre.rooms.deposit.services.commanding import forget_nonces
from chambre.rooms.deposit.tests.talking import SYSTEM, Talker, plain

PATH = "/api/deposit/devices/borne-1/messages"


@pytest.fixture
def talker(house):
    return Talker()


class Caller:
    """Sends requests as the device does."""

    def __init__(self, client, secret):
        self.client, self.secret, self.number = client, secret, 0

    def post(self, *messages, secret="", nonce="", path=PATH, name="borne-1", body=None):
        self.number += 1
        nonce = nonce or f"nonce-{self.number:04d}"
        raw = json.dumps(body or {"messages": list(messages)}).encode()
        signature = lib.sign_request("POST", path, nonce, raw, secret=secret or self.secret)
        header = f"Device name={name},nonce={nonce},signature={signature}"
        return self.client.post(path, raw, "application/json", headers={"Authorization": header})


@pytest.fixture
def caller(client, talker):
    return Caller(client, talker.secret)


def test_messages_are_answered_and_repeated_ones_alike(caller, talker, jar):
    message = talker.said(jar)
    first, second = caller.post(message), caller.post(message)

    assert first.status_code == second.status_code == 200
    [one], [other] = first.json()["answers"], second.json()["answers"]
    assert (one["outcome"], one["refund"], one["seq"]) == ("refunded", 200, 1)
    assert plain(one).items() <= other.items()
    assert first.json()["now"] > message["t"]
    assert (Refund.objects.count(), DeviceMessage.objects.count()) == (1, 1)


def test_what_is_not_signed_by_the_device_is_not_heard(caller, talker, jar, client):
    message = talker.said(jar)
    answers = [
        caller.post(message, secret=lib.new_secret()),
        caller.post(message, name="borne-2"),
        client.post(PATH, {"messages": [message]}, "application/json"),
        client.post(
            PATH, {"messages": [message]}, "application/json", headers={"Authorization": "Device x"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert not DeviceMessage.objects.exists()


def test_a_request_is_heard_once(caller, talker, jar):
    assert caller.post(talker.said(jar), nonce="the-same-one").status_code == 200
    assert caller.post(talker.said(jar), nonce="the-same-one").status_code == 401
    assert (DeviceMessage.objects.count(), DeviceNonce.objects.count()) == (1, 1)


def test_a_device_speaks_for_itself_alone(caller, talker, house, jar):
    Talker("borne-2")
    other = "/api/deposit/devices/borne-2/messages"

    assert caller.post(talker.said(jar), path=other).status_code == 401
    assert not Refund.objects.exists()


def test_revoked_means_at_once(caller, talker, jar):
    enrolling.revoke(talker.device, by=SYSTEM)

    assert caller.post(talker.said(jar)).status_code == 401
    assert not Refund.objects.exists()


def test_too_many_and_none_are_refused(caller, talker):
    assert caller.post().status_code == 422
    assert caller.post(*[talker.said("A")] * 501).status_code == 422
    assert not DeviceMessage.objects.exists()


def test_one_message_that_makes_no_sense_does_not_stop_the_others(caller, talker, jar):
    answers = caller.post({"v": 1}, {"t": 1.5}, talker.said(jar)).json()["answers"]

    assert [answer["ok"] for answer in answers] == [False, False, True]


def test_what_people_ask_is_handed_over_once(caller, talker):
    enrolling.command(talker.device, "show", text="Fermé lundi", by=SYSTEM)
    state = talker.numbered(status="online")
    first, second = caller.post(state).json(), caller.post(state).json()

    assert [(one["cmd"], one["text"]) for one in first["commands"]] == [("show", "Fermé lundi")]
    assert second["commands"] == []


def test_requests_are_forgotten_after_a_month_and_messages_never(caller, talker, jar):
    message = talker.said(jar)
    caller.post(message, nonce="a-month-ago")
    DeviceNonce.objects.update(at=timezone.now() - dt.timedelta(days=31))
    caller.post(talker.said("A"))

    assert forget_nonces() == 1
    [answer] = caller.post(message, nonce="a-month-ago").json()["answers"]
    assert (answer["outcome"], Refund.objects.count()) == ("refunded", 1)
