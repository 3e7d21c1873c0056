"""The file of transfers for a bank: shown before it is made, made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.core.files import readable_by, store
from chambre.core.models import StoredFile
from chambre.ledger.models import Book
from chambre.lib.orderstates import PAYOUT, Happening, State
from chambre.lib.sepa import SepaRefusal, days, files
from chambre.lib.sepa.parties import Holder
from chambre.registry import api as registry
from chambre.treasury.models import OrderFile, Payout
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.queries.ownaccounts import OwnAccount
from chambre.treasury.services.orders import (
    Detail,
    NothingToSend,
    happen,
    holder_of,
    new_code,
    state_of,
)
from chambre.treasury.services.payouts import say_changed

PURPOSE = "treasury.orders"
"""What files for a bank are kept for (:mod:`chambre.core.files`)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A payout as the file will carry it.

    Attributes:
        payout: Which one.
        day: On which day the bank will do it: an open day of TARGET, today or later.
        transfer: The transfer.
    """

    payout: Payout
    day: dt.date
    transfer: files.Transfer


@dataclass(slots=True)
class Plan:
    """What a file would do.

    Attributes:
        transfers: What it would hold, by day.
        left: Payouts that a bank would send back, each with the reason in words.
    """

    transfers: list[Planned] = field(default_factory=list)
    left: list[tuple[Payout, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Cents that leave."""
        return sum(each.payout.amount for each in self.transfers)

    @property
    def days(self) -> list[tuple[dt.date, int, int]]:
        """For each day: how many transfers, and their sum in cents."""
        found: dict[dt.date, tuple[int, int]] = {}
        for each in self.transfers:
            count, total = found.get(each.day, (0, 0))
            found[each.day] = (count + 1, total + each.payout.amount)
        return [(day, *found[day]) for day in sorted(found)]


def plan_file(book: Book, payouts: Sequence[Payout] | None = None) -> Plan:
    """What a file made now would do. Writes nothing.

    Args:
        book: Whose payouts.
        payouts: These, of :func:`payouts_of`; absent: all that two people have agreed to.
    """
    if payouts is None:
        payouts = list(
            payouts_of(book).filter(state=State.AGREED).select_related("party").order_by("id")
        )
    plan, today = Plan(), registry.today()
    for payout in payouts:
        day = days.next_open(max(payout.day or today, today))
        transfer = _transfer(payout, day)
        try:
            transfer.payee.facts()
        except SepaRefusal as refusal:
            plan.left.append((payout, refusal.message(get_language() or "fr")))
        else:
            plan.transfers.append(Planned(payout, day, transfer))
    plan.transfers.sort(key=lambda each: (each.day, each.payout.pk))
    return plan


def _transfer(payout: Payout, day: dt.date) -> files.Transfer:
    """A payout as a file carries it: under its own number, which comes back on the statement."""
    payee = holder_of(payout.party, name=payout.holder, iban=payout.iban, bic=payout.bic)
    remittance = files.Remittance(
        text="" if payout.reference else payout.reason, reference=payout.reference
    )
    return files.Transfer(payout.code, payee, payout.amount, day, remittance)


@transaction.atomic
def export_payouts(
    *, book: Book, account: OwnAccount, key: str, by: Actor, batch: bool = True
) -> OrderFile:
    """Make one file for the bank of all payouts that two people have agreed to.

    Each payout is in one file for ever, however many make files at once.

    Args:
        book: Whose payouts.
        account: From which account the money leaves.
        key: Idempotency key: the same again gives the same file.
        by: Who makes it.
        batch: One movement on the statement for each day; else one for each transfer.

    Returns:
        The file, of the form pain.001.001.09.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NothingToSend: No payout is ready (any more).
        OrderRefused: The account of the structure is not one that a bank takes.
        KeyReused: The key was used for something else.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)  # one file at a time
    done: OrderFile | None = OrderFile.objects.filter(key=key).first()
    if done is not None:
        if (done.book.pk, done.kind) != (book.pk, OrderFile.Kind.TRANSFERS):
            raise KeyReused(key=key)
        return done
    ready = payouts_of(book).filter(state=State.AGREED).values_list("pk", flat=True)
    locked = (
        Payout.objects.select_for_update(of=("self",))
        .select_related("party")
        .filter(pk__in=list(ready))
        .order_by("pk")
    )
    # Somebody may have withdrawn one while we waited for its lock: asked anew.
    plan = plan_file(book, [each for each in locked if state_of(each) == State.AGREED])
    if not plan.transfers:
        raise NothingToSend(left=[str(payout) for payout, _why in plan.left])
    made = files.write_transfers(
        id=(message := new_code("V")),
        made_at=(now := timezone.now()),
        payer=Holder(account.holder, account.iban, account.bic),
        transfers=[each.transfer for each in plan.transfers],
        batch=batch,
    )
    row = keep_file(
        book, OrderFile.Kind.TRANSFERS, made, by,
        message=message, iban=account.iban, is_batch=batch, key=key, made_at=now,
    )  # fmt: skip
    for each in plan.transfers:
        detail = Detail(file=row, day=each.day)
        event, _new = happen(
            each.payout, Happening.EXPORTED, flow=PAYOUT, by=by, key=key, detail=detail
        )
        say_changed(each.payout, State(event.state), by)
    return row


def keep_file(
    book: Book, kind: OrderFile.Kind, made: files.BankFile, by: Actor, **facts: Any
) -> OrderFile:
    """Keep a finished file, so that it can be taken again but never made again."""
    stored = store(
        [made.content],
        name=f"{facts['message']}.xml",
        purpose=PURPOSE,
        by=by,
        content_type="application/xml",
    )
    row = OrderFile.objects.create(
        book=book,
        kind=kind,
        count=made.count,
        total=made.total,
        sha256=made.sha256,
        file=stored,
        by=by.label[:254],
        **facts,
    )
    audit(by, "treasury.orders.exported", row, count=made.count, total=made.total)
    return row


def left_out(plan: Plan) -> list[str]:
    """What a file leaves out, each with its reason, for people."""
    return [
        _("%(code)s, %(name)s: %(why)s")
        % {"code": payout.code, "name": payout.party.name, "why": why}
        for payout, why in plan.left
    ]


@readable_by(PURPOSE)
def may_take(by: Actor, file: StoredFile) -> bool:
    """Whether somebody may take a file for a bank: who answers for the money in it."""
    rows = OrderFile.objects.filter(file=file).select_related("book__structure")
    return any(by.may("treasury.read", row.book) for row in rows)
