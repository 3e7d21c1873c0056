"""How fast returns of reusable objects are decided, paid and booked, with every guarantee on.

    python benchmarks/bench_deposit.py [--scans 6000] [--batch 500] [--profile]

On SQLite and on PostgreSQL (the one that comes as a wheel), each in a process of its own: objects are
issued in batches, then taken back in batches of one-code acts (``take_back_many``), each batch one
transaction with its contracts, refunds, moves and journal entries; afterwards contracts and books have
to agree to the cent. Beside it the same rows by plain ``bulk_create`` into the same tables.

Writes ``benchmarks/results/deposit.json``. Processor time of this process and wall time, medians of
the batches, in microseconds a scan.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "deposit.json"
PLACES = 5


def timed(function):
    """What a call gives, and its processor and wall time in seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = function()
    return result, time.process_time() - cpu, time.perf_counter() - wall


class Bench:
    """A scheme with places and objects in an empty database."""

    def __init__(self, scans: int, batch: int) -> None:
        from django.db import connection
        from django.test.runner import DiscoverRunner

        self.runner = DiscoverRunner(verbosity=0, interactive=False)
        self.old = self.runner.setup_databases(serialized_aliases=[])
        connection.close()
        from chambre.core.actors import Actor
        from chambre.registry import api as registry
        from chambre.rooms.deposit.services import schemes, stock

        self.by, self.batch = Actor.system("benchmark"), batch
        structure = registry.create_structure(slug="vergers", name="Vergers", by=self.by)
        scheme = schemes.create_scheme(
            slug="bocaux", name="Bocaux", structure=structure, amount=200, by=self.by
        )
        type_ = schemes.create_type(slug="bocal", scheme=scheme, by=self.by)
        for number in range(PLACES):
            schemes.create_place(
                slug=f"lieu-{number}", scheme=scheme, name=f"Lieu {number}", by=self.by
            )
        self.codes = stock.commission(type_=type_, count=scans, by=self.by)

    def asked(self, kind: str, means: str, round_: int):
        """Acts of one code each, at all places in turn, in batches."""
        from chambre.rooms.deposit.services.asking import Asked, Presence

        acts = [
            Asked(
                key=f"{kind}-{round_}-{number}",
                codes=(code,),
                place=f"lieu-{number % PLACES}",
                means=means,
                presence=Presence.MACHINE,
                device=f"dev-{number % PLACES}" if kind == "back" else "",
            )
            for number, code in enumerate(self.codes)
        ]
        return [acts[at : at + self.batch] for at in range(0, len(acts), self.batch)]

    def run(self, means: str, round_: int):
        """Issue everything, take everything back; microseconds a scan."""
        from chambre.rooms.deposit.models import Terms
        from chambre.rooms.deposit.services import issuing, returning, schemes

        if Terms.objects.filter(burst_count__gt=0).exists() and round_ == 0:
            schemes.set_terms(
                scheme=Terms.objects.first().scheme, by=self.by, reason="bench", burst_count=0
            )
        out, back = [], []
        for batch in self.asked("out", "cash", round_):
            _answers, cpu, wall = timed(
                lambda batch=batch: issuing.hand_out_many(batch, by=self.by)
            )
            out.append((cpu / len(batch) * 1e6, wall / len(batch) * 1e6))
        for batch in self.asked("back", means, round_):
            answers, cpu, wall = timed(
                lambda batch=batch: returning.take_back_many(batch, by=self.by)
            )
            assert {answer.outcome for answer in answers} == {"refunded"}, answers[0]
            back.append((cpu / len(batch) * 1e6, wall / len(batch) * 1e6))
        return out, back

    def plain(self):
        """The rows that a return writes (act, move, refund, part), by ``bulk_create`` alone."""
        from django.db import transaction
        from django.utils import timezone

        from chambre.rooms.deposit.models import Act, Contract, Move, Part, Refund

        now, times = timezone.now(), []
        contracts = list(Contract.objects.filter(state="closed").order_by("-pk")[: self.batch])
        first = contracts[0]

        def write() -> None:
            with transaction.atomic():
                acts = Act.objects.bulk_create(
                    [
                        Act(scheme_id=first.scheme_id, kind="return", key=f"plain-{n}",
                            about="x" * 64, place_id=first.place_id, at=now, by="b", total=200,
                            answer={"outcome": "refunded", "refund": 200, "contract": str(c.uid),
                                    "reason": "whole"})
                        for n, c in enumerate(contracts)
                    ]
                )  # fmt: skip
                Move.objects.bulk_create(
                    [
                        Move(item_id=c.item_id, number=1000, kind="returned", act=a, contract=c,
                             place_id=c.place_id, state="returned", happened_at=now, by="b")
                        for a, c in zip(acts, contracts, strict=True)
                    ]
                )  # fmt: skip
                Refund.objects.bulk_create(
                    [Refund(contract=c, act=a, paid=200, amount=200, reason="whole", at=now, day=now.date())
                     for a, c in zip(acts, contracts, strict=True)]
                )  # fmt: skip
                Part.objects.bulk_create([Part(act=a, channel="receipt", amount=200) for a in acts])
                transaction.set_rollback(True)

        for _round in range(5):
            _none, cpu, wall = timed(write)
            times.append((cpu / self.batch * 1e6, wall / self.batch * 1e6))
        return times

    def close(self) -> None:
        from django.db import connection

        connection.close()
        self.runner.teardown_databases(self.old)


def median(pairs):
    """Medians of processor and wall time."""
    return {
        "cpu_us": round(statistics.median(pair[0] for pair in pairs), 1),
        "wall_us": round(statistics.median(pair[1] for pair in pairs), 1),
    }


def measure(scans: int, batch: int, profile: bool) -> dict:
    """All figures of one database."""
    import django

    django.setup()
    bench = Bench(scans, batch)
    from chambre.rooms.deposit.queries.holding import holding

    figures = {}
    for round_, means in enumerate(("cash", "receipt")):
        if profile and means == "receipt":
            import cProfile
            import pstats

            profiler = cProfile.Profile(time.process_time)
            profiler.enable()
        out, back = bench.run(means, round_)
        if profile and means == "receipt":
            profiler.disable()
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(60)
        figures[f"issue_{round_}"] = median(out)
        figures[f"back_{means}"] = median(back)
    figures["plain_rows"] = median(bench.plain())
    held = holding()
    assert held.equal, held.as_json()
    assert held.held == 0, held.as_json()
    figures["ratio_to_plain"] = round(
        figures["back_receipt"]["cpu_us"] / figures["plain_rows"]["cpu_us"], 2
    )
    bench.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--one", choices=["sqlite", "postgres"], help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.scans, arguments.batch, arguments.profile)))
        return
    figures: dict = {"python": platform.python_version(), "batch": arguments.batch}
    for database in [arguments.only] if arguments.only else ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory() as home:
            env = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
                "CHAMBRE_TEST_DB": database,
                "PYTHONPATH": str(ROOT / "src"),
                "CHAMBRE_HOME": home,
            }
            command = [sys.executable, __file__, "--one", database, "--scans",
                       str(arguments.scans), "--batch", str(arguments.batch)]  # fmt: skip
            command += ["--profile"] if arguments.profile else []
            done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True)
        figures[database] = json.loads(done.stdout.strip().splitlines()[-1])
        print(database, json.dumps(figures[database], indent=1))
    if not arguments.only:
        RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
