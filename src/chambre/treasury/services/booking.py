"""Booking: from uses of money to a balanced entry in the structure's book, once per key."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.questions import Question
from chambre.core.errors import Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import Account, Book, JournalEntry
from chambre.lib.accounting.charts import account_label
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import BookingRule
from chambre.treasury.services.cashguard import check_drawers
from chambre.treasury.services.months import refuse_closed
from chambre.treasury.uses import BY_NAME

JOURNALS = {
    "BQ": "Banque",
    "CA": "Caisse",
    "VE": "Ventes",
    "AC": "Achats",
    "EN": "Encaissements",
    "OD": "Opérations diverses",
}
"""Journals of the treasury and their labels; a longer code (``BQ512100``) begins with one."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Where a use is booked.

    Attributes:
        account: Number of the account.
        label: Its name.
        vat: VAT rate in hundredths of a percent; None: no VAT.
        resource: Id of the resource that it concerns; None: the structure itself.
        is_own: Whether the structure's own rule says so, rather than the default.
    """

    account: str
    label: str
    vat: int | None = None
    resource: int | None = None
    is_own: bool = False


def rule_of(book: Book, use: str, means: str = "", day: dt.date | None = None) -> Booked:
    """Where a book books a use: its newest rule for the means, for the use, or the default.

    The default is that of the chart of ``day``; absent: of today.

    Raises:
        Invalid: There is no such use.
    """
    known = BY_NAME.get(use)
    if known is None:
        raise Invalid(_("There is no such use of money."), fields={"use": [use]})
    wanted = ["", means] if means else [""]
    newest: dict[str, BookingRule] = {}
    for rule in _RULES(book.pk, use, wanted):
        newest[rule.means] = rule
    rule = next(
        (newest[each] for each in reversed(wanted) if each in newest and newest[each].account), None
    )
    if rule is not None:
        label = rule.label or _label(book, rule.account)
        return Booked(rule.account, label, rule.vat, rule.resource_id, is_own=True)
    day = day or registry.today()
    account = known.default(book.chart, day.year)
    return Booked(account, _label(book, account, day))


def account_of(book: Book, use: str, means: str = "") -> str:
    """Number of the account on which a book books a use."""
    return rule_of(book, use, means).account


def _label(book: Book, account: str, day: dt.date | None = None) -> str:
    """Name of an account in the book's chart of a day, in French: books are kept in French."""
    return account_label(account, book.chart, day or registry.today(), "fr") or account


@transaction.atomic
def change_rule(
    *,
    book: Book,
    use: str,
    by: Actor,
    means: str = "",
    account: str = "",
    label: str = "",
    vat: int | None = None,
    resource: Resource | None = None,
    note: str = "",
) -> BookingRule:
    """Book a use on another account from now on. What is booked stays as it is.

    Args:
        book: Whose rules.
        use: Name of a use.
        by: Who changes it.
        means: Only when the money comes by this means; empty: always.
        account: Number of an account, 3 to 32 characters beginning with three digits; empty: the
            default again.
        label: What the structure calls the account; empty: what the chart does.
        vat: VAT rate in hundredths of a percent (550 is 5.5 %).
        resource: The resource that it concerns.
        note: Why.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No such use, or not an account number.
    """
    authorize(by, "treasury.manage", book)
    rule_of(book, use, means)
    account = account.strip().upper()
    if account and not (account[:3].isdigit() and 3 <= len(account) <= 32 and account.isalnum()):
        raise Invalid(
            _("An account number begins with three digits."), fields={"account": [account]}
        )
    if vat is not None and not 0 <= vat <= 10_000:
        raise Invalid(_("A VAT rate lies between 0 and 100 %."), fields={"vat": [str(vat)]})
    rule = BookingRule.objects.create(
        book=book,
        use=use,
        means=means,
        account=account,
        label=" ".join(label.split())[:200],
        vat=vat,
        resource=resource,
        note=note[:254],
        by=by.label[:254],
    )
    audit(by, "treasury.rule.changed", rule, use=use, means=means, account=account)
    return rule


_BOOKED = Question(
    lambda chamber, key: JournalEntry.objects.filter(chamber_id=chamber, key=key).only("pk")
)
"""The entry that has a key."""
_ACCOUNTS = Question(lambda ids: Account.objects.filter(pk__in=ids).only("code"))
"""Accounts by their ids."""
_RULES = Question(
    lambda book, use, means: (
        BookingRule.objects.filter(book_id=book, use=use, means__in=means)
        .order_by("id")
        .only("means", "account", "label", "vat", "resource")
    )
)
"""The rules of a book for a use, the newest last."""


def book_entry(
    *,
    book: Book,
    journal: str,
    day: dt.date,
    lines: Sequence[BookLine],
    key: str,
    label: str = "",
    piece: str = "",
    source: str = "",
    counting: bool = False,
) -> JournalEntry:
    """Post an entry in a structure's book, once, for an act that the caller has authorized.

    Between resources the entry is completed through link accounts, so that each balances.

    Args:
        book: The structure's book.
        journal: Code of the journal; begins with one of :data:`JOURNALS`.
        day: Effective day.
        lines: At least two; they sum to zero. Lines of zero cents are left out.
        key: Idempotency key, 1 to 120 characters, unique in the chamber for ever.
        label: Words of the entry, at most 1,000 characters.
        piece: Reference of the document, at most 250 characters.
        source: Where it comes from, at most 64 characters: ``treasury.row:12``.
        counting: It is the difference of a drawer that is being counted, which need not be open.

    Returns:
        The entry; the one that is there when the key was used for the same content.

    Raises:
        Invalid: The lines do not sum to zero, or a line is malformed.
        ClosedYear: The day lies in a closed year.
        MonthClosed: The day lies in a month that is closed in the treasury.
        KeyReused: The key was used for something else.
        DrawerClosed, NotInDrawer: It moves a drawer that is closed, or holds less.
    """
    draft = draft_entry(
        book=book, journal=journal, day=day, lines=lines, key=key, label=label, piece=piece,
        source=source,
    )  # fmt: skip
    if not _BOOKED(book.chamber_id, key):
        refuse_closed(book, day)
        if not counting:
            check_drawers(book, _moved(draft))
    return ledger.post(draft, by=Actor.system("treasury"), book=book)


def _moved(draft: ledger.EntryDraft) -> dict[str, int]:
    """Cents by number of account that an entry moves."""
    lines = [ledger.LineDraft(*line) for line in draft.lines]
    codes = {row.pk: row.code for row in _ACCOUNTS(sorted({line.account for line in lines}))}
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[codes[line.account]] += line.amount
    return sums


def draft_entry(
    *,
    book: Book,
    journal: str,
    day: dt.date,
    lines: Sequence[BookLine],
    key: str,
    label: str = "",
    piece: str = "",
    source: str = "",
) -> ledger.EntryDraft:
    """The entry that :func:`book_entry` would post: for those who post many at once.

    They ask :func:`chambre.treasury.services.months.refuse_closed` for each month themselves.
    """
    kept = [line for line in lines if line.amount]
    if not kept or sum(line.amount for line in kept) != 0:
        raise Invalid(_("The lines of an entry sum to zero."), fields={"lines": [label]})
    places = [_place(book, line, day) for line in kept]
    accounts = ledger.accounts(book, {place.account: place.label for place in places})
    owners = [_auxiliary(line) for line in kept]
    auxiliaries = ledger.auxiliaries(book, named) if (named := dict(filter(None, owners))) else {}
    drafts = [
        ledger.LineDraft(
            accounts[place.account],
            line.resource or place.resource,
            "EUR",
            line.amount,
            "D" if line.amount > 0 else "C",
            day,
            (line.label or label)[:1000],
            auxiliary=auxiliaries[owner[0]] if owner else None,
            piece=(line.piece or piece)[:250],
            piece_day=day if line.piece or piece else None,
        )
        for line, place, owner in zip(kept, places, owners, strict=True)
    ]
    whole = drafts
    if len({draft.resource for draft in drafts}) > 1:
        whole = list(ledger.balance_cells(drafts, ledger.links_of(book)))  # type: ignore[arg-type]
    return ledger.EntryDraft(
        book=book.pk,
        journal=_journal(book, journal),
        day=day,
        lines=whole,
        key=key,
        label=label[:1000],
        validated_on=day,
        source=source,
    )


def _auxiliary(line: BookLine) -> tuple[str, str] | None:
    """Code and name of the auxiliary account of a line, if it has one."""
    if line.party is not None:
        return line.party.code, line.party.name
    return line.auxiliary


def _place(book: Book, line: BookLine, day: dt.date) -> Booked:
    if bool(line.use) == bool(line.account):
        raise Invalid(_("A line names a use or an account."), fields={"lines": [line.label]})
    if line.use:
        return rule_of(book, line.use, line.means, day)
    return Booked(line.account, line.account_label or _label(book, line.account))


def _journal(book: Book, code: str) -> int:
    name = next((name for begin, name in JOURNALS.items() if code.startswith(begin)), code)
    return ledger.journals(book, {code: name})[code]


def moved_back(entry: JournalEntry) -> dict[str, int]:
    """Cents by number of account that the opposite of an entry moves."""
    lines = entry.lines.filter(unit="EUR").values_list("account__code").order_by()
    return {code: -total for code, total in lines.annotate(total=Sum("amount"))}


def unbook(
    *, entry: JournalEntry, key: str, day: dt.date | None = None, reason: str = ""
) -> JournalEntry:
    """Take an entry of the treasury back by its exact opposite, once; see ``ledger.reverse``.

    Raises:
        MonthClosed: Its day, or ``day`` when given, lies in a month that is closed.
        DrawerClosed, NotInDrawer: It moved a drawer that is closed now, or holds less.
    """
    if not JournalEntry.objects.filter(chamber=entry.chamber_id, key=key).exists():
        refuse_closed(entry.book, day or entry.day)
        check_drawers(entry.book, moved_back(entry))
    with translation.override("fr"):
        reason = reason or _("Undone: %(label)s") % {"label": entry.label}
    return ledger.reverse(
        entry, key=key, by=Actor.system("treasury"), reason=reason[:1000], day=day
    )
