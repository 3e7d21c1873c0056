"""How fast debts are cleared, how that grows, and how it stands to networkx.

    python benchmarks/bench_clearing.py [--largest 1000000] [--against 10000] [--seed 1]

Invented debts, ten for each firm, anybody to anybody or scale-free (the firm of rank r takes part in
proportion to r to the power −0.8), amounts log-normal. Times are seconds of processor of one core, median of
three up to 100,000 debts: the largest set-off alone (with its proof), and with its rings. Where networkx is
installed (it is no dependency of ours), its network simplex solves the same graph with ``--against`` debts
and must say the same. Writes ``benchmarks/results/clearing.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from chambre.lib.clearing import Obligation, solve  # noqa: E402
from chambre.lib.clearing.flow import largest_circulation  # noqa: E402
from chambre.lib.clearing.network import network  # noqa: E402

KINDS = ("anybody", "scale-free")


def debts(kind: str, count: int, seed: int) -> list[Obligation]:
    """Invented debts among a tenth as many firms."""
    rng = np.random.default_rng(seed)
    firms = count // 10
    if kind == "anybody":
        ends = rng.integers(0, firms, (2, count))
    else:
        weights = 1 / np.arange(1, firms + 1) ** 0.8
        weights /= weights.sum()
        ends = np.stack(
            [
                rng.choice(firms, count, p=weights),
                rng.permutation(firms)[rng.choice(firms, count, p=weights)],
            ]
        )
    amounts = np.maximum(1, rng.lognormal(10, 1.5, count)).astype(np.int64)
    rows = zip(ends[0].tolist(), ends[1].tolist(), amounts.tolist(), strict=True)
    return [
        Obligation(f"o{place}", f"f{debtor}", f"f{creditor}", amount)
        for place, (debtor, creditor, amount) in enumerate(rows)
        if debtor != creditor
    ]


def _timed(work: Any) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure(kind: str, count: int, seed: int) -> dict[str, Any]:
    """The times of one size."""
    owed = debts(kind, count, seed)
    net = network(owed)
    again = 3 if count <= 100_000 else 1
    alone = []
    for _run in range(again):
        seconds, found = _timed(lambda: largest_circulation(net.n, net.tail, net.head, net.cap))
        alone.append(seconds)
    assert int(found.flow.sum()) == found.bound()
    whole, result = _timed(lambda: solve(owed))
    assert result.cleared == result.bound == int(found.flow.sum())
    return {
        "kind": kind,
        "debts": len(owed),
        "firms": net.n,
        "cleared %": round(100 * result.cleared / result.total, 1),
        "alone s": round(statistics.median(alone), 3),
        "with rings s": round(whole, 3),
        "rings": len(result.rings),
    }


def against(kind: str, count: int, seed: int) -> dict[str, Any] | None:
    """The same graph with networkx, where it is installed."""
    try:
        import networkx
    except ImportError:
        return None
    net = network(debts(kind, count, seed))
    graph = networkx.DiGraph()
    rows = zip(net.tail.tolist(), net.head.tolist(), net.cap.tolist(), strict=True)
    for tail, head, cap in rows:
        graph.add_edge(tail, head, capacity=cap, weight=-1)
    theirs, (cost, _flow) = _timed(lambda: networkx.network_simplex(graph))
    ours, found = _timed(lambda: largest_circulation(net.n, net.tail, net.head, net.cap))
    assert -cost == int(found.flow.sum())
    return {
        "kind": kind,
        "debts": count,
        "networkx s": round(theirs, 2),
        "ours s": round(ours, 3),
        "ratio": round(theirs / ours, 1),
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--against", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    growth, compared = [], []
    for kind in KINDS:
        for count in (1_000, 10_000, 100_000, 300_000, 1_000_000):
            if count <= options.largest:
                growth.append(measure(kind, count, options.seed))
                print(growth[-1], flush=True)
        if found := against(kind, options.against, options.seed):
            compared.append(found)
            print(found, flush=True)
    target = ROOT / "benchmarks" / "results" / "clearing.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"growth": growth, "networkx": compared}, indent=1) + "\n")


if __name__ == "__main__":
    main()
