"""Assessing a resource by Ostrom's principles. An assessment is written once; a later one holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.registry import held
from chambre.registry.cleaning import clean_text
from chambre.registry.errors import mistakes
from chambre.registry.models import Assessment, Resource, Role
from chambre.registry.ostrom import current_assessments
from chambre.registry.services import history, resources
from chambre.registry.versions import latest_record

CAPACITIES = (*Role.Kind.values, "system", "other")
"""As what somebody may speak about a resource."""

_address = URLValidator(schemes=["http", "https"])


@transaction.atomic
def assess(
    *,
    resource: Resource,
    principle: int,
    answer: int,
    by: Actor,
    comment: str = "",
    evidence_kind: str = "",
    evidence: str = "",
    on: dt.date | None = None,
    reason: str = "",
) -> Assessment:
    """Answer one of the eight questions about a resource.

    Args:
        resource: Which.
        principle: 1 to 8.
        answer: 0 (no) to 3 (fully).
        by: Who answers; what they are to the resource is shown, not who they are.
        comment: In words.
        evidence_kind: ``link``, ``text`` or ``decision``; empty: the answer is merely declared.
        evidence: The address, the quoted rule, or the decision.
        on: The day of the assessment; by default today, never later.
        reason: Why it was assessed, for the history.

    Raises:
        Forbidden: ``by`` may not assess this resource.
        Invalid: Something is out of range or missing.
    """
    authorize(by, "registry.assess_resource", resource)
    values = clean_assessment(
        {
            "principle": principle,
            "answer": answer,
            "comment": comment,
            "evidence_kind": evidence_kind,
            "evidence": evidence,
            "on": on or held.today(),
        }
    )
    resource = resources.lock(resource)
    before = latest_record(resource)
    row = write_assessment(resource, values, capacity=capacity_of(by, resource), by=by)
    resources.write_version(
        resource,
        before,
        {**before, "assessments": current_assessments(resource)},
        action=history.Action.ASSESSED,
        by=by,
        reason=resources.clean_reason(reason),
    )
    return row


def write_assessment(
    resource: Resource, values: dict[str, Any], *, capacity: str, by: Actor
) -> Assessment:
    """Write a clean assessment of a locked resource; the caller writes the version."""
    last = resource.assessments.order_by("-number").first()
    return Assessment.objects.create(
        resource=resource,
        number=last.number + 1 if last else 1,
        capacity=capacity[:60],
        user=by.user,
        actor=by.label[:254],
        **values,
    )


def capacity_of(by: Actor, resource: Resource) -> str:
    """As what somebody speaks about a resource: a role's value, ``system`` for the command line."""
    if held.holds(by.user, Role.Kind.STEWARD, resource):
        return Role.Kind.STEWARD.value
    for kind in (Role.Kind.ADMINISTRATOR, Role.Kind.FACILITATOR):
        if held.holds(by.user, kind, resource.chamber):
            return kind.value
    return "system" if by.is_system else "other"


def clean_assessment(values: dict[str, Any]) -> dict[str, Any]:
    """What was said in an assessment, made clean.

    Raises:
        Invalid: Something is out of range or missing; ``data["fields"]`` says what.
    """
    errors: dict[str, list[str]] = {}
    clean: dict[str, Any] = {"comment": "", "evidence": ""}
    for name, highest, lowest in (("principle", 8, 1), ("answer", 3, 0)):
        value = values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            errors[name] = [_("Choose one of the answers.")]
        clean[name] = value
    for name in ("comment", "evidence"):
        try:
            clean[name] = clean_text(values.get(name), many_lines=True)
        except ValidationError as error:
            errors[name] = error.messages
    clean["evidence_kind"] = values.get("evidence_kind") or ""
    if clean["evidence_kind"] not in Assessment.Evidence.values:
        errors["evidence_kind"] = [_("There is no such kind of evidence.")]
    elif problem := _evidence_problem(clean["evidence_kind"], clean["evidence"]):
        errors["evidence"] = [problem]
    day = values.get("on")
    if not isinstance(day, dt.date) or day > held.today():
        errors["on"] = [_("An assessment is of today or earlier.")]
    clean["on"] = day
    if errors:
        raise mistakes(errors)
    return clean


def _evidence_problem(kind: str, evidence: str) -> str:
    if kind and not evidence:
        return _("Say what the evidence is, or choose “none: declared”.")
    if evidence and not kind:
        return _("Say what kind of evidence this is.")
    if kind == Assessment.Evidence.LINK:
        try:
            _address(evidence)
        except ValidationError:
            return _("Give the address of the document, beginning with https://.")
    return ""


def clean_capacity(value: Any) -> str:
    """As what somebody spoke, as an import says it: a role's value, or ``other``."""
    return value if value in CAPACITIES else "other"
