"""The shop room at the command line: ``chambre shop``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.registry import api as registry
from chambre.rooms.shop.cli import moving
from chambre.rooms.shop.services import shops


@click.group()
def shop() -> None:
    """Producers' shops."""


@shop.command("create")
@click.argument("slug")
@click.option("--structure", required=True, help="Short name of the structure whose shop it is.")
@click.option("--name", required=True, help="What people call it.")
@click.option("--resource", default="", help="Short name of the resource that its sales feed.")
@json_option
def create_shop(slug: str, structure: str, name: str, resource: str, as_json: bool) -> None:
    """Open the shop SLUG at /boutique/SLUG/."""
    row = shops.create_shop(
        slug=slug,
        name=name,
        structure=registry.structure(structure),
        resource=registry.resource(resource) if resource else None,
        by=administrator(),
    )
    facts = {"slug": row.slug, "name": row.name, "structure": structure}
    human = _("%(name)s is at /boutique/%(slug)s/") % {"name": row.name, "slug": row.slug}
    show(facts, as_json, human)


for command in moving.commands:
    shop.add_command(command)

commands = [shop]
