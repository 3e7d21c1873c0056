"""What rows of the statement settle of orders to the bank: one, all of a day's file, what came back.

Payouts and collections differ by the direction of the money and by where it is booked; how a row
ends them is the same.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.lib.orderstates import Flow, Happening, State
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import BankAccount, BankRow
from chambre.treasury.openitems import OpenItem
from chambre.treasury.services.orders import Detail, happen, state_of

UNANNOUNCED = dt.timedelta(days=400)
"""How long after its file an order may come back unannounced: an unauthorised collection is refunded
for thirteen months (directive 2015/2366, article 71)."""
CODE = 4
"""Characters of a reason code of ISO 20022."""


class OtherAmount(Conflict):
    """A row of another amount: an order is done wholly or not at all."""

    code = "treasury.order.other-amount"


class Orders:
    """Payouts, or collections: what the sources need to know of them.

    Attributes:
        name: ``payout`` or ``collection``.
        flow: What may happen to them.
        direction: ``out`` or ``in``: where their money goes, seen from the bank account.
        model: Their table.
        due: States in which their money is expected on the statement.
    """

    name: str
    flow: Flow
    direction: str
    model: Any
    due: tuple[State, ...]

    def rows(self, book: Book) -> Any:
        """All of a book, each with its state."""
        raise NotImplementedError

    def item(self, row: Any) -> OpenItem:
        """One as an open item of its own direction."""
        raise NotImplementedError

    def lines(self, row: Any) -> list[BookLine]:
        """The counterparts of its money: debits for money that leaves, credits for what comes."""
        raise NotImplementedError

    def say(self, row: Any, state: State, by: Actor) -> None:
        """Let those who asked for it hear where it stands."""
        raise NotImplementedError

    def comes_back(self, row: Any, key: str, by: Actor, code: str, reason: str) -> None:
        """Note that the bank sends its money back, with its reason code and its words."""
        raise NotImplementedError

    def locked(self, book: Book, codes: list[str]) -> list[Any]:
        """Orders of a book by their numbers, locked in one order.

        Raises:
            Conflict: One of them is not of this book.
        """
        rows = self.model.objects.select_for_update(of=("self",)).filter(book=book, code__in=codes)
        if len(found := list(rows.order_by("pk"))) != len(codes) or not codes:
            raise Conflict(_("This is not of this structure."))
        return found

    def in_states(self, book: Book, *states: State, since: dt.date | None = None) -> list[Any]:
        """Orders in some states, each with the event of its file as ``sent``.

        ``through`` is the id of the bank account that the file names: the money passes there.

        Args:
            book: Whose orders.
            states: In which states.
            since: Only those that were put into a file on that day or later.
        """
        found = self.rows(book).filter(state__in=states)
        if since is not None:
            lately = self.exported(at__date__gte=since).values(f"{self.name}_id")
            found = found.filter(pk__in=lately)
        rows = list(found.order_by("id"))
        sent = {
            getattr(event, f"{self.name}_id"): event
            for event in self.exported(**{f"{self.name}__in": [row.pk for row in rows]})
        }
        ours = dict(BankAccount.objects.filter(book=book).values_list("iban", "pk"))
        for row in rows:
            row.sent = sent.get(row.pk)
            row.through = ours.get(row.sent.file.iban) if row.sent else None
        return rows

    def exported(self, **which: Any) -> Any:
        """The events by which orders went into a file."""
        events = self.model._meta.get_field("events").related_model.objects
        return events.filter(kind=Happening.EXPORTED, **which).select_related("file")

    def move(self, row: Any, happening: Happening, by: Actor, key: str, detail: Detail) -> None:
        """Write down what a row of the statement did to one, and say it."""
        event, new = happen(row, happening, flow=self.flow, by=by, key=key, detail=detail)
        if new:
            self.say(row, State(event.state), by)


def _exactly(asked: int, amount: int) -> None:
    if asked != amount:
        raise OtherAmount(
            _("The row is not of the same amount: this is done wholly or not at all."),
            asked=asked,
            amount=amount,
        )


class OneSource:
    """One order whose money is expected on the statement."""

    settled, released, sign = Happening.SETTLED, Happening.RELEASED, 1

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.kind = orders.name
        self.back = f"{orders.name}-return"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Those whose money was not seen yet."""
        return [self.orders.item(row) for row in self.orders.in_states(book, *self.orders.due)]

    def settle(
        self, *, book: Book, key: str, amount: int, day: dt.date, row: int, idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:  # fmt: skip
        """The row is its money; see :class:`chambre.treasury.openitems.Source`.

        Raises:
            OtherAmount: The row is of another amount.
            OrderNotNow: It is settled, withdrawn or not agreed to.
        """
        (order,) = self.orders.locked(book, [key])
        _exactly(order.amount, amount)
        self.orders.move(order, self.settled, by, idempotency, Detail(day=day, row=row))
        return [_signed(line, self.sign) for line in self.orders.lines(order)]

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """It was another row.

        Raises:
            OrderNotNow: Its money came back meanwhile.
        """
        (order,) = self.orders.locked(book, [key])
        self.orders.move(order, self.released, by, f"{idempotency}:undone", Detail(row=row))


class BackSource(OneSource):
    """Money of an order that comes back (a payout) or is given back (a collection).

    Announced, it is an open item like any other. Unannounced, a row that names the order says so
    itself: its reason is noted and the order has come back, both in one step.
    """

    settled, released, sign = Happening.RETURNED, Happening.UNRETURNED, -1

    def __init__(self, orders: Orders) -> None:
        super().__init__(orders)
        self.kind, self.back = self.back, ""

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Those of which the bank said so; and those lately sent, for a row that names them."""
        rows = self.orders.in_states(book, State.RETURNING)
        since = registry.today() - UNANNOUNCED
        silent = self.orders.in_states(book, State.SENT, State.PAID, since=since)
        unexpected = [
            dataclasses.replace(self._item(row), references=(), texts=(), only_named=True)
            for row in silent
        ]
        return [*map(self._item, rows), *unexpected]

    def _item(self, row: Any) -> OpenItem:
        other = "in" if self.orders.direction == "out" else "out"
        item = self.orders.item(row)
        label = _("%(what)s – money back") % {"what": item.label}
        return dataclasses.replace(item, kind=self.kind, direction=other, label=label)

    def settle(
        self, *, book: Book, key: str, amount: int, day: dt.date, row: int, idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:  # fmt: skip
        """The row is its money that came back; see :meth:`OneSource.settle`."""
        (order,) = self.orders.locked(book, [key])
        if state_of(order) == State.PAID:
            _exactly(order.amount, amount)
            code, words = _said_by(row)
            self.orders.comes_back(order, f"{idempotency}:said", by, code, words)
        return super().settle(
            book=book, key=key, amount=amount, day=day, row=row, idempotency=idempotency, by=by
        )

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """It was another row: the money is expected still, or, unannounced, never came back.

        Raises:
            Conflict: Another payout took its place meanwhile.
        """
        (order,) = self.orders.locked(book, [key])
        if getattr(order, "replaced_by", None) is not None:
            raise Conflict(_("Another payout took its place: withdraw that one first."))
        super().release(book=book, key=key, amount=amount, row=row, idempotency=idempotency, by=by)
        if order.events.filter(kind=Happening.RETURNING, key=f"{idempotency}:said").exists():
            detail = Detail(row=row)
            self.orders.move(order, Happening.KEPT, by, f"{idempotency}:unsaid", detail)


def _said_by(row: int) -> tuple[str, str]:
    """The bank's reason code in a row and its words, when it says why money came back."""
    found = BankRow.objects.filter(pk=row).values_list("return_code", "info", "texts").first()
    code, info, texts = found or ("", "", "")
    words = " ".join(f"{info} {texts}".split())[:254]
    return (code if len(code) == CODE else ""), words


class BatchSource:
    """All orders of a file that the bank does together, as one movement."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.kind = f"{orders.name}-batch"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Groups of files of which two or more were not seen on the statement."""
        groups: dict[str, list[Any]] = defaultdict(list)
        for row in self.orders.in_states(book, State.SENT):
            if row.sent and row.sent.file.is_batch:
                groups[_group(row.sent)].append(row)
        return [self._item(key, rows) for key, rows in groups.items() if len(rows) > 1]

    def _item(self, key: str, rows: list[Any]) -> OpenItem:
        sent, slug = rows[0].sent, rows[0].book.structure.slug
        return OpenItem(
            kind=self.kind,
            key=key,
            direction=self.orders.direction,
            amount=sum(row.amount for row in rows),
            label=_("%(count)d of the file %(file)s together")
            % {"count": len(rows), "file": sent.file.message},
            day=sent.file.made_at.date(),
            due=sent.day,
            reference=sent.file.message,
            url=reverse("treasury:order_file", args=[slug, sent.file.message]),
            account=rows[0].through,
        )

    def settle(
        self, *, book: Book, key: str, amount: int, day: dt.date, row: int, idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:  # fmt: skip
        """The row is the money of all of them that are still open.

        Raises:
            OtherAmount: The row is not their sum.
        """
        orders = self._members(book, key)
        done = [each for each in orders if _settled_by(each, idempotency)]
        members = done or [each for each in orders if state_of(each) == State.SENT]
        _exactly(sum(each.amount for each in members), amount)
        for each in members:
            detail = Detail(day=day, row=row)
            self.orders.move(each, Happening.SETTLED, by, idempotency, detail)
        return [line for each in members for line in self.orders.lines(each)]

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """It was another row.

        Raises:
            OrderNotNow: Money of one of them came back meanwhile.
        """
        for each in self._members(book, key):
            if _settled_by(each, idempotency):
                undone = f"{idempotency}:undone"
                self.orders.move(each, Happening.RELEASED, by, undone, Detail(row=row))

    def _members(self, book: Book, key: str) -> list[Any]:
        message = key.partition("/")[0]
        events = self.orders.exported(file__message=message, file__book=book)
        events = events.select_related("file", self.orders.name)
        codes = [getattr(each, self.orders.name).code for each in events if _group(each) == key]
        return self.orders.locked(book, codes)


def _group(event: Any) -> str:
    """What a bank does together: one day, and one sequence of collections, of one file."""
    parts = (event.file.message, event.day.isoformat(), getattr(event, "sequence", ""))
    return "/".join(part for part in parts if part)


def _settled_by(order: Any, idempotency: str) -> bool:
    return bool(order.events.filter(kind=Happening.SETTLED, key=idempotency).exists())


def _signed(line: BookLine, sign: int) -> BookLine:
    return dataclasses.replace(line, amount=sign * line.amount)
