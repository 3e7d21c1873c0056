"""VF's two numbers of a resource, derived from positions.

VF keeps ``accountingQuantity`` and ``onhandQuantity`` on a resource, as if they were everybody's.
They are somebody's: what is lent is in the lender's accounts and on the borrower's hands. So both
take an agent, and where none is given they are those of the primary accountable, as in VF.
"""

from __future__ import annotations

from chambre.lib.valueflows.errors import UnknownResource
from chambre.lib.valueflows.model import Ref, ResourceRecord
from chambre.lib.valueflows.state import State


def _of_whom(state: State, resource: Ref, agent: Ref | None) -> Ref | None:
    record: ResourceRecord | None = state.resources.get(resource)
    if record is None:
        raise UnknownResource("resource-unknown", resource=resource)
    return record.primary_accountable if agent is None else agent


def accounting_quantity(state: State, resource: Ref, agent: Ref | None = None) -> int:
    """How much of a resource is an agent's, wherever it is and whoever has it.

    Args:
        state: The positions.
        resource: The resource.
        agent: Whose; by default its primary accountable's.

    Returns:
        Smallest parts of the resource's unit.

    Raises:
        UnknownResource: There is no such resource.
    """
    whose = _of_whom(state, resource, agent)
    stock = state.positions.get(resource, {})
    return sum(amount for position, amount in stock.items() if position.accountable == whose)


def onhand_quantity(state: State, resource: Ref, agent: Ref | None = None) -> int:
    """How much of a resource is on an agent's hands, whosever it is.

    What is inside a process or a container is on nobody's hands.

    Args:
        state: The positions.
        resource: The resource.
        agent: On whose hands; by default its primary accountable's.

    Returns:
        Smallest parts of the resource's unit.

    Raises:
        UnknownResource: There is no such resource.
    """
    whose = _of_whom(state, resource, agent)
    stock = state.positions.get(resource, {})
    return sum(
        amount
        for position, amount in stock.items()
        if position.custodian == whose and position.within is None
    )


def by_accountable(state: State, resource: Ref) -> dict[Ref, int]:
    """How much of a resource is whose."""
    return _by(state, resource, "accountable")


def by_custodian(state: State, resource: Ref) -> dict[Ref, int]:
    """How much of a resource is with whom, on hand or not.

    Sums to the same as :func:`by_accountable`: everything is somebody's, and with somebody.
    """
    return _by(state, resource, "custodian")


def _by(state: State, resource: Ref, role: str) -> dict[Ref, int]:
    total: dict[Ref, int] = {}
    for position, amount in state.positions.get(resource, {}).items():
        agent: Ref = getattr(position, role)
        total[agent] = total.get(agent, 0) + amount
    return {agent: amount for agent, amount in total.items() if amount}
