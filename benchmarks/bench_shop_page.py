"""How long the shop's page of many products takes, what it asks, and what it weighs before photos.

    python benchmarks/bench_shop_page.py [--products 200] [--runs 20] [--postgres]

A shop with so many products (eight shelves, five producers, counted stock, seasons, sale prices; every
fourth one has a photo) is asked for as by somebody who comes for the first time. Time is that of the
whole request: middleware, session, view, template, compression. The weight is what a browser gets:
the page as the server compresses it, and the style sheets, scripts, drawings and fonts that it names,
compressed as they are served. Writes ``benchmarks/results/shop_page_<database>.json``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
GOAL_MS, GOAL_QUERIES, GOAL_BYTES = 100, 15, 200 * 1024
SHELF = "/boutique/mesure/"


def prepare(options: argparse.Namespace) -> None:
    """An empty house."""
    os.environ["CHAMBRE_HOME"] = os.environ["CHAMBRE_TEST_HOME"] = tempfile.mkdtemp()
    os.environ["CHAMBRE_TEST_DB"] = "postgres" if options.postgres else "sqlite"
    os.environ["DJANGO_SETTINGS_MODULE"] = "chambre.project.settings.testing"
    os.environ.setdefault("CHAMBRE_LOG_LEVEL", "WARNING")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if options.postgres:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    else:
        call_command("migrate", verbosity=0)


def fill(products: int) -> None:
    """The shop."""
    import datetime as dt

    from django.utils import timezone

    from chambre.core.actors import Actor
    from chambre.project.demo import stilllifes
    from chambre.registry import api as registry
    from chambre.rooms.shop.models import Photo
    from chambre.rooms.shop.services import catalogue, photos, planning, shelving, shops, stock

    by = Actor.system("benchmark")
    structure = registry.create_structure(slug="mesure", name="Ferme mesurée", by=by)
    shop = shops.create_shop(slug="mesure", name="Ferme mesurée", structure=structure, by=by)
    makers = [
        shops.add_producer(shop=shop, name=f"Producteur {number}", by=by, own=True)
        for number in range(5)
    ]
    shelves = [shelving.category(shop=shop, path=[f"Rayon {number}"], by=by) for number in range(8)]
    now = timezone.now()
    cycle = planning.open_cycle(
        shop=shop, name="Semaine", by=by,
        opens_at=now - dt.timedelta(days=1), closes_at=now + dt.timedelta(days=2),
    )  # fmt: skip
    place = shops.add_place(shop=shop, name="La halle", by=by)
    planning.add_distribution(
        cycle=cycle, place=place, by=by,
        starts_at=now + dt.timedelta(days=3), ends_at=now + dt.timedelta(days=3, hours=2),
    )  # fmt: skip
    first = None
    for number in range(products):
        way: dict[str, Any] = {"price": 150 + number}
        more: dict[str, Any] = {}
        if number % 7 == 0:
            way["sale_price"] = 120
        if number % 11 == 0:
            way["estimate"], more["pricing"] = 1_500, "weight"
        if number % 5 == 0:
            more["labels"] = "Bio"
        product = catalogue.add_product(
            shop=shop, name=f"Produit de saison numéro {number}", by=by, state="sold",
            producer=makers[number % 5], categories=[shelves[number % 8]], variants=[way],
            summary="Récolté le matin même.", **more,
        )  # fmt: skip
        stock.set_stock(variant=product.variants.get(), there=5 + number % 60, by=by)
        if number % 4 == 0:
            if first is None:
                first = photos.add_photo(
                    shop=shop,
                    product=product,
                    content=stilllifes.photo("apples"),
                    name="p.jpg",
                    by=by,
                )
            else:
                Photo.objects.create(
                    shop=shop, product=product, file=first.file, small=first.small,
                    large=first.large, width=first.width, height=first.height,
                )  # fmt: skip


def measure(runs: int) -> dict[str, Any]:
    """Ask for the page; the median time (and that of the processor), the queries, the weight."""
    from django.test import Client
    from tests.contracts.walking import questions

    times, busy, asked = [], [], 0
    for _run in range(runs + 2):
        client = Client(headers={"accept-encoding": "gzip", "accept-language": "fr"})
        with questions() as seen:
            started, worked = time.perf_counter(), time.process_time()
            answer = client.get(SHELF)
            times.append((time.perf_counter() - started) * 1000)
            busy.append((time.process_time() - worked) * 1000)
        asked = max(asked, len(seen))
        if answer.status_code != 200 or answer.cookies:
            raise SystemExit(f"answers {answer.status_code}, cookies {dict(answer.cookies)}")
    page = len(answer.content)
    html = gzip.decompress(answer.content).decode()
    files = weights(html)
    return {
        "ms": round(statistics.median(times[2:]), 1),
        "processor ms": round(statistics.median(busy[2:]), 1),
        "goal ms": GOAL_MS,
        "queries": asked,
        "goal queries": GOAL_QUERIES,
        "products": html.count('class="good"'),
        "html": len(html.encode()),
        "html sent": page,
        "files sent": sum(files.values()),
        "bytes before photos": page + sum(files.values()),
        "goal bytes": GOAL_BYTES,
        "files": files,
    }


def weights(html: str) -> dict[str, int]:
    """Bytes of what a page loads beside photos, as it is served; the fonts that its texts need."""
    from django.contrib.staticfiles import finders

    named = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))
    named.add("vendor/radio-canada-5.3.0/radio-canada-latin-wght-normal.woff2")
    named.add("ui/fine.woff")
    found = {}
    for name in sorted(named):
        plain = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name)
        path = finders.find(plain)
        if path is None:
            raise SystemExit(f"{plain} is not there")
        content = Path(path).read_bytes()
        text = Path(path).suffix in (".css", ".js", ".svg")
        found[plain] = len(gzip.compress(content, 9)) if text else len(content)
    return found


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=200)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    prepare(options)
    from django.db import connection

    fill(options.products)
    row = {"work": "the shop's page", "database": connection.vendor, **measure(options.runs)}
    print(json.dumps(row, indent=2))
    result = ROOT / "benchmarks" / "results" / f"shop_page_{connection.vendor}.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": [row]}, indent=2) + "\n", encoding="utf-8")
    if options.postgres:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    kept = row["ms"] < GOAL_MS and row["queries"] <= GOAL_QUERIES
    return int(not (kept and row["bytes before photos"] < GOAL_BYTES))


if __name__ == "__main__":
    sys.exit(main())
