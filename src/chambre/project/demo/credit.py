"""Mutual credit in Valmère: four people and two structures, a year of small favours, a vote that is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Rules
from chambre.rooms.credit.services import deciding, paying, tickets
from chambre.rooms.credit.services.communities import RulesIn, join, keep_bounds, open_community
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

RULES = RulesIn(
    floor=20_000, ceiling=40_000, growth_percent=50, growth_most=20_000, hands=3, days=30,
    ways=[Rules.Way.SPEND, Rules.Way.EUROS, Rules.Way.FUND, Rules.Way.SHARED],
)  # fmt: skip
PEOPLE = ("ada", "bruno", "chloe", "dris")
STRUCTURES = ("vergers", "jus")

FAVOURS = (
    (330, "ada", "chloe", 4_500, "Réparation du vélo cargo"),
    (300, "bruno", "dris", 6_000, "Six stères de bois coupés"),
    (262, "chloe", "bruno", 3_000, "Comptes de l’atelier mis à jour"),
    (221, "dris", "ada", 7_500, "Site de la fête du pressoir"),
    (187, "ada", "bruno", 2_400, "Trois paniers de légumes"),
    (152, "chloe", "dris", 8_000, "Toiture de la remise"),
    (118, "bruno", "chloe", 5_500, "Cours de soudure"),
    (86, "dris", "chloe", 6_500, "Garde des enfants en août"),
    (51, "chloe", "ada", 3_800, "Relecture du dossier"),
    (33, "ada", "dris", 9_000, "Déménagement du four"),
    (16, "dris", "bruno", 4_200, "Confitures et compote"),
    (4, "bruno", "ada", 1_800, "Affiches de la bourse aux graines"),
)
"""Days ago, who paid, whom, hundredths of a unit, what for."""


def load_credit(by: Actor) -> int:
    """Begin mutual credit, pay a dozen times, leave a request, a ticket and a vote; how many payments."""
    chamber = registry.home_chamber()
    if Community.objects.filter(chamber=chamber).exists():
        return 0
    today = registry.today()
    with clock.pretend(today - dt.timedelta(days=365)):
        community = open_community(chamber=chamber, unit="CRD", rules=RULES, by=by)
        accounts = {
            name: join(community=community, agent=_person(name), by=by).account for name in PEOPLE
        }
        for slug in STRUCTURES:
            join(community=community, agent=registry.structure(slug), by=by)
    for number, (ago, giver, taker, cents, reason) in enumerate(FAVOURS):
        with clock.pretend(today - dt.timedelta(days=ago)):
            paying.pay(
                source=accounts[giver], target=accounts[taker], amount=cents, reason=reason,
                key=f"demo:{number}", by=_by(giver),
            )  # fmt: skip
    keep_bounds(community)
    _leave_open(community, accounts, today)
    return len(FAVOURS)


def _leave_open(community: Community, accounts: dict[str, CreditAccount], today: dt.date) -> None:
    """What a visitor finds to do: pay a request, bring a ticket, say yes or no."""
    paying.ask(
        account=accounts["chloe"], amount=1_500, reason="Deux pains au levain", key="demo",
        by=_by("chloe"),
    )  # fmt: skip
    tickets.make_ticket(
        account=accounts["dris"], amount=1_000, until=today + dt.timedelta(days=60), key="demo",
        by=_by("dris"),
    )  # fmt: skip
    treasury.agree_acceptance(account=accounts["bruno"], share=50, by=_by("bruno"))
    deciding.propose_rules(
        speaker=accounts["bruno"], rules=replace(RULES, rate=50, exempt=10_000),
        words="Une petite fonte, pour que les unités circulent plutôt que de dormir", key="demo",
        by=_by("bruno"),
    )  # fmt: skip


def _person(name: str) -> Agent:
    row: Agent = Agent.objects.select_related("chamber").get(user__email=f"{name}@valmere.test")
    return row


def _by(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))
