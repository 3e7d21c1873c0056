"""Checking an accounting export; nothing is brought in."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from chambre.core import pulse
from chambre.core.actors import Actor, authorize
from chambre.core.jobs import follower
from chambre.core.models import Job
from chambre.core.rest import SIGNED_IN, JobOut, problems
from chambre.registry import api as registry
from chambre.rooms.lens import services
from chambre.rooms.lens.rest import schemas as s
from chambre.rooms.lens.rest import uploads as up

router = Router()


@router.post(
    "/checks", response={200: s.CheckOut, 202: JobOut, **problems(404, 413)}, auth=SIGNED_IN
)
def check_fec(
    request: HttpRequest, payload: Form[s.CheckIn], files: File[list[UploadedFile]]
) -> Status[Any]:
    """Check a FEC: the verdict of the administration's rules, and apart from it other findings.

    `files` is one file, the parts of one, or a zip or gzip of them; nothing is brought in. Large
    files give 202 and a job: follow `/api/core/jobs/{id}`, then read `/api/lens/checks/{id}`.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    structure = registry.structure(payload.structure) if payload.structure else None
    authorize(by, "lens.check_fec")
    if structure is not None:
        authorize(by, "lens.read_books", structure)
    if not up.at_once(files, payload.background):
        slug = structure.slug if structure else ""
        return Status(202, up.later("lens.check", by, files, structure=slug))
    with up.brought(files) as paths:
        _found, result = services.check_fec(
            source=up.source(paths), by=by, name=paths[0].name, structure=structure
        )
    return Status(200, result)


@router.get("/checks/{job}", response={200: s.CheckOut, 202: JobOut}, auth=SIGNED_IN)
def get_check(request: HttpRequest, job: UUID) -> Status[Any]:
    """What a check that ran in the background found; 202 with the job while there is no result."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(Job, pk=job, kind="lens.check")
    authorize(follower(row, by), "core.see_job", row)
    facts = (row.report or {}).get("facts", {})
    if "result" in facts:
        return Status(200, json.loads(facts["result"]))
    return Status(202, pulse.look(row))
