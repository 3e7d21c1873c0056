"""Six months of an invented association's bank account, each row with the truth about it.

People pay as people do: the reference with spaces, in small letters, with one digit wrong, or not
at all; for a relative; twice; for two invoices at once; in instalments; with a tip; by an order
that the bank sends back. A world is made of a seed alone. ``play`` lets the engine work month by
month, as a treasurer does, and compares each decision with the truth.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chambre.lib.reconciling import Decision, Habit, Item, Row, learn, reconcile
from chambre.lib.reconciling.names import teaches_account

YEAR = 2026
FIRST = (
    "Marie,Jean,Sophie,Léa,Paul,Anne,Lucie,Hugo,Emma,Louis,Chloé,Jules,Inès,Adam,Alice,Zoé,Noé,Rose"
)
FIRST += ",Marc,Claire,Éric,Nadia,Omar,Yann,Lina,Théo,Élise,Rémi,Agnès,Bruno,Jean-Luc,Anne-Marie"
FAMILY = (
    "Martin,Bernard,Dubois,Thomas,Robert,Richard,Petit,Durand,Leroy,Moreau,Simon,Laurent,Michel"
)
FAMILY += ",Lefèvre,Garcia,David,Bertrand,Roux,Vincent,Fournier,Morel,Girard,André,Mercier,Dupont"
FAMILY += (
    ",Lambert,Bonnet,François,Martinez,Legrand,Garnier,Faure,Rousseau,Blanc,Guérin,Muller,Henry"
)
FAMILY += (
    ",Roussel,Nicolas,Perrin,Morin,Mathieu,Clément,Gauthier,Dumont,Lopez,Fontaine,Chevalier,Robin"
)
FAMILY += (
    ",Masson,Sanchez,Gérard,Nguyen,Boyer,Denis,Lemaire,Duval,Joly,Gautier,Roger,Roche,Noël,Meyer"
)
HOUSES = (
    "Ferme du Grand Chêne|Atelier Vélo Solidaire|Boulangerie Les Deux Moulins|Mairie de Valombre"
)
HOUSES += "|Café Associatif La Marmite|Coopérative Bois Vivant|Imprimerie Sabline|Aux Quatre Vents"
SUPPLIERS = "Graines du Val SARL|Emballages Tarnier|Transports Belloc|Menuiserie Orsay Frères"
SUPPLIERS += "|Semences Occitanes|Vaisselle Réemploi"
MONTHS = "janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre"


@dataclass(frozen=True)
class Truth:
    """What a row really is.

    ``parts``: any of these sets of (item, cents) is right; ``habit``: booked on that; ``back``:
    any of these rows; ``any_of``: any item of that name and amount. None of them: no decision is
    right without a person.
    """

    parts: tuple[frozenset[tuple[str, int]], ...] = ()
    habit: str = ""
    back: frozenset[str] = frozenset()
    any_of: tuple[str, int] | None = None
    case: str = ""


@dataclass
class World:
    """Everything that happened."""

    items: dict[str, Item] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    truth: dict[str, Truth] = field(default_factory=dict)


@dataclass(eq=False)
class Person:
    name: str
    iban: str
    known: bool
    kin: list[Person] = field(default_factory=list)


def rf(body: str) -> str:
    """A creditor reference (ISO 11649): its check digits make the whole 1 modulo 97."""
    turned = "".join(str(int(letter, 36)) for letter in body + "RF00")
    return f"RF{98 - int(turned) % 97:02d}{body}"


class Maker:
    """Makes a world, month after month."""

    def __init__(self, seed: int, months: int = 6, awkward: int = 1) -> None:
        self.awkward = awkward  # how many times more often than is usual people do odd things
        self.draw = random.Random(seed)
        self.world = World()
        self.months = months
        self.count = Counter[str]()
        draw = self.draw
        families = [*FAMILY.split(","), *["Martin", "Martin", "Petit", "Durand"]]
        families += draw.sample(families, min(14 * awkward, 50))  # some have a relative
        names = dict.fromkeys(f"{draw.choice(FIRST.split(','))} {name}" for name in families)
        self.people = [self.person(name) for name in names]
        for one in self.people:
            one.kin = [
                other
                for other in self.people
                if other is not one and other.name.split()[-1] == one.name.split()[-1]
            ]
        self.houses = [self.person(name) for name in HOUSES.split("|")]
        self.suppliers = [self.person(name, known=True) for name in SUPPLIERS.split("|")]
        self.staff = [self.person(f"{draw.choice(FIRST.split(','))} {name}", known=True)
                      for name in draw.sample(FAMILY.split(','), 3)]  # fmt: skip
        self.eaters = draw.sample(self.people, 7)
        self.debited = draw.sample(self.people, 5)
        self.price = draw.choice([2000, 2500, 3000])
        self.iban_landlord, self.iban_insurer = self.iban(), self.iban()
        self.members: list[Person] = []
        self.silent: set[tuple[Person, Person]] = set()
        self.number = 0

    # -- small parts

    def iban(self) -> str:
        return "FR76" + "".join(self.draw.choices("0123456789", k=23))

    def person(self, name: str, known: bool | None = None) -> Person:
        return Person(name, self.iban(), self.draw.random() < 0.4 if known is None else known)

    def chance(self, percent: float) -> bool:
        """``percent`` below 10 are what seldom happens: oftener in an awkward world."""
        if percent < 10:
            percent *= self.awkward
        return self.draw.random() * 100 < percent

    def day(self, month: int, first: int = 1, last: int = 28) -> dt.date:
        return dt.date(YEAR, month, self.draw.randint(first, last))

    def later(self, day: dt.date, least: int, most: int) -> dt.date:
        return day + dt.timedelta(days=self.draw.randint(least, most))

    def item(self, kind: str, amount: int, day: dt.date, who: Person | None = None, *,
             direction: str = "in", **more: object) -> Item:  # fmt: skip
        self.count["item"] += 1
        key = f"i{self.count['item']:05d}"
        ibans = (who.iban,) if who is not None and who.known else ()
        made = Item(key, kind, direction, amount, day, name=who.name if who else "", ibans=ibans,
                    **more)  # type: ignore[arg-type]  # fmt: skip
        self.world.items[key] = made
        return made

    def row(self, day: dt.date, amount: int, truth: Truth, **more: object) -> Row:
        # keys say nothing of the order in which things happened
        key = f"r{self.draw.randrange(10**9):09d}"
        while day.weekday() >= 5:
            day += dt.timedelta(days=1)
        made = Row(key, day, amount, **more)  # type: ignore[arg-type]
        self.world.rows[key] = made
        self.world.truth[key] = truth
        return made

    def shout(self, name: str) -> str:
        """A person's name as a bank writes it."""
        *firsts, last = name.split()
        first = " ".join(firsts)
        form = self.draw.choice(
            ["{l} {f}", "MME {l} {f}", "M {f} {l}", "{f} {l}", "MLLE {f} {l}", "M. {l} {f}"]
        )
        return form.format(f=first.upper(), l=last.upper())

    def joint(self, name: str) -> str:
        *_firsts, last = name.split()
        return self.draw.choice(["M OU MME {}", "M ET MME {}", "MR OU MME {}"]).format(last.upper())

    def house(self, name: str) -> str:
        """The name of a house, perhaps with its legal form."""
        return self.draw.choice(["{}", "SARL {}", "ASSO {}"]).format(name.upper())

    def write(self, reference: str) -> str:
        """A right reference as people write it."""
        blocks = " ".join(reference[n : n + 4] for n in range(0, len(reference), 4))
        return self.draw.choice(
            [reference, blocks, reference.lower(), "ref " + reference, blocks.lower(),
             reference + " merci", "REF:" + reference, "facture " + reference]
        )  # fmt: skip

    def miswrite(self, reference: str) -> str:
        """One sign wrong, gone, or two changed about."""
        digits = [n for n, sign in enumerate(reference) if sign.isdigit() and n > 3]
        at = self.draw.choice(digits)
        how = self.draw.choice(["wrong", "gone", "swapped"])
        if how == "gone":
            return reference[:at] + reference[at + 1 :]
        if how == "swapped" and at + 1 < len(reference) and reference[at] != reference[at + 1]:
            return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
        other = self.draw.choice([d for d in "0123456789" if d != reference[at]])
        return reference[:at] + other + reference[at + 1 :]

    def texts(self, words: str) -> tuple[str, ...]:
        """A free text as the bank passes it on: sometimes broken in two."""
        if len(words) > 12 and self.chance(12):
            at = self.draw.randint(6, len(words) - 4)
            return ("VIR SEPA RECU", words[:at], words[at:])
        return self.draw.choice(
            [(words,), ("VIR SEPA RECU", words), ("VIREMENT EN VOTRE FAVEUR", words),
             (f"VIR INST MOTIF: {words}",)]
        )  # fmt: skip

    # -- who pays what

    def pay(self, item: Item, who: Person, day: dt.date, reference: str, about: str) -> None:
        """Somebody pays one item by transfer, one way or another."""
        payers: list[tuple[float, Callable[[], None]]] = [
            (2.0, lambda: self.for_relative(item, who, day, about)),
            (2.0, lambda: self.by_stranger(item, who, day, reference, about)),
            (1.2, lambda: self.with_tip(item, who, day, reference)),
            (1.5, lambda: self.twice(item, who, day, reference)),
            (1.2, lambda: self.in_parts(item, who, day, reference, about)),
            (1.0, lambda: self.joint_account(item, who, day, about)),
            (91.1, lambda: self.plainly(item, who, day, reference, about)),
        ]
        weights = [weight * self.awkward for weight, _make in payers[:-1]] + [payers[-1][0]]
        self.draw.choices([make for _weight, make in payers], weights)[0]()

    def said(self, reference: str, about: str) -> tuple[tuple[str, ...], str]:
        """What is written in the transfer, and how well."""
        dice = self.draw.random() * 100
        if dice * (1 + self.awkward) / 2 < 66:
            return self.texts(self.write(reference)), "reference"
        if dice < 73:
            return self.texts(self.miswrite(reference)), "miswritten"
        if dice < 88:
            return self.texts(about), "words"
        return self.draw.choice([(), ("VIR SEPA RECU",), ("VIREMENT",)]), "silent"

    def called(self, who: Person) -> str:
        return self.house(who.name) if who in self.houses else self.shout(who.name)

    def whole(self, *items: Item) -> tuple[frozenset[tuple[str, int]], ...]:
        return (frozenset((item.key, item.amount) for item in items),)

    def plainly(self, item: Item, who: Person, day: dt.date, reference: str, about: str) -> None:
        texts, how = self.said(reference, about)
        structured = (reference,) if how == "reference" and self.chance(40) else ()
        truth = Truth(self.whole(item), case="plain " + how)
        name = self.called(who) if not (how == "reference" and self.chance(8)) else ""
        self.row(day, item.amount, truth, name=name, iban=who.iban if self.chance(80) else "",
                 references=structured, texts=texts)  # fmt: skip

    def for_relative(self, item: Item, who: Person, day: dt.date, about: str) -> None:
        payer = self.draw.choice(who.kin) if who.kin else self.draw.choice(self.people)
        named = [f"{about} {who.name}", f"pour {who.name}", who.name]
        # what nobody could tell is not made: a friend's payment that names nobody, and two of a
        # family who each pay for the other without a word
        silent = bool(who.kin) and (who, payer) not in self.silent
        words = self.draw.choice([*named, about] if silent else named)
        if words == about:
            self.silent.add((payer, who))
        self.row(day, item.amount, Truth(self.whole(item), case="relative"),
                 name=self.called(payer), iban=payer.iban, texts=self.texts(words))  # fmt: skip

    def by_stranger(
        self, item: Item, who: Person, day: dt.date, reference: str, about: str
    ) -> None:
        words = self.write(reference) if self.chance(70) else f"{about} {who.name}"
        self.row(day, item.amount, Truth(self.whole(item), case="stranger"),
                 name=self.shout(f"{self.draw.choice(FIRST.split(','))} Inconnu"), iban=self.iban(),
                 texts=self.texts(words))  # fmt: skip

    def with_tip(self, item: Item, who: Person, day: dt.date, reference: str) -> None:
        paid = item.amount + self.draw.choice([100, 200, 500, -item.amount % 1000 or 500])
        parts = (frozenset({(item.key, item.amount)}), frozenset({(item.key, paid)}))
        self.row(day, paid, Truth(parts, case="tip"), name=self.called(who), iban=who.iban,
                 texts=self.texts(self.write(reference)))  # fmt: skip

    def twice(self, item: Item, who: Person, day: dt.date, reference: str) -> None:
        """Paid twice: either row pays it, the other one is owed back.

        If it names nothing, it may just as well pay what else is open of that amount.
        """
        texts, how = self.said(reference, "paiement")
        mute = how in {"words", "silent"}
        truth = Truth(self.whole(item), any_of=(item.name, item.amount) if mute else None,
                      case=f"twice {how}")  # fmt: skip
        gap = self.draw.choice([0, 0, 1, 3, 12])
        for after in (0, gap):
            self.row(day + dt.timedelta(days=after), item.amount, truth, name=self.called(who),
                     iban=who.iban, texts=texts)  # fmt: skip

    def in_parts(self, item: Item, who: Person, day: dt.date, reference: str, about: str) -> None:
        count = self.draw.choice([2, 3])
        share = item.amount // count
        named = self.chance(60)
        for n in range(count):
            amount = share if n < count - 1 else item.amount - share * (count - 1)
            words = self.write(reference) if named else f"{about} {n + 1}/{count}"
            when = day + dt.timedelta(days=n * self.draw.choice([7, 28]))
            self.row(when, amount, Truth((frozenset({(item.key, amount)}),), case="instalment"),
                     name=self.called(who), iban=who.iban, texts=self.texts(words))  # fmt: skip

    def joint_account(self, item: Item, who: Person, day: dt.date, about: str) -> None:
        self.row(day, item.amount, Truth(self.whole(item), case="joint"),
                 name=self.joint(who.name) if who not in self.houses else self.called(who),
                 iban=who.iban, texts=self.texts(about) if self.chance(70) else ())  # fmt: skip

    # -- what happens in a month

    def month(self, month: int) -> None:
        self.memberships(month)
        self.invoices(month)
        self.baskets(month)
        self.outgoing(month)
        self.deposits(month)
        self.collections(month)
        self.usual(month)
        self.surprises(month)

    def memberships(self, month: int) -> None:
        newcomers = [each for each in self.people if each not in self.members]
        joining = self.draw.sample(newcomers, min(len(newcomers), self.draw.randint(9, 13)))
        if self.chance(50):  # a family joins together, on one day
            one = self.draw.choice([each for each in self.people if each.kin])
            family = [each for each in (one, one.kin[0]) if each not in self.members]
            joining = list(dict.fromkeys([*family, *joining]))
        self.members += joining
        for who in joining:
            self.number += 1
            reference = rf(f"A{self.number:06d}{self.draw.randrange(1000):03d}")
            day = self.day(month, 1, 20)
            item = self.item("payment", self.price, day, who, references=(reference,),
                             texts=("Adhésion 2026",), over=self.chance(50))  # fmt: skip
            if self.chance(88):
                about = self.draw.choice(["adhesion 2026", "cotisation", "Cotisation annuelle"])
                self.pay(item, who, self.later(day, 0, 12), reference, about)

    def invoices(self, month: int) -> None:
        for _n in range(self.draw.randint(8, 11)):
            who = self.draw.choice([*self.houses, *self.people[:8]])
            self.number += 1
            number = f"FA-{YEAR}-{self.number:04d}"
            day = self.day(month, 1, 25)
            amount = self.draw.choice([4500, 12000, *self.draw.sample(range(1500, 95000), 4)])
            due = day + dt.timedelta(days=30)
            item = self.item("invoice", amount, day, who, due=due, references=(number,),
                             texts=(self.draw.choice(["Prestation", "Livraison de légumes",
                                                      "Location de salle"]),))  # fmt: skip
            if self.chance(7):
                self.pair(item, who, number, day)
            elif self.chance(90):
                self.pay(item, who, self.later(day, 1, 33), number, "facture")

    def pair(self, first: Item, who: Person, number: str, day: dt.date) -> None:
        """One transfer for two invoices, with both numbers, one of them, or none."""
        self.number += 1
        other = f"FA-{YEAR}-{self.number:04d}"
        second = self.item("invoice", self.draw.randrange(1500, 60000), day, who,
                           due=first.due, references=(other,), texts=("Prestation",))  # fmt: skip
        words = self.draw.choice(
            [f"{number} {other}", f"{number} et {other}", number, "2 factures"]
        )
        self.row(self.later(day, 2, 30), first.amount + second.amount,
                 Truth(self.whole(first, second), case="two"), name=self.called(who),
                 iban=who.iban, texts=self.texts(words))  # fmt: skip

    def baskets(self, month: int) -> None:
        """The same amount each month from the same people, rarely with a reference."""
        for n, who in enumerate(self.eaters):
            self.number += 1
            day = dt.date(YEAR, month, 1)
            reference = rf(f"P{self.number:06d}{self.draw.randrange(1000):03d}")
            name = _month_name(month)
            item = self.item("payment", 4800 + 600 * (n % 3), day, who, references=(reference,),
                             texts=(f"Panier {name} {YEAR}",))  # fmt: skip
            paid = self.day(month, 2, 12)
            texts = self.draw.choice(
                [self.texts(f"panier {name}"), self.texts("panier"), (),
                 self.texts(self.write(reference))]
            )  # fmt: skip
            self.row(paid, item.amount, Truth(self.whole(item), case="basket"),
                     name=self.shout(who.name), iban=who.iban, texts=texts)  # fmt: skip

    def outgoing(self, month: int) -> None:
        for _n in range(self.draw.randint(5, 8)):
            who = self.draw.choice([*self.suppliers[:6], *self.people[:6]])
            end = f"E{self.draw.randrange(10**12):012d}"
            day = self.day(month, 1, 24)
            amount = self.draw.randrange(1200, 60000)
            item = self.item("payout", amount, day, replace(who, known=True), direction="out",
                             references=(end,), texts=("Facture fournisseur",))  # fmt: skip
            lost = self.chance(10)
            first = self.row(self.later(day, 0, 4), -amount, Truth(self.whole(item), case="payout"),
                             name=self.called(who), iban=who.iban if self.chance(85) or lost else "",
                             references=() if lost else (end,), texts=("VIR SEPA EMIS",))  # fmt: skip
            if self.chance(4):
                self.sent_back(first, "VIR SEPA RETOURNE")
        end = f"LOT{self.draw.randrange(10**9):09d}"
        day = self.day(month, 24, 26)
        total = sum(self.draw.randrange(110000, 190000) for _each in self.staff)
        batch = self.item("payout-batch", total, day, direction="out", references=(end,),
                          texts=("Salaires",))  # fmt: skip
        self.row(self.later(day, 0, 3), -total, Truth(self.whole(batch), case="batch"),
                 references=(end,) if self.chance(50) else (),
                 texts=("VIREMENTS EMIS LOT 3 OPERATIONS",))  # fmt: skip
        if self.chance(60):
            who = self.draw.choice(self.people)
            item = self.item("refund", self.draw.randrange(500, 9000), self.day(month), who,
                             direction="out", references=(end + "9",), texts=("Panier",))  # fmt: skip
            self.row(self.later(item.day, 0, 4), -item.amount, Truth(self.whole(item), case="refund"),
                     name=self.called(who), iban=who.iban, texts=("REMBOURSEMENT PANIER",))  # fmt: skip
        for name, most in (("Lumière Verte Énergie", 21000), ("Toile Libre Télécom", 6000)):
            seller = next((s for s in self.suppliers if s.name == name), None) or self.person(
                name, True
            )
            if seller not in self.suppliers:
                self.suppliers.append(seller)
            number = f"{self.draw.randrange(10**8):08d}"
            item = self.item("purchase", self.draw.randrange(most // 2, most), self.day(month, 1, 10),
                             seller, direction="out", references=(number,),
                             texts=("Abonnement",))  # fmt: skip
            self.row(self.later(item.day, 5, 14), -item.amount,
                     Truth(self.whole(item), case="purchase"), name=name.upper(), iban=seller.iban,
                     texts=(f"PRLV SEPA {name.upper()}", f"FACT {number}"))  # fmt: skip

    def sent_back(self, first: Row, words: str) -> None:
        """The bank gives a row back: both cancel, and the item is open again."""
        truth = Truth(back=frozenset({first.key}), case="reversal")
        back = self.row(first.day + dt.timedelta(days=self.draw.randint(2, 9)), -first.amount, truth,
                        name=first.name, iban=first.iban, references=first.references,
                        texts=(words,), reversal=self.chance(85))  # fmt: skip
        before = self.world.truth[first.key]
        self.world.truth[first.key] = replace(before, back=frozenset({back.key}))

    def deposited(self) -> int:
        """Cheques for memberships, and mostly one for something else."""
        other = self.draw.choice([0, 4500, self.draw.randrange(1500, 9000)])
        return self.price * self.draw.randint(1, 9) + other

    def deposits(self, month: int) -> None:
        for provider in ("Stripe", "HelloAsso"):
            for _n in range(self.draw.randint(1, 3)):
                day = self.day(month, 1, 25)
                who = Person(provider, "", known=False)
                item = self.item("provider-transfer", self.draw.randrange(3000, 90000), day, who,
                                 references=(f"po{self.draw.randrange(10**10):010d}",))  # fmt: skip
                name = {"Stripe": "STRIPE PAYMENTS EUROPE LIMITED", "HelloAsso": "HELLOASSO SAS"}
                texts = (item.references[0],) if self.chance(50) else ("PAYOUT",)
                self.row(self.later(day, 0, 5), item.amount,
                         Truth(self.whole(item), case="provider"), name=name[provider],
                         iban=self.iban(), texts=texts)  # fmt: skip
        for _n in range(self.draw.randint(1, 3)):
            day = self.day(month, 1, 25)
            item = self.item("cheque-deposit", self.deposited(), day,
                             references=(f"{self.draw.randrange(10**7):07d}",))  # fmt: skip
            texts = self.draw.choice(
                [("REMISE CHEQUES", f"N {item.references[0]}"), ("REMISE DE 3 CHEQUES",),
                 ("REM CHQ",)]
            )  # fmt: skip
            self.row(self.later(day, 0, 6), item.amount, Truth(self.whole(item), case="cheques"),
                     texts=texts)  # fmt: skip
        day = self.day(month, 1, 25)
        item = self.item("cash-deposit", self.draw.randrange(10, 90) * 500, day)
        self.row(self.later(day, 0, 4), item.amount, Truth(self.whole(item), case="cash"),
                 texts=("VERSEMENT ESPECES GAB",))  # fmt: skip

    def collections(self, month: int) -> None:
        for who in self.debited:
            end = f"C{self.draw.randrange(10**11):011d}"
            day = dt.date(YEAR, month, 5)
            item = self.item("collection", 1500, day, who, references=(end,), texts=("Soutien",))
            first = self.row(self.later(day, 0, 1), 1500, Truth(self.whole(item), case="collection"),
                             name=self.called(who), iban=who.iban, references=(end,),
                             texts=("PRLV SEPA RECU",))  # fmt: skip
            if self.chance(6):
                self.sent_back(first, "REJET PRLV PROVISION INSUFFISANTE")

    def usual(self, month: int) -> None:
        """What comes each month and is no item: it is booked on an account."""

        def out(day: int, amount: int, target: str, name: str, iban: str, *texts: str) -> None:
            self.row(dt.date(YEAR, month, day), amount, Truth(habit=target, case="usual"),
                     name=name, iban=iban, texts=texts)  # fmt: skip

        name = _month_name(month).upper()
        out(3, -45000, "rent", "SCI DES TILLEULS", self.iban_landlord, "VIR PERMANENT",
            f"LOYER {name} {YEAR}")  # fmt: skip
        out(8, -self.draw.choice([2890, 2890, 2955]), "insurance", "MUTUELLE DES VALLONS",
            self.iban_insurer, f"PRLV SEPA MUTUELLE DES VALLONS ECHEANCE {month:02d}/{YEAR}")  # fmt: skip
        out(28, -self.draw.choice([350, 420]), "fee", "", "", "FRAIS DE TENUE DE COMPTE")
        if self.chance(50):
            out(28, -self.draw.randrange(40, 900), "fee", "", "", "COMMISSIONS DE MOUVEMENT")
        if month % 3 == 1:
            out(15, -self.draw.randrange(60000, 90000), "social", "URSSAF MIDI", self.iban_insurer[:-1],
                "PRLV SEPA URSSAF MIDI", f"COTISATIONS {month:02d}{YEAR}")  # fmt: skip
        out(10, 25000, "sublet", "ASSO RADIO DES COLLINES", self.iban_landlord[:-1],
            f"PARTICIPATION LOYER {name}")  # fmt: skip

    def surprises(self, month: int) -> None:
        """What is nothing that is open: gifts, an unknown sender, an odd bill."""
        for _n in range(self.draw.randint(0, 2)):
            who = self.draw.choice(self.people)
            amount = self.draw.choice([self.price, 1000, 5000])
            self.row(self.day(month), amount, Truth(habit="gift", case="gift"), name=self.called(who),
                     iban=who.iban, texts=self.texts(self.draw.choice(["don", "DON LIBRE",
                                                                       "soutien don"])))  # fmt: skip
        if self.chance(9):  # for a child who never asked, from somebody who may owe the same
            who = self.draw.choice(self.members or self.people)
            name = self.draw.choice([*FIRST.split(",")[:5], "Timéo"])
            last = self.draw.choice([who.name.split()[-1], "Inconnu"])
            words = self.draw.choice(["adhesion {} {}", "pour {} {}", "{} {}", "cotis {} {}"])
            known = {each.name for each in self.people}
            if f"{name} {last}" not in known and name not in who.name:
                self.row(self.day(month), self.price, Truth(case="child"), name=self.called(who),
                         iban=who.iban, texts=self.texts(words.format(name, last)))  # fmt: skip
        if self.chance(30):
            self.row(self.day(month), self.draw.choice([self.price, 4500, 7700]),
                     Truth(case="unknown"), name=self.shout(f"{self.draw.choice(FIRST.split(','))} Inconnu"),
                     iban=self.iban())  # fmt: skip
        if self.chance(30):
            self.row(self.day(month), -self.draw.randrange(900, 20000), Truth(case="unknown"),
                     name="QUINCAILLERIE DU PORT", texts=("PAIEMENT CB",))  # fmt: skip

    def make(self) -> World:
        for month in range(1, self.months + 1):
            self.month(month)
        return self.world


def _month_name(month: int) -> str:
    return MONTHS.split(",")[month - 1]


@dataclass
class Score:
    """What came of a world."""

    rows: int = 0
    alone: int = 0
    wrong: list[tuple[Row, Decision, Truth]] = field(default_factory=list)
    offered: int = 0
    asked: list[tuple[Row, Decision, Truth]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.alone / self.rows if self.rows else 1.0


class Treasurer:
    """Works month by month: lets the engine decide, then answers what it asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.left = {key: item.amount for key, item in world.items.items()}
        self.done: dict[str, frozenset[tuple[str, int]]] = {}
        self.habits: dict[str, Habit] = {}
        self.known: dict[str, set[str]] = defaultdict(set)
        self.score = Score()
        self.waiting: dict[str, Row] = {}

    def work(self) -> Score:
        for start, end in _month_ends(self.world):
            new = [row for row in self.world.rows.values() if start <= row.day <= end]
            self.score.rows += len(new)
            self.waiting |= {row.key: row for row in new}
            for decision in self.decide(end):
                self.compare(decision)
            for key in sorted(self.waiting, key=lambda key: (self.world.rows[key].day, key)):
                self.answer(self.world.rows[key])
            self.waiting = {}
        return self.score

    def decide(self, end: dt.date) -> Sequence[Decision]:
        items = [
            replace(item, amount=self.left[key], ibans=(*item.ibans, *self.known[item.name]))
            for key, item in self.world.items.items()
            if item.day <= end
        ]
        old = end - dt.timedelta(days=100)
        settled = [
            replace(self.world.rows[key], settled=True)
            for key in self.done
            if self.world.rows[key].day > old
        ]
        return reconcile([*self.waiting.values(), *settled], items, self.habits.values())

    def compare(self, decision: Decision) -> None:
        row, truth = self.world.rows[decision.row], self.world.truth[decision.row]
        if decision.choice is None:
            self.score.asked.append((row, decision, truth))
            self.score.offered += any(
                frozenset((p.item, p.amount) for p in each.parts) in truth.parts
                or each.reverses in truth.back
                for each in decision.proposals
            )
            return
        choice = decision.choice
        parts = frozenset((part.item, part.amount) for part in choice.parts)
        target = self.habits[choice.habit].target if choice.habit in self.habits else "fee"
        right = (
            (bool(choice.reverses) and choice.reverses in truth.back)
            or (bool(parts) and (parts in truth.parts or self.is_one_of(parts, truth)))
            or (bool(choice.habit) and target == truth.habit)
        )
        if not right:
            self.score.wrong.append((row, decision, truth))
        self.score.alone += 1
        del self.waiting[row.key]
        self.book(row, parts, choice.reverses)

    def is_one_of(self, parts: frozenset[tuple[str, int]], truth: Truth) -> bool:
        items = [self.world.items[key] for key, _amount in parts]
        return len(items) == 1 and (items[0].name, items[0].amount) == truth.any_of

    def book(self, row: Row, parts: frozenset[tuple[str, int]], reverses: str) -> None:
        for key, amount in parts:
            self.left[key] = max(0, self.left[key] - amount)
            name = self.world.items[key].name
            if row.iban and teaches_account(name, row.name):
                self.known[name].add(row.iban)
        self.done[row.key] = parts
        if reverses and reverses in self.done:
            for key, amount in self.done[reverses]:
                self.left[key] += amount

    def answer(self, row: Row) -> None:
        """A person who knows the truth deals with what was asked, and teaches."""
        truth = self.world.truth[row.key]
        if truth.habit == "gift":  # said once: whoever writes « don » gives
            self.habits["gift"] = Habit("gift", "in", "gift", words=frozenset({"don"}), least=100,
                                        most=100_000, always=True, anybody=True)  # fmt: skip
            self.book(row, frozenset(), "")
        elif truth.habit:
            before = self.habits.get(truth.habit)
            self.habits[truth.habit] = learn(row, target=truth.habit, key=truth.habit,
                                             before=before, always=True)  # fmt: skip
            self.book(row, frozenset(), "")
        elif truth.back & set(self.world.rows):
            self.book(row, frozenset(), next(iter(truth.back)))
        else:
            parts = next(
                (each for each in truth.parts if all(self.left[k] >= a for k, a in each)),
                frozenset(),
            )
            self.book(row, parts, "")


def _month_ends(world: World) -> Iterator[tuple[dt.date, dt.date]]:
    last = max(row.day for row in world.rows.values())
    year, month = YEAR, 1
    while (start := dt.date(year, month, 1)) <= last:
        yield start, dt.date(year, month, calendar.monthrange(year, month)[1])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def play(seed: int, months: int = 6, awkward: int = 1) -> Score:
    """A world of that seed, worked on month by month."""
    return Treasurer(Maker(seed, months, awkward).make()).work()
