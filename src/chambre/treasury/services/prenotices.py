"""Debtors are told of collections by e-mail (*prénotification*): written first, then sent, then noted.

A debtor is told of amount, day, creditor identifier (*ICS*) and mandate reference (*RUM*) fourteen
days before, unless the mandate says fewer (SEPA Direct Debit Core rulebook, EPC016-06, *pre-notification*).
A collection counts as announced on the day on which its e-mail went out, not on which it was written.
"""

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
from chambre.core.errors import ChambreError, Conflict, Invalid
from chambre.ledger.models import Book
from chambre.lib.exports.wording import format_day
from chambre.lib.money import Money
from chambre.lib.orderstates import COLLECTION, Happening, State, can
from chambre.lib.sepa.accounts import hide_iban
from chambre.registry import api as registry
from chambre.treasury.models import Collection, CollectionNotice, InvoiceIssuer, Mandate
from chambre.treasury.queries.orders import collections_of
from chambre.treasury.services.collecting import (
    announce_collection,
    check_announceable,
    due_day,
    locked,
)
from chambre.treasury.services.mandates import require_creditor_id
from chambre.treasury.services.orders import not_now, state_of

log = structlog.get_logger("chambre.treasury")
TRIES = 5
"""Times that an e-mail is tried before a person has to look."""
PAUSE = dt.timedelta(minutes=15)
"""How long a try is left alone before the clock tries again."""
LANGUAGES = ("fr", "en")


def letter(collection: Collection, creditor_id: str, language: str = "fr") -> tuple[str, str]:
    """Subject and text of the e-mail that tells a debtor of a collection.

    Args:
        collection: Which one.
        creditor_id: The structure's creditor identifier.
        language: ``fr`` or ``en``.
    """
    mandate, structure = collection.mandate, collection.book.structure
    with translation.override(language):
        facts = {
            "name": structure.name,
            "amount": Money(collection.amount).format(language),
            "day": format_day(due_day(collection), language),
            "iban": hide_iban(mandate.account().iban),
            "reason": collection.reason,
            "ics": creditor_id,
            "rum": mandate.reference,
            "signed": format_day(mandate.signed_on, language),
            "code": collection.code,
        }
        subject = _("Direct debit of %(amount)s on %(day)s – %(name)s") % facts
        paragraphs = [
            _("Hello,"),
            _(
                "%(name)s will draw %(amount)s from your account %(iban)s on %(day)s, for: "
                "%(reason)s."
            ),
            _("Creditor identifier (ICS): %(ics)s")
            + "\n"
            + _("Mandate reference (RUM): %(rum)s, signed on %(signed)s")
            + "\n"
            + _("Number of the direct debit: %(code)s"),
            _("If something is not right, answer this message before that day."),
            _your_right(mandate),
            _("Kind regards,") + "\n%(name)s",
        ]
        return subject[:200], "\n\n".join(paragraphs) % facts


def _your_right(mandate: Mandate) -> str:
    """What a debtor may ask their bank for: it is not the same for the two schemes."""
    if mandate.scheme == Mandate.Scheme.B2B:
        return _(
            "This is a mandate between companies (B2B): your bank does not give back what was drawn "
            "with it, so tell it or us before that day if it must not be drawn."
        )
    return _(
        "You may ask your bank for the money back within eight weeks after that day, without "
        "giving a reason."
    )


@transaction.atomic
def prepare_notice(
    *, collection: Collection, key: str, by: Actor, to: str = "", language: str = "fr"
) -> CollectionNotice:
    """Write the e-mail that tells a debtor of a collection; :func:`send` sends it after the commit.

    Args:
        collection: Which one.
        key: Idempotency key, 1 to 120 characters, unique for the collection.
        by: Who tells them.
        to: Address; empty: the third party's.
        language: ``fr`` or ``en``.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: There is no address, or no such language.
        TooSoon: It is too late to tell them of that day: it is moved first.
        MandateEnded: Nothing may be drawn with its mandate any more.
        OrderNotNow: They were told already, or it is at the bank or withdrawn.
        Conflict: An e-mail is on its way, or the structure has no creditor identifier.
    """
    authorize(by, "treasury.manage", collection.book)
    collection = locked(collection)
    whole_key = f"{collection.pk}:{key}"
    if known := CollectionNotice.objects.filter(key=whole_key).first():
        return known
    state = state_of(collection)
    if not can(COLLECTION, state, Happening.ANNOUNCED):
        raise not_now(collection, state, Happening.ANNOUNCED)
    if language not in LANGUAGES:
        raise Invalid(fields={"language": [_("French or English.")]})
    address = to.strip() or collection.mandate.party.email
    if not address:
        raise Invalid(
            _("This debtor has no e-mail address."), fields={"to": [_("Give an address.")]}
        )
    check_announceable(collection, registry.today())
    day = due_day(collection)
    if collection.notices.filter(sent_at=None, tries__lt=TRIES, day=day).exists():
        raise Conflict(_("An e-mail to this debtor is on its way already."))
    subject, body = letter(collection, require_creditor_id(collection.book), language)
    notice = CollectionNotice.objects.create(
        collection=collection, day=day, to=address, language=language, subject=subject, body=body,
        key=whole_key, by=by.label[:254],
    )  # fmt: skip
    audit(by, "treasury.collection.notice", collection)
    return notice


def prepare_all(
    *, book: Book, key: str, by: Actor, language: str = "fr"
) -> tuple[list[CollectionNotice], list[tuple[Collection, str]]]:
    """Write the e-mails of all collections of a book of which the debtors are still to be told.

    Args:
        book: Whose collections.
        key: Idempotency key.
        by: Who tells them.
        language: ``fr`` or ``en``.

    Returns:
        What was written, and what stays, each with the reason in words.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: The structure has no creditor identifier.
    """
    authorize(by, "treasury.manage", book)
    require_creditor_id(book)
    made, left = [], []
    rows = collections_of(book).select_related("book__structure").filter(state=State.PLANNED)
    for row in rows.order_by("due_on", "id"):
        try:
            made.append(prepare_notice(collection=row, key=key, by=by, language=language))
        except ChambreError as refusal:
            left.append((row, str(refusal.message)))
    return made, left


def send(notice: CollectionNotice) -> bool:
    """Send an e-mail that was written, if nobody else is at it, and note that the debtor was told.

    A claim is taken first, so that two workers do not send it twice. What the mail server does not
    take is tried again by the clock, five times. When it has become too late, or the collection was
    moved or withdrawn meanwhile, it is not sent and says why.

    Returns:
        Whether it went.
    """
    waiting = CollectionNotice.objects.filter(pk=notice.pk, sent_at=None, tries=notice.tries)
    if not waiting.update(tries=F("tries") + 1):
        return False
    notice.refresh_from_db()
    collection = Collection.objects.select_related("book__structure", "mandate__party").get(
        pk=notice.collection_id
    )
    if why := _no_more(collection, notice):
        _note(notice, tries=TRIES, error=why[:254])
        return False
    try:
        issuer = InvoiceIssuer.objects.filter(book=collection.book).first()
        reply_to = [issuer.email] if issuer and issuer.email else None
        EmailMessage(notice.subject, notice.body, to=[notice.to], reply_to=reply_to).send()
    except OSError as error:  # the mail server: every error of smtplib is one
        log.warning("collection.notice-failed", code=collection.code, error=type(error).__name__)
        _note(notice, error=f"{type(error).__name__}: {error}"[:254])
        return False
    _told(collection, notice)
    return True


def _no_more(collection: Collection, notice: CollectionNotice) -> str:
    """Why an e-mail must not go out any more; empty: it may."""
    state = state_of(collection)
    if not can(COLLECTION, state, Happening.ANNOUNCED):
        return str(not_now(collection, state, Happening.ANNOUNCED).message)
    if notice.day != due_day(collection):
        return _("The collection was moved to another day.")
    if not notice.to:
        return _("This debtor has no e-mail address.")
    try:
        check_announceable(collection, registry.today())
    except ChambreError as refusal:
        return str(refusal.message)
    return ""


def _told(collection: Collection, notice: CollectionNotice) -> None:
    """The e-mail is out: the debtor is told, unless somebody moved or withdrew it this moment."""
    by, error = Actor.system("treasury"), ""
    with transaction.atomic():
        try:
            with transaction.atomic():
                announce_collection(collection=collection, key=f"notice:{notice.pk}", by=by)
        except ChambreError as refusal:
            error = str(refusal.message)[:254]
        _note(notice, sent_at=timezone.now(), error=error)


def _note(notice: CollectionNotice, **facts: object) -> None:
    CollectionNotice.objects.filter(pk=notice.pk).update(**facts)


def send_later(notice: CollectionNotice) -> None:
    """Send an e-mail once the transaction that wrote it is kept."""
    transaction.on_commit(lambda: send(notice))


def send_waiting() -> int:
    """What the clock does: try again what did not go; how many went."""
    before = timezone.now() - PAUSE
    waiting = CollectionNotice.objects.filter(sent_at=None, tries__lt=TRIES, created_at__lt=before)
    return sum(send(notice) for notice in waiting.order_by("id"))
