"""The command line: ``chambre GROUP COMMAND``.

Every app may have a ``cli.py`` with ``commands``, a list of click commands or groups. Exit
status: 0 done, 1 refused by a rule (message on stderr), 2 wrong usage. The command line acts
with the rights of the machine's administrator and is recorded as such.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

import click

from chambre import __version__


def _commands() -> dict[str, click.Command]:
    """The commands of every installed app, by name."""
    from django.apps import apps

    found: dict[str, click.Command] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.cli"
        own = "chambre.project.commands" if config.label == "project" else name
        if config.name.startswith("chambre.") and importlib.util.find_spec(own):
            module = importlib.import_module(own)
            for command in module.commands:
                found[command.name] = command
    return found


class Root(click.Group):
    """Looks the commands up once Django is there; turns business errors into exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command by name."""
        return _commands().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and say what a rule refused."""
        from chambre.core.errors import ChambreError

        try:
            return super().invoke(ctx)
        except ChambreError as error:
            click.echo(f"{error.message} [{error.code}]", err=True)
            for line in error.data.get("lines", []):
                click.echo(f"  {line}", err=True)
            ctx.exit(1)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chambre")
def root() -> None:
    """Chambre: the working system of a Chamber of the Commons."""


def main() -> None:
    """Entry point of the ``chambre`` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chambre.project.settings")
    import django

    django.setup()
    sys.exit(root(prog_name="chambre"))
