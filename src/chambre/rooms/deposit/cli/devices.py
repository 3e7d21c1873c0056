"""Connected objects at the command line: enrol, revoke, configure the broker, listen, be a device."""

from __future__ import annotations

import datetime as dt
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show, without_database
from chambre.core.errors import ChambreError, Invalid, NotFound

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


class BadMemory(ChambreError):
    """The memory of a device cannot be used."""

    code = "deposit.device-memory"


def _device(name: str) -> Any:
    from chambre.rooms.deposit.models import Device

    row = Device.objects.select_related("scheme", "place").filter(name=name).first()
    if row is None:
        raise NotFound(_("There is no device %(name)s.") % {"name": name})
    return row


def _proof(public_key: str, certificate: Path | None) -> Any:
    from chambre.rooms.deposit.services.enrolling import Proof

    if certificate is not None:
        return Proof("certificate", certificate.read_text(encoding="ascii", errors="replace"))
    return Proof("ed25519", public_key) if public_key else Proof()


def _show_keys(made: Any, as_json: bool) -> None:
    """Show what is shown once."""
    row = made.device
    payload = {
        "device": row.name,
        "scheme": row.scheme.slug,
        "site": row.place.slug,
        "key": made.secret,
        "password": made.password,
    }
    lines = [_("%(name)s is enrolled at %(place)s.") % {"name": row.name, "place": row.place}]
    if made.secret:
        lines += [
            _("Key (shown once): %(key)s") % {"key": made.secret},
            _("Password at the broker (shown once): %(password)s") % {"password": made.password},
        ]
    show(payload, as_json, lines)


KEY_OPTIONS = [
    click.option("--public-key", default="", help="Ed25519 public key of the device (base64url)."),
    click.option("--certificate", type=FILE, help="Certificate of the device (PEM)."),
]


def _with_key(command: Any) -> Any:
    for option in reversed(KEY_OPTIONS):
        command = option(command)
    return command


@click.command("enrol")
@click.argument("name")
@click.option("--place", required=True, help="Short name of the place where it stands.")
@click.option("--counter", is_flag=True, help="A person holds the objects, not a machine.")
@click.option("--issues", is_flag=True, help="It also issues objects, and takes deposits.")
@click.option("--signs", is_flag=True, help="Every message must be signed: it uses a gateway.")
@click.option("--receipts-a-day", default=100, show_default=True, type=click.IntRange(0, 100_000))
@_with_key
@json_option
def enrol(
    name: str,
    place: str,
    counter: bool,
    issues: bool,
    signs: bool,
    receipts_a_day: int,
    public_key: str,
    certificate: Path | None,
    as_json: bool,
) -> None:
    """Enrol the device NAME, and show its key once."""
    from chambre.rooms.deposit.services import enrolling

    made = enrolling.enrol(
        name=name,
        place=place,
        by=administrator(),
        presence="counter" if counter else "machine",
        issues=issues,
        signs=signs,
        slips_a_day=receipts_a_day,
        proof=_proof(public_key, certificate),
    )
    _show_keys(made, as_json)


@click.command("rotate-key")
@click.argument("name")
@click.option("--keep-days", default=0, show_default=True, type=click.IntRange(0, 30))
@_with_key
@json_option
def rotate_key(
    name: str, keep_days: int, public_key: str, certificate: Path | None, as_json: bool
) -> None:
    """Give the device NAME another key; the old one stays good for --keep-days."""
    from chambre.rooms.deposit.services import enrolling

    made = enrolling.rotate(
        _device(name),
        by=administrator(),
        proof=_proof(public_key, certificate),
        keep=dt.timedelta(days=keep_days),
    )
    _show_keys(made, as_json)


@click.command("revoke")
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """Hear nothing more from the device NAME, from now on."""
    from chambre.rooms.deposit.services import enrolling

    row = enrolling.revoke(_device(name), by=administrator())
    show(
        {"device": row.name, "revoked_at": row.revoked_at}, as_json, _("It is not heard any more.")
    )


@click.command("devices")
@json_option
def devices(as_json: bool) -> None:
    """List the devices: how each is, when it was heard, how wrong its clock is."""
    from chambre.rooms.deposit.models import Device

    rows = list(Device.objects.select_related("scheme", "place"))
    payload = [
        {
            "device": row.name,
            "scheme": row.scheme.slug,
            "site": row.place.slug,
            "active": row.is_active,
            "status": row.status,
            "seen_at": row.seen_at,
            "skew_ms": row.skew_ms,
            "refused": row.refused,
        }
        for row in rows
    ]
    lines = [
        f"{row.name}  {row.place}  {row.status or '–'}  {row.seen_at or '–'}"
        + ("" if row.is_active else f"  {_('revoked')}")
        for row in rows
    ]
    show({"devices": payload}, as_json, lines or _("There is no device."))


@click.command("broker-config")
@click.option("--out", required=True, type=FOLDER, help="Folder for the files.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=1883, show_default=True, type=click.IntRange(1, 65535))
@click.option("--tls-cert", type=FILE, help="Certificate of the broker (PEM).")
@click.option("--tls-key", type=FILE, help="Its key.")
@click.option("--client-ca", type=FILE, help="Who signs the certificates of devices (PEM).")
@json_option
def broker_config(
    out: Path,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    client_ca: Path | None,
    as_json: bool,
) -> None:
    """Write the configuration of Mosquitto: passwords and topics of every device."""
    from chambre.rooms.deposit.services import brokering

    wanted = brokering.Wanted(
        out,
        host,
        port,
        certificate=str(tls_cert or ""),
        key=str(tls_key or ""),
        client_authority=str(client_ca or ""),
    )
    files = brokering.write(wanted, by=administrator())
    told = [_("Start it with: mosquitto -c %(file)s") % {"file": files["mosquitto.conf"]}]
    told.append(_("After a change of devices, write it again and send Mosquitto a SIGHUP."))
    show({name: str(path) for name, path in files.items()}, as_json, told)


def _broker(address: str, user: str, secret: str) -> Any:
    from chambre.lib.devices import links

    try:
        return links.Broker.read(address).known_as(user, secret)
    except ValueError as error:
        raise Invalid(str(error), fields={"broker": [str(error)]}) from error


@click.command("listen")
@click.option("--broker", required=True, help="mqtt://HOST:PORT or mqtts://HOST:PORT?ca=FILE")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 16))
@click.option("--password-file", type=FILE, help="Password of chambre-ingest (broker-config).")
@click.option("--number", type=int, hidden=True)
@click.option("--parent", type=int, default=0, hidden=True)
def listen(
    broker: str, workers: int, password_file: Path | None, number: int | None, parent: int
) -> None:
    """Hear what devices say at the broker, until told to stop."""
    from chambre.lib.devices import links
    from chambre.rooms.deposit.services.brokering import LISTENER
    from chambre.rooms.deposit.services.listening import supervising

    secret = links.secret_of(password_file) if password_file else ""
    where = _broker(broker, LISTENER if secret else "", secret)

    def ready() -> None:
        click.echo(_("Listening at %(broker)s.") % {"broker": where})

    if number is not None:
        supervising.work(where, number, parent=parent, told=ready if number == 1 else None)
        return
    supervising.empty_former(where, workers, supervising.stop_on_signal())
    if workers == 1:
        supervising.work(where, 1, told=ready)
        return
    arguments = ["deposit", "listen", "--broker", broker]
    if password_file:
        arguments += ["--password-file", str(password_file)]
    children = supervising.Workers(supervising.own_command(*arguments), workers)
    children.run(supervising.stop_on_signal())


def _read_lines(events: Any) -> None:
    """Put each line of the input among the events, and its end."""
    from chambre.lib.devices.carrying import Event

    for line in sys.stdin:
        events.put(Event("line", line))
    events.put(Event("end"))


@without_database
@click.command("device")
@click.option("--scheme", required=True, help="Short name of the scheme.")
@click.option("--site", required=True, help="Short name of the place where it stands.")
@click.option("--device", "name", required=True, help="Its name, as it was enrolled.")
@click.option("--broker", help="mqtt://HOST:PORT or mqtts://HOST:PORT?ca=FILE&cert=FILE&key=FILE")
@click.option("--url", help="Address of the house, to speak HTTP instead.")
@click.option("--key-file", type=FILE, help="File with its key; or CHAMBRE_DEVICE_KEY.")
@click.option("--memory", type=NEW_FILE, help="Its memory; by default NAME.db in this folder.")
@click.option(
    "--op", type=click.Choice(["return", "issue", "wash", "inspect", "seen"]), default="return"
)
@click.option(
    "--means", type=click.Choice(["cash", "voucher", "gift", "receipt"]), default="receipt"
)
@click.option(
    "--patience", default=5.0, show_default=True, help="Seconds before a receipt is printed."
)
@click.option("--receipts-a-day", default=100, show_default=True, type=click.IntRange(0, 100_000))
@click.option("--printer", type=NEW_FILE, help="File or device that receipts are written to.")
@click.option("--escpos", is_flag=True, help="The printer speaks ESC/POS.")
@click.option("--clock", type=click.Choice(["ntp", "gps", "rtc", "hand", "none"]), default="ntp")
@click.option("--leave", is_flag=True, help="Leave when the input has ended and all is answered.")
def device(**options: Any) -> None:
    """Be a return point: codes come from the keyboard or a scanner that types."""
    from chambre.lib.devices import DeviceRefused

    try:
        _be_a_device(**options)
    except DeviceRefused as refused:
        raise BadMemory(refused.message((get_language() or "fr")[:2])) from refused


def _be_a_device(
    *,
    scheme: str,
    site: str,
    name: str,
    broker: str | None,
    url: str | None,
    key_file: Path | None,
    memory: Path | None,
    op: str,
    means: str,
    patience: float,
    receipts_a_day: int,
    printer: Path | None,
    escpos: bool,
    clock: str,
    leave: bool,
) -> None:
    """Put a return point together and run it."""
    from chambre.lib import devices as lib
    from chambre.lib.devices import carrying, links, point, printing

    if bool(broker) == bool(url):
        raise click.UsageError(_("Say either --broker or --url."))
    secret = links.secret_of(key_file) if key_file else os.environ.get("CHAMBRE_DEVICE_KEY", "")
    if url and not secret:
        raise click.UsageError(_("Over HTTP a device signs: give its key with --key-file."))
    store = lib.Store(memory or Path(f"{name}.db"), name, slips_a_day=receipts_a_day)
    events: carrying.Events = queue.SimpleQueue()
    language = (get_language() or "fr")[:2]
    setting = point.Setting(name, op, means, patience, secret, clock, language)
    topic = lib.Topic.read(f"{lib.ROOT}/{scheme}/{site}/{name}/{lib.Kind.SCAN.value}")
    carrier: carrying.Carrier
    if url:
        carrier = carrying.HttpCarrier(url, name, events, secret)
    else:
        password = lib.broker_password(secret) if secret else ""
        where = _broker(str(broker), name if secret else "", password)
        carrier = carrying.MqttCarrier(where, topic, events, point.states(setting, store))
    paper = printing.Printer(printer, escpos=escpos) if printer else None
    here = point.Point(setting, store, carrier, events, click.echo, paper)
    asked = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_read_lines, args=(events,), daemon=True).start()
    try:
        here.run(asked.is_set, leave=leave)
    finally:
        store.close()


commands: list[click.Command] = [
    enrol,
    rotate_key,
    revoke,
    devices,
    broker_config,
    listen,
    device,
]
"""What the group ``deposit`` gets of them."""
