"""The return point of the demonstration speaks to the running house, as a real one does."""

import pytest

from chambre.core.actors import Actor
from chambre.project import scanner
from chambre.project.demo import machine
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Device, DeviceMessage, Item
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import schemes

SYSTEM = Actor.system("test")


@pytest.fixture
def shop(transactional_db):
    """The place and the type of jar that the machine of the demonstration knows."""
    keeper = registry.create_structure(
        slug="retour", name="Le Retour", by=SYSTEM, legal_form="association"
    )
    scheme = schemes.create_scheme(
        slug="bocaux", name="Bocaux", structure=keeper, amount=150, by=SYSTEM
    )
    schemes.create_type(slug=machine.TYPE, scheme=scheme, by=SYSTEM, wash=True)
    return schemes.create_place(slug=machine.PLACE, scheme=scheme, name="Épicerie", by=SYSTEM)


def test_jars_go_round_and_a_second_start_goes_on(shop, live_server, tmp_path):
    folder = tmp_path / "machine"
    assert machine.prepare(folder, live_server.url)[-1] == str(folder)
    assert scanner.play(folder, pause=0, most=9) == 0

    states = list(Item.objects.order_by("pk").values_list("state", "rotations"))
    assert states == [("washing", 1)] * 3
    assert DeviceMessage.objects.count() == 9

    machine.prepare(folder, live_server.url)
    assert scanner.play(folder, pause=0, most=6) == 0

    assert set(Item.objects.values_list("state", flat=True)) == {"out"}
    assert Item.objects.count() == 3
    assert (holding().held, holding().equal) == (450, True)
    device = Device.objects.get()
    assert (device.refused, device.seen_at is not None) == (0, True)
    assert (folder / "key").stat().st_mode & 0o77 == 0


def test_without_its_place_there_is_no_machine(db, tmp_path):
    assert machine.prepare(tmp_path, "http://localhost:1") == []
    assert not Device.objects.exists()
