"""Answers below ``/epcis/`` that come from around the views (a body too large, a bad address)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIX = "/epcis/"


class BindingMiddleware:
    """Makes every refusal below ``/epcis/`` a problem document of the standard."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve it."""
        response = self.get_response(request)
        if (
            response.status_code < 400
            or not request.path.startswith(PREFIX)
            or "json" in response.headers.get("Content-Type", "")
        ):
            return response
        from chambre.core.rest.problem import http_problem
        from chambre.epcis.binding.headers import describe
        from chambre.epcis.binding.problems import BY_STATUS, problem

        status = response.status_code
        kind = BY_STATUS.get(status, "ImplementationException")
        return describe(problem(kind, status, str(http_problem(status).message)))
