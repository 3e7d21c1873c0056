"""``chambre init``: the first thing that is typed."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from chambre.core.cli import json_option, show
from chambre.registry.api import home_chamber


@click.command()
@json_option
def init(as_json: bool) -> None:
    """Make the home, its database and the home chamber. Harmless when they are there already."""
    chamber = home_chamber()
    home = Path(settings.CHAMBRE_HOME)
    payload = {"home": str(home), "database": connection.vendor, "chamber": chamber.slug}
    show(
        payload,
        as_json,
        [
            _("The Chamber is ready in %(home)s (%(database)s).")
            % {"home": home, "database": connection.vendor},
            _("Start it with: chambre serve"),
        ],
    )
