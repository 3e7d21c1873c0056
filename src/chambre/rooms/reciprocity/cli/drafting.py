"""``chambre contract draft``, ``sign-status``, ``use``: contracts that are kept here.

Nobody signs at the command line: a signature is a person's own, shown by passkey or code.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid, NotFound
from chambre.lib.reciprocity import templates
from chambre.registry import api as registry
from chambre.registry.queries import visible_agent
from chambre.rooms.reciprocity.cli.contracts import DAY, FILE
from chambre.rooms.reciprocity.queries.contracts import (
    contract_named,
    offered_version,
    signing_of,
)
from chambre.rooms.reciprocity.services import contracts as drafting
from chambre.rooms.reciprocity.services import using


@click.command("draft")
@click.argument("name")
@click.option("--template", default="", help="Begin with this template.")
@click.option("--file", "path", type=FILE, help="Begin with the words of this file (TOML).")
@click.option("--resource", default="", help="Short name of the resource that it is about.")
@click.option("--holder", default="", help="Short name of the structure that holds the money.")
@json_option
def draft(
    name: str, template: str, path: Path | None, resource: str, holder: str, as_json: bool
) -> None:
    """Begin a contract called NAME: from a template, from a file, or from nothing."""
    by = administrator()
    about = registry.resource(resource) if resource else None
    structure = registry.structure(holder) if holder else None
    if path is not None:
        made = drafting.draft(
            name=name, text=path.read_text(encoding="utf-8-sig"), by=by, resource=about,
            holder=structure,
        )  # fmt: skip
    elif template:
        if template not in templates.slugs():
            raise NotFound(_("There is no template “%(slug)s”.") % {"slug": template})
        made = drafting.draft_from_words(
            name=name, text=templates.text(template), template=template, by=by, resource=about,
            holder=structure,
        )  # fmt: skip
    else:
        made = drafting.draft_blank(name=name, by=by, resource=about, holder=structure)
    found = {"slug": made.slug, "number": made.number, "digest": made.current.digest}
    show(found, as_json, _("Drafted: %(slug)s") % {"slug": made.slug})


@click.command("sign-status")
@click.argument("contract")
@json_option
def sign_status(contract: str, as_json: bool) -> None:
    """Say who has signed the contract CONTRACT (its short name), and who has still to sign."""
    row = contract_named(contract, administrator())
    version = offered_version(row) or row.current
    rows = signing_of(version)
    parties = [
        {
            "agent": one.party.agent.slug,
            "name": one.party.agent.name,
            "hands": one.party.hands,
            "missing": one.missing,
            "signed": [
                {"at": each.at, "means": each.means, "capacity": each.capacity}
                for each in one.signatures
            ],
        }
        for one in rows
    ]
    found = {
        "slug": row.slug, "state": row.state, "number": version.number, "digest": version.digest,
        "parties": parties,
    }  # fmt: skip
    lines = [f"{row.name}: {row.get_state_display()}", version.digest]
    lines += [f"  {one.party.agent.name}: {len(one.signatures)}/{one.party.hands}" for one in rows]
    show(found, as_json, lines)


@click.command("use")
@click.argument("contract")
@click.argument("user")
@click.argument("quantity")
@click.argument("unit")
@click.option("--key", required=True, help="Idempotency key: the same one tells the same use.")
@click.option("--day", type=DAY, help="When; today by default.")
@click.option("--note", default="", help="A remark.")
@json_option
def tell(
    contract: str, user: str, quantity: str, unit: str, key: str, day: dt.datetime | None,
    note: str, as_json: bool,
) -> None:  # fmt: skip
    """Tell that USER (short name) used QUANTITY of UNIT of what the contract CONTRACT is about."""
    by = administrator()
    try:
        amount = Decimal(quantity.replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(_("“%(text)s” is no number.") % {"text": quantity}) from error
    row = using.tell_use(
        contract=contract_named(contract, by), user=visible_agent(user, by), quantity=amount,
        unit=unit, key=key, by=by, day=day.date() if day else None, note=note,
    )  # fmt: skip
    found = {
        "id": row.pk,
        "day": row.day,
        "quantity": f"{row.quantity.normalize():f}",
        "unit": row.unit,
    }
    show(found, as_json, _("Told."))


commands = [draft, sign_status, tell]
