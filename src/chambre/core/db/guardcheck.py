"""Whether the guards in the database are those that were written, and nothing stands beside them.

What the owner of the tables does to guards cannot be refused by guards. It is found here: a trigger
that is gone, switched off or rewritten, a function with another body or other settings, and what
could hide rows from them or write past them (rules, row security, tables above or below, triggers
of somebody else, keys switched off). What was written meanwhile is found by ``ledger verify``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

_FUNCTION = re.compile(r"FUNCTION (?:\"[^\"]+\"\.)?(\w+)\(.*?\bAS \$\$(.*)\$\$", re.DOTALL)
_SETTING = re.compile(r"\bSET (\w+) = (.+?)(?= SET |$)")
_ON = re.compile(r" on (\S+)")
_BEFORE_NAME = re.compile(r"create (or replace )?(constraint )?trigger (if not exists )?")


class _Function(NamedTuple):
    """What a function is: its body, its settings, and that it is an ordinary PL/pgSQL function."""

    body: str
    settings: frozenset[str]
    ordinary: bool = True


@lru_cache(maxsize=4096)  # a thousand statements, the same at each look
def _plain(statement: str, schema: str) -> str:
    """A statement that makes a trigger, without what the database writes in its own way."""
    text = _BEFORE_NAME.sub(r"create \2trigger ", " ".join(statement.lower().split()))
    if schema:
        text = re.sub(r"::(text|character varying)|[()\"]", "", text.replace('"', ""))
        text = text.replace(f"{schema.lower()}.", "")
    return text


def _triggers(install: Sequence[str], schema: str) -> dict[str, str]:
    """Name → statement, in plain form."""
    made = [text for text in install if _BEFORE_NAME.match(" ".join(text.lower().split()))]
    plain = [_plain(text, schema) for text in made]
    return {text.split("trigger ", 1)[1].split()[0].strip('"'): text for text in plain}


def guarded_tables(install: Sequence[str], schema: str) -> list[str]:
    """Tables that have guards."""
    found = (_ON.search(text) for text in _triggers(install, schema).values())
    return sorted({match.group(1).strip('"') for match in found if match})


def _functions(install: Sequence[str]) -> dict[str, _Function]:
    """Name → what a function should be."""
    found = {}
    for text in install:
        if text.lstrip().startswith("CREATE OR REPLACE FUNCTION"):
            match = _FUNCTION.search(text)
            assert match
            head = " ".join(text.split("$$", 1)[0].split()).removesuffix(" AS")
            settings = (f"{name}={value}" for name, value in _SETTING.findall(head))
            found[match.group(1)] = _Function(match.group(2), frozenset(settings))
    return found


def faulty(connection: Any, install: Sequence[str], names: Sequence[str], schema: str) -> list[str]:
    """Names of guards and of their functions that are not there, or not as they were written.

    Args:
        connection: Database.
        install: The statements that install the guards.
        names: Of the triggers, in the order in which they are told.
        schema: Where they are (PostgreSQL), or empty.
    """
    wanted, there = _triggers(install, schema), _triggers_there(connection, schema)
    wrong = [name for name in names if there.get(name) != wanted[name]]
    if schema:
        functions = _functions_there(connection, schema)
        wrong += [
            f"{name}()"
            for name, function in _functions(install).items()
            if functions.get(name) != [function]
        ]
    return wrong


def _triggers_there(connection: Any, schema: str) -> dict[str, str]:
    """Name → statement of the triggers that are on, on the tables that the application sees."""
    query = "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'"
    if schema:
        query = """
          SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid)
          FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
            JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
          WHERE NOT t.tgisinternal AND t.tgenabled = 'A'
            AND pg_catalog.to_regclass(pg_catalog.quote_ident(c.relname)) = c.oid
            AND p.pronamespace = c.relnamespace"""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: _plain(sql, schema) for name, sql in cursor.fetchall()}


def _functions_there(connection: Any, schema: str) -> dict[str, list[_Function]]:
    """Name → the functions of this name, of which there should be one."""
    found: dict[str, list[_Function]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc, p.proconfig, l.lanname = 'plpgsql' AND p.provolatile = 'v'"
            " AND NOT p.proisstrict AND NOT p.prosecdef AND p.prokind = 'f'"
            " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
            " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s",
            [schema],
        )
        for name, body, settings, ordinary in cursor.fetchall():
            function = _Function(body, frozenset(settings or ()), ordinary)
            found.setdefault(name, []).append(function)
    return found


_STRANGE = """
  WITH guarded AS (
    SELECT c.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %(schema)s AND c.relname = ANY (%(tables)s)
  )
  SELECT g.relname, 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t
    JOIN guarded g ON g.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgname <> ALL (%(names)s)
  UNION ALL SELECT DISTINCT g.relname, 'foreign keys off' FROM pg_catalog.pg_trigger t
    JOIN guarded g ON g.oid = t.tgrelid WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
  UNION ALL SELECT g.relname, 'rule ' || r.rulename FROM pg_catalog.pg_rewrite r
    JOIN guarded g ON g.oid = r.ev_class
  UNION ALL SELECT g.relname, 'row security' FROM guarded g
    WHERE g.relrowsecurity OR g.relforcerowsecurity
  UNION ALL SELECT g.relname, 'not a table' FROM guarded g WHERE g.relkind <> 'r'
  UNION ALL SELECT g.relname, 'table below: ' || c.relname FROM pg_catalog.pg_inherits i
    JOIN guarded g ON g.oid = i.inhparent JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  UNION ALL SELECT g.relname, 'table above: ' || c.relname FROM pg_catalog.pg_inherits i
    JOIN guarded g ON g.oid = i.inhrelid JOIN pg_catalog.pg_class c ON c.oid = i.inhparent
  ORDER BY 1, 2"""


def strange(
    connection: Any, install: Sequence[str], names: Sequence[str], schema: str
) -> list[str]:
    """What stands on guarded tables, does not belong there and could get round their guards.

    Args:
        connection: Database.
        install: The statements that install the guards.
        names: Of the guards.
        schema: Where they are (PostgreSQL), or empty.

    Returns:
        ``table: trigger x``, ``table: rule x``, ``table: row security``, ``table: table below: x``.
    """
    tables = guarded_tables(install, schema)
    with connection.cursor() as cursor:
        if schema:
            known = {"schema": schema, "tables": tables, "names": list(names)}
            cursor.execute(_STRANGE, known)
            return [f"{table}: {what}" for table, what in cursor.fetchall()]
        cursor.execute(
            "SELECT tbl_name, name FROM main.sqlite_master WHERE type = 'trigger' ORDER BY 1, 2"
        )
        found = cursor.fetchall()
    return [
        f"{table}: trigger {name}" for table, name in found if table in tables and name not in names
    ]
