"""Bringing a register in: look first, then apply. A refused record changes nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, TooLarge
from chambre.core.jobs import progress
from chambre.registry import agent_record, queries
from chambre.registry import record as schema
from chambre.registry.errors import AlreadyApplied, SlugTaken, UnreadableFile, mistakes
from chambre.registry.exchange import linked_in, tabular
from chambre.registry.exchange.entries import MAX_BYTES, Entry
from chambre.registry.models import Agent, RegisterImport, Resource
from chambre.registry.ostrom import current_assessments
from chambre.registry.services import agents, assessments, history, resources
from chambre.registry.services.agents import home_chamber
from chambre.registry.versions import latest_record

IMPORTED = history.Action.IMPORTED


@dataclass(slots=True)
class Line:
    """What became, or would become, of one record.

    Attributes:
        line: Where it stands in the file.
        about: ``resource`` or ``agent``.
        slug: Its short name.
        action: ``create``, ``change``, ``same`` or ``refused``.
        fields: Names of the fields that change.
        problems: Why it was refused.
        notes: What was left out of it.
    """

    line: int
    about: str
    slug: str = ""
    action: str = "same"
    fields: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """What a report keeps of it."""
        return {name: getattr(self, name) for name in self.__slots__}


class _DryRun(Exception):
    """Undoes what a preview did."""


def preview_import(*, name: str, content: bytes, by: Actor) -> RegisterImport:
    """Look at a register that somebody wants to bring in, and say what it would do.

    The import itself is tried and undone, so the preview promises nothing that would not happen.

    Args:
        name: Name of the file.
        content: CSV or JSON-LD.
        by: Who wants to.

    Returns:
        A row whose ``report`` has ``created``, ``changed``, ``same``, ``refused`` and ``lines``.

    Raises:
        Forbidden: ``by`` may not import.
        TooLarge: More than ten megabytes.
        UnreadableFile: It is not a register.
    """
    chamber = home_chamber()
    authorize(by, "registry.import", chamber)
    form, entries = read_register(name, content)
    try:
        with transaction.atomic():
            report = _run(entries, name, by)
            raise _DryRun
    except _DryRun:
        pass
    with transaction.atomic():
        row = RegisterImport.objects.create(
            chamber=chamber,
            name=name[:200],
            format=form,
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            report=report,
            user=by.user,
            actor=by.label[:254],
        )
        audit(by, "registry.import.looked-at", row, digest=row.digest)
    return row


@transaction.atomic
def apply_import(*, row: RegisterImport, by: Actor) -> RegisterImport:
    """Bring in what was looked at, all in one transaction; refused records are left out.

    Args:
        row: From :func:`preview_import`.
        by: Who does it.

    Returns:
        The row; its ``report`` says what was done now.

    Raises:
        Forbidden: ``by`` may not import.
        AlreadyApplied: It was done before.
    """
    authorize(by, "registry.import", row.chamber)
    row = RegisterImport.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.applied_at is not None:
        raise AlreadyApplied
    _form, entries = read_register(row.name, bytes(row.content))
    row.report = _run(entries, row.name, by)
    row.applied_at = timezone.now()
    row.save(update_fields=["report", "applied_at"])
    counts = {name: row.report[name] for name in ("created", "changed", "same", "refused")}
    audit(by, "registry.import.applied", row, **counts)
    return row


def read_register(name: str, content: bytes) -> tuple[str, list[Entry]]:
    """The records in a file, and its format.

    Raises:
        TooLarge: More than ten megabytes.
        UnreadableFile: It is neither CSV nor JSON-LD, or there is nothing in it.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(limit=MAX_BYTES)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return RegisterImport.Format.JSONLD, linked_in.read(content)
    entries = tabular.read(content)
    if not entries:
        raise UnreadableFile(_("There is no record in it."))
    return RegisterImport.Format.CSV, entries


def _run(entries: list[Entry], name: str, by: Actor) -> dict[str, Any]:
    """Bring every record in, each in a savepoint of its own, wholes before their parts."""
    for entry in entries:
        _check_head(entry)
    reason = _("brought in from %(file)s") % {"file": name}
    lines = []
    for number, entry in enumerate(_in_order(entries), 1):
        progress(number, len(entries), _("Reading the records"))
        line = Line(entry.line, entry.about, str(entry.values.get("slug", ""))[:60])
        line.notes += entry.notes
        line.problems += entry.problems
        write = _bring_agent if entry.about == "agent" else _bring_resource
        _try(line, write, entry, reason[:300], by)
        lines.append(line)
    lines.sort(key=lambda line: (line.about != "agent", line.line))
    count = dict.fromkeys(("create", "change", "same", "refused"), 0)
    for line in lines:
        count[line.action] += 1
    return {
        "created": count["create"],
        "changed": count["change"],
        "same": count["same"],
        "refused": count["refused"],
        "lines": [line.as_data() for line in lines],
    }


def _check_head(entry: Entry) -> None:
    """What says which record it is must be text; other fields are checked when they are written."""
    for name in ("slug", "uid", "uri", "standing", "kind"):
        if not isinstance(entry.values.get(name, ""), str):
            entry.values[name] = ""
            entry.problems.append(f"{name}: {_('This must be text.')}")


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Agents, then resources with each whole before its parts, else as in the file."""
    by_slug = {entry.values.get("slug"): entry for entry in entries if entry.about == "resource"}
    ordered: list[Entry] = [entry for entry in entries if entry.about == "agent"]
    placed: set[int] = {id(entry) for entry in ordered}

    for entry in entries:
        chain: list[Entry] = []
        here: Entry | None = entry
        while here is not None and id(here) not in placed:
            placed.add(id(here))
            chain.append(here)
            whole = here.values.get("part_of")
            here = by_slug.get(whole) if isinstance(whole, str) and whole else None
        ordered += reversed(chain)
    return ordered


def _try(line: Line, write: Callable[..., None], entry: Entry, reason: str, by: Actor) -> None:
    if not line.problems:
        try:
            with transaction.atomic():
                write(line, entry, reason, by)
        except ChambreError as error:
            line.problems += _words(error)
    if line.problems:
        line.action = "refused"
        line.fields = []


def _words(error: ChambreError) -> list[str]:
    """Why, in words, field by field."""
    fields = error.data.get("fields")
    if not isinstance(fields, dict):
        return [str(error.message)]
    return [f"{name}: {text}" for name, texts in fields.items() for text in texts]


def _bring_agent(line: Line, entry: Entry, reason: str, by: Actor) -> None:
    values = {name: value for name, value in entry.values.items() if name in agent_record.FIELDS}
    clean = agent_record.clean_agent(values)
    agent = _known_agent(entry.values.get("slug", ""), clean)
    if agent is None:
        slug = entry.values.get("slug") or queries.new_slug(
            Agent, clean.get("name", ""), "structure"
        )
        line.slug, line.action = slug, "create"
        line.notes += _same_siren(clean.get("siren", ""))
        agents.create_structure(
            slug=slug,
            kind=entry.values.get("kind") or Agent.Kind.STRUCTURE,
            name=clean.pop("name", ""),
            fields=clean,
            reason=reason,
            action=IMPORTED,
            by=by,
        )
        return
    line.slug = agent.slug
    changed = agents.change_agent(agent=agent, fields=clean, reason=reason, action=IMPORTED, by=by)
    if changed.version != agent.version:
        line.action = "change"
        line.fields = changed.revisions.get(number=changed.version).changed


def _known_agent(slug: str, values: dict[str, str]) -> Agent | None:
    """The agent that a record is about: by its numbers, else by its short name.

    Raises:
        SlugTaken: The short name is somebody else's: of a person, or of another SIREN.
    """
    organisations = Agent.objects.exclude(kind=Agent.Kind.PERSON)
    if values.get("siren"):
        same = Q(siren=values["siren"], siret=values.get("siret", ""))
        if found := organisations.filter(same).first():
            return found
    found = Agent.objects.filter(slug=slug).first() if slug else None
    if found is None:
        return None
    other = bool(found.siren and values.get("siren") and found.siren != values["siren"])
    if found.kind == Agent.Kind.PERSON or other:
        raise SlugTaken(slug=slug)
    return found


def _same_siren(siren: str) -> list[str]:
    """A warning where the register has the legal unit already, with another SIRET or with none."""
    same = Agent.objects.filter(siren=siren).order_by("slug") if siren else Agent.objects.none()
    slugs = ", ".join(same.values_list("slug", flat=True)[:3])
    text = _("The register has this SIREN already, with another SIRET or none: %(slugs)s.")
    return [text % {"slugs": slugs}] if slugs else []


def _bring_resource(line: Line, entry: Entry, reason: str, by: Actor) -> None:
    fields = {
        name: value
        for name, value in entry.values.items()
        if name in schema.fields() and name != "image" and value != schema.HIDDEN
    }
    found = _known_resource(entry.values)
    if found is None:
        slug = entry.values.get("slug") or queries.new_slug(
            Resource, str(fields.get("name", "")), "ressource"
        )
        line.slug, line.action = slug, "create"
        made = resources.create_resource(
            slug=slug,
            name=fields.pop("name", ""),
            uid=_uid(entry.values),
            uri=entry.values.get("uri", ""),
            fields=fields,
            reason=reason,
            action=IMPORTED,
            by=by,
        )
        _bring_rest(line, made, entry, reason, by)
        return
    line.slug = found.slug
    before = found.version
    changed = resources.change_resource(
        resource=found, fields=fields, reason=reason, action=IMPORTED, by=by
    )
    after = _bring_rest(line, changed, entry, reason, by)
    if after != before:
        line.action = "change"
        names: dict[str, None] = {}
        for revision in found.revisions.filter(number__gt=before).order_by("number"):
            names |= dict.fromkeys(revision.changed)
        line.fields = list(names)


def _known_resource(values: dict[str, Any]) -> Resource | None:
    """The resource that a record is about: by permanent number, by address, by short name.

    Raises:
        SlugTaken: The short name is that of another resource.
    """
    uid, uri, slug = _uid(values), values.get("uri") or "", values.get("slug") or ""
    if uid is not None and (found := Resource.objects.filter(uid=uid).first()):
        return found
    if uri and isinstance(uri, str) and (found := Resource.objects.filter(uri=uri).first()):
        return found
    if not slug or not isinstance(slug, str):
        return None
    found = Resource.objects.filter(slug=slug).first()
    if found is None:
        return None
    elsewhere = bool(found.uri and uri and found.uri != uri)
    if elsewhere or (uid is not None and uid != found.uid):
        raise SlugTaken(slug=slug)
    return found


def _uid(values: dict[str, Any]) -> uuid.UUID | None:
    text = values.get("uid")
    if not text:
        return None
    try:
        return uuid.UUID(str(text))
    except ValueError as error:
        raise mistakes({"uid": [_("This is not a permanent number (UUID).")]}) from error


def _bring_rest(line: Line, resource: Resource, entry: Entry, reason: str, by: Actor) -> int:
    """Standing and assessments; the version that the record has then."""
    standing = entry.values.get("standing")
    if standing and standing != resource.standing:
        if by.may("registry.change_standing", resource):
            resource = resources.change_standing(
                resource=resource, standing=standing, reason=reason, by=by
            )
        else:
            line.notes.append(_("Its standing stays: only an administrator changes it."))
    if entry.values.get("assessments"):
        resource = _bring_assessments(resource, entry.values["assessments"], reason, by)
    return resource.version


def _bring_assessments(
    resource: Resource, listed: list[dict[str, Any]], reason: str, by: Actor
) -> Resource:
    authorize(by, "registry.assess_resource", resource)
    resource = resources.lock(resource)
    before = latest_record(resource)
    known = {row["principle"]: row for row in before["assessments"]}
    written = False
    for row in listed:
        values = assessments.clean_assessment({**row, "on": _day(row.get("on"))})
        capacity = assessments.clean_capacity(row.get("capacity"))
        said = {**values, "on": values["on"].isoformat(), "capacity": capacity}
        if known.get(values["principle"]) != said:
            assessments.write_assessment(resource, values, capacity=capacity, by=by)
            written = True
    if not written:
        return resource
    after = {**before, "assessments": current_assessments(resource)}
    return resources.write_version(resource, before, after, action=IMPORTED, by=by, reason=reason)


def _day(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
