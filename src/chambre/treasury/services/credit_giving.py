"""Acts of the treasury's own pages on units; a room that has rules for the accounts does its own."""

from __future__ import annotations

import datetime as dt

from chambre.core.actors import Actor, authorize
from chambre.registry.models import Agent
from chambre.treasury.governed import refuse_governed
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.credit import UNIT, chamber_of
from chambre.treasury.services.credit import close_credit, open_credit
from chambre.treasury.services.credit_moving import move_units


def open_by_hand(*, agent: Agent, limit: int = 0, by: Actor) -> CreditAccount:
    """Open an account in units where no room has rules for them.

    Raises:
        DecidedElsewhere: The members of the chamber decide who takes part, and how far.
        Forbidden, Invalid: As :func:`~chambre.treasury.services.credit.open_credit`.
    """
    chamber = chamber_of(agent)
    if chamber is not None:
        authorize(by, "treasury.manage", chamber)
        refuse_governed(chamber.pk, UNIT)
    return open_credit(agent=agent, limit=limit, by=by)


def close_by_hand(*, account: CreditAccount, by: Actor) -> None:
    """Close an account at zero where no room has rules for it.

    Raises:
        DecidedElsewhere: Who takes part leaves by a way that the members know.
        Forbidden, Conflict: As :func:`~chambre.treasury.services.credit.close_credit`.
    """
    authorize(by, "treasury.manage", account.chamber)
    refuse_governed(account.chamber_id, account.unit)
    close_credit(account=account, by=by)


def give_by_hand(
    *, source: CreditAccount, target: CreditAccount, amount: int, reason: str, day: dt.date,
    key: str, by: Actor,
) -> CreditMove:  # fmt: skip
    """Give units where no room has rules for the accounts.

    Raises:
        DecidedElsewhere: Members pay one another where their rules are kept.
        Forbidden, NotEnoughUnits, TooManyUnits, Conflict, Invalid, KeyReused: As
            :func:`~chambre.treasury.services.credit_moving.move_units`.
    """
    authorize(by, "treasury.spend_units", source.agent)
    refuse_governed(source.chamber_id, source.unit)
    return move_units(
        source=source, target=target, amount=amount, reason=reason, day=day, key=key, by=by
    )
