"""``{% load treasury_words %}``: account numbers and uses of money as people read them."""

from __future__ import annotations

from typing import Any

from django import template

from chambre.treasury.uses import BY_NAME

register = template.Library()


@register.filter
def in_fours(text: str) -> str:
    """An IBAN or a reference in groups of four."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@register.filter
def use_label(name: str) -> Any:
    """A use of money in words; one that is not known, as it is."""
    return BY_NAME[name].label if name in BY_NAME else name
