"""The command line: ``chambre GROUP COMMAND``.

Every app may have a ``cli.py`` with ``commands``, a list of click commands or groups. Exit
status: 0 done, 1 refused by a rule (message on stderr, and with ``--json`` an object with ``code``
and ``message`` on stdout), 2 wrong usage, 70 a fault of the program. The command line acts with the
rights of the machine's administrator and is recorded as such.

``chambre --version`` needs no Django; a command loads only what it uses.
"""

from __future__ import annotations

import functools
import gc
import gettext
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chambre import __version__

FAULT = 70
"""Exit status of an unexpected error (EX_SOFTWARE)."""


def language(environ: Any = os.environ) -> str:
    """The language of messages: ``CHAMBRE_LANGUAGE``, else the machine's, else French."""
    for name in ("CHAMBRE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")[:2].lower()
        if value in ("fr", "en"):
            return str(value)
    return "fr"


@functools.cache
def set_up() -> None:
    """Start Django, once."""
    from chambre.core.catalogues import compile_stale

    compile_stale()  # before anything reads a catalogue and remembers it
    import django
    from django.utils import translation

    # What is loaded here stays to the end: searching it for waste again and again is for nothing.
    gc.disable()
    try:
        django.setup()
    finally:
        gc.freeze()
        gc.enable()
    translation.activate(language())


@functools.cache
def own_commands() -> dict[str, click.Command]:
    """The commands of the house itself."""
    from chambre.project.commands import commands

    return {str(command.name): command for command in commands}


@functools.cache
def app_commands() -> dict[str, click.Command]:
    """The commands of every installed app, by name; upper floors may replace lower ones."""
    from chambre.core.discovery import discover

    return {
        str(command.name): command
        for _label, module in discover("cli")
        for command in getattr(module, "commands", ())
    }


def prepared(command: click.Command) -> click.Command:
    """Translate a command's help, and make the database ready just before it runs.

    Neither its help nor an error of usage needs a database.
    """
    from chambre.core.cli_words import translate

    if getattr(command, "_prepared", False):
        return command
    command._prepared = True  # type: ignore[attr-defined]
    translate(command)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            prepared(child)
    elif command.callback is not None and not getattr(command, "no_database", False):
        command.callback = _preparing(command.callback)
    return command


def _preparing(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        from chambre.core.db.prepare import prepare

        prepare()
        return callback(*args, **kwargs)

    return run


class Root(click.Group):
    """Looks the commands up once Django is there; turns business errors into exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        set_up()
        return sorted({**app_commands(), **own_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command by name."""
        set_up()
        command = own_commands().get(cmd_name) or app_commands().get(cmd_name)
        return prepared(command) if command else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command is for, in the language of the person at the keyboard."""
        set_up()
        from chambre.core.cli_words import translate

        translate(self)
        super().format_help(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and say what a rule refused."""
        set_up()
        from django.db import IntegrityError, OperationalError

        from chambre.core.db.busy import is_busy
        from chambre.core.errors import Busy, ChambreError, Conflict

        as_json = "--json" in [*ctx._protected_args, *ctx.args]
        try:
            return super().invoke(ctx)
        except ChambreError as error:
            refuse(error, as_json)
        except IntegrityError:
            refuse(Conflict(), as_json)
        except OperationalError as error:
            if not is_busy(error) or not _answers(error):
                raise
            refuse(Busy(), as_json)
        return ctx.exit(1)


def _answers(error: Exception) -> bool:
    """Whether a database is there at all: waiting for one that is not helps nobody."""
    return "locked" in str(error) or bool(getattr(error.__cause__, "sqlstate", None))


def refuse(error: Any, as_json: bool) -> None:
    """Say what was refused: words on stderr, and one object on stdout for machines."""
    from chambre.core.cli import to_json

    if as_json:
        payload = {"ok": False, "code": error.code, "message": str(error.message), **error.data}
        click.echo(to_json(payload))
    click.echo(f"{error.message} [{error.code}]", err=True)
    for line in error.data.get("lines", []):
        click.echo(f"  {line}", err=True)


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chambre")
def root() -> None:
    """Chambre: the working system of a Chamber of the Commons."""


def speak() -> None:
    """Have click itself speak our language: it asks gettext, and brings no catalogue."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def main() -> None:
    """Entry point of the ``chambre`` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chambre.project.settings")
    speak()
    try:
        root(prog_name="chambre")
    except BrokenPipeError:
        # The reader (head, less) left: not an error, and nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        fault(error)


def fault(error: Exception) -> None:
    """Say in one line that the program itself failed; the details go to the log."""
    import logging

    from django.conf import settings

    if settings.configured:
        logging.getLogger("chambre").error("command.failed", exc_info=error)
    click.echo(f"chambre: {type(error).__name__}: {error}", err=True)
    sys.exit(FAULT)
