"""Communities: opened with first rules, joined; bounds of members kept as the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.mutualcredit import bounds_of
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Decision, Membership, Rules
from chambre.rooms.credit.queries.communities import (
    bounds_rule,
    community_in,
    members_of,
    received_by,
    rules_of,
)
from chambre.rooms.credit.queries.errors import NotMember
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

LARGEST = 99_999_999_999
SYSTEM = Actor.system("credit")


@dataclass(frozen=True, slots=True)
class RulesIn:
    """Rules as somebody proposes them; amounts in hundredths of a unit, or minutes.

    Attributes:
        floor: How far below zero everybody may go.
        ceiling: How much everybody may hold; None: no ceiling.
        mode: ``block`` or ``warn``.
        growth_percent: Hundredths of the monthly average received in twelve months.
        growth_most: Most by which both bounds grow.
        rate: Demurrage a month, in hundredths of a percent.
        exempt: What is kept without demurrage.
        fund_share: For the guarantee fund, of what others pay one in a month, in hundredths of a percent.
        fund_flat: For the guarantee fund, from everybody each month.
        fund_cover: Percent that the guarantee fund pays of a debt that members agree is lost.
        fund_most: Not more than this for one who leaves; None: no such bound.
        ways: Ways of leaving that are open, of :class:`Rules.Way`.
        hands: How many members must agree to a decision.
        days: Within how many days.
    """

    floor: int
    ceiling: int | None = None
    mode: str = Rules.Mode.BLOCK
    growth_percent: int = 0
    growth_most: int = 0
    rate: int = 0
    exempt: int = 0
    fund_share: int = 0
    fund_flat: int = 0
    fund_cover: int = 0
    fund_most: int | None = None
    ways: list[str] = field(default_factory=lambda: [Rules.Way.SPEND.value])
    hands: int = 3
    days: int = 14


def check_rules(rules: RulesIn) -> None:
    """Whether rules make sense.

    Raises:
        Invalid: ``fields`` says which do not.
    """
    fields: dict[str, list[str]] = {}
    amounts = ("floor", "ceiling", "growth_most", "exempt", "fund_flat", "fund_most")
    bounds = {
        "growth_percent": (0, 1_000), "rate": (0, 10_000), "fund_share": (0, 10_000),
        "fund_cover": (0, 100), "hands": (1, 99), "days": (1, 365),
    }  # fmt: skip
    for name, (least, most) in [*((name, (0, LARGEST)) for name in amounts), *bounds.items()]:
        value = getattr(rules, name)
        if value is not None and not least <= value <= most:
            fields[name] = [_("From %(least)d to %(most)d.") % {"least": least, "most": most}]
    if rules.mode not in Rules.Mode.values:
        fields["mode"] = [_("There is no such choice.")]
    if not rules.ways or not set(rules.ways) <= set(Rules.Way.values):
        fields["ways"] = [_("Say at least one way of leaving.")]
    if fields:
        raise Invalid(fields=fields)


@transaction.atomic
def open_community(*, chamber: Agent, unit: str, rules: RulesIn, by: Actor) -> Community:
    """Begin mutual credit in a chamber, with its first rules; the community that is there, if there is one.

    Later only its members change the rules, by a decision.

    Args:
        chamber: Whose.
        unit: ``CRD``, or ``HUR`` for hours in minutes.
        rules: The first rules.
        by: The chamber's administrator or treasurer.

    Raises:
        Forbidden: ``by`` does not look after the chamber's credit.
        Invalid: It is no chamber, no such unit, or the rules do not make sense.
    """
    authorize(by, "credit.manage", chamber)
    if chamber.kind != Agent.Kind.CHAMBER or unit not in ("CRD", "HUR"):
        raise Invalid(fields={"unit": [unit]})
    check_rules(rules)
    common = treasury.open_credit(agent=chamber, unit=unit, by=SYSTEM)
    treasury.mark_busy(account=common, busy=True, by=SYSTEM)
    known = community_in(chamber, unit)
    if known is not None:
        return known
    community: Community = Community.objects.create(
        chamber=chamber, unit=unit, common=common, by=by.label[:254]
    )
    write_rules(community, rules, by)
    audit(by, "credit.community.opened", community, unit=unit)
    return community


def write_rules(
    community: Community, rules: RulesIn, by: Actor, decision: Decision | None = None
) -> Rules:
    """Put rules into force, and the bounds of every member with them; authorized by the caller."""
    last = community.rules.order_by("-number").first()
    row: Rules = Rules.objects.create(
        community=community, number=last.number + 1 if last else 1, decision=decision,
        by=by.label[:254], **{**asdict(rules), "ways": sorted(rules.ways)},
    )  # fmt: skip
    keep_bounds(community)
    return row


@transaction.atomic
def join(
    *, community: Community, agent: Agent, by: Actor, accepts: int | None = None
) -> Membership:
    """Let somebody take part, with an account under the community's rules; their membership, if they do.

    Args:
        community: Which.
        agent: A person or structure of the chamber.
        by: The chamber's administrator or treasurer, or a member of the chamber for themselves.
        accepts: Share of a price that they take in units, 0 to 100; None: as it is.

    Raises:
        Forbidden: ``by`` neither looks after the credit nor is the member.
        Invalid: They belong to another chamber.
    """
    if not (by.may("treasury.spend_units", agent) and by.may("credit.read_group", community)):
        authorize(by, "credit.manage", community)
    if agent.chamber_id != community.chamber_id:
        message = _("%(name)s belongs to another Chamber.") % {"name": agent.name}
        raise Invalid(message, fields={"agent": [message]})
    account = treasury.open_credit(agent=agent, unit=community.unit, by=SYSTEM)
    if accepts is not None:
        treasury.agree_acceptance(account=account, share=accepts, by=SYSTEM)
    row, made = Membership.objects.get_or_create(
        account=account,
        defaults={
            "community": community, "since": registry.today(), "by": by.label[:254],
        },
    )  # fmt: skip
    if row.state == Membership.State.LEFT:
        row.state, row.since = Membership.State.ACTIVE, registry.today()
        row.own_floor = row.own_ceiling = None
        row.save(update_fields=["state", "since", "own_floor", "own_ceiling"])
        made = True
    if made:
        audit(by, "credit.member.joined", row, agent=agent.slug)
        keep_bounds(community, [row])
        row.refresh_from_db()
    return row


def keep_bounds(community: Community, rows: Iterable[Membership] | None = None) -> int:
    """Put the bounds of members where the rules, their use and decisions say; how many changed.

    Who is further than a new bound goes no further. Who leaves keeps the bounds of leaving.
    """
    rules = rules_of(community)
    members = list(members_of(community) if rows is None else rows)
    members = [row for row in members if row.state == Membership.State.ACTIVE]
    received = received_by([row.account_id for row in members])
    changed = 0
    for row in members:
        floor, ceiling = bounds_of(
            bounds_rule(rules), received.get(row.account_id, 0), row.own_floor, row.own_ceiling
        )
        if (floor, ceiling) != (row.floor, row.ceiling):
            row.floor, row.ceiling = floor, ceiling
            row.save(update_fields=["floor", "ceiling"])
            changed += 1
        warns = rules.mode == Rules.Mode.WARN
        bounds = (LARGEST, None) if warns else (floor, ceiling)
        if (row.account.limit, row.account.ceiling) != bounds:
            treasury.agree_bounds(
                account=row.account, limit=bounds[0], ceiling=bounds[1], by=SYSTEM,
                reason=f"rules {rules.number}",
            )  # fmt: skip
    return changed


@transaction.atomic
def keep_all_bounds() -> int:
    """What somebody did for others lets their bounds grow: done by the clock; how many changed."""
    return sum(keep_bounds(row) for row in Community.objects.select_related("chamber"))


def lock_account(account: CreditAccount) -> CreditAccount:
    """Have an account alone and read it anew."""
    rows = CreditAccount.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("agent", "chamber").get(pk=account.pk)


def lock_community(community: Community) -> Community:
    """Have a community's decisions alone until the transaction ends."""
    rows = Community.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("chamber", "common__agent").get(pk=community.pk)


def need_member(account: CreditAccount, states: Iterable[str] = ("active",)) -> Membership:
    """The membership of an account.

    Raises:
        NotMember: There is none in one of these states.
    """
    row = Membership.objects.filter(account=account, state__in=list(states)).first()
    if row is None:
        raise NotMember
    return row
