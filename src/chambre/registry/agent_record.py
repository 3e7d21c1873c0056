"""The record of an agent: what is said about structures, public bodies and chambers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chambre.registry import identifiers
from chambre.registry.cleaning import clean_column
from chambre.registry.errors import mistakes
from chambre.registry.models import Agent

FIELDS = (
    "name",
    "siren",
    "siret",
    "rna",
    "legal_form",
    "description",
    "website",
    "contact",
    "place",
    "commune_code",
    "since",
    "until",
)
"""What a person may say about an agent; people have a name only."""


def agent_record(agent: Agent) -> dict[str, Any]:
    """The record of an agent, as its versions keep it."""
    record: dict[str, Any] = {"slug": agent.slug, "kind": agent.kind}
    record |= {name: getattr(agent, name) for name in FIELDS}
    record["chamber"] = agent.chamber.slug if agent.chamber else ""
    return record


def clean_agent(values: dict[str, Any], slug: str | None = None) -> dict[str, str]:
    """What was said about an agent, made clean.

    Raises:
        Invalid: Unknown or malformed fields; ``data["fields"]`` maps each to its messages.
    """
    errors: dict[str, list[str]] = {}
    clean: dict[str, str] = {}
    for name, value in values.items():
        if name not in FIELDS:
            errors[name] = [_("There is no such field.")]
            continue
        try:
            clean[name] = _clean_field(name, value, values)
        except (identifiers.BadNumber, ValidationError) as error:
            errors[name] = error.messages if isinstance(error, ValidationError) else [str(error)]
    if slug is not None:
        try:
            identifiers.clean_slug(slug)
        except identifiers.BadNumber as error:
            errors["slug"] = [str(error)]
    if errors:
        raise mistakes(errors)
    if clean.get("siret"):
        clean["siren"] = clean["siret"][:9]
    return clean


def _clean_field(name: str, value: Any, values: dict[str, Any]) -> str:
    if name in ("siren", "siret", "rna") and not isinstance(value, str):
        raise ValidationError(_("Write it as text."))
    if name == "siren":
        return identifiers.clean_siren(value)
    if name == "siret":
        siren = values.get("siren") or ""
        try:
            siren = identifiers.clean_siren(siren) if isinstance(siren, str) else ""
        except identifiers.BadNumber:
            siren = ""  # said beside the SIREN
        return identifiers.clean_siret(value, siren)
    if name == "rna":
        return identifiers.clean_rna(value)
    return str(clean_column(Agent, name, value))
