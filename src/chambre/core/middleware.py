"""Middleware: a number for each request, who acts, and readable errors."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Conflict, Forbidden

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request a number that logs, the audit trail and error pages share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:20]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class HeadersMiddleware:
    """Headers that every answer carries, beside those that Django and the CSP middleware set."""

    policy = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.policy)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            # A shared computer must not show the page of somebody who signed out.
            response.setdefault("Cache-Control", "private, no-store")
        return response


class ActorMiddleware:
    """Sets ``request.actor``: who acts, for services."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = Actor.of(request.user)  # type: ignore[attr-defined]
        return self.get_response(request)


class ErrorMiddleware:
    """Turns business errors that a view did not catch into a readable page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page (or a fragment for htmx) that says what was refused and why."""
        if isinstance(exception, IntegrityError):
            exception = Conflict(_("Somebody was faster, or this was done already."))
        if not isinstance(exception, ChambreError):
            return None
        if isinstance(exception, Forbidden) and not request.user.is_authenticated:
            from django.contrib.auth.views import redirect_to_login

            return redirect_to_login(request.get_full_path())
        template = "ui/problem_fragment.html" if getattr(request, "htmx", False) else "ui/problem.html"
        return render(request, template, {"error": exception}, status=exception.status)
