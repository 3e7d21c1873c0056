"""Template tags of the house: amounts, days, icons, charts, tabs. Loaded in every template."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django import template
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chambre.core.actors import label_in_words
from chambre.core.ui import figures, slots, text
from chambre.lib.charts import Chart, ChartPair
from chambre.lib.charts.base import COMPACT_BELOW

register = template.Library()


def _options(argument: str) -> tuple[str, bool]:
    """``"EUR,dash"`` as (currency, show zero as a dash)."""
    words = [word.strip() for word in argument.split(",") if word.strip()]
    codes = [word for word in words if word != "dash"]
    return (codes[0] if codes else "EUR"), "dash" in words


@register.filter
def money(minor: int | str | None, options: str = "EUR") -> str:
    """``{{ cents|money }}``, ``{{ cents|money:"EUR,dash" }}``: 1 234,56 €. Nothing for None."""
    if minor is None or minor == "":
        return ""
    currency, dash = _options(options)
    return figures.money(int(minor), currency, dash=dash)


@register.filter
def amount(minor: int | str | None, options: str = "EUR") -> str:
    """``{{ cents|amount:"dash" }}``: 1 234,56 without the unit, for columns that name it."""
    if minor is None or minor == "":
        return ""
    currency, dash = _options(options)
    return figures.amount(int(minor), currency, dash=dash)


@register.filter
def count(value: int | str | None) -> str:
    """``{{ lines|count }}``: 12 345, a whole number with its thousands apart."""
    return "" if value is None or value == "" else figures.integer(int(value))


@register.filter
def duration(minutes: int | str | None) -> str:
    """``{{ minutes|duration }}``: 12 h 05."""
    return "" if minutes is None or minutes == "" else figures.duration(int(minutes))


@register.filter
def day(value: dt.date | None, style: str = "") -> str:
    """``{{ d|day }}``: 1er mars 2026; ``day:"short"``: 01/03/2026; also ``month``, ``iso``."""
    return figures.day(value, style) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """``{{ at|moment }}``: 1er mars 2026 à 14 h 05, in the local time."""
    return figures.moment(value) if value else ""


@register.filter
def filesize(octets: int | str | None) -> str:
    """``{{ file.size|filesize }}``: 1,4 Mo."""
    return "" if octets is None or octets == "" else figures.size(int(octets))


@register.filter
def actor(label: str | None) -> str:
    """``{{ job.actor|actor }}``: who did it, in the reader's language."""
    return label_in_words(label) if label else ""


@register.filter
def markdown(value: str | None, shift: int = 1) -> SafeString:
    """``{{ text|markdown }}``: safe HTML, headings from h2 on; put it in ``.prose``."""
    return text.markdown(str(value or ""), shift=int(shift))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "book" %}``: a drawing of the sprite, silent unless it has a label."""
    address = f"{static('ui/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        address,
    )


@register.simple_tag
def chart(drawn: Chart | ChartPair, open: bool = False) -> SafeString:
    """``{% chart sankey %}``: a drawing of ``chambre.lib.charts`` and its numbers below it.

    ``{% chart sankey open=True %}`` shows the numbers at once.
    """
    table = drawn.table
    context = {
        "chart": {"svg": mark_safe(str(drawn.svg)), "table": table},  # noqa: S308 - our own drawing
        "alone": isinstance(drawn, Chart) and drawn.width > COMPACT_BELOW,
        "open": open,
        "heads": list(zip(table.header, table.numeric, strict=True)),
        "rows": [list(zip(row, table.numeric, strict=True)) for row in table.rows],
    }
    return SafeString(render_to_string("ui/chart.html", context))


@register.simple_tag
def request_id() -> str:
    """``{% request_id %}``: the number of this request, which logs and the audit trail share."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@register.simple_tag
def plain_term(plain: str, term: str) -> SafeString:
    """``{% plain_term _("what it owns") _("assets") %}``: plain words, the term beside them."""
    return format_html('<span class="plain">{}</span> <span class="term">{}</span>', plain, term)


@register.simple_tag(takes_context=True)
def tabs(context: template.Context, place: str, obj: Any) -> SafeString:
    """``{% tabs "resource" resource %}``: the tabs of a page and the one that is open (``?tab=``).

    Only the open tab is rendered. A tab whose ``shown`` says no for this person is left out.
    """
    request = context["request"]
    found = [tab for tab in slots.tabs(place) if tab.shown is None or tab.shown(request, obj)]
    if not found:
        return SafeString("")
    wanted = request.GET.get("tab")
    current = next((tab for tab in found if tab.name == wanted), found[0])
    return SafeString(
        render_to_string(
            "ui/tabs.html",
            {
                "place": place,
                "tabs": found,
                "current": current,
                "body": current.render(request, obj),
                "path": request.path,
            },
            request=request,
        )
    )


@register.simple_tag(takes_context=True)
def panels(context: template.Context) -> SafeString:
    """``{% panels %}``: the panels that have something to say to this person.

    Those who are not signed in get the public ones.
    """
    request = context["request"]
    found = slots.panels(public_only=not request.user.is_authenticated)
    bodies = [(panel.name, panel.render(request)) for panel in found]
    shown = [(name, body) for name, body in bodies if body]
    return SafeString(render_to_string("ui/panels.html", {"panels": shown}, request=request))


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: Page[Any]) -> SafeString:
    """``{% pager page %}``: links to the other pages of a list (``?page=``), filters kept."""
    request = context["request"]
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    numbers = list(shown)
    return SafeString(
        render_to_string(
            "ui/pager.html",
            {
                "page": page,
                "numbers": numbers,
                "gap": page.paginator.ELLIPSIS,
                "query": request.GET,
            },
            request=request,
        )
    )


@register.simple_tag
def breadcrumbs(*steps: Any) -> SafeString:
    """``{% breadcrumbs _("Resources") "registry:resources" resource.name %}``: the way here.

    Words and address alternate; the page itself comes last, without address. An address is the
    name of a URL, or a path that begins with ``/``. Put it in the block ``breadcrumb``.
    """
    found = [(_("First page"), reverse("home"))]
    for words, address in zip(steps[:-1:2], steps[1::2], strict=False):
        path = str(address)
        found.append((words, path if path.startswith("/") else reverse(path)))
    found.append((steps[-1], ""))
    return SafeString(render_to_string("ui/_breadcrumb.html", {"crumbs": found}))


@register.simple_tag(takes_context=True)
def sort_head(context: template.Context, key: str, words: Any, kind: str = "") -> SafeString:
    """``{% sort_head "name" _("Name") %}``: the head of a column that can be sorted by.

    The links say ``?sort=name`` and ``?sort=-name``; ``kind`` becomes the class (``num``).
    """
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    query["sort"] = f"-{key}" if now == key else key
    query.pop("page", None)
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="?{}">{}</a></th>',
        kind,
        state,
        query.urlencode(),
        words,
    )


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """``{% with_query page=2 tab=None %}``: this page's query string with some values changed."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
