"""A small HTTP server with a memory, for playing a provider. Real sockets, JSON in and out."""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

AWAKE = 0.01
"""Seconds after which a server that was told to stop looks up."""


@dataclass
class Asked:
    """A request as a route sees it."""

    path: tuple[str, ...]
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.body.decode()))


class Answer(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, content: Any) -> None:
        self.status, self.content = status, content


class FakeServer:
    """Routes are methods marked with :func:`route`; each runs alone.

    ``trouble`` makes the next answers go wrong, in order: ``"lost"`` acts and closes the connection,
    ``"down"`` does not act and answers 503; None answers as usual.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.trouble: list[str | None] = []
        self.answered: dict[str, tuple[bytes, int, Any]] = {}
        self.calls: list[str] = []
        names = [name for name in dir(type(self)) if hasattr(getattr(type(self), name), "route")]
        self.routes = [getattr(self, name) for name in names]
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Quiet."""

            def _handle(self) -> None:
                fake.handle(self)

            do_GET = do_POST = do_DELETE = _handle

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=[AWAKE], daemon=True)
        self.thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urllib.parse.urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        with self.lock:
            trouble = self.trouble.pop(0) if self.trouble else None
            self.calls.append(f"{handler.command} {parts.path}")
            if trouble == "down":
                status, content = 503, {"title": "Service Unavailable"}
            else:
                query = dict(urllib.parse.parse_qsl(parts.query))
                status, content = self._answer(handler, parts.path, query, body)
        if trouble == "lost":
            handler.close_connection = True
            return
        payload = json.dumps(content).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    def _answer(
        self, handler: Any, path: str, query: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        for each in self.routes:
            method, pattern = each.route
            found = re.fullmatch(pattern, path) if handler.command == method else None
            if found:
                try:
                    asked = Asked(found.groups(), query, handler.headers, body)
                    self.authorise(asked, path)
                    return self.once(each, asked, path)
                except Answer as answer:
                    return answer.status, answer.content
        return 404, {"title": "Not Found"}

    def authorise(self, asked: Asked, path: str) -> None:
        """Overridden: who may ask."""

    def once(self, each: Callable[[Asked], Any], asked: Asked, path: str) -> tuple[int, Any]:
        """Overridden where the provider knows idempotency keys."""
        return 200, each(asked)


def route(method: str, pattern: str) -> Callable[[Any], Any]:
    """Mark a method as the answer to an address (a whole regular expression)."""

    def mark(function: Any) -> Any:
        function.route = (method, pattern)
        return function

    return mark
