"""Questions that an act asks each time: put together once, and planned once.

Building a query of Django's and turning it into SQL costs more than running it, when it is asked a
hundred times a second. A :class:`Question` does both at the first time and keeps the SQL; each time it is
asked, it runs that with other values, and makes the same objects of the answer as the query would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import query as queries

from chambre.core.db.planned import planned

Row = TypeVar("Row", bound=models.Model)
Value = int | str | list[int] | list[str]
MOST = 100
"""Shapes (numbers of values in a list) of which the SQL is kept."""


class Question(Generic[Row]):
    """A query with values to be filled in.

    Example::

        FIND = Question(lambda shop, email: Customer.objects.filter(shop=shop, email=email)[:1])
        rows = FIND(shop.pk, "lou@exemple.test")

    Args:
        build: Makes the query of the values: of whole rows, without prefetching. The values are whole
            numbers, words, and lists of either, and go into it as they are.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row, Row]]) -> None:
        self._build = build
        self._known: dict[tuple[Any, ...], _Compiled] = {}

    def __call__(self, *values: Value) -> list[Row]:
        """The rows for these values."""
        if any(isinstance(value, list) and not value for value in values):
            return []
        shape = (
            connection.vendor,
            *(len(value) if isinstance(value, list) else type(value) for value in values),
        )
        known = self._known.get(shape)
        if known is None:
            known = _Compiled(self._build, values)
            if len(self._known) < MOST:
                self._known[shape] = known
        return list(known.rows(_flat(values)))


def _flat(values: tuple[Value, ...]) -> list[int | str]:
    parts = (value if isinstance(value, list) else [value] for value in values)
    return list(chain.from_iterable(parts))


class _Compiled:
    """The SQL of a query and how rows become objects."""

    def __init__(self, build: Callable[..., Any], values: tuple[Value, ...]) -> None:
        marks: list[int | str] = []

        def mark(value: int | str) -> int | str:
            number = len(marks)
            found: int | str = 1_900_000_000 + number
            if isinstance(value, str):
                found = f"\x02value {number}\x03"
            marks.append(found)
            return found

        rows = build(
            *([mark(one) for one in value] if isinstance(value, list) else mark(value)
              for value in values)
        )  # fmt: skip
        compiler: Any = rows.query.get_compiler(connection=connection)
        self._sql, params = compiler.as_sql()
        self._params = [(marks.index(one), None) if one in marks else (-1, one) for one in params]
        if {place for place, _one in self._params} - {-1} != set(range(len(marks))):
            raise TypeError("a value of a question does not go into its query as it is")
        self._how = compiler
        info = compiler.klass_info
        self._model, places = info["model"], info["select_fields"]
        self._start, self._end = places[0], places[-1] + 1
        select = compiler.select
        self._names = [one[0].target.attname for one in select[self._start : self._end]]
        # The stubs know another version's arguments; tests hold what ours does.
        populators: Any = queries.get_related_populators
        self._related = populators(info, select, rows.db)
        self._notes = list(compiler.annotation_col_map.items())
        self._converters = compiler.get_converters([one[0] for one in select])

    def rows(self, values: list[int | str]) -> Iterator[Any]:
        """Ask, and make objects of what comes."""
        params = [one if place < 0 else values[place] for place, one in self._params]
        with planned(), connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found = cursor.fetchall()
        if self._converters:
            found = self._how.apply_converters(found, self._converters)
        alias = connection.alias
        for row in found:
            made = self._model.from_db(alias, self._names, row[self._start : self._end])
            for each in self._related:
                each.populate(row, made)
            for name, place in self._notes:
                setattr(made, name, row[place])
            yield made
