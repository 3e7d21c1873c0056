"""Names and short names, checked in one way."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Invalid
from chambre.rooms.shop.queries.errors import NameTaken

SYSTEM = Actor.system("shop")
"""Who asks ledger and treasury, after a service of this room has authorized its own act."""


def clean_name(name: str, longest: int = 140) -> str:
    """A name on one line.

    Raises:
        Invalid: Nothing is left of it.
    """
    name = " ".join(name.split())[:longest]
    if not name:
        message = _("Give it a name.")
        raise Invalid(message, fields={"name": [message]})
    return name


def own_slug(slug: str, rows: Any, longest: int = 50) -> str:
    """A short name that was chosen, and that no row has.

    Raises:
        Invalid: It is not one.
        NameTaken: A row has it.
    """
    slug = slug.strip().lower()
    if not slug or slugify(slug) != slug or len(slug) > longest:
        message = _("A short name has letters, digits and hyphens, at most %(most)d.") % {
            "most": longest
        }
        raise Invalid(message, fields={"slug": [message]})
    if rows.filter(slug=slug).exists():
        message = _("“%(slug)s” is taken.") % {"slug": slug}
        raise NameTaken(message, fields={"slug": [message]})
    return slug


def free_slug(name: str, rows: Any, longest: int = 50) -> str:
    """A short name made of a name, with a number where another row has it."""
    for letter, letters in (("œ", "oe"), ("Œ", "Oe"), ("æ", "ae"), ("Æ", "Ae")):
        name = name.replace(letter, letters)
    first = slugify(name)[: longest - 5].strip("-") or "article"
    taken = set(rows.filter(slug__startswith=first).values_list("slug", flat=True))
    if first not in taken:
        return first
    number = 2
    while f"{first}-{number}" in taken:
        number += 1
    return f"{first}-{number}"
