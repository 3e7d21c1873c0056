"""Pages of the core: background work, files, health, what robots read, refused requests."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chambre.core import doctor, files, patience, pulse
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.core.jobs import cancel_job
from chambre.core.models import Job, StoredFile

PER_PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """My work in the background; everybody's, for those who look after the machine."""
    by = _actor(request)
    authorize(by, "core.see_jobs")
    everybody = by.may("core.see_all_jobs") and request.GET.get("all") == "1"
    rows = Job.objects.select_related("user") if everybody else Job.objects.filter(user=by.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        pulse.look(row)
    context = {"page": page, "everybody": everybody, "may_see_all": by.may("core.see_all_jobs")}
    return render(request, "core/jobs.html", context)


@require_safe
def job(request: HttpRequest, job: UUID) -> HttpResponse:
    """One piece of work: how far it is, what it did, what it refused and why."""
    row = get_object_or_404(Job.objects.select_related("user"), pk=job)
    by = _actor(request)
    if not by.may("core.see_job", row):
        raise Forbidden if by.kind == "anonymous" else NotFound
    pulse.look(row)
    context = {
        "job": row,
        "log": row.lines.all()[:200],
        "percent": 100 * row.done // row.total if row.total else None,
    }
    part = "#state" if getattr(request, "htmx", False) else ""
    return render(request, f"core/job.html{part}", context)


@require_POST
def job_cancel(request: HttpRequest, job: UUID) -> HttpResponse:
    """Ask a piece of work to stop."""
    row = get_object_or_404(Job, pk=job)
    try:
        row = cancel_job(row, _actor(request))
    except ChambreError as error:
        if isinstance(error, Forbidden):
            raise
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("It stops at its next step; what it had begun is undone."))
    return redirect(row)


@require_safe
def file(request: HttpRequest, file: UUID) -> HttpResponse | FileResponse:
    """A file, for those who may read it; always as a download, never shown as a page."""
    row = get_object_or_404(StoredFile, pk=file)
    by = _actor(request)
    if not files.may_read(by, row):
        raise Forbidden if by.kind == "anonymous" else NotFound
    content = files.open_file(row)
    audit(by, "core.file.read", row)
    response = FileResponse(
        content, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The house can serve people: database, tables and guards are as they must be.

    Details are only told to those who look after the machine.
    """
    data = doctor.as_data(doctor.examine(only_ready=True))
    if not _actor(request).may("core.administer"):
        data = {
            "ok": data["ok"],
            "checks": [{"name": one["name"], "ok": one["ok"]} for one in data["checks"]],
        }
    return JsonResponse(data, status=200 if data["ok"] else 503)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the register, not people's accounts and work."""
    closed = ("/compte/", "/travaux/", "/fichiers/", "/api/", "/lettres/", "/demonstration/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if settings.CHAMBRE_DEMO:
        lines = ["User-agent: *", "Disallow: /"]  # invented data must not be found
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a hole (RFC 9116)."""
    contact = settings.CHAMBRE_SECURITY_CONTACT or settings.DEFAULT_FROM_EMAIL
    if "://" not in contact and not contact.startswith("mailto:"):
        contact = f"mailto:{contact}"
    ends = (timezone.now() + dt.timedelta(days=180)).replace(microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {ends.astimezone(dt.UTC).isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: fr, en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not recognised as coming from our page."""
    text = _("This form has expired. Go back, reload the page and send it again.")
    return problem_page(request, Forbidden(text))


def problem_page(request: HttpRequest, error: ChambreError) -> HttpResponse:
    """A page (or a fragment for htmx) that says what was refused and why."""
    name = "problem_fragment" if getattr(request, "htmx", False) else "problem"
    response = render(request, f"ui/{name}.html", {"error": error}, status=error.status)
    if seconds := error.data.get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response


def _plain(status: int, code: str, text: str) -> ChambreError:
    error = ChambreError(text)
    error.status, error.code = status, code
    return error


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: it cannot be read."""
    return problem_page(request, _plain(400, "bad-request", _("What you sent cannot be read.")))


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: not allowed."""
    return problem_page(request, Forbidden())


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: nothing here."""
    return problem_page(request, NotFound())


def too_many(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """429: one attempt too many on a page of the account; it says when to try again."""
    match = request.resolver_match
    action = patience.LIMITS.get(match.url_name or "", "") if match else ""
    return problem_page(request, patience.too_many(patience.window(action)))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the program failed. As little as possible is asked of it now."""
    text = _("Something went wrong in the program. It was noted. Please tell the administrator.")
    try:
        return problem_page(request, _plain(500, "fault", text))
    except Exception:  # the page itself needs what is broken: plain words then
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
