"""Whoever books on the account of a drawer has the drawer: locked, open, and holding enough.

The entries that move a drawer's account come from several counters (a payment, a refund, a bank row that a
person books by hand). Each passes here (:func:`chambre.treasury.services.booking.book_entry`), so
that what the drawer should hold never changes behind the back of who counts it. Who locks a payment
too locks the drawer first (:func:`lock_drawers`), so that two never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from chambre.core.db.questions import Question
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.treasury.models import CashCount, CashDrawer
from chambre.treasury.queries.balances import balance_of, balances_of


class DrawerClosed(Conflict):
    """Nothing goes in or out before the drawer was opened by counting it."""

    code = "treasury.drawer.closed"


class NotInDrawer(Conflict):
    """More is taken out than the drawer holds."""

    code = "treasury.drawer.not-so-much"


_LOCKED = Question(
    lambda book, accounts: (
        CashDrawer.objects.filter(book_id=book, account__in=accounts)
        .select_for_update(of=("self",))
        .select_related("book")
        .order_by("pk")
    )
)
"""The drawers of some accounts of a book, alone."""


def held(drawer: CashDrawer) -> int:
    """What the drawer should hold, in cents: the balance of its account in the ledger."""
    return balance_of(drawer.book, drawer.account)


def is_open(drawer: CashDrawer) -> bool:
    """Whether somebody has opened it and nobody closed it since."""
    last = CashCount.objects.filter(drawer=drawer).order_by("-number").first()
    return last is not None and last.kind == CashCount.Kind.OPENING


def lock_drawer(drawer: CashDrawer) -> CashDrawer:
    """A drawer that stays as it is until the caller's transaction ends."""
    rows = CashDrawer.objects.select_for_update(of=("self",)).select_related("book__structure")
    return rows.get(pk=drawer.pk)


def need_open(drawer: CashDrawer) -> None:
    """Stop here unless a locked drawer was opened.

    Raises:
        DrawerClosed: It was not.
    """
    if not is_open(drawer):
        raise DrawerClosed(_("Open the drawer first: count what is in it."))


def need_held(drawer: CashDrawer, amount: int) -> None:
    """Stop here unless a locked drawer holds so many cents.

    Raises:
        NotInDrawer: It does not.
    """
    if amount > (there := held(drawer)):
        message = _("The drawer does not hold so much.")
        raise NotInDrawer(message, fields={"amount": [message]}, held=there)


def lock_drawers(book: Book, accounts: Iterable[str]) -> list[CashDrawer]:
    """The drawers of some accounts, locked in one order everywhere; often there are none."""
    return _LOCKED(book.pk, sorted(accounts))


def check_drawers(book: Book, accounts: Mapping[str, int]) -> None:
    """Lock the drawers whose accounts an entry moves, and stop here unless it may.

    Args:
        book: Whose drawers.
        accounts: Cents by number of account, debit positive.

    Raises:
        DrawerClosed: One of them was not opened.
        NotInDrawer: One does not hold what is taken out.
    """
    drawers = lock_drawers(book, accounts)
    if not drawers:
        return
    counts = CashCount.objects.filter(drawer__in=drawers).order_by("number")
    last = dict(counts.values_list("drawer", "kind"))
    if any(last.get(drawer.pk) != CashCount.Kind.OPENING for drawer in drawers):
        raise DrawerClosed(_("Open the drawer first: count what is in it."))
    out = [drawer.account for drawer in drawers if accounts[drawer.account] < 0]
    there = balances_of(book, out) if out else {}
    for account in out:
        if -accounts[account] > there.get(account, 0):
            message = _("The drawer does not hold so much.")
            fields = {"amount": [message]}
            raise NotInDrawer(message, fields=fields, held=there.get(account, 0))
