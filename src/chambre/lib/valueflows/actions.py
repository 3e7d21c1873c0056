"""The 19 actions of ValueFlows 1.0 as data: the normative table, and what we change of it.

``actions.toml`` holds the cells of the vocabulary's Turtle file and, apart from them, every
override with its reason and source. :data:`NORMATIVE` is the first, :data:`ACTIONS` both together;
the effects in :mod:`chambre.lib.valueflows.effects` follow :data:`ACTIONS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from importlib import resources
from types import MappingProxyType
from typing import Any

from chambre.lib.valueflows.errors import UnknownAction


class Cell(StrEnum):
    """A value of a cell of the table, in VF's own words."""

    NONE = "notApplicable"
    INPUT = "input"
    OUTPUT = "output"
    OUTPUT_INPUT = "outputInput"
    RESOURCE = "resource"
    EFFORT = "effort"
    BOTH = "both"
    OPTIONAL = "optional"
    OPTIONAL_TO = "optionalTo"
    INCREMENT = "increment"
    DECREMENT = "decrement"
    DECREMENT_INCREMENT = "decrementIncrement"
    INCREMENT_TO = "incrementTo"
    NEW = "new"
    UPDATE = "update"
    UPDATE_TO = "updateTo"
    REMOVE = "remove"


class Motion(Enum):
    """What an action does to positions; follows from the cells (:attr:`ActionRule.motion`)."""

    NONE = auto()
    ADD = auto()
    TAKE = auto()
    ENTER = auto()
    LEAVE = auto()
    PACK = auto()
    UNPACK = auto()
    SHIFT = auto()
    COPY = auto()


@dataclass(frozen=True, slots=True)
class ActionRule:
    """One row of the table.

    Attributes:
        id: VF's name, camel case.
        en, fr: What people read.
        status: VF's term status: stable, testing or unstable.
        input_output: Whether the event is an input or output of a process.
        pairs_with: The action that brings out of a process what this one brought in, or the
            reverse; None if it has none.
        create_resource: Whether the event may create the resource (``optional``) or the
            to-resource (``optionalTo``).
        event_quantity: Which quantities the event has.
        accounting, onhand: Effect on VF's two quantities.
        location, contained, accountable, stage, state: Effect on the resource's attributes.
        custodian: Effect on who holds the resource. Ours: VF has no custodian.
        implied_transfer: The action that happens as well when provider and receiver differ, or
            None.
    """

    id: str
    en: str
    fr: str
    status: str
    input_output: Cell = Cell.NONE
    pairs_with: str | None = None
    create_resource: Cell = Cell.NONE
    event_quantity: Cell = Cell.NONE
    accounting: Cell = Cell.NONE
    onhand: Cell = Cell.NONE
    location: Cell = Cell.NONE
    contained: Cell = Cell.NONE
    accountable: Cell = Cell.NONE
    stage: Cell = Cell.NONE
    state: Cell = Cell.NONE
    custodian: Cell = Cell.NONE
    implied_transfer: str | None = None

    @property
    def motion(self) -> Motion:
        """What happens to positions, read from the cells."""
        if self.contained is not Cell.NONE:
            return Motion.PACK if self.contained is Cell.UPDATE else Motion.UNPACK
        if self.pairs_with:
            return Motion.ENTER if self.input_output is Cell.INPUT else Motion.LEAVE
        match self.accounting, self.onhand:
            case Cell.INCREMENT, Cell.INCREMENT:
                return Motion.ADD
            case Cell.DECREMENT, Cell.DECREMENT:
                return Motion.TAKE
            case Cell.INCREMENT_TO, Cell.INCREMENT_TO:
                return Motion.COPY
            case Cell.NONE, Cell.NONE:
                return Motion.NONE
        return Motion.SHIFT

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Override:
    """A cell in which we differ from the normative table.

    Attributes:
        actions: The rows.
        cell: VF's name of the column, or the name of a column of ours.
        ours: What we put there.
        reason: Why.
        source: Where the reason is written.
    """

    actions: tuple[str, ...]
    cell: str
    ours: str
    reason: str
    source: str


COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "inputOutput": "input_output",
        "pairsWith": "pairs_with",
        "createResource": "create_resource",
        "eventQuantity": "event_quantity",
        "accountingEffect": "accounting",
        "onhandEffect": "onhand",
        "locationEffect": "location",
        "containedEffect": "contained",
        "accountableEffect": "accountable",
        "stageEffect": "stage",
        "stateEffect": "state",
        "custodianEffect": "custodian",
        "impliedTransfer": "implied_transfer",
    }
)
"""VF's property names (the last two are ours) → attributes of :class:`ActionRule`."""

_NAMES = {"pairsWith", "impliedTransfer"}


def _cell(column: str, value: str) -> Cell | str:
    return value if column in _NAMES else Cell(value)


def _load() -> tuple[dict[str, ActionRule], dict[str, ActionRule], tuple[Override, ...]]:
    text = resources.files(__package__).joinpath("actions.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    normative: dict[str, ActionRule] = {}
    for name, row in table["action"].items():
        words = {key: row.pop(key) for key in ("en", "fr", "status")}
        cells: dict[str, Any] = {COLUMNS[key]: _cell(key, value) for key, value in row.items()}
        normative[name] = ActionRule(id=name, **words, **cells)
    overrides = tuple(
        Override(**(row | {"actions": tuple(row["actions"])})) for row in table["override"]
    )
    ours = dict(normative)
    for change in overrides:
        cell: dict[str, Any] = {COLUMNS[change.cell]: _cell(change.cell, change.ours)}
        for name in change.actions:
            ours[name] = replace(ours[name], **cell)
    return normative, ours, overrides


_normative, _ours, OVERRIDES = _load()

NORMATIVE: Mapping[str, ActionRule] = MappingProxyType(_normative)
"""The table of the vocabulary, by action."""

ACTIONS: Mapping[str, ActionRule] = MappingProxyType(_ours)
"""The table that we follow: :data:`NORMATIVE` with :data:`OVERRIDES`."""

REMOVED = frozenset({"pass", "fail"})
"""Actions of old that VF removed in 0.5; some systems still send them."""

_OLD = {"pack": "combine", "unpack": "separate", "transfercomplete": "transfer"}
_PREFIXES = (
    "https://w3id.org/valueflows/ont/vf#",
    "http://w3id.org/valueflows/ont/vf#",
    "https://w3id.org/valueflows#",
    "http://w3id.org/valueflows#",
    "vf:",
)
_BY_SQUASHED = {name.lower(): rule for name, rule in _ours.items()}


def find_action(text: str) -> ActionRule:
    """Find an action as other systems write it.

    Read are ``deliverService``, ``deliver-service``, ``deliver_service``, ``deliver service`` in
    any case, with ``vf:`` or a namespace of VF before it, and the names ``pack``, ``unpack`` and
    ``transferComplete`` of before version 1.

    Raises:
        UnknownAction: It is none; ``pass`` and ``fail`` say what to record instead.
    """
    name = text.strip()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    squashed = name.lower().translate({ord(mark): None for mark in "-_ "})
    if squashed in REMOVED:
        raise UnknownAction("action-removed", action=squashed)
    squashed = _OLD.get(squashed, squashed).lower()
    if rule := _BY_SQUASHED.get(squashed):
        return rule
    raise UnknownAction("action-unknown", action=name[:40])
