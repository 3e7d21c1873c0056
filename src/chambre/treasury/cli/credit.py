"""The chamber's credit units at the command line: ``chambre credit``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.core.ui import figures
from chambre.registry.models import Agent
from chambre.treasury.models import CreditAccount
from chambre.treasury.queries.credit import UNIT, accounts_of, differing
from chambre.treasury.services.credit import agree_limit
from chambre.treasury.services.credit_giving import open_by_hand


@click.group()
def credit() -> None:
    """Credit units of a chamber: accounts, limits, and whether they are as the ledger says."""


def _agent(slug: str) -> Agent:
    row = Agent.objects.select_related("chamber").filter(slug=slug).first()
    if row is None:
        raise NotFound(_("There is nobody of this short name: %(slug)s.") % {"slug": slug})
    return row


def _say(row: CreditAccount, as_json: bool) -> None:
    data = {"code": row.code, "agent": row.agent.slug, "held": row.held, "limit": row.limit}
    words = f"{row.code} {row.agent.name}: {figures.money(row.held, UNIT)}"
    show(data, as_json, words)


@credit.command("open")
@click.argument("agent", metavar="SLUG")
@click.option("--limit", default=0, type=int, help="How far below zero, in hundredths of a unit.")
@json_option
def open_account(agent: str, limit: int, as_json: bool) -> None:
    """Open an account in units for a person or a structure of the chamber."""
    _say(open_by_hand(agent=_agent(agent), limit=limit, by=administrator()), as_json)


@credit.command("limit")
@click.argument("agent", metavar="SLUG")
@click.argument("limit", type=int)
@click.option("--reason", default="", help="Why.")
@json_option
def set_limit(agent: str, limit: int, reason: str, as_json: bool) -> None:
    """Agree another LIMIT, in hundredths of a unit."""
    row = CreditAccount.objects.select_related("agent", "chamber").filter(agent=_agent(agent))
    found = row.first()
    if found is None:
        raise NotFound
    agree_limit(account=found, limit=limit, reason=reason, by=administrator())
    found.refresh_from_db()
    _say(found, as_json)


@credit.command("list")
@click.argument("chamber", metavar="CHAMBER")
@json_option
def list_accounts(chamber: str, as_json: bool) -> None:
    """List a chamber's accounts in units; exit 1 when one is not as the ledger says."""
    place = _agent(chamber)
    rows = list(accounts_of(place))
    wrong = differing(place)
    items = [
        {"code": row.code, "agent": row.agent.slug, "held": row.held, "limit": row.limit}
        for row in rows
    ]
    lines = [f"{row.code} {row.agent.name}: {figures.money(row.held, UNIT)}" for row in rows]
    lines += [
        _("%(code)s stands at %(held)d; the ledger says %(said)d.")
        % {"code": code, "held": held, "said": said}
        for code, (held, said) in wrong.items()
    ]
    show({"accounts": items, "differing": sorted(wrong)}, as_json, lines or _("No account yet."))
    if wrong:
        raise SystemExit(1)
