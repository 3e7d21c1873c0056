"""How many bank rows are matched alone, how many of them wrongly, and how fast.

    python benchmarks/bench_matching.py [--worlds 300]

Each world is six months of an invented association's account, made of a seed, every row labelled
with the truth (``tests/lib/reconciling_support.py``). A treasurer works through it month by month:
the engine decides, the person answers what it asks, and what the person says is learned from. The
rules were made with seeds below 1,000; measured is with seeds from 60,000 on, once as people
usually pay and once with every oddity six times as often. A last run decides about many rows at
once. Writes ``benchmarks/results/matching.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "src")]

from reconciling_support import Maker, play  # noqa: E402

from chambre.lib.reconciling import reconcile  # noqa: E402

FIRST_SEED = 60_000


def measure(worlds: int, awkward: int) -> dict[str, object]:
    """The share matched alone and the wrong matches over so many worlds."""
    rows = alone = wrong = offered = asked = 0
    shares: list[float] = []
    why: Counter[str] = Counter()
    start = time.perf_counter()
    for seed in range(FIRST_SEED * awkward, FIRST_SEED * awkward + worlds):
        score = play(seed, awkward=awkward)
        rows, alone = rows + score.rows, alone + score.alone
        wrong, offered = wrong + len(score.wrong), offered + score.offered
        asked += len(score.asked)
        shares.append(score.share)
        why.update(decision.why.code for _row, decision, _truth in score.asked if decision.why)
    shares.sort()
    return {
        "worlds": worlds,
        "oddities": f"x{awkward}",
        "rows": rows,
        "alone %": round(100 * alone / rows, 2),
        "alone %, lowest tenth of the worlds": round(100 * shares[len(shares) // 10], 2),
        "wrong": wrong,
        "asked": asked,
        "asked, right answer among the proposals": offered,
        "asked because": dict(why.most_common(8)),
        "seconds": round(time.perf_counter() - start, 1),
    }


def speed(worlds: int) -> dict[str, object]:
    """All rows and items of many worlds decided at once."""
    rows, items = [], []
    for seed in range(worlds):
        world = Maker(FIRST_SEED - 1 - seed).make()
        rows += [replace(row, key=f"{seed}-{row.key}") for row in world.rows.values()]
        items += [replace(item, key=f"{seed}-{item.key}") for item in world.items.values()]
    start = time.perf_counter()
    reconcile(rows, items)
    return {
        "rows at once": len(rows),
        "open items": len(items),
        "seconds": round(time.perf_counter() - start, 1),
    }


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=300)
    options = parser.parse_args()
    table = [measure(options.worlds, 1), measure(options.worlds // 3, 6), speed(10), speed(30)]
    for row in table:
        print(row)
    result = ROOT / "benchmarks" / "results" / "matching.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": table}, indent=2) + "\n", encoding="utf-8")
    return 1 if any(row.get("wrong") for row in table) else 0


if __name__ == "__main__":
    sys.exit(main())
