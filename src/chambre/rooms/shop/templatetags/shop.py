"""``{% load shop %}``: days, times, weights and rates as a shop's pages say them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chambre.rooms.shop.queries import words

register = template.Library()


@register.filter
def when(part: Any) -> str:
    """``{{ distribution|when }}``, ``{{ slot|when }}``: the day, from when until when."""
    return f"{words.day_words(part.starts_at)}, {times(part)}"


@register.filter
def times(part: Any) -> str:
    """``{{ slot|times }}``: from when until when, without the day."""
    return words.times_words(part.starts_at, part.ends_at)


@register.filter
def until(at: dt.datetime | None) -> str:
    """``{{ cycle.closes_at|until }}``: a day and a time: ``mardi 1er décembre à 20 h``."""
    if at is None:
        return ""
    return words.moment_words(at)


@register.filter
def weight(grams: int | None) -> str:
    """``{{ line.grams|weight }}``: ``350 g``, ``1,8 kg``."""
    return words.grams(int(grams)) if grams else ""


@register.filter
def percent(rate: int) -> str:
    """``{{ line.vat|percent }}``: ``5,5 %``."""
    return words.percent(int(rate))


@register.filter
def per(product: Any) -> str:
    """``{{ product|per }}``: what its price is for."""
    return str(words.PER["kg" if product.pricing == "weight" else product.unit])


@register.filter
def get(found: dict[Any, Any] | None, key: Any) -> Any:
    """``{{ found|get:key }}``: what a dictionary has under a key."""
    return (found or {}).get(key)


@register.simple_tag
def still(name: str) -> SafeString:
    """``{% still "bread" %}``: the drawing that stands where there is no photo."""
    return format_html(
        '<svg class="still still-{}" viewBox="0 0 120 90" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        name,
        static("shop/stills.svg"),
        name,
    )
