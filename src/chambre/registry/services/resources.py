"""Writing the records of resources. Every change is a version, and says who, when and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict
from chambre.core.hooks import emit
from chambre.registry import events, held, identifiers, queries
from chambre.registry import record as schema
from chambre.registry.cleaning import clean_column, clean_record
from chambre.registry.errors import SlugTaken, StaleVersion, mistakes
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.ostrom import current_assessments
from chambre.registry.services import history, tables
from chambre.registry.services.agents import home_chamber
from chambre.registry.versions import changed_fields, latest_record, record_of


def full_record(resource: Resource) -> dict[str, Any]:
    """All of a resource's record, read from the tables.

    It is what the newest version says; the services go on from that version, which costs one
    query, and whoever wants to check them compares the two.
    """
    return {
        **_head(resource),
        **tables.read_record(resource),
        "assessments": current_assessments(resource),
    }


def _head(resource: Resource) -> dict[str, Any]:
    return {
        "slug": resource.slug,
        "uid": str(resource.uid),
        "uri": resource.uri or "",
        "chamber": resource.chamber.slug,
        "standing": resource.standing,
    }


@transaction.atomic
def create_resource(
    *,
    slug: str,
    name: str,
    by: Actor,
    chamber: Agent | None = None,
    uid: uuid.UUID | None = None,
    uri: str = "",
    reason: str = "",
    action: str = history.Action.CREATED,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> Resource:
    """Bring a resource into the register, as a candidate.

    The person who brings it in becomes its steward (unless it comes with an import).

    Args:
        slug: Short name, for ever; letters without accents, digits, ``-`` and ``_``.
        name: Its name.
        by: Who does it.
        chamber: The chamber whose register it is in; by default the home chamber.
        uid: Its permanent number when it was first written elsewhere.
        uri: Address of the original record when it was first written elsewhere.
        reason: Why, for the history.
        action: What the history calls it (``created`` or ``imported``).
        fields: Fields of the record (:mod:`chambre.registry.record`).
        **more: The same, by keyword.

    Raises:
        Forbidden: ``by`` may not bring resources in.
        Invalid: Something is malformed; ``data["fields"]`` says what.
        SlugTaken: The short name (or the permanent number) is taken.
    """
    chamber = chamber or home_chamber()
    authorize(by, "registry.create_resource", chamber)
    values = _clean_new({"name": name, **(fields or {}), **more}, slug, uri)
    resource = Resource(slug=slug, chamber=chamber, uri=uri or None)
    if uid is not None:
        resource.uid = uid
    tables.set_columns(resource, _resolve(values, resource, by))
    empty = {name: field.empty for name, field in schema.fields().items()}
    stands = {name: tables.as_data(resource, name) for name in empty if name not in values}
    record = {**_head(resource), **empty, **stands, **values, "assessments": []}
    tables.index(resource, record)
    resource.version = 1
    with _unique(resource):
        resource.save(force_insert=True)
        tables.write_rows(resource, values, new=True)
        history.write_resource(
            resource, record, action=action, changed=[], by=by, reason=clean_reason(reason)
        )
    if action == history.Action.CREATED:
        _make_steward(resource, by)
    audit(by, "registry.resource.created", resource, slug=slug)
    emit(events.ResourceCreated(resource=resource.pk), by=by)
    return resource


@transaction.atomic
def change_resource(
    *,
    resource: Resource,
    by: Actor,
    version: int | None = None,
    reason: str = "",
    action: str = history.Action.CHANGED,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> Resource:
    """Change fields of a resource's record; nothing is written when nothing differs.

    Standing has :func:`change_standing`, needs and offers and the image services of their own.

    Args:
        resource: Whose record.
        by: Who does it.
        version: The version that the person saw; None: whatever is there now.
        reason: Why; needed when a sensitive field changes (:data:`record.SENSITIVE`).
        action: What the history calls it.
        fields: New values by field name; a list is replaced as a whole.
        **more: The same, by keyword.

    Raises:
        Forbidden: ``by`` may not change it.
        Invalid: Something is malformed, or the reason is missing.
        StaleVersion: Somebody else changed it since.
    """
    authorize(by, "registry.change_resource", resource)
    imported = action in (history.Action.IMPORTED, history.Action.RESTORED)
    wanted = {
        name: value for name, value in {**(fields or {}), **more}.items() if value != schema.HIDDEN
    }
    _refuse_apart(wanted, {"image"} if imported else schema.EDITED_APART)
    values = tables.numbered(clean_record(wanted))
    resource = lock(resource)
    before = latest_record(resource)
    differing = {name: value for name, value in values.items() if before[name] != value}
    check_version(resource, version, differing)
    if not differing:
        return resource
    reason = clean_reason(reason)
    if not reason and differing.keys() & schema.SENSITIVE:
        raise mistakes({"reason": [_("Say why: this decides who holds the resource and how.")]})
    _check_days(before | values)
    tables.set_columns(resource, _resolve(differing, resource, by))
    tables.write_rows(resource, differing)
    after = {**before, **differing}
    return write_version(resource, before, after, action=action, by=by, reason=reason)


@transaction.atomic
def change_standing(
    *, resource: Resource, standing: str, reason: str, by: Actor, version: int | None = None
) -> Resource:
    """Say that a resource is a candidate, a commons, or ordinary.

    Args:
        resource: Which.
        standing: A :class:`Resource.Standing` value.
        reason: Why: the decision behind it.
        by: Who says so.
        version: The version that the person saw; None: whatever is there now.

    Raises:
        Forbidden: ``by`` is not an administrator of its chamber.
        Invalid: No such standing, or no reason.
        Conflict: It has this standing already.
        StaleVersion: Somebody else changed the record since.
    """
    authorize(by, "registry.change_standing", resource)
    errors = {}
    if standing not in Resource.Standing.values:
        errors["standing"] = [_("There is no such standing.")]
    reason = clean_reason(reason)
    if not reason:
        errors["reason"] = [_("Say why.")]
    if errors:
        raise mistakes(errors)
    resource = lock(resource)
    check_version(resource, version, {"standing": standing})
    if resource.standing == standing:
        raise Conflict(_("It has this standing already."))
    before = latest_record(resource)
    was, resource.standing = resource.standing, standing
    after = {**before, "standing": standing}
    resource = write_version(
        resource, before, after, action=history.Action.STANDING, by=by, reason=reason
    )
    emit(events.StandingChanged(resource=resource.pk, before=was, after=standing), by=by)
    return resource


@transaction.atomic
def restore_version(*, resource: Resource, number: int, reason: str, by: Actor) -> Resource:
    """Write an earlier version of the record again, as a new version.

    Standing, assessments and the image stay as they are.

    Raises:
        Forbidden: ``by`` may not change the resource.
        Invalid: There is no such version, no reason, or what it names is gone.
    """
    authorize(by, "registry.change_resource", resource)
    row = resource.revisions.filter(number=number).first()
    if row is None:
        raise mistakes({"number": [_("There is no such version.")]})
    if not clean_reason(reason):
        raise mistakes({"reason": [_("Say why.")]})
    record = record_of(row)
    fields = {
        name: value for name, value in record.items() if name in schema.fields() and name != "image"
    }
    return change_resource(
        resource=resource, by=by, reason=reason, action=history.Action.RESTORED, fields=fields
    )


def lock(resource: Resource) -> Resource:
    """The resource's row, for us alone until the transaction ends."""
    return (
        Resource.objects.select_for_update(of=("self",), no_key=True)
        .select_related("chamber", "owner", "custodian", "part_of", "image")
        .get(pk=resource.pk)
    )


def check_version(resource: Resource, version: int | None, wanted: dict[str, Any]) -> None:
    """Refuse when the record changed since the person saw it.

    Raises:
        StaleVersion: It did; ``data["changed"]`` names what they wanted to change.
    """
    if version is not None and version != resource.version:
        raise StaleVersion(version=resource.version, yours=version, changed=sorted(wanted))


def write_version(
    resource: Resource,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    action: str,
    by: Actor,
    reason: str,
) -> Resource:
    """Save the resource, write the next version of its record, and tell.

    Args:
        resource: Its row, locked, its columns set.
        before: The record as it was.
        after: The record as it is now, in the tables too.
        action: What the history calls it.
        by: Who did it.
        reason: Why.
    """
    changed = changed_fields(before, after)
    tables.index(resource, after)
    resource.version += 1
    resource.save()
    history.write_resource(resource, after, action=action, changed=changed, by=by, reason=reason)
    audit(
        by, "registry.resource.changed", resource, fields=changed, version=resource.version,
        reason=reason,
    )  # fmt: skip
    emit(
        events.ResourceChanged(
            resource=resource.pk, version=resource.version, fields=tuple(changed)
        ),
        by=by,
    )
    return resource


def clean_reason(reason: str) -> str:
    """A reason as it is kept: one line.

    Raises:
        Invalid: It is too long, or no text.
    """
    try:
        return str(clean_column(Role, "reason", reason))
    except ValidationError as error:
        raise mistakes({"reason": error.messages}) from error


def _refuse_apart(fields: dict[str, Any], apart: Any) -> None:
    wrong = sorted(fields.keys() & apart)
    if wrong:
        raise mistakes({name: [_("This is changed in its own place.")] for name in wrong})


def _clean_new(fields: dict[str, Any], slug: str, uri: str) -> dict[str, Any]:
    _refuse_apart(fields, {"image"})
    values = tables.numbered(clean_record(fields))
    errors: dict[str, list[str]] = {}
    try:
        identifiers.clean_slug(slug)
    except identifiers.BadNumber as error:
        errors["slug"] = [str(error)]
    try:
        clean_column(Resource, "uri", uri or None)
    except ValidationError as error:
        errors["uri"] = error.messages
    if errors:
        raise mistakes(errors)
    return values


def _check_days(record: dict[str, Any]) -> None:
    since, until = record["since"], record["until"]
    if since and until and until < since[: len(until)]:
        raise mistakes({"until": [_("The end is before the beginning.")]})


def _resolve(values: dict[str, Any], resource: Resource, by: Actor) -> dict[str, Any]:
    """The values with agents and resources looked up by their short names.

    Raises:
        Invalid: There is no such agent or resource, or it would be a part of itself.
    """
    found = dict(values)
    errors: dict[str, list[str]] = {}
    for name in ("owner", "custodian"):
        if found.get(name):
            agent = _holder(found[name], getattr(resource, name), by)
            if agent is None:
                errors[name] = [_("Nobody in the register has this short name.")]
            found[name] = agent
        elif name in found:
            found[name] = None
    if found.get("part_of"):
        # One at a time: two parts could otherwise become each other's whole.
        Agent.objects.select_for_update(no_key=True).get(pk=resource.chamber_id)
        whole = Resource.objects.filter(slug=found["part_of"]).first()
        if whole is None:
            errors["part_of"] = [_("No resource has this short name.")]
        elif _contains(resource, whole):
            errors["part_of"] = [_("A resource cannot be part of itself, nor of its own parts.")]
        found["part_of"] = whole
    elif "part_of" in found:
        found["part_of"] = None
    if errors:
        raise mistakes(errors)
    return found


def _holder(slug: str, now: Agent | None, by: Actor) -> Agent | None:
    """The agent of that short name, if the actor may name them."""
    agent = Agent.objects.filter(slug=slug).first()
    if agent is None or agent.is_public:
        return agent
    # A person whom the actor may not know stays where they are, and comes nowhere else.
    known = now is not None and now.pk == agent.pk
    return agent if known or queries.people_visible_to(by).filter(pk=agent.pk).exists() else None


def _contains(resource: Resource, other: Resource) -> bool:
    """Whether the other one is the resource itself, or one of its parts at any depth."""
    if resource.pk is None:
        return False
    seen: set[int] = set()
    here: int | None = other.pk
    while here is not None and here not in seen:
        if here == resource.pk:
            return True
        seen.add(here)
        here = Resource.objects.values_list("part_of_id", flat=True).get(pk=here)
    return False


def _make_steward(resource: Resource, by: Actor) -> None:
    """Whoever brings a resource in cares for it, until somebody else does."""
    agent = Agent.objects.filter(user=by.user).first() if by.user is not None else None
    if agent is None:
        return
    Role.objects.create(
        agent=agent,
        kind=Role.Kind.STEWARD,
        resource=resource,
        since=held.today(),
        reason=_("brought the resource into the register"),
        granted_by=by.user,
        granted_label=by.label[:254],
    )
    held.forget()


@contextmanager
def _unique(resource: Resource) -> Iterator[None]:
    """Turn a clash of short names or permanent numbers into a refusal, whoever sees it first."""
    if Resource.objects.filter(slug__iexact=resource.slug).exists():
        raise SlugTaken(slug=resource.slug)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise SlugTaken(slug=resource.slug) from error
