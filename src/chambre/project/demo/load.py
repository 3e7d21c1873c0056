"""Loading the demonstration, through the same services as anybody else's data."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from io import BytesIO
from typing import Any

from django.utils.translation import get_language

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.core.files import store
from chambre.core.models import User
from chambre.core.ui.slots import DemoPerson as SlotPerson
from chambre.ledger import api as ledger
from chambre.lib.attribution import parse_rules
from chambre.project.demo.bookings import load_bookings
from chambre.project.demo.clearing import load_clearing
from chambre.project.demo.contracts import load_contracts
from chambre.project.demo.contributions import load_contributions
from chambre.project.demo.credit import load_credit
from chambre.project.demo.deposit import load_deposit
from chambre.project.demo.distributions import load_distributions
from chambre.project.demo.exchanges import load_exchanges
from chambre.project.demo.fecs import books
from chambre.project.demo.market import load_market
from chambre.project.demo.models import load_models
from chambre.project.demo.money.load import load_awkward, load_money
from chambre.project.demo.money.today import leave_open
from chambre.project.demo.shop import load_shop
from chambre.project.demo.shopbaskets import load_baskets
from chambre.project.demo.world import CHAMBER, PEOPLE, PUBLIC_BODY, RESOURCES, STRUCTURES
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import queries, services
from chambre.treasury.models import BankRow

SINCE = dt.date(2024, 1, 1)
"""The first day of the story: since then the invented people hold their roles."""


def load(by: Actor) -> dict[str, Any]:
    """Bring Valmère in: register, people, books, attribution, seals.

    What is there already is left alone, so that loading again changes nothing.

    Args:
        by: The machine's administrator.

    Returns:
        How many structures, resources, people, files, products… were brought in by this call.
    """
    chamber = registry.home_chamber(CHAMBER)
    if chamber.name != CHAMBER:
        registry.change_agent(agent=chamber, by=by, name=CHAMBER)
    done = {
        "structures": _structures(by),
        "resources": _resources(by),
        "people": _people(chamber, by),
        "files": _books(by),
        "movements": _money(),
        "objects": load_deposit(by),
        "products": load_shop(by),
        "subscriptions": load_baskets(by),
        "contracts": load_contracts(by),
        "contributions": load_contributions(by),
        "exchanges": load_exchanges(),
        "obligations": load_clearing(by),
        "market": load_market(by),
    }
    if done["files"]:
        _attribute(chamber, by)
    done["distributions"] = load_distributions(by)
    done["favours"] = load_credit(by)
    done["bookings"] = load_bookings(by)
    ledger.refresh_balances()
    done["models"] = load_models()
    ledger.seal(by=by)
    return done


def _structures(by: Actor) -> int:
    """The structures with their books, and the town hall."""
    made = 0
    slug, name = PUBLIC_BODY
    if not Agent.objects.filter(slug=slug).exists():
        registry.create_structure(slug=slug, name=name, kind=Agent.Kind.PUBLIC, by=by)
    for each in STRUCTURES:
        if Agent.objects.filter(slug=each.slug).exists():
            continue
        agent = registry.create_structure(
            slug=each.slug, name=each.name, siren=each.siren, legal_form=each.legal_form, by=by
        )
        ledger.open_book(structure=agent, chart=each.chart, by=by)
        services.disclose(structure=agent, level=each.disclosure, by=by)
        made += 1
    return made


def _resources(by: Actor) -> int:
    """The shared resources with their records."""
    made = 0
    for each in RESOURCES:
        if Resource.objects.filter(slug=each.slug).exists():
            continue
        resource = registry.create_resource(
            slug=each.slug,
            name=each.name,
            by=by,
            fields={**each.record, "owner": each.owner, "custodian": each.custodian},
        )
        if each.standing != Resource.Standing.CANDIDATE:
            registry.change_standing(
                resource=resource,
                standing=each.standing,
                reason="Décision de l’assemblée de Valmère",
                by=by,
            )
        for kind, category, title in each.wishes:
            registry.add_wish(resource=resource, kind=kind, category=category, title=title, by=by)
        for principle, (answer, comment, evidence) in enumerate(each.ostrom, 1):
            registry.assess(
                resource=resource,
                principle=principle,
                answer=answer,
                comment=comment,
                evidence_kind="text" if evidence else "",
                evidence=evidence,
                by=by,
            )
        made += 1
    return made


def _people(chamber: Agent, by: Actor) -> int:
    """The four people of the first page, with their roles."""
    made = 0
    for each in PEOPLE:
        if User.objects.filter(email=each.email).exists():
            continue
        person = registry.create_person(email=each.email, name=each.name, by=by, is_demo=True)
        for kind, place in each.roles:
            with clock.pretend(SINCE):  # they have held it since before the story begins
                registry.grant_role(agent=person, kind=kind, scope=_place(chamber, place), by=by)
        made += 1
    return made


def _place(chamber: Agent, place: str) -> Agent | Resource:
    """The chamber, structure or resource that a role is held in."""
    if place == "chamber":
        return chamber
    if place.startswith("resource:"):
        return registry.resource(place.removeprefix("resource:"))
    return registry.structure(place)


def _books(by: Actor) -> int:
    """Two years of FEC files for each structure, through the import."""
    made = 0
    for slug, _year, name, content in books():
        structure = registry.structure(slug)
        if queries.imports_in([structure]).filter(name=name).exists():
            continue
        kept = store(BytesIO(content), name=name, purpose="lens.fec", by=by)
        try:
            outcome = services.import_fec(
                source=BytesIO(content), name=name, structure=structure, stored=[kept], by=by
            )
        except Conflict:  # somebody has brought another export of that year in meanwhile
            continue
        made += not outcome.already
    return made


def _money() -> int:
    """Six months of payments, invoices, payouts and bank statements; rows that came with them."""
    ada, bruno = (Actor.of(User.objects.get(email=each.email)) for each in PEOPLE[:2])
    tellers = load_money(people=(bruno, ada))
    for teller in tellers:
        if teller.book.mandates.exists():
            leave_open(teller)
    accounts = [*(each.account for each in tellers), *load_awkward(by=ada)]
    return BankRow.objects.filter(account__in=accounts).count()


def _attribute(chamber: Agent, by: Actor) -> None:
    """Attribute by the demonstration's rule file."""
    text = (files("chambre.project.demo") / "rules.toml").read_text(encoding="utf-8")
    rules = parse_rules(
        text,
        resources=[each.slug for each in RESOURCES],
        structures=queries.structures_with_books(chamber).values_list("slug", flat=True),
    )
    services.apply_rules(rules=rules, chamber=chamber, by=by, note="Règles de la démonstration")


def people() -> list[SlotPerson]:
    """Who can be signed in as on the first page, in the reader's language."""
    french = (get_language() or "fr").startswith("fr")
    return [
        SlotPerson(each.email, each.name, each.about_fr if french else each.about_en)
        for each in PEOPLE
    ]
