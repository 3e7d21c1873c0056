"""Cases: opened once per subject with their evidence; people decide them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chambre.rooms.deposit.models import Case


@dataclass(slots=True)
class Found:
    """Something that does not fit, before it is written.

    Attributes:
        kind: A :class:`Case.Kind` value.
        subject: What it is about; the same subject is one case for ever.
        scheme: Id of the scheme.
        code: The code as it was read.
        item: Id of the object.
        contract: Id of the contract.
        place: Id of the place.
        act_key: Key of the act that opened it.
        evidence: What was seen, JSON-able.
    """

    kind: str
    subject: str
    scheme: int
    code: str = ""
    item: int | None = None
    contract: int | None = None
    place: int | None = None
    act_key: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


def open_cases(found: Iterable[Found], by: str, at: dt.datetime) -> dict[str, int]:
    """Open the cases that are not there yet.

    Args:
        found: What does not fit; several of one subject are one case, with the first's evidence.
        by: Label of who found it.
        at: When.

    Returns:
        Number of the case by subject, the known ones included.
    """
    wanted: dict[str, Found] = {}
    for each in found:
        wanted.setdefault(each.subject[:200], each)
    if not wanted:
        return {}
    known = dict(Case.objects.filter(subject__in=wanted).order_by().values_list("subject", "pk"))
    rows = [
        Case(
            scheme_id=each.scheme, kind=each.kind, subject=subject, code=each.code[:200],
            item_id=each.item, contract_id=each.contract, place_id=each.place,
            act_key=each.act_key, evidence=each.evidence, by=by[:254], at=at,
        )
        for subject, each in wanted.items()
        if subject not in known
    ]  # fmt: skip
    for row in Case.objects.bulk_create(rows):
        known[row.subject] = row.pk
    return known
