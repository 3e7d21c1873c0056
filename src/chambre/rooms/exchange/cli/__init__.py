"""The room at the command line: ``exchange``, ``barter``."""

from __future__ import annotations

import click

from chambre.rooms.exchange.cli import barter, exchanges


@click.group()
def exchange() -> None:
    """Exchanges between several: check a text, settle."""


for command in exchanges.commands:
    exchange.add_command(command)

commands = [exchange, *barter.commands]
