"""The words of contracts as people say them, in French and in English.

Kinds of use, conditions, statuses, amounts, quantities, lists; and the spaces that French
typography asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from chambre.lib.money import Money, account_unit
from chambre.lib.reciprocity.model import (
    EVERYONE,
    SCALE,
    Contract,
    Text,
)
from chambre.lib.reciprocity.steps import is_money
from chambre.lib.units.decimals import NARROW, NO_BREAK, format_scaled, is_french

USE_WORDS: Mapping[str, tuple[str, str]] = {
    "study": ("l’étudier", "study it"),
    "internal": ("s’en servir pour soi", "use it for oneself"),
    "non-commercial": (
        "s’en servir et la faire circuler sans commerce",
        "use it and pass it on without trading",
    ),
    "commercial": ("en faire commerce", "trade with it"),
    "derivative": (
        "la transformer et diffuser ce qui en sort",
        "change it and publish what comes of it",
    ),
    "service": ("vendre un service qui s’appuie dessus", "sell a service that rests on it"),
}
"""Kind of use → (French, English), after “may” or “to”."""

USE_TITLES: Mapping[str, tuple[str, str]] = {
    "study": ("étude", "study"),
    "internal": ("usage pour soi", "own use"),
    "non-commercial": ("usage sans commerce", "use without trading"),
    "commercial": ("commerce", "trade"),
    "derivative": ("transformation", "changing it"),
    "service": ("service vendu", "paid service"),
}
"""Kind of use → (French, English), as a heading."""

CONDITION_WORDS: Mapping[str, tuple[str, str]] = {
    "attribution": ("citer les auteurs et la source", "name the authors and the source"),
    "share-alike": (
        "diffuser ce qui en sort aux mêmes conditions",
        "pass on what comes of it on the same terms",
    ),
    "network-copyleft": (
        "rendre ses modifications même à travers un réseau",
        "give changes back even through a network",
    ),
    "give-back": ("rendre ses améliorations à la ressource", "give improvements back to it"),
    "no-changes": ("la laisser telle quelle", "leave it as it is"),
    "no-exclusivity": (
        "ne prendre dessus ni brevet ni autre droit exclusif",
        "take no patent or other exclusive right on it",
    ),
    "clean-return": ("rendre les objets vides et propres", "bring objects back empty and clean"),
    "host-signs": (
        "ne rien signer ni facturer au nom de l’hôte",
        "sign and invoice nothing in the host’s name",
    ),
    "money-with-host": (
        "ne garder aucun argent du projet ailleurs que chez l’hôte",
        "keep no money of the project anywhere but with the host",
    ),
    "within-purpose": (
        "ne dépenser que pour l’objet du projet ou rembourser",
        "spend only on the purpose of the project or pay back",
    ),
}
"""Condition → (French, English), an infinitive."""

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "association": ("une association", "an association"),
    "beneficiary": ("membre du collège des bénéficiaires", "in the beneficiaries’ college"),
    "commons": ("un commun", "a commons"),
    "company": ("une entreprise", "a business"),
    "contributor": ("membre du collège des contributeurs", "in the contributors’ college"),
    "employee-coop": (
        "une coopérative dont les travailleurs sont salariés",
        "a co-operative whose workers are employees",
    ),
    "ess": (
        "une structure de l’économie sociale et solidaire",
        "a social economy organisation",
    ),
    "gives-back": (
        "quelqu’un qui rend ses modifications, même à travers un réseau (AGPL)",
        "somebody who gives changes back, even through a network (AGPL)",
    ),
    "hosted-elsewhere": ("déjà accueilli par un autre hôte", "already with another host"),
    "licensee": ("membre du collège des licenciés", "in the licensees’ college"),
    "person": ("un particulier", "a private person"),
    "public": ("une collectivité ou un service public", "a public body"),
    "umbrella-employee": ("salarié porté", "employed through an umbrella body"),
    "worker-coop": (
        "une coopérative ou un collectif qui appartient à ses travailleurs",
        "a co-operative or collective owned by its workers",
    ),
    "works-with-freelancers": (
        "quelqu’un qui travaille avec des indépendants",
        "somebody who works with freelancers",
    ),
}
"""Status → (French, English), after “is”. Others are shown as they are written."""

PERIOD_WORDS: Mapping[str, tuple[str, str]] = {
    "month": ("mois", "month"),
    "quarter": ("trimestre", "quarter"),
    "year": ("an", "year"),
}

_UNIT_WORDS: Mapping[str, tuple[str, str]] = {
    "h": ("heure", "hour"),
    "achat": ("achat", "purchase"),
    "an": ("an", "year"),
    "bouteille": ("bouteille", "bottle"),
    "course": ("course", "delivery"),
    "jour": ("jour", "day"),
    "lecture": ("lecture", "reading"),
    "mois": ("mois", "month"),
    "repas": ("repas", "meal"),
    "sachet": ("sachet", "packet"),
    "usage": ("usage", "use"),
    "access": ("accès", "access"),
    "attribution": ("mention", "mention"),
    "improvement": ("amélioration", "improvement"),
}
_SYMBOLS = {"kg", "g", "t", "l", "m", "km", "kWh", "m2", "m3"}
_BEFORE = re.compile(r"[ \u00a0\u202f]+(?=[;:!?»%])")
_OPENING = re.compile(r"«[ \u00a0\u202f]*")
_CLOSING = re.compile(r"(?<=[^\s«])»")
_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_CURRENCY = re.compile(r"(?<=[0-9]) (?=[€£$%])")


def typographic(text: str) -> str:
    """French words with the spaces and apostrophes that printers use.

    No-break spaces before ``: ; ! ? »`` and ``%``, after ``«``, between a number and its sign;
    narrow ones between thousands; curly apostrophes. Twice is the same as once.
    """
    text = _THOUSANDS.sub(NARROW, text.replace("'", "’"))
    text = _CURRENCY.sub(NO_BREAK, text)
    text = _BEFORE.sub(NO_BREAK, text)
    text = _OPENING.sub(f"«{NO_BREAK}", text)
    return _CLOSING.sub(f"{NO_BREAK}»", text)


class Words:
    """How a contract is spoken of in one language.

    Attributes:
        french: Whether it is French.
        contract: The contract, for its names and its unit.
    """

    def __init__(self, contract: Contract, language: str) -> None:
        self.contract = contract
        self.french = is_french(language)
        self.language = "fr" if self.french else "en"
        self._classes = {each.name: each for each in contract.classes}
        self._parties = {each.name: each for each in contract.parties}

    def say(self, french: str, english: str) -> str:
        """One of two wordings."""
        return typographic(french) if self.french else english

    def text(self, words: Text) -> str:
        """Words of the contract in this language, or in the other where this one is missing."""
        found = words.in_language(self.language).strip()
        return typographic(found) if self.french else found

    def pick(self, table: Mapping[str, tuple[str, str]], word: str) -> str:
        """A word of a table; what is not in it is shown as it is written, hyphens as spaces."""
        if word in table:
            return self.say(*table[word])
        return word.replace("-", " ")

    def name(self, name: str) -> str:
        """A party, class or everybody, as people call them."""
        if name == EVERYONE:
            return self.say("tout le monde", "everybody")
        if name in self._classes and (label := self.text(self._classes[name].label)):
            return label
        if name in self._parties and (label := self._parties[name].label):
            return typographic(label) if self.french else label
        return name

    def quoted(self, name: str) -> str:
        """A name within its quotation marks."""
        return self.say(f"« {self.name(name)} »", f"“{self.name(name)}”")

    def names(self, names: Iterable[str], *, last: tuple[str, str] = ("et", "and")) -> str:
        """Several of them in one list."""
        return self.join([self.name(name) for name in names], last=last)

    def join(self, parts: Iterable[str], *, last: tuple[str, str] = ("et", "and")) -> str:
        """A list as people say it: ``a, b et c``."""
        items = list(parts)
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {last[0] if self.french else last[1]} {items[-1]}"

    def money(self, minor: int | Fraction, unit: str = "") -> str:
        """Minor units (of the contract's unit): ``50,00 €`` or ``€50.00``; parts of one are kept."""
        unit = unit or self.contract.unit
        minor = Fraction(minor)
        if minor.denominator == 1:
            return Money(int(minor), unit).format(self.language)
        number = self.number(minor / self.parts(unit))
        symbol = account_unit(unit).symbol
        return f"{number}{NO_BREAK}{symbol}" if self.french else f"{symbol}{number}"

    def parts(self, unit: str) -> int:
        """Minor units in one unit of account."""
        return account_unit(unit).parts

    def number(self, value: Fraction | int) -> str:
        """An exact number with no needless decimals; a fraction where it has no end."""
        value = Fraction(value)
        decimals = next((n for n in range(13) if 10**n % value.denominator == 0), None)
        if decimals is None:
            return f"{value.numerator}/{value.denominator}"
        return format_scaled(
            int(value * 10**decimals), decimals=decimals, language=self.language, least=0
        )

    def share(self, value: Fraction) -> str:
        """A share: ``2,5 %`` or ``2.5%``; ``7/13`` where it has no end."""
        number = self.number(value * 100)
        if "/" in number:
            return f"{value.numerator}/{value.denominator}"
        return f"{number}{NO_BREAK}%" if self.french else f"{number}%"

    def unit(self, unit: str, value: Fraction | int = 1) -> str:
        """The name of a unit, in the plural from two on (French) or unless it is one (English)."""
        if unit in _SYMBOLS or unit.isupper():
            return unit
        word = self.say(*_UNIT_WORDS[unit]) if unit in _UNIT_WORDS else unit
        many = abs(Fraction(value)) >= 2 if self.french else abs(Fraction(value)) != 1
        if not many or word.endswith(("s", "x", "z")):
            return word
        return f"{word[:-1]}ies" if word.endswith("ry") and not self.french else f"{word}s"

    def quantity(self, value: Fraction | int, unit: str) -> str:
        """A quantity with its unit: ``2 sachets``, ``1,5 heure``, ``20,00 €``."""
        if is_money(unit):
            return self.money(Fraction(value) * self.parts(unit), unit)
        return f"{self.number(value)}{NO_BREAK}{self.unit(unit, value)}"

    def facts_quantity(self, millionths: int, unit: str) -> str:
        """A quantity as facts keep it."""
        return self.quantity(Fraction(millionths, SCALE), unit)

    def uses(self, kinds: Iterable[str]) -> str:
        """Kinds of use as one heading."""
        return self.join([self.pick(USE_TITLES, kind) for kind in kinds])

    def condition(self, condition: str) -> str:
        """One condition, as an infinitive; one that is not known here is quoted."""
        if condition in CONDITION_WORDS:
            return self.say(*CONDITION_WORDS[condition])
        written = condition.replace("-", " ")
        return self.say(f"respecter « {written} »", f"keep to “{written}”")

    def conditions(self, conditions: Iterable[str]) -> str:
        """Conditions in one list, each after its preposition in French."""
        words = [self.condition(each) for each in conditions]
        if not self.french:
            return self.join(words)
        return self.join([f"{'d’' if _elides(word) else 'de '}{word}" for word in words])

    def every(self) -> str:
        """How often the period comes: ``par an``, ``a year``."""
        french, english = PERIOD_WORDS[self.contract.period]
        return self.say(f"par {french}", f"a {english}")

    def months(self, months: int | str | None) -> str:
        """A window of months before the last day, ready to stand in a sentence."""
        if months == "period":
            french, english = {
                "month": ("dans le mois", "in the month"),
                "quarter": ("dans le trimestre", "in the quarter"),
                "year": ("dans l’année", "in the year"),
            }[self.contract.period]
            return self.say(french, english)
        if months is None or isinstance(months, str):
            return self.say("depuis le début", "since the beginning")
        if months == 1:
            return self.say("dans le dernier mois", "in the last month")
        return self.say(f"dans les {months} derniers mois", f"in the last {months} months")


def _elides(word: str) -> bool:
    return word[:1].lower() in "aeéèêiouyh"


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else f"{text}."
