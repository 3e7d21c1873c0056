"""Which rules and which tariff hold on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from chambre.lib.deposits import Rules
from chambre.rooms.deposit.models import Costs, ItemType, Scheme, Tariff, Terms, UnclaimedDecision
from chambre.rooms.deposit.queries.errors import NoTariff


def terms_on(scheme_id: int, day: dt.date) -> Terms:
    """The rules of a scheme on a day: the highest number whose day has come; else the first."""
    rows = Terms.objects.filter(scheme_id=scheme_id)
    found: Terms = rows.filter(since__lte=day).order_by("-number").first() or rows.earliest(
        "number"
    )
    return found


def rules_of(terms: Terms) -> Rules:
    """Rules as :func:`chambre.lib.deposits.decide` takes them."""
    return Rules(
        damaged_kept=terms.damaged_kept,
        late_after=terms.late_after,
        late_kept=terms.late_kept,
        distance_limit=terms.distance_limit,
        same_place=terms.takes_back == Terms.TakesBack.SAME,
    )


def tariffs_on(types: Iterable[ItemType], day: dt.date) -> dict[int, Tariff]:
    """The tariff of each type on a day: its own newest one, or the scheme's; by id of the type."""
    listed = list(types)
    rows = Tariff.objects.filter(
        scheme__in={each.scheme_id for each in listed}, since__lte=day
    ).order_by("since", "id")
    own: dict[int | None, Tariff] = {}
    general: dict[int, Tariff] = {}
    for row in rows:
        if row.type_id is None:
            general[row.scheme_id] = row
        else:
            own[row.type_id] = row
    found = {each.pk: own.get(each.pk) or general.get(each.scheme_id) for each in listed}
    return {pk: row for pk, row in found.items() if row is not None}


def costs_on(scheme: Scheme, types: Iterable[ItemType], day: dt.date) -> dict[int, Costs]:
    """What a rotation of each type costs on a day: its own newest figures, or the scheme's; by id."""
    found: dict[int | None, Costs] = {}
    for row in Costs.objects.filter(scheme=scheme, since__lte=day).order_by("since", "id"):
        found[row.type_id] = row
    rows = {each.pk: found.get(each.pk) or found.get(None) for each in types}
    return {pk: row for pk, row in rows.items() if row is not None}


def tariff_on(type_: ItemType, day: dt.date) -> Tariff:
    """The tariff of a type on a day.

    Raises:
        NoTariff: None is decided yet.
    """
    found = tariffs_on([type_], day).get(type_.pk)
    if found is None:
        raise NoTariff
    return found


def unclaimed_on(scheme: Scheme, day: dt.date) -> UnclaimedDecision | None:
    """What was decided about deposits that nobody claims; None: nothing, so nothing happens."""
    rows = UnclaimedDecision.objects.filter(scheme=scheme, since__lte=day)
    found: UnclaimedDecision | None = rows.order_by("-since", "-id").first()
    return found
