"""What people of Valmère gave to the orchard, and a budget in which more was asked than was there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.project.demo.world import PEOPLE
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Budget, Contribution, Overrun
from chambre.rooms.reciprocity.services.contributing import (
    budgets,
    circle,
    inkind,
    overruns,
    recording,
    voicing,
)
from chambre.rooms.reciprocity.services.contributing.recording import Given

LAST = "budget-contributif-du-verger"
ASKED = {
    "chloe": (5_500_00, "Coordination du verger et de la presse, trois jours par mois"),
    "bruno": (4_000_00, "Comptes du verger et dossiers de subvention"),
    "dris": (3_500_00, "Taille, greffes et accueil des écoles"),
    "ada": (2_000_00, "Lettre du verger et préparation des assemblées"),
}
"""15,000 € were asked for and 10,000 € were there, as in a cooperative's closing of its budget of 2023."""
FEELINGS = {
    "chloe": "Gênée d’être celle qui a demandé le plus ; je vis de ce travail.",
    "bruno": "Un peu en colère contre nous tous : nous aurions pu le voir en septembre.",
    "dris": "Soulagé qu’on en parle.",
    "ada": "Prête à baisser, pourvu que ce soit dit.",
}
POSITIONS = {
    "chloe": (4_000_00, "carry", "Je garde le reste comme créance : c’est mon revenu."),
    "bruno": (2_500_00, "give", "Le reste est du bénévolat, notons-le comme tel."),
    "dris": (2_500_00, "waive", "J’avais compté large."),
    "ada": (1_000_00, "give", ""),
}
PRACTICES = {
    "chloe": "Regarder le budget ensemble chaque trimestre.",
    "bruno": "Mettre une part de côté pour l’automne.",
    "dris": "Demander au fil de l’eau, pas en décembre.",
    "ada": "Écrire la règle de clôture avant d’ouvrir.",
}
GIVEN: tuple[tuple[str, int, dict[str, Any], tuple[str, ...]], ...] = (
    (
        "chloe",
        300,
        {
            "kind": "time",
            "what": "Taille de vingt pommiers",
            "minutes": 420,
        },
        ("bruno", "dris"),
    ),
    (
        "dris",
        250,
        {"kind": "time", "what": "Greffes avec les élèves de l’école", "minutes": 210},
        ("chloe", "ada"),
    ),
    (
        "bruno",
        210,
        {
            "kind": "service",
            "what": "Prêt d’un tracteur avec chauffeur, une journée",
            "quantity": Decimal(1),
            "unit": "jour",
        },
        ("chloe", "dris"),
    ),
    (
        "ada",
        160,
        {"kind": "goods", "what": "Bâches de récolte", "quantity": Decimal(6), "unit": "bâches"},
        ("bruno", "chloe"),
    ),
    ("dris", 120, {"kind": "care", "what": "Médiation entre voisins du verger", "minutes": 90}, ()),
    (
        "ada",
        60,
        {"kind": "money", "what": "Collecte de la fête des fleurs", "cents": 340_00},
        ("chloe", "bruno"),
    ),
    ("bruno", 9, {"kind": "time", "what": "Récolte et tri du samedi", "minutes": 300}, ("chloe",)),
    (
        "chloe",
        6,
        {
            "kind": "knowledge",
            "what": "Fiche «\u00a0conduire la presse\u00a0» pour les nouveaux",
            "minutes": 150,
        },
        (),
    ),
    ("dris", 4, {"kind": "time", "what": "Réparation de la clôture", "minutes": 240}, ()),
)
"""Who, how many days ago, what, who has seen it. What nobody looked at long ago counts by silence."""


class Story:
    """The people as actors, and keys that are the same whenever the story is told."""

    def __init__(self) -> None:
        self.agents = {each.email.split("@")[0]: registry.person(each.email) for each in PEOPLE}
        self.verger = registry.resource("verger")
        self.vergers = registry.structure("vergers")
        self._numbers = count(1)

    def by(self, name: str) -> Actor:
        """A person as who acts."""
        return Actor.of(self.agents[name].user)

    def key(self) -> str:
        """The next key."""
        return f"demo-{next(self._numbers)}"


def load_contributions(by: Actor) -> int:
    """Tell the story, once.

    Returns:
        How many contributions were recorded by this call.
    """
    if Budget.objects.filter(slug=LAST).exists():
        return 0
    story, today = Story(), clock.today()
    with clock.pretend(today - dt.timedelta(days=330)):
        _circle(story)
    last, shared = _last_year(story, today)
    _this_year(story, today, shared)
    many = _given(story, today)
    with clock.pretend(today):
        voicing.settle_due()
        _book(story)
    return many if last else 0


def _circle(story: Story) -> None:
    """The rule and the rates of the orchard."""
    chloe = story.by("chloe")
    circle.set_terms(
        place=story.verger, needed=2, silence_days=21, by=chloe, reason="Assemblée de mars"
    )
    circle.propose_grid(
        place=story.verger, name="Grille du verger", key=story.key(), by=chloe,
        note="Discutée à l’assemblée de mars ; chacun reste libre",
        lines=[
            ("accueil, récolte", "", 14_00),
            ("taille, presse", "a un autre revenu", 18_00),
            ("taille, presse", "en vit", 23_00),
            ("comptes, dossiers", "", 26_00),
        ],
    )  # fmt: skip


def _last_year(story: Story, today: dt.date) -> tuple[Budget, Overrun]:
    """The budget of last year: more was asked than was there, and it was shared by consent."""
    year, bruno = today.year - 1, story.by("bruno")
    with clock.pretend(dt.date(year, 12, 18)):
        budget = budgets.open_budget(
            slug=LAST, name=f"Budget contributif du verger {year}", structure=story.vergers,
            resource=story.verger, starts=dt.date(year, 1, 1), ends=dt.date(year, 12, 31),
            by=bruno, consent_days=30,
        )  # fmt: skip
        budgets.allot(
            budget=budget, minor=10_000_00, key=story.key(), by=bruno, reason="Décision de mars"
        )
        for name, (minor, what) in ASKED.items():
            budgets.ask(budget=budget, minor=minor, what=what, key=story.key(), by=story.by(name))
    shared = _share(story, budget, min(dt.date(today.year, 1, 12), today))
    return budget, shared


def _share(story: Story, budget: Budget, day: dt.date) -> Overrun:
    """The evening on which they shared it."""
    with clock.pretend(day):
        row = overruns.begin(budget=budget, by=story.by("bruno"))

        def act(name: str, kind: str, **more: Any) -> None:
            overruns.act(row=row, kind=kind, key=story.key(), by=story.by(name), **more)

        act("bruno", "go-on")
        for name, words in FEELINGS.items():
            act(name, "feel", words=words)
        act("bruno", "go-on")
        act("bruno", "go-on")
        for name, (keeps, rest, words) in POSITIONS.items():
            act(name, "position", keeps=keeps, rest=rest, rule="lowered", words=words)
        act("bruno", "go-on")
        act("bruno", "propose", rule="pro-rata", words="La même part pour tous, c’est simple.")
        act("chloe", "object", words="Qui en vit perd alors le plus.")
        act("dris", "propose", rule="lowered", words="Chacun a déjà baissé, et cela tombe juste.")
        for name in ASKED:
            act(name, "consent")
        for name, words in PRACTICES.items():
            act(name, "practice", words=words)
        act("bruno", "go-on")
    return Overrun.objects.select_related("budget").get(pk=row.pk)


def _this_year(story: Story, today: dt.date, shared: Overrun) -> None:
    """This year's budget: what Chloé kept as a claim, two parts, and what is asked so far."""
    year, bruno = today.year, story.by("bruno")
    begun = max(dt.date(year, 1, 12), today - dt.timedelta(days=200))
    with clock.pretend(min(begun, today)):
        budget = budgets.open_budget(
            slug=f"{LAST}-{year}", name=f"Budget contributif du verger {year}",
            structure=story.vergers, resource=story.verger, starts=dt.date(year, 1, 1),
            ends=dt.date(year, 12, 31), by=bruno, fallback="cap",
        )  # fmt: skip
        for minor, part in ((9_000_00, ""), (4_000_00, "Taille et presse"), (1_200_00, "Écoles")):
            budgets.allot(budget=budget, minor=minor, part=part, key=story.key(), by=bruno)
        overruns.carry_over(row=shared, into=budget, by=bruno)
    with clock.pretend(today - dt.timedelta(days=20)):
        for name, minor, part, what in (
            ("chloe", 2_300_00, "Taille et presse", "Saison de presse"),
            ("dris", 1_350_00, "Écoles", "Six matinées avec les écoles"),
            ("bruno", 1_100_00, "", "Comptes du premier semestre"),
        ):
            row = budgets.ask(
                budget=budget, minor=minor, what=what, part=part, key=story.key(), by=story.by(name)
            )
            if name == "bruno":
                budgets.note_paid(
                    retribution=row, minor=minor, key=story.key(), by=bruno, reference="F-2041"
                )


def _given(story: Story, today: dt.date) -> int:
    """Contributions of the year, and what others said of them."""
    rows: list[Contribution] = []
    for name, ago, given, seen in GIVEN:
        with clock.pretend(today - dt.timedelta(days=ago)):
            row = recording.record(
                resource=story.verger, given=Given(**given), key=story.key(), by=story.by(name)
            )
            for other in seen:
                voicing.say(contribution=row, kind="seen", key=story.key(), by=story.by(other))
        rows.append(row)
    fence = rows[-1]
    with clock.pretend(today - dt.timedelta(days=2)):
        voicing.say(
            contribution=fence, kind="objection", key=story.key(), by=story.by("bruno"),
            words="La clôture a été réparée par la commune, je crois ; de quel côté était-ce ?",
        )  # fmt: skip
    return len(rows)


def _book(story: Story) -> None:
    """What was given in time and lent is in the orchard's books, as used and as received."""
    values = {"time": {"hourly": 12_02}, "care": {"hourly": 12_02}, "service": {"minor": 480_00}}
    counted = Contribution.objects.filter(
        resource=story.verger, recognition__counts=True, kind__in=values
    )
    for row in counted.order_by("until", "pk"):
        inkind.book_in_kind(
            contribution=row, structure=story.vergers, by=story.by("bruno"), **values[row.kind]
        )
