"""A farm with weekly baskets, in few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chambre.registry import api as registry
from chambre.rooms.shop.models import BasketPlan, Distribution, Instalment, Product, Subscription
from chambre.rooms.shop.services import catalogue, plans, subscribing
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.services.subscribing import Asked
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm
from chambre.treasury import api as treasury


def today() -> dt.date:
    return registry.today()


def week(number: int) -> dt.date:
    """The day of the season's basket of that number; the first is in a week."""
    return today() + dt.timedelta(7 * number)


class Season(Farm):
    """Ten weeks of baskets at 15.00 and 24.00 €, with eggs at 3.00 €."""

    def __init__(self, **more: Any) -> None:
        super().__init__()
        self.product = catalogue.add_product(
            shop=self.shop, name="Panier de la semaine", by=SYSTEM, kind=Product.Kind.BASKET,
            state=Product.State.SOLD,
            variants=[{"name": "Petit", "price": 1_500}, {"name": "Grand", "price": 2_400}],
        )  # fmt: skip
        self.small, self.large = self.product.variants.order_by("price")
        self.eggs = self.sells("Œufs", 300)
        said: dict[str, Any] = {
            "absences": 2, "notice": 3, "instalments": 4, "refusals": 1,
            "rhythms": ["weekly", "even", "odd", "monthly"],
        }  # fmt: skip
        self.plan: BasketPlan = plans.create_plan(
            shop=self.shop, name="Saison", product=self.product, places=[self.place],
            days=[week(number) for number in range(1, 11)], by=SYSTEM,
            complements=[(self.eggs, "weekly", 3)], **{**said, **more},
        )  # fmt: skip

    def subscribes(self, name: str = "lou", partner: str = "", **asked: Any) -> Subscription:
        wanted = {"size": self.small.pk, "place": self.place.pk, **asked}
        return subscribing.subscribe(
            plan=self.plan, asked=Asked(**wanted), who=who(name), by=ANYBODY, key=self.key(),
            partner=who(partner) if partner else None,
        )  # fmt: skip

    def distributes(self, number: int) -> Distribution:
        return self.distribute(days=7 * number)

    def pays(self, instalment: Instalment) -> None:
        from chambre.core.hooks import deliver_pending

        instalment.refresh_from_db()
        payment = instalment.payment
        line = treasury.BookLine(payment.open, account="512100", account_label="Banque")
        treasury.receive(
            payment=payment, amount=payment.open, means="transfer", day=today(), key=self.key(),
            by=SYSTEM, counterpart=[line],
        )  # fmt: skip
        deliver_pending()


def who(name: str) -> Who:
    return Who(email=f"{name}@exemple.test", name=name.title())
