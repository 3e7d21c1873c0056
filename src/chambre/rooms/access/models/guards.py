"""SQLite refuses two bookings that hold for one place of one thing and meet.

On PostgreSQL an exclusion constraint does (migration 0002).
"""

from __future__ import annotations

from chambre.core.db.guards import Guards
from chambre.rooms.access.models.bookings import HOLDING

_STATES = ", ".join(f"'{state.value}'" for state in HOLDING)
_MEETS = (
    f"NEW.state IN ({_STATES}) AND EXISTS (SELECT 1 FROM access_booking AS b"  # noqa: S608 - our own words
    " WHERE b.resource_id = NEW.resource_id AND b.seat = NEW.seat AND b.id <> NEW.id"
    f" AND b.state IN ({_STATES})"
    " AND b.starts_at < NEW.busy_until AND NEW.starts_at < b.busy_until)"
)


def provide(vendor: str) -> Guards:
    """Install statements, remove statements and trigger names for a database."""
    if vendor == "postgresql":
        return [], [], []
    names = {"insert": "access_never_twice_new", "update": "access_never_twice_changed"}
    install = [
        f'CREATE TRIGGER IF NOT EXISTS "{name}" AFTER {verb.upper()} ON "access_booking"'
        f" WHEN {_MEETS} BEGIN SELECT RAISE(ABORT, 'access_never_twice'); END"
        for verb, name in names.items()
    ]
    remove = [f'DROP TRIGGER IF EXISTS "{name}"' for name in names.values()]
    return install, remove, list(names.values())
