"""An EPCIS event as a value with types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

Number: TypeAlias = int | float | Decimal
Names: TypeAlias = Mapping[str, Any]
"""Extensions: the field as it is written (``ex:colour`` or a full URI) → its JSON value."""

EPC_FIELDS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
"""Fields that list things with a serial number."""
QUANTITY_FIELDS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
"""Fields that list classes of things with a quantity."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a class of things; without unit (UN/ECE Recommendation 20) it is a count."""

    epc_class: str
    quantity: Number | None = None
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A business transaction that the event is part of, and its type."""

    id: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A source or a destination: an owner, a holder or a place, by its type."""

    id: str
    type: str


@dataclass(frozen=True, slots=True)
class SensorMetadata:
    """What holds for all reports of a sensor element."""

    time: dt.datetime | None = None
    start_time: dt.datetime | None = None
    end_time: dt.datetime | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    extensions: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorReport:
    """One observation of a sensor; the names are those of EPCIS 2.0, section 7.3.7."""

    type: str
    exception: str | None = None
    time: dt.datetime | None = None
    value: Number | None = None
    uom: str | None = None
    component: str | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    mean_value: Number | None = None
    s_dev: Number | None = None
    perc_rank: Number | None = None
    perc_value: Number | None = None
    string_value: str | None = None
    boolean_value: bool | None = None
    hex_binary_value: str | None = None
    uri_value: str | None = None
    microorganism: str | None = None
    chemical_substance: str | None = None
    coordinate_reference_system: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    extensions: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorElement:
    """What sensors reported, with what is common to the reports."""

    reports: tuple[SensorReport, ...]
    metadata: SensorMetadata | None = None
    extensions: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """The event was recorded by mistake; ``corrective_ids`` are the events that say it right."""

    declared_at: dt.datetime
    reason: str | None = None
    corrective_ids: tuple[str, ...] = ()
    extensions: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One valid EPCIS event. Standard words are bare (``receiving``), whatever way they came.

    Attributes:
        type: ``ObjectEvent``… or the URI of a type of one's own.
        event_time: When it happened, aware.
        offset: Offset of the place where it happened, ``+02:00``.
        action: ``ADD``, ``OBSERVE`` or ``DELETE``; none for a transformation.
        event_id: Its id, when it brought one.
        record_time: When a repository recorded it.
        biz_step: Step of the business.
        disposition: State of the things afterwards.
        set_dispositions: Lasting states that begin.
        unset_dispositions: Lasting states that end.
        epcs: Things with serial, by the field that lists them (:data:`EPC_FIELDS`).
        quantities: Classes with quantities, by their field (:data:`QUANTITY_FIELDS`).
        parent: What contains, carries or is the subject of the children.
        transformation_id: What joins the events of one transformation.
        read_point: Where it was read.
        biz_location: Where the things are afterwards.
        transactions: Business transactions it is part of.
        sources: Where the things come from.
        destinations: Where they go.
        sensors: What sensors reported.
        error: Its error declaration.
        certifications: Certificates that it refers to.
        ilmd: Data about instance or lot.
        extensions: Fields of one's own at its top level.
        raw: The JSON object as it was given.
    """

    type: str
    event_time: dt.datetime
    offset: str
    action: str | None
    event_id: str | None
    record_time: dt.datetime | None
    biz_step: str | None
    disposition: str | None
    set_dispositions: tuple[str, ...]
    unset_dispositions: tuple[str, ...]
    epcs: Mapping[str, tuple[str, ...]]
    quantities: Mapping[str, tuple[Quantity, ...]]
    parent: str | None
    transformation_id: str | None
    read_point: str | None
    biz_location: str | None
    transactions: tuple[Transaction, ...]
    sources: tuple[Party, ...]
    destinations: tuple[Party, ...]
    sensors: tuple[SensorElement, ...]
    error: ErrorDeclaration | None
    certifications: tuple[str, ...]
    ilmd: Names
    extensions: Names
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def things(self) -> Iterator[tuple[str, str]]:
        """Every thing with a serial: the field that names it, and its identifier."""
        if self.parent is not None:
            yield "parentID", self.parent
        for name, epcs in self.epcs.items():
            for epc in epcs:
                yield name, epc
