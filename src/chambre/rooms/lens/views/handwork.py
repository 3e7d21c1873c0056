"""A person's word on chosen lines, above every rule; and the history of one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.ledger.models import Line
from chambre.lib.attribution import ITSELF, split_amount
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.forms.attribution import HandForm, LinesForm
from chambre.rooms.lens.queries.attributing import Spotted
from chambre.rooms.lens.views.attributing import Desk, desk_of

PER_PAGE = 30
LOOKED = 20_000
"""Lines that are read for one page at most; a link goes on from there."""


@dataclass(slots=True)
class Found:
    """Lines of a page.

    Attributes:
        lines: The lines and what decides about each.
        below: Where the next page goes on; none at the end.
        short: The page ended because enough lines were read, not because it was full.
    """

    lines: list[tuple[Spotted, int | None]]
    below: int | None = None
    short: bool = False


def _fits(decider: services.Decider, place: int | None, state: str, rule: str) -> bool:
    """Whether what decides about a line is what was asked for."""
    if rule and decider.name(place) != rule:
        return False
    if state == "left":
        return place is None
    if state == "taken":
        return place is not None
    return state != "hand" or place == services.HAND


def _matching(
    desk: Desk, form: LinesForm, decider: services.Decider, below: int | None
) -> Iterator[tuple[Spotted, int | None, bool]]:
    """Every line that the filter lets through, with what decides and whether it is asked for."""
    wanted = form.wanted()
    state = form.cleaned_data.get("state") or "" if form.is_bound else ""
    rule = form.cleaned_data.get("rule") or "" if form.is_bound else ""
    for line in queries.attributing.filtered_lines(desk.mine, wanted, below=below):
        place = decider.place(line)
        yield line, place, _fits(decider, place, state, rule)


def _find(desk: Desk, form: LinesForm, decider: services.Decider, below: int | None) -> Found:
    """The lines of one page."""
    found = Found([])
    for looked, (line, place, fits) in enumerate(_matching(desk, form, decider, below)):
        if len(found.lines) == PER_PAGE or looked == LOOKED:
            found.below = line.id + 1
            found.short = looked == LOOKED
            break
        if fits:
            found.lines.append((line, place))
    return found


def _rows(desk: Desk, found: Found, decider: services.Decider) -> list[dict[str, Any]]:
    """Lines as they are shown."""
    held = queries.attributing.held_shares([line.id for line, _place in found.lines])
    rows = []
    for line, place in found.lines:
        shares = decider.shares(line, place)
        rows.append(
            {
                "line": line,
                "structure": desk.names.get(line.structure, line.structure),
                "rule": decider.name(place),
                "hand": place == services.HAND,
                "shares": desk.shares(shares) if shares else "",
                "waits": _parts(line, shares) != _held(held.get(line.id, {})),
            }
        )
    return rows


def _parts(line: Spotted, shares: dict[str, int]) -> dict[str, int]:
    """What resources get of a line."""
    parts = split_amount(line.amount, shares) if shares else {}
    return {slug: part for slug, part in parts.items() if slug != ITSELF and part}


def _held(held: dict[str | None, int]) -> dict[str, int]:
    """What resources have of a line in the ledger."""
    return {slug: part for slug, part in held.items() if slug is not None and part}


@require_http_methods(["GET", "POST"])
def lines(request: HttpRequest) -> HttpResponseBase:
    """Lines to choose from; what is said about the chosen ones stays above every rule."""
    desk = desk_of(request)
    version = services.current_version(desk.chamber)
    decider = services.deciding_now(version, desk.mine)
    names = [rule.name for rule in decider.rules if desk.sees(rule)]
    form = LinesForm(request.GET or None, structures=desk.mine, rules=names)
    asked = request.method == "POST"
    hand = HandForm(request.POST if asked else None, resources=desk.resources)
    chosen = [
        int(each) for each in request.POST.getlist("line") if each.isascii() and each.isdigit()
    ]
    if request.method == "POST" and "more" not in request.POST:
        chosen = _all(desk, form, decider) if "all" in request.POST else chosen
        if not chosen:
            hand.add_error(None, _("Choose at least one line."))
        if hand.is_valid() and _said(request, desk, hand, chosen):
            return redirect(f"{request.path}?{request.GET.urlencode()}")
    elif "more" in request.POST:
        hand.errors.clear()
    typed = request.GET.get("below", "")
    below = int(typed) if typed.isascii() and typed.isdigit() else None
    found = _find(desk, form, decider, below)
    context = {
        "tab": "hand",
        "desk": desk,
        "form": form,
        "hand": hand,
        "found": found,
        "rows": _rows(desk, found, decider),
        "chosen": set(chosen),
        "query": request.GET.urlencode(),
        "most": services.MOST_BY_HAND,
    }
    status = 422 if request.method == "POST" and "more" not in request.POST else 200
    return render(request, "lens/attribution/lines.html", context, status=status)


def _all(desk: Desk, form: LinesForm, decider: services.Decider) -> list[int]:
    """Every line that was asked for; one more than may be attributed at once tells too many."""
    ids: list[int] = []
    for line, _place, fits in _matching(desk, form, decider, None):
        if fits:
            ids.append(line.id)
            if len(ids) > services.MOST_BY_HAND:
                break
    return ids


def _said(request: HttpRequest, desk: Desk, hand: HandForm, chosen: list[int]) -> bool:
    """Record the word; whether that worked."""
    shares = {} if "back" in request.POST else hand.cleaned_data["shares"]
    try:
        changed = services.attribute_by_hand(
            lines=chosen, shares=shares, by=desk.by, reason=hand.cleaned_data["reason"]
        )
    except ChambreError as error:
        hand.add_error(None, str(error.message))
        return False
    services.after_import(by=desk.by)
    text = ngettext(
        "%(n)d line was changed, of %(all)d chosen.",
        "%(n)d lines were changed, of %(all)d chosen.",
        changed,
    )
    messages.success(request, text % {"n": changed, "all": len(chosen)})
    return True


@require_safe
def line(request: HttpRequest, line: int) -> HttpResponse:
    """One line: what holds for it, who said what about it, and what the ledger recorded."""
    desk = desk_of(request)
    rows = Line.objects.filter(source_line__isnull=True, account__is_link=False)
    row = get_object_or_404(
        rows.select_related("book__structure__book", "account", "auxiliary", "entry__journal"),
        pk=line,
    )
    structure = row.book.structure
    authorize(desk.by, "lens.attribute_line", structure)
    decider = services.deciding_now(services.current_version(desk.chamber), [structure])
    spotted = queries.attributing.line_with_codes(structure, line)
    place = None if spotted is None else decider.place(spotted)
    shares = {} if spotted is None else decider.shares(spotted, place)
    words, moves = queries.attributing.history_of(line)
    context = {
        "tab": "hand",
        "desk": desk,
        "row": row,
        "stands": spotted is not None,
        "hand": place == services.HAND,
        "rule": decider.name(place),
        "shares": desk.shares(shares) if shares else "",
        "words": [{"word": each, "shares": desk.shares(each.shares)} for each in words],
        "moves": moves,
    }
    return render(request, "lens/attribution/line.html", context)
