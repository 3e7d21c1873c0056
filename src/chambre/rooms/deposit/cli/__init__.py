"""The deposit room at the command line: ``chambre deposit``."""

from __future__ import annotations

import sys
import uuid

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.registry import api as registry
from chambre.rooms.deposit.cli import books, cases, devices, keeping, phones, places, rules
from chambre.rooms.deposit.cli.refunds import MEANS, METAVAR, Refund, read_refund
from chambre.rooms.deposit.queries import finding
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import (
    issuing,
    kinds,
    returning,
    schemes,
    simulating,
    stock,
    telling,
)
from chambre.rooms.deposit.services.accountcards import holder_of
from chambre.rooms.deposit.services.asking import Answer, Asked, Condition, Presence, Split


@click.group()
def deposit() -> None:
    """Deposits on reusable objects."""


@deposit.group()
def scheme() -> None:
    """Deposit schemes."""


@scheme.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option(
    "--structure", required=True, help="Short name of the structure that keeps the money."
)
@click.option("--amount", required=True, type=int, help="Deposit of one object, in cents.")
@click.option("--base-uri", default="", help="What the addresses in its codes begin with.")
@json_option
def create_scheme(
    slug: str, name: str, structure: str, amount: int, base_uri: str, as_json: bool
) -> None:
    """Start the scheme SLUG: its commons, its books when there are none, its first tariff."""
    row = schemes.create_scheme(
        slug=slug,
        name=name,
        structure=registry.structure(structure),
        amount=amount,
        base_uri=base_uri,
        by=administrator(),
    )
    facts = {"slug": row.slug, "name": row.name, "amount": amount, "base_uri": row.base_uri}
    human = _("%(name)s: a deposit of %(amount)s.") % {
        "name": row.name,
        "amount": figures.money(amount),
    }
    show(facts, as_json, human)


@deposit.group("type")
def type_() -> None:
    """Types of objects."""


@type_.command("create")
@click.argument("slug")
@click.option("--scheme", "scheme_", required=True, help="Short name of the scheme.")
@click.option("--name", default="", help="What people call it.")
@click.option("--counted", is_flag=True, help="Objects without codes, only counted.")
@click.option("--grai", default="", help="GRAI of the class: 14 digits, or PREFIX.ASSETTYPE.")
@click.option("--own-uri", default="", help="Or its own name: an https address, or a UUID.")
@click.option("--material", default="", help="What it is made of.")
@click.option("--grams", type=int, default=0, help="What one weighs, in grams.")
@click.option("--amount", type=int, help="Its own deposit in cents.")
@click.option("--cost", type=int, default=0, help="What one costs, in cents.")
@click.option("--wash", is_flag=True, help="Washed and inspected before it is issued again.")
@json_option
def create_type(
    slug: str,
    scheme_: str,
    name: str,
    counted: bool,
    grai: str,
    own_uri: str,
    material: str,
    grams: int,
    amount: int | None,
    cost: int,
    wash: bool,
    as_json: bool,
) -> None:
    """Add the type of object SLUG."""
    row = schemes.create_type(
        slug=slug,
        scheme=finding.scheme_named(scheme_),
        name=name,
        counting="class" if counted else "serial",
        grai=grai,
        own_uri=own_uri,
        material=material,
        grams=grams,
        amount=amount,
        unit_cost=cost,
        wash=wash,
        by=administrator(),
    )
    facts = {"slug": row.slug, "scheme": scheme_, "counting": row.counting, "uri": row.uri}
    show(facts, as_json, _("Made: %(name)s") % {"name": row.name})


@type_.command("change")
@click.argument("slug")
@click.option("--material", help="What it is made of.")
@click.option("--grams", type=int, help="What one weighs, in grams; 0: nobody knows.")
@json_option
def change_type(slug: str, material: str | None, grams: int | None, as_json: bool) -> None:
    """Say what the type SLUG is made of and what one weighs."""
    row = kinds.change_type(
        type_=finding.type_named(slug), material=material, grams=grams, by=administrator()
    )
    facts = {"slug": row.slug, "material": row.material, "grams": row.grams}
    show(facts, as_json, f"{row.name}: {row.material or '–'}, {row.grams or '–'} g")


@deposit.command()
@click.option("--type", "slug", required=True, help="Short name of the type.")
@click.option("--count", required=True, type=int, help="How many.")
@click.option("--lot", default="", help="Name of the batch.")
@click.option("--key", default="", help="Idempotency key: the same again gives the same objects.")
@json_option
def commission(slug: str, count: int, lot: str, key: str, as_json: bool) -> None:
    """Put objects in service, each with a serial that nobody can guess."""
    uris = stock.commission(
        type_=finding.type_named(slug), count=count, lot=lot, key=key, by=administrator()
    )
    telling.tell_now()
    show({"objects": uris}, as_json, uris)


@deposit.command()
@click.argument("uri")
@click.option("--place", "slug", required=True, help="Short name of the place.")
@click.option("--means", type=MEANS, default="cash", help="How the deposit is paid.")
@click.option("--account", default="", help="Whose account: card, e-mail or short name.")
@click.option("--key", default="", help="Idempotency key; drawn when absent.")
@json_option
def issue(uri: str, slug: str, means: str, account: str, key: str, as_json: bool) -> None:
    """Issue the object URI and take its deposit."""
    asked = Asked(
        key=key or f"cli:{uuid.uuid4()}", codes=(uri,), place=slug, means=means,
        holder=holder_of(account).pk if account else None,
    )  # fmt: skip
    answer = issuing.hand_out(asked, by=administrator())
    telling.tell_now()
    facts = {**answer.as_json(), "amount": answer.refund}
    _end(answer, facts, as_json)


@deposit.command("return")
@click.argument("uri")
@click.option("--place", "slug", required=True, help="Short name of the place.")
@click.option("--key", required=True, help="Idempotency key: the same one, the same answer.")
@click.option(
    "--refund", callback=read_refund, metavar=METAVAR, default="cash",
    help="How it is paid back: one way, or parts with their cents, as cash:150,gift:50. A part without "
    "cents gets the rest, else the last one does.",
)  # fmt: skip
@click.option("--damaged", is_flag=True, help="The object is damaged.")
@click.option("--distance", is_flag=True, help="Only the code is there, not the object.")
@click.option("--iban", default="", help="Account of a transfer.")
@click.option("--name", default="", help="Whose account.")
@click.option("--resource", default="", help="Short name of the commons of a gift.")
@json_option
def return_(
    uri: str,
    slug: str,
    key: str,
    refund: Refund,
    damaged: bool,
    distance: bool,
    iban: str,
    name: str,
    resource: str,
    as_json: bool,
) -> None:
    """Take the object URI back and pay its deposit back, once."""
    means, parts = refund
    asked = Asked(
        key=key,
        codes=(uri,),
        place=slug,
        means=means,
        splits=tuple(Split(way, cents, resource, iban, name) for way, cents in parts),
        condition=Condition.DAMAGED if damaged else Condition.GOOD,
        presence=Presence.DISTANCE if distance else Presence.COUNTER,
        iban=iban,
        name=name,
        resource=resource,
    )
    answer = returning.take_back(asked, by=administrator())
    telling.tell_now()
    _end(answer, answer.as_json(), as_json)


def _end(answer: Answer, facts: dict[str, object], as_json: bool) -> None:
    human = [answer.words]
    if answer.refund:
        human.append(figures.money(answer.refund))
    if answer.slip:
        human.append(_("Code: %(code)s") % {"code": answer.slip_code})
    show(facts, as_json, human)


@deposit.command()
@click.option("--scheme", "slug", default="", help="Only this scheme.")
@json_option
def status(slug: str, as_json: bool) -> None:
    """Say what is held, and whether contracts and books agree."""
    held = holding(finding.scheme_named(slug) if slug else None)
    amounts = {
        "count": held.open_contracts,
        "held": figures.money(held.held),
        "books": figures.money(held.ledger_4196),
    }
    human = [
        _("%(count)d open contracts hold %(held)s; account 4196 says %(books)s.") % amounts,
        _("They are equal.") if held.equal else _("They differ."),
    ]
    show(held.as_json(), as_json, human)
    if not held.equal:
        raise SystemExit(1)


@deposit.command()
@click.option("--objects", required=True, type=int, help="Objects put in service.")
@click.option("--days", required=True, type=int, help="Days told, up to yesterday.")
@click.option("--seed", required=True, type=int, help="The same seed tells the same story.")
@click.option("--places", default=4, type=click.IntRange(1, 200), help="Places; 4 when absent.")
@json_option
def simulate(objects: int, days: int, seed: int, places: int, as_json: bool) -> None:
    """Play an invented fleet through the real services, in a scheme of its own.

    What it records stays in this Chamber: try it on a copy, or in a demonstration.
    """
    if sys.stdin.isatty() and not as_json:
        click.confirm(_("What is simulated stays in the books of this Chamber. Go on?"), abort=True)
    played = simulating.simulate(
        objects=objects, days=days, seed=seed, places=places, by=administrator()
    )
    telling.tell_now()
    amounts = {
        "issued": played.issued,
        "paid": played.returned["refunded"],
        "held": figures.money(played.held),
        "books": figures.money(played.ledger_4196),
    }
    human = [
        _("%(issued)d issued, %(paid)d paid back; contracts hold %(held)s, account 4196 %(books)s.")
        % amounts,
        _("Every answer is the one foretold.") if not played.mismatches else _("Not as foretold:"),
        *played.mismatches,
    ]
    show(played.as_json(), as_json, human)
    if played.mismatches or not played.equal:
        raise SystemExit(1)


for _part in (books, cases, devices, keeping, phones, places, rules):
    for _command in _part.commands:
        deposit.add_command(_command)

type_.add_command(books.life)
commands: list[click.Command] = [deposit]
