"""A jar of jam is ordered, paid, handed over in its jar; the jar comes back: every book agrees."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Sum
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Invalid
from chambre.core.hooks import deliver_pending
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, Line
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Contract
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import returning, schemes, stock
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.shop.models import Distribution, Product, Shop
from chambre.rooms.shop.queries.accounts import open_payment
from chambre.rooms.shop.services import catalogue, handing, ordering, planning, shops
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.treasury import api as treasury
from chambre.treasury import containers

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def world(structure: str, *, partner: str = "") -> tuple[Shop, Distribution, str]:
    """A shop that sells jam in jars of a scheme: of its own, or as a partner of another one."""
    farm = registry.create_structure(slug="jardin", name="Jardin", by=SYSTEM, legal_form="farm")
    keeper = farm
    if structure != "jardin":
        keeper = registry.create_structure(
            slug=structure, name=structure.title(), by=SYSTEM, legal_form="association"
        )
    scheme = schemes.create_scheme(
        slug="bocaux", name="Bocaux", structure=keeper, amount=200, by=SYSTEM,
        base_uri="https://lysse.test",
    )  # fmt: skip
    type_ = schemes.create_type(slug="bocal", scheme=scheme, by=SYSTEM)
    more = {"partner": farm} if partner else {}
    schemes.create_place(slug="halle", scheme=scheme, name="La halle", by=SYSTEM, **more)
    (jar,) = stock.commission(type_=type_, count=1, by=SYSTEM)
    shop = shops.create_shop(slug="jardin", name="Le Jardin", structure=farm, by=SYSTEM)
    place = shops.add_place(shop=shop, name="La halle", by=SYSTEM, container_place="halle")
    now = timezone.now()
    cycle = planning.open_cycle(
        shop=shop, name="Semaine 12", opens_at=now, closes_at=now + dt.timedelta(days=2), by=SYSTEM
    )
    distribution = planning.add_distribution(
        cycle=cycle, place=place, starts_at=now + dt.timedelta(days=3),
        ends_at=now + dt.timedelta(days=3, hours=2), by=SYSTEM,
    )  # fmt: skip
    catalogue.add_product(
        shop=shop, name="Confiture", by=SYSTEM, state=Product.State.SOLD, container="bocal",
        variants=[{"price": 480}],
    )  # fmt: skip
    return shop, distribution, jar


def handed_over(shop: Shop, distribution: Distribution, jar: str) -> None:
    variant = Product.objects.get().variants.get()
    order = ordering.place_order(
        distribution=distribution, who=Who("lou@exemple.test", "Lou"), key="o1",
        wanted=[Wanted(variant.pk, 1)], by=Actor.of(None),
    )  # fmt: skip
    assert (order.goods, order.deposits, order.total) == (480, 200, 680)
    payment = open_payment(order)
    treasury.receive(
        payment=payment, amount=680, means="transfer", day=timezone.localdate(), key="p1",
        by=SYSTEM, counterpart=[treasury.BookLine(680, account="512100")],
    )  # fmt: skip
    deliver_pending()
    order.refresh_from_db()
    with pytest.raises(Invalid, match=r"\b0\b"):
        handing.hand_over(order=order, key="h0", by=SYSTEM)
    with pytest.raises(Invalid, match="Personne ne connaît"):
        handing.hand_over(order=order, key="h0", by=SYSTEM, codes=["https://lysse.test/x"])
    assert not Contract.objects.exists()
    handing.hand_over(order=order, key="h1", by=SYSTEM, codes=[jar])


def booked(slug: str) -> dict[str, int]:
    rows = Line.objects.filter(account__book=Book.objects.get(structure__slug=slug)).order_by()
    codes = rows.values_list("account__code").annotate(total=Sum("amount"))
    return {code: total for code, total in codes if total and not code.startswith("18")}


def test_the_jar_of_ones_own_scheme_goes_out_and_comes_back() -> None:
    shop, distribution, jar = world("jardin")
    before = booked("jardin")
    handed_over(shop, distribution, jar)

    now = booked("jardin")
    assert now.pop("419600") == -200
    assert now.pop("512100") == 680
    assert now.pop("701000") + now.pop("445710") == -480
    assert now == before
    held = holding()
    assert (held.open_contracts, held.held, held.ledger_4196, held.equal) == (1, 200, 200, True)

    answer = returning.take_back(
        Asked(key="r1", codes=(jar,), place="halle", means="receipt"), by=SYSTEM
    )
    assert (answer.outcome, answer.refund) == ("refunded", 200)
    assert holding().ledger_4196 == 0
    assert ledger.verify().problems == []


def test_the_jar_of_anothers_scheme_is_owed_to_it() -> None:
    shop, distribution, jar = world("retour", partner="jardin")
    handed_over(shop, distribution, jar)

    assert booked("jardin")["467600"] == -200
    assert booked("retour")["467300"] == 200
    held = holding()
    assert (held.open_contracts, held.held, held.ledger_4196, held.equal) == (1, 200, 200, True)
    assert ledger.verify().problems == []


def test_a_shop_sells_in_no_container_of_strangers() -> None:
    shop, _distribution, _jar = world("retour")
    assert containers.kinds(shop.book, timezone.localdate()) == {}
