"""Reminders: at the right time, each level once, polite, with the invoice; and never what is paid."""

from dataclasses import replace

import pytest
from django.core import mail

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.lib import invoicing as lib
from chambre.treasury.models import InvoiceMail
from chambre.treasury.services import invoice_mails
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.invoice_mails import prepare_mail, remind_everybody, send
from chambre.treasury.services.invoice_settling import settle_invoice
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.parties import note_party
from chambre.treasury.tests.invoices.conftest import BY, CANTEEN, USUAL

pytestmark = pytest.mark.django_db


def issue(party, asked=USUAL, key="one"):
    return issue_invoice(book=party.book, party=party, asked=asked, key=key, by=BY)


@pytest.fixture
def tick(django_capture_on_commit_callbacks):
    """What the clock does, with what follows the commit."""

    def run():
        with django_capture_on_commit_callbacks(execute=True):
            return remind_everybody()

    return run


def test_reminders_come_when_they_are_due_and_each_once(canteen, march, tick):
    set_issuer(book=canteen.book, by=BY, remind=True)
    made = issue(canteen)  # due on 1 April
    expected = {
        "2026-04-07": 0, "2026-04-08": 1, "2026-04-09": 0, "2026-04-21": 0, "2026-04-22": 1,
        "2026-05-16": 1, "2026-07-01": 0,
    }  # fmt: skip
    for day, count in expected.items():
        march.move_to(f"{day}T11:00:00Z")
        assert (tick(), tick()) == (count, 0), day

    assert [each.subject.replace("\xa0", " ") for each in mail.outbox] == [
        f"Facture {made.number} : rappel",
        f"Facture {made.number} : deuxième rappel",
        f"Facture {made.number} : dernier rappel",
    ]
    first = mail.outbox[0]
    assert first.to == ["cantine@example.org"]
    assert first.reply_to == ["verger@example.org"]
    assert "174,60" in first.body
    assert "01/04/2026" in first.body
    assert "FR76 3000 6000 0112 3456 7890 189" in first.body
    name, content, kind = first.attachments[0]
    assert (name, kind) == (f"{made.number}.pdf", "application/pdf")
    assert lib.read_invoice(content).invoice.number == made.number
    assert InvoiceMail.objects.filter(sent_at=None).count() == 0


def test_somebody_far_behind_is_not_sent_all_levels_at_once(canteen, march, tick):
    set_issuer(book=canteen.book, by=BY, remind=True)
    issue(canteen)
    march.move_to("2026-08-01T11:00:00Z")
    assert tick() == 1
    march.move_to("2026-08-05T11:00:00Z")
    assert tick() == 0
    march.move_to("2026-08-08T11:00:00Z")
    assert tick() == 1
    assert list(InvoiceMail.objects.values_list("level", flat=True)) == [1, 2]


def test_nobody_is_reminded_of_what_is_paid_or_not_wanted(canteen, march, tick):
    set_issuer(book=canteen.book, by=BY, remind=True)
    paid = issue(canteen)
    settle_invoice(
        book=canteen.book, key=str(paid.pk), amount=17460, day=paid.issued, idempotency="r", by=BY
    )
    issue(canteen, replace(USUAL, barter=True), key="barter")
    march.move_to("2026-05-01T11:00:00Z")
    assert tick() == 0
    issue_late = issue(canteen, replace(USUAL), key="late")
    march.move_to("2026-09-01T11:00:00Z")
    set_issuer(book=canteen.book, by=BY, remind=False)
    assert tick() == 0
    assert mail.outbox == []
    assert issue_late.number


def test_in_the_language_of_the_invoice(canteen, march):
    made = issue(canteen, replace(USUAL, language="en"))
    march.move_to("2026-05-01T11:00:00Z")
    found = [prepare_mail(invoice=made, level=level, key=f"k{level}", by=BY) for level in range(4)]

    assert found[0].subject == f"Invoice {made.number} – Les Vergers de la Lysse"
    assert "€174.60 are to be paid by 1 Apr 2026" in found[0].body.replace("\xa0", " ")
    assert "Unless our letters cross" in found[1].body
    assert all("%(" not in each.body + each.subject for each in found)


def test_what_the_mail_server_refuses_is_tried_again_and_not_lost(
    canteen, march, tick, monkeypatch
):
    set_issuer(book=canteen.book, by=BY, remind=True)
    issue(canteen)
    march.move_to("2026-04-08T11:00:00Z")

    def broken(self, *args, **kwargs):
        raise ConnectionRefusedError("no server")

    with monkeypatch.context() as patch:
        patch.setattr(invoice_mails.EmailMessage, "send", broken)
        assert tick() == 1
    row = InvoiceMail.objects.get()
    assert (row.tries, row.sent_at, "no server" in row.error) == (1, None, True)
    assert mail.outbox == []
    march.move_to("2026-04-08T11:20:00Z")
    tick()
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.error == ""
    assert not send(row), "once"
    assert len(mail.outbox) == 1


def test_by_hand_only_where_it_makes_sense(canteen, orchard, passer_by, march):
    made = issue(canteen)
    with pytest.raises(Conflict):
        prepare_mail(invoice=made, level=1, key="a", by=BY)  # not due yet
    with pytest.raises(Forbidden):
        prepare_mail(invoice=made, level=0, key="a", by=Actor.of(passer_by))
    quiet = note_party(book=orchard, name="Sans adresse", by=BY, **{**CANTEEN, "email": ""})
    other = issue(quiet, key="two")
    with pytest.raises(Invalid):
        prepare_mail(invoice=other, level=0, key="a", by=BY)
    assert not InvoiceMail.objects.exists()
    assert prepare_mail(invoice=other, level=0, key="a", by=BY, to="x@example.org").to
    assert (
        prepare_mail(invoice=other, level=0, key="a", by=BY, to="y@example.org").to
        == "x@example.org"
    )
