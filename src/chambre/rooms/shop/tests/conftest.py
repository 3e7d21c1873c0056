"""What the tests of the shop share: a farm's shop with an open cycle, things to buy, people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.shop.models import Distribution, Order, Product, Variant
from chambre.rooms.shop.services import catalogue, ordering, planning, shops, stock
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.tests.former_shop import former  # noqa: F401 - a fixture
from chambre.treasury import api as treasury
from chambre.treasury.models import CashDrawer

SYSTEM = Actor.system("command line")
ANYBODY = Actor.of(None)


class Farm:
    """A shop to try things in, in few words."""

    def __init__(self) -> None:
        self.structure = registry.create_structure(
            slug="jardin", name="Le Jardin de la Lysse", by=SYSTEM, legal_form="farm"
        )
        self.shop = shops.create_shop(
            slug="jardin", name="Le Jardin", structure=self.structure, by=SYSTEM
        )
        self.book = self.shop.book
        self.place = shops.add_place(shop=self.shop, name="La halle", by=SYSTEM)
        now = timezone.now()
        self.cycle = planning.open_cycle(
            shop=self.shop, name="Semaine 12", by=SYSTEM,
            opens_at=now - dt.timedelta(days=1), closes_at=now + dt.timedelta(days=2),
        )  # fmt: skip
        self.distribution = self.distribute()
        self.number = 0

    def distribute(self, days: int = 3, slots: Any = ()) -> Distribution:
        start = timezone.now() + dt.timedelta(days=days)
        return planning.add_distribution(
            cycle=self.cycle, place=self.place, starts_at=start,
            ends_at=start + dt.timedelta(hours=2), by=SYSTEM, slots=slots,
        )  # fmt: skip

    def sells(self, name: str, price: int, there: int | None = None, **more: Any) -> Variant:
        said = {
            each: more.pop(each)
            for each in ("estimate", "lowest", "highest", "step", "sale_price", "backorders")
            if each in more
        }
        product = catalogue.add_product(
            shop=self.shop, name=name, by=SYSTEM, state=Product.State.SOLD,
            variants=[{"price": price, **said}], **more,
        )  # fmt: skip
        variant: Variant = product.variants.get()
        if there is not None:
            stock.set_stock(variant=variant, there=there, by=SYSTEM)
        return variant

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def order(self, *wanted: tuple[Variant, int], who: str = "lou", **more: Any) -> Order:
        more.setdefault("key", self.key())
        more.setdefault("by", ANYBODY)
        more.setdefault("distribution", self.distribution)
        return ordering.place_order(
            who=Who(
                email=f"{who}@exemple.test", name=who.title(), credit=more.pop("credit", False)
            ),
            wanted=[Wanted(variant.pk, many) for variant, many in wanted],
            **more,
        )

    def pay(self, order: Order, amount: int | None = None) -> None:
        """Let the transfer come, and the room hear of it."""
        from chambre.core.hooks import deliver_pending
        from chambre.rooms.shop.queries.accounts import open_payment

        payment = open_payment(order)
        assert payment is not None
        treasury.receive(
            payment=payment, amount=payment.open if amount is None else amount, means="transfer",
            day=registry.today(), key=self.key(), by=SYSTEM,
            counterpart=[
                treasury.BookLine(
                    payment.open if amount is None else amount, account="512100",
                    account_label="Banque",
                )
            ],
        )  # fmt: skip
        deliver_pending()

    def drawer(self, holds: int = 5_000) -> CashDrawer:
        row = treasury.add_drawer(book=self.book, name="Stand", by=SYSTEM)
        treasury.count_drawer(
            drawer=row, kind="opening", pieces={500: holds // 500}, day=registry.today(),
            key="open", by=SYSTEM, note="Fonds de caisse",
        )  # fmt: skip
        return row


@pytest.fixture
def farm(db: Any) -> Farm:
    """A farm's shop with one place and one open cycle."""
    return Farm()


@pytest.fixture
def keeper(farm: Farm, make_user: Any, client: Any) -> Any:
    """Somebody who keeps the shop's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


@pytest.fixture
def market(farm: Farm) -> Farm:
    """A distribution with a paid order, one to pay at the stall, and things to weigh."""
    farm.carrots = farm.sells("Carottes", 250, there=20)  # type: ignore[attr-defined]
    farm.hen = farm.sells("Poule", 1_200, estimate=1_800, pricing=Product.Pricing.WEIGHT)  # type: ignore[attr-defined]
    shops.change_place(place=farm.place, by=SYSTEM, drawer=farm.drawer())
    farm.distribution.refresh_from_db()
    farm.lou = farm.order((farm.carrots, 3), (farm.hen, 1), pay="pickup")  # type: ignore[attr-defined]
    farm.ada = farm.order((farm.carrots, 2), who="ada")  # type: ignore[attr-defined]
    farm.pay(farm.ada)  # type: ignore[attr-defined]
    return farm
