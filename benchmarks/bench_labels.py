"""How long labels take to be set, in how much memory, and how many taps are proved a second.

    python benchmarks/bench_labels.py [--labels 1000] [--format a4-65]

One process for each run, so that its peak of memory is its own. No database. Prints JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import secrets
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
HOST = "https://consigne.example/consigne/o/"


def set_labels(count: int, code: str) -> dict[str, object]:
    """Set labels once; seconds of wall clock and of processor, bytes, peak of memory in MB."""
    from chambre.lib.deposits import new_serial
    from chambre.lib.labels import Label, find_format, sheet_pdf

    serials = [new_serial() for _each in range(count)]
    labels = [Label(HOST + each, each, "Bocaux de la Lysse", "Bocal de 750 ml") for each in serials]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, processor = time.perf_counter(), time.process_time()
    made = sheet_pdf(labels, format=find_format(code), issued=dt.datetime.now(dt.UTC))
    return {
        "labels": count,
        "format": code,
        "seconds": round(time.perf_counter() - wall, 2),
        "processor": round(time.process_time() - processor, 2),
        "bytes": len(made),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "before_mb": before // 1024,
    }


def prove_taps(count: int = 5_000) -> dict[str, object]:
    """Prove taps one after the other."""
    from chambre.lib.ntag424 import answer, open_tap

    keys = {"meta_key": secrets.token_bytes(16), "file_key": secrets.token_bytes(16)}
    taps = [answer(secrets.token_bytes(7), number, **keys) for number in range(count)]
    processor = time.process_time()
    for picc, mac in taps:
        open_tap(picc, mac, **keys)
    return {"taps_a_second": round(count / (time.process_time() - processor))}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000)
    parser.add_argument("--format", default="a4-65")
    options = parser.parse_args()
    print(json.dumps({**set_labels(options.labels, options.format), **prove_taps()}))


if __name__ == "__main__":
    main()
