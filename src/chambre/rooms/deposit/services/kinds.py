"""What a type of object is called by machines, what it is made of, and what it weighs.

A type needs no licence of GS1: without anything else its class is an address of this house. A commons
that has a licence gives a GRAI; one that names its types already gives an address of its own, or a UUID.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib import gs1
from chambre.lib.gs1.prefixes import LONGEST, SHORTEST
from chambre.rooms.deposit.models import ItemType

HEAVIEST = 10**6
"""Grams: a tonne."""
_ADDRESS = re.compile(r"[\x21-\x7e]{1,200}")


def _refuse(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: [message]})


def grai_of(text: str) -> str:
    """The GRAI of a class, as fourteen digits: 0, prefix and asset type, check digit.

    Args:
        text: Those fourteen digits, or company prefix and asset type with a point between them
            (``3760123.45678``): twelve digits, to which 0 and the check digit are added.

    Raises:
        Invalid: Neither; the message says what is wrong with it.
    """
    given = "".join(text.split())
    if not given:
        return ""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", given):
        raise _refuse(
            "grai", _("A GRAI has digits only, and a point between prefix and asset type.")
        )
    prefix, point, asset = given.partition(".")
    if point:
        if not SHORTEST <= len(prefix) <= LONGEST:
            message = _("A company prefix has %(least)d to %(most)d digits; this one has %(n)d.")
            raise _refuse("grai", message % {"least": SHORTEST, "most": LONGEST, "n": len(prefix)})
        if len(prefix + asset) != 12:
            message = _("Prefix and asset type have 12 digits together; these have %(n)d.")
            raise _refuse("grai", message % {"n": len(prefix + asset)})
        return f"0{prefix}{asset}{gs1.check_digit(prefix + asset)}"
    if len(given) != 14 or given[0] != "0":
        raise _refuse("grai", _("A GRAI is 0, twelve digits and their check digit."))
    if not gs1.is_checked(given):
        message = _("The check digit of this GRAI would be %(digit)s, not %(given)s.")
        digits = {"digit": gs1.check_digit(given[:-1]), "given": given[-1]}
        raise _refuse("grai", message % digits)
    return given


def own_name_of(text: str) -> str:
    """The name that a class has already: an address with https, or a UUID (as ``urn:uuid:``).

    Raises:
        Invalid: Neither.
    """
    given = text.strip()
    if not given:
        return ""
    bare = given.removeprefix("urn:uuid:")
    if re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", bare):
        return f"urn:uuid:{uuid.UUID(bare)}"
    try:
        parts = urlsplit(given)
        is_address = parts.scheme == "https" and bool(parts.hostname) and not parts.fragment
    except ValueError:
        is_address = False
    if not is_address or not _ADDRESS.fullmatch(given):
        raise _refuse("own_uri", _("Give an address that begins with https://, or a UUID."))
    return given


def names_of(grai: str, own_uri: str) -> dict[str, str]:
    """The GRAI or the own name of a new class; both empty: an address of this house.

    Raises:
        Invalid: Both, one that is none, or one that another type has.
    """
    names = {"grai": grai_of(grai), "own_uri": own_name_of(own_uri)}
    if all(names.values()):
        raise _refuse("own_uri", _("Give a GRAI or a name of its own, not both."))
    for field, value in names.items():
        if value and (other := ItemType.objects.filter(**{field: value}).first()):
            message = _("The type “%(name)s” is called so already.") % {"name": other.name}
            raise _refuse(field, message)
    return names


def weight_of(grams: int) -> int:
    """The weight of one object in grams; 0: nobody said.

    Raises:
        Invalid: Less than nothing, or more than a tonne.
    """
    if not 0 <= grams <= HEAVIEST:
        raise _refuse("grams", _("One object weighs up to a tonne, in grams."))
    return grams


@transaction.atomic
def change_type(
    *, type_: ItemType, by: Actor, material: str | None = None, grams: int | None = None
) -> ItemType:
    """Say what a type is made of and what one weighs; what is not said stays as it was.

    Args:
        type_: Which one.
        by: Who says so.
        material: What it is made of; empty: nobody knows.
        grams: What one weighs, in grams; 0: nobody knows.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: A weight that is none.
    """
    authorize(by, "deposit.manage", type_.scheme)
    row: ItemType = ItemType.objects.select_for_update().get(pk=type_.pk)
    if material is not None:
        row.material = " ".join(material.split())[:60]
    if grams is not None:
        row.grams = weight_of(grams)
    row.save(update_fields=["material", "grams"])
    audit(by, "deposit.type.changed", row, material=row.material, grams=row.grams)
    return row
