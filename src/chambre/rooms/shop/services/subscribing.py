"""Subscribing to baskets: what a season costs is said first, and then signed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import astuple, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.lib.shopping import dues
from chambre.lib.shopping.subscriptions import Complement as AgreedComplement
from chambre.lib.shopping.subscriptions import Frequency, planned_days
from chambre.lib.shopping.subscriptions import Subscription as Agreed
from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    BasketPlan,
    Complement,
    PickupPlace,
    Product,
    SubscribedComplement,
    Subscription,
    SubscriptionPerson,
    Variant,
)
from chambre.rooms.shop.queries.errors import NotOpen
from chambre.rooms.shop.queries.prices import in_bounds, price_on
from chambre.rooms.shop.queries.seasons import key_of, season_of
from chambre.rooms.shop.services import basketletters, seasonmoney
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.services.ordering import clean_who, note_customer
from chambre.rooms.shop.services.recording import noted
from chambre.treasury.models.payments import new_public_id


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody would subscribe to.

    Attributes:
        size: Id of the variant.
        place: Id of the place.
        rhythm: Word of a rhythm of the plan.
        complements: Id of the complement and how many each time.
        instalments: In how many parts it is paid.
        first: From which day on; None: as soon as there is time.
        price: Cents of a basket where its price is free; None: the usual one.
        refused: Ids of products that they do not want.
        note: A remark, at most 254 characters.
    """

    size: int
    place: int
    rhythm: str = "weekly"
    complements: tuple[tuple[int, int], ...] = ()
    instalments: int = 1
    first: dt.date | None = None
    price: int | None = None
    refused: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a season costs, before it is signed; money in cents.

    Attributes:
        size: The basket.
        place: Where.
        price: Of one basket.
        complements: Each with how many each time and how many in all.
        days: The days on which there is a basket.
        cost: Of all.
        instalments: When what is paid.
        missing: What is missing of the season's minimum.
    """

    size: Variant
    place: PickupPlace
    price: int
    complements: tuple[tuple[Complement, int, int], ...]
    days: tuple[dt.date, ...]
    cost: dues.SeasonCost
    instalments: tuple[dues.Instalment, ...]
    missing: dues.Minimum

    @property
    def amount(self) -> int:
        """In all."""
        return self.cost.amount

    @property
    def baskets_amount(self) -> int:
        """Of the baskets alone."""
        return self.cost.baskets * self.cost.basket

    @property
    def besides(self) -> list[tuple[Complement, int, int, int]]:
        """Each complement: how many each time, how many in all, what that costs."""
        prices = {key: price for key, _many, price in self.cost.complements}
        return [
            (row, many, total, total * prices[key_of(row.pk)])
            for row, many, total in self.complements
        ]


def quote(plan: BasketPlan, asked: Asked) -> Quote:
    """What a subscription would cost from the next day on for which there is time. Writes nothing.

    Raises:
        Invalid: Something that the plan does not offer.
        NotOpen: The season is over, or too near its end.
    """
    size, place = _size(plan, asked), _place(plan, asked)
    if asked.rhythm not in plan.rhythms:
        message = _("Choose one of the rhythms.")
        raise Invalid(message, fields={"rhythm": [message]})
    besides = _complements(plan, asked)
    price = _price(size, asked)
    season, today = season_of(plan), registry.today()
    first = max(asked.first or today, today + dt.timedelta(plan.notice), plan.first)
    if first > plan.last:
        raise NotOpen(_("There is no basket left in this season."))
    said = Agreed(
        key="", people=("1",), size=str(size.pk), first=first, last=plan.last,
        frequency=Frequency(asked.rhythm),
        complements=tuple(
            AgreedComplement(key_of(row.pk), Frequency(row.rhythm), many) for row, many in besides
        ),
    )  # fmt: skip
    if not (days := planned_days(season, said)):
        raise NotOpen(_("There is no basket left in this season."))
    prices = {key_of(row.pk): price_on(row.variant, days[0]) for row, _many in besides}
    cost = dues.season_cost(season, said, {str(size.pk): price, **prices})
    count = min(max(asked.instalments, 1), plan.instalments)
    minimum = dues.Minimum(plan.minimum_baskets, plan.minimum_amount).for_part(
        sum(day >= said.first for day in season.days), len(season.days)
    )
    totals = {key: many for key, many, _price in cost.complements}
    return Quote(
        size=size, place=place, price=price, days=days, cost=cost,
        complements=tuple((row, many, totals[key_of(row.pk)]) for row, many in besides),
        instalments=dues.instalments(
            cost.amount, count, first=today, least=plan.least_instalment
        ),
        missing=minimum.missing(len(days), cost.amount),
    )  # fmt: skip


def subscribe(
    *,
    plan: BasketPlan,
    asked: Asked,
    who: Who,
    key: str,
    by: Actor,
    partner: Who | None = None,
    for_them: bool = False,
) -> Subscription:
    """Sign a subscription, once per key. Its first instalment is asked for at once.

    Nobody needs a right or an account: who has the address of a subscription may see and change it.

    Args:
        plan: To which season.
        asked: What.
        who: Who pays, and fetches the baskets.
        key: Idempotency key, 1 to 100 characters.
        by: Who signs.
        partner: Somebody with whom the baskets are fetched in turn.
        for_them: The shop itself signs for somebody, also when the plan is closed.

    Returns:
        The subscription; the one that is there when the key was used for the same.

    Raises:
        Invalid: Something is missing, below the minimum, or not offered.
        NotOpen: One cannot subscribe (any more).
        KeyReused: The key was used for another subscription.
        Forbidden: ``for_them`` without the right to manage the shop.
    """
    if for_them:
        authorize(by, "shop.manage", plan)
    who = clean_who(who)
    partner = clean_who(partner) if partner else None
    if partner and partner.email == who.email:
        message = _("Two people who alternate have two addresses.")
        raise Invalid(message, fields={"partner_email": [message]})
    if not plan.is_open and not for_them:
        raise NotOpen(_("One cannot subscribe to these baskets now."))
    about = _digest(plan, asked, who, partner)
    full_key = f"{plan.shop_id}:{key}"[:120]
    if known := _known(full_key, about):
        return known
    try:
        return _signed(plan, asked, who, partner, full_key, about, by)
    except IntegrityError:  # somebody was faster with the same key
        if known := _known(full_key, about):
            return known
        raise


@transaction.atomic
def _signed(
    plan: BasketPlan, asked: Asked, who: Who, partner: Who | None, key: str, about: str, by: Actor
) -> Subscription:
    said = quote(plan, asked)
    if said.missing.baskets or said.missing.amount:
        message = _("A subscription has at least %(baskets)d baskets and %(amount)s more.") % {
            "baskets": len(said.days) + said.missing.baskets,
            "amount": f"{said.missing.amount / 100:.2f} €",
        }
        raise Invalid(message, fields={"size": [message]})
    customer = note_customer(plan.shop, who)
    row = Subscription.objects.create(
        plan=plan, public_id=new_public_id(), key=key, about=about, customer=customer,
        place=said.place, size=said.size, rhythm=asked.rhythm, first=said.days[0],
        last=plan.last, price=said.price, amount=said.amount, note=asked.note.strip()[:254],
        by=by.label[:254],
    )  # fmt: skip
    people = [customer] + ([note_customer(plan.shop, partner)] if partner else [])
    SubscriptionPerson.objects.bulk_create(
        SubscriptionPerson(subscription=row, customer=each, position=place)
        for place, each in enumerate(people, 1)
    )
    prices = {key: price for key, _many, price in said.cost.complements}
    SubscribedComplement.objects.bulk_create(
        SubscribedComplement(
            subscription=row, complement=each, quantity=many, price=prices[key_of(each.pk)]
        )
        for each, many, _total in said.complements
    )
    row.refused.set(refusable(plan, asked.refused))
    seasonmoney.plan_instalments(row, said.instalments)
    noted(row, "signed", by, amount=row.amount, baskets=len(said.days))
    seasonmoney.ask_due(row)
    basketletters.tell_signed(row)
    audit(by, "shop.subscription.signed", row, amount=row.amount)
    return row


def refusable(plan: BasketPlan, wanted: tuple[int, ...]) -> list[Product]:
    """The products that somebody refuses, as many as the plan allows.

    Raises:
        Invalid: More than it allows, or of another shop.
    """
    rows = list(Product.objects.filter(shop=plan.shop_id, pk__in=wanted))
    if len(rows) != len(set(wanted)) or len(rows) > plan.refusals:
        message = _("At most %(most)d products can be refused.") % {"most": plan.refusals}
        raise Invalid(message, fields={"refused": [message]})
    return rows


def _known(key: str, about: str) -> Subscription | None:
    known: Subscription | None = Subscription.objects.filter(key=key).first()
    if known is not None and known.about != about:
        raise KeyReused(key=key)
    return known


def _digest(plan: BasketPlan, asked: Asked, who: Who, partner: Who | None) -> str:
    told = [plan.pk, astuple(asked), who.email, partner and partner.email]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _size(plan: BasketPlan, asked: Asked) -> Variant:
    for row in plan.product.variants.all():
        if row.pk == asked.size and row.available:
            return row
    message = _("Choose one of the sizes.")
    raise Invalid(message, fields={"size": [message]})


def _place(plan: BasketPlan, asked: Asked) -> PickupPlace:
    for row in plan.places.all():
        if row.pk == asked.place and row.is_open:
            return row
    message = _("Choose one of the places.")
    raise Invalid(message, fields={"place": [message]})


def _price(size: Variant, asked: Asked) -> int:
    usual = price_on(size, registry.today())
    if asked.price is None or asked.price == usual:
        return usual
    if size.lowest is None or not in_bounds(size, asked.price):
        message = _("This price is not within its bounds.")
        raise Invalid(message, fields={"price": [message]})
    return asked.price


def _complements(plan: BasketPlan, asked: Asked) -> list[tuple[Complement, int]]:
    offered = {row.pk: row for row in plan.complements.all()}
    found = []
    for pk, many in asked.complements:
        row = offered.get(pk)
        if row is None or not 0 < many <= row.most:
            message = _("Choose among the complements.")
            raise Invalid(message, fields={"complements": [message]})
        found.append((row, many))
    return found
