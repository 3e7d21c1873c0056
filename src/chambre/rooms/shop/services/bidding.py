"""Bidding rounds: members pledge a price, the round is reached or misses, people close it.

Who pledges nothing counts with what they signed. A round is held before the first orders of the season are
made; then the prices and the instalments of the subscriptions follow.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib.shopping.solidarity import (
    Pledge,
    Proposal,
    Round,
    SolidarityRefusal,
    close_by_headroom,
    close_equally,
    count_round,
)
from chambre.rooms.shop.models import (
    BasketOrder,
    BasketPlan,
    BasketPledge,
    BiddingRound,
    Subscription,
)
from chambre.rooms.shop.queries.errors import Ruled
from chambre.rooms.shop.queries.seasons import (
    cost_of,
    planned_of,
    subscriptions_of,
)
from chambre.rooms.shop.services import seasonmoney
from chambre.rooms.shop.services.recording import lock_subscription, noted

Outcome = BiddingRound.Outcome


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a round.

    Attributes:
        subscription: Theirs.
        baskets: How many they get.
        besides: Cents of their complements.
        price: Cents of a basket that they pledged, or signed.
        most: Cents of a basket that they could give.
        pledged: Whether they pledged.
    """

    subscription: Subscription
    baskets: int
    besides: int
    price: int
    most: int
    pledged: bool

    def pledge(self) -> Pledge:
        """The same for the whole season, as the rules see it."""
        return Pledge(
            str(self.subscription.pk), self.baskets * self.price + self.besides, 0,
            self.baskets * self.most + self.besides,
        )  # fmt: skip

    def price_for(self, amount: int) -> int:
        """Cents of a basket so that the season brings at least so many cents, never above their most."""
        return min(self.most, -(-(amount - self.besides) // self.baskets))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands: who offers what, what is missing, how it could be closed."""

    members: tuple[Member, ...]
    count: Round
    equally: Proposal
    headroom: Proposal


@transaction.atomic
def open_round(
    *, plan: BasketPlan, target: int, by: Actor, least_percent: int = 70, most_percent: int = 200
) -> BiddingRound:
    """Ask the members of a season what they can pay; the one that is open already.

    Args:
        plan: Which season.
        target: Cents that all subscriptions together must bring.
        by: Who asks.
        least_percent: Lowest price, in percent of the usual one.
        most_percent: Highest price.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: A target or bounds that make no sense.
        Conflict: Orders of the season were made already.
    """
    authorize(by, "shop.manage", plan)
    plan = BasketPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if known := plan.rounds.filter(closed_at__isnull=True).first():
        return known
    if target < 1 or not 0 < least_percent <= 100 <= most_percent <= 1_000:
        message = _("A target above zero, bounds around a hundred percent.")
        raise Invalid(message, fields={"target": [message]})
    _before_orders(plan)
    row = BiddingRound.objects.create(
        plan=plan, target=target, least_percent=least_percent, most_percent=most_percent
    )
    audit(by, "shop.bidding.opened", row, target=target)
    return row


@transaction.atomic
def pledge(
    *, subscription: Subscription, price: int, by: Actor, most: int | None = None
) -> BasketPledge:
    """Say what one offers for each basket, as often as one likes until the round is closed.

    Args:
        subscription: Whose; who has its address may pledge.
        price: Cents of a basket.
        by: Who says it.
        most: Cents of a basket that one could still give if asked; absent: no more.

    Raises:
        Conflict: No round is open.
        Ruled: Below the lowest price, or above the highest.
    """
    subscription = lock_subscription(subscription)
    rows = BiddingRound.objects.select_for_update(of=("self",))
    row = rows.filter(plan=subscription.plan_id, closed_at__isnull=True).first()
    if row is None or subscription.state != Subscription.State.RUNNING:
        raise Conflict(_("No round is open."))
    low, high = bounds(row, subscription)
    most = price if most is None else most
    try:
        Pledge("", price, low, high)
        Pledge("", most, price, high)
    except (SolidarityRefusal, ValueError) as refusal:
        if not isinstance(refusal, SolidarityRefusal):
            refusal = SolidarityRefusal("pledge-high", most=high)
        raise Ruled(refusal, field="price") from None
    made: BasketPledge = BasketPledge.objects.update_or_create(
        round=row, subscription=subscription, defaults={"price": price, "most": most}
    )[0]
    noted(subscription, "pledged", by, amount=price)
    return made


def bounds(row: BiddingRound, subscription: Subscription) -> tuple[int, int]:
    """The lowest and the highest price of a basket for a member, in cents: of the usual price."""
    usual = subscription.size.price
    return -(-usual * row.least_percent // 100), usual * row.most_percent // 100


def standing(row: BiddingRound) -> Standing:
    """How a round stands. Writes nothing."""
    plan = row.plan
    said = {each.subscription_id: each for each in row.pledges.all()}
    members = []
    for one in subscriptions_of(plan):
        baskets = len(planned_of(one))
        if one.state != Subscription.State.RUNNING or not baskets:
            continue
        mine = said.get(one.pk)
        members.append(
            Member(
                one, baskets, cost_of(one) - baskets * one.price,
                mine.price if mine else one.price, mine.most if mine else one.price,
                mine is not None,
            )
        )  # fmt: skip
    pledges = [each.pledge() for each in members]
    return Standing(
        tuple(members), count_round(row.target, pledges), close_equally(row.target, pledges),
        close_by_headroom(row.target, pledges),
    )  # fmt: skip


@transaction.atomic
def close_round(*, row: BiddingRound, outcome: str, by: Actor, missing: int = 0) -> BiddingRound:
    """Close a round: the prices and the instalments of its members follow. A second time changes nothing.

    Args:
        row: Which round.
        outcome: As pledged, with everybody raised equally or by what they could still give; or dropped.
        by: Who closes it.
        missing: Cents that may be missing of the target, because people decided so.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: There is no such outcome.
        Conflict: More is missing, or orders of the season were made meanwhile.
    """
    authorize(by, "shop.manage", row.plan)
    row = BiddingRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.closed_at is not None:
        return row
    if outcome not in Outcome.values:
        raise Invalid(_("There is no such choice."), fields={"outcome": [outcome]})
    if outcome != Outcome.DROPPED:
        _before_orders(row.plan)
        _follow(row, outcome, missing, by)
    row.closed_at, row.outcome = timezone.now(), outcome
    row.save(update_fields=["closed_at", "outcome"])
    audit(by, "shop.bidding.closed", row, outcome=outcome)
    return row


def _follow(row: BiddingRound, outcome: str, missing: int, by: Actor) -> None:
    found = standing(row)
    proposal = {Outcome.EQUALLY.value: found.equally, Outcome.HEADROOM.value: found.headroom}
    chosen = proposal.get(outcome)
    still = chosen.missing if chosen else found.count.missing
    if still > missing:
        raise Conflict(_("%(missing)s are missing.") % {"missing": f"{still / 100:.2f} €"})
    raised = {each.member: each.amount for each in chosen.raises} if chosen else {}
    for member in found.members:
        amount = raised.get(str(member.subscription.pk), member.pledge().amount)
        price = member.price_for(amount)
        one = lock_subscription(member.subscription)
        if price == one.price:
            continue
        before, one.price = one.amount, price
        one.amount = cost_of(one)
        one.save(update_fields=["price", "amount"])
        noted(one, "priced", by, before=before, amount=one.amount)
        seasonmoney.settle_instalments(one)


def _before_orders(plan: BasketPlan) -> None:
    if BasketOrder.objects.filter(subscription__plan=plan).exists():
        raise Conflict(_("Orders of this season were made already: its prices stay."))
