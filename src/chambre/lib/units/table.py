"""The table of units: identity, dimension, exact factor, and what is kept in storage."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any, ClassVar, cast

from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import is_french

MAX_PARTS = 2**63 - 1
"""Largest count of smallest parts that a 64-bit column holds."""


class UnitRefusal(Refusal):
    """A unit that is not known, or quantities that do not go together."""

    texts: ClassVar = {
        "unit-unknown": ("There is no unit “{unit}”.", "Il n’y a pas d’unité « {unit} »."),
        "dimension-differs": (
            "{source} measures {source_dimension} and {target} measures {target_dimension}: "
            "one cannot become the other.",
            "{source} et {target} ne mesurent pas la même chose "
            "({source_dimension}, {target_dimension}) : l’un ne peut pas devenir l’autre.",
        ),
        "not-whole": (
            "{amount} {target} is not a whole number of the smallest part kept (1/{parts}).",
            "{amount} {target} n’est pas un nombre entier de la plus petite part gardée "
            "(1/{parts}).",
        ),
        "quantity-too-large": (
            "This quantity is larger than what can be kept.",
            "Cette quantité est plus grande que ce qui peut être gardé.",
        ),
        "quantity-unreadable": (
            "“{text}” is not a quantity; write a number and, if need be, a unit.",
            "« {text} » n’est pas une quantité ; écrivez un nombre et, au besoin, une unité.",
        ),
    }


@dataclass(frozen=True)
class Unit:
    """A unit of measure.

    Attributes:
        id: Our name of it: the OM2 identifier wherever OM2 has one.
        om2: Identifier in the Ontology of Units of Measure 2.0 (``om2:kilogram``), as ValueFlows
            wants it in ``omUnitIdentifier``; empty where OM2 has none.
        code: UN/CEFACT Recommendation 20 common code (revision 17), as invoices want it; empty
            where there is none. ``are`` and ``hectare`` have the current codes H16 and H18; the
            retired ARE and HAR are read too.
        dimension: What it measures. Only units of one dimension convert into one another.
            ``calendar`` (month, quarter, year) is apart from ``time`` because a month is no fixed
            number of seconds.
        factor: How many base units of the dimension make one of this, exactly.
        offset: Base units at this unit's zero; other than 0 for temperatures only.
        parts: Smallest parts in one unit: stored quantities count these. 1000 for a kilogram
            (grams), 60 for an hour (minutes).
        symbol_en, symbol_fr: Short signs; empty where the name is written out.
        en, en_plural, fr, fr_plural: Names.
        aliases: Other texts that are read as this unit.
    """

    id: str
    om2: str
    code: str
    dimension: str
    factor: Fraction
    offset: Fraction
    parts: int
    symbol_en: str
    symbol_fr: str
    en: str
    en_plural: str
    fr: str
    fr_plural: str
    aliases: tuple[str, ...]

    @cached_property
    def decimals(self) -> int | None:
        """Decimals kept, or None where the parts are not decimal (hours in minutes)."""
        digits = len(str(self.parts)) - 1
        return digits if 10**digits == self.parts else None

    def symbol(self, language: str = "fr") -> str:
        """The short sign in a language, empty where there is none."""
        return self.symbol_fr if is_french(language) else self.symbol_en

    def label(self, language: str = "fr", *, plural: bool = False) -> str:
        """The name in a language."""
        if is_french(language):
            return self.fr_plural if plural else self.fr
        return self.en_plural if plural else self.en

    def __str__(self) -> str:
        return self.id


@cache
def all_units() -> Mapping[str, Unit]:
    """Every unit by its :attr:`Unit.id`, in the order of the table."""
    text = resources.files(__package__).joinpath("units.csv").read_text(encoding="utf-8")
    units: dict[str, Unit] = {}
    for row in csv.DictReader(text.splitlines()):
        numbers = {
            "factor": Fraction(row["factor"]),
            "offset": Fraction(row["offset"]),
            "parts": int(row["parts"]),
            "aliases": tuple(row["aliases"].split()),
        }
        units[row["id"]] = Unit(**cast("dict[str, Any]", row | numbers))
    return MappingProxyType(units)


@cache
def _names() -> tuple[Mapping[str, Unit], Mapping[str, Unit]]:
    """All texts that name a unit: as they are written, and without regard to case."""
    exact: dict[str, Unit] = {}
    for take in (
        lambda u: (u.id,),
        lambda u: (u.code,),
        lambda u: (u.symbol_fr, u.symbol_en),
        lambda u: u.aliases,
        lambda u: (u.fr, u.fr_plural, u.en, u.en_plural),
    ):
        for unit in all_units().values():
            for name in take(unit):
                if name:
                    exact.setdefault(name, unit)
    folded: dict[str, Unit | None] = {}
    for name, unit in exact.items():
        key = name.casefold()
        folded[key] = unit if folded.get(key, unit) is unit else None
    return exact, {name: unit for name, unit in folded.items() if unit is not None}


def find_unit(text: str) -> Unit:
    """Find a unit by identifier, Rec. 20 code, symbol, alias or name in French or English.

    Case counts first (``Mo`` and ``mo``), and is disregarded when that finds nothing and only one
    unit remains. A leading ``om2:`` or ``om:`` is read over.

    Raises:
        UnitRefusal: Nothing has that name.
    """
    name = text.strip()
    for prefix in ("om2:", "om:"):
        name = name.removeprefix(prefix)
    exact, folded = _names()
    found = exact.get(name) or folded.get(name.casefold())
    if found is None:
        raise UnitRefusal("unit-unknown", unit=name[:60])
    return found


def convert(value: Fraction | int, source: Unit, target: Unit) -> Fraction:
    """Convert an amount exactly.

    Args:
        value: Amount in ``source`` units (not in its smallest parts).
        source: Unit of ``value``.
        target: Unit of the answer, of the same dimension.

    Raises:
        UnitRefusal: The dimensions differ.
    """
    if source.dimension != target.dimension:
        raise UnitRefusal(
            "dimension-differs",
            source=source.id,
            target=target.id,
            source_dimension=source.dimension,
            target_dimension=target.dimension,
        )
    return (value * source.factor + source.offset - target.offset) / target.factor


def to_parts(value: Fraction | int, unit: Unit) -> int:
    """Turn an exact amount of a unit into a count of its smallest parts.

    Raises:
        UnitRefusal: It is not a whole count, or does not fit in 64 bits.
    """
    parts = Fraction(value) * unit.parts
    if parts.denominator != 1:
        raise UnitRefusal("not-whole", amount=str(value), target=unit.id, parts=unit.parts)
    if abs(parts) > MAX_PARTS:
        raise UnitRefusal("quantity-too-large")
    return int(parts)


def convert_parts(parts: int, source: Unit, target: Unit) -> int:
    """Convert a stored quantity into another unit's smallest parts, exactly or not at all.

    Raises:
        UnitRefusal: The dimensions differ, or the answer would have to be rounded.
    """
    return to_parts(convert(Fraction(parts, source.parts), source, target), target)
