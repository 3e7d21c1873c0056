"""Mutual credit at the command line: added to the treasury's ``chambre credit``."""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid, NotFound
from chambre.lib.mutualcredit import TicketRefusal, read_ticket
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Rules
from chambre.rooms.credit.queries.communities import (
    account_named,
    community_of,
    members_of,
    rules_of,
    rules_shown,
)
from chambre.rooms.credit.queries.errors import NoTicket
from chambre.rooms.credit.queries.pots import pot_of
from chambre.rooms.credit.queries.standing import figures_of
from chambre.rooms.credit.queries.wording import units
from chambre.rooms.credit.services import crossing, demurrage, paying, tickets
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.treasury import api as treasury
from chambre.treasury.cli.credit import credit
from chambre.treasury.models import CreditAccount

unit_option = click.option(
    "--unit", default="CRD", show_default=True, type=click.Choice(["CRD", "HUR"]),
    help="Units (hundredths), or hours (minutes).",
)  # fmt: skip
key_option = click.option("--key", default="", help="Idempotency key; the same key acts once.")


def _agent(slug: str) -> Agent:
    row = Agent.objects.select_related("chamber").filter(slug=slug).first()
    if row is None:
        raise NotFound(_("There is nobody of this short name: %(slug)s.") % {"slug": slug})
    return row


def _account(slug: str, unit: str) -> CreditAccount:
    found = treasury.credit_account(_agent(slug), unit)
    if found is None:
        raise NotFound(_("They have no account in this unit."))
    return found


@credit.command("begin")
@click.argument("chamber", metavar="CHAMBER")
@unit_option
@click.option("--floor", required=True, type=int, help="How far below zero everybody may go.")
@click.option("--ceiling", type=int, default=None, help="How much everybody may hold.")
@click.option("--warn", is_flag=True, help="Warn beyond a limit, do not refuse.")
@click.option("--growth", type=int, default=0, help="Percent of a month's receipts.")
@click.option("--growth-most", type=int, default=0, help="Growth at most.")
@click.option("--rate", type=int, default=0, help="Demurrage, hundredths of a percent a month.")
@click.option("--exempt", type=int, default=0, help="Kept without demurrage.")
@click.option("--fund-share", type=int, default=0, help="For the guarantee fund, of receipts.")
@click.option("--fund-flat", type=int, default=0, help="For the guarantee fund, each month.")
@click.option("--fund-cover", type=int, default=0, help="Percent of a lost debt that it pays.")
@click.option("--fund-most", type=int, default=None, help="It pays at most for one who leaves.")
@click.option("--way", "ways", multiple=True, type=click.Choice(Rules.Way.values))
@click.option("--hands", type=int, default=3, show_default=True, help="Voices for a decision.")
@click.option("--days", type=int, default=14, show_default=True, help="Days for a decision.")
@json_option
def begin(chamber: str, unit: str, warn: bool, growth: int, as_json: bool, **given: Any) -> None:
    """Begin mutual credit in CHAMBER with its first rules; later its members change them."""
    ways = list(given.pop("ways")) or [Rules.Way.SPEND.value]
    mode = Rules.Mode.WARN if warn else Rules.Mode.BLOCK
    rules = RulesIn(mode=mode, growth_percent=growth, ways=ways, **given)
    row = open_community(chamber=_agent(chamber), unit=unit, rules=rules, by=administrator())
    _say_rules(row, as_json)


def _say_rules(row: Community, as_json: bool) -> None:
    data = rules_shown(rules_of(row))
    show({"chamber": row.chamber.slug, "unit": row.unit, **data}, as_json,
         [f"{name}: {value}" for name, value in data.items()])  # fmt: skip


@credit.command("rules")
@click.argument("chamber", metavar="CHAMBER")
@unit_option
@json_option
def show_rules(chamber: str, unit: str, as_json: bool) -> None:
    """Show the rules that hold in CHAMBER."""
    _say_rules(community_of(_agent(chamber), unit), as_json)


@credit.command("join")
@click.argument("agent", metavar="SLUG")
@unit_option
@click.option("--accepts", type=click.IntRange(0, 100), default=None, help="Percent of a price.")
@json_option
def join_command(agent: str, unit: str, accepts: int | None, as_json: bool) -> None:
    """Let a person or structure take part in its chamber's mutual credit."""
    who = _agent(agent)
    if who.chamber_id is None:
        raise NotFound
    community = community_of(who.chamber_id, unit)
    row = join(community=community, agent=who, by=administrator(), accepts=accepts)
    data = {"code": row.account.code, "floor": row.floor, "ceiling": row.ceiling}
    show(data, as_json, f"{row.account.code} {who.name}")


@credit.command("pay")
@click.argument("payer", metavar="FROM")
@click.argument("payee", metavar="TO")
@click.argument("amount", type=int)
@click.option("--reason", required=True, help="What for.")
@unit_option
@key_option
@json_option
def pay_command(
    payer: str, payee: str, amount: int, reason: str, unit: str, key: str, as_json: bool
) -> None:
    """Pay AMOUNT (hundredths of a unit, or minutes) from one member to another, by their short names."""
    source = _account(payer, unit)
    paid = paying.pay(
        source=source, target=_account(payee, unit), amount=amount, reason=reason,
        key=f"cli:{key or uuid.uuid4().hex}", by=administrator(),
    )  # fmt: skip
    source.refresh_from_db()
    data = {"move": paid.move.pk, "held": source.held, "warnings": paid.warnings}
    show(data, as_json, [f"{paid.move.pk}: {units(amount, unit)}", *paid.warnings])


@credit.command("pay-file")
@click.argument("chamber", metavar="CHAMBER")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@unit_option
@json_option
def pay_file(chamber: str, file: Path, unit: str, as_json: bool) -> None:
    """Make the payments of FILE (CSV: from,to,amount,reason,key) at once; exit 1 when one is refused."""
    community = community_of(_agent(chamber), unit)
    done = paying.pay_many(community=community, moves=_read(community, file), by=administrator())
    items = [
        {"key": each.key, "move": each.move, "made": each.made,
         "refused": each.refusal.code if each.refusal else ""}
        for each in done
    ]  # fmt: skip
    lines = [f"{each.key}: {each.refusal.message if each.refusal else each.move}" for each in done]
    show({"payments": items}, as_json, lines)
    if any(each.refusal for each in done):
        raise SystemExit(1)


def _read(community: Community, file: Path) -> list[treasury.UnitsMove]:
    """The payments of a file; accounts by their number.

    Raises:
        Invalid: A line says no amount, or no account.
    """
    moves = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                source = account_named(community.chamber, row["from"]).pk
                target = account_named(community.chamber, row["to"]).pk
                moves.append(
                    treasury.UnitsMove(
                        source, target, int(row["amount"]), row["reason"], row["key"]
                    )
                )
            except (KeyError, TypeError, ValueError, AttributeError, NotFound):
                words = _("Line %(number)d is no payment.") % {"number": number}
                raise Invalid(words, fields={"file": [words]}) from None
    return moves


@credit.group("ticket")
def ticket_group() -> None:
    """Tickets for where there is no network."""


@ticket_group.command("make")
@click.argument("agent", metavar="SLUG")
@click.argument("amount", type=int)
@click.option("--until", type=click.DateTime(formats=["%Y-%m-%d"]), required=True)
@unit_option
@key_option
@json_option
def make(agent: str, amount: int, until: dt.datetime, unit: str, key: str, as_json: bool) -> None:
    """Set AMOUNT aside on a ticket, and print its line."""
    row = tickets.make_ticket(
        account=_account(agent, unit), amount=amount, until=until.date(),
        key=key or uuid.uuid4().hex, by=administrator(),
    )  # fmt: skip
    text = tickets.text_of(row)
    show({"serial": row.serial, "amount": amount, "ticket": text}, as_json, text)


@ticket_group.command("take")
@click.argument("text")
@click.argument("agent", metavar="SLUG")
@unit_option
@json_option
def take(text: str, agent: str, unit: str, as_json: bool) -> None:
    """Take the units of the ticket TEXT for a member."""
    account = _account(agent, unit)
    row = tickets.take_ticket(text=text, account=account, by=administrator())
    data = {"serial": row.serial, "amount": row.amount, "move": row.taken_id}
    show(data, as_json, f"{account.code}: {units(row.amount, unit)}")


@ticket_group.command("key")
@click.argument("chamber", metavar="CHAMBER")
@json_option
def public(chamber: str, as_json: bool) -> None:
    """Print CHAMBER's public key (hexadecimal), with which anybody verifies its tickets."""
    key = tickets.public_key(_agent(chamber)).hex()
    show({"chamber": chamber, "key": key}, as_json, key)


@ticket_group.command("check")
@click.argument("text")
@click.option("--key", required=True, help="The chamber's public key, in hexadecimal.")
@json_option
def check(text: str, key: str, as_json: bool) -> None:
    """Say what the ticket TEXT is worth, without a network: only whether it was taken is not known."""
    try:
        paper = read_ticket(text, bytes.fromhex(key))
    except (TicketRefusal, ValueError):
        raise NoTicket from None
    data = {"serial": paper.serial, "chamber": paper.chamber, "unit": paper.unit,
            "amount": paper.amount, "until": paper.until}  # fmt: skip
    show(data, as_json, f"{paper.chamber} {units(paper.amount, paper.unit)} {paper.until}")


@credit.command("demurrage")
@click.argument("chamber", metavar="CHAMBER")
@click.argument("month", type=click.DateTime(formats=["%Y-%m"]))
@unit_option
@json_option
def demurrage_command(chamber: str, month: dt.datetime, unit: str, as_json: bool) -> None:
    """Take the demurrage of MONTH (2026-03), once; the worker does so by itself."""
    community = community_of(_agent(chamber), unit)
    row = demurrage.charge_month(community=community, month=month.date(), by=administrator())
    total = row.total if row else 0
    show({"month": f"{month:%Y-%m}", "total": total}, as_json, units(total, unit))


@credit.command("figures")
@click.argument("chamber", metavar="CHAMBER")
@unit_option
@json_option
def show_figures(chamber: str, unit: str, as_json: bool) -> None:
    """Show how a community stands: members, what is owed, what moved, what lies in the common account."""
    community = community_of(_agent(chamber), unit)
    members = list(members_of(community))
    found = figures_of(community, members)
    data = {
        "members": found.members, "owed": found.owed, "moved": found.moved, "near": found.near,
        "common": pot_of(community),
    }  # fmt: skip
    lines = [f"{row.account.code} {units(row.account.held, unit)}" for row in members]
    show(data, as_json, lines or _("Nobody takes part yet."))


@credit.command("partner")
@click.argument("chamber", metavar="CHAMBER")
@click.argument("partner", metavar="OTHER")
@click.option("--owes", type=int, required=True, help="How far CHAMBER may owe OTHER.")
@click.option("--owed", type=int, required=True, help="How far OTHER may owe CHAMBER.")
@unit_option
@json_option
def partner_command(
    chamber: str, partner: str, owes: int, owed: int, unit: str, as_json: bool
) -> None:
    """Agree to trade with another chamber; in force once that one has agreed to the same."""
    row = crossing.agree(
        community=community_of(_agent(chamber), unit), partner=registry.structure(partner),
        owes=owes, owed=owed, by=administrator(),
    )  # fmt: skip
    force = crossing.other_side(row) is not None
    data = {"chamber": chamber, "partner": partner, "owes": owes, "owed": owed, "in_force": force}
    show(data, as_json, _("In force.") if force else _("Waits for the other side."))


@credit.command("busy")
@click.argument("agent", metavar="SLUG")
@click.option("--no", "quiet", is_flag=True, help="No longer.")
@unit_option
def busy(agent: str, quiet: bool, unit: str) -> None:
    """Say that many pay somebody at once: their account is then locked for as short as can be."""
    treasury.mark_busy(account=_account(agent, unit), busy=not quiet, by=administrator())


commands: list[click.Command] = []
"""Nothing of its own: the commands above are in the treasury's group."""
