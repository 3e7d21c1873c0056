"""Loading the tables of a backup into either database, whichever they came from."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from chambre.core.backup.make import postgres_tables
from chambre.core.backup.manifest import LEFT_OUT, BadBackup, Manifest
from chambre.core.db import guards

BATCH = 5000
TABLES_AT_ONCE = 40
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
Row = tuple[Any, ...]


def targets(executor: MigrationExecutor, manifest: Manifest) -> list[tuple[str, str]]:
    """The last migration of each app that the backup had, among those known here."""
    had = {tuple(name.split(".", 1)) for name in manifest.migrations}
    nodes = executor.loader.graph.nodes
    known = {key for key in nodes if key in had}
    parents = {
        parent.key
        for key in known
        for parent in executor.loader.graph.node_map[key].parents
        if parent.key[0] == key[0]
    }
    return sorted(known - parents)


def migrate_to(using: Any, manifest: Manifest) -> None:
    """Give a database the tables that the backup had."""
    executor = MigrationExecutor(using)
    executor.migrate(targets(executor, manifest))


# ---- into PostgreSQL


def into_postgres(folder: Path, manifest: Manifest) -> None:
    """Replace everything in the PostgreSQL database by the backup, in one transaction.

    What was there is dropped afterwards; a schema named ``…_before_…`` is left of it if that was cut off.

    Raises:
        BadBackup: The rows that arrived are not those of the backup.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Migrations insert and alter in one go here: no check may wait for the end meanwhile.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        aside = _put_aside(cursor)
        migrate_to(connection, manifest)
        guards.remove_all(connection)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        tables = postgres_tables(cursor)
        del tables["django_migrations"]
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names} CASCADE")
        for table, columns in tables.items():
            if manifest.rows.get(table) and table not in LEFT_OUT:
                if manifest.vendor == "postgresql":
                    _copy_in(cursor, table, folder / "tables" / f"{table}.copy")
                else:
                    _convert_in(cursor, table, columns, folder / "database.sqlite3")
            _compare(table, _count(cursor, table), manifest)
        _sequences(cursor, tables, manifest)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.install_all(connection)
    if aside:
        _drop(aside)


def _put_aside(cursor: Any) -> str:
    """Move what is there out of the way, and say where; empty when it was dropped or nothing was there.

    Dropping it would hold a lock on each of its tables and indexes while as many are made anew: together
    more than the 64 for each connection that PostgreSQL has room for by default. A role that may not
    rename the schema has no other way.
    """
    cursor.execute(
        "SELECT nspname, pg_has_role(nspowner, 'USAGE')"
        " AND has_database_privilege(current_database(), 'CREATE')"
        " FROM pg_namespace WHERE nspname = current_schema()"
    )
    here, may = cursor.fetchone()
    if not may or not postgres_tables(cursor):
        _empty(cursor)
        return ""
    aside = f"{here}_before_{uuid.uuid4().hex[:12]}"
    cursor.execute(f'ALTER SCHEMA "{here}" RENAME TO "{aside}"')
    cursor.execute(f'CREATE SCHEMA "{here}"')
    cursor.execute(
        "SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,"
        " privilege_type FROM pg_namespace, aclexplode(nspacl) WHERE nspname = %s",
        [aside],
    )
    for grantee, privilege in cursor.fetchall():
        cursor.execute(f'GRANT {privilege} ON SCHEMA "{here}" TO {grantee}')
    cursor.execute(
        "SELECT quote_ident(extname) FROM pg_extension"
        " JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname = %s",
        [aside],
    )
    for (extension,) in cursor.fetchall():
        cursor.execute(f'ALTER EXTENSION {extension} SET SCHEMA "{here}"')
    return aside


def _drop(schema: str) -> None:
    """Drop what was put aside, some tables at a time: no transaction locks them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        names = [name for (name,) in cursor.fetchall()]
        for start in range(0, len(names), TABLES_AT_ONCE):
            there = ", ".join(
                f'"{schema}"."{name}"' for name in names[start : start + TABLES_AT_ONCE]
            )
            cursor.execute(f"DROP TABLE {there} CASCADE")
        cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')


def _empty(cursor: Any) -> None:
    """Drop every table and sequence of the schema."""
    there = ", ".join(f'"{table}"' for table in postgres_tables(cursor))
    if there:
        cursor.execute(f"DROP TABLE {there} CASCADE")
    cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP SEQUENCE "{name}" CASCADE')


def _copy_in(cursor: Any, table: str, path: Path) -> None:
    """Rows that PostgreSQL wrote, as they are."""
    with path.open("rb") as file:
        columns = file.readline().decode().rstrip("\n").split("\t")
        names = ", ".join(f'"{column}"' for column in columns)
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            while piece := file.read(1024 * 1024):
                copy.write(piece)


def _convert_in(cursor: Any, table: str, columns: list[str], path: Path) -> None:
    """Rows of an SQLite file. PostgreSQL reads the texts that Django writes there."""
    with sqlite3.connect(path) as source:
        have = {row[1] for row in source.execute(f'PRAGMA table_info("{table}")')}
        shared = [column for column in columns if column in have]
        names = ", ".join(f'"{column}"' for column in shared)
        rows = source.execute(f'SELECT {names} FROM "{table}"')
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([_to_postgres(value) for value in row])
    source.close()


def _to_postgres(value: Any) -> Any:
    """A value of SQLite as COPY text wants it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
    return int(cursor.fetchone()[0])


def _sequences(cursor: Any, tables: dict[str, list[str]], manifest: Manifest) -> None:
    """Numbers go on after the largest that was given."""
    for table, columns in tables.items():
        if "id" not in columns:
            continue
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
        sequence = cursor.fetchone()[0]
        if sequence:
            cursor.execute(
                f'SELECT setval(%s::regclass, GREATEST((SELECT MAX(id) FROM "{table}"), 1),'
                f' EXISTS (SELECT 1 FROM "{table}"))',
                [sequence],
            )
    for name, last in manifest.sequences.items():
        cursor.execute("SELECT to_regclass(%s)", [f'"{name}"'])
        if last and cursor.fetchone()[0]:
            cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', last])


# ---- into SQLite


def build_sqlite(path: Path, folder: Path, manifest: Manifest) -> None:
    """Make an SQLite file of a backup that PostgreSQL wrote.

    Raises:
        BadBackup: The rows that arrived are not those of the backup.
    """
    # The default connection goes elsewhere for a moment: migrations of other people's apps write
    # to the default database, whichever they are run on.
    place = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        migrate_to(connection, manifest)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        _fill(raw, folder, manifest)
    finally:
        raw.close()


def _fill(raw: sqlite3.Connection, folder: Path, manifest: Manifest) -> None:
    """Put every row of the backup in the place of those that migrations made."""
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN")
    there = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    install, remove, _names = guards.all_guards("sqlite", there)
    for statement in remove:
        raw.execute(statement)
    tables = [
        name
        for name in sorted(there)
        if not name.startswith("sqlite_") and name != "django_migrations"
    ]
    for table in tables:
        raw.execute(f'DELETE FROM "{table}"')
        path = folder / "tables" / f"{table}.copy"
        if path.exists():
            _fill_table(raw, table, path)
        _compare(
            table,
            raw.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0],
            manifest,
        )
    for statement in install:
        raw.execute(statement)
    raw.execute("COMMIT")


def _fill_table(raw: sqlite3.Connection, table: str, path: Path) -> None:
    """The rows of one table, each value as Django writes it on SQLite."""
    kinds = {row[1]: row[2].lower() for row in raw.execute(f'PRAGMA table_info("{table}")')}
    with path.open(encoding="utf-8", newline="\n") as file:
        columns = file.readline().rstrip("\n").split("\t")
        kept = [(place, name) for place, name in enumerate(columns) if name in kinds]
        readers = [(place, _reader(kinds[name])) for place, name in kept]
        names = ", ".join(f'"{name}"' for _place, name in kept)
        marks = ", ".join("?" for _ in kept)
        query = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        raw.executemany(query, _rows(file, readers))


def _rows(lines: Iterable[str], readers: list[tuple[int, Callable[[str], Any]]]) -> Iterator[Row]:
    """Rows of COPY text."""
    for line in lines:
        values = line.rstrip("\n").split("\t")
        yield tuple(
            None if values[place] == "\\N" else read(unescape(values[place]))
            for place, read in readers
        )


def unescape(text: str) -> str:
    """A value of COPY text without its escapes."""
    if "\\" not in text:
        return text
    parts, rest = [], iter(text)
    for char in rest:
        if char == "\\":
            following = next(rest, "\\")
            parts.append(ESCAPES.get(following, following))
        else:
            parts.append(char)
    return "".join(parts)


READERS: dict[str, Callable[[str], Any]] = {
    "bool": lambda text: int(text == "t"),
    "datetime": lambda text: text.removesuffix("+00"),
    "char(32)": lambda text: text.replace("-", ""),
    "blob": lambda text: bytes.fromhex(text.removeprefix("\\x")),
    "real": float,
}
"""How a value that PostgreSQL wrote is read into a column of this SQLite type."""


def _reader(kind: str) -> Callable[[str], Any]:
    """How a column of this SQLite type is read; text where nothing else is known."""
    return READERS.get(kind, int if "int" in kind else str)


def check_sqlite(path: Path, manifest: Manifest) -> None:
    """The file is whole, its references hold, and it has the rows that the backup says.

    Raises:
        BadBackup: It is not so.
    """
    raw = sqlite3.connect(path)
    try:
        damaged = raw.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok"
        if damaged or raw.execute("PRAGMA foreign_key_check").fetchone():
            raise BadBackup(_("The database in this backup is damaged."))
        tables = {
            row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        for table in manifest.rows:
            if table in tables and table != "django_migrations":
                count = raw.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
                _compare(table, count, manifest)
    except sqlite3.DatabaseError as error:
        raise BadBackup(_("The database in this backup is damaged.")) from error
    finally:
        raw.close()


def _compare(table: str, count: int, manifest: Manifest) -> None:
    """As many rows arrived as the backup says.

    Raises:
        BadBackup: Rows are missing or too many.
    """
    expected = 0 if table in LEFT_OUT else manifest.rows.get(table, 0)
    if count != expected:
        text = _("The table %(table)s has %(count)d rows instead of %(expected)d.")
        raise BadBackup(text % {"table": table, "count": count, "expected": expected})
