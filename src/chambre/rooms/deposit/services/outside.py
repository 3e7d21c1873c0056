"""Events of others about our objects: they stay what they are, move no money, and may be a case."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from chambre.epcis import api as epcis
from chambre.rooms.deposit.models import Contract, Item
from chambre.rooms.deposit.queries.finding import ids_of
from chambre.rooms.deposit.services import cases

ABOUT_MONEY = frozenset({"collecting", "retail_selling", "lending"})
"""Steps that say that a deposit was taken or given back, which only this room does."""
ENDING = frozenset({"decommissioning", "destroying"})


def look_at(batch: int) -> int:
    """Open a case for each event of a recording that does not fit what is known; how many.

    Args:
        batch: Number of the recording, as ``EventsCaptured`` says it.
    """
    found: list[cases.Found] = []
    for happened in epcis.recorded(batch):
        epcs = [str(epc) for epc in happened.event.get("epcList", [])]
        step = happened.biz_step.rsplit("/", 1)[-1]
        if not epcs or step not in ABOUT_MONEY | ENDING or happened.wrong:
            continue
        ids = ids_of(epcs)
        rows = {row.pk: row for row in Item.objects.filter(pk__in=ids.values())}
        for epc, pk in ids.items():
            if (why := _misfit(rows[pk], step)) is not None:
                found.append(_case(rows[pk], epc, why, happened))
    return len(cases.open_cases(found, "epcis", timezone.now()))


def _misfit(item: Item, step: str) -> str | None:
    """What is wrong with a step of an object; None when it may be."""
    is_open = Contract.objects.filter(item=item, state=Contract.State.OPEN).exists()
    if step in ENDING:
        return "ended while its deposit is held" if is_open else None
    if step == "collecting":
        return "brought back elsewhere" if is_open else "brought back and never issued"
    return "issued while its deposit is held" if is_open else "issued elsewhere"


def _case(item: Item, epc: str, why: str, happened: Any) -> cases.Found:
    return cases.Found(
        kind="outside",
        subject=f"outside:{item.pk}:{happened.number}",
        scheme=item.scheme_id,
        item=item.pk,
        code=epc,
        evidence={
            "event": happened.event_id,
            "step": happened.biz_step,
            "at": happened.happened_at.isoformat(),
            "why": why,
        },
    )
