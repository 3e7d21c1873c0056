"""Escrow under chaos: random exchanges, processes killed at random moments, everything counted after.

    python benchmarks/bench_escrow.py [--exchanges 10000] [--workers 3] [--every 8] [--statements 9000]
                                      [--seconds N] [--durable]
    CHAMBRE_TEST_DB=postgres python benchmarks/bench_escrow.py

What is done and counted is in ``chambre.rooms.exchange.tests.chaos``, of which the tests run a small one.
Writes ``benchmarks/results/escrow.json`` (one entry for each database).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "escrow.json"


def main() -> int:
    """Run it once on the database of ``CHAMBRE_TEST_DB``; status 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--every", type=float, default=8.0, help="Seconds between kills.")
    parser.add_argument(
        "--statements", type=int, default=9000, help="Statements between two kills of one process."
    )
    parser.add_argument("--durable", action="store_true", help="Commits wait for the disk.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seconds", type=float, default=10**9, help="Stop and count after so long."
    )
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "chambre.project.settings.testing"
    import django

    django.setup()
    from django.db import connection
    from django.test.runner import DiscoverRunner

    from chambre.core import clock
    from chambre.core.tests import ready
    from chambre.rooms.exchange.tests import chaos, working

    ready.lend(connection)
    runner = DiscoverRunner(verbosity=0, interactive=False)
    old = runner.setup_databases(serialized_aliases=[])
    try:
        with clock.pretend(chaos.DAY):
            working.people()
        with tempfile.TemporaryDirectory() as folder:
            found = chaos.storm(
                asked.exchanges, workers=asked.workers, seed=asked.seed, every=asked.every,
                folder=Path(folder), seconds=asked.seconds,
                statements=asked.statements, durable=asked.durable,
            )  # fmt: skip
    finally:
        vendor = connection.vendor
        runner.teardown_databases(old)
    said = {**asdict(found), "wrong": list(found.wrong)[:50], "asked": vars(asked)}
    vendor += " durable" if asked.durable else ""
    print(json.dumps({vendor: said}, indent=1))
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({**kept, vendor: said}, indent=1) + "\n", encoding="utf-8")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
