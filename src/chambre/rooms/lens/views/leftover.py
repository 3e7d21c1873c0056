"""What no rule and no person took: how much, where; and suggestions what to do with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError, NotFound
from chambre.rooms.lens import services
from chambre.rooms.lens.views.attributing import (
    Desk,
    coverage_rows,
    desk_of,
    summed,
    survey_of,
)

GROUPS = 40
ACCOUNTS = 60


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Coverage by class, structure and account; the unattributed in groups, largest first."""
    desk = desk_of(request)
    survey = survey_of(desk)
    context: dict[str, Any] = {"tab": "left", "desk": desk, "survey": survey}
    if survey is not None:
        classes = coverage_rows(survey.report.coverage)
        by_structure: dict[str, list[int]] = {}
        by_account: dict[str, list[int]] = {}
        for (structure, account), cell in survey.accounts.items():
            for key, sums in ((structure, by_structure), (account, by_account)):
                known = sums.setdefault(key, [0, 0, 0, 0])
                sums[key] = [have + more for have, more in zip(known, cell, strict=True)]
        accounts = [row for row in coverage_rows(by_account) if row["left"]]
        accounts.sort(key=lambda row: (-row["open"], row["key"]))
        groups = sorted(survey.left.values(), key=lambda each: (-each.size, each.key))
        page = Paginator(groups, GROUPS).get_page(request.GET.get("page"))
        context |= {
            "classes": classes,
            "total": summed(classes),
            "structures": [
                {**row, "name": desk.names.get(row["key"], row["key"])}
                for row in coverage_rows(by_structure)
            ],
            "accounts": accounts[:ACCOUNTS],
            "more_accounts": max(0, len(accounts) - ACCOUNTS),
            "page": page,
            "smaller": survey.left_count - len(survey.left),
            "groups": [
                {"group": each, "structure": desk.names.get(each.structure, each.structure)}
                for each in page
            ],
        }
    return render(request, "lens/attribution/left.html", context)


@require_http_methods(["GET", "POST"])
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """What could be done with the unattributed; a person accepts or refuses each."""
    desk = desk_of(request)
    if request.method == "POST":
        return _answer(request, desk)
    context: dict[str, Any] = {"tab": "suggestions", "desk": desk}
    try:
        found = services.suggestions(chamber=desk.chamber, by=desk.by, structures=desk.mine)
    except services.NotCounted:
        context["uncounted"] = True
    else:
        context["stale"] = found.stale
        page = Paginator(found.proposals, 20).get_page(request.GET.get("page"))
        context["page"] = page
        context["rows"] = [
            {
                "proposal": each,
                "structure": desk.names.get(each.group.structure, each.group.structure),
                "shares": desk.shares(dict(each.suggestion.shares)),
                "reasons": [
                    {"reason": reason, "structure": desk.names.get(reason.known.structure, "")}
                    for reason in each.suggestion.reasons
                ],
            }
            for each in page
        ]
    return render(request, "lens/attribution/suggestions.html", context)


def _shares(typed: list[str]) -> dict[str, int]:
    """``slug=weight`` of each hidden field; what is not so makes no share."""
    pairs = [each.rpartition("=") for each in typed]
    return {
        slug: int(weight) for slug, _sign, weight in pairs if weight.isascii() and weight.isdigit()
    }


def _answer(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Keep the answer and do what follows from it."""
    sent = request.POST
    structure = next((each for each in desk.mine if each.slug == sent.get("structure")), None)
    choice = sent.get("answer", "")
    if structure is None or choice not in {"hand", "rule", "no"}:
        raise NotFound
    try:
        answer = services.answer_suggestion(
            structure=structure,
            group=sent.get("group", ""),
            account=sent.get("account", ""),
            third=sent.get("third", ""),
            shares=_shares(sent.getlist("share")),
            accepted=choice != "no",
            as_rule=choice == "rule",
            by=desk.by,
        )
    except ChambreError as error:
        messages.error(request, str(error.message))
        return redirect("lens:suggestions")
    if answer.rule:
        messages.success(request, _("A rule was written into your changes. Look at what it takes."))
        return redirect("lens:rule_edit", place=answer.place)
    if answer.record.accepted:
        services.after_import(by=desk.by)
        text = ngettext(
            "%(n)d line was attributed.", "%(n)d lines were attributed.", answer.changed
        )
        messages.success(request, text % {"n": answer.changed})
    else:
        messages.success(request, _("Refused; this suggestion does not come back."))
    return redirect("lens:suggestions")
