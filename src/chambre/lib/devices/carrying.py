"""How a device's messages travel: by MQTT to the broker, or by HTTP to the house."""

from __future__ import annotations

import json
import queue
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt

from chambre.lib.devices import links
from chambre.lib.devices.signing import sign_request
from chambre.lib.devices.topics import Kind, Topic

WILL_DELAY = 30
"""Seconds after which the broker says that a device is lost: a short break is none."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``line``, ``end``, ``answer``, ``command``, ``link``."""

    name: str
    data: Any = None


Events = queue.SimpleQueue[Event]


class Carrier(Protocol):
    """Takes messages away and says what comes back, as events."""

    def start(self) -> None:
        """Begin; being out of touch is no error."""

    def send(self, messages: Sequence[tuple[Kind, Mapping[str, Any]]]) -> bool:
        """Send messages, once; whether they left. Whether they arrived, only an answer says."""

    def stop(self) -> None:
        """End."""


def _bytes(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


class MqttCarrier:
    """By MQTT 5: QoS 1, a session that lasts, a last will.

    Args:
        broker: Where, and as whom.
        topic: Any topic of the device.
        events: Where answers, commands and the state of the link are put.
        state: Makes a state message: ``state("online")``.
    """

    def __init__(self, broker: links.Broker, topic: Topic, events: Events, state: Any) -> None:
        self._broker, self._topic, self._events, self._state = broker, topic, events, state
        self._client = links.client(broker, f"ch-{topic.device}")
        self._client.manual_ack_set(False)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect, now or as soon as the broker can be reached."""
        self._client.will_set(
            str(self._topic.to(Kind.STATE)),
            _bytes(self._state("lost")),
            qos=1,
            retain=True,
            properties=links.will_after(WILL_DELAY),
        )
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=links.KEEPALIVE,
            clean_start=False,
            properties=links.session(),
        )
        self._client.loop_start()

    def _on_connect(self, client: mqtt.Client, _data: Any, _f: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            self._events.put(Event("link", str(code)))
            return
        client.subscribe([(str(self._topic.to(kind)), 1) for kind in (Kind.ACK, Kind.CMD)])
        client.publish(
            str(self._topic.to(Kind.STATE)), _bytes(self._state("online")), qos=1, retain=True
        )
        self._events.put(Event("link", ""))

    def _on_disconnect(self, _c: mqtt.Client, _data: Any, _f: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            self._events.put(Event("link", str(code)))

    def _on_message(self, _c: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            said = json.loads(message.payload)
        except ValueError:
            return
        name = "command" if message.topic.endswith(f"/{Kind.CMD.value}") else "answer"
        if isinstance(said, dict):
            self._events.put(Event(name, said))

    def send(self, messages: Sequence[tuple[Kind, Mapping[str, Any]]]) -> bool:
        """Publish messages; answers come as events."""
        if not self._client.is_connected():
            return False
        answers = str(self._topic.to(Kind.ACK))
        for kind, message in messages:
            correlation = f"{message['boot']}/{message['seq']}".encode()
            self._client.publish(
                str(self._topic.to(kind)),
                _bytes(message),
                qos=1,
                properties=links.published(ResponseTopic=answers, CorrelationData=correlation),
            )
        return True

    def stop(self) -> None:
        """Say good-bye, so that nobody takes the device for lost."""
        if self._client.is_connected():
            said = _bytes(self._state("offline"))
            info = self._client.publish(str(self._topic.to(Kind.STATE)), said, qos=1, retain=True)
            info.wait_for_publish(2)
        self._client.disconnect()
        self._client.loop_stop()


class HttpCarrier:
    """By HTTP: signed requests to ``/api/deposit/devices/{device}/messages``.

    Args:
        url: Address of the house.
        device: Name of the device.
        events: Where answers, commands and the state of the link are put.
        secret: The shared secret, that signs requests.
    """

    def __init__(self, url: str, device: str, events: Events, secret: str) -> None:
        self._url = f"{url.rstrip('/')}/api/deposit/devices/{device}/messages"
        self._device, self._events, self._secret = device, events, secret
        self._todo: queue.SimpleQueue[Sequence[Any] | None] = queue.SimpleQueue()
        self._busy = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Say that the link is there: whether it is shows with the first request."""
        self._thread.start()
        self._events.put(Event("link", ""))

    def send(self, messages: Sequence[tuple[Kind, Mapping[str, Any]]]) -> bool:
        """Hand messages to the thread that sends; one request at a time."""
        if self._busy.is_set():
            return False
        self._busy.set()
        self._todo.put(messages)
        return True

    def _work(self) -> None:
        while (messages := self._todo.get()) is not None:
            try:
                answered = self._post(_bytes({"messages": [one for _kind, one in messages]}))
                for answer in answered.get("answers", []):
                    self._events.put(Event("answer", answer))
                for command in answered.get("commands", []):
                    self._events.put(Event("command", command))
                self._events.put(Event("link", ""))
            except (OSError, ValueError) as error:
                self._events.put(Event("link", str(error) or type(error).__name__))
            finally:
                self._busy.clear()

    def _post(self, body: bytes) -> Any:
        nonce = secrets.token_urlsafe(16)
        path = urlsplit(self._url).path
        signature = sign_request("POST", path, nonce, body, secret=self._secret)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Device name={self._device},nonce={nonce},signature={signature}",
        }
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - as configured
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read(2000).decode("utf-8", "replace")
            raise OSError(f"HTTP {error.code}: {text[:200]}") from error

    def stop(self) -> None:
        """Let the request that is under way end."""
        self._todo.put(None)
        self._thread.join(timeout=5)
