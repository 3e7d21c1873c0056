"""Sending rows to PostgreSQL while Python goes on working.

A COPY is answered when its rows are in the indexes and its triggers have proved them, which takes
as long as making the rows. So rows go in parts, and nobody waits for a part: while the server works
on one, the next is checked and digested, and :meth:`Sender.pump` hands over what is ready. libpq
does this without a thread; a thread of Python's would wait for the interpreter's lock instead.

Nothing else may use the connection between the first :meth:`Sender.copy` or :meth:`Sender.ask` and
:meth:`Sender.finish` or :meth:`Sender.abandon`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

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


class Asked:
    """A question on its way.

    Attributes:
        rows: The answer, as PostgreSQL writes it; none as long as it is not there.
    """

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[list[bytes | None]] | None = None


class _Command(NamedTuple):
    """What waits for its turn: the rows of a COPY, or a question."""

    statement: bytes
    rows: bytes = b""
    values: Sequence[bytes] = ()
    asked: Asked | None = None


class Sender:
    """Sends COPYs and questions one after the other; the first that is refused ends it.

    Args:
        connection: A connection with an open transaction.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._server: Any = connection.pgconn
        self._waiting: deque[_Command] = deque()
        self._steps: Generator[Wait, Any, None] | None = None

    @property
    def idle(self) -> bool:
        """Whether everything was answered, so that the server has nothing to do."""
        return self._steps is None and not self._waiting

    def copy(self, table: str, columns: Sequence[str], rows: bytes) -> None:
        """Send rows (:func:`as_copied`) after those that are on their way, and return.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        self._waiting.append(_Command(statement.encode(), rows))
        self.pump()

    def ask(self, statement: str, values: Sequence[str] = ()) -> Asked:
        """Send a statement after what is on its way, and return.

        Args:
            statement: One, or several without values. Its values are ``$1``, ``$2``…
            values: As PostgreSQL reads them.

        Returns:
            Where the rows will be.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        asked = Asked()
        written = [value.encode() for value in values]
        self._waiting.append(_Command(statement.encode(), values=written, asked=asked))
        self.pump()
        return asked

    def pump(self) -> None:
        """Hand over what the server is ready for, without waiting.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        if not self.idle:
            self._step()

    def answer(self, asked: Asked) -> list[list[bytes | None]]:
        """Wait until a question is answered.

        Raises:
            psycopg.Error: The server refused it, or something that was sent before.
        """
        if asked.rows is None:
            self._connection.wait(self._until(asked))
        assert asked.rows is not None
        return asked.rows

    def finish(self) -> None:
        """Wait until the server has taken everything.

        Raises:
            psycopg.Error: It refused something.
        """
        self._connection.wait(self._until(None))

    def abandon(self) -> None:
        """Send nothing more, and wait for the answer to what was sent; it does not count."""
        self._waiting.clear()
        try:
            self.finish()
        except psycopg.Error:
            return  # the transaction is given up anyhow, for a reason that is known already

    def _until(self, asked: Asked | None) -> Generator[Wait, Any, None]:
        """Go on until a question, or everything, is answered."""
        while not self.idle and (asked is None or asked.rows is None):
            wanted = self._step()
            if wanted is not None and (asked is None or asked.rows is None):
                yield wanted

    def _step(self) -> Wait | None:
        """Go on as far as can be without waiting; what is to be waited for."""
        if self._steps is None:
            self._steps = self._run()
        try:
            return next(self._steps)
        except StopIteration:
            self._steps = None
            return None
        except BaseException:
            self._steps = None
            self._waiting.clear()
            raise

    def _run(self) -> Generator[Wait, Any, None]:
        server = self._server
        while self._waiting:
            command = self._waiting.popleft()
            if command.asked is not None:
                yield from self._question(command, command.asked)
                continue
            server.send_query(command.statement)
            if (result := (yield from self._answer())).status != pq.ExecStatus.COPY_IN:
                yield from self._refused(result)
            server.put_copy_data(command.rows)
            server.put_copy_end()
            if (result := (yield from self._answer())).status != pq.ExecStatus.COMMAND_OK:
                yield from self._refused(result)
            yield from self._rest()

    def _question(self, command: _Command, asked: Asked) -> Generator[Wait, Any, None]:
        if command.values:
            self._server.send_query_params(command.statement, command.values)
        else:
            self._server.send_query(command.statement)
        rows: list[list[bytes | None]] = []
        while (result := (yield from self._answer())) is not None:
            if result.status == pq.ExecStatus.TUPLES_OK:
                columns = range(result.nfields)
                rows = [[result.get_value(at, n) for n in columns] for at in range(result.ntuples)]
            elif result.status != pq.ExecStatus.COMMAND_OK:
                yield from self._refused(result)
        asked.rows = rows

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
