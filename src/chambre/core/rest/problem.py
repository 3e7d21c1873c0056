"""Errors of the REST interface: every one is a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chambre.core.cli import to_json
from chambre.core.db.busy import is_busy
from chambre.core.errors import ChambreError, Conflict, Forbidden, Invalid, NotFound

log = structlog.get_logger("chambre.rest")
MEDIA_TYPE = "application/problem+json"


class FieldError(Schema):
    """What is wrong with one field."""

    field: str = Field(description="Where: `body.name`, `query.page`…")
    message: str = Field(description="What is wrong, for a person.")
    code: str = Field("", description="Machine code of the mistake, when there is one.")


class Problem(Schema):
    """A refusal or a failure (RFC 9457)."""

    type: str = Field(description="Address of the page that explains this code.")
    title: str = Field(description="What was refused, for a person, in their language.")
    status: int = Field(description="The HTTP status again.")
    code: str = Field(description="Stable machine code, `area.reason`.")
    instance: str = Field("", description="Number of the request, as in the logs.")
    errors: list[FieldError] = Field([], description="Where something needs mending.")
    data: dict[str, Any] = Field({}, description="Facts about the refusal.")


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """The responses of an operation that may refuse: ``response={200: Out, **problems(409)}``.

    What the frame itself answers (400, 401, 403, 404, 422, 429) is declared without being named.
    """
    return dict.fromkeys(statuses, Problem)


def problem_response(
    request: HttpRequest, error: ChambreError, errors: list[dict[str, Any]] | None = None
) -> HttpResponse:
    """The problem document of a business error."""
    data = dict(error.data)
    fields = data.pop("fields", {})
    if errors is None:
        errors = [
            {"field": str(name), "message": str(message), "code": ""}
            for name, messages in fields.items()
            for message in messages
        ]
    body = {
        "type": f"/api/problems#{error.code}",
        "title": str(error.message),
        "status": error.status,
        "code": error.code,
        "instance": str(structlog.contextvars.get_contextvars().get("request_id", "")),
        "errors": errors,
        "data": data,
    }
    response = HttpResponse(to_json(body), status=error.status, content_type=MEDIA_TYPE)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if seconds := error.data.get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response


class Unauthenticated(ChambreError):
    """Nobody is signed in, or the key is not good."""

    code = "unauthenticated"
    status = 401


class Fault(ChambreError):
    """The program itself failed; the details are in the log, under the request's number."""

    code = "fault"
    status = 500


def _unauthenticated() -> ChambreError:
    return Unauthenticated(_("Sign in, or send a valid access key."))


def _on_chambre_error(request: HttpRequest, error: ChambreError) -> HttpResponse:
    """A rule refused; to somebody unknown, being refused means: say who you are."""
    actor = getattr(request, "actor", None)
    if isinstance(error, Forbidden) and (actor is None or actor.kind == "anonymous"):
        error = _unauthenticated()
    return problem_response(request, error)


def _on_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent does not have the declared form."""
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"]),
            "message": str(item["msg"]),
            "code": str(item["type"]),
        }
        for item in error.errors
    ]
    return problem_response(request, Invalid(), errors)


def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own refusals: a body that is not JSON, a method, a limit."""
    return problem_response(request, http_problem(error.status_code))


def http_problem(status: int) -> ChambreError:
    """A problem of which only the HTTP status is known."""
    texts = {
        400: _("What you sent cannot be read."),
        401: _("Sign in, or send a valid access key."),
        403: _("You do not have the right to do this."),
        404: _("There is nothing here."),
        405: _("This address does not do that."),
        413: _("This is larger than what is accepted."),
        415: _("This kind of content is not accepted here."),
        429: _("Too many attempts. Please wait a little."),
        503: _("The Chamber is busy. Please try again in a moment."),
    }
    phrase = HTTPStatus(status).phrase
    error = ChambreError(texts.get(status, phrase))
    error.status = status
    error.code = phrase.lower().replace(" ", "-")
    return error


def _on_any(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody foresaw: noted in the log, nothing told."""
    if is_busy(error):
        log.warning("rest.busy", path=request.path, error=str(error))
        return problem_response(request, http_problem(503))
    log.error("rest.failed", path=request.path, exc_info=error)
    text = _("Something went wrong in the program. It was noted. Please tell the administrator.")
    return problem_response(request, Fault(text))


def install(api: NinjaAPI) -> None:
    """Make every error of this API a problem document."""
    handlers: dict[Any, Any] = {
        ChambreError: _on_chambre_error,
        ValidationError: _on_validation,
        AuthenticationError: lambda request, _error: problem_response(request, _unauthenticated()),
        HttpError: _on_http_error,
        Http404: lambda request, _error: problem_response(request, NotFound()),
        IntegrityError: lambda request, _error: problem_response(request, Conflict()),
        # A text with a NUL, a number beyond 64 bits: well-formed JSON that no row can hold.
        DataError: lambda request, _error: problem_response(request, Invalid()),
        OverflowError: lambda request, _error: problem_response(request, Invalid()),
        OperationalError: _on_any,
        Exception: _on_any,
    }
    for cls, handler in handlers.items():
        api.add_exception_handler(cls, handler)


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A plain error answer under ``/api/`` (unknown address, wrong method) as a problem."""
    if response.status_code < 400 or "json" in response.headers.get("Content-Type", ""):
        return response
    problem = problem_response(request, http_problem(response.status_code))
    response.content = problem.content  # the headers of the answer (Allow, policies) stay
    response["Content-Type"] = problem["Content-Type"]
    # The page that this was had been measured: whoever reads would wait for the rest of it.
    response["Content-Length"] = str(len(response.content))
    return response
