"""Following a query over a WebSocket: let in by key, told each event once, in order."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from chambre.core import tokens
from chambre.core.actors import Actor
from chambre.core.models import Token
from chambre.epcis import api
from chambre.epcis.binding import streaming
from chambre.epcis.services import asking
from chambre.epcis.tests.samples import seen
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db(transaction=True)


def run(coroutine):
    """Run it in a thread of its own: a browser that other tests drive keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


class Socket:
    """A client of the ASGI application."""

    def __init__(self, path, query, key):
        self.sent, self.received = asyncio.Queue(), asyncio.Queue()
        self.scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {key}".encode())],
        }
        self.received.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(
            streaming.application(self.scope, self.received.get, self.sent.put)
        )

    async def next(self):
        return await asyncio.wait_for(self.sent.get(), 10)

    async def jars(self):
        message = json.loads((await self.next())["text"])
        events = message["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return [event["epcList"][0].rpartition("-")[2] for event in events]

    async def leave(self):
        self.received.put_nowait({"type": "websocket.disconnect"})
        await asyncio.wait_for(self.task, 10)


@pytest.fixture
def key(make_user, system, monkeypatch):
    monkeypatch.setattr(streaming, "PAUSE", 0.02)
    user = make_user("ana@exemple.test")
    person = registry.create_person(email=user.email, name="Ana", by=system)
    registry.grant_role(agent=person, kind="member", scope=registry.home_chamber(), by=system)
    asking.name_query(name="départs", query={"EQ_bizStep": ["shipping"]}, by=system)
    return tokens.create_token(user=user, scopes=["epcis"], by=system)[1]


def record(*numbers, **fields):
    api.record_events(
        events=[seen(number, **fields) for number in numbers],
        by=Actor.system("deposit"),
        key=f"room:{numbers}{fields}",
    )


PATH = "/epcis/queries/départs/events"


def test_a_client_is_told_what_is_new_in_order(key, monkeypatch):
    monkeypatch.setattr(streaming, "AT_ONCE", 2)
    record(0, bizStep="shipping")

    async def follow():
        fresh = Socket(PATH, "stream=true", key)
        accepted = await fresh.next()
        assert accepted["type"] == "websocket.accept"
        assert dict(accepted["headers"])[b"gs1-query-min-record-time"]
        back = Socket(PATH, "stream=true&initialRecordTime=2020-01-01T00:00:00Z", key)
        await back.next()
        assert await back.jars() == ["0"]
        await streaming._read(lambda: record(1, 2, 3, bizStep="shipping"))
        await streaming._read(record, 4)
        for socket in (fresh, back):
            assert await socket.jars() == ["1", "2"]
            assert await socket.jars() == ["3"]
            await socket.leave()

    run(follow())


def test_who_is_not_let_in(key):
    async def refused(path, query, its_key):
        socket = Socket(path, query, its_key)
        answer = await socket.next()
        await asyncio.wait_for(socket.task, 10)
        return answer["type"]

    async def all_of_them():
        for path, query, its_key in (
            (PATH, "stream=true", "chb_x_y"),
            (PATH, "stream=true", ""),
            ("/epcis/queries/rien/events", "stream=true", key),
            ("/epcis/events", "stream=true", key),
            (PATH, "", key),
            (PATH, "stream=true&second=0", key),
            (PATH, "hour=25", key),
            (PATH, "stream=true&initialRecordTime=hier", key),
        ):
            assert await refused(path, query, its_key) == "websocket.close", (path, query)

    run(all_of_them())


def test_a_key_that_is_revoked_closes_the_door(key, monkeypatch, system):
    monkeypatch.setattr(streaming, "AGAIN", 0.0)

    async def follow():
        socket = Socket(PATH, "stream=true", key)
        assert (await socket.next())["type"] == "websocket.accept"
        await streaming._read(lambda: tokens.revoke_token(Token.objects.get(), by=system))
        assert (await socket.next())["type"] == "websocket.close"

    run(follow())
