"""Invoices and reminders by e-mail: written down first, sent after, each once."""

from __future__ import annotations

import datetime as dt

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Book
from chambre.lib.exports.wording import format_day
from chambre.lib.money import Money
from chambre.lib.sepa import rf
from chambre.lib.sepa.accounts import write_iban
from chambre.registry import api as registry
from chambre.treasury.models import Invoice, InvoiceIssuer, InvoiceMail
from chambre.treasury.queries.invoices import due_of, open_of, reminders_of
from chambre.treasury.services.invoice_composing import issuer_of
from chambre.treasury.services.invoice_papers import facturx_of

log = structlog.get_logger("chambre.treasury")
TRIES = 5
"""Times that an e-mail is tried before a person has to look."""
APART = 7
"""Days at least between two reminders of an invoice."""
PAUSE = dt.timedelta(minutes=15)
"""How long a try is left alone before the clock tries again."""


def letter(invoice: Invoice, issuer: InvoiceIssuer, level: int, left: int) -> tuple[str, str]:
    """Subject and text of an e-mail about an invoice, in the invoice's language.

    Args:
        invoice: Which.
        issuer: Who signs.
        level: 0 the invoice itself, 1 to 3 the reminders.
        left: Cents that are open.
    """
    with translation.override(invoice.language):
        facts = {
            "number": invoice.number,
            "amount": Money(left).format(invoice.language),
            "issued": format_day(invoice.issued, invoice.language),
            "due": format_day(invoice.due, invoice.language) if invoice.due else "",
            "reference": rf.write(invoice.reference),
            "name": issuer.name,
            "iban": write_iban(issuer.iban) if issuer.iban else "",
        }
        subject, body = _texts(level, credit=invoice.is_credit)
        if issuer.iban and not invoice.is_credit and not invoice.barter:
            body += "\n\n" + _("By transfer to %(iban)s, reference %(reference)s.")
        body += "\n\n" + _("Kind regards,") + "\n%(name)s"
        return subject % facts, _("Hello,") + "\n\n" + body % facts


def _texts(level: int, *, credit: bool) -> tuple[str, str]:
    if credit:
        return (
            _("Credit note %(number)s – %(name)s"),
            _("You find our credit note %(number)s of %(issued)s attached."),
        )
    if level == 0:
        return (
            _("Invoice %(number)s – %(name)s"),
            _(
                "You find our invoice %(number)s of %(issued)s attached. %(amount)s are to be "
                "paid by %(due)s."
            ),
        )
    if level == 1:
        return (
            _("Invoice %(number)s: a reminder"),
            _(
                "Unless our letters cross, %(amount)s of our invoice %(number)s, due on %(due)s, "
                "are still open. Thank you for looking into it; if something is not clear, "
                "answer this message."
            ),
        )
    if level == 2:
        return (
            _("Invoice %(number)s: second reminder"),
            _(
                "We wrote to you before: %(amount)s of our invoice %(number)s, due on %(due)s, are "
                "still open. Please pay them, or tell us what keeps you from it, so that we find "
                "a way together."
            ),
        )
    return (
        _("Invoice %(number)s: last reminder"),
        _(
            "In spite of our reminders %(amount)s of our invoice %(number)s, due on %(due)s, are "
            "not paid. Please pay within eight days. After that we may ask for the penalties and "
            "the indemnity of recovery that the invoice names."
        ),
    )


@transaction.atomic
def prepare_mail(*, invoice: Invoice, level: int, key: str, by: Actor, to: str = "") -> InvoiceMail:
    """Write an e-mail about an invoice down; :func:`send` sends it after the commit.

    Args:
        invoice: Which.
        level: 0 the invoice itself, 1 to 3 a reminder.
        key: Idempotency key, 1 to 60 characters, unique for the invoice.
        by: Who sends it.
        to: Address; absent: the customer's.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No address.
        Conflict: A reminder of what is paid, or of what is not due yet.
    """
    authorize(by, "treasury.manage", invoice)
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("party", "book").get(
        pk=invoice.pk
    )  # fmt: skip
    whole_key = f"{invoice.pk}:{key}"
    if known := InvoiceMail.objects.filter(key=whole_key).first():
        return known
    address = to.strip() or invoice.party.email
    if not address:
        raise Invalid(
            _("This customer has no e-mail address."),
            fields={"to": [_("Give an address.")]},
        )
    left = open_of(invoice)
    if level and (left <= 0 or invoice.is_credit):
        raise Conflict(_("Nothing is open on this invoice: nobody is reminded of it."))
    if level and (invoice.due is None or invoice.due >= registry.today()):
        raise Conflict(_("This invoice is not due yet: nobody is reminded of it."))
    subject, body = letter(invoice, issuer_of(invoice.book), level, left)
    mail = InvoiceMail.objects.create(
        invoice=invoice, level=level, to=address, subject=subject[:200], body=body, key=whole_key,
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "treasury.invoice.mailed", invoice, level=level)
    return mail


def send(mail: InvoiceMail) -> bool:
    """Send an e-mail that was written down, if nobody else is at it; whether it went.

    A claim is taken first, so that two workers do not send it twice. What fails is tried again by
    the clock, five times.
    """
    now = timezone.now()
    claimed = InvoiceMail.objects.filter(pk=mail.pk, sent_at=None, tries=mail.tries).update(
        tries=F("tries") + 1
    )
    if not claimed:
        return False
    invoice = Invoice.objects.select_related("book__structure", "party").get(pk=mail.invoice_id)
    try:
        issuer = issuer_of(invoice.book)
        message = EmailMessage(
            mail.subject, mail.body, to=[mail.to],
            reply_to=[issuer.email] if issuer.email else None,
        )  # fmt: skip
        file = facturx_of(invoice=invoice, by=Actor.system("treasury"))
        message.attach(f"{invoice.number}.pdf", file, "application/pdf")
        message.send()
    except OSError as error:  # the mail server: every error of smtplib is one
        log.warning("invoice.mail-failed", invoice=invoice.number, error=type(error).__name__)
        InvoiceMail.objects.filter(pk=mail.pk).update(
            error=f"{type(error).__name__}: {error}"[:254]
        )
        return False
    InvoiceMail.objects.filter(pk=mail.pk).update(sent_at=now, error="")
    return True


def send_later(mail: InvoiceMail) -> None:
    """Send an e-mail once the transaction that wrote it down is kept."""
    transaction.on_commit(lambda: send(mail))


def level_due(invoice: Invoice, issuer: InvoiceIssuer, done: int, today: dt.date) -> int:
    """The reminder that is due for an invoice today; 0 for none. One level at a time."""
    if invoice.due is None or done >= len(issuer.reminder_days):
        return 0
    late = (today - invoice.due).days
    return done + 1 if late >= issuer.reminder_days[done] else 0


def remind_due(book: Book, today: dt.date | None = None) -> list[InvoiceMail]:
    """Remind of every invoice of a book for which it is time; what was written down.

    At least a week lies between two reminders of the same invoice, also when the first one was
    late, so that nobody gets all three at once.
    """
    today = today or registry.today()
    issuer = issuer_of(book)
    rows = due_of(book).exclude(party__email="").exclude(barter=True)
    sent = reminders_of(book)
    made = []
    for invoice in rows:
        done, last = sent.get(invoice.pk, (0, None))
        level = level_due(invoice, issuer, done, today)
        if not level or (last and (today - timezone.localdate(last)).days < APART):
            continue
        try:
            mail = prepare_mail(
                invoice=invoice, level=level, key=f"remind:{level}", by=Actor.system("treasury")
            )
        except Conflict:  # it was paid a moment ago
            continue
        made.append(mail)
        send_later(mail)
    return made


def remind_everybody() -> int:
    """What the clock does: remind where the structure wants it, and send what did not go."""
    made = 0
    for issuer in InvoiceIssuer.objects.filter(remind=True).select_related("book__structure"):
        made += len(remind_due(issuer.book))
    before = timezone.now() - PAUSE
    waiting = InvoiceMail.objects.filter(sent_at=None, tries__lt=TRIES, created_at__lt=before)
    for mail in waiting:
        send(mail)
    return made
