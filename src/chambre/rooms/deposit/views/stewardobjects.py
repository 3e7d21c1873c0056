"""Pages of objects for stewards: find them, put them in service, read a life, note care."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chambre.core.errors import NotFound
from chambre.rooms.deposit.forms import CareForm, CommissionForm, LabelForm
from chambre.rooms.deposit.models import Case, Code, Contract, Item, ItemType, Scheme, Tag
from chambre.rooms.deposit.queries.managing import items_of, moves_of, places_of_scheme, scheme_for
from chambre.rooms.deposit.queries.wording import facts_words
from chambre.rooms.deposit.services import caring, stock
from chambre.rooms.deposit.services.telling import tell_now
from chambre.rooms.deposit.views import listfiles
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of, sent


@require_http_methods(["GET", "HEAD", "POST"])
def items(request: HttpRequest, slug: str) -> HttpResponse:
    """The objects of a scheme by state, place and serial; new ones are put in service here.

    ``?format=`` gives those that were asked for as a file.
    """
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    form, status = CommissionForm(request.POST or None), 200
    kinds = ItemType.objects.filter(scheme=scheme, counting="serial").order_by("name")
    form.fields["type"].queryset = kinds  # type: ignore[attr-defined]
    if request.method == "POST":
        done, status = sent(
            form,
            lambda data: stock.commission(
                type_=data["type"], count=data["count"], lot=data["lot"], by=by
            ),
        )
        if done:
            tell_now()
            count = form.cleaned_data["count"]
            told = ngettext("%d object is in service.", "%d objects are in service.", count)
            messages.success(request, told % count)
            return redirect("deposit:items", slug=slug)
    asked = {
        name: request.GET.get(name, "")[:50].replace("\0", "") for name in ("state", "place", "q")
    }
    state = asked["state"] if asked["state"] in Item.State.values else ""
    rows = items_of(scheme, state, asked["place"], asked["q"])
    if kind := request.GET.get("format", ""):
        table = listfiles.items_table(rows)
        return listfiles.listed(kind, "objets", _("Objects"), scheme, table)
    context = frame(
        request,
        scheme,
        page=page_of(request, rows),
        files=listfiles.FILES,
        asked=asked,
        states=Item.State.choices,
        places=places_of_scheme(scheme),
        form=form,
        has_types=kinds.exists(),
    )
    return render(request, "deposit/items.html", context, status=status)


def item_of(scheme: Scheme, serial: str) -> Item:
    """An object of a scheme.

    Raises:
        NotFound: There is none of this serial.
    """
    rows = Item.objects.select_related("type", "lot", "place", "scheme__book__structure")
    found: Item | None = rows.filter(scheme=scheme, serial=serial[:30]).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, slug: str, serial: str) -> HttpResponse:
    """One object: how it stands, its life, its contracts and cases, and what is done with it."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    row = item_of(scheme, serial)
    act = request.POST.get("act", "")
    forms: dict[str, Any] = {
        "care": CareForm(request.POST if act == "care" else None),
        "label": LabelForm(request.POST if act == "label" else None),
    }
    status = 200
    if act in forms:
        done, status = sent(forms[act], lambda data: _do(act, row, scheme, data, by))
        if done:
            tell_now()
            messages.success(request, _("It is noted."))
            return redirect("deposit:item", slug=slug, serial=serial)
    moves = list(moves_of(row)[:100])
    for move in moves:
        move.told = facts_words(move.facts)  # type: ignore[attr-defined]
    contracts = (
        Contract.objects.filter(item=row)
        .select_related("place", "item", "type")
        .order_by("-pk")[:30]
    )
    context = frame(
        request,
        scheme,
        item=row,
        moves=moves,
        contracts=contracts,
        cases=Case.objects.filter(item=row).select_related("decision").order_by("-pk")[:30],
        codes=Code.objects.filter(item=row),
        tags=Tag.objects.filter(item=row),
        care=forms["care"],
        label=forms["label"],
    )
    return render(request, "deposit/item.html", context, status=status)


def _do(act: str, row: Item, scheme: Scheme, data: dict[str, Any], by: Any) -> None:
    if act == "label":
        caring.relabel(
            item=row, code=data["code"], kind=Code.Kind.OTHER, reason=data["reason"], by=by
        )
        return
    facts = {name: data[name] for name in ("temperature", "minutes") if data[name] is not None}
    caring.care(
        codes=[row.uri], step=data["step"], by=by, scheme=scheme, facts=facts, note=data["note"]
    )


ITEMS = [
    path("consigne/<slug:slug>/objets/", items, name="items"),
    path("consigne/<slug:slug>/objets/<str:serial>/", item, name="item"),
]
