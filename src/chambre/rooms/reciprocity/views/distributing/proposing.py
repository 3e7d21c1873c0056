"""A dry run of a contract over a period, beside the last distribution; then the proposal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.registry.api import today
from chambre.rooms.reciprocity.forms.distributing import PeriodForm, ProposeForm
from chambre.rooms.reciprocity.queries.distributions import StepShown, next_period
from chambre.rooms.reciprocity.services.distributing.computing import (
    Computed,
    compute,
    difference,
    names_of,
)
from chambre.rooms.reciprocity.services.distributing.proposing import propose
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
)
from chambre.rooms.reciprocity.views.distributing.showing import waterfall


@require_http_methods(["GET", "HEAD", "POST"])
def try_out(request: HttpRequest, slug: str) -> HttpResponse:
    """What the contract would give over a period; nothing is written before it is proposed."""
    contract = contract_for(request, slug, "reciprocity.change_contract")
    asked = request.POST if request.method == "POST" else request.GET
    since, until = next_period(contract, today())
    form = PeriodForm(asked if "since" in asked else None, initial={"since": since, "until": until})
    propose_form = ProposeForm(request.POST or None)
    context: dict[str, Any] = {
        **frame(request, contract),
        "form": form,
        "propose_form": propose_form,
    }
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                if request.method == "POST" and propose_form.is_valid():
                    made = propose(
                        contract=contract, by=actor_of(request), **form.cleaned_data,
                        **propose_form.cleaned_data,
                    )  # fmt: skip
                    messages.success(request, _("Proposed: its people can read it now."))
                    return redirect("reciprocity:distribution", slug, made.number)
                computed = compute(contract, **form.cleaned_data)
                context |= _shown(computed)
                status = 200 if request.method != "POST" else 422
            except ChambreError as refusal:
                form.add_error(None, str(refusal.message))
    return render(request, "reciprocity/distributing/try.html", context, status=status)


def _shown(computed: Computed) -> dict[str, Any]:
    """What a dry run shows."""
    outcome = computed.outcome
    labels = {
        step.name: step.label.in_language(language()) or step.name for step in computed.words.steps
    }
    methods = {step.name: step.how for step in computed.words.steps}
    steps = [
        StepShown(each.clause, labels[each.clause], methods[each.clause], each.came, each.took,
                  each.limit, [])
        for each in outcome.trace
    ]  # fmt: skip
    changes = difference(computed)
    names = names_of(
        computed.contract, [line.to for line in outcome.lines] + [row["to"] for row in changes]
    )
    return {
        "outcome": outcome,
        "lines": [
            (labels[line.clause], names.get(line.to, line.to), line.amount)
            for line in outcome.lines
        ],
        "late": len(computed.late),
        "facts": len(computed.facts),
        "before": computed.before,
        "changes": [
            {
                **row,
                "label": labels.get(row["clause"], row["clause"]),
                "to": names.get(row["to"], row["to"]),
            }
            for row in changes
        ],
        "chart": waterfall(outcome.income, outcome.kept, steps, outcome.unit, "")
        if outcome.income > 0
        else None,
    }


PROPOSING = [
    path("contrats/<slug:slug>/repartitions/nouvelle/", try_out, name="distribution_try"),
]
