"""The chamber, units, and registers that are brought in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.lib.units import all_units
from chambre.registry import api, queries
from chambre.registry.agent_record import agent_record
from chambre.registry.models import RegisterImport
from chambre.registry.rest import schemas as s

router = Router()


@router.get("/chamber", response=s.AgentOut)
def get_chamber(request: HttpRequest) -> dict[str, Any]:
    """The chamber of this installation."""
    chamber = api.home_chamber()
    return {**agent_record(chamber), "version": chamber.version}


@router.get("/units", response=list[s.UnitOut])
def list_units(request: HttpRequest) -> list[dict[str, Any]]:
    """Units of measure, with exact factors."""
    return [
        {
            "id": unit.id,
            "om2": unit.om2,
            "code": unit.code,
            "dimension": unit.dimension,
            "factor": str(unit.factor),
            "parts": unit.parts,
            "symbol": unit.symbol_en,
            "name": unit.en,
        }
        for unit in all_units().values()
    ]


def _import(row: RegisterImport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "format": row.format,
        "applied": row.applied_at is not None,
        **row.report,
    }


@router.post("/imports", response={201: s.ImportOut, **problems(413)}, auth=SIGNED_IN)
def preview_import(request: HttpRequest, payload: s.ImportIn) -> Status[dict[str, Any]]:
    """Look at a register, and say line by line what bringing it in would do. Nothing is done."""
    row = api.preview_import(
        name=payload.name,
        content=payload.content.encode("utf-8", "replace"),
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, _import(row))


@router.post(
    "/imports/{number}/apply", response={200: s.ImportOut, **problems(409)}, auth=SIGNED_IN
)
def apply_import(request: HttpRequest, number: int) -> dict[str, Any]:
    """Bring in what was looked at. Refused records are left out and listed."""
    by = request.actor  # type: ignore[attr-defined]
    return _import(api.apply_import(row=queries.register_import(number, by), by=by))
