"""The reciprocity room at the command line: ``contract``, ``contribution``, ``distribute``, ``model``."""

from __future__ import annotations

import click

from chambre.rooms.reciprocity.cli import contracts, contributing, distributing, drafting, models


@click.group()
def contract() -> None:
    """Contracts of reciprocity: templates, check, run."""


@click.group()
def model() -> None:
    """Economic models of a resource: simulate, present."""


for command in (*contracts.commands, *drafting.commands):
    contract.add_command(command)
for command in models.commands:
    model.add_command(command)

commands = [contract, *contributing.commands, *distributing.commands, model]
