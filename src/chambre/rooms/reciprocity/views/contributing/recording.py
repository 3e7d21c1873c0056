"""Recording a contribution in under a minute, and what others did, to be recognised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError
from chambre.lib.contributing.rates import compare
from chambre.registry.api import today
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.forms.contributing import MoreForm, RecordForm, WhyForm
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.queries.contributing.finding import (
    contribution_of,
    current,
    grid_on,
    rates_of,
    standing_of,
    to_look_at,
    visible_to,
)
from chambre.rooms.reciprocity.services.contributing import recording, voicing
from chambre.rooms.reciprocity.views.contributing.frame import (
    asked,
    done,
    key_of,
    measure_of,
    page_of,
    person_asking,
    resources_for,
)


def with_measures(rows: Any) -> list[tuple[Contribution, str]]:
    """Contributions with how much they are, in words."""
    return [(row, measure_of(row)) for row in rows]


@require_safe
def contributions(request: HttpRequest) -> HttpResponse:
    """What others did and waits to be seen; what I did."""
    by = person_asking(request)
    mine = current(visible_to(by)).filter(agent__user_id=by.user.pk)  # type: ignore[union-attr]
    page = page_of(request, mine)
    waiting = list(to_look_at(by)[:20])
    context = {
        "page": page, "mine": with_measures(page), "waiting": with_measures(waiting),
        "key": key_of(request),
    }  # fmt: skip
    return render(request, "reciprocity/contributing/home.html", context)


@require_safe
def all_contributions(request: HttpRequest) -> HttpResponse:
    """What was given to a resource, or to all that one has to do with."""
    by = person_asking(request)
    rows, slug = current(visible_to(by)), asked(request, "resource")
    resource = Resource.objects.filter(slug=slug).first() if slug else None
    if resource is not None:
        rows = rows.filter(resource=resource)
    page = page_of(request, rows)
    context = {"page": page, "rows": with_measures(page), "resource": resource}
    return render(request, "reciprocity/contributing/all.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Say what one did: four fields, and more for who wants."""
    by = person_asking(request)
    form, more = _forms(request, by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and more.is_valid():
            try:
                recording.record(
                    resource=form.cleaned_data["resource"], given=_given(form, more),
                    key=key_of(request), by=by,
                )  # fmt: skip
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                done(request, lambda: None, _("Recorded. Others of the circle can now see it."))
                return redirect("reciprocity:contributions")
    context = {"form": form, "more": more, "key": key_of(request), "title": _("What I did")}
    return render(request, "reciprocity/contributing/record.html", context, status=status)


def _forms(
    request: HttpRequest, by: Any, row: Contribution | None = None
) -> tuple[RecordForm, MoreForm]:
    """The two halves of the form; the grid is that of the resource that is chosen."""
    slug = asked(request, "resource")
    resources = resources_for(by, slug)
    if row is not None:
        resources = Resource.objects.filter(pk=row.resource_id)
    sent = request.POST if request.method == "POST" else None
    chosen = sent.get("resource", "") if sent is not None else ""
    resource = None
    if chosen.isdigit() and len(chosen) < 19:
        resource = resources.filter(pk=int(chosen)).first()
    elif row is not None:
        resource = row.resource
    else:
        resource = resources.filter(slug=slug).first() if slug else _last(by, resources)
    grid = grid_on(resource, resource.chamber_id, today()) if resource is not None else None
    first: dict[str, Any] = {"resource": resource, "until": today(), "kind": "time"}
    second: dict[str, Any] = {}
    if row is not None:
        first |= {
            "what": row.words.what, "much": measure_of(row), "kind": row.kind, "until": row.until,
        }  # fmt: skip
        second = {
            "day": row.day if row.day != row.until else None, "why": row.words.why,
            "rate": row.rate_id or "", "hourly": None if row.rate_id else row.hourly,
            "asked": row.asked if row.asked and row.hourly is None else None,
        }  # fmt: skip
    return (
        RecordForm(sent, initial=first, resources=resources),
        MoreForm(sent, initial=second, grid=grid),
    )


def _last(by: Any, resources: Any) -> Resource | None:
    """The resource that somebody contributed to last."""
    row = Contribution.objects.filter(agent__user_id=by.user.pk).order_by("-pk").first()
    found: Resource | None = resources.filter(pk=row.resource_id).first() if row else None
    return found


def _given(form: RecordForm, more: MoreForm) -> recording.Given:
    data = form.cleaned_data
    much = data["much"]
    kind = data["kind"]
    if much.cents is not None and kind == Contribution.Kind.TIME:
        kind = Contribution.Kind.MONEY  # who types an amount and leaves the kind alone
    return recording.Given(
        kind=kind, what=data["what"], minutes=much.minutes, cents=much.cents,
        quantity=much.quantity, unit=much.unit, until=data["until"], **more.given(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Record it anew; the old record stays in the history."""
    by = person_asking(request)
    row = contribution_of(number, by)
    form, more = _forms(request, by, row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and more.is_valid():
            try:
                new = recording.correct(
                    contribution=row, given=_given(form, more), key=key_of(request), by=by
                )
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                done(request, lambda: None, _("Corrected. Others look at it anew."))
                return redirect("reciprocity:contribution", number=new.pk)
    context = {
        "form": form, "more": more, "key": key_of(request), "row": row,
        "title": _("Correct this contribution"),
    }  # fmt: skip
    return render(request, "reciprocity/contributing/record.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a contribution back."""
    by = person_asking(request)
    row = contribution_of(number, by)
    form = WhyForm(request.POST or None)
    back = reverse("reciprocity:contribution", args=[number])
    if request.method == "POST" and form.is_valid():
        done(
            request,
            lambda: recording.withdraw(
                contribution=row, key=key_of(request), by=by, why=form.cleaned_data["why"]
            ),
            _("Taken back."),
        )
        return redirect(back)
    context = {
        "title": _("Take this contribution back"),
        "consequences": [
            _("It counts no more, in no distribution that is still to come."),
            _("Its history stays readable for the circle."),
        ],
        "form": form, "hidden": {"key": key_of(request)}, "confirm": _("Take it back"),
        "back": back, "danger": True,
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


@require_POST
def see(request: HttpRequest, number: int) -> HttpResponse:
    """One tap: I have seen it, let it count."""
    by = person_asking(request)
    row = contribution_of(number, by)
    done(
        request,
        lambda: voicing.say(contribution=row, kind="seen", key=key_of(request), by=by),
        _("Seen. Thank you for looking."),
    )
    if request.POST.get("next") == "one":
        return redirect("reciprocity:contribution", number=number)
    return redirect("reciprocity:contributions")


def compared(row: Contribution) -> Any:
    """What is asked for a contribution of time, beside the grid of its day; None: nothing is."""
    if not row.asked or not row.minutes:
        return None
    grid = grid_on(row.resource, row.chamber_id, row.until)
    found = compare(row.asked, row.minutes, rates_of(grid))
    return found if found.lowest is not None else None


def shown_standing(row: Contribution) -> dict[str, Any]:
    """Where a contribution stands, with the voices."""
    recognition = getattr(row, "recognition", None)
    return {"standing": standing_of(row), "recognition": recognition}


RECORDING = [
    path("contributions/", contributions, name="contributions"),
    path("contributions/toutes/", all_contributions, name="contributions_all"),
    path("contributions/nouvelle/", record, name="contribution_new"),
    path("contributions/<int:number>/corriger/", correct, name="contribution_correct"),
    path("contributions/<int:number>/retirer/", withdraw, name="contribution_withdraw"),
    path("contributions/<int:number>/vue/", see, name="contribution_see"),
]
