"""Objections, decision, withdrawal, booking and payment of a distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.ui import figures as written
from chambre.rooms.reciprocity.forms.distributing import AnswerForm, PayForm, ReasonForm
from chambre.rooms.reciprocity.models import Distribution, ObjectionAnswer
from chambre.rooms.reciprocity.queries.distributions import distribution_of
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.views.contracts.frame import actor_of, contract_for, done, key_of


def _confirm(
    request: HttpRequest, distribution: Distribution, act: Callable[..., Any], success: str,
    **shown: Any,
) -> HttpResponse:  # fmt: skip
    """Show what will happen; on the second step do it."""
    contract = distribution.contract
    back = reverse("reciprocity:distribution", args=[contract.slug, distribution.number])
    form = shown.get("form")
    if request.method == "POST" and (form is None or form.is_valid()):
        more = form.cleaned_data if form is not None else {}
        done(request, lambda: act(**more), success)
        return redirect(back)
    status = 422 if request.method == "POST" else 200
    context = {"back": back, "hidden": {"key": key_of(request)}, **shown}
    return render(request, "ui/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say that a proposal is wrong."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.object"), number)
    return _confirm(
        request, distribution,
        lambda reason: deciding.object_to(
            distribution=distribution, reason=reason, key=key_of(request), by=actor_of(request)
        ),
        _("Your objection is noted. Nothing is decided before it has ended."),
        title=_("Object to this distribution"),
        lede=_("Say what is wrong: a fact that is missing, a rule that was read otherwise."),
        confirm=_("Object to it"),
        form=ReasonForm(request.POST or None),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, number: int, objection: int) -> HttpResponse:
    """Answer an objection."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.decide"), number)
    found = get_object_or_404(distribution.objections.select_related("agent"), pk=objection)
    return _confirm(
        request, distribution,
        lambda words: deciding.end_objection(
            objection=found, outcome=ObjectionAnswer.Outcome.ANSWERED, words=words,
            by=actor_of(request),
        ),
        _("Answered."),
        title=_("Answer the objection"),
        lede=found.reason,
        confirm=_("Answer"),
        form=AnswerForm(request.POST or None),
    )  # fmt: skip


@require_POST
def take_back(request: HttpRequest, slug: str, number: int, objection: int) -> HttpResponse:
    """Take one's own objection back."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.object"), number)
    found = get_object_or_404(distribution.objections.select_related("agent"), pk=objection)
    done(
        request,
        lambda: deciding.end_objection(
            objection=found, outcome=ObjectionAnswer.Outcome.TAKEN_BACK, by=actor_of(request)
        ),
        _("Taken back."),
    )
    return redirect("reciprocity:distribution", slug, number)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Agree to a proposal."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.decide"), number)
    return _confirm(
        request, distribution,
        lambda: deciding.decide(distribution=distribution, by=actor_of(request)),
        _("Decided. The treasurer can book it."),
        title=_("Agree to this distribution"),
        consequences=[
            _("%(amount)s are given to whom the contract names.")
            % {"amount": written.money(distribution.distributed, distribution.unit)},
            _("Nothing is booked or paid yet: the treasurer does that."),
        ],
        confirm=_("Agree"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a proposal back."""
    distribution = distribution_of(
        contract_for(request, slug, "reciprocity.change_contract"), number
    )
    return _confirm(
        request, distribution,
        lambda reason: deciding.withdraw(
            distribution=distribution, reason=reason, by=actor_of(request)
        ),
        _("Withdrawn. The same days can be computed anew."),
        title=_("Withdraw this distribution"),
        consequences=[_("It stays readable, and its days are free for another one.")],
        confirm=_("Withdraw"),
        form=ReasonForm(request.POST or None),
        danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Book a decided distribution."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.book"), number)
    return _confirm(
        request, distribution,
        lambda: booking.book(distribution=distribution, by=actor_of(request)),
        _("Booked."),
        title=_("Book this distribution"),
        consequences=[
            _("One entry of %(amount)s in the book of %(holder)s, today.")
            % {
                "amount": written.money(distribution.distributed, distribution.unit),
                "holder": distribution.contract.holder,
            },
            _("A transfer is asked for to whoever gave an account; two people agree before it leaves."),
            _("Whoever gave none is owed their share until they do."),
        ],
        irreversible=_("An entry is never changed. What was wrong is settled by the next distribution."),
        confirm=_("Book"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, slug: str, number: int, at: int) -> HttpResponse:
    """Ask for the transfer of a share that is owed."""
    distribution = distribution_of(contract_for(request, slug, "reciprocity.book"), number)
    line = get_object_or_404(distribution.lines.select_related("agent", "resource"), number=at)
    line.distribution = distribution
    return _confirm(
        request, distribution,
        lambda iban: booking.ask_payout(
            line=line, key=key_of(request), by=actor_of(request), iban=iban
        ),
        _("Asked for; two people agree before it is sent."),
        title=_("Pay this share"),
        lede=_("%(amount)s to %(name)s")
        % {"amount": written.money(line.amount, distribution.unit), "name": line.agent or line.name},
        confirm=_("Ask for the transfer"),
        form=PayForm(request.POST or None),
    )  # fmt: skip


BASE = "contrats/<slug:slug>/repartitions/<int:number>/"

ACTING = [
    path(BASE + "objecter/", object_to, name="distribution_object"),
    path(BASE + "objections/<int:objection>/repondre/", answer, name="objection_answer"),
    path(BASE + "objections/<int:objection>/retirer/", take_back, name="objection_take_back"),
    path(BASE + "decider/", decide, name="distribution_decide"),
    path(BASE + "retirer/", withdraw, name="distribution_withdraw"),
    path(BASE + "comptabiliser/", book, name="distribution_book"),
    path(BASE + "parts/<int:at>/payer/", pay, name="distribution_pay"),
]
