"""Contracts of Valmère: three that bind, and one that a visitor can sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.lib import reciprocity
from chambre.lib.reciprocity import model, templates
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, Mandate, Party
from chambre.rooms.reciprocity.services import contracts, offering, powers, signing, using
from chambre.rooms.reciprocity.services.offering import Bound

SIGNED = dt.date(2024, 1, 15)
"""The day on which the contracts of the story were signed."""

POWERS = (
    ("chanvre", "dris@valmere.test", "Conseil d’administration du 10 janvier 2024"),
    ("fabrique", "dris@valmere.test", "Statuts de la Fabrique, article 7"),
    ("bocal", "chloe@valmere.test", "Assemblée de la SCOP du 8 janvier 2024"),
    ("ecole", "chloe@valmere.test", "Bureau de l’École du 12 janvier 2024"),
)
"""Who may sign for structures whose treasurer has no account in the story."""

BREACH = model.Breach(delay_days=30, suspension_days=60, then="mediation")
MEDIATOR = model.Mediator(
    "Chambre des communs de Valmère", "mediation@valmere.test",
    model.Text("avant tout juge", "before any judge"),
)  # fmt: skip


def load_contracts(by: Actor) -> int:
    """Draft, offer and sign the contracts of the story; how many were made by this call."""
    if Contract.objects.exists():
        return 0
    with clock.pretend(SIGNED):
        _powers(by)
        made = [_machine(), _jars(), _course()]
        for contract, parties in made:
            _sign(contract, parties)
    _uses()
    _orchard()
    return len(made) + 1


def _by(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))


def _powers(by: Actor) -> None:
    for structure, email, evidence in POWERS:
        if not Mandate.objects.filter(structure__slug=structure).exists():
            powers.give_power(
                structure=registry.structure(structure), person=registry.person(email),
                evidence=evidence, by=by,
            )  # fmt: skip


def _begin(
    template: str, name: str, resource: str, holder: str, *, author: str, **changed: object
) -> Contract:
    """A draft from a template, with the words that its people changed."""
    words = replace(templates.contract(template), **changed)  # type: ignore[arg-type]
    return contracts.draft_from_words(
        name=name, text=reciprocity.write(words), template=template, by=_by(author),
        resource=registry.resource(resource), holder=registry.structure(holder),
    )  # fmt: skip


def _machine() -> tuple[Contract, tuple[str, ...]]:
    """The hemp decorticator: who builds to sell owes a royalty; its founders are repaid first."""
    found = _begin(
        "redevance-diffusion", "Décortiqueur\u00a0: redevance et fondateurs", "decortiqueur", "chanvre",
        author="dris",
        summary=model.Text(
            "Les plans sont libres. Qui vend une machine doit 150 € par exemplaire. Les frais d’abord, puis "
            "les fondateurs jusqu’à 12 000 €, puis l’atelier et l’association.",
            "The plans are free. Whoever sells a machine owes €150 for each. Costs first, then the founders "
            "up to €12,000, then the workshop and the association.",
        ),
        uses=(
            model.Use(("study", "internal", "non-commercial", "derivative"),
                      conditions=("attribution", "share-alike")),
            model.Use(("commercial", "service"), answer="owes", owes=("machine",),
                      conditions=("attribution", "share-alike")),
        ),
        counterparts=(
            model.Counterpart(
                "machine", of="machine", rate=model.Rate(Fraction(15_000)), unit="EUR",
                exempt=("chanvre",), note=model.Text("pour chaque machine vendue", "for each machine sold"),
                label=model.Text("Redevance par machine", "Royalty per machine"),
            ),
        ),
        parties=(
            model.Party("chanvre", label="Chanvre libre de Valmère", status=("association", "ess")),
            model.Party("fabrique", label="La Fabrique du quai", status=("association", "ess")),
        ),
        steps=(
            model.Step("frais", "costs", model.Text("Les frais avancés", "Costs that were advanced"),
                       lasting="until-paid", months="ever"),
            model.Step("fondateurs", "fixed", model.Text("Le remboursement des fondateurs",
                       "Repayment of the founders"), share=Fraction(1, 2), cap=1_200_000,
                       to=(model.Share("chanvre"),)),
            model.Step("atelier", "fixed", model.Text("L’atelier et l’association",
                       "The workshop and the association"),
                       to=(model.Share("fabrique", 60), model.Share("chanvre", 40))),
        ),
        term=model.Term(since=dt.date(2024, 1, 1), review=dt.date(2027, 1, 15)),
        breach=BREACH, mediator=MEDIATOR,
    )  # fmt: skip
    return found, ("chanvre", "fabrique")


def _jars() -> tuple[Contract, tuple[str, ...]]:
    """The deposit scheme, financed by those who fill."""
    found = _begin(
        "consigne-usagers", "Consigne financée par ses usagers", "consigne", "bocal", author="chloe",
        breach=BREACH, mediator=MEDIATOR,
    )  # fmt: skip
    return found, ("bocal", "jus", "vergers")


def _course() -> tuple[Contract, tuple[str, ...]]:
    """The training course: a royalty for each time that somebody teaches it for money."""
    found = _begin(
        "redevance-diffusion", "Cours\u00a0: redevance par session", "formation", "ecole", author="chloe",
        summary=model.Text(
            "Lire, copier et enseigner le cours sans commerce est libre. Qui le vend doit 50 € par session.",
            "Reading, copying and teaching it without trade is free. Whoever sells it owes €50 a session.",
        ),
        counterparts=(
            model.Counterpart(
                "redevance", of="session", rate=model.Rate(Fraction(5_000)), unit="EUR",
                label=model.Text("Redevance par session", "Royalty per session"),
            ),
        ),
        term=model.Term(since=dt.date(2024, 1, 1), review=dt.date(2026, 12, 31)),
        breach=BREACH, mediator=MEDIATOR,
    )  # fmt: skip
    return found, ("ecole", "fabrique")


SIGNERS = {"chanvre": "dris", "fabrique": "dris", "bocal": "chloe", "ecole": "chloe",
           "jus": "bruno", "vergers": "bruno"}  # fmt: skip


def _sign(contract: Contract, parties: tuple[str, ...]) -> None:
    """Offer it and have everybody sign, each with a code of their own."""
    author = contract.made_by
    by = Actor.of(author.user if author is not None else None)
    offering.offer(
        contract=contract, parties=[Bound(registry.structure(slug)) for slug in parties], by=by
    )
    for slug in parties:
        _give(contract, registry.structure(slug), SIGNERS[slug])


def _give(contract: Contract, agent: Agent, who: str) -> None:
    by = _by(who)
    party = Party.objects.select_related("version__contract", "agent__user").get(
        version__contract=contract, agent=agent
    )
    code = signing.new_code(party=party, by=by)
    signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)


USES = (
    ("cours-redevance-par-session", "fabrique", "dris", "session", "2025-03-18", 2),
    ("cours-redevance-par-session", "fabrique", "dris", "session", "2025-06-12", 1),
    ("consigne-financee-par-ses-usagers", "vergers", "bruno", "bouteille", "2025-10-20", 1_850),
    ("consigne-financee-par-ses-usagers", "jus", "bruno", "bouteille", "2025-11-04", 4_200),
    ("decortiqueur-redevance-et-fondateurs", "fabrique", "dris", "machine", "2025-09-02", 1),
)


def _uses() -> None:
    """What was used, told by those who did."""
    for number, (slug, user, who, unit, day, quantity) in enumerate(USES):
        using.tell_use(
            contract=Contract.objects.select_related("resource").get(slug=slug),
            user=registry.structure(user), quantity=Decimal(quantity), unit=unit,
            day=dt.date.fromisoformat(day), key=f"demo-{number}", by=_by(who),
        )  # fmt: skip


def _orchard() -> None:
    """A contract about the orchard that waits for the chamber's signature: a visitor gives it as Ada."""
    contract = _begin(
        "contributive-commons", "Verger\u00a0: qui presse contribue", "verger", "vergers", author="chloe",
        breach=BREACH, mediator=MEDIATOR,
    )  # fmt: skip
    parties = [
        registry.structure("vergers"),
        registry.home_chamber(),
        registry.person("ada@valmere.test"),
    ]
    offering.offer(contract=contract, parties=[Bound(agent) for agent in parties], by=_by("chloe"))
    _give(contract, parties[0], "bruno")
