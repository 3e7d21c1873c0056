"""Debtors are told by e-mail: of the right day, in time, once; and what is too late does not go."""

import datetime as dt
import json
import smtplib

import pytest
from click.testing import CliRunner
from django.core import mail
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.files import open_file
from chambre.core.models import OutboxEvent
from chambre.lib.orderstates import State
from chambre.treasury.cli import commands
from chambre.treasury.models import Collection, CollectionNotice
from chambre.treasury.queries.orders import collections_of, mandates_of
from chambre.treasury.services import collecting as service
from chambre.treasury.services import mandates as paper
from chambre.treasury.services import prenotices
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.orders import OrderNotNow, state_of
from chambre.treasury.services.parties import change_party, forget_party
from chambre.treasury.tests.payouts.conftest import OURS, THEIRS

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 20)  # a Friday


@pytest.fixture
def clock(monkeypatch):
    """Set the day: ``clock(9)`` is 9 March 2026; at first Monday the second."""

    def at(day, month=3):
        monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, month, day))

    at(2)
    return at


@pytest.fixture
def mandate(orchard, payee, bruno, clock):
    paper.set_creditor_id(book=orchard, identifier="FR72ZZZ123456", by=bruno)
    change_party(party=payee, by=bruno, email="dupre@exemple.test")
    return paper.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="m", by=bruno,
        reference="ADH-17",
    )  # fmt: skip


@pytest.fixture
def row(mandate, bruno):
    """A collection of which the debtor is still to be told."""
    return service.plan_collection(
        mandate=mandate, amount=2_500, day=DUE, reason="Adhésion", use="membership", key="c",
        by=bruno,
    )  # fmt: skip


def prepare(row, by, key="n", **more):
    return prenotices.prepare_notice(collection=row, key=key, by=by, **more)


def due(row):
    return collections_of(row.book).get(pk=row.pk).due_on


def test_the_e_mail_says_all_that_a_debtor_is_to_be_told(orchard, row, bruno):
    set_issuer(
        book=orchard, by=bruno, name="Les Vergers", street="1 rue du Puits", postcode="69001",
        city="Lyon", email="verger@exemple.test", regime="franchise",
    )  # fmt: skip
    notice = prepare(row, bruno)
    assert (state_of(row), len(mail.outbox)) == (State.PLANNED, 0)  # told once it has gone

    assert prenotices.send(notice)

    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["dupre@exemple.test"], ["verger@exemple.test"])
    body = sent.body.replace("\xa0", " ").replace("\u202f", " ")
    for fact in ("25,00 €", "20/03/2026", "Adhésion", "(ICS) : FR72ZZZ123456", "(RUM) : ADH-17",
                 "signé le 05/01/2026", row.code, "DE89 … 3000", "huit semaines"):  # fmt: skip
        assert fact in body
    assert THEIRS not in body
    assert "25,00" in sent.subject
    found = collections_of(orchard).get(pk=row.pk)
    assert (found.state, found.announced_on) == (State.ANNOUNCED, dt.date(2026, 3, 2))
    said = [each.payload["state"] for each in OutboxEvent.objects.filter(
        name="treasury.collection.changed"
    ).order_by("id")]  # fmt: skip
    assert said == ["planned", "announced"]


def test_in_english_and_between_companies(orchard, payee, bruno, clock, mandate):
    firm = paper.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="f", by=bruno,
        scheme="B2B", notice_days=3,
    )  # fmt: skip
    row = service.plan_collection(
        mandate=firm, amount=1_050, day=dt.date(2026, 3, 5), reason="Jus", key="j", by=bruno,
        use="membership",
    )  # fmt: skip

    notice = prepare(row, bruno, language="en")

    assert "€10.50" in notice.body
    assert "between companies" in notice.body
    assert "eight weeks" not in notice.body


def test_it_goes_once_however_often_it_is_asked_for(row, bruno):
    notice = prepare(row, bruno)
    assert prepare(row, bruno) == notice
    with pytest.raises(Conflict):
        prepare(row, bruno, key="again")

    assert [prenotices.send(notice), prenotices.send(notice)] == [True, False]
    assert len(mail.outbox) == 1
    with pytest.raises(OrderNotNow):
        prepare(row, bruno, key="third")
    assert CollectionNotice.objects.count() == 1


def test_what_is_too_late_is_refused_or_moved(orchard, row, bruno, clock):
    clock(9)
    with pytest.raises(service.TooSoon) as refused:
        prepare(row, bruno)
    assert refused.value.data["earliest"] == "2026-03-23"
    assert not CollectionNotice.objects.exists()

    event = service.move_collection(collection=row, key="move", by=bruno)
    assert service.move_collection(collection=row, key="move", by=bruno) == event
    assert (due(row), state_of(row)) == (dt.date(2026, 3, 23), State.PLANNED)
    prenotices.send(prepare(row, bruno))
    clock(19)
    file = export_collections(book=orchard, account=OURS, key="f", by=bruno)

    with open_file(file.file) as content:
        assert b"<ReqdColltnDt>2026-03-23</ReqdColltnDt>" in content.read()
    (held,) = mandates_of(orchard)
    assert held.last_day == dt.date(2026, 3, 23)


def test_who_was_told_of_one_day_is_told_anew_of_another(row, bruno, clock):
    prenotices.send(prepare(row, bruno))
    with pytest.raises(service.TooSoon):
        service.move_collection(collection=row, key="x", by=bruno, day=dt.date(2026, 3, 13))
    service.move_collection(collection=row, key="y", by=bruno, day=dt.date(2026, 4, 3))

    assert (due(row), state_of(row)) == (dt.date(2026, 4, 7), State.PLANNED)  # after Easter
    prenotices.send(prepare(row, bruno, key="anew"))
    assert state_of(row) is State.ANNOUNCED
    assert "07/04/2026" in mail.outbox[1].body


def test_an_e_mail_that_did_not_go_in_time_does_not_go_any_more(row, bruno, clock, monkeypatch):
    notice = prepare(row, bruno)

    def away(*_args, **_more):
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", away)
        assert not prenotices.send(notice)
    notice.refresh_from_db()
    assert (state_of(row), notice.tries, "away" in notice.error) == (State.PLANNED, 1, True)
    old = timezone.now() - dt.timedelta(hours=1)
    CollectionNotice.objects.update(created_at=old)
    clock(9)

    assert prenotices.send_waiting() == 0
    notice.refresh_from_db()
    assert "23\xa0mars 2026" in notice.error
    assert (mail.outbox, state_of(row), notice.sent_at) == ([], State.PLANNED, None)
    assert prenotices.send_waiting() == 0


def test_the_clock_tries_again_what_the_server_did_not_take(row, bruno):
    notice = prepare(row, bruno)
    assert prenotices.send_waiting() == 0  # left alone for a while
    CollectionNotice.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))

    assert (prenotices.send_waiting(), prenotices.send_waiting()) == (1, 0)
    assert (state_of(row), notice.to) == (State.ANNOUNCED, "dupre@exemple.test")


def test_what_was_moved_or_withdrawn_meanwhile_is_not_sent(row, bruno):
    notice = prepare(row, bruno)
    service.move_collection(collection=row, key="m", by=bruno, day=dt.date(2026, 3, 24))
    other = prepare(row, bruno, key="other")
    service.withdraw_collection(collection=row, key="w", by=bruno)

    assert [prenotices.send(notice), prenotices.send(other)] == [False, False]
    assert (mail.outbox, state_of(row)) == ([], State.WITHDRAWN)
    assert all(each.error for each in CollectionNotice.objects.all())


def test_what_is_at_the_bank_is_not_moved(orchard, row, bruno):
    prenotices.send(prepare(row, bruno))
    export_collections(book=orchard, account=OURS, key="f", by=bruno)

    with pytest.raises(OrderNotNow):
        service.move_collection(collection=row, key="m", by=bruno, day=dt.date(2026, 4, 20))
    assert due(row) == DUE


def test_without_address_or_right_nothing_is_written(row, payee, bruno, passer_by):
    by = Actor.of(passer_by)
    for act in (
        lambda: prepare(row, by),
        lambda: prenotices.prepare_all(book=row.book, key="all", by=by),
        lambda: service.move_collection(collection=row, key="m", by=by),
    ):
        with pytest.raises(Forbidden):
            act()
    change_party(party=payee, by=bruno, email="")
    with pytest.raises(Invalid) as refused:
        prepare(row, bruno)
    assert "to" in refused.value.data["fields"]
    with pytest.raises(Invalid):
        prepare(row, bruno, to="x@exemple.test", language="de")
    assert not CollectionNotice.objects.exists()


def test_the_address_of_who_is_forgotten_goes_too(row, payee, bruno):
    notice = prepare(row, bruno)
    forget_party(party=payee, by=bruno, name="quelqu’un")

    assert not prenotices.send(notice)
    notice.refresh_from_db()
    assert (notice.to, mail.outbox) == ("", [])


def test_the_command_tells_all_who_can_be_told(orchard, row, mandate, payee, bruno, clock):
    service.plan_collection(
        mandate=mandate, amount=100, day=dt.date(2026, 3, 16), reason="Tôt", key="early", by=bruno,
        use="membership",
    )  # fmt: skip
    clock(3)
    group = next(each for each in commands if each.name == "collections")

    wanted = ["notify", "--structure", "vergers", "--json"]
    done = CliRunner().invoke(group, wanted, standalone_mode=False)

    told = json.loads(done.output)
    assert (told["written"], told["sent"], len(told["left"])) == (1, 1, 1)
    assert "17\xa0mars 2026" in told["left"][0]
    assert (state_of(row), len(mail.outbox)) == (State.ANNOUNCED, 1)


def test_machines_tell_and_move(client, treasurer, row, django_capture_on_commit_callbacks):
    client.force_login(treasurer)
    url = f"/api/treasury/structures/vergers/collections/{row.code}"
    kind = {"content_type": "application/json"}

    moved = client.post(f"{url}/move", {"key": "m", "day": "2026-03-24"}, **kind).json()
    assert (moved["day"], moved["planned_for"]) == ("2026-03-24", "2026-03-20")
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post(f"{url}/notices", {"key": "n"}, **kind)
    assert (made.status_code, made.json()["day"]) == (201, "2026-03-24")
    assert client.post(f"{url}/notices", {"key": "o"}, **kind).status_code == 409
    (listed,) = client.get(f"{url}/notices").json()["items"]
    assert (listed["to"], bool(listed["sent_at"])) == ("dupre@exemple.test", True)
    assert client.get(url).json()["state"] == "announced"
    assert Collection.objects.get().day == DUE


def test_machines_note_another_account(client, treasurer, mandate):
    client.force_login(treasurer)
    url = "/api/treasury/structures/vergers/mandates/ADH-17/amend"
    wanted = {"iban": "FR1420041010050500013M02606", "told_on": "2026-02-27", "key": "a"}

    made = client.post(url, wanted, content_type="application/json").json()

    assert (made["iban"], made["former_ibans"]) == (wanted["iban"], [THEIRS])
    again = client.post(url, {**wanted, "key": "b"}, content_type="application/json")
    assert again.status_code == 422
