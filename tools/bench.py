"""Runs the benchmarks and prints one table of what they measured.

``bench.py [NAME ...]`` runs all, or those whose name holds one of the words. What is measured
against a peer that the house does not use brings it along: into a folder of its own, not into the
environment of the house.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "bench.lock"
RESULTS = ROOT / "benchmarks" / "results"


def peers() -> Path:
    """The folder of the peers, filled when it is not; it may stay empty without a network."""
    folder = Path(sys.prefix) / "bench-peers"
    done = folder / ".installed"
    if not done.exists() or done.read_text() != LOCK.read_text():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
        command += ["--require-hashes", "--target", str(folder), "-r", str(LOCK)]
        if subprocess.call(command, stderr=subprocess.DEVNULL) == 0:  # noqa: S603
            done.write_text(LOCK.read_text())
        else:
            print("The peers could not be installed; what needs them is left out.")
    return folder


def main(arguments: list[str]) -> int:
    """Run all benchmarks, or those named."""
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    chosen = [s for s in scripts if not arguments or any(a in s.name for a in arguments)]
    status = 0
    for script in chosen:
        print(f"— {script.name}", flush=True)
        for options in variants(script.stem):
            command = [sys.executable, str(script), *options]
            status = subprocess.call(command, cwd=ROOT) or status  # noqa: S603
    for result in sorted(RESULTS.glob("*.json")):
        data = json.loads(result.read_text(encoding="utf-8"))
        for row in data.get("rows", []):
            print(" · ".join(f"{key} {value}" for key, value in row.items()))
    return status


def variants(name: str) -> list[list[str]]:
    """The options with which a benchmark is run: once for each database where it takes one."""
    if name == "bench_posting":
        return [["--hordak", str(peers())]]
    if name == "bench_orders":
        return [["--oscar", str(peers())]]
    if name in ("bench_import", "bench_statement"):
        return [[], ["--postgres"]]
    return [[]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
