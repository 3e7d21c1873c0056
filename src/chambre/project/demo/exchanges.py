"""Exchanges of Valmère: one settled, one of three that is half deposited, one that a visitor can sign."""

from __future__ import annotations

import datetime as dt

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.hooks import deliver_pending
from chambre.core.models import User
from chambre.lib import exchange as lib
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeParty, Leg
from chambre.rooms.exchange.services import depositing, settling, signing
from chambre.rooms.exchange.services.drafting import LegIn, propose
from chambre.treasury import api as treasury

SYSTEM = Actor.system("exchange")
MEDIATOR = ("return", "release", "extend")


def load_exchanges() -> int:
    """Propose, sign and deposit the exchanges of the story; how many were made by this call."""
    if Exchange.objects.filter(key__startswith="demo:").exists():
        return 0
    today = registry.today()
    with clock.pretend(today - dt.timedelta(days=40)):
        settled = _settled(today - dt.timedelta(days=20))
    _half(today + dt.timedelta(days=24))
    _to_sign(today + dt.timedelta(days=30))
    return 3 if settled else 0


def _by(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))


def _agent(name: str) -> Agent:
    return registry.person(f"{name}@valmere.test")


def _mediator(agent: Agent) -> lib.Mediator:
    return lib.Mediator(agent.slug, MEDIATOR, 20, agent.name)


def _sign(exchange: Exchange, *names: tuple[Agent, str]) -> None:
    for agent, who in names:
        party = ExchangeParty.objects.select_related("version__exchange", "agent__user").get(
            version__exchange=exchange, agent=agent, role=ExchangeParty.Role.PARTY
        )
        by = _by(who)
        code = signing.new_code(party=party, by=by)
        signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)


def _leg(exchange: Exchange, name: str) -> Leg:
    return Leg.objects.select_related("exchange__chamber").get(exchange=exchange, name=name)


def _settled(until: dt.date) -> bool:
    """Pruning against juice and help with a site: three people, all of it gone to whom it was promised."""
    chloe, dris, jus = _agent("chloe"), _agent("dris"), registry.structure("jus")
    exchange = propose(
        actor=_by("chloe"), title="Taille, jus et affiches", key="demo:taille", deadline=until,
        legs=[
            LegIn(chloe, jus, "hours", 360, what="Taille de six rangs", name="taille"),
            LegIn(jus, dris, "goods", 24, unit="bouteilles", what="jus de pomme", name="jus",
                  place="Presse de la Lysse", value=7_200, vat=550),
            LegIn(dris, chloe, "service", what="Affiches de la fête du verger", name="affiches"),
        ],
    )  # fmt: skip
    _sign(exchange, (chloe, "chloe"), (jus, "bruno"), (dris, "dris"))
    exchange.refresh_from_db()
    depositing.attest(leg=_leg(exchange, "taille"), by=_by("bruno"))
    depositing.attest(leg=_leg(exchange, "jus"), by=_by("ada"), note="Deux casiers de douze")
    depositing.attest(leg=_leg(exchange, "affiches"), by=_by("chloe"))
    return settling.settle(exchange=exchange, by=_by("dris")).state == Exchange.State.SETTLED


def _half(until: dt.date) -> None:
    """Apples, a site and money: the apples and the money are there, the site is not."""
    vergers, dris, chloe = registry.structure("vergers"), _agent("dris"), _agent("chloe")
    ada = _agent("ada")
    exchange = propose(
        actor=_by("bruno"), title="Pommes, site des Vergers et argent", key="demo:site",
        deadline=until, mediator=_mediator(ada),
        legs=[
            LegIn(vergers, chloe, "goods", 120, unit="kg", what="pommes de garde", name="pommes",
                  place="Halle de Valmère", value=24_000, vat=550),
            LegIn(dris, vergers, "service", what="Site des Vergers", name="site"),
            LegIn(chloe, dris, "euros", 24_000, name="argent"),
        ],
        conditions=[
            lib.Condition("accord", "confirm", "le site est en ligne", of=("vergers", chloe.slug)),
        ],
    )  # fmt: skip
    _sign(exchange, (vergers, "bruno"), (chloe, "chloe"), (dris, "dris"))
    exchange.refresh_from_db()
    depositing.attest(leg=_leg(exchange, "pommes"), by=_by("ada"), note="Six palox")
    leg = _leg(exchange, "argent")
    payment = depositing.ask_for_money(leg=leg, by=_by("chloe"))
    treasury.receive(
        payment=payment, amount=leg.amount, means="cheque", day=registry.today(),
        key="demo:argent", by=SYSTEM,
    )  # fmt: skip
    deliver_pending(force=True)
    depositing.hear_payment(leg=leg, by=SYSTEM)


def _to_sign(until: dt.date) -> None:
    """A ladder lent against hours and units: Ada has not signed yet, so that a visitor can."""
    ada, dris, chloe = _agent("ada"), _agent("dris"), _agent("chloe")
    exchange = propose(
        actor=_by("dris"), title="Échelle, heures et paniers", key="demo:echelle", deadline=until,
        legs=[
            LegIn(ada, dris, "custody", what="la grande échelle, jusqu’à la cueillette",
                  name="echelle"),
            LegIn(dris, chloe, "hours", 180, what="Montage des étagères", name="etageres"),
            LegIn(chloe, ada, "goods", 3, what="paniers de légumes", name="paniers",
                  place="Épicerie du Pont"),
        ],
    )  # fmt: skip
    _sign(exchange, (dris, "dris"), (chloe, "chloe"))
