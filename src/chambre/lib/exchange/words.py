"""An exchange read back in plain French or English."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chambre.lib.exchange.model import Condition, Exchange, Leg

KIND_WORDS = {
    "euros": ("euros", "euros"),
    "hours": ("heures", "hours"),
    "credit": ("unités de la Chambre", "units of the Chamber"),
    "goods": ("biens", "goods"),
    "service": ("service", "service"),
    "right": ("droit d’usage", "right of use"),
    "custody": ("garde d’un objet", "custody of an object"),
}
"""Kinds of legs: (French, English)."""

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
NBSP, THIN = "\u00a0", "\u202f"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the reading.

    Attributes:
        title: What it is about.
        sentences: Whole sentences.
    """

    title: str
    sentences: tuple[str, ...]


class Words:
    """One language."""

    def __init__(self, exchange: Exchange, language: str) -> None:
        self.exchange = exchange
        self.french = language.lower().startswith("fr")

    def say(self, french: str, english: str) -> str:
        """The words of the language."""
        return french if self.french else english

    def day(self, day: dt.date) -> str:
        """A day as people write it."""
        if not self.french:
            return f"{day.day} {day:%B} {day.year}"
        first = "1er" if day.day == 1 else str(day.day)
        return f"{first} {_MONTHS[day.month - 1]} {day.year}"

    def party(self, name: str) -> str:
        """A party by its name in the text."""
        found = self.exchange.party(name)
        return found.shown if found is not None else name

    def names(self, names: tuple[str, ...], last: str = "") -> str:
        """Names in a row."""
        shown = [self.quoted(name) for name in names]
        word = last or self.say(" et ", " and ")
        return word.join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)

    def quoted(self, name: str) -> str:
        """The name of a leg or condition."""
        return f"«{NBSP}{name}{NBSP}»" if self.french else f"“{name}”"

    def cents(self, amount: int, unit: str) -> str:
        """Hundredths with their unit."""
        whole, rest = divmod(abs(amount), 100)
        grouped = f"{whole:,}".replace(",", THIN if self.french else ",")
        mark = "," if self.french else "."
        digits = f"{grouped}{mark}{rest:02d}" if rest else grouped
        if unit == "€":
            return f"{digits}{NBSP}€" if self.french else f"€{digits}"
        return f"{digits}{NBSP}{unit}"

    def of(self, what: str) -> str:
        """What a number of a unit is of: « de pommes », « d’abricots », “of apples”."""
        if not self.french:
            return f"of {what}"
        vowel = what[:1].lower() in "aeiouyâàéèêëîïôûœ"
        return f"d’{what}" if vowel else f"de {what}"

    def given(self, leg: Leg) -> str:
        """What a leg is, in a few words."""
        if leg.kind == "euros":
            return self.cents(leg.amount, "€")
        if leg.kind == "credit":
            return self.cents(leg.amount, self.say("unités", "units"))
        if leg.kind == "hours":
            hours, minutes = divmod(leg.amount, 60)
            time = f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02d}" if minutes else "")
            return f"{time} – {leg.what}" if leg.what else time
        label = leg.what or leg.resource or self.say(*KIND_WORDS[leg.kind])
        if leg.amount != 1 or leg.unit:
            unit = f"{NBSP}{leg.unit}" if leg.unit else f"{NBSP}×"
            of = self.of(label) if leg.unit else label
            label = f"{leg.amount}{unit} {of}"
        if leg.kind == "right":
            return self.say(f"droit d’usage{NBSP}: {label}", f"right of use: {label}")
        if leg.kind == "custody":
            return self.say(f"garde{NBSP}: {label}", f"custody: {label}")
        return label


def leg_words(exchange: Exchange, leg: Leg, language: str) -> str:
    """What a leg gives, in a few words: ``250 €``, ``2 h – taille``."""
    return Words(exchange, language).given(leg)


def plain_reading(exchange: Exchange, language: str = "fr") -> tuple[Section, ...]:
    """The whole exchange in sentences: who gives what, when it goes, what happens otherwise."""
    words = Words(exchange, language)
    sections = [
        Section(words.say("Qui donne quoi à qui", "Who gives what to whom"), _legs(words)),
        Section(words.say("Quand tout part", "When all of it goes"), _conditions(words)),
        Section(words.say("Sinon", "Otherwise"), _otherwise(words)),
    ]
    return tuple(sections)


def _legs(words: Words) -> tuple[str, ...]:
    found = []
    for leg in words.exchange.legs:
        giver, taker, what = words.party(leg.giver), words.party(leg.taker), words.given(leg)
        text = words.say(f"{giver} donne à {taker}{NBSP}: {what}", f"{giver} gives {taker}: {what}")
        more = []
        if leg.place:
            more.append(words.say(f"déposé à {leg.place}", f"deposited at {leg.place}"))
        if leg.by:
            more.append(
                words.say(f"au plus tard le {words.day(leg.by)}", f"by {words.day(leg.by)}")
            )
        if leg.until:
            more.append(
                words.say(f"jusqu’au {words.day(leg.until)}", f"until {words.day(leg.until)}")
            )
        if leg.after:
            after = words.names(leg.after)
            more.append(words.say(f"seulement après {after}", f"only after {after}"))
        if leg.value:
            value = words.cents(leg.value, "€")
            more.append(words.say(f"d’une valeur de {value} TTC", f"worth {value} with VAT"))
        found.append(f"{', '.join([text, *more])}.")
    return tuple(found)


def _conditions(words: Words) -> tuple[str, ...]:
    end = words.day(words.exchange.deadline)
    first = words.say(
        "Chacun dépose sa part auprès de la Chambre, qui la garde sans en disposer. Tout part "
        f"d’un seul coup, au plus tard le {end}, ou rien ne part.",
        "Each deposits their part with the Chamber, which keeps it and may not dispose of it. "
        f"All of it goes at once, by {end}, or nothing goes.",
    )
    rows = [_condition(words, each) for each in words.exchange.conditions]
    return (first, *rows)


def _condition(words: Words, each: Condition) -> str:
    name = words.quoted(each.name)
    say = words.say
    if each.kind == "date":
        since = (
            say(f"à partir du {words.day(each.since)}", f"from {words.day(each.since)}")
            if each.since
            else ""
        )
        until = (
            say(f"jusqu’au {words.day(each.until)}", f"until {words.day(each.until)}")
            if each.until
            else ""
        )
        text = " ".join(filter(None, (since, until)))
    elif each.kind == "leg":
        text = say(f"{words.quoted(each.leg)} est déposé", f"{words.quoted(each.leg)} is deposited")
    elif each.kind == "document":
        what = each.what or each.name
        by = words.party(each.who) if each.who else ""
        text = say(f"le document reçu{NBSP}: {what}", f"the document received: {what}")
        text += say(f", apporté par {by}", f", brought by {by}") if by else ""
    elif each.kind == "confirm":
        who = ", ".join(words.party(name) for name in each.of)
        count = say(f"{each.quorum} sur {len(each.of)}", f"{each.quorum} of {len(each.of)}")
        text = say(f"confirmé par {count} de{NBSP}: {who}", f"confirmed by {count}: {who}")
        text += f" ({each.what})" if each.what else ""
    elif each.kind == "inspector":
        text = say(f"la parole de {each.who}", f"the word of {each.who}")
        text += (
            f"{NBSP}: {each.what}"
            if each.what and words.french
            else f": {each.what}"
            if each.what
            else ""
        )
    else:
        joined = words.names(each.of, say(" ou ", " or ") if each.kind == "any" else "")
        text = say(
            "l’un de" if each.kind == "any" else "tous",
            "any of" if each.kind == "any" else "all of",
        )
        text = f"{text}{NBSP}: {joined}" if words.french else f"{text}: {joined}"
    if each.after:
        after = words.names(each.after)
        text += say(f", après {after}", f", after {after}")
    if each.by:
        text += say(f", au plus tard le {words.day(each.by)}", f", by {words.day(each.by)}")
    return f"{name}{NBSP}: {text}." if words.french else f"{name}: {text}."


_DECISIONS = {
    "return": ("tout rendre", "giving everything back"),
    "release": ("tout libérer, si tout est déposé", "releasing everything, if all is deposited"),
    "extend": ("prolonger l’échéance", "a later deadline"),
    "parts": ("libérer les parties séparables", "releasing the parts that may go alone"),
}
"""What a mediator may decide: (French, English)."""


def _otherwise(words: Words) -> tuple[str, ...]:
    say, exchange = words.say, words.exchange
    rows = [
        {
            "return": say(
                "Si tout n’est pas là à l’échéance, chacun reprend ce qu’il a déposé.",
                "If not everything is there by the deadline, each takes back what they deposited.",
            ),
            "parts": say(
                "Si tout n’est pas là à l’échéance, les parties séparables qui sont prêtes partent, chacune "
                "entière, et le reste est rendu.",
                "If not everything is there by the deadline, the parts that are ready go, each whole, "
                "and the rest is given back.",
            ),
            "mediate": say(
                "Si tout n’est pas là à l’échéance, le médiateur décide.",
                "If not everything is there by the deadline, the mediator decides.",
            ),
        }[exchange.otherwise]
    ]
    for part in exchange.parts:
        names = words.names(part.legs)
        under = words.names(part.conditions)
        rows.append(
            say(
                f"Peut partir seul{NBSP}: {names}" + (f", si {under}." if under else "."),
                f"May go alone: {names}" + (f", if {under}." if under else "."),
            )
        )
    rows.append(
        say(
            "Avant que tout soit déposé, chaque partie peut se retirer"
            f"{NBSP}: tout est alors rendu à tous.",
            "Before all is deposited, any party may withdraw: everything is then given back to everybody.",
        )
    )
    if exchange.mediator is not None:
        who = exchange.mediator.label or exchange.mediator.agent
        may = ", ".join(say(*_DECISIONS[each]) for each in exchange.mediator.may)
        rows.append(
            say(
                f"En cas de litige, {who} décide dans les {exchange.mediator.days} jours, et ne "
                f"peut décider que{NBSP}: {may}. Sinon tout est rendu.",
                f"In a dispute, {who} decides within {exchange.mediator.days} days, and only: "
                f"{may}. Otherwise everything is given back.",
            )
        )
    return tuple(rows)
