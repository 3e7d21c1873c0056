"""Over a real broker: nothing is lost and nothing doubled, whatever is killed in between."""

import time

import pytest
from django.db import connection

from chambre.rooms.deposit.models import Act, Contract, Device, DeviceMessage, Refund
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import enrolling
from chambre.rooms.deposit.tests.brokers import Listening, Mosquitto, ReturnPoint, wait_for
from chambre.rooms.deposit.tests.conftest import House
from chambre.rooms.deposit.tests.talking import SYSTEM, Talker

pytestmark = pytest.mark.slow


@pytest.fixture
def together(transactional_db, tmp_path):
    """A scheme with two return points, a broker, and one listener; all is stopped in the end."""
    house = House()
    talkers = [Talker("borne-1"), Talker("borne-2")]
    broker = Mosquitto(tmp_path / "broker")
    listening = Listening(broker)
    points = [ReturnPoint(broker, talker, tmp_path) for talker in talkers]
    yield house, broker, listening, points
    for one in points:
        one._stop.set()
        one.thread.join(10)
    listening.kill()
    broker.kill()


def cut_the_database():
    """End every other connection to the database, as a restart of the server does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_nothing_is_lost_and_nothing_doubled_whatever_is_killed(together):
    house, broker, listening, points = together
    codes = house.jars(60)
    house.out(*codes)
    refunds = Refund.objects.all()
    # Every object is scanned at both points: at one of them it was brought back already.
    for one, other in zip(codes[:20], codes[19::-1], strict=True):
        points[0].scan(one)
        points[1].scan(other)
    wait_for(lambda: refunds.count() >= 5)
    listening.kill()
    points[0].scan(*codes[20:40])
    points[1].scan(*codes[39:19:-1])
    listening.start()
    wait_for(lambda: refunds.count() >= 22)
    broker.kill()
    time.sleep(0.3)
    points[0].scan(*codes[40:])
    points[1].scan(*reversed(codes[40:]))
    broker.start()
    wait_for(lambda: refunds.count() >= 42)
    cut_the_database()
    for one in points:
        one.finish()
    for one in points:
        one.join()

    assert [one.left for one in points] == [0, 0]
    assert sorted(refunds.values_list("amount", flat=True)) == [200] * 60
    assert DeviceMessage.objects.exclude(kind="state").count() == 120
    assert Act.objects.filter(kind="return").count() == 120
    assert not Contract.objects.filter(state="open").exists()
    held = holding(house.scheme)
    assert (held.held, held.ledger_4196, held.equal) == (0, 0, True)
    # Who is revoked is not heard any more, and not let in by the broker either.
    enrolling.revoke(Device.objects.get(name="borne-2"), by=SYSTEM)
    broker.configure()
    assert "borne-2" not in (broker.folder / "passwords").read_text()
    assert "borne-2" not in (broker.folder / "acl").read_text()
