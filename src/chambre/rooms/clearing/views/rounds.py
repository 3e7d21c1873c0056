"""Rounds: opening one, its report, one's own effect, answering, booking."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.core.ui import figures
from chambre.lib.charts import ChartPair, Part, Stack, Stacked, draw_pair
from chambre.rooms.clearing.forms import RoundForm
from chambre.rooms.clearing.models import Computation, Loan, Round
from chambre.rooms.clearing.queries.people import groups_visible_to, spoken_for
from chambre.rooms.clearing.queries.rounds import (
    counted,
    current,
    effects_of,
    ring_sizes,
    round_of,
)
from chambre.rooms.clearing.services import booking, groups, rounds
from chambre.rooms.clearing.views.frame import done, key_of, person_asking


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    by = person_asking(request)
    authorize(by, "clearing.lead")
    form = RoundForm(request.POST or None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                with transaction.atomic():
                    if data["save_as"]:
                        groups.save_group(name=data["save_as"], members=form.among(), by=by)
                    row = rounds.open_round(
                        name=data["name"], members=form.among(), days=data["days"],
                        max_ring=data["max_ring"], lending=form.lending(), key=key_of(request),
                        by=by,
                    )  # fmt: skip
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("clearing:round", pk=row.pk)
    saved = groups_visible_to(by).annotate(size=Count("members"))
    context = {"form": form, "key": key_of(request), "groups": saved}
    return render(request, "clearing/open.html", context, status=status)


@require_POST
def forget_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a saved group."""
    by = person_asking(request)
    authorize(by, "clearing.lead")
    group = get_object_or_404(groups_visible_to(by), pk=pk)
    done(
        request,
        lambda: groups.remove_group(group=group, by=by),
        _("The group is removed. Its rounds stay."),
    )
    return redirect("clearing:open")


def before_and_after(found: Computation) -> ChartPair:
    """What was owed, and what is left to be paid in money."""
    left = found.total - found.cleared
    return draw_pair(
        Stacked(
            title=_("Before and after"),
            description=_("%(cleared)s of %(total)s are set off, %(left)s are left to be paid.")
            % {
                "cleared": figures.money(found.cleared),
                "total": figures.money(found.total),
                "left": figures.money(left),
            },
            empty=_("Nothing is owed."),
            header=(_("When"), _("What"), _("Amount"), _("Share")),
            parts=[Part(_("owed"), 3), Part(_("set off without money"), 1)],
            stacks=[
                Stack(_("Before"), [found.total, 0]),
                Stack(_("After"), [left, found.cleared]),
            ],
            format=figures.money,
            format_share=lambda tenths: f"{tenths // 10}\u202f%",
        ),
        prefix="clearing",
    )


def pot_of(row: Round, found: Computation) -> dict[str, Any]:
    """What pots would free, and what the one of the round lends and frees: nothing if it was refused."""
    pots = list(found.pots.all())
    loans = found.loans.all() if row.pot else []
    lent = sum(loan.amount for loan in loans if loan.way == Loan.Way.LENT)
    freed = next((size.more for size in pots if lent and size.liquidity == row.pot), 0)
    return {"pots": pots, "lent": lent, "freed": freed}


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A round: its totals for all, what it does to oneself, what is to be done."""
    by = person_asking(request)
    row = round_of(pk, by)
    found = current(row)
    context: dict[str, Any] = {
        "round": row,
        "found": found,
        "may_lead": by.may("clearing.lead", row.chamber),
        "waits": row.state == Round.State.PROPOSED,
    }
    if found is not None:
        context |= {
            "share": found.cleared * 100 // found.total if found.total else 0,
            "left": found.total - found.cleared,
            "proved": found.cleared == found.bound,
            "chart": before_and_after(found),
            "sizes": ring_sizes(found),
            "answers": counted(found),
            "effects": effects_of(found, spoken_for(by)),
            **pot_of(row, found),
        }
    return render(request, "clearing/round.html", context)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to one's own effect, or refuse."""
    by = person_asking(request)
    row = round_of(pk, by)
    sent = request.POST.get("agent", "")
    agent = get_object_or_404(spoken_for(by), pk=int(sent) if sent.isdecimal() else 0)
    agrees = request.POST.get("agrees") == "yes"
    done(
        request,
        lambda: rounds.answer(
            round_=row, agent=agent, agrees=agrees, effect=request.POST.get("effect", ""), by=by
        ),
        _("Noted. Everybody else is asked, too.")
        if agrees
        else _("Noted. The round is worked out again without you."),
    )
    return redirect("clearing:round", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """What booking will do; then do it."""
    by = person_asking(request)
    row = round_of(pk, by)
    authorize(by, "clearing.lead", row.chamber)
    if request.method == "POST":
        done(request, lambda: booking.book(round_=row, by=by), _("Booked in every book."))
        return redirect("clearing:round", pk=pk)
    found = current(row)
    cleared = figures.money(found.cleared if found else 0)
    context = {
        "title": _("Book %(name)s") % {"name": row.name},
        "lede": _("%(cleared)s of debts are set off at once, in every book.")
        % {"cleared": cleared},
        "consequences": [
            _("Each structure gets one entry: what it owes against what it is owed."),
            _("Invoices of the treasury are settled by it, as compensation."),
            _("Nobody’s net position changes."),
            *(
                [
                    _("What the pot of %(lender)s lends is owed to it for %(days)d days.")
                    % {"lender": row.lender, "days": row.pot_days}
                ]
                if found and found.loans.exists()
                else []
            ),
        ],
        "irreversible": True,
        "confirm": _("Book it"),
        "back": reverse("clearing:round", args=[pk]),
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Work a round out again, or end it."""
    by = person_asking(request)
    row = round_of(pk, by)
    if request.POST.get("act") == "again":
        done(
            request,
            lambda: rounds.work_out_again(round_=row, by=by),
            _("The round is worked out again."),
        )
    elif request.POST.get("act") == "end":
        done(request, lambda: rounds.end_round(round_=row, by=by), _("The round has ended."))
    return redirect("clearing:round", pk=pk)
