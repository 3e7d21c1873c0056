"""The orchards' half year: memberships, gifts, a grant, courses; what runs every month."""

from __future__ import annotations

import datetime as dt

from chambre.project.demo.money.acts import Ask, Buy, Move, Person, Send, Story
from chambre.project.demo.money.desk import at_the_desk
from chambre.project.demo.money.drawing import MONTHS, YEAR, Draw, working
from chambre.project.demo.money.ways import pay


def tell(seed: int) -> Story:
    """The story of Les Vergers de Valmère."""
    draw = Draw(f"{seed}:vergers")
    story = Story("vergers", draw.iban(), "Banque coopérative du Ferrain", "camt")
    people = draw.people(64)
    _memberships(story, draw, people[:56])
    _pruning_courses(story, draw, people[24:])
    _every_month(story, draw, people[:4])
    _town(story, draw)
    _suppliers(story, draw)
    _oddities(story, draw, people)
    at_the_desk(story, Draw(f"{seed}:vergers:desk"))
    return story


def _memberships(story: Story, draw: Draw, members: list[Person]) -> None:
    for number, who in enumerate(members):
        asked = draw.day(1 if number < 34 else 2, 5, 20)
        act = Ask(
            f"adhesion-{number}", asked, who, draw.random.choice([1500, 2000, 3000]),
            f"Adhésion {YEAR} – {who.name}", "membership", "verger",
        )  # fmt: skip
        story.acts.append(act)
        if not draw.chance(8):  # some never pay: a reminder is due
            pay(story, draw, act, draw.later(asked, 2, 40), "adhesion")


def _pruning_courses(story: Story, draw: Draw, people: list[Person]) -> None:
    for number, who in enumerate(draw.random.sample(people, 20)):
        asked = draw.day(draw.random.choice([3, 4, 5]), 2, 20)
        act = Ask(
            f"stage-{number}", asked, who, draw.random.choice([4500, 6000]),
            f"Stage de taille – {who.name}", "sale.service", "verger",
        )  # fmt: skip
        story.acts.append(act)
        pay(story, draw, act, draw.later(asked, 1, 15), "stage taille")


def _every_month(story: Story, draw: Draw, givers: list[Person]) -> None:
    """Standing orders and debits: a person books them once, then they are known."""
    insurer, energy, landlord = draw.iban(), draw.iban(), draw.iban()
    for month in MONTHS:
        for giver in givers:
            story.moves.append(
                Move(working(dt.date(YEAR, month, 5)), 1000, draw.shout(giver.name), giver.iban,
                     "VIR PERMANENT DON VERGER", account="754110", batch=f"dons-{month}", habit=True,
                     anybody="don verger",
                     case="standing order")
            )  # fmt: skip
        for day, amount, name, iban, text, account in (
            (6, -4820, "MUTUELLE DES JARDINS", insurer, "PRLV COTISATION CONTRAT 77120", "616000"),
            (12, -draw.random.randint(5200, 7900), "ENERGIE COOPERATIVE DU FERRAIN", energy,
             "PRLV ELECTRICITE", "606100"),
            (2, -15000, "FONCIERE DU QUAI", landlord, "VIR PERMANENT LOYER HANGAR", "613200"),
        ):  # fmt: skip
            story.moves.append(
                Move(working(dt.date(YEAR, month, day)), amount, name, iban, text, account=account,
                     habit=True, case="every month")
            )  # fmt: skip
        story.moves.append(
            Move(working(dt.date(YEAR, month, 28)), -850, text="FRAIS TENUE DE COMPTE",
                 account="627800", habit=True, case="bank fee")
        )  # fmt: skip


def _town(story: Story, draw: Draw) -> None:
    town = draw.house("Commune de Valmère", siren="000000901", city="Valmère")
    asked = draw.day(2, 1, 10)
    act = Ask("subvention", asked, town, 240_000, f"Subvention {YEAR}, convention 2026-04",
              "grant", "verger")  # fmt: skip
    story.acts.append(act)
    paid = draw.later(asked, 30, 50)
    story.moves.append(
        Move(paid, 240_000, "TRESORERIE DU FERRAIN", draw.iban(), "MANDAT 1187 {subvention}",
             settles=(("subvention", 240_000),), case="public accountant")
    )  # fmt: skip


def _suppliers(story: Story, draw: Draw) -> None:
    nursery = draw.house("Pépinière du Bois-Blanc", siren="000000802", city="Valmère")
    metal = draw.house("Métaux du Canal", siren="000000703", city="Valmère")
    for number, (month, who, net) in enumerate(
        ((1, nursery, 42_000), (2, metal, 18_350), (3, nursery, 27_900), (5, metal, 9_640))
    ):
        day = draw.day(month, 3, 12)
        act = Buy(f"achat-{number}", day, who, f"F{YEAR}-{310 + 17 * number}", net, 2000,
                  "606300", draw.later(day, 15, 20))  # fmt: skip
        story.acts.append(act)
        story.moves.append(
            Move(draw.later(act.due, 1, 3), -act.total, who.name.upper(), who.iban, reference=act.key,
                 settles=((act.key, act.total),), case="supplier paid")
        )  # fmt: skip


def _oddities(story: Story, draw: Draw, people: list[Person]) -> None:
    helper = people[5]
    day = draw.day(3, 10, 18)
    story.acts.append(
        Send("frais-1", day, helper, 6_420, "Remboursement de frais : ficelle, gants", "606300")
    )
    story.moves.append(
        Move(draw.later(day, 3, 6), -6_420, helper.name.upper(), helper.iban, reference="frais-1",
             settles=(("frais-1", 6_420),), case="expenses paid back")
    )  # fmt: skip
    late = draw.day(4, 8, 15)
    story.moves.append(
        Move(late, -3_180, "GRAINES ANDINES ZURICH", text="CB 14/04 GRAINES ANDINES CHF",
             account="606300", original=(-3_000, "CHF"), case="foreign currency")
    )  # fmt: skip
    story.moves += [
        Move(draw.day(5, 4, 8), 500, "ANONYME", text="DON", account="754110", case="two alike"),
    ] * 2
    back = draw.day(4, 20, 24)
    story.moves += [
        Move(back, 2_500, draw.shout(people[7].name), people[7].iban, "DON FETE DU VERGER",
             account="754110", name_of="don rejeté", case="comes and goes"),
        Move(draw.later(back, 2, 4), -2_500, draw.shout(people[7].name), people[7].iban,
             "REJET VIREMENT", back="don rejeté", case="reversal"),
    ]  # fmt: skip
    story.moves.append(
        Move(dt.date(YEAR, 6, 30), -2_790, "STATION DU PONT", text="CB 30/06 EN COURS",
             account="606100", pending=True, case="pending")
    )  # fmt: skip
