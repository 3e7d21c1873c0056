"""The juice cooperative's half year: invoices and how they are paid, wages, suppliers in one order."""

from __future__ import annotations

import datetime as dt

from chambre.project.demo.money.acts import Bill, Buy, Move, Person, Send, Story
from chambre.project.demo.money.cards import by_card
from chambre.project.demo.money.drawing import MONTHS, YEAR, Draw, working
from chambre.project.demo.money.mandates import drawn
from chambre.project.demo.money.ways import pay


def tell(seed: int) -> Story:
    """The story of Jus de la Lysse."""
    draw = Draw(f"{seed}:jus")
    story = Story("jus", draw.iban(), "Crédit des Deux Rives", "camt")
    customers = [
        draw.house("Épicerie du Carillon", siren="000000117", street="2 place du Carillon",
                   postcode="59999", city="Valmère"),
        draw.house("Cantine des Trois-Ponts", siren="000000216", street="14 quai des Trois-Ponts",
                   postcode="59999", city="Valmère"),
        draw.house("Ferme de la Haute-Borne", siren="000000315", street="Chemin de la Borne",
                   postcode="59998", city="Haute-Borne"),
        draw.house("Marché du samedi", siren="000000414", street="Halle du marché",
                   postcode="59999", city="Valmère"),
    ]  # fmt: skip
    _sales(story, draw, customers)
    _wages_and_suppliers(story, draw)
    _every_month(story, draw)
    by_card(story, Draw(f"{seed}:jus:card"))
    drawn(story, Draw(f"{seed}:jus:drawn"))
    return story


def _sales(story: Story, draw: Draw, customers: list[Person]) -> None:
    number = 0
    for month in MONTHS:
        bills = []
        for who in customers:
            for _each in range(draw.random.choice([1, 2, 2])):
                number += 1
                day = draw.day(month, 3, 24)
                bottles = draw.random.randint(120, 480)
                lines: tuple[tuple[str, int, int], ...] = (
                    (f"Jus de pomme, {bottles} bouteilles de 1 l", bottles * 265, 550),
                )
                if draw.chance(30):
                    lines += (("Livraison", 1_500, 2000),)
                bills.append(
                    Bill(f"vente-{number}", day, who, lines, day + dt.timedelta(days=30),
                         resource="verger")
                )  # fmt: skip
        story.acts += bills
        _paid(story, draw, bills, last=month == MONTHS[-1])


def _paid(story: Story, draw: Draw, bills: list[Bill], *, last: bool) -> None:
    """How the bills of a month are paid: some two at once, some short of a cent, some not at all."""
    together: dict[str, list[Bill]] = {}
    for bill in bills:
        together.setdefault(bill.who.name, []).append(bill)
    for of_one in together.values():
        if len(of_one) == 2 and draw.chance(35):
            day = draw.later(max(each.day for each in of_one), 12, 28)
            total = sum(each.total for each in of_one)
            story.moves.append(
                Move(day, total, of_one[0].who.name.upper(), of_one[0].who.iban,
                     " ".join("{" + each.key + "}" for each in of_one),
                     settles=tuple((each.key, each.total) for each in of_one),
                     case="two invoices at once")
            )  # fmt: skip
            continue
        for bill in of_one:
            if last or draw.chance(7):
                continue  # not paid yet
            pay(story, draw, bill, draw.later(bill.day, 8, 30), "facture")


def _wages_and_suppliers(story: Story, draw: Draw) -> None:
    """Wages by single orders; suppliers in one file that the bank shows as one movement."""
    staff = [Person(each.name, each.iban, known=True) for each in draw.people(2)]
    glass = draw.house("Verrerie de l’Estuaire", siren="000000513", city="Estuaire")
    printer = draw.house("Imprimerie de la Halle", siren="000000612", city="Valmère")
    number = 0
    for month in MONTHS:
        for who, wage in zip(staff, (162_040, 148_775), strict=True):
            number += 1
            day = working(dt.date(YEAR, month, 26))
            key = f"salaire-{number}"
            story.acts.append(
                Send(key, day, who, wage, f"Salaire {month:02d}/{YEAR} {who.name}", "421000")
            )
            story.moves.append(
                Move(draw.later(day, 1, 3), -wage, who.name.upper(), who.iban, reference=key,
                     settles=((key, wage),), case="wage")
            )  # fmt: skip
        for who, account, net in (
            (glass, "602600", draw.random.randint(18_000, 42_000)),
            (printer, "606400", draw.random.randint(4_000, 11_000)),
        ):
            number += 1
            day = draw.day(month, 2, 9)
            act = Buy(f"achat-{number}", day, who, f"{month:02d}{number}/{YEAR}", net, 2000, account,
                      day + dt.timedelta(days=10))  # fmt: skip
            story.acts.append(act)
            story.moves.append(
                Move(draw.later(act.due, 1, 3), -act.total, who.name.upper(), who.iban,
                     reference=act.key, settles=((act.key, act.total),), case="supplier paid")
            )  # fmt: skip


def _every_month(story: Story, draw: Draw) -> None:
    social, landlord = draw.iban(), draw.iban()
    for month in MONTHS:
        for day, amount, name, iban, text, account in (
            (15, -draw.random.randint(118_000, 131_000), "URSSAF DU FERRAIN", social,
             "PRLV COTISATIONS", "431000"),
            (3, -65_000, "FONCIERE DU QUAI", landlord, "VIR PERMANENT LOYER ATELIER", "613200"),
        ):  # fmt: skip
            story.moves.append(
                Move(working(dt.date(YEAR, month, day)), amount, name, iban, text, account=account,
                     habit=True, case="every month")
            )  # fmt: skip
        story.moves.append(
            Move(working(dt.date(YEAR, month, 28)), -1_240, text="FRAIS TENUE DE COMPTE",
                 account="627800", habit=True, case="bank fee")
        )  # fmt: skip
