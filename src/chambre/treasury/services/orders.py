"""What orders to a bank share: writing down what happens to them, once."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib.orderstates import Flow, Happening, OrderRefusal, State, step
from chambre.lib.sepa import SepaRefusal
from chambre.lib.sepa.parties import Address, Holder
from chambre.treasury.models import Party
from chambre.treasury.models.orders import HAPPENINGS, STATES, OrderFile

FIGURES = 4
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class OrderNotNow(Conflict):
    """The payout or collection is not in a state in which that can happen."""

    code = "treasury.order.not-now"


class NothingToSend(Conflict):
    """There is nothing that a file for the bank would hold."""

    code = "treasury.orders.nothing-to-send"
    default_message = gettext_lazy("There is nothing to send to the bank.")


class OrderRefused(Invalid):
    """A bank would send this back; says which field."""

    code = "treasury.order.refused"


@dataclass(frozen=True, slots=True)
class Detail:
    """What else is known of a happening.

    Attributes:
        reason: Why.
        code: The bank's reason code (ISO 20022), if it gave one.
        file: The file it was put into.
        day: On which day.
        row: The row of the statement.
        more: Further columns.
    """

    reason: str = ""
    code: str = ""
    file: OrderFile | None = None
    day: dt.date | None = None
    row: int | None = None
    more: tuple[tuple[str, Any], ...] = ()


def new_code(prefix: str) -> str:
    """A number that nobody guesses or mistypes: prefix and ten signs.

    Four of them at least are figures: with fewer, a free text of the bank might be a word and not
    name it (:func:`chambre.lib.reconciling.references.is_telling`).
    """
    while True:
        signs = "".join(secrets.choice(_LETTERS) for _each in range(10))
        if sum(map(str.isdigit, signs)) >= FIGURES:
            return prefix + signs


def history(order: Any) -> list[Any]:
    """What happened to an order, in order; read under its lock."""
    return list(order.events.order_by("number"))


def state_of(order: Any) -> State:
    """Where an order stands now."""
    return State(order.events.order_by("-number").values_list("state", flat=True)[0])


def happen(
    order: Any,
    happening: Happening,
    *,
    flow: Flow,
    by: Actor,
    key: str,
    detail: Detail | None = None,
) -> tuple[Any, bool]:
    """Write down that something happened to an order that the caller has locked.

    Args:
        order: A payout or a collection.
        happening: What happens.
        flow: Its table of states.
        by: Who did it.
        key: Idempotency key: the same happening with the same key is written once.
        detail: What else is known.

    Returns:
        The event, and whether it is new.

    Raises:
        OrderNotNow: It cannot happen (any more); nothing was written.
    """
    detail = detail or Detail()
    told = history(order)
    for event in told:
        if event.key == key and event.kind == happening:
            return event, False
    state = State(told[-1].state) if told else None
    try:
        following = step(flow, state, happening)
    except OrderRefusal:
        raise not_now(order, state, happening) from None
    events: Any = order.events.model
    owner: str = events.owner
    event = events.objects.create(
        **{owner: order},
        number=len(told) + 1,
        kind=happening,
        state=following,
        user=by.user,
        by=by.label[:254],
        key=key,
        reason=detail.reason[:254],
        code=detail.code[:4],
        file=detail.file,
        day=detail.day,
        row=detail.row,
        **dict(detail.more),
    )
    audit(by, f"treasury.{owner}.{happening}", order, reason=detail.reason)
    return event, True


def not_now(order: Any, state: State | None, happening: Happening) -> OrderNotNow:
    """The refusal of what cannot follow where an order stands."""
    return OrderNotNow(
        _("%(code)s is now: %(state)s. It cannot become: %(happening)s.")
        % {
            "code": order,
            "state": STATES[state] if state else "–",
            "happening": HAPPENINGS[happening],
        },
        state=state.value if state else "",
    )


def holder_of(party: Party, *, name: str, iban: str, bic: str = "") -> Holder:
    """Who is paid or drawn from, with the address when it is known well enough for a bank."""
    address = None
    if party.city:
        street = party.street
        address = Address(party.city, party.country or "FR", street, party.postcode)
    return Holder(name=name or party.name, iban=iban, bic=bic, address=address)


def refused(refusal: SepaRefusal, field: str) -> OrderRefused:
    """A refusal of ``lib.sepa`` in the reader's language, at its field."""
    message = refusal.message(get_language() or "fr")
    return OrderRefused(message, fields={field: [message]}, reason=refusal.code)
