"""``{% load treasury %}``: the menu of a structure's treasury."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from chambre.treasury.cards import counters

register = template.Library()


@register.inclusion_tag("treasury/_counters.html", takes_context=True)
def treasury_menu(context: template.Context, structure: Any) -> dict[str, Any]:
    """The links of a structure's treasury; the one closest to this page is current."""
    path = context["request"].path
    home = reverse("treasury:home", args=[structure.slug])
    links = [(each.label, reverse(each.url_name, args=[structure.slug])) for each in counters()]
    inside = [url for _label, url in links if path.startswith(url)]
    here = max(inside, key=len, default=home)
    return {"home": home, "here": here, "links": links}
