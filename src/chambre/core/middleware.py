"""Middleware: a number for each request, safe headers, who acts, and readable errors."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse

from chambre.core.actors import Actor
from chambre.core.db.busy import is_busy
from chambre.core.errors import Busy, ChambreError, Conflict, Forbidden, TooLarge

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("chambre.request")
FORM = 1024 * 1024
"""Bytes that a form may have beside the file that it sends."""
QUIET = ("/static/", "/health/")


class RequestIdMiddleware:
    """Gives each request a number that logs, the audit trail and error pages share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number it, serve it, and write one line about it."""
        request_id = uuid.uuid4().hex[:20]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter_ns()
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if not request.path.startswith(QUIET):
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=(time.perf_counter_ns() - started) // 1_000_000,
                user=_who(request),
            )
        return response


def _who(request: HttpRequest) -> int | None:
    """The number of the person, never their address; the session is not read for it."""
    user = request.__dict__.get("_cached_user")
    return getattr(user, "pk", None)


class HeadersMiddleware:
    """Headers that every answer carries, beside those that Django and the CSP middleware set."""

    policy = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add them."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _who(request) is not None:
            # A shared computer must not show the page of somebody who signed out.
            response.headers.setdefault("Cache-Control", "private, no-store")
        else:
            # What was public a moment ago may not be any more: ask again each time.
            response.headers.setdefault("Cache-Control", "no-cache")
        return response


class ActorMiddleware:
    """Sets ``request.actor``: who acts, for services."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say who acts."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            from chambre.core.views import bad_request

            return bad_request(request)  # PostgreSQL knows no text with a NUL
        request.actor = Actor.of(request.user)  # type: ignore[attr-defined]
        return self.get_response(request)


class ErrorMiddleware:
    """Turns business errors that a view did not catch into a readable page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve it; below ``/api/`` every error is a problem document."""
        response = self._too_large(request) or self.get_response(request)
        if request.path.startswith("/api/") and response.status_code >= 400:
            from chambre.core.rest.problem import as_problem

            return as_problem(request, response)
        return response

    def _too_large(self, request: HttpRequest) -> HttpResponse | None:
        """Refuse a body that is larger than any upload may be, before a byte of it is read."""
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not said.isdigit() or int(said) <= settings.CHAMBRE_UPLOAD_LIMIT + FORM:
            return None
        from chambre.core.views import problem_page

        return problem_page(request, TooLarge(limit=settings.CHAMBRE_UPLOAD_LIMIT))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page (or a fragment for htmx) that says what was refused and why."""
        from chambre.core.views import problem_page

        if isinstance(exception, IntegrityError):
            log.warning("request.conflict", path=request.path, exc_info=exception)
            exception = Conflict()
        elif isinstance(exception, OperationalError) and is_busy(exception):
            exception = Busy()
        if not isinstance(exception, ChambreError):
            return None
        if isinstance(exception, Forbidden) and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return problem_page(request, exception)
