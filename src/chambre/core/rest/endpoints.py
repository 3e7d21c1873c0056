"""What the core itself offers to machines: who am I, my jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from chambre.core import pulse
from chambre.core.actors import authorize
from chambre.core.jobs import cancel_job, follower
from chambre.core.models import Job
from chambre.core.rest.auth import SIGNED_IN
from chambre.core.rest.problem import problems

router = Router(tags=["core"])


class Me(Schema):
    """Who is calling."""

    kind: str = Field(description="`person`, `token` or `anonymous`.")
    email: str = Field("", description="Address of the person.")
    name: str = ""
    scopes: list[str] = Field([], description="What the access key may be used for.")
    administrator: bool = Field(False, description="Looks after the machine.")


class JobOut(Schema):
    """Work in the background."""

    id: UUID
    kind: str
    title: str
    state: str = Field(
        description="`waiting`, `running`, `done`, `refused`, `failed`, `cancelled`."
    )
    done: int
    total: int | None
    message: str
    report: dict[str, Any] | None = Field(description="What was done and refused, line by line.")
    error_code: str
    error: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None


@router.get("/me", response=Me)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is calling, as this Chamber sees it."""
    actor = request.actor  # type: ignore[attr-defined]
    user = actor.user
    return {
        "kind": actor.kind,
        "email": user.email if user else "",
        "name": user.name if user else "",
        "scopes": sorted(actor.scopes),
        "administrator": bool(user and user.is_admin),
    }


@router.get("/jobs", response=list[JobOut], auth=SIGNED_IN)
def jobs(request: HttpRequest) -> list[Job]:
    """The caller's last hundred jobs, the newest first."""
    authorize(request.actor, "core.see_jobs")  # type: ignore[attr-defined]
    mine = Job.objects.filter(user=request.actor.user)  # type: ignore[attr-defined]
    return [pulse.look(job) for job in mine[:100]]


@router.get("/jobs/{job}", response=JobOut, auth=SIGNED_IN)
def job(request: HttpRequest, job: UUID) -> Job:
    """One job: how far it is, and its report when it has ended."""
    row = get_object_or_404(Job, pk=job)
    authorize(follower(row, request.actor), "core.see_job", row)  # type: ignore[attr-defined]
    return pulse.look(row)


@router.post("/jobs/{job}/cancel", response={200: JobOut, **problems(409)}, auth=SIGNED_IN)
def cancel(request: HttpRequest, job: UUID) -> Job:
    """Ask a job to stop. What it had begun is undone."""
    row = get_object_or_404(Job, pk=job)
    return cancel_job(row, request.actor)  # type: ignore[attr-defined]
