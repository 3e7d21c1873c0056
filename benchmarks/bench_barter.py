"""How many people barter in rings of up to four, against a bound that nothing can pass.

    python benchmarks/bench_barter.py [--people 2000 300]

Markets from sparse to dense: everybody offers and needs so many of so many categories, some of them
more wanted than others. Writes ``benchmarks/results/barter.json``: people served, the bound, whether it
is proved, and seconds of this process.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import time
from pathlib import Path

from chambre.lib.barter import Wish, rings

RESULT = Path(__file__).resolve().parent / "results" / "barter.json"
# categories for each hundred people, things that each offers and needs, how much is fashion (Zipf)
MARKETS = {
    "one thing each, few categories": (7, 1, 0.0),
    "one thing each, many categories": (15, 1, 0.0),
    "two things each, very few": (7, 2, 0.0),
    "two things each, few categories": (15, 2, 0.0),
    "two things each, many categories": (30, 2, 0.0),
    "two things each, very many": (50, 2, 0.0),
    "two things each, some in fashion": (15, 2, 0.8),
}
SEEDS = {300: 3, 2000: 1}


def market(people: int, kind: str, seed: int) -> tuple[list[Wish], list[Wish]]:
    """An invented market."""
    per_hundred, each, fashion = MARKETS[kind]
    count = people * per_hundred // 100
    chance = random.Random(seed)
    often = [1 / (rank + 1) ** fashion for rank in range(count)]
    found: tuple[list[Wish], list[Wish]] = ([], [])
    for person in range(people):
        for side in found:
            for category in sorted(set(chance.choices(range(count), often, k=each))):
                name = f"p{person:05}"
                side.append(Wish(f"{name}/{category}", name, str(category)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="*", default=[2000, 300])
    out = []
    for people in parser.parse_args().people:
        for kind in MARKETS:
            runs = []
            for seed in range(SEEDS.get(people, 1)):
                began = time.process_time()
                found = rings(*market(people, kind, seed), longest=4)
                runs.append((found, time.process_time() - began))
            row = {
                "people": people,
                "market": kind,
                "markets": len(runs),
                "served": sum(one.served for one, _ in runs),
                "bound": sum(one.bound for one, _ in runs),
                "proved": sum(one.proved for one, _ in runs),
                "seconds_median": round(statistics.median(spent for _, spent in runs), 2),
                "seconds_most": round(max(spent for _, spent in runs), 2),
            }
            print(row, flush=True)
            out.append(row)
            data = {"python": platform.python_version(), "longest": 4, "rows": out}
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
