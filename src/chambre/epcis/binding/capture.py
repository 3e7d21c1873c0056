"""Documents that are sent in, and how far they are."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound, TooLarge
from chambre.epcis.binding import paging
from chambre.epcis.binding.frame import answer, media_type, resource
from chambre.epcis.binding.problems import BindingError, problem
from chambre.epcis.models import CaptureJob
from chambre.epcis.portions import LIMIT
from chambre.epcis.services import capturing
from chambre.epcis.times import moment, written


def send_in(request: HttpRequest, by: Actor) -> HttpResponse:
    """Take a document; 202, and where to see how far it is."""
    media_type(request)
    behaviour = request.headers.get("GS1-Capture-Error-Behaviour", "rollback")
    if behaviour not in CaptureJob.Behaviour.values:
        raise BindingError(_("GS1-Capture-Error-Behaviour is rollback or proceed."))
    try:
        capture = capturing.receive(source=request, by=by, behaviour=behaviour)
    except TooLarge as error:
        response = problem("CaptureLimitExceededException", 413, str(error.message))
        response["GS1-EPCIS-Capture-Limit"] = str(LIMIT)
        response["GS1-EPCIS-Capture-File-Size-Limit"] = str(settings.CHAMBRE_UPLOAD_LIMIT)
        return response
    response = HttpResponse(status=202)
    response["Location"] = f"{request.path}/{capture.pk}"
    return response


def as_job(row: CaptureJob) -> dict[str, Any]:
    """A capture as the standard shows it."""
    running = row.running and not (row.job is not None and row.job.has_ended)
    ended = row.finished_at or (row.job.ended_at if row.job is not None else None)
    errors = list(row.errors)
    if row.running and not running:  # its worker was killed again and again
        title = _("The capture was stopped or failed.")
        kind = "epcisException:ImplementationException"
        errors.append({"type": kind, "title": title, "status": 500})
    return {
        "captureID": str(row.pk),
        "createdAt": written(row.created_at),
        **({"finishedAt": written(ended)} if ended is not None and not running else {}),
        "running": running,
        "success": row.success and not errors,
        "captureErrorBehaviour": row.behaviour,
        "errors": errors,
        # Without it a list of errors fits both of the two forms of which the description wants one.
        "errorFile": None,
    }


def _seen(by: Actor) -> Any:
    """The captures that somebody may see: their own, or all of them."""
    rows = CaptureJob.objects.select_related("job")
    return rows if by.may("epcis.manage") else rows.filter(user=by.user)


def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Captures, the newest first."""
    page = paging.asked(request, by)
    rows = _seen(by).order_by("-created_at", "-id")
    if page.after is not None:
        at, key = moment(page.after[0]), uuid.UUID(page.after[1])
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=key))
    found = list(rows[: page.size + 1])
    more, found = len(found) > page.size, found[: page.size]
    after = [found[-1].created_at.isoformat(), str(found[-1].pk)] if more else None
    return paging.lead_on(answer([as_job(row) for row in found]), request, page, after)


def one(_request: HttpRequest, by: Actor, capture: str) -> HttpResponse:
    """How far a capture is."""
    try:
        row = _seen(by).filter(pk=uuid.UUID(capture)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound(_("There is no such capture."))
    return answer(as_job(row))


def addresses() -> list[URLPattern]:
    """The paths."""
    return [
        path("capture", resource(get=listed, post=send_in, capture=True)),
        path("capture/<path:capture>", resource(get=one)),
    ]
