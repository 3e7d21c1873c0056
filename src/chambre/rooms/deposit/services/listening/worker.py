"""One process that hears devices at the broker, and acknowledges what is in the database.

A message is acknowledged to the broker only after its transaction was committed; whoever is killed
between the two hears it again and finds the answer. An answer that gets lost is asked for again by the
device, so that answers need no acknowledgement of their own.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from chambre.core.db.busy import is_busy
from chambre.lib.devices import Kind, Topic, filters, links
from chambre.rooms.deposit.services.hearing import Arrival
from chambre.rooms.deposit.services.ingesting import ingest

log = structlog.get_logger("chambre.deposit.listen")
SHARE = "ingest"
BATCH = 500
"""Most messages of one transaction."""
PAUSE = 0.05
"""Seconds that the first message of a batch waits for others."""
PATIENCE = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between two tries while the database is away; the last one over and over."""
FAULT = {"ok": False, "code": "fault", "final": False}
"""Said of a message at which the program itself failed; the device keeps it and says it again."""


def session_name(number: int) -> str:
    """The name of a worker's session at the broker; it stays, so that what waits finds it again."""
    return f"chambre-{SHARE}-{number}"


def _is_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "40P01"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker delivered it: what acknowledges it, and where its answer goes."""

    arrival: Arrival
    connected: int
    mid: int
    qos: int
    reply_to: str
    correlation: bytes | None


class Listener:
    """A worker at the broker.

    Args:
        broker: Where, and as whom.
        number: Which of the workers, from 1.
        should_stop: Asked often.
        beside: Called between two batches: for what is sent to devices unasked.
        leaving: Only take what waits in the session of a worker that is no more, and end it.
    """

    def __init__(
        self,
        broker: links.Broker,
        number: int,
        should_stop: Callable[[], bool],
        beside: Callable[[mqtt.Client], None] = lambda _client: None,
        *,
        leaving: bool = False,
    ) -> None:
        self._stop, self._beside, self._leaving = should_stop, beside, leaving
        self._heard: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._connected = 0
        self._broker = broker
        self.ready = threading.Event()
        self.had_session = False
        self.last_heard = time.monotonic()
        self._client = links.client(broker, session_name(number))
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def run(self) -> None:
        """Listen until told to stop. What is not acknowledged then waits at the broker."""
        client = self._client
        client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=links.KEEPALIVE,
            clean_start=False,
            properties=links.session(),
        )
        client.loop_start()
        try:
            while not self._stop():
                if batch := self._batch():
                    self._take(batch)
                    self.last_heard = time.monotonic()
                self._beside(client)
        finally:
            client.disconnect(properties=links.farewell() if self._leaving else None)
            client.loop_stop()
            connection.close()

    def _on_connect(self, client: mqtt.Client, _data: Any, flags: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            log.error("listen.refused", broker=str(self._broker), reason=str(code))
            return
        # What came over an earlier connection is delivered again, and is not acknowledged over
        # this one: its number may mean something else here.
        self._connected += 1
        self.last_heard = time.monotonic()
        if self._leaving:
            self.had_session = flags.session_present
            client.unsubscribe(filters(share=SHARE))
            self.ready.set()
        else:
            log.info("listen.connected", broker=str(self._broker))
            client.subscribe([(one, 1) for one in filters(share=SHARE)])

    def _on_disconnect(self, _c: mqtt.Client, _data: Any, _f: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            log.warning("listen.disconnected", reason=str(code))

    def _on_subscribe(self, _c: mqtt.Client, _data: Any, _m: int, codes: Any, _p: Any) -> None:
        refused = [str(code) for code in codes if code.is_failure]
        if refused:
            log.error("listen.not-subscribed", reasons=refused)
        else:
            self.ready.set()

    def _on_message(self, _c: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        properties = message.properties
        self._heard.put(
            Delivery(
                Arrival(message.topic, bytes(message.payload), timezone.now()),
                self._connected,
                message.mid,
                message.qos,
                getattr(properties, "ResponseTopic", ""),
                getattr(properties, "CorrelationData", None),
            )
        )

    def _batch(self) -> list[Delivery]:
        """What has arrived: at most :data:`BATCH`, after at most :data:`PAUSE` seconds."""
        try:
            batch = [self._heard.get(timeout=0.2)]
        except queue.Empty:
            return []
        end = time.monotonic() + PAUSE
        while len(batch) < BATCH:
            try:
                batch.append(self._heard.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                break
        return batch

    def _take(self, batch: list[Delivery]) -> None:
        """Commit a batch, answer it, then acknowledge it."""
        answers = self._patiently([one.arrival for one in batch])
        if answers is None:
            return  # told to stop: the broker delivers it again
        for one, answer in zip(batch, answers, strict=True):
            if answer is not None:
                self._answer(one, answer)
            if one.qos and one.connected == self._connected:
                self._client.ack(one.mid, one.qos)

    def _patiently(self, arrivals: list[Arrival]) -> list[Any] | None:
        """Have a batch taken, however long the database is away; None: told to stop."""
        waits = iter(PATIENCE)
        pause = PATIENCE[0]
        while not self._stop():
            try:
                close_old_connections()
                return ingest(arrivals)
            except (OperationalError, InterfaceError) as error:
                log.warning("listen.database", error=str(error), busy=is_busy(error))
                connection.close()
                if _is_deadlock(error) and len(arrivals) > 1:
                    return self._in_halves(arrivals)
                pause = next(waits, pause)
                time.sleep(pause)
            except Exception:  # one message must not keep all the others from being heard
                log.exception("listen.fault", messages=len(arrivals))
                if len(arrivals) == 1:
                    return [FAULT]
                each = [self._patiently([arrival]) for arrival in arrivals]
                return [one[0] for one in each if one] if all(each) else None
        return None

    def _in_halves(self, arrivals: list[Arrival]) -> list[Any] | None:
        """Two workers stood in each other's way: smaller transactions hold less at once."""
        middle = len(arrivals) // 2
        first = self._patiently(arrivals[:middle])
        second = self._patiently(arrivals[middle:]) if first is not None else None
        return first + second if first is not None and second is not None else None

    def _answer(self, one: Delivery, answer: dict[str, Any]) -> None:
        """Tell a device; where to, the device may say, within its own topics."""
        try:
            topic = Topic.read(one.arrival.topic).to(Kind.ACK)
        except ValueError:
            return  # nobody we know
        own = f"{str(topic).rpartition('/')[0]}/"
        reply_to = one.reply_to if one.reply_to.startswith(own) else str(topic)
        self._client.publish(
            reply_to if "+" not in reply_to and "#" not in reply_to else str(topic),
            json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(),
            qos=0,
            properties=links.published(CorrelationData=one.correlation),
        )
