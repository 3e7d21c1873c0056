"""Care of objects: washed, inspected, repaired, recalled, retired, lost, and given another label."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib.deposits import clean_code
from chambre.rooms.deposit.models import Code, Contract, Item, Lot, LotRecall, Move, Place, Scheme
from chambre.rooms.deposit.queries.errors import NoObject, NotNow
from chambre.rooms.deposit.queries.finding import Found, ids_of, locked
from chambre.rooms.deposit.services import rows
from chambre.rooms.deposit.services.accounts import SYSTEM
from chambre.rooms.deposit.services.stock import tell, write_off

State, Kind = Item.State, Move.Kind
HERE = frozenset({"active", "returned", "washing", "damaged", "repair", "recalled"})
"""States in which an object is at a place, and not with somebody."""
STEPS: dict[str, tuple[str, frozenset[str], str]] = {
    "wash": (Kind.WASHED, frozenset({"returned", "active", "washing"}), State.WASHING),
    "pass": (Kind.INSPECTED, HERE, State.ACTIVE),
    "fail": (Kind.INSPECTED, HERE, State.DAMAGED),
    "repair": (Kind.REPAIRED, frozenset({"damaged", "repair"}), State.ACTIVE),
    "to-repair": (Kind.INSPECTED, frozenset({"damaged"}), State.REPAIR),
    "retire": (Kind.RETIRED, HERE, State.RETIRED),
    "lose": (Kind.LOST, HERE | {"out"}, State.LOST),
    "recall": (Kind.RECALLED, HERE | {"out"}, State.RECALLED),
    "find": (Kind.SEEN, frozenset({"lost", "retired"}), State.RETURNED),
}
"""What may be done: the move, the states from which, and the state afterwards."""
OUT_OF_BOOKS = frozenset({"retire", "lose"})


@transaction.atomic
def care(
    *,
    codes: Sequence[str],
    step: str,
    by: Actor,
    scheme: Scheme,
    place: Place | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
    happened_at: dt.datetime | None = None,
) -> int:
    """Note what was done with objects, all of them or none.

    Args:
        codes: Which ones, as they were read.
        step: One of :data:`STEPS`.
        by: Who did it.
        scheme: Of which scheme they are.
        place: Where; absent: where each is.
        facts: What was measured: ``method``, ``temperature`` (°C), ``minutes``, ``result``.
        note: In words.
        happened_at: When it was done; absent, or later than now: now.

    Returns:
        How many objects.

    Raises:
        Forbidden: ``by`` does not work in this scheme, or at this place.
        NoObject: A code leads to none of this scheme; nothing was noted.
        NotNow: An object does not stand where this can happen to it.
    """
    authorize(by, "deposit.operate", place if place is not None else scheme)
    if step not in STEPS:
        raise Invalid(_("There is no such step."), fields={"step": [step]})
    if step in OUT_OF_BOOKS or step == "recall":
        authorize(by, "deposit.manage", scheme)
    found = _found(codes, scheme)
    _move(list(found.values()), step, by, place, facts, note, happened_at)
    audit(by, f"deposit.objects.{step}", scheme, count=len(found), note=note[:200])
    return len(found)


def _found(codes: Sequence[str], scheme: Scheme) -> dict[int, Found]:
    ids = ids_of(codes)
    if missing := [code for code in codes if code not in ids]:
        raise NoObject(_("No object has the code “%(code)s”.") % {"code": missing[0][:100]})
    items = locked(ids.values())
    if foreign := [item for item in items.values() if item.scheme != scheme.pk]:
        message = _("“%(code)s” belongs to another scheme.")
        raise NoObject(message % {"code": foreign[0].uri})
    return items


def _move(
    items: Sequence[Found],
    step: str,
    by: Actor,
    place: Place | None,
    facts: Mapping[str, Any] | None,
    note: str,
    happened_at: dt.datetime | None = None,
) -> None:
    kind, before, state = STEPS[step]
    now = timezone.now()
    now = min(happened_at or now, now)
    # Who finds an object of a recalled batch again does not bring it back into service.
    apart = recalled_of([item.id for item in items]) if step == "find" else frozenset()
    made = []
    for item in items:
        if item.state not in before:
            raise NotNow(
                _("“%(code)s” is %(state)s: this cannot happen to it now.")
                % {"code": item.uri, "state": State(item.state).label},
                state=item.state,
            )
        item.moves += 1
        item.state = str(State.RECALLED if item.id in apart else state)
        item.moved_at = now
        item.place = place.pk if place is not None else item.place
        made.append(
            Move(
                item_id=item.id, number=item.moves, kind=kind, place_id=item.place,
                state=item.state,
                happened_at=now, facts=dict(facts) if facts else None, note=note[:254],
                by=by.label[:254],
            )
        )  # fmt: skip
    tell(move.pk for move in Move.objects.bulk_create(made))
    rows.update_items(items)
    if step in OUT_OF_BOOKS:
        _out_of_books([item.id for item in items])


def recalled_of(ids: Sequence[int]) -> frozenset[int]:
    """Those of some objects whose batch was recalled."""
    found = Item.objects.filter(pk__in=ids, lot__recalls__isnull=False)
    return frozenset(found.values_list("pk", flat=True))


def _out_of_books(ids: Sequence[int]) -> None:
    """Write off those that leave for the first time: what was found again came back without value."""
    left = Move.objects.filter(item__in=ids, kind__in=[Kind.RETIRED, Kind.LOST]).order_by()
    times = Counter(left.values_list("item", flat=True))
    kinds: dict[int, list[Item]] = defaultdict(list)
    items = Item.objects.filter(pk__in=[pk for pk in ids if times[pk] == 1]).order_by("pk")
    for item in items.select_related("type__scheme__book"):
        kinds[item.type_id].append(item)
    for some in kinds.values():
        write_off(some, clock.today())


def note_lost(scheme: Scheme, uris: Sequence[str]) -> None:
    """Objects that were never brought back, for a service that has locked and authorized."""
    found = locked(ids_of(uris).values())
    _move(list(found.values()), "lose", SYSTEM, None, None, scheme.name)


@transaction.atomic
def recall(*, lot: Lot, reason: str, by: Actor) -> dict[str, int]:
    """Recall a batch: what is here is set apart, what is out is refunded and set apart on return.

    Args:
        lot: Which batch.
        reason: Why; it is in the life of each object.
        by: Who decides.

    Returns:
        How many were ``here`` and how many are ``out``.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: No reason.
    """
    scheme = lot.type.scheme
    authorize(by, "deposit.manage", scheme)
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
    wanted = HERE - {"recalled"} | {"out"}
    pks = lot.items.filter(state__in=wanted).values_list("pk", flat=True)
    items = list(locked(pks).values())
    out = sum(item.state == State.OUT for item in items)
    _move(items, "recall", by, None, None, reason.strip())
    LotRecall.objects.create(
        lot=lot, reason=reason.strip()[:254], here=len(items) - out, out=out, by=by.label[:254]
    )
    audit(by, "deposit.lot.recalled", lot, here=len(items) - out, out=out, reason=reason[:200])
    return {"here": len(items) - out, "out": out}


@transaction.atomic
def relabel(*, item: Item, code: str, kind: str, reason: str, by: Actor) -> Code:
    """Give an object another code; the old ones keep leading to it, and its life goes on.

    Args:
        item: Which one.
        code: The new code, as it is read.
        kind: A :class:`Code.Kind` value.
        reason: Why.
        by: Who does it.

    Raises:
        Forbidden: ``by`` does not work in this scheme.
        Conflict: The code leads to an object already.
        Invalid: Not a code.
    """
    authorize(by, "deposit.operate", item.place if item.place is not None else item.scheme)
    text = clean_code(code)
    if len(text) < 4 or kind not in Code.Kind.values:
        raise Invalid(_("This is not a code."), fields={"code": [code[:100]]})
    found = locked([item.pk])[item.pk]
    if (known := ids_of([text]).get(text)) is not None:
        if known == item.pk and (row := Code.objects.filter(text=text).first()):
            return row  # type: ignore[no-any-return]
        raise Conflict(_("This code leads to an object already."))
    row = Code.objects.create(
        item=item, text=text, kind=kind, reason=reason[:254], by=by.label[:254]
    )
    found.moves += 1
    move = Move.objects.create(
        item=item, number=found.moves, kind=Kind.RELABELLED, place_id=found.place,
        state=found.state, happened_at=timezone.now(), note=reason[:254], by=by.label[:254],
    )  # fmt: skip
    tell([move.pk])
    rows.update_items([found])
    audit(by, "deposit.object.relabelled", item, kind=kind)
    return row  # type: ignore[no-any-return]


def open_contract(item: Item) -> Contract | None:
    """The open contract of an object."""
    row: Contract | None = Contract.objects.filter(item=item, state=Contract.State.OPEN).first()
    return row
