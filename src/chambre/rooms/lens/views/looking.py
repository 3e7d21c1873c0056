"""Looking instead of reading: where it flows, what happened, how much of it is attributed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import Forbidden, NotFound
from chambre.ledger import api as ledger
from chambre.lib import accounting
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens.queries import looking
from chambre.rooms.lens.queries.looking import View
from chambre.rooms.lens.queries.periods import exercises, quick_periods
from chambre.rooms.lens.views import covering, flows, happening
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.flows import Flow, Words
from chambre.rooms.lens.views.reading import language, period, readable


@require_safe
def look(request: HttpRequest, by: str, slug: str) -> HttpResponse:
    """A resource or a structure over a period, drawn."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    if not form.is_valid():
        return render(request, "lens/looking/show.html", {"form": form, "by": by}, status=422)
    view = _view(by, slug, structures, form.cleaned_data["first"], form.cleaned_data["last"])
    kinds: dict[str, tuple[Any, Callable[[HttpRequest, View], dict[str, Any]]]] = {
        "flux": (_("Flows"), _flows),
        "temps": (_("What happened"), happening.context),
        "couverture": (_("Coverage"), covering.context),
    }
    kind = request.GET.get("vue", "flux")
    if kind not in kinds:
        raise NotFound
    context = {
        "form": form,
        "by": by,
        "slug": slug,
        "name": view.resource.name if view.resource else view.structures[0].name,
        "view": view,
        "kind": kind,
        "kinds": [(key, words) for key, (words, _make) in kinds.items()],
        "query": f"first={view.first}&last={view.last}",
        "quick": quick_periods(exercises(structures)) if kind != "flux" else [],
        **kinds[kind][1](request, view),
    }
    return render(request, "lens/looking/show.html", context)


def _view(by: str, slug: str, structures: list[Agent], first: dt.date, last: dt.date) -> View:
    """What is looked at.

    Raises:
        Forbidden: The books of a structure that the reader may not see.
        NotFound: There is no such resource, or nothing is read so.
    """
    if by == "resource":
        return View(structures, registry.resource(slug), first, last)
    if by != "structure":
        raise NotFound
    chosen = [each for each in structures if each.slug == slug]
    if not chosen:
        raise Forbidden(permission="lens.read_books")
    return View(chosen, None, first, last)


# Flows ---------------------------------------------------------------------------------------------


def _flows(request: HttpRequest, view: View) -> dict[str, Any]:
    """From whom, through whom, to what; third parties by name when that is asked for."""
    if view.resource is None:
        return {"chart": _of_structure(view)}
    people = request.GET.get("tiers") == "1"
    found, eliminations = _of_resource(view, people)
    books = view.books
    return {
        "chart": found,
        "people": people,
        "may_name": True,
        "between": [
            (books[each.book].structure.name, books[each.partner].structure.name, each.account,
             abs(each.amount))
            for each in eliminations
        ],
    }  # fmt: skip


def _of_resource(view: View, people: bool) -> tuple[Any, list[Any]]:
    """The flows of a resource through its structures, what is between them left out."""
    scope = ledger.scope(
        part=ledger.Part.RESOURCE, structures=view.structures, resource=view.resource
    )
    (figures,) = scope.figures([(view.first, view.last)])
    # By name nothing is taken off: who sells to whom is what there is to see.
    cells = figures.cells if people else {(book, None): g for book, g in figures.by_book.items()}
    nets: dict[tuple[int, str], int] = {}
    for (book, _resource), group in cells.items():
        for account, each in group.accounts.items():
            if account[:1] in "67":
                key = (book, account)
                nets[key] = nets.get(key, 0) + each.debit - each.credit
    eliminations = [each for each in figures.eliminations if not each.stock]
    drawn = [
        Flow(
            middle=view.books[book].structure.slug,
            side=_row_words(view, book, account, net),
            net=-net,
            href=_lines(view, book, account),
        )
        for (book, account), net in nets.items()
        if not (people and account[:1] == "7")
    ]
    if people:
        drawn += [
            Flow(view.books[book].structure.slug, name or _("nobody named"), amount)
            for book, name, amount in looking.third_parties(view)
        ]
        eliminations = []
    words = Words(
        title=_("From whom, through which structures, to what"),
        description=_(
            "Income on the left, expenses on the right; the wider, the more. In between the"
            " structures through which it goes."
        ),
        through=_("Through whom"),
    )
    middles = {
        each.slug: (
            each.name,
            f"{reverse('lens:statement', args=['structure', each.slug])}?{_days(view)}",
        )
        for each in view.structures
    }
    return flows.draw_flows(drawn, middles=middles, words=words, prefix="flow"), eliminations


def _of_structure(view: View) -> Any:
    """The flows of a structure through the resources that they concern."""
    middles: dict[str, tuple[str, str]] = {"": (_("Not attributed"), "")}
    drawn = []
    for slug, name, book, account, net in looking.by_resource(view):
        if slug:
            middles[slug] = (
                name,
                f"{reverse('lens:statement', args=['resource', slug])}?{_days(view)}",
            )
        href = _lines(view, book, account, resource=slug or "-")
        drawn.append(Flow(slug, _row_words(view, book, account, net), -net, href))
    words = Words(
        title=_("From whom, for which resources, to what"),
        description=_(
            "Income on the left, expenses on the right; the wider, the more. In between the"
            " resources that they concern."
        ),
        through=_("For which resource"),
    )
    return flows.draw_flows(drawn, middles=middles, words=words, prefix="flow")


def _row_words(view: View, book: int, account: str, net: int) -> str:
    """The row of the income statement that an account belongs to, in plain words."""
    model = accounting.layout(view.books[book].chart, view.first).income_statement
    route = model.route(account, net)
    if route is None:
        return account
    row = model[route[0]]
    return row.plain.get(language()) or row.label.get(language())


def _days(view: View) -> str:
    return urlencode({"first": view.first.isoformat(), "last": view.last.isoformat()})


def _lines(view: View, book: int, account: str, resource: str = "") -> str:
    """Where the lines behind an amount are."""
    slug = view.resource.slug if view.resource else resource
    query = {
        "structure": view.books[book].structure.slug,
        "resource": slug,
        "account": account,
    }
    return f"{reverse('lens:lines')}?{_days(view)}&{urlencode(query)}"
