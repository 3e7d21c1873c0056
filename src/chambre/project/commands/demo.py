"""``chambre demo``: the whole house with invented data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.discovery import discover
from chambre.core.errors import Conflict
from chambre.core.hooks import deliver_pending
from chambre.core.models import User
from chambre.core.worker import run_all
from chambre.project.commands.server import run_server
from chambre.project.demo import machine
from chambre.project.serving import check_free, origin_for


class RealData(Conflict):
    """This home holds real people; a demonstration would let anybody in as somebody."""

    code = "demo.real-data"


def load() -> dict[str, Any]:
    """Load the demonstration data of every app, lower floors first; what each one did.

    Raises:
        RealData: This home is in real use.
    """
    marker = Path(settings.CHAMBRE_HOME) / "demo"
    if not marker.exists() and User.objects.filter(is_demo=False).exists():
        raise RealData(
            _("This home holds real people. Choose another for the demonstration: CHAMBRE_HOME=…")
        )
    marker.touch()
    by = administrator()
    done = {}
    for label, module in discover("demo", with_project=True):
        if hasattr(module, "load"):
            done[label] = module.load(by)
    run_all()
    deliver_pending()
    return done


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Only load the data.")
@json_option
def demo(host: str, port: int, no_serve: bool, as_json: bool) -> None:
    """Load invented data and serve it. Loading it again changes nothing."""
    if not no_serve:
        check_free(host, port)  # before the work, not after
    done = load()
    show(
        {"demo": True, "home": str(settings.CHAMBRE_HOME), "loaded": done},
        as_json,
        _("The demonstration data are in %(home)s.") % {"home": settings.CHAMBRE_HOME},
    )
    if not no_serve:
        folder = Path(settings.CHAMBRE_HOME) / "demo-machine"
        run_server(host, port, beside=machine.prepare(folder, origin_for(host, port)))
