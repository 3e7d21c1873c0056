"""Drawing from a seed: people, accounts, days, and how people write what they pay for."""

from __future__ import annotations

import datetime as dt
import random

from stdnum.iso7064 import mod_97_10

from chambre.project.demo.money.acts import Person

YEAR = 2026
MONTHS = (1, 2, 3, 4, 5, 6)
FIRST = (
    "Odile", "Gaspard", "Maxime", "Solène", "Yvonne", "Achille", "Bérénice", "Côme", "Désirée",
    "Ernest", "Fantine", "Gontran", "Hortense", "Isidore", "Joséphine", "Killian", "Ludivine",
    "Modeste", "Ninon", "Octave", "Perrine", "Quentin", "Rosalie", "Séraphin", "Tiphaine",
)  # fmt: skip
FAMILY = (
    "Pommier", "Reinette", "Boskoop", "Calville", "Belchard", "Ariane", "Melrose", "Fenouillet",
    "Cabarette", "Jonagold", "Rambour", "Api", "Transparente", "Courtpendu", "Gravenstein",
    "Museau", "Patte-de-Loup", "Chantecler", "Querina", "Rubinette", "Clochard", "Drap-d’Or",
)  # fmt: skip
"""Families are called after apples: nobody is meant."""


class Draw:
    """A seeded source of everything that could have been otherwise."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311  (figures to look at)

    def chance(self, percent: float) -> bool:
        """Whether something with that chance happens."""
        return self.random.random() * 100 < percent

    def iban(self) -> str:
        """An invented French account with right check digits; its bank number is 99999."""
        rest = "99999" + "".join(self.random.choices("0123456789", k=18))
        digits = mod_97_10.calc_check_digits(rest + "1527")
        return f"FR{digits}{rest}"

    def people(self, many: int, known: float = 40) -> list[Person]:
        """That many people with different names; a few share a family name."""
        names: dict[str, None] = {}
        while len(names) < many:
            names[f"{self.random.choice(FIRST)} {self.random.choice(FAMILY)}"] = None
        return [Person(name, self.iban(), known=self.chance(known)) for name in names]

    def house(self, name: str, **more: str) -> Person:
        """A business whose account is known."""
        return Person(name, self.iban(), known=True, **more)

    def day(self, month: int, first: int = 1, last: int = 28) -> dt.date:
        """A working day of a month."""
        return working(dt.date(YEAR, month, self.random.randint(first, last)))

    def later(self, day: dt.date, least: int, most: int) -> dt.date:
        """A working day some days later."""
        return working(day + dt.timedelta(days=self.random.randint(least, most)))

    def shout(self, name: str) -> str:
        """A person's name as their bank writes it."""
        first, last = name.split(" ", 1)
        form = self.random.choice(["{l} {f}", "MME {l} {f}", "M {f} {l}", "{f} {l}", "M. {l} {f}"])
        return form.format(f=first, l=last).upper()

    def write(self, key: str) -> str:
        """A reference as people type it: the loader puts the right one for ``{key}``."""
        form = self.random.choice(["{{{0}}}", "{{{0}:blocks}}", "{{{0}:small}}", "ref {{{0}}}",
                                   "{{{0}:blocks}} merci"])  # fmt: skip
        return form.format(key)


def working(day: dt.date) -> dt.date:
    """That day, or the Monday after it when banks are closed."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
