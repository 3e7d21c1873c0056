"""The main flow of a shop: from a phone to the bank, the field, the stall, and the jar's way back."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from django.db.models import Sum
from django.utils import timezone
from PIL import Image
from tests.browser.harness import PHONE, Visitor, assert_accessible, shoot

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.hooks import deliver_pending
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.lib import devices as lib
from chambre.lib.bankfiles.writing import Page as Statement
from chambre.lib.bankfiles.writing import camt, row
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.rooms.deposit.models import Contract
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import enrolling, schemes
from chambre.rooms.deposit.services import stock as objects
from chambre.rooms.shop.models import Order, Product, Shop, Variant
from chambre.rooms.shop.queries.accounts import differences
from chambre.rooms.shop.services import catalogue, planning, shops
from chambre.treasury.services.bank import create_account

SYSTEM = Actor.system("test")
IBAN = "FR7630006000011234567890189"
MESSAGES = "/api/deposit/devices/borne-1/messages"


@dataclass
class World:
    """A farm with a shop, a bank account, jars with a deposit, and a return point by itself."""

    shop: Shop
    resource: Resource
    hen: Variant
    jam: Variant
    jar: str
    secret: str
    keeper: Any


@pytest.fixture
def world(transactional_db: Any, make_user: Any, settings: Any, tmp_path: Any) -> World:
    settings.CHAMBRE_HOME = tmp_path
    farm = registry.create_structure(
        slug="jardin", name="Le Jardin de la Lysse", by=SYSTEM, legal_form="farm"
    )
    resource = registry.create_resource(slug="champ", name="Champ des Peupliers", by=SYSTEM)
    user = make_user("bruno@exemple.test", name="Bruno")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    with clock.pretend(dt.date(2020, 1, 1)):
        registry.grant_role(agent=person, kind="treasurer", scope=farm, by=SYSTEM)
    scheme = schemes.create_scheme(
        slug="bocaux", name="Bocaux", structure=farm, amount=200, by=SYSTEM,
        base_uri="https://lysse.test",
    )  # fmt: skip
    type_ = schemes.create_type(slug="bocal", scheme=scheme, by=SYSTEM)
    schemes.create_place(slug="halle", scheme=scheme, name="La halle", by=SYSTEM)
    (jar,) = objects.commission(type_=type_, count=1, by=SYSTEM)
    shop = shops.create_shop(
        slug="jardin", name="Le Jardin", structure=farm, resource=resource, by=SYSTEM
    )
    create_account(book=shop.book, slug="courant", name="Compte courant", iban=IBAN, by=SYSTEM)
    place = shops.add_place(shop=shop, name="La halle", by=SYSTEM, container_place="halle")
    now = timezone.now()
    cycle = planning.open_cycle(
        shop=shop, name="Semaine 12", by=SYSTEM, opens_at=now - dt.timedelta(days=1),
        closes_at=now + dt.timedelta(days=2),
    )  # fmt: skip
    planning.add_distribution(
        cycle=cycle, place=place, starts_at=now + dt.timedelta(days=3),
        ends_at=now + dt.timedelta(days=3, hours=2), by=SYSTEM,
    )  # fmt: skip
    sold = {"shop": shop, "by": SYSTEM, "state": Product.State.SOLD}
    hen = catalogue.add_product(
        name="Poule", pricing=Product.Pricing.WEIGHT, **sold,
        variants=[{"price": 1_200, "estimate": 1_800}],
    )  # fmt: skip
    jam = catalogue.add_product(
        name="Confiture de mûres", container="bocal", variants=[{"price": 480}], **sold
    )
    made = enrolling.enrol(name="borne-1", place="halle", by=SYSTEM)
    return World(shop, resource, hen.variants.get(), jam.variants.get(), jar, made.secret, user)


def orders(visitor: Visitor, world: World) -> tuple[Order, str]:
    """Somebody orders a hen and a jar of jam on a phone; the order, and what its code says."""
    page = visitor.open("/boutique/jardin/", width=PHONE)
    shoot(page, "flow-shelves")
    for slug in ("poule", "confiture-de-mures"):
        page.goto(f"/boutique/jardin/produit/{slug}/")
        # The basket is full already when the second thing is put into it.
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.click(".way-form button")
        page.wait_for_selector(".basket-full")
    page.goto("/boutique/jardin/panier/")
    shoot(page, "flow-basket")
    assert_accessible(page)
    page.click("a[href='/boutique/jardin/commander/']")
    page.fill("[name=name]", "Lou Martin")
    page.fill("[name=email]", "lou@exemple.test")
    if page.locator("[name=pay][value=ahead]").count():
        page.check("[name=pay][value=ahead]")
    shoot(page, "flow-checkout")
    page.click("form.form button.button")
    page.wait_for_url("**/commande/**")
    shoot(page, "flow-order")
    assert_accessible(page)
    picture = Image.open(io.BytesIO(page.locator(".pay-now svg").first.screenshot())).convert("L")
    [read] = zxingcpp.read_barcodes(picture)
    order = Order.objects.get()
    assert (order.goods, order.deposits, order.total) == (2_160 + 480, 200, 2_840)
    return order, read.text


def money_comes(visitor: Visitor, world: World, code: str, tmp_path: Any) -> None:
    """The transfer that the code asks for is on the statement of the bank, which is brought in."""
    told = code.splitlines()
    assert told[0] == "BCD"
    assert told[6] == IBAN
    amount = int(Decimal(told[7].removeprefix("EUR")) * 100)
    reference = told[9]
    day = registry.today()
    statement = Statement(
        IBAN, 1, day, day, 0,
        [row(day, amount, party_name="Lou Martin", reference=reference)],
    )  # fmt: skip
    path = tmp_path / "releve.xml"
    path.write_text("".join(camt([statement])), encoding="utf-8")
    page = visitor.open("/tresorerie/jardin/banque/courant/apporter/", user=world.keeper)
    page.set_input_files("input[type=file]", path)
    page.click("main form button.button")
    assert re.search(r"1 ligne", page.inner_text("main"))
    deliver_pending()


def prepared_and_handed(visitor: Visitor, world: World, order: Order) -> None:
    """The grower harvests, weighs, and hands over with the jar's code."""
    number = order.distribution_id
    base = f"/boutiques/jardin/distributions/{number}/"
    page = visitor.open(f"{base}recolte/", user=world.keeper)
    assert "Poule" in page.inner_text("main")
    page.goto(f"{base}pesee/")
    page.fill("#weight", "1755")
    page.click("[data-main]")
    page.wait_for_selector("#weighing .message-success")
    page.goto(f"/boutiques/jardin/commandes/{order.public_id}/")
    page.click("button[value=ready]")
    page.fill("#codes", world.jar)
    shoot(page, "flow-handing")
    assert_accessible(page)
    page.click("button.keep-big")
    page.wait_for_selector(".message-success")


def jar_comes_back(base: str, world: World) -> dict[str, Any]:
    """The return point says that the jar is there, signed; what it is told."""
    now = lib.to_ms(timezone.now())
    said = {
        "v": 1, "dev": "borne-1", "boot": "0123456789abcdef", "seq": 1, "t": now, "clk": {"now": now},
        "op": "return", "codes": [world.jar], "means": "voucher",
    }  # fmt: skip
    raw = json.dumps({"messages": [said]}).encode()
    signature = lib.sign_request("POST", MESSAGES, "nonce-0001", raw, secret=world.secret)
    header = f"Device name=borne-1,nonce=nonce-0001,signature={signature}"
    request = urllib.request.Request(
        base + MESSAGES,
        raw,
        {"Authorization": header, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        told: dict[str, Any] = json.load(answer)["answers"][0]
    return told


def test_from_a_phone_to_the_bank_the_stall_and_back(
    visitor: Visitor, world: World, tmp_path: Any, live_server: Any
) -> None:
    order, code = orders(visitor, world)
    money_comes(visitor, world, code, tmp_path)
    order.refresh_from_db()
    assert order.state == "confirmed"

    prepared_and_handed(visitor, world, order)
    order.refresh_from_db()
    # 1,755 g at 12.00 € a kilo, the jam, and the deposit of its jar.
    assert (order.state, order.total) == ("handed", 2_106 + 480 + 200)
    assert holding().ledger_4196 == 200

    answer = jar_comes_back(live_server.url, world)
    assert (answer["outcome"], answer["refund"]) == ("refunded", 200)

    assert Contract.objects.get().state == "closed"
    held = holding()
    assert (held.ledger_4196, held.open_contracts, held.equal) == (0, 0, True)
    rows = Line.objects.filter(account__book=world.shop.book, unit="EUR").order_by()
    books = dict(rows.values_list("account__code").annotate(total=Sum("amount")))
    assert books["419100"] == -54  # 18 g less than estimated cost 54 cents: they are Lou's
    assert books["419700"] == -200  # a voucher for the jar
    assert books["512100"] == 2_840
    of_the_field = rows.filter(resource=world.resource)
    sold = of_the_field.filter(account__code__in=("701000", "445710")).aggregate(s=Sum("amount"))
    assert sold["s"] == -2_586
    assert list(differences()) == []
    assert ledger.verify().problems == []

    page = visitor.open(f"/ressources/{world.resource.slug}/", user=world.keeper)
    shoot(page, "flow-resource")
