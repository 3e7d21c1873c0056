"""How fast contracts of reciprocity are computed, and with how much memory.

    python benchmarks/bench_contracts.py [--facts 1000000] [--parties 10000]

A waterfall of eight steps over a million facts of ten thousand parties, and over a tenth and a
quarter of them, each in a process of its own so that memory is its own too. Reading the facts from
a file, bringing them in order when they come in any, and computing are told apart. Then a chain of
fifty contracts over ten thousand sales. A plain loop says how fast the machine is just then.
Writes ``benchmarks/results/contracts.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from chambre.lib.reciprocity import (  # noqa: E402
    Contract,
    Fact,
    compose,
    read,
    read_facts,
    run,
)

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
HEAD = "id,date,kind,resource,from,to,amount,unit,quantity,note\n"
CONTRACT = """
slug = "verger"
resources = ["verger"]
[[class]]
name = "actifs"
all = [{ contributed = { at_least = "3", unit = "h", months = 12 } }]
[[counterpart]]
name = "redevance"
of = "diffusion"
rate = 50
[[step]]
name = "fondateurs"
how = "claims"
amounts = { p00001 = 5000000, p00002 = 2500000 }
share = "20%"
[[step]]
name = "frais"
how = "costs"
share = "30%"
[[step]]
name = "entretien"
how = "fund"
to = "entretien"
target = 100000000
share = "10%"
[[step]]
name = "amont"
how = "upstream"
to = { semences = 2, sols = 1 }
share = "10%"
[[step]]
name = "travail"
how = "contribution"
count = [{ unit = "h", rate = 2500 }, { unit = "EUR" }]
months = 12
share = "60%"
[[step]]
name = "anciens"
how = "contribution"
count = [{ unit = "h", rate = 2500 }]
lasting = "forever"
share = "50%"
each_at_most = 200000
[[step]]
name = "solidarite"
how = "need"
to = "actifs"
share = "50%"
[[step]]
name = "tous"
how = "equal"
"""


def table(path: Path, facts: int, parties: int, *, shuffled: bool = False) -> None:
    """Write a history: six tenths contributions, a fifth sales, the rest costs, uses, payments."""
    random = Random(7)
    lines = []
    for number in range(facts):
        day = SINCE + dt.timedelta(days=random.randrange(-365, 365))
        who = f"p{random.randrange(parties):05d}"
        dice = random.random()
        start = f"f{number:08d},{day}"
        if dice < 0.5:
            hours = f"{random.randrange(1, 9)}.{random.randrange(4) * 25:02d}"
            lines.append(f"{start},contribution,verger,{who},,,h,{hours},\n")
        elif dice < 0.6:
            lines.append(
                f"{start},contribution,verger,{who},,{random.randrange(100, 9999)},EUR,,\n"
            )
        elif dice < 0.8:
            lines.append(f"{start},sale,verger,,{who},{random.randrange(100, 99999)},EUR,,\n")
        elif dice < 0.88:
            lines.append(f"{start},cost,verger,{who},,{random.randrange(100, 9999)},EUR,,\n")
        elif dice < 0.96:
            lines.append(f"{start},use,verger,{who},,,diffusion,{random.randrange(1, 9)},\n")
        elif dice < 0.98:
            lines.append(f"{start},declaration,verger,,{who},{random.randrange(100, 999)},EUR,,\n")
        else:
            lines.append(
                f"{start},repayment,verger,,{who},{random.randrange(100, 999)},EUR,,frais\n"
            )
    if shuffled:
        random.shuffle(lines)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(lines)


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, {
        "seconds": round(time.perf_counter() - wall, 3),
        "processor": round(time.process_time() - processor, 3),
    }


def additions(count: int) -> int:
    """A loop that says how fast this machine is just now."""
    total = 0
    for number in range(count):
        total += number
    return total


def peak() -> int:
    """Megabytes of memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def one(path: Path) -> dict[str, Any]:
    """Read and compute one file, in this process."""
    contract = read(CONTRACT)

    def reading() -> Any:
        with path.open(encoding="utf-8", newline="") as file:
            return read_facts(file, unit="EUR")

    facts, read_time = timed(reading)
    after_reading = peak()
    outcome, run_time = timed(lambda: run(contract, facts, SINCE, UNTIL))
    if outcome.income != outcome.distributed + outcome.kept:
        raise SystemExit("the sums do not agree")
    return {
        "facts": len(facts),
        "steps": len(contract.steps),
        "receivers": len({line.to for line in outcome.lines}),
        "lines": len(outcome.lines),
        "because": sum(len(line.because) for line in outcome.lines),
        "limits": [trace.limit for trace in outcome.trace],
        "reading": read_time,
        "computing": run_time,
        "megabytes_after_reading": after_reading,
        "megabytes": peak(),
    }


def chain() -> dict[str, Any]:
    """Fifty contracts, each of which hands a share of what it has to the next."""
    random = Random(11)
    contracts: list[Contract] = []
    for number in range(50):
        text = f'slug = "c{number}"\nresources = ["r{number}"]\n'
        text += '[[step]]\nname = "ici"\nhow = "fixed"\nshare = "1/3"\nto = { a = 2, b = 1 }\n'
        if number < 49:
            text += f'[[step]]\nname = "amont"\nhow = "upstream"\nto = "r{number + 1}"\n'
        contracts.append(read(text))
    facts = [
        Fact(
            f"v{number:05d}",
            SINCE + dt.timedelta(days=number % 365),
            "sale",
            f"r{number % 50}",
            amount=random.randrange(1, 9999),
            unit="EUR",
        )
        for number in range(10_000)
    ]
    found, times = timed(lambda: compose(contracts, facts, SINCE, UNTIL))
    if found.income != sum(fact.amount for fact in facts):
        raise SystemExit("the sums do not agree")
    return {"contracts": 50, "sales": len(facts), "flows": len(found.flows), "computing": times}


def apart(path: Path) -> dict[str, Any]:
    """Measure a file in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(path)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--parties", type=int, default=10_000)
    parser.add_argument("--one", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one)))
        return
    results: dict[str, Any] = {
        "python": sys.version.split()[0],
        "load": [round(each, 1) for each in os.getloadavg()],
        "ten million additions": timed(lambda: additions(10_000_000))[1],
    }
    with tempfile.TemporaryDirectory() as folder:
        for part in (10, 4, 1):
            path = Path(folder) / f"{part}.csv"
            table(path, chosen.facts // part, chosen.parties)
            results[f"1/{part}" if part > 1 else "whole"] = apart(path)
        path = Path(folder) / "shuffled.csv"
        table(path, chosen.facts, chosen.parties, shuffled=True)
        results["in no order"] = apart(path)
    results["chain"] = chain()
    print(json.dumps(results, indent=2))
    target = ROOT / "benchmarks" / "results" / "contracts.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
