"""``chambre bank reconcile``: match what can be matched, and say whether bank and ledger agree."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.treasury.cli.bank import bank
from chambre.treasury.queries.bank import account_named
from chambre.treasury.services.matching import reconcile


@bank.command("reconcile")
@click.option("--account", "slug", required=True, help="Short name of the bank account.")
@json_option
def reconcile_command(slug: str, as_json: bool) -> None:
    """Match the rows of a bank account with what is open, and compare it with the ledger.

    Counts are of all its booked rows: matched, with proposals for a person, with neither.
    """
    by = administrator()
    outcome = reconcile(account_named(slug, by, "treasury.manage"), by)
    amounts = {
        name: figures.money(getattr(outcome, name))
        for name in ("ledger_balance", "statement_balance")
    }
    human = [
        _("%(matched)d rows matched, %(proposed)d with proposals, %(unmatched)d with nothing.")
        % {name: getattr(outcome, name) for name in ("matched", "proposed", "unmatched")},
        _("Ledger %(ledger_balance)s, statement %(statement_balance)s.") % amounts,
        _("They are equal.") if outcome.equal else _("They differ."),
    ]
    show(outcome.as_json(), as_json, human)
