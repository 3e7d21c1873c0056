"""Runs every test: once on SQLite, then those that meet the database again on PostgreSQL.

PostgreSQL comes as a wheel; Chromium and Mosquitto are used when they are there. What could not
be run is said plainly at the end. With ``CHAMBRE_NO_SKIP=1`` a skipped test is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest(arguments: list[str], **variables: str) -> int:
    """Run pytest in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    # conftest.py says in which order: what takes longest first.
    command += ["--no-loadscope-reorder", *arguments]
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the second run reads what the first made
    return subprocess.call(command, cwd=ROOT, env=environment)  # noqa: S603


def main(arguments: list[str]) -> int:
    """Both runs; the exit status is that of the first one that fails."""
    # Tests start many commands: none of them should compile what another one compiled.
    subprocess.call([sys.executable, "-m", "compileall", "-q", "src"], cwd=ROOT)
    if arguments:
        return pytest(arguments)
    print("— SQLite", flush=True)
    first = pytest([], CHAMBRE_TEST_DB="sqlite")
    print("— PostgreSQL", flush=True)
    second = pytest(
        ["src/chambre", "tests/contracts", "-m", "database and not any_database"],
        CHAMBRE_TEST_DB="postgres",
    )
    if not any(shutil.which(name) for name in CHROMIUM):
        print("Not run: the pages in a browser (no Chromium found).")
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
