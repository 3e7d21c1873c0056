"""Runs the benchmarks and prints one table of what they measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Run all benchmarks, or those named."""
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    chosen = [s for s in scripts if not arguments or any(a in s.name for a in arguments)]
    status = 0
    for script in chosen:
        print(f"— {script.name}", flush=True)
        status = subprocess.call([sys.executable, str(script)], cwd=ROOT) or status  # noqa: S603
    for result in sorted((ROOT / "benchmarks" / "results").glob("*.json")):
        data = json.loads(result.read_text(encoding="utf-8"))
        for row in data.get("rows", []):
            print(" · ".join(f"{key} {value}" for key, value in row.items()))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
