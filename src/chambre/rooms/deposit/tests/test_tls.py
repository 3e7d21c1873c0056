"""Over a real broker with TLS: a device is heard when each side can prove who it is."""

import socket
import ssl

import pytest

from chambre.rooms.deposit.models import Refund
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.tests.brokers import Listening, ReturnPoint, SecureMosquitto
from chambre.rooms.deposit.tests.conftest import House
from chambre.rooms.deposit.tests.talking import Talker

pytestmark = pytest.mark.slow


def brought_back(house, broker, talker, folder, *, listener="", device=""):
    """A jar goes out and is scanned at the device; what was left unanswered there."""
    (jar,) = house.jars()
    house.out(jar)
    listening = Listening(broker, address=listener)
    point = ReturnPoint(broker, talker, folder, address=device)
    try:
        point.scan(jar)
        point.finish()
        point.join()
    finally:
        point._stop.set()
        point.thread.join(10)
        listening.kill()
    return point.left


def greet(broker, authority, certificate=None):
    """What the broker says to somebody who trusts an authority and shows a certificate or none."""
    context = ssl.create_default_context(cafile=authority)
    if certificate is not None:
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with (
        socket.create_connection(("127.0.0.1", broker.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        # In TLS 1.3 a certificate that is missing is refused with the first bytes that are read.
        secure.sendall(b"\xc0\x00")
        return secure.version(), secure.recv(1)


CONNACK = b"\x20"


def answer_without_tls(broker):
    """What the broker says to a CONNECT of MQTT 5 that is not encrypted."""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as plain:
        plain.sendall(b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00")
        try:
            return plain.recv(4)
        except ConnectionResetError:
            return b""


@pytest.fixture
def house(transactional_db):
    return House()


def test_a_device_that_trusts_the_authority_is_heard(house, tmp_path):
    talker = Talker()
    broker = SecureMosquitto(tmp_path / "broker")
    try:
        assert brought_back(house, broker, talker, tmp_path) == 0
        assert list(Refund.objects.values_list("amount", flat=True)) == [200]
        assert holding().equal

        other = broker.certify("other-authority")
        with pytest.raises(ssl.SSLCertVerificationError):
            greet(broker, other)
        assert answer_without_tls(broker)[:1] != CONNACK
    finally:
        broker.kill()


def test_devices_show_certificates_when_the_broker_wants_them(house, tmp_path):
    talker = Talker()
    broker = SecureMosquitto(tmp_path / "broker", device_certificates=True)
    try:
        for name in ("chambre-ingest", "borne-1"):
            broker.certify(name)
        left = brought_back(
            house, broker, talker, tmp_path,
            listener=broker.address_of("chambre-ingest"), device=broker.address_of("borne-1"),
        )  # fmt: skip
        assert left == 0
        assert Refund.objects.count() == 1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            greet(broker, broker.authority)
    finally:
        broker.kill()
