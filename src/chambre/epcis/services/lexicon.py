"""Writing terms and contexts that are not there yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict
from chambre.epcis.models import Context, Term
from chambre.epcis.terms import number_of

CHUNK = 400
"""Rows in one statement on SQLite."""


class TermCollision(Conflict):
    """Two different names have one key; the second cannot be recorded."""

    code = "epcis.term-collision"
    default_message = _("This identifier cannot be told from another one that is known here.")


class Lexicon:
    """Terms that are known to be written, for the length of one transaction."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[int, str]] = {}

    def ensure(self, terms: Mapping[int, tuple[int, str]]) -> None:
        """Write what is missing, in the order of the keys, so that two writers wait in one order.

        Raises:
            TermCollision: A key stands for something else.
        """
        written = self._written
        asked = {}
        for key, meaning in terms.items():
            if (known := written.get(key)) is None:
                asked[key] = meaning
            elif known != meaning:
                raise TermCollision
        if not asked:
            return
        keys = sorted(asked)
        missing = self._check(asked, keys)
        if missing:
            raced = _insert(asked, missing)
            # Whoever was faster wrote the same, or something that has the same key.
            if raced and (still := self._check(asked, raced)):
                raise RuntimeError(f"terms are not there after writing them: {still[:3]}")
        if len(written) > 50_000:
            written.clear()
        written.update(asked)

    def _check(self, asked: Mapping[int, tuple[int, str]], keys: Sequence[int]) -> list[int]:
        """Which keys are not written; those that are must mean the same."""
        found = set()
        for key, kind, text in _select(keys):
            if asked[key] != (kind, text):
                raise TermCollision
            found.add(key)
        return [key for key in keys if key not in found]


def chunks(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Lists of at most ``size`` of them."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def numbers(values: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array of them: psycopg would look at each."""
    return f"{{{','.join(map(str, values))}}}"


def _select(keys: Sequence[int]) -> Iterable[tuple[int, int, str]]:
    query = "SELECT id, kind, text FROM epcis_term WHERE id "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(query + "= ANY (%s::bigint[])", [numbers(keys)])
        else:
            cursor.execute(query + "IN (SELECT value FROM json_each(%s))", [json.dumps(list(keys))])
        return list(cursor.fetchall())


def _insert(asked: Mapping[int, tuple[int, str]], keys: Sequence[int]) -> list[int]:
    """Write terms; the keys of those that somebody else wrote in the meantime."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns: list[Any] = [
                numbers(keys),
                numbers(asked[key][0] for key in keys),
                [asked[key][1] for key in keys],
            ]
            cursor.execute(
                "INSERT INTO epcis_term (id, kind, text)"
                " SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[])"
                " ON CONFLICT (id) DO NOTHING RETURNING id",
                columns,
            )
            written = {key for (key,) in cursor.fetchall()}
            return [key for key in keys if key not in written]
        for some in chunks(keys, CHUNK):
            values: list[Any] = [value for key in some for value in (key, *asked[key])]
            marks = ", ".join(["(%s, %s, %s)"] * len(some))
            cursor.execute(f"INSERT INTO epcis_term (id, kind, text) VALUES {marks}", values)
    return []


def context_of(value: Any, known: dict[int, int]) -> int:
    """The number of a JSON-LD context, written if it is new.

    Args:
        value: The context.
        known: Numbers known in this transaction, filled in.
    """
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    key = number_of("context", body)
    if key not in known:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO epcis_context (id, body) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    [key, body],
                )
        elif not Context.objects.filter(pk=key).exists():
            Context.objects.bulk_create([Context(id=key, body=body)])
        known[key] = key
    return key


def texts(keys: Iterable[int | None]) -> dict[int, str]:
    """What terms say."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    return dict(Term.objects.filter(pk__in=wanted).values_list("id", "text"))
