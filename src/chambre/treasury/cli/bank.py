"""Bank accounts and statements at the command line: ``chambre bank``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.lib import bankfiles
from chambre.treasury.queries.bank import account_named
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services import bank as services
from chambre.treasury.services.bank.wording import notice_text


@click.group()
def bank() -> None:
    """Bank accounts and their statements."""


@bank.group()
def account() -> None:
    """The bank accounts of structures."""


@account.command()
@click.argument("slug")
@click.option("--structure", required=True, help="Short name of the structure.")
@click.option("--iban", required=True, help="IBAN of the account.")
@click.option("--name", default="", help="What people call it.")
@click.option("--bic", default="", help="BIC of the bank.")
@click.option("--code", default="", help="Account of the book (512…); the next free one if absent.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of which rows are booked."
)
@json_option
def create(
    slug: str,
    structure: str,
    iban: str,
    name: str,
    bic: str,
    code: str,
    since: dt.datetime | None,
    as_json: bool,
) -> None:
    """Add the bank account SLUG to a structure."""
    by = administrator()
    made = services.create_account(
        book=book_of(structure, by, "treasury.manage", opening=True),
        slug=slug,
        iban=iban,
        name=name,
        bic=bic,
        code=code,
        since=since.date() if since else None,
        by=by,
    )
    facts = {"slug": made.slug, "structure": structure, "iban": made.iban, "account": made.code}
    human = _("%(name)s is booked on %(code)s.") % {"name": made.name, "code": made.code}
    show(facts, as_json, human)


@bank.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", "slug", required=True, help="Short name of the bank account.")
@click.option(
    "--guess", is_flag=True, help="Read a table as it looks, and remember that for this account."
)
@json_option
def import_(file: Path, slug: str, guess: bool, as_json: bool) -> None:
    """Bring FILE in: CAMT.053 or .054, OFX, MT940 or CSV; plain, gzip or zip.

    Nothing is kept of a file whose balances do not add up. The same rows again change nothing.
    """
    by = administrator()
    account = account_named(slug, by, "treasury.manage")
    mapping = _mapping(file) if guess or not account.mapping else None
    outcome = services.import_file(account=account, content=file, mapping=mapping, by=by)
    if mapping is not None:
        services.keep_mapping(account=account, mapping=mapping, by=by)
    for notice in outcome.notices:
        click.echo(notice_text(notice), err=True)
    amounts = {name: figures.money(getattr(outcome, name)) for name in ("opening", "closing")}
    human = [
        _("%(new)d rows are new, %(already)d were there, %(pending)d are not on the account yet.")
        % {"new": outcome.new, "already": outcome.already, "pending": outcome.pending},
        _("Balance %(opening)s, then %(closing)s.") % amounts,
        _("%(matched)d matched, %(proposed)d proposed.")
        % {"matched": outcome.matching.matched, "proposed": outcome.matching.proposed},
    ]
    show(outcome.as_json(), as_json, human)


def _mapping(file: Path) -> bankfiles.Mapping | None:
    """How a table looks, when it is one and its columns speak for themselves."""
    try:
        _format, table = bankfiles.survey(file)
    except bankfiles.BankFileRefused as error:
        raise services.BankRefused.of(error) from error
    return table.guess if table is not None and table.guess.complete else None
