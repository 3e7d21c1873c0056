"""The templates that come with the Chamber: contracts to copy and change, never imposed.

Each is a contract in the language (``templates/NAME.toml``) and a table of facts that exercises
it (``templates/NAME.csv``), so that what it does can be seen before anything is signed. What was
taken from which published practice, and what is proposed here, stands in its ``source``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chambre.lib.reciprocity.model import (
    Contract,
    Text,
)
from chambre.lib.reciprocity.reading import read

BLANK = "vierge"
"""The template that proposes nothing."""

_ORDER = (
    "contributive-commons",
    "production-entre-pairs",
    "coopyleft",
    "coopyright",
    "redevance-diffusion",
    "echelle-alternatives",
    "fondateurs-rembourses",
    "colleges",
    "hebergement",
    "consigne-usagers",
    "semences",
    BLANK,
)


@dataclass(frozen=True, slots=True)
class Template:
    """What a list of templates shows.

    Attributes:
        slug: Under which :func:`text` and :func:`facts` find it.
        title: A few words.
        summary: What it does.
        fits: Where it fits.
        source: Name of the practice that it comes from; empty for the blank one.
        url: Where that is described, or empty.
    """

    slug: str
    title: Text
    summary: Text
    fits: Text
    source: str
    url: str


def slugs() -> tuple[str, ...]:
    """The names of all templates, in the order in which they are shown; the blank one last."""
    return _ORDER


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order in which they are shown."""
    found = []
    for slug in _ORDER:
        each = contract(slug)
        source = each.source
        found.append(
            Template(
                slug=slug,
                title=each.title,
                summary=each.summary,
                fits=each.fits,
                source=source.name if source else "",
                url=source.url if source else "",
            )
        )
    return tuple(found)


@cache
def contract(slug: str) -> Contract:
    """A template as a contract.

    Raises:
        KeyError: There is no template of that name.
    """
    return read(text(slug))


def text(slug: str) -> str:
    """A template as it is written, with its comments.

    Raises:
        KeyError: There is no template of that name.
    """
    return _file(slug, "toml")


def facts(slug: str) -> str:
    """The table of facts that exercises a template, as CSV.

    Raises:
        KeyError: There is no template of that name.
    """
    return _file(slug, "csv")


def _file(slug: str, ending: str) -> str:
    if slug not in _ORDER:
        raise KeyError(slug)
    place = files("chambre.lib.reciprocity") / "templates" / f"{slug}.{ending}"
    return place.read_text(encoding="utf-8")
