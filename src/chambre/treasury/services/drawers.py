"""Drawers of cash: opened and closed by counting, what comes in and goes out booked at once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert_all
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.ledger.models import Book, JournalEntry
from chambre.lib.coins import total
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import CashCount, CashDrawer, CashMove, Payment, PaymentEvent
from chambre.treasury.services.booking import account_of, book_entry
from chambre.treasury.services.cashguard import (
    DrawerClosed,
    NotInDrawer,
    held,
    is_open,
    lock_drawer,
    lock_drawers,
    need_held,
    need_open,
)
from chambre.treasury.services.receiving import receive

__all__ = [
    "CashPart", "DrawerClosed", "NotInDrawer", "add_drawer", "count_drawer", "held", "is_open",
    "move_cash", "move_cash_together", "take_cash",
]  # fmt: skip

JOURNAL = "CA"


@transaction.atomic
def add_drawer(*, book: Book, name: str, by: Actor) -> CashDrawer:
    """Add a drawer; the first one is on the account of the use ``means.cash``.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No name, or one that another drawer has.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    name, slug = " ".join(name.split())[:80], slugify(name)[:60]
    if not slug:
        raise Invalid(_("Give it a name."), fields={"name": [_("Give it a name.")]})
    if CashDrawer.objects.filter(book=book, slug=slug).exists():
        message = _("Another drawer has this name.")
        raise Invalid(message, fields={"name": [message]})
    used = set(CashDrawer.objects.filter(book=book).values_list("account", flat=True))
    first = account_of(book, "means.cash")
    account = first
    number = 0
    while account in used:
        number += 1
        account = f"{first[:3]}{number:0{max(len(first) - 3, 1)}d}"
    drawer = CashDrawer.objects.create(book=book, slug=slug, name=name, account=account)
    audit(by, "treasury.drawer.added", drawer, account=account)
    return drawer


@transaction.atomic
def count_drawer(
    *,
    drawer: CashDrawer,
    kind: str,
    pieces: Mapping[int, int],
    day: dt.date,
    key: str,
    by: Actor,
    note: str = "",
) -> CashCount:
    """Open or close a drawer by counting it. A difference is booked, and has to be explained.

    Args:
        drawer: Which one.
        kind: ``opening`` or ``closing``.
        pieces: How many of each coin and note, by value in cents.
        day: When.
        key: Idempotency key.
        by: Who counts.
        note: Why there is a difference; needed when there is one.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No such coin, or a difference without a word.
        DrawerClosed: It is closed already, or open already.
    """
    authorize(by, "treasury.manage", drawer.book)
    drawer = lock_drawer(drawer)
    done: CashCount | None = CashCount.objects.filter(drawer=drawer, key=key).first()
    if done is not None:
        return done
    wanted = CashCount.Kind(kind)
    if is_open(drawer) == (wanted == CashCount.Kind.OPENING):
        raise DrawerClosed(
            _("This drawer is open already.")
            if wanted == CashCount.Kind.OPENING
            else _("This drawer is closed already.")
        )
    try:
        counted = total(pieces)
    except ValueError:
        message = _("There is no such coin or note.")
        raise Invalid(message, fields={"pieces": [message]}) from None
    expected = held(drawer)
    if counted != expected and not note.strip():
        message = _("The count is not what the books say: write why, as far as you know.")
        raise Invalid(message, fields={"note": [message]}, difference=counted - expected)
    entry = _book_difference(drawer, counted - expected, day, key, note)
    number = CashCount.objects.filter(drawer=drawer).count() + 1
    count: CashCount = CashCount.objects.create(
        drawer=drawer,
        number=number,
        kind=wanted,
        day=day,
        pieces={str(value): many for value, many in pieces.items() if many},
        counted=counted,
        expected=expected,
        note=note.strip()[:254],
        entry=entry,
        key=key,
        by=by.label[:254],
    )
    audit(by, f"treasury.drawer.{wanted}", drawer, counted=counted, expected=expected)
    return count


def _book_difference(
    drawer: CashDrawer, difference: int, day: dt.date, key: str, note: str
) -> JournalEntry | None:
    if not difference:
        return None
    use = "cash.gain" if difference > 0 else "cash.loss"
    lines = [BookLine(difference, account=drawer.account), BookLine(-difference, use=use)]
    return book_entry(
        book=drawer.book,
        journal=JOURNAL,
        day=day,
        lines=lines,
        key=f"drawer:{drawer.pk}:count:{key}"[:120],
        label=f"{drawer.name} : écart de caisse – {note.strip()}"[:1000],
        source=f"treasury.drawer:{drawer.pk}",
        counting=True,
    )


@transaction.atomic
def move_cash(
    *,
    drawer: CashDrawer,
    kind: str,
    amount: int,
    reason: str,
    day: dt.date,
    key: str,
    by: Actor,
    use: str = "",
    resource: int | None = None,
    lines: Sequence[BookLine] = (),
) -> CashMove:
    """Put cash in, take some out, or take it to the bank; booked at once.

    Args:
        drawer: Which one; it has to be open.
        kind: ``in``, ``out`` or ``bank``.
        amount: Cents.
        reason: What for.
        day: When.
        key: Idempotency key, at most 80 characters, unique among the drawers of the structure.
        by: Who does it.
        use: What the money is for; cash for the bank is on its way (``internal``).
        resource: Id of the resource that it concerns.
        lines: Instead of a use: what the parts are for, positive amounts that sum to ``amount``.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Amount, words, use or parts that are not right.
        KeyReused: The key was used for another amount, or at another drawer.
        DrawerClosed: The drawer was not opened.
        NotInDrawer: It does not hold so much.
    """
    authorize(by, "treasury.manage", drawer.book)
    drawer = lock_drawer(drawer)
    moves = CashMove.objects.filter(drawer__book=drawer.book, key=key)
    done: CashMove | None = moves.first()
    if done is not None:
        if (done.drawer_id, done.kind, done.amount) != (drawer.pk, kind, amount):
            raise KeyReused(key=key)
        return done
    wanted, reason = CashMove.Kind(kind), " ".join(reason.split())[:140]
    if amount <= 0:
        message = _("An amount is more than zero.")
        raise Invalid(message, fields={"amount": [message]})
    if not reason:
        raise Invalid(_("Say what for."), fields={"reason": [_("Say what for.")]})
    need_open(drawer)
    sign = 1 if wanted == CashMove.Kind.IN else -1
    if sign < 0:
        need_held(drawer, amount)
    counter = "internal" if wanted == CashMove.Kind.BANK else use
    entry = book_entry(
        book=drawer.book,
        journal=JOURNAL,
        day=day,
        lines=[
            BookLine(sign * amount, account=drawer.account),
            *_parts(-sign, amount, lines or [BookLine(amount, use=counter, resource=resource)]),
        ],
        key=f"drawers:{drawer.book_id}:move:{key}"[:120],
        label=reason,
        source=f"treasury.drawer:{drawer.pk}",
    )
    move: CashMove = CashMove.objects.create(
        drawer=drawer,
        kind=wanted,
        amount=amount,
        day=day,
        reason=reason,
        entry=entry,
        key=key,
        by=by.label[:254],
    )
    audit(by, f"treasury.drawer.{wanted}", drawer, amount=amount, reason=reason)
    return move


@dataclass(frozen=True, slots=True)
class CashPart:
    """What goes in or out of one drawer, of several that are moved together.

    Attributes:
        drawer: Which one; it has to be open.
        amount: Cents.
        reason: What for.
        key: Idempotency key, as for :func:`move_cash`.
        lines: What it is for, positive amounts that sum to ``amount``.
    """

    drawer: CashDrawer
    amount: int
    reason: str
    key: str
    lines: Sequence[BookLine]


@transaction.atomic
def move_cash_together(
    *, parts: Sequence[CashPart], kind: str, reason: str, day: dt.date, by: Actor
) -> list[CashMove]:
    """Put cash into several drawers of a structure, or take it out of them, in one entry.

    For machines that report by the thousand: what :func:`move_cash` does for each, in one go.

    Args:
        parts: One for each drawer.
        kind: ``in`` or ``out``.
        reason: Words of the entry.
        day: When.
        by: Who does it.

    Returns:
        The move of each; those that are there when the keys were used for the same.

    Raises:
        Forbidden, Invalid, KeyReused, DrawerClosed, NotInDrawer: As :func:`move_cash`; nothing was moved.
    """
    book = parts[0].drawer.book
    authorize(by, "treasury.manage", book)
    lock_drawers(book, [part.drawer.account for part in parts])
    keys = [part.key for part in parts]
    known = {row.key: row for row in CashMove.objects.filter(drawer__book=book, key__in=keys)}
    for part in parts:
        row = known.get(part.key)
        if row and (row.drawer_id, row.kind, row.amount) != (part.drawer.pk, kind, part.amount):
            raise KeyReused(key=part.key)
    fresh = [part for part in parts if part.key not in known]
    if fresh:
        entry = _entry_of(fresh, kind, reason, day)
        rows = [
            CashMove(
                drawer=part.drawer, kind=CashMove.Kind(kind), amount=part.amount, day=day,
                reason=" ".join(part.reason.split())[:140], entry=entry, key=part.key,
                by=by.label[:254],
            )
            for part in fresh
        ]  # fmt: skip
        insert_all(*rows)
        known |= {row.key: row for row in rows}
        amount = sum(part.amount for part in fresh)
        audit(
            by, f"treasury.drawer.{kind}", entry, amount=amount, reason=reason, drawers=len(fresh)
        )
    return [known[key] for key in keys]


def _entry_of(parts: Sequence[CashPart], kind: str, reason: str, day: dt.date) -> JournalEntry:
    sign = 1 if CashMove.Kind(kind) == CashMove.Kind.IN else -1
    lines: list[BookLine] = []
    for part in parts:
        if part.amount <= 0:
            message = _("An amount is more than zero.")
            raise Invalid(message, fields={"amount": [message]})
        lines.append(BookLine(sign * part.amount, account=part.drawer.account, label=part.reason))
        lines += _parts(-sign, part.amount, part.lines)
    told = hashlib.sha256("\n".join(sorted(part.key for part in parts)).encode()).hexdigest()
    book = parts[0].drawer.book
    return book_entry(
        book=book, journal=JOURNAL, day=day, lines=lines, label=reason,
        key=f"drawers:{book.pk}:moves:{told}", source="treasury.drawers",
    )  # fmt: skip


def _parts(sign: int, amount: int, lines: Sequence[BookLine]) -> list[BookLine]:
    """The counterparts of cash that moved.

    Raises:
        Invalid: They do not sum to the amount.
    """
    if any(line.amount <= 0 for line in lines) or sum(line.amount for line in lines) != amount:
        message = _("The parts are positive and sum to the amount.")
        raise Invalid(message, fields={"lines": [message]})
    return [replace(line, amount=sign * line.amount) for line in lines]


@transaction.atomic
def take_cash(
    *, drawer: CashDrawer, payment: Payment, amount: int, day: dt.date, key: str, by: Actor
) -> PaymentEvent:
    """Take cash for a payment into a drawer.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        DrawerClosed: The drawer was not opened.
        Conflict: More than is open, or the payment takes no money.
    """
    authorize(by, "treasury.manage", drawer.book)
    drawer = lock_drawer(drawer)
    if payment.book_id != drawer.book_id:
        raise Conflict(_("This is not of this structure."))
    need_open(drawer)
    counterpart = [BookLine(amount, account=drawer.account)]
    return receive(
        payment=payment, amount=amount, means="cash", day=day, key=f"{drawer.pk}:{key}"[:100],
        by=by, counterpart=counterpart,
    )  # fmt: skip
