"""Pages of connected objects: for who manages the scheme; a key is shown once."""

import pytest

from chambre.registry import api as registry
from chambre.rooms.deposit.models import Device, DeviceCommand, DeviceKey
from chambre.rooms.deposit.tests.talking import SYSTEM, Talker

LIST = "/consigne/appareils/"


@pytest.fixture
def steward(house, make_user, client):
    """The treasurer of the structure that keeps the scheme's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


def test_a_key_is_shown_once(steward, house):
    form = {"name": "borne-9", "place": house.place.pk, "presence": "machine", "slips_a_day": 50}
    page = steward.post("/consigne/nouvel-appareil/", form)

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    secret = page.context["secret"]
    assert secret.encode() in page.content
    device = Device.objects.get()
    assert (device.name, device.slips_a_day, device.issues) == ("borne-9", 50, False)
    for address in (LIST, f"{LIST}borne-9/"):
        assert secret.encode() not in steward.get(address).content


def test_a_name_that_is_taken_is_said_beside_its_field(steward, house):
    Talker()
    form = {"name": "borne-1", "place": house.place.pk, "presence": "machine", "slips_a_day": 50}
    page = steward.post("/consigne/nouvel-appareil/", form)

    assert page.status_code == 422
    assert "Il y a déjà un appareil borne-1." in page.content.decode()
    assert Device.objects.count() == 1


def test_how_a_device_is_and_what_it_said_can_be_read(steward, house, jar):
    talker = Talker()
    talker.say(talker.said(jar), talker.numbered(status="full", alerts=["bac 2"]))
    listed = steward.get(LIST).content.decode()
    page = steward.get(f"{LIST}borne-1/").content.decode()

    assert "plein" in listed
    assert "bac 2" in listed
    assert "2,00" in page
    assert jar.rpartition("/")[2] in page


def test_asking_another_key_and_revoking(steward, house):
    Talker()
    steward.post(f"{LIST}borne-1/demander/", {"verb": "show", "text": "Fermé lundi"})
    assert DeviceCommand.objects.get().text == "Fermé lundi"

    assert steward.get(f"{LIST}borne-1/cle/").status_code == 200
    page = steward.post(f"{LIST}borne-1/cle/", {"keep_days": 2})
    assert page.context["secret"].encode() in page.content
    assert DeviceKey.objects.count() == 2

    assert b"R\xc3\xa9voquer borne-1" in steward.get(f"{LIST}borne-1/revoquer/").content
    steward.post(f"{LIST}borne-1/revoquer/")
    assert not Device.objects.get().is_active


def test_others_see_nothing(house, client, make_user):
    Talker()
    assert client.get(LIST).status_code in (302, 403)
    client.force_login(make_user("dris@exemple.test"))
    for address in (LIST, f"{LIST}borne-1/", "/consigne/nouvel-appareil/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}borne-1/revoquer/").status_code == 403
    assert Device.objects.get().is_active
