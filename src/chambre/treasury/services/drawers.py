"""Drawers of cash: opened and closed by counting, what comes in and goes out booked at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Book, JournalEntry
from chambre.lib.coins import total
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import CashCount, CashDrawer, CashMove, Payment, PaymentEvent
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.services.booking import account_of, book_entry
from chambre.treasury.services.receiving import receive

JOURNAL = "CA"


class DrawerClosed(Conflict):
    """Nothing goes in or out before the drawer was opened by counting it."""

    code = "treasury.drawer.closed"


class NotInDrawer(Conflict):
    """More is taken out than the drawer holds."""

    code = "treasury.drawer.not-so-much"


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


def held(drawer: CashDrawer) -> int:
    """What the drawer should hold, in cents: the balance of its account in the ledger."""
    return balance_of(drawer.book, drawer.account)


def is_open(drawer: CashDrawer) -> bool:
    """Whether somebody has opened it and nobody closed it since."""
    last = CashCount.objects.filter(drawer=drawer).order_by("-number").first()
    return last is not None and last.kind == CashCount.Kind.OPENING


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
    drawer = _locked(drawer)
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
) -> CashMove:
    """Put cash in, take some out, or take it to the bank; booked at once.

    Args:
        drawer: Which one; it has to be open.
        kind: ``in``, ``out`` or ``bank``.
        amount: Cents.
        reason: What for.
        day: When.
        key: Idempotency key.
        by: Who does it.
        use: What the money is for; cash for the bank is on its way (``internal``).
        resource: Id of the resource that it concerns.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Amount, words or use that are not right.
        DrawerClosed: The drawer was not opened.
        NotInDrawer: It does not hold so much.
    """
    authorize(by, "treasury.manage", drawer.book)
    drawer = _locked(drawer)
    done: CashMove | None = CashMove.objects.filter(drawer=drawer, key=key).first()
    if done is not None:
        return done
    wanted, reason = CashMove.Kind(kind), " ".join(reason.split())[:140]
    if amount <= 0:
        message = _("An amount is more than zero.")
        raise Invalid(message, fields={"amount": [message]})
    if not reason:
        raise Invalid(_("Say what for."), fields={"reason": [_("Say what for.")]})
    _need_open(drawer)
    sign = 1 if wanted == CashMove.Kind.IN else -1
    if sign < 0 and amount > (there := held(drawer)):
        message = _("The drawer does not hold so much.")
        raise NotInDrawer(message, fields={"amount": [message]}, held=there)
    counter = "internal" if wanted == CashMove.Kind.BANK else use
    entry = book_entry(
        book=drawer.book,
        journal=JOURNAL,
        day=day,
        lines=[
            BookLine(sign * amount, account=drawer.account),
            BookLine(-sign * amount, use=counter, resource=resource),
        ],
        key=f"drawer:{drawer.pk}:move:{key}"[:120],
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
    drawer = _locked(drawer)
    if payment.book_id != drawer.book_id:
        raise Conflict(_("This is not of this structure."))
    _need_open(drawer)
    counterpart = [BookLine(amount, account=drawer.account)]
    return receive(
        payment=payment, amount=amount, means="cash", day=day, key=f"{drawer.pk}:{key}"[:100],
        by=by, counterpart=counterpart,
    )  # fmt: skip


def _locked(drawer: CashDrawer) -> CashDrawer:
    return (
        CashDrawer.objects.select_for_update(of=("self",))
        .select_related("book__structure")
        .get(pk=drawer.pk)
    )


def _need_open(drawer: CashDrawer) -> None:
    if not is_open(drawer):
        raise DrawerClosed(_("Open the drawer first: count what is in it."))
