"""Following a named query over a WebSocket: ``/epcis/queries/{name}/events?stream=true``.

A process of its own serves this (``chambre serve --streams PORT``), because a WebSocket stays open and
the pages are served by threads. It keeps no state: a client that comes back asks from the
recordTime that it knows with ``initialRecordTime``. Each message is an EPCISQueryDocument.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import structlog
from django.db import close_old_connections
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.db.horizon import settled
from chambre.core.errors import ChambreError
from chambre.core.tokens import actor_of_token
from chambre.epcis import schedules
from chambre.epcis.language import Question, read_question
from chambre.epcis.models import Event
from chambre.epcis.outward import DEFAULT_FORMAT, FORMATS, query_document
from chambre.epcis.queries import finding
from chambre.epcis.services.asking import query_named
from chambre.epcis.times import moment, written

log = structlog.get_logger("chambre.epcis")
PATH = re.compile(r"/epcis/queries/([^/]+)/events/?")
PAUSE = 1.0
"""Seconds between two looks at what is new."""
AGAIN = 60.0
"""Seconds after which it is asked again whether the client may still read."""
AT_ONCE = 500
MOST = 500
"""Clients of one process."""
THREADS = 4
Result = TypeVar("Result")
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="streams")
_open: set[object] = set()


class Refused(Exception):
    """The client is not let in."""


@dataclass(slots=True)
class Client:
    """Somebody who follows along.

    Attributes:
        key: Their access key.
        name: The query.
        question: What it asks.
        schedule: When to tell; None: at once.
        report_if_empty: Also tell that there is nothing.
        epc_format: Form of identifiers.
        since: Nothing recorded before this.
        cursor: Number of the last event that was sent.
        asked: When it was last asked whether they may read.
    """

    key: str
    name: str
    question: Question
    schedule: dict[str, str] | None
    report_if_empty: bool
    epc_format: str
    since: dt.datetime
    cursor: int
    asked: float = field(default=0.0)


def _read(function: Callable[..., Result], *args: Any) -> Awaitable[Result]:
    """Call something that reads the database, in a thread of its own."""

    def call() -> Result:
        close_old_connections()
        try:
            return function(*args)
        finally:
            close_old_connections()

    return asyncio.get_running_loop().run_in_executor(_pool, call)


def _may_read(key: str) -> Actor:
    by = actor_of_token(key)
    if by is None:
        raise Refused
    authorize(by, "epcis.read")
    return by


def _enter(scope: Mapping[str, Any]) -> Client:
    """Who a client is and what they want.

    Raises:
        Refused, ChambreError: They are not let in.
    """
    found = PATH.fullmatch(scope["path"])
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    kind, _mark, key = headers.get("authorization", "").partition(" ")
    if found is None or kind.lower() != "bearer":
        raise Refused
    _may_read(key.strip())
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    wanted = {_short(name): value for name, value in asked.items()}
    query = query_named(unquote(found[1]))
    question = read_question(query.query)
    schedule = {name: wanted[name] for name in schedules.RANGES if name in wanted}
    stream = wanted.get("stream") == "true"
    if question.order_by or question.maximum is not None or stream == bool(schedule):
        raise Refused
    epc_format = headers.get("gs1-epc-format", DEFAULT_FORMAT)
    if epc_format not in FORMATS:
        raise Refused
    since = moment(wanted["initialRecordTime"]) if "initialRecordTime" in wanted else None
    return Client(
        key=key.strip(),
        name=query.name,
        question=question,
        schedule=schedules.checked(schedule) if schedule else None,
        report_if_empty=wanted.get("reportIfEmpty") == "true",
        epc_format=epc_format,
        since=since or timezone.now(),
        cursor=0 if since is not None else settled([Event], 2.0)[Event] or 0,
    )


def _short(name: str) -> str:
    """``GS1-Query-Second`` and ``second`` are the same."""
    plain = name.removeprefix("GS1-Query-")
    return plain[:1].lower() + plain[1:]


def _news(client: Client) -> tuple[str | None, int, bool]:
    """A message about what is new, the number up to which it tells, and whether there is more."""
    end = settled([Event], 1.0)[Event]
    if end is None:
        return None, client.cursor, False
    rows = finding.matching(client.question).filter(
        id__gt=client.cursor, id__lte=end, record_time__gte=client.since
    )
    events = list(rows.select_related("context").order_by("id")[:AT_ONCE])
    more = len(events) == AT_ONCE
    upto = events[-1].pk if more else end
    if not events and not (client.report_if_empty and client.schedule):
        return None, upto, False
    document = query_document(events, client.epc_format, name=client.name)
    return json.dumps(document, ensure_ascii=False), upto, more


async def _follow(client: Client, send: Send) -> None:
    """Tell a client what is new, until they leave or may not read any more."""
    loop = asyncio.get_running_loop()
    client.asked = loop.time()
    while True:
        await asyncio.sleep(_pause(client))
        if loop.time() - client.asked > AGAIN:
            await _read(_may_read, client.key)
            client.asked = loop.time()
        more = True
        while more:
            text, client.cursor, more = await _read(_news, client)
            if text is not None:
                await send({"type": "websocket.send", "text": text})


def _pause(client: Client) -> float:
    if client.schedule is None:
        return PAUSE
    now = timezone.now()
    at = schedules.next_time(client.schedule, now)
    return (at - now).total_seconds() if at is not None else 86400.0


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _websocket(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    try:
        if len(_open) >= MOST:
            raise Refused
        client = await _read(_enter, scope)
    except (Refused, ChambreError, ValueError):
        await send({"type": "websocket.close", "code": 4403})  # before it is accepted: 403
        return
    since = written(client.since).encode()
    accepted = {"type": "websocket.accept", "headers": [(b"gs1-query-min-record-time", since)]}
    await send(accepted)
    tasks = [asyncio.create_task(one) for one in (_until_left(receive), _follow(client, send))]
    mark = object()
    _open.add(mark)
    try:
        done, _waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[1] in done:
            if not isinstance(tasks[1].exception(), Refused | ChambreError):
                log.error("epcis.stream-failed", exc_info=tasks[1].exception())
            await send({"type": "websocket.close", "code": 4403})
    finally:
        _open.discard(mark)
        for task in tasks:
            task.cancel()


async def _http(send: Send) -> None:
    body = {"type": "epcisException:ImplementationException", "title": "Upgrade: websocket"}
    content = json.dumps(body | {"status": 426}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"upgrade", b"websocket")]
    await send({"type": "http.response.start", "status": 426, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif scope["type"] == "http":
        await _http(send)
