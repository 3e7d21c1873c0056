"""Figures, batches, partners and rules of a deposit scheme in a browser: readable, and accessible."""

import datetime as dt
from typing import Any

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

from chambre.core import clock
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Item, ItemType, Lot, Place
from chambre.rooms.deposit.services import caring, partners, schemes, tags
from chambre.rooms.deposit.services.costing import set_costs
from chambre.rooms.deposit.tests.conftest import SYSTEM, House
from chambre.treasury import api as treasury
from chambre.treasury.services.invoice_issuers import set_issuer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def steward(make_user: Any) -> Any:
    """Somebody who keeps the money of a scheme of washed jars with a life behind it."""
    house = House()
    ItemType.objects.filter(pk=house.type.pk).update(wash=True, unit_cost=120)
    set_costs(scheme=house.scheme, wash=15, instead=45, reason="devis 2026", by=SYSTEM)
    codes = house.jars(4)
    house.out(*codes[:3])
    house.back(*codes[:2])
    for step in ("wash", "pass"):
        caring.care(
            codes=codes[:2], step=step, by=SYSTEM, scheme=house.scheme, place=house.place,
            facts={"temperature": 72, "minutes": 40} if step == "wash" else None,
        )  # fmt: skip
    caring.recall(lot=Lot.objects.get(), reason="verre fragile", by=SYSTEM)
    tags.enrol_tag(item=Item.objects.get(uri=codes[0]), uid="04de5f1eacc040", by=SYSTEM)
    _month(house)
    partners.hand_over(
        origin=house.place, target=Place.objects.get(slug="epicerie"), key="h1", by=SYSTEM,
        codes=house.jars(2),
    )  # fmt: skip
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return user


def _month(house: House) -> None:
    """A partner's month that is invoiced and partly credited."""
    grocer = registry.create_structure(slug="epicerie", name="Épicerie du pont", by=SYSTEM)
    schemes.create_place(
        slug="epicerie", scheme=house.scheme, name="Épicerie", partner=grocer, by=SYSTEM
    )
    set_issuer(
        book=house.scheme.book, by=SYSTEM, street="1 chemin du Clos", postcode="59000",
        city="Lille", siren="732829320", vat_number="FR44732829320",
    )  # fmt: skip
    treasury.note_party(
        book=house.scheme.book, name=grocer.name, by=SYSTEM, agent=grocer, siren="552100554",
        street="2 rue du Pont", postcode="59800", city="Lille", country="FR",
    )  # fmt: skip
    codes = house.jars(2)
    house.out(*codes, place="epicerie")
    house.back(codes[0], place="epicerie")
    today = clock.today()
    with clock.pretend(today + dt.timedelta(days=40)):
        partners.settle_month(
            scheme=house.scheme, partner=grocer, year=today.year, month=today.month, by=SYSTEM
        )


def test_pages_of_a_scheme_fit_and_are_accessible(visitor: Any, steward: Any) -> None:
    lot = Lot.objects.order_by("pk").first()
    assert lot is not None
    item = lot.items.order_by("pk").first()
    pages = {
        "times": "/consigne/bocaux/chiffres/?tab=durees",
        "washes": "/consigne/bocaux/chiffres/?tab=lavages",
        "costs": "/consigne/bocaux/chiffres/?tab=couts",
        "type": "/consigne/bocaux/types/bocal/",
        "lots": "/consigne/bocaux/lots/",
        "lot": f"/consigne/bocaux/lots/{lot.pk}/",
        "rules": "/consigne/bocaux/regles/",
        "partners": "/consigne/bocaux/partenaires/",
        "handovers": "/consigne/bocaux/passages/",
        "item": f"/consigne/bocaux/objets/{item.serial}/",
        "tag": f"/consigne/bocaux/objets/{item.serial}/etiquette-qui-signe/",
    }
    page = visitor.open("/consigne/bocaux/", user=steward)
    for name, path in pages.items():
        page.goto(path)
        shoot(page, f"deposit-figures-{name}")
        assert_accessible(page)
        assert_zooms(page)
