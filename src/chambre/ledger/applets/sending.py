"""Sending rows to PostgreSQL while Python goes on working.

A COPY is answered when its rows are in the indexes and its triggers have proved them, which takes
as long as making the rows. So rows go in parts, and nobody waits for a part: while the server works
on one, the next is checked and digested, and :meth:`Sender.pump` hands over what is ready. libpq
does this without a thread; a thread of Python's would wait for the interpreter's lock instead.

Nothing else may use the connection between the first :meth:`Sender.copy` and
:meth:`Sender.finish` or :meth:`Sender.abandon`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.copy import Copy, Writer
from psycopg.waiting import Wait


class Part(Writer):
    """Rows of one table as COPY takes them.

    Args:
        connection: The database's connection, with its ways to write values.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.data: list[bytes] = []
        self._copy = Copy(psycopg.Cursor(connection), binary=False, writer=self)
        self.add = self._copy.write_row

    def write(self, data: Any) -> None:
        """Keep what was formatted."""
        self.data.append(bytes(data))

    def done(self) -> list[bytes]:
        """All of it."""
        self._copy.finish(None)
        return self.data


class Sender:
    """Sends COPYs one after the other; the first that is refused ends it.

    Args:
        connection: A connection with an open transaction.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._server: Any = connection.pgconn
        self._waiting: deque[tuple[bytes, list[bytes]]] = deque()
        self._steps: Generator[Wait, Any, None] | None = None

    def copy(self, table: str, columns: Sequence[str], part: Part) -> None:
        """Send rows after those that are on their way, and return.

        Raises:
            psycopg.Error: The server refused something that was sent before.
        """
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        self._waiting.append((statement.encode(), part.done()))
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
            for each in data:
                server.put_copy_data(each)
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
