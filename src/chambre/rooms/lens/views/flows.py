"""Where money comes from, through whom it goes, and what it is spent on: drawn as flows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.ui import figures
from chambre.lib.charts import ChartPair, Sankey, SankeyLink, SankeyNode, draw_pair
from chambre.rooms.lens.queries.disclosed import PublicAccounts
from chambre.rooms.lens.views.wording import class_words

LONGEST = 9
"""Most sources, and most uses, that are drawn one by one."""


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount between somebody or something and what is in the middle.

    Attributes:
        middle: Names the structure or resource that it goes through.
        side: What it comes from or goes to, as people read it.
        net: In cents; positive: received, negative: spent.
        href: Where the figure can be opened; empty for nowhere.
    """

    middle: str
    side: str
    net: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a drawing says of itself."""

    title: str
    description: str
    through: str


def draw_flows(
    flows: Iterable[Flow],
    *,
    middles: dict[str, tuple[str, str]],
    words: Words,
    prefix: str,
) -> ChartPair | None:
    """Draw amounts through what is in the middle; what is left over or missing is drawn too.

    Args:
        flows: The amounts; those of the same middle, side and direction are added up.
        middles: Name and address of each middle.
        words: What the drawing says of itself.
        prefix: Begins every id in the drawing.

    Returns:
        The drawing; none when nothing flows.
    """
    incoming, outgoing = _added_up(flows)
    if not incoming and not outgoing:
        return None
    used = dict.fromkeys(middle for middle, _side in [*incoming, *outgoing])
    nodes = [
        SankeyNode(f"m:{key}", middles[key][0], layer=1, href=middles[key][1], keep=True)
        for key in used
    ]
    links: list[SankeyLink] = []
    for (middle, side), (amount, href) in incoming.items():
        links.append(SankeyLink(f"i:{side}", f"m:{middle}", amount, href))
    for (middle, side), (amount, href) in outgoing.items():
        links.append(SankeyLink(f"m:{middle}", f"o:{side}", amount, href))
    nodes += _sides("i", [side for _middle, side in incoming], 0)
    nodes += _sides("o", [side for _middle, side in outgoing], 2)
    nodes += _balance(used, incoming, outgoing, links)
    return draw_pair(
        Sankey(
            title=words.title,
            description=words.description,
            empty=_("Nothing was received or spent in this period."),
            header=(_("From"), _("To"), _("Amount")),
            nodes=nodes,
            links=links,
            format=figures.money,
            format_short=_short,
            others=_("{count} others"),
            limit=LONGEST,
            columns=(_("From whom"), words.through, _("To what")),
        ),
        prefix=prefix,
    )


Sides = dict[tuple[str, str], tuple[int, str]]


def _added_up(flows: Iterable[Flow]) -> tuple[Sides, Sides]:
    """Amounts received and spent, by middle and side."""
    sums: dict[tuple[str, str, bool], tuple[int, str]] = {}
    for flow in flows:
        key = (flow.middle, flow.side, flow.net > 0)
        amount, href = sums.get(key, (0, flow.href))
        sums[key] = (amount + abs(flow.net), href if href == flow.href else "")
    incoming: Sides = {}
    outgoing: Sides = {}
    for (middle, side, received), (amount, href) in sums.items():
        if amount:
            (incoming if received else outgoing)[middle, side] = (amount, href)
    return incoming, outgoing


def _sides(kind: str, names: Iterable[str], layer: int) -> list[SankeyNode]:
    return [SankeyNode(f"{kind}:{name}", name, layer=layer) for name in dict.fromkeys(names)]


def _balance(
    used: Iterable[str], incoming: Sides, outgoing: Sides, links: list[SankeyLink]
) -> list[SankeyNode]:
    """What each middle has left over, or was missing; adds the links to it."""
    left = missing = False
    for middle in used:
        net = sum(amount for (key, _side), (amount, _h) in incoming.items() if key == middle)
        net -= sum(amount for (key, _side), (amount, _h) in outgoing.items() if key == middle)
        if net > 0:
            links.append(SankeyLink(f"m:{middle}", "left", net))
            left = True
        elif net < 0:
            links.append(SankeyLink("missing", f"m:{middle}", -net))
            missing = True
    nodes = []
    if left:
        nodes.append(SankeyNode("left", _("left over"), layer=2, keep=True))
    if missing:
        nodes.append(SankeyNode("missing", _("missing: more was spent"), layer=0, keep=True))
    return nodes


def _short(amount: int) -> str:
    """Whole units of the currency, where the full amount does not fit."""
    return figures.integer((amount + 50) // 100) + figures.NBSP + "€"


def public_flow(found: PublicAccounts) -> ChartPair | None:
    """The flows that everybody may see of a resource, through the structures that disclose."""
    flows = [
        Flow(
            middle=part.structure.slug,
            side=row.label or class_words(row.code),
            net=-row.net,
        )
        for part in found.parts
        for row in part.rows
        if row.code[:1] in "67"
    ]
    middles = {part.structure.slug: (part.structure.name, "") for part in found.parts}
    count = len(found.parts)
    return draw_flows(
        flows,
        middles=middles,
        words=Words(
            title=_("From whom, through which structures, to what"),
            description=ngettext(
                "Income on the left, expenses on the right, as %(n)d structure discloses them.",
                "Income on the left, expenses on the right, as %(n)d structures disclose them.",
                count,
            )
            % {"n": count},
            through=_("Through whom"),
        ),
        prefix="public-flow",
    )
