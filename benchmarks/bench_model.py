"""How fast an economic model is run many times, beside a plain loop over the same months.

    python benchmarks/bench_model.py [--runs 10000] [--plain 300]

The model is the deposit scheme among the presets: ten years by month, with ranges, deposits,
equipment, grants and a loan. The plain loop (``plain.walk``, integers and dictionaries) does some of
the very same runs in the same process; it must agree with each of them to the cent, and once more
on the model without its ranges. Ratios are of processor time, so that other work on the machine does
not bear on them. Writes ``benchmarks/results/model.json``.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

import numpy as np  # noqa: E402

from chambre.lib.modelling import simulate, walk  # noqa: E402
from chambre.lib.modelling.drawing import drawn  # noqa: E402
from chambre.lib.modelling.engine import run  # noqa: E402
from chambre.lib.modelling.presets import preset  # noqa: E402


def of_run(values, at):
    """The pick of the values of one run."""
    return lambda key, _figure: int(
        values[key][at] if isinstance(values[key], np.ndarray) else values[key]
    )


def main() -> int:
    """Measure, compare, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--plain", type=int, default=300)
    options = parser.parse_args()
    model = preset("deposit-scheme")

    whole, busy = [], []
    for _ in range(5):
        start, used = time.perf_counter(), time.process_time()
        simulate(model, options.runs, 1)
        whole.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    middle, processor = sorted(whole)[2], sorted(busy)[2]
    values = drawn(model, options.runs, 1)
    start = time.process_time()
    made = run(model, values, options.runs)
    engine = time.process_time() - start

    start = time.process_time()
    walks = [walk(model, of_run(values, at)) for at in range(options.plain)]
    plain = (time.process_time() - start) / options.plain * options.runs
    wrong = sum(
        [month.cash for month in months] != made.cash[:, at].tolist()
        for at, months in enumerate(walks)
    )
    fixed = {each.key: each.figure.likely for each in model.figures()}
    alone = run(model, fixed, 1).cash[:, 0].tolist()
    wrong += alone != [month.cash for month in walk(model)]

    row = {
        "runs": options.runs,
        "months": model.horizon,
        "ranges": len(list(model.ranges())),
        "whole simulation, s": round(middle, 3),
        "of the processor, s": round(processor, 3),
        "runs alone, of the processor, s": round(engine, 3),
        f"plain loop, of the processor, s (from {options.plain})": round(plain, 1),
        "plain / runs alone": round(plain / engine, 1),
        "plain / whole": round(plain / processor, 1),
        "runs that differ": wrong,
        "peak, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(row)
    result = ROOT / "benchmarks" / "results" / "model.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": [row]}, indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
