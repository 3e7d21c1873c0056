"""From what a scanner read to the object; schemes, places and types by their short names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, Lookup, Q
from django.utils.translation import gettext as _

from chambre.lib import gs1
from chambre.lib.deposits import clean_code
from chambre.rooms.deposit.models import Code, Item, ItemType, Place, Scheme
from chambre.rooms.deposit.queries.errors import NoObject, NoPlace, NoScheme, NoType


@Field.register_lookup
class AnyOf(Lookup[Any]):
    """``column = ANY (array)``: one value for PostgreSQL, where ``IN`` is one for each."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        """The whole list as one array."""
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The condition."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_values, *right_values]


@dataclass(slots=True)
class Found:
    """An object as it stands, in the few values that deciding takes; changed as a batch goes on."""

    id: int
    scheme: int
    type: int
    uri: str
    state: str
    place: int | None
    moves: int
    rotations: int
    moved_at: dt.datetime | None


_VALUES = (
    "pk", "scheme_id", "type_id", "uri", "state", "place_id", "moves_count", "rotations", "moved_at",
)  # fmt: skip


def among(column: str, values: Iterable[Any]) -> Any:
    """A condition that a column has one of these values; on PostgreSQL they travel as one array."""
    listed = list(values)
    if connection.vendor != "postgresql":
        return Q(**{f"{column}__in": listed})
    return Q(**{f"{column}__any_of": listed})


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """Ids of the objects that codes lead to, by code as it was read; unknown ones are absent.

    A code is the object's own address, another one that was given to it (a tag, an old label), its
    serial as somebody typed it, or a GRAI of GS1 in any of its forms.
    """
    listed = set(codes)
    found = _by_uri(listed)
    if not (missing := listed - found.keys()):
        return found
    cleaned = {code: clean_code(code) for code in missing}
    wanted = set(cleaned.values()) - {""}
    by_text = _by_uri(wanted)
    if missing := wanted - by_text.keys():
        by_text |= _by_other_codes(missing)
    if missing := wanted - by_text.keys():
        by_text |= _by_serial(missing)
    return found | {code: by_text[text] for code, text in cleaned.items() if text in by_text}


def _by_uri(texts: set[str]) -> dict[str, int]:
    rows = Item.objects.filter(among("uri", texts)).order_by()
    return dict(rows.values_list("uri", "pk"))


def _by_other_codes(texts: set[str]) -> dict[str, int]:
    rows = Code.objects.filter(text__in=texts).order_by()
    return dict(rows.values_list("text", "item_id"))


def _by_serial(texts: set[str]) -> dict[str, int]:
    """Serials that were typed, and GRAIs written for another resolver or in another form."""
    serials: dict[str, str] = {}
    classes: dict[str, str] = {}
    for text in texts:
        if (key := _grai(text)) is not None:
            classes[text], serials[text] = key
        elif "/" not in text and ":" not in text:
            serials[text] = text.replace("-", "").upper()
    rows = Item.objects.filter(serial__in=set(serials.values())).order_by()
    found = {
        serial: (pk, grai) for pk, serial, grai in rows.values_list("pk", "serial", "type__grai")
    }
    return {
        text: found[serial][0]
        for text, serial in serials.items()
        if serial in found and classes.get(text, found[serial][1]) == found[serial][1]
    }


def _grai(text: str) -> tuple[str, str] | None:
    """Class and serial of a GRAI in any form; None when it is something else."""
    try:
        key, _size = gs1.read_key(text)
    except gs1.Gs1Refused:
        return None
    if key.ai != "8003":
        return None
    return key.value[:14], key.value[14:]


def locked(ids: Iterable[int]) -> dict[int, Found]:
    """Objects by id, locked in the one order in which everybody locks them."""
    rows = Item.objects.select_for_update().filter(among("id", set(ids))).order_by("pk")
    return {row[0]: Found(*row) for row in rows.values_list(*_VALUES)}


def item_of(code: str) -> Item:
    """The object that a code leads to.

    Raises:
        NoObject: None.
    """
    found = ids_of([code]).get(code)
    if found is None:
        raise NoObject(_("No object has the code “%(code)s”.") % {"code": code[:100]})
    return Item.objects.select_related("scheme__book__structure", "type", "place").get(pk=found)


def scheme_named(slug: str) -> Scheme:
    """A scheme by its short name.

    Raises:
        NoScheme: There is none.
    """
    rows = Scheme.objects.select_related("book__structure", "resource")
    found: Scheme | None = rows.filter(slug=slug).first()
    if found is None:
        raise NoScheme(_("There is no deposit scheme “%(slug)s”.") % {"slug": slug[:60]})
    return found


def places_named(slugs: Sequence[str] | set[str]) -> dict[str, Place]:
    """Places by their short names.

    Raises:
        NoPlace: One of them is not there.
    """
    rows = Place.objects.filter(slug__in=set(slugs)).select_related(*_PLACE)
    found = {row.slug: row for row in rows}
    for slug in slugs:
        if slug not in found:
            raise NoPlace(_("There is no place “%(slug)s”.") % {"slug": slug[:60]})
    return found


_PLACE = ("scheme__book__structure", "scheme__resource", "partner", "drawer")


def place_named(slug: str) -> Place:
    """A place by its short name; see :func:`places_named`."""
    return places_named([slug])[slug]


def type_named(slug: str) -> ItemType:
    """A type of object by its short name.

    Raises:
        NoType: There is none.
    """
    rows: Any = ItemType.objects.select_related("scheme__book__structure", "scheme__resource")
    found: ItemType | None = rows.filter(slug=slug).first()
    if found is None:
        raise NoType(_("There is no type of object “%(slug)s”.") % {"slug": slug[:60]})
    return found


def type_of_scheme(scheme: Scheme, slug: str) -> ItemType:
    """A type of object of a scheme by its short name.

    Raises:
        NoType: The scheme has none of it.
    """
    row: ItemType | None = ItemType.objects.filter(scheme=scheme, slug=slug).first()
    if row is None:
        raise NoType(_("There is no type of object “%(slug)s”.") % {"slug": slug[:60]})
    return row
