"""Units of measure with exact factors, and quantities as integers of their smallest part.

A stored quantity is an integer: grams for a kilogram, minutes for an hour, one for a piece
(:attr:`Unit.parts`). Conversions are exact fractions; one that would have to round is refused, and
so is one between dimensions. Money and other units of account are no units of measure; they are in
:mod:`chambre.lib.money`.

The table (``units.csv``) names each unit by its identifier in the Ontology of Units of Measure
(OM2) and its UN/CEFACT Recommendation 20 code. Temperatures are there for readings: they convert
exactly (with their offset) but do not add up.

    >>> kilogram, gram = find_unit("kg"), find_unit("g")
    >>> parse_quantity("1,5", unit=kilogram)
    1500
    >>> convert_parts(1500, kilogram, gram)
    1500000
"""

from chambre.lib.units.decimals import (
    NumberRefusal,
    format_scaled,
    parse_exact,
    parse_scaled,
)
from chambre.lib.units.table import (
    Unit,
    UnitRefusal,
    all_units,
    convert,
    convert_parts,
    find_unit,
    to_parts,
)
from chambre.lib.units.text import format_number, format_quantity, parse_quantity

__all__ = [
    "NumberRefusal",
    "Unit",
    "UnitRefusal",
    "all_units",
    "convert",
    "convert_parts",
    "find_unit",
    "format_number",
    "format_quantity",
    "format_scaled",
    "parse_exact",
    "parse_quantity",
    "parse_scaled",
    "to_parts",
]
