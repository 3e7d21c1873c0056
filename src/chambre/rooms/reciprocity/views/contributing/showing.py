"""One contribution: what others say of it, what becomes of it, its place in the books."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError, NotFound
from chambre.registry.api import today
from chambre.rooms.reciprocity.forms.contributing import InKindForm, WhyForm, WordsForm
from chambre.rooms.reciprocity.models import Contribution, Voice
from chambre.rooms.reciprocity.queries.contributing.finding import (
    agent_of,
    contribution_of,
    grid_on,
    roll_of,
)
from chambre.rooms.reciprocity.services.contributing import inkind, voicing
from chambre.rooms.reciprocity.views.contributing.frame import (
    actor_of,
    done,
    key_of,
    measure_of,
    person_asking,
    structures_kept,
)
from chambre.rooms.reciprocity.views.contributing.recording import compared, shown_standing

Kind = Voice.Kind


@require_safe
def contribution(request: HttpRequest, number: int) -> HttpResponse:
    """A contribution with all that was said of it."""
    by = person_asking(request)
    row = contribution_of(number, by)
    me = agent_of(by)
    voices = list(row.voices.select_related("agent", "about", "words"))
    standing = shown_standing(row)
    replaced = Contribution.objects.filter(corrects=row).first()
    live = replaced is None and not row.withdrawn
    settled = standing["recognition"] is not None
    context = {
        "row": row, "much": measure_of(row), "voices": voices, "key": key_of(request), "me": me,
        "replaced": replaced, "corrected": row.corrects, "live": live, "settled": settled,
        "compared": compared(row), "booked": _booked(row), **standing,
        **_may(by, me, row, standing["standing"], live and not settled),
        "may_change": live and by.may("reciprocity.change_contribution", row),
        "may_book": live and settled and bool(structures_kept(by)[:1]),
    }  # fmt: skip
    return render(request, "reciprocity/contributing/show.html", context)


def _booked(row: Contribution) -> Any:
    rows = row.booked.filter(reverses=None, reversal=None)
    return rows.select_related("entry__book__structure").first()


def _may(by: Any, me: Any, row: Contribution, standing: Any, open_: bool) -> dict[str, Any]:
    """Which acts are offered."""
    own = me is not None and me.pk == row.agent_id
    who = str(me.pk) if me is not None else ""
    listed = open_ and not own and me is not None and me.pk in roll_of(row.resource, row.roll)
    return {
        "own": own,
        "may_see": listed and who not in standing.seen,
        "may_object": listed and who not in standing.objecting,
        "may_take_back": listed and who in {*standing.seen, *standing.objecting, *standing.answered},
        "to_answer": (
            [
                voice for voice in row.voices.select_related("agent", "words")
                if voice.kind == Kind.OBJECTION and str(voice.agent_id) in standing.objecting
            ]
            if own and open_ else []
        ),
        "may_decide": open_ and by.may("reciprocity.decide_contribution", row),
    }  # fmt: skip


WORDED = (Kind.OBJECTION, Kind.ANSWER, Kind.TAKEN_BACK, Kind.ACCEPTED, Kind.DECLINED)


@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Object, answer, take back, or decide: with words."""
    by = person_asking(request)
    row = contribution_of(number, by)
    if kind not in WORDED:
        raise NotFound
    title, lede, confirm = _words(kind)
    about = _answered(request, row) if kind == Kind.ANSWER else None
    form_class = WhyForm if kind == Kind.TAKEN_BACK else WordsForm
    form = form_class(request.POST or None)
    status, back = 200, reverse("reciprocity:contribution", args=[number])
    if request.method == "POST":
        status = 422
        if form.is_valid():
            words = form.cleaned_data.get("words") or form.cleaned_data.get("why") or ""
            try:
                voicing.say(
                    contribution=row, kind=kind, key=key_of(request), by=by, words=words,
                    about=about,
                )  # fmt: skip
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect(back)
    context = {
        "title": title, "lede": lede, "form": form, "hidden": {"key": key_of(request)},
        "confirm": confirm, "back": back,
    }  # fmt: skip
    return render(request, "ui/confirm.html", context, status=status)


def _words(kind: str) -> tuple[str, str, str]:
    """Title, introduction and button of an act."""
    told = {
        Kind.OBJECTION: (
            _("Object to this contribution"),
            _("Say what is not right, so that it can be answered."),
            _("Raise an objection"),
        ),
        Kind.ANSWER: (
            _("Answer the objection"),
            _("It no longer holds your contribution up, unless the person maintains it."),
            _("Answer"),
        ),
        Kind.TAKEN_BACK: (
            _("Take back what you said"),
            _("As if you had not looked yet."),
            _("Take it back"),
        ),
        Kind.ACCEPTED: (
            _("Decide: it counts"),
            _("You decide for the circle, and say why."),
            _("It counts"),
        ),
        Kind.DECLINED: (
            _("Decide: it does not count"),
            _("You decide for the circle, and say why."),
            _("It does not count"),
        ),
    }
    return told[Kind(kind)]


def _answered(request: HttpRequest, row: Contribution) -> Any:
    """Whose objection is answered: the one that is named, else the first that is open."""
    standing = shown_standing(row)["standing"]
    wanted = request.GET.get("about", "")
    number = wanted if wanted in standing.objecting else next(iter(standing.objecting), "")
    voice = row.voices.filter(agent_id=int(number)).first() if number else None
    if voice is None:
        raise NotFound
    return voice.agent


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, number: int) -> HttpResponse:
    """Book it in classes 86 and 87, after showing what will be written."""
    by = person_asking(request)
    row = contribution_of(number, by)
    back = reverse("reciprocity:contribution", args=[number])
    if standing := _booked(row):
        return _unbook(request, row, standing, back)
    structures = structures_kept(by)
    grid = grid_on(row.resource, row.chamber_id, today())
    lowest = min((line.minor for line in grid.lines.all()), default=None) if grid else None
    form = InKindForm(
        request.POST or None, structures=structures, timed=row.minutes is not None,
        initial={"structure": structures.first(), "hourly": lowest},
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                inkind.book_in_kind(
                    contribution=row, structure=data["structure"], by=by, minor=data["minor"],
                    hourly=data.get("hourly"),
                )  # fmt: skip
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                done(request, lambda: None, _("Booked, as used and as received, for the resource."))
                return redirect(back)
    context = {
        "title": _("Book this contribution in kind"),
        "lede": _(
            "What people give without being paid stands in an association’s accounts twice for the same"
            " amount: as used (class 86) and as received (class 87). The result does not change."
        ),
        "form": form, "confirm": _("Book it"), "back": back,
    }  # fmt: skip
    return render(request, "ui/confirm.html", context, status=status)


def _unbook(request: HttpRequest, row: Contribution, booked: Any, back: str) -> HttpResponse:
    structure = booked.entry.book.structure
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done(
            request,
            lambda: inkind.unbook(
                contribution=row, structure=structure, by=actor_of(request),
                why=form.cleaned_data["why"],
            ),
            _("The booking is taken back."),
        )  # fmt: skip
        return redirect(back)
    context = {
        "title": _("Take the booking back"),
        "consequences": [
            _("The entry is reversed in the books of %(structure)s.") % {"structure": structure},
            _("The contribution stays, and can be booked anew."),
        ],
        "form": form, "confirm": _("Take it back"), "back": back, "danger": True,
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


SHOWING = [
    path("contributions/<int:number>/", contribution, name="contribution"),
    path("contributions/<int:number>/dire/<slug:kind>/", say, name="contribution_say"),
    path("contributions/<int:number>/nature/", book, name="contribution_book"),
]
