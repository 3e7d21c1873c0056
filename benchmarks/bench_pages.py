"""How long the server takes for every page of the demonstration, for each of its people.

    python benchmarks/bench_pages.py [--runs 5] [--home FOLDER] [--postgres]

The demonstration is loaded (or taken from FOLDER), and its pages are walked along their links as
nobody, and as each of the four people on the first page. Every page is then asked for several
times, and the median of the whole request counts: middleware, session, view, template. Files that
a page gives (PDF, XLSX) are told apart: they are not pages. The processor's time of this process is
told beside the clock's, all together and by the first part of the address. Writes
``benchmarks/results/pages_<database>.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
GOAL_MS, GOAL_QUERIES, SHOWN = 150, 15, 20


def prepare(options: argparse.Namespace) -> None:
    """A house with the demonstration in it."""
    home = options.home or tempfile.mkdtemp(prefix="chambre-bench-")
    os.environ["CHAMBRE_HOME"] = os.environ["CHAMBRE_TEST_HOME"] = home
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
    from chambre.core.actors import Actor
    from chambre.project import demo

    demo.load(Actor.system("benchmark"))


def measure(email: str | None, runs: int) -> list[dict[str, Any]]:
    """The pages that somebody can reach: median time and number of queries."""
    from django.test import Client
    from tests.contracts.walking import visit, walk

    from chambre.core.models import User

    client = Client(raise_request_exception=False)
    if email:
        client.force_login(User.objects.get(email=email))
        client.get("/health/live")
    found = []
    for first in walk(client, most=2):
        times, spent, queries = [], [], len(first.queries)
        for _run in range(runs):
            before = time.process_time()
            again = visit(client, first.path)
            spent.append((time.process_time() - before) * 1000)
            times.append(again.seconds * 1000)
            queries = max(queries, len(again.queries))
        found.append(
            {
                "page": first.path,
                "who": (email or "anonymous").split("@")[0],
                "ms": round(statistics.median(times), 1),
                "processor ms": round(statistics.median(spent), 1),
                "queries": queries,
                "file": "html" not in first.answer.headers.get("Content-Type", ""),
            }
        )
    return found


def by_part(pages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """How many pages stand under the first part of an address, and how slow they are."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in pages:
        parts[row["page"].split("?")[0].strip("/").split("/")[0]].append(row)
    return {
        part: {
            "pages": len(rows),
            "median ms": statistics.median(row["ms"] for row in rows),
            "slowest ms": max(row["ms"] for row in rows),
            "slowest processor ms": max(row["processor ms"] for row in rows),
            "most queries": max(row["queries"] for row in rows),
        }
        for part, rows in sorted(parts.items())
    }


def main() -> int:
    """Measure, print the slowest, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--home", default="")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    prepare(options)
    from django.db import connection

    from chambre.project.demo.world import PEOPLE

    who = [None, *(person.email for person in PEOPLE)]
    found = [row for email in who for row in measure(email, options.runs)]
    pages = sorted((row for row in found if not row["file"]), key=lambda row: -row["ms"])
    files = sorted((row for row in found if row["file"]), key=lambda row: -row["ms"])
    for row in [*pages[:SHOWN], *files[:5]]:
        print(
            f"{row['ms']:8.1f} ms ({row['processor ms']:6.1f} of the processor)"
            f" {row['queries']:3} queries  {row['who']:10} {row['page']}"
        )
    summary = {
        "work": "pages of the demonstration",
        "database": connection.vendor,
        "pages": len(pages),
        "median ms": statistics.median(row["ms"] for row in pages),
        "slowest ms": pages[0]["ms"],
        "median processor ms": statistics.median(row["processor ms"] for row in pages),
        "slowest processor ms": max(row["processor ms"] for row in pages),
        "goal ms": GOAL_MS,
        "most queries": max(row["queries"] for row in pages),
        "goal queries": GOAL_QUERIES,
    }
    print(summary)
    for part, figures in by_part(pages).items():
        print(f"/{part}/: {figures}")
    result = ROOT / "benchmarks" / "results" / f"pages_{connection.vendor}.json"
    result.parent.mkdir(exist_ok=True)
    slowest = [{k: v for k, v in row.items() if k != "file"} for row in pages[:SHOWN]]
    data = {"rows": [summary], "by part": by_part(pages), "slowest": slowest}
    result.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    if options.postgres:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return int(pages[0]["ms"] >= GOAL_MS or summary["most queries"] > GOAL_QUERIES)


if __name__ == "__main__":
    sys.exit(main())
