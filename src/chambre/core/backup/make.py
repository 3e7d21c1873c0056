"""Making a backup, while the house is in use."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chambre import __version__
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.backup.manifest import LEFT_OUT, Manifest, Writer
from chambre.core.db.prepare import applied_migrations
from chambre.core.files import path_of
from chambre.core.models import StoredFile

PAGES = "pages"


def default_path() -> Path:
    """``HOME/backups/chambre-20261124-153000.zip``."""
    now = timezone.now().strftime("%Y%m%d-%H%M%S")
    return Path(settings.CHAMBRE_HOME) / "backups" / f"chambre-{now}.zip"


def make_backup(path: Path, *, by: Actor, with_secret: bool = False) -> Manifest:
    """Write the whole house into one file; it is there whole or not at all.

    Args:
        path: Where; replaced if it exists.
        by: Who makes it.
        with_secret: Also the key that signs sessions and links: then a thief of the file may
            sign in as anybody.

    Raises:
        Forbidden: ``by`` does not look after the machine.
    """
    authorize(by, "core.administer")
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with (
            os.fdopen(descriptor, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive,
        ):
            writer = Writer(archive)
            manifest = _database(writer)
            _files(writer)
            manifest.with_secret = _secret(writer) if with_secret else False
            writer.finish(manifest)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    with transaction.atomic():
        audit(by, "core.backup.made", version=__version__, with_secret=manifest.with_secret)
    return manifest


def _manifest(rows: dict[str, int], migrations: set[tuple[str, str]]) -> Manifest:
    return Manifest(
        version=__version__,
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        vendor=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in migrations),
        rows=dict(sorted(rows.items())),
        with_secret=False,
    )


def _database(writer: Writer) -> Manifest:
    """The database, as it was at one instant."""
    if connection.vendor == "postgresql":
        return _postgres(writer)
    with tempfile.TemporaryDirectory(dir=settings.CHAMBRE_HOME, prefix=".backup-") as folder:
        copy = Path(folder) / "database.sqlite3"
        rows, migrations = _copy_sqlite(copy)
        with copy.open("rb") as file:
            writer.add("database.sqlite3", file)
    return _manifest(rows, migrations)


def _copy_sqlite(copy: Path) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """Copy the database through SQLite itself; number of rows by table, migrations."""
    connection.ensure_connection()
    target = sqlite3.connect(copy)
    try:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("PRAGMA secure_delete=ON")  # nothing of a session stays in a free page
        tables = [
            name
            for (name,) in target.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        for table in LEFT_OUT:
            if table in tables:
                target.execute(f'DELETE FROM "{table}"')
        target.commit()
        rows = {
            table: target.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
            for table in tables
        }
        migrations = set(target.execute("SELECT app, name FROM django_migrations").fetchall())
    finally:
        target.close()
    return rows, migrations


def _postgres(writer: Writer) -> Manifest:
    """Every table in COPY text form, all read in one snapshot."""
    second = connection.copy()  # a snapshot of its own, even inside somebody's transaction
    try:
        second.ensure_connection()
        raw = second.connection
        raw.autocommit = False
        with raw.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            rows = {}
            for table, columns in postgres_tables(cursor).items():
                if table in LEFT_OUT:
                    rows[table] = 0
                    continue
                names = ", ".join(f'"{column}"' for column in columns)
                head = ("\t".join(columns) + "\n").encode()
                query = f'COPY "{table}" ({names}) TO STDOUT'
                writer.add(f"tables/{table}.copy", _copied(cursor, query, head))
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
                rows[table] = cursor.fetchone()[0]
            cursor.execute(
                "SELECT sequencename, COALESCE(last_value, 0) FROM pg_sequences"
                " WHERE schemaname = current_schema()"
            )
            sequences = dict(cursor.fetchall())
        raw.rollback()
        manifest = _manifest(rows, applied_migrations(second))
        manifest.sequences = sequences
        return manifest
    finally:
        second.close()


def _copied(cursor: Any, query: str, head: bytes) -> Iterator[bytes]:
    """A first line with the names of the columns, then the rows."""
    yield head
    with cursor.copy(query) as copy:
        for piece in copy:
            yield bytes(piece)


def postgres_tables(cursor: Any) -> dict[str, list[str]]:
    """Every table of the schema with its columns, those left out that PostgreSQL computes."""
    cursor.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
        " AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
    )
    tables: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        tables.setdefault(table, []).append(column)
    return tables


def _files(writer: Writer) -> None:
    """The uploads that somebody has, and the administrator's own pages."""
    for digest in sorted(set(StoredFile.objects.values_list("digest", flat=True))):
        path = path_of(digest)
        if path.exists():
            with path.open("rb") as file:
                writer.add(f"uploads/{digest[:2]}/{digest[2:4]}/{digest}", file)
    home = Path(settings.CHAMBRE_HOME)
    for path in sorted((home / PAGES).glob("*.md")):
        with path.open("rb") as file:
            writer.add(f"{PAGES}/{path.name}", file)
    if (home / "demo").exists():
        writer.add("demo", [b""])


def _secret(writer: Writer) -> bool:
    """The key that signs sessions, when it is kept in the home."""
    path = Path(settings.CHAMBRE_HOME) / "secret-key"
    if not path.exists():
        return False
    with path.open("rb") as file:
        writer.add("secret-key", file)
    return True
