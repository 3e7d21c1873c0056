"""What the pages of attribution have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.lib.attribution import ITSELF, Rule, concerns
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.views.books import actor_of


@dataclass(slots=True)
class Desk:
    """Who attributes, and what they answer for.

    Attributes:
        by: Who.
        chamber: Whose rules.
        mine: The structures that they answer for.
        whole: Whether that is every structure with a book.
        resources: Name by slug.
    """

    by: Actor
    chamber: Agent
    mine: list[Agent]
    whole: bool
    resources: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def sees(self, rule: Rule) -> bool:
        """Whether a rule may take lines of one of their structures."""
        return self.whole or any(concerns(rule, each.slug) for each in self.mine)

    def answers(self, rule: Rule) -> bool:
        """Whether a rule takes lines of their structures only."""
        mine = {each.slug for each in self.mine}
        return self.whole or (bool(rule.structure) and set(rule.structure) <= mine)

    def shares(self, shares: Mapping[str, Any]) -> str:
        """Shares as people read them: names, and weights when there are several."""
        named = [
            (
                _("the structure itself") if slug == ITSELF else self.resources.get(slug, slug),
                weight,
            )
            for slug, weight in sorted(shares.items(), key=lambda item: (item[0] == ITSELF, item))
        ]
        if len(named) == 1:
            return str(named[0][0])
        return ", ".join(f"{name} {weight}" for name, weight in named)

    def conditions(self, rule: Rule) -> list[tuple[str, str]]:
        """What a rule asks of a line, as pairs of a word and its values."""
        structures = ", ".join(self.names.get(slug, slug) for slug in rule.structure)
        days = " – ".join(
            each.strftime("%d/%m/%Y") if each else "…" for each in (rule.since, rule.until)
        )
        listed = [
            (_("Structure"), structures),
            (_("Account"), ", ".join(rule.account)),
            (_("Third party"), ", ".join(rule.auxiliary)),
            (_("Journal"), ", ".join(rule.journal)),
            (_("Label"), rule.label),
            (_("Piece"), ", ".join(rule.piece)),
            (_("Days"), days if rule.since or rule.until else ""),
        ]
        return [(word, value) for word, value in listed if value]


def desk_of(request: HttpRequest) -> Desk:
    """Who asks, if they may attribute anything at all.

    Raises:
        Forbidden: They answer for no structure.
    """
    by = actor_of(request)
    authorize(by, "lens.change_rules")
    chamber = registry.home_chamber()
    everyone = list(queries.structures_with_books(chamber))
    mine = [each for each in everyone if by.may("lens.attribute_line", each)]
    resources = dict(Resource.objects.order_by("name").values_list("slug", "name"))
    names = {each.slug: each.name for each in everyone}
    return Desk(by, chamber, mine, len(mine) == len(everyone), resources, names)


def coverage_rows(cells: Mapping[Any, Sequence[int]]) -> list[dict[str, Any]]:
    """Lines and amounts taken, with whole percents, by whatever the key is."""
    rows = []
    for key, (lines, taken, size, held) in sorted(cells.items()):
        rows.append(
            {
                "key": key,
                "lines": lines,
                "taken": taken,
                "left": lines - taken,
                "size": size,
                "held": held,
                "open": size - held,
                "percent_lines": 100 * taken // lines if lines else 0,
                "percent": 100 * held // size if size else 0,
            }
        )
    return rows


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The total of coverage rows; none without rows."""
    if not rows:
        return None
    total = {"t": [sum(row[part] for row in rows) for part in ("lines", "taken", "size", "held")]}
    return coverage_rows(total)[0]


def survey_of(desk: Desk, working: services.Working | None = None) -> services.Survey | None:
    """The figures of the rules in force; none when they are counted in the background first."""
    try:
        return services.count_survey(
            chamber=desk.chamber,
            by=desk.by,
            structures=desk.mine,
            version=working.latest if working else None,
        )
    except services.NotCounted:
        return None
