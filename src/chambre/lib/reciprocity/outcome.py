"""What happened under a contract of reciprocity, and what comes of it: frozen values.

Units are those of :mod:`chambre.lib.reciprocity.model`. Nothing here computes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    Attributes:
        id: Unique among the facts of a computation.
        date: The day.
        kind: Of :data:`~chambre.lib.reciprocity.model.KINDS`.
        resource: Slug of the resource concerned; empty: any.
        giver: Who gave, bore, used, sold or paid (``from`` in a file).
        taker: Who received (``to``), or for whom a declaration is.
        amount: Minor units, when ``unit`` is money; may be negative for a correction.
        unit: Code of the money, or unit of the quantity.
        quantity: Millionths of the unit, when it is no money; else how many were sold.
        note: For a repayment, transfer or declaration: the clause it belongs to.
    """

    id: str
    date: dt.date
    kind: str
    resource: str = ""
    giver: str = ""
    taker: str = ""
    amount: int = 0
    unit: str = ""
    quantity: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody receives by one clause.

    Attributes:
        to: Party, fund or upstream resource.
        clause: Name of the step.
        amount: Minor units, more than 0.
        because: Ids of the facts that it comes from, sorted: the party's own where the share comes
            from them, else those of the income. Lines of one step may share one tuple.
    """

    to: str
    clause: str
    amount: int
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody still owes in return by the end of the span.

    Attributes:
        giver: Who owes it (``from``).
        clause: Name of the counterpart.
        quantity: Decimal number in ``unit``: ``"12.50"`` euros, ``"3.5"`` hours, ``"1"``
            attribution; more than 0.
        unit: Its unit; the contract's for money.
        because: Ids of the facts it comes from, sorted.
    """

    giver: str
    clause: str
    quantity: str
    unit: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What one step did, for explanation.

    Attributes:
        clause: Name of the step.
        came: Minor units that were left when it came.
        meant: What its share of them is, exactly.
        took: Minor units that it gave out, or kept.
        limit: What held it: ``share``, ``rest``, ``at-most``, ``at-least``, ``cap``, ``claims``,
            ``target``, ``parties`` (each had their most), ``smallest``, ``nobody``, ``held`` or
            ``nothing`` (nothing came).
        facts: Figures on it: ``paid_before``, ``level``, ``claims``, ``receivers``, ``declared``.
    """

    clause: str
    came: int
    meant: Fraction
    took: int
    limit: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contract makes of what happened between two days.

    ``income == distributed + kept`` and ``distributed == sum of the lines``, always.

    Attributes:
        contract: Slug.
        unit: Unit of all amounts.
        since: First day.
        until: Last day.
        income: Net income in minor units; may be negative, then nothing is distributed.
        distributed: What the lines sum to.
        kept: What stays with the contract, whether a step keeps it or nobody takes it.
        lines: In the order of the steps, then by name.
        owed_in_kind: In the order of the counterparts, then by name.
        trace: One per step.
    """

    contract: str
    unit: str
    since: dt.date
    until: dt.date
    income: int
    distributed: int
    kept: int
    lines: tuple[Line, ...] = ()
    owed_in_kind: tuple[Owed, ...] = ()
    trace: tuple[Trace, ...] = ()
