"""The reciprocity room at the command line: ``contract``, ``distribute``, ``model``."""

from __future__ import annotations

import click


@click.group()
def contract() -> None:
    """Contracts of reciprocity: templates, check, run."""


@click.group()
def model() -> None:
    """Economic models of a resource: simulate, present."""


commands = [contract, model]
