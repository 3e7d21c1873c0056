"""What everybody may see: the figures that structures disclose on a resource's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Max, Q
from django.utils.translation import get_language

from chambre.ledger import api as ledger
from chambre.lib import accounting
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens.models import Disclosure


def disclosing(resource: Resource) -> dict[str, tuple[Agent, str]]:
    """The structures of whose figures something is public on a resource's page, and what.

    Returns:
        Structure and level (totals by class or by account) by the structure's slug; with its book,
        and its last financial year in ``last_start`` and ``last_end``.
    """
    rows = (
        Disclosure.objects.filter(
            Q(resource=resource) | Q(resource__isnull=True), structure__book__years__isnull=False
        )
        .select_related("structure__book")
        .annotate(
            last_start=Max("structure__book__years__start"),
            last_end=Max("structure__book__years__end"),
        )
        .order_by(F("resource").asc(nulls_first=True), "id")
    )
    held: dict[str, tuple[Agent, str]] = {}
    for row in rows:  # what was decided for this resource holds above what was for all
        structure: Any = row.structure
        structure.last_start, structure.last_end = row.last_start, row.last_end
        held[structure.slug] = (structure, row.level)
    return {slug: each for slug, each in held.items() if each[1] != Disclosure.Level.NONE}


def public_figures(resource: Resource) -> list[dict[str, Any]]:
    """What the structures of a resource let everybody see of its accounts, last year.

    Totals by class or by account, as each structure decides; never lines, never third parties.
    """
    held = disclosing(resource)
    periods: dict[tuple[dt.date, dt.date], list[Any]] = {}
    for each, _level in held.values():
        found: Any = each
        periods.setdefault((found.last_start, found.last_end), []).append(each)
    figures = []
    for (first, last), structures in periods.items():
        read = ledger.statement(
            by="structure", first=first, last=last, resources=[resource], structures=structures
        )
        for group in read.groups:
            structure, level = held[str(group.key)]
            if rows := _rows(group, structure, level, first):
                figures.append({"structure": structure, "first": first, "last": last, "rows": rows})
    return sorted(figures, key=lambda each: each["structure"].name)


def _rows(
    group: ledger.StatementGroup, structure: Agent, level: str, day: dt.date
) -> list[tuple[str, str, int]]:
    """Account or class, label, and balance (or movement of the year); zeros left out."""
    sums: dict[str, int] = {}
    for each in group.figures.listed():
        if accounting.is_link(each.account):
            continue
        code = each.account if level == Disclosure.Level.ACCOUNT else each.account[:2]
        amount = each.debit - each.credit if each.account[:1] in "678" else each.closing
        sums[code] = sums.get(code, 0) + amount
    labels = accounting.chart(structure.book.chart, day)
    language: Any = "en" if (get_language() or "fr").startswith("en") else "fr"
    return [
        (code, labels.label(code, language), amount)
        for code, amount in sorted(sums.items())
        if amount
    ]
