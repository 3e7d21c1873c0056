"""Models to start from: the cases of the first workshop, each number with where it comes from.

What nobody measured is marked as an assumption, to be replaced by whoever uses the model.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from chambre.lib.modelling.model import Model
from chambre.lib.modelling.problems import ModelRefusal
from chambre.lib.modelling.reading import read_model

SLUGS = ("deposit-scheme", "hemp-decorticator", "growers-shop", "training-commons")
"""The models there are, in the order in which they are shown."""


def preset_text(slug: str) -> str:
    """The file of a model, to copy and change.

    Raises:
        ModelRefusal: There is none of that name.
    """
    if slug not in SLUGS:
        raise ModelRefusal("preset", slug=slug[:60], known=", ".join(SLUGS))
    return (files(__name__) / f"{slug}.toml").read_text(encoding="utf-8")


@cache
def preset(slug: str) -> Model:
    """A model by its short name.

    Raises:
        ModelRefusal: There is none of that name.
    """
    return read_model(preset_text(slug))


def presets() -> tuple[Model, ...]:
    """All of them."""
    return tuple(preset(slug) for slug in SLUGS)
