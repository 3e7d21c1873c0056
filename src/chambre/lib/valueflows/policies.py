"""How far below zero a stock may go: what is taken, held against the resource's policy."""

from __future__ import annotations

from collections.abc import Mapping

from chambre.lib.valueflows.errors import NotEnough
from chambre.lib.valueflows.model import Notice, Outcome, Overdraw, Position
from chambre.lib.valueflows.state import State


def check_policies(state: State, outcome: Outcome) -> list[Notice]:
    """Hold what an outcome takes away against the policies of the resources.

    Args:
        state: The state before.
        outcome: What happens to it.

    Returns:
        A notice ``overdrawn`` for every position that falls below zero where that is observed.

    Raises:
        NotEnough: A position that may not fall below zero would (``not-enough``), or an agent's
            total of a resource would exceed its limit (``limit-exceeded``).
    """
    notices = []
    kinds = {record.id: record.conforms_to for record in outcome.created}
    net = outcome.net
    for position, change in net.items():
        if change > 0:
            continue
        after = state.quantity(position) + change
        resource = position.resource
        policy = state.policy_of(kinds[resource]) if resource in kinds else state.policy(resource)
        if policy.overdraw is Overdraw.LIMIT:
            _check_limit(state, net, position, policy.limit)
        if after >= 0:
            continue
        if policy.overdraw is Overdraw.FORBID or position.within is not None:
            raise NotEnough(
                "not-enough",
                agent=position.custodian,
                resource=resource,
                asked=-change,
                available=state.quantity(position),
            )
        if policy.overdraw is Overdraw.OBSERVE:
            notices.append(Notice("overdrawn", resource, {"after": after}))
    return notices


def _check_limit(state: State, net: Mapping[Position, int], position: Position, limit: int) -> None:
    """Refuse that an agent's total of a resource falls below its limit.

    Both totals count: what is the agent's, and what is with the agent.
    """
    resource = position.resource
    stock = state.positions.get(resource, {})
    changes = {key: change for key, change in net.items() if key.resource == resource}
    for role, agent in (("accountable", position.accountable), ("custodian", position.custodian)):
        before, change = (
            sum(amount for key, amount in some.items() if getattr(key, role) == agent)
            for some in (stock, changes)
        )
        after = before + change
        if change < 0 and after < -limit:
            raise NotEnough(
                "limit-exceeded", agent=agent, resource=resource, after=after, limit=-limit
            )
