"""``chambre structure``, ``resource``, ``role`` and ``register``: the register in commands.

They stand here and not in the register because a structure gets its book with its record.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid, NotFound
from chambre.ledger import api as ledger
from chambre.registry import api
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.rules import roles_possible_in

LEGAL_FORMS = [value for value in Agent.LegalForm.values if value]


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Text into a day."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value}: YYYY-MM-DD", param, ctx)


def _given(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


@click.group()
def structure() -> None:
    """Structures: associations, companies, public bodies."""


@structure.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Its name.")
@click.option("--siren", help="Nine digits; the last one is checked.")
@click.option("--siret", help="Fourteen digits; they begin with the SIREN.")
@click.option("--rna", help="RNA number of an association: W and nine characters.")
@click.option(
    "--chart",
    type=click.Choice(["pcg", "associatif"]),
    default="pcg",
    show_default=True,
    help="Chart of accounts of its book.",
)
@click.option(
    "--kind",
    type=click.Choice(["structure", "public"]),
    default="structure",
    show_default=True,
    help="A structure, or a public body.",
)
@click.option("--legal-form", type=click.Choice(LEGAL_FORMS), help="Its legal form.")
@click.option("--place", help="Where it is.")
@click.option("--commune", help="INSEE code of its commune.")
@click.option("--website", help="Its website.")
@json_option
def create_structure(
    slug: str,
    name: str,
    siren: str | None,
    siret: str | None,
    rna: str | None,
    chart: str,
    kind: str,
    legal_form: str | None,
    place: str | None,
    commune: str | None,
    website: str | None,
    as_json: bool,
) -> None:
    """Bring a structure with the short name SLUG into the register, and open its book."""
    by = administrator()
    fields = _given(
        siren=siren,
        siret=siret,
        rna=rna,
        legal_form=legal_form,
        place=place,
        commune_code=commune,
        website=website,
    )
    with transaction.atomic():
        agent = api.create_structure(slug=slug, name=name, kind=kind, by=by, **fields)
        book = ledger.open_book(structure=agent, chart=chart, by=by)
    payload = {**agent_payload(agent), "chart": book.chart}
    show(payload, as_json, _("%(name)s is in the register; its book is open.") % {"name": agent})


@structure.command("list")
@json_option
def list_structures(as_json: bool) -> None:
    """Every structure, public body and chamber."""
    rows = list(api.organisations_visible_to(administrator()).order_by("slug"))
    lines = [f"{row.slug}  {row.siren or '-'}  {row.name}" for row in rows]
    show({"structures": [agent_payload(row) for row in rows]}, as_json, lines)


@structure.command("show")
@click.argument("slug")
@json_option
def show_structure(slug: str, as_json: bool) -> None:
    """What the register knows about the structure SLUG."""
    agent = api.structure(slug)
    payload = agent_payload(agent)
    show(payload, as_json, [f"{name}: {value}" for name, value in payload.items() if value])


def agent_payload(agent: Agent) -> dict[str, Any]:
    """A structure as the command line gives it to machines."""
    return {
        "slug": agent.slug,
        "name": agent.name,
        "kind": agent.kind,
        "siren": agent.siren,
        "siret": agent.siret,
        "rna": agent.rna,
        "legal_form": agent.legal_form,
        "version": agent.version,
    }


@click.group()
def resource() -> None:
    """Resources: what is shared and lasts."""


@resource.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Its name.")
@click.option("--kind", type=click.Choice(Resource.Kind.values), help="What kind of thing it is.")
@click.option("--owner", help="Short name of who holds the title.")
@click.option("--custodian", help="Short name of who has it in their care.")
@click.option("--summary", help="What it is, in one line.")
@click.option("--part-of", help="Short name of the resource that it is part of.")
@json_option
def create_resource(
    slug: str,
    name: str,
    kind: str | None,
    owner: str | None,
    custodian: str | None,
    summary: str | None,
    part_of: str | None,
    as_json: bool,
) -> None:
    """Bring a resource with the short name SLUG into the register, as a candidate."""
    fields = _given(kind=kind, owner=owner, custodian=custodian, summary=summary, part_of=part_of)
    made = api.create_resource(slug=slug, name=name, by=administrator(), **fields)
    show(resource_payload(made), as_json, _("%(name)s is in the register.") % {"name": made})


@resource.command("set")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why; needed when owner, custodian or rights change.")
@json_option
def set_resource(slug: str, file: Path, reason: str, as_json: bool) -> None:
    """Change the fields of SLUG's record that the JSON object in FILE names."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid(_("This is not a JSON object in UTF-8.")) from error
    if not isinstance(fields, dict):
        raise Invalid(_("This is not a JSON object in UTF-8."))
    changed = api.change_resource(
        resource=api.resource(slug), by=administrator(), reason=reason, fields=fields
    )
    show(resource_payload(changed), as_json, _("Version %(number)s.") % {"number": changed.version})


@resource.command("standing")
@click.argument("slug")
@click.argument("standing", type=click.Choice(Resource.Standing.values))
@click.option("--reason", required=True, help="The decision behind it.")
@json_option
def standing(slug: str, standing: str, reason: str, as_json: bool) -> None:
    """Say that SLUG is a candidate, a commons, or ordinary."""
    changed = api.change_standing(
        resource=api.resource(slug), standing=standing, reason=reason, by=administrator()
    )
    show(resource_payload(changed), as_json, f"{changed}: {changed.get_standing_display()}")


@resource.command("list")
@click.option("--search", default="", help="Words to look for.")
@json_option
def list_resources(search: str, as_json: bool) -> None:
    """Every resource, or those that are found."""
    rows = list(api.search_resources(administrator(), api.ResourceQuery(words=search)))
    lines = [f"{row.slug}  {row.get_standing_display()}  {row.name}" for row in rows]
    show({"resources": [resource_payload(row) for row in rows]}, as_json, lines)


@resource.command("show")
@click.argument("slug")
@json_option
def show_resource(slug: str, as_json: bool) -> None:
    """The whole record of the resource SLUG."""
    record = api.resource_record(api.resource(slug))
    show(record, as_json, [f"{name}: {value}" for name, value in record.items() if value])


def resource_payload(row: Resource) -> dict[str, Any]:
    """A resource as the command line gives it to machines."""
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "standing": row.standing,
        "owner": row.owner.slug if row.owner else "",
        "custodian": row.custodian.slug if row.custodian else "",
        "version": row.version,
    }


@click.group("role")
def role_group() -> None:
    """Who is what, where: members, stewards, treasurers, facilitators, administrators."""


_place = [
    click.option("--structure", help="Short name of a structure or chamber."),
    click.option("--resource", help="Short name of a resource."),
]


def _in_place(command: Any) -> Any:
    for option in reversed(_place):
        command = option(command)
    return command


def _scope(structure: str | None, resource: str | None) -> Agent | Resource:
    """Where: a structure, a resource, or the home chamber."""
    if structure and resource:
        raise click.UsageError(_("A role is held in a structure or for a resource, not both."))
    if resource:
        return api.resource(resource)
    return api.structure(structure) if structure else api.home_chamber()


@role_group.command("grant")
@click.argument("email")
@click.argument("kind", type=click.Choice(Role.Kind.values))
@_in_place
@click.option("--since", type=Day(), help="First day (default: today).")
@click.option("--until", type=Day(), help="First day on which it is no longer held.")
@click.option("--reason", default="", help="The decision behind it.")
@json_option
def grant(
    email: str,
    kind: str,
    structure: str | None,
    resource: str | None,
    since: dt.date | None,
    until: dt.date | None,
    reason: str,
    as_json: bool,
) -> None:
    """Give the person with the address EMAIL a role; by default in the home chamber."""
    scope = _scope(structure, resource)
    if kind not in roles_possible_in(scope):
        raise click.UsageError(
            _("There are only these roles there: %(roles)s.")
            % {"roles": ", ".join(sorted(roles_possible_in(scope)))}
        )
    made = api.grant_role(
        agent=api.person(email),
        kind=kind,
        scope=scope,
        since=since,
        until=until,
        reason=reason,
        by=administrator(),
    )
    show(role_payload(made), as_json, str(made))


@role_group.command("end")
@click.argument("email")
@click.argument("kind", type=click.Choice(Role.Kind.values))
@_in_place
@click.option("--on", type=Day(), help="First day without it (default: today).")
@click.option("--reason", default="", help="Why.")
@json_option
def end(
    email: str,
    kind: str,
    structure: str | None,
    resource: str | None,
    on: dt.date | None,
    reason: str,
    as_json: bool,
) -> None:
    """End a role of the person with the address EMAIL; by default in the home chamber."""
    found = api.open_role(api.person(email), kind, _scope(structure, resource))
    if found is None:
        raise NotFound(_("This person does not hold this role there."))
    ended = api.end_role(role=found, on=on, reason=reason, by=administrator())
    show(role_payload(ended), as_json, f"{ended}: {ended.until}")


@role_group.command("list")
@click.option("--on", type=Day(), help="Who held which role on that day (default: today).")
@_in_place
@json_option
def list_roles(
    on: dt.date | None, structure: str | None, resource: str | None, as_json: bool
) -> None:
    """Who holds which role, today or on a day; everywhere unless a place is named."""
    place = _scope(structure, resource) if structure or resource else None
    rows = list(api.roles_on(on or api.today(), place=place).order_by("id"))
    show({"roles": [role_payload(row) for row in rows]}, as_json, [str(row) for row in rows])


def role_payload(row: Role) -> dict[str, Any]:
    """A role as the command line gives it to machines."""
    return {
        "person": row.agent.user.email if row.agent.user else "",
        "role": row.kind,
        "structure": row.in_agent.slug if row.in_agent else None,
        "resource": row.resource.slug if row.resource else None,
        "since": row.since,
        "until": row.until,
    }


@click.group()
def register() -> None:
    """The register as a whole: take it out, bring one in."""


@register.command("export")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonld"]), default="jsonld", show_default=True
)
@click.option("--resource", "slug", help="Only this resource.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def export(form: str, slug: str | None, out: Path | None) -> None:
    """Write the register, or one resource, as CSV or JSON-LD (default: to the output)."""
    content = api.export_register(form=form, slug=slug, by=administrator())
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)


@register.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only say what would be done.")
@json_option
def import_(file: Path, preview: bool, as_json: bool) -> None:
    """Bring in the register in FILE (CSV or JSON-LD). Refused lines change nothing."""
    by = administrator()
    row = api.preview_import(name=file.name, content=file.read_bytes(), by=by)
    if not preview:
        row = api.apply_import(row=row, by=by)
    lines = [
        f"{line['line']}  {line['action']}  {line['slug']}  {'; '.join(line['problems'])}".rstrip()
        for line in row.report["lines"]
    ]
    show(row.report, as_json, lines)
    if row.report["refused"]:
        click.echo(_("Some records were refused."), err=True)
        click.get_current_context().exit(1)


commands: list[click.Command] = [structure, resource, role_group, register]
