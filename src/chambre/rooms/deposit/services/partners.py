"""Between partners: objects handed on, the debt that follows them when the rules say so, and months.

« La consigne suit le produit »: who hands objects on is credited with the deposits that it owes for
them, who receives them owes them, and who issues them owes them no second time (:mod:`.carrying`). Each
month a partner has a statement; what it took is an invoice and what it paid back the credit note on it,
when the structure writes invoices here (:mod:`.billing`).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import (
    Act,
    Contract,
    Handover,
    Item,
    ItemType,
    Move,
    Part,
    PartnerStatement,
    Place,
    Refund,
    Scheme,
    Tariff,
    Terms,
)
from chambre.rooms.deposit.queries.errors import NoObject, NotNow
from chambre.rooms.deposit.queries.finding import ids_of, locked
from chambre.rooms.deposit.queries.terms import tariffs_on, terms_on
from chambre.rooms.deposit.services import billing, carrying, rows
from chambre.rooms.deposit.services.accounts import PARTNERS, line_on
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.deposit.services.channels import partner_line, together
from chambre.rooms.deposit.services.stock import tell
from chambre.rooms.deposit.services.ways import CARRIED
from chambre.treasury import api as treasury


@transaction.atomic
def hand_over(
    *,
    origin: Place,
    target: Place,
    key: str,
    by: Actor,
    codes: Sequence[str] = (),
    counted: Sequence[tuple[str, int]] = (),
) -> list[Handover]:
    """Note that objects went from one place to another, with their deposits when the rules say so.

    Args:
        origin: Where they were.
        target: Where they are now.
        key: Idempotency key.
        by: Who notes it: somebody who works at the place that gives.
        codes: Objects, as their codes were read; at a place, not with somebody.
        counted: Counted ones: short name of the type and how many.

    Returns:
        One row per type; two when only some of its objects carry a debt of who gives.

    Raises:
        Forbidden: ``by`` does not work at the place that gives.
        Invalid: Nothing, two places of different schemes, or one and the same.
        NoObject: A code leads to none of this scheme.
        NotNow: One of them is with somebody, or out of service.
        KeyReused: The key was used for something else.
    """
    authorize(by, "deposit.operate", origin)
    if origin.pk == target.pk or origin.scheme_id != target.scheme_id:
        raise Invalid(_("Choose two places of one scheme."), fields={"target": [target.slug]})
    asked = Asked(key=key, codes=tuple(codes), place=target.slug, counted=tuple(counted))
    asked.check()
    ids = ids_of(codes)
    items = locked(ids.values())
    about = asked.about(f"transfer:{origin.slug}")
    if (done := Act.objects.filter(key=key).first()) is not None:
        if done.about != about:
            raise KeyReused(key=key)
        return list(done.handovers.order_by("pk"))
    for code in codes:
        if code not in ids or items[ids[code]].scheme != origin.scheme_id:
            raise NoObject(_("No object has the code “%(code)s”.") % {"code": code[:100]})
        if items[ids[code]].state in (Item.State.OUT, Item.State.RETIRED, Item.State.LOST):
            raise NotNow(_("“%(code)s” is not at a place.") % {"code": code[:100]})
    counts: dict[int, int] = defaultdict(int)
    for item in items.values():
        counts[item.type] += 1
    for slug, many in counted:
        row = ItemType.objects.filter(scheme=origin.scheme_id, slug=slug).first()
        if row is None:
            raise NoObject(_("There is no type of object “%(slug)s”.") % {"slug": slug})
        counts[row.pk] += many
    return _write_handover(origin, target, asked, about, counts, list(items.values()), by)


def _write_handover(
    origin: Place,
    target: Place,
    asked: Asked,
    about: str,
    counts: dict[int, int],
    items: list[Any],
    by: Actor,
) -> list[Handover]:
    now, day, scheme = timezone.now(), clock.today(), origin.scheme
    follows = terms_on(scheme.pk, day).liability == Terms.Liability.PRODUCT
    types = {row.pk: row for row in ItemType.objects.filter(pk__in=counts)}
    tariffs = tariffs_on(types.values(), day)
    moved = [
        (pk, many, cents)
        for pk, amount in counts.items()
        for many, cents in _debts(origin, target, pk, amount, tariffs if follows else {})
    ]
    total = sum(cents for _pk, _many, cents in moved)
    act: Act = Act.objects.create(
        scheme=scheme, kind=Act.Kind.TRANSFER, key=asked.key, about=about, place=target,
        answer={"outcome": "handed-on", "refund": total, "contract": None, "reason": "handed-on"},
        total=total, by=by.label[:254], at=now,
    )  # fmt: skip
    entry = _book_handover(origin, target, total, asked.key, day)
    made = []
    for item in items:
        item.moves, item.place, item.moved_at = item.moves + 1, target.pk, now
        made.append(
            Move(
                item_id=item.id, number=item.moves, kind=Move.Kind.TRANSFERRED, place=target,
                act=act, state=item.state, happened_at=now, by=by.label[:254],
                note=f"{origin.name} → {target.name}"[:254],
            )
        )  # fmt: skip
    tell(move.pk for move in Move.objects.bulk_create(made))
    rows.update_items(items)
    return Handover.objects.bulk_create(
        [
            Handover(act=act, type=types[pk], origin=origin, target=target, quantity=many,
                     amount=cents, entry=entry, day=day)
            for pk, many, cents in moved
        ]
    )  # fmt: skip


def _debts(
    origin: Place, target: Place, type_: int, many: int, tariffs: dict[int, Tariff]
) -> list[tuple[int, int]]:
    """Objects of a type that go, and the cents of deposits that go with them: one row or two.

    Of a partner no more goes than it owes: what customers brought back to it was credited to it then.
    """
    if type_ not in tariffs:
        return [(many, 0)]
    if origin.partner_id is None or origin.partner_id == target.partner_id:
        return [(many, many * tariffs[type_].amount)]
    units, cents = carrying.debts_of([origin.partner_id])[origin.partner_id, type_].take(many)
    return [(n, c) for n, c in ((units, cents), (many - units, 0)) if n]


def _book_handover(origin: Place, target: Place, total: int, key: str, day: dt.date) -> int | None:
    """The debt goes with the objects: the partner that receives owes it, the one that gives is credited."""
    if not total or origin.partner_id == target.partner_id:
        return None
    lines = [
        partner_line(place, sign * total)
        for place, sign in ((target, 1), (origin, -1))
        if place.partner_id is not None
    ]
    if len(lines) == 1:
        lines.append(line_on(PARTNERS, -lines[0].amount, origin.scheme))
    entry = treasury.book_entry(
        book=origin.scheme.book, journal="OD", day=day, lines=together(lines),
        key=f"deposit:transfer:{key}"[:120], source="deposit.transfer",
        label=f"Consignes transférées – {origin.name} → {target.name}",
    )  # fmt: skip
    return entry.pk


@dataclass(slots=True)
class Month:
    """What a partner did in a month; cents.

    Attributes:
        issued: Deposits that it took, and how many objects.
        returned: Deposits that it paid back, and how many objects.
        received: Deposits of objects that it received from others, and how many.
        given: Deposits of objects that it handed on, and how many.
    """

    issued: tuple[int, int] = (0, 0)
    returned: tuple[int, int] = (0, 0)
    received: tuple[int, int] = (0, 0)
    given: tuple[int, int] = (0, 0)

    @property
    def balance(self) -> int:
        """What the partner owes to the scheme; negative: what it gets."""
        return self.issued[0] + self.received[0] - self.returned[0] - self.given[0]

    def as_data(self) -> dict[str, list[int]]:
        """As JSON: cents and objects."""
        names = ("issued", "returned", "received", "given")
        return {name: list(getattr(self, name)) for name in names}


def months_of(scheme: Scheme, start: dt.date, end: dt.date) -> dict[int, Month]:
    """What went over the accounts of partners between two days, both included; by id of the partner."""
    first = timezone.make_aware(dt.datetime.combine(start, dt.time()))
    last = timezone.make_aware(dt.datetime.combine(end, dt.time.max))
    parts = Part.objects.filter(
        channel=Part.Channel.PARTNER, act__scheme=scheme, act__at__range=(first, last)
    )
    # What it owed when it issued was counted when it received.
    parts = parts.exclude(reference__startswith=CARRIED).order_by()
    out, back = parts.filter(amount__lt=0), parts.filter(amount__gt=0)
    went = Contract.objects.filter(act__in=out.values("act")).order_by()
    came = Refund.objects.filter(act__in=back.values("act")).order_by()
    handed = (
        Handover.objects.filter(origin__scheme=scheme, day__range=(start, end))
        .exclude(origin__partner=F("target__partner"))
        .order_by()
    )
    issued, returned = _cents(out, -1), _cents(back, 1)
    many = dict(went.values_list("act__place__partner").annotate(n=Sum("quantity")))
    again = dict(came.values_list("act__place__partner").annotate(n=Sum("quantity")))
    received, given = _handed(handed, "target__partner"), _handed(handed, "origin__partner")
    partners = {*issued, *returned, *received, *given} - {None}
    return {
        pk: Month(
            (issued.get(pk, 0), many.get(pk, 0)),
            (returned.get(pk, 0), again.get(pk, 0)),
            received.get(pk, (0, 0)),
            given.get(pk, (0, 0)),
        )
        for pk in partners
    }


def month_of(scheme: Scheme, partner: Agent, start: dt.date, end: dt.date) -> Month:
    """The same of one partner."""
    return months_of(scheme, start, end).get(partner.pk, Month())


def _cents(parts: Any, sign: int) -> dict[Any, int]:
    sums = parts.values_list("act__place__partner").annotate(total=Sum("amount"))
    return {partner: sign * total for partner, total in sums}


def _handed(handed: Any, side: str) -> dict[Any, tuple[int, int]]:
    rows = handed.values_list(side).annotate(cents=Sum("amount"), many=Sum("quantity"))
    return {partner: (cents, many) for partner, cents, many in rows}


@transaction.atomic
def settle_month(
    *, scheme: Scheme, partner: Agent, year: int, month: int, by: Actor
) -> PartnerStatement:
    """Make the statement of a partner's month, once: what it owes is invoiced without VAT.

    A deposit is no price: the invoice, and the credit note on it for what the partner paid back, are about
    money that the partner holds for the scheme, and move the debt to the customers' account.

    Args:
        scheme: Which scheme.
        partner: Whose month.
        year: Of which year.
        month: 1 to 12; it is over.
        by: Who makes it.

    Raises:
        Forbidden: ``by`` does not keep the scheme's money.
        Invalid: The month is not over, or the partner runs no place.
        InvoiceIncomplete: The structure writes invoices, and this one lacks something.
    """
    authorize(by, "deposit.account", scheme)
    if not 1 <= month <= 12 or not 2000 <= year <= 9998:
        raise Invalid(_("There is no such month."), fields={"month": [str(month)]})
    start = dt.date(year, month, 1)
    end = dt.date(year, month, calendar.monthrange(year, month)[1])
    if end >= clock.today():
        message = _("This month is not over yet.")
        raise Invalid(message, fields={"month": [message]})
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    known = PartnerStatement.objects.filter(scheme=scheme, partner=partner, start=start).first()
    if known is not None:
        return known  # type: ignore[no-any-return]
    if not Place.objects.filter(scheme=scheme, partner=partner).exists():
        raise Invalid(_("This partner runs no place."), fields={"partner": [partner.slug]})
    figures = month_of(scheme, partner, start, end)
    billed = billing.bill(
        scheme,
        partner,
        [
            (f"Consignes encaissées pour {scheme.name}", *figures.issued),
            (f"Consignes des objets reçus pour {scheme.name}", *figures.received),
        ],
        figures.returned[0] + figures.given[0],
        start,
        end,
    )
    row: PartnerStatement = PartnerStatement.objects.create(
        scheme=scheme, partner=partner, start=start, end=end, figures=figures.as_data(),
        balance=figures.balance, invoice=billed.invoice, entry=billed.entry, by=by.label[:254],
    )  # fmt: skip
    audit(by, "deposit.statement.made", row, balance=figures.balance)
    return row


def partner_rows(scheme: Scheme) -> QuerySet[Agent]:
    """The partners that run places of a scheme, by name."""
    pks = Place.objects.filter(scheme=scheme, partner__isnull=False).values("partner")
    return Agent.objects.filter(pk__in=pks).order_by("name")


def partners_of(scheme: Scheme) -> list[Agent]:
    """The same as a list."""
    return list(partner_rows(scheme))
