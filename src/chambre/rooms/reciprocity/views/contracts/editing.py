"""Writing a contract: the form for those who write no TOML, and its words for those who do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.lib import reciprocity
from chambre.rooms.reciprocity.forms.clauses import BLOCKS
from chambre.rooms.reciprocity.forms.filling import MOST_ROWS, Typed, filled, typed_of
from chambre.rooms.reciprocity.forms.prefilling import typed_from
from chambre.rooms.reciprocity.forms.shown import placed, shown_form
from chambre.rooms.reciprocity.models import Contract
from chambre.rooms.reciprocity.queries.contracts import BINDING
from chambre.rooms.reciprocity.queries.errors import ContractRefused, NotNow
from chambre.rooms.reciprocity.services import contracts as drafting
from chambre.rooms.reciprocity.services import standing
from chambre.rooms.reciprocity.views.contracts.acting import proposal_form, show_proposal
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
    posted,
    said_by,
)

KEPT = ("format", "slug", "source", "lineage")
"""Words that the form has no cells for: they stay as they are."""


def _draft(request: HttpRequest, slug: str) -> Contract:
    contract = contract_for(request, slug, "reciprocity.change_contract")
    if contract.state != Contract.State.DRAFT:
        raise NotNow(
            _("Only a draft is changed like this. Take it back first, or propose a change.")
        )
    return contract


def _writable(request: HttpRequest, slug: str) -> Contract:
    """A draft for who works on it; a contract that binds for who may propose other words."""
    contract = contract_for(request, slug)
    if contract.state in BINDING and standing.may_watch(actor_of(request), contract):
        return contract
    return _draft(request, slug)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The form. Each button sends what was typed and gets it back; only saving keeps it.

    The words of a contract that binds are not kept: they go on to the page that proposes them.
    """
    contract = _writable(request, slug)
    data = reciprocity.as_data(said_by(contract))
    if request.method != "POST":
        return _shown(request, contract, typed_from(data), {}, 200)
    typed = typed_of(request.POST)
    act = posted(request, "act", 40)
    if act != "save":
        moved = _act(typed, act)
        return _shown(request, contract, typed, {}, 200, moved=moved)
    found = filled(typed, {word: data[word] for word in KEPT if word in data})
    errors: dict[str, list[str]] = {name: list(texts) for name, texts in found.errors.items()}
    said = None
    try:
        said = reciprocity.read_data(found.data)
    except reciprocity.ContractError as error:
        for name, texts in placed(error, found, language()).items():
            errors.setdefault(name, []).extend(texts if name not in found.errors else [])
    errors = {name: texts for name, texts in errors.items() if texts}
    if errors or said is None:
        return _shown(request, contract, typed, errors, 422)
    if contract.state in BINDING:
        form = proposal_form(contract, reciprocity.write(said), posted(request, "remark", 500))
        return show_proposal(request, contract, form)
    return _save(request, contract, typed, reciprocity.write(said))


def _save(request: HttpRequest, contract: Contract, typed: Typed, text: str) -> HttpResponse:
    try:
        drafting.save_version(
            contract=contract, text=text, by=actor_of(request), note=posted(request, "remark", 500)
        )
    except ChambreError as refusal:
        texts = [each for texts in refusal.data.get("fields", {}).values() for each in texts]
        errors = {"": texts or [str(refusal.message)]}
        return _shown(request, contract, typed, errors, refusal.status)
    messages.success(request, _("Kept. Read what it says now."))
    address = reverse("reciprocity:contract", args=[contract.slug])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _act(typed: Typed, act: str) -> str:
    """Add, move or remove a row of what was typed; the name of the row to look at next."""
    verb, _colon, rest = act.partition(":")
    name, _colon, place = rest.partition(":")
    block = next((each for each in BLOCKS if each.many and each.name == name), None)
    if block is None:
        return ""
    rows = typed[name]
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(
            {cell.name: [] if cell.kind == "rows" else cell.default for cell in block.cells}
        )
        return f"{name}-{len(rows) - 1}"
    if not place.isdigit() or int(place) >= len(rows):
        return ""
    at = int(place)
    if verb == "remove":
        del rows[at]
        return f"{name}-{max(0, at - 1)}"
    to = at - 1 if verb == "up" else at + 1
    if verb in ("up", "down") and 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        return f"{name}-{to}"
    return f"{name}-{at}"


def _shown(
    request: HttpRequest, contract: Contract, typed: Typed, errors: dict[str, list[str]], status: int,
    moved: str = "",
) -> HttpResponse:  # fmt: skip
    blocks = shown_form(typed, errors, language())
    for part in blocks:
        for row in part.rows:
            row.moved = moved == f"{part.block.name}-{row.number}"
    context = frame(
        request, contract, _("Write"), blocks=blocks,
        general=errors.get("", []), wrong=sum(map(len, errors.values())), moved=moved,
        remark=posted(request, "remark", 500), drafting=contract.state == Contract.State.DRAFT,
    )  # fmt: skip
    template = "reciprocity/contracts/write.html"
    if request.headers.get("HX-Request"):
        template += "#form"
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def write_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The words themselves; mistakes are told with line and column, and what was typed stays."""
    contract = _draft(request, slug)
    text = contract.current.text
    problems: list[dict[str, Any]] = []
    status = 200
    if request.method == "POST":
        status = 422
        text = request.POST.get("text", "")[:500_000].replace("\0", "").replace("\r\n", "\n")
        try:
            drafting.save_version(
                contract=contract, text=text, by=actor_of(request),
                note=posted(request, "remark", 500),
            )  # fmt: skip
        except ContractRefused as refusal:
            problems = refusal.data["problems"]
        except ChambreError as refusal:
            problems = [{"line": 0, "path": "", "message": str(refusal.message)}]
        else:
            messages.success(request, _("Kept. Read what it says now."))
            return redirect("reciprocity:contract", slug)
    context = frame(
        request, contract, _("Write"), text=text, problems=problems,
        remark=posted(request, "remark", 500),
    )  # fmt: skip
    return render(request, "reciprocity/contracts/write_text.html", context, status=status)


EDITING = [
    path("contrats/<slug:slug>/ecrire/", write, name="contract_write"),
    path("contrats/<slug:slug>/ecrire/toml/", write_text, name="contract_write_text"),
]
