"""The commands of the house itself; those of a room are in its ``cli.py``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from chambre.project.commands.demo import demo
from chambre.project.commands.house import init
from chambre.project.commands.people import person, token
from chambre.project.commands.safety import backup, doctor, restore
from chambre.project.commands.server import jobs, serve, tick, worker

commands: list[click.Command] = [
    init,
    demo,
    serve,
    worker,
    tick,
    jobs,
    doctor,
    backup,
    restore,
    token,
    person,
]

# Commands that compose the register with the rest of the house, where they exist.
if find_spec("chambre.project.registry_commands"):
    commands += import_module("chambre.project.registry_commands").commands
