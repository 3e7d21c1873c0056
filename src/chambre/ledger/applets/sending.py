"""Sending rows to PostgreSQL while Python goes on working.

A COPY is answered when its rows are in the indexes and its triggers have proved them, which takes
as long as making the rows. So rows go in parts, and nobody waits for a part: while the server works
on one, the next is checked and digested, and :meth:`Sender.pump` hands over what is ready. libpq
does this without a thread; a thread of Python's would wait for the interpreter's lock instead.

Nothing else may use the connection between the first :meth:`Sender.copy` and
:meth:`Sender.finish` or :meth:`Sender.abandon`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from itertools import repeat
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.waiting import Wait

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r"[\\\n\r\t]")
_ABSENT = r"\N"


def as_copied(columns: Sequence[Sequence[Any]]) -> bytes:
    """Rows as COPY takes them, in its text form.

    Args:
        columns: Of integers, texts, bytes or nothing; as many values in each, at least one.
    """
    written: list[Iterable[str]] = []
    constants: list[str] = []
    count = len(columns[0])
    for column in columns:
        if column[0] == column[-1] and column.count(column[0]) == count:
            constants.append(_value(column[0]))  # written once for all rows, with its neighbours
            continue
        if constants:
            written.append(repeat("\t".join(constants), count))
            constants = []
        written.append(_written(column))
    if constants:
        written.append(repeat("\t".join(constants), count))
    return ("\n".join(map("\t".join, zip(*written, strict=True))) + "\n").encode()


def _written(column: Sequence[Any]) -> Iterable[str]:
    """The values of a column as COPY reads them."""
    try:
        return map(_escape, column) if _ESCAPED.search("".join(column)) else column
    except TypeError:  # not only texts
        kinds = set(map(type, column))
    if kinds == {int}:
        return map(str, column)
    if kinds == {int, type(None)}:
        return [_ABSENT if each is None else str(each) for each in column]
    return map(_value, column)


def _value(value: Any) -> str:
    if value is None:
        return _ABSENT
    return f"\\\\x{value.hex()}" if isinstance(value, bytes) else _escape(str(value))


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)


class Sender:
    """Sends COPYs one after the other; the first that is refused ends it.

    Args:
        connection: A connection with an open transaction.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._server: Any = connection.pgconn
        self._waiting: deque[tuple[bytes, bytes]] = deque()
        self._steps: Generator[Wait, Any, None] | None = None

    def copy(self, table: str, columns: Sequence[str], rows: bytes) -> None:
        """Send rows (:func:`as_copied`) after those that are on their way, and return.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        self._waiting.append((statement.encode(), rows))
        self.pump()

    def pump(self) -> None:
        """Hand over what the server is ready for, without waiting.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        if self._steps is None:
            if not self._waiting:
                return
            self._steps = self._run()
        try:
            next(self._steps)
        except StopIteration:
            self._steps = None

    def finish(self) -> None:
        """Wait until the server has taken everything.

        Raises:
            psycopg.Error: It refused something.
        """
        while self._steps is not None or self._waiting:
            steps, self._steps = self._steps or self._run(), None
            self._connection.wait(steps)

    def abandon(self) -> None:
        """Send nothing more, and wait for the answer to what was sent; it does not count."""
        self._waiting.clear()
        try:
            self.finish()
        except psycopg.Error:
            return  # the transaction is given up anyhow, for a reason that is known already

    def _run(self) -> Generator[Wait, Any, None]:
        server = self._server
        while self._waiting:
            statement, data = self._waiting.popleft()
            server.send_query(statement)
            if (result := (yield from self._answer())).status != pq.ExecStatus.COPY_IN:
                yield from self._refused(result)
            server.put_copy_data(data)
            server.put_copy_end()
            if (result := (yield from self._answer())).status != pq.ExecStatus.COMMAND_OK:
                yield from self._refused(result)
            yield from self._rest()

    def _answer(self) -> Generator[Wait, Any, Any]:
        """The next result; nothing when the server is done with a command."""
        server = self._server
        while server.flush():
            yield Wait.RW
            server.consume_input()
        server.consume_input()
        while server.is_busy():
            yield Wait.R
            server.consume_input()
        return server.get_result()

    def _rest(self) -> Generator[Wait, Any, None]:
        while (yield from self._answer()) is not None:
            pass

    def _refused(self, result: Any) -> Generator[Wait, Any, None]:
        """Raise what the server says, ready for the next command."""
        yield from self._rest()
        raise errors.error_from_result(result, encoding=self._connection.info.encoding)
