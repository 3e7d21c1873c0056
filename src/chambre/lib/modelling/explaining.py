"""What a simulation says, in plain sentences."""

from __future__ import annotations

from chambre.lib.modelling.model import Model
from chambre.lib.modelling.outcome import Lever, Result
from chambre.lib.modelling.schema import BY_KEY
from chambre.lib.modelling.wording import money, month, permille, since, tenths, tidy
from chambre.lib.units.decimals import format_scaled, is_french

SENTENCES: dict[str, tuple[str, str]] = {
    "cash": (
        "After {years}, cash is {p50} in the middle case, and between {p10} and {p90} in eight "
        "cases out of ten.",
        "Au bout de {years}, la trésorerie est de {p50} dans le cas médian, et entre {p10} et {p90} "
        "huit fois sur dix.",
    ),
    "known": (
        "After {years}, cash is {p50}. No number of the model is a range: nothing here says what "
        "could go otherwise.",
        "Au bout de {years}, la trésorerie est de {p50}. Aucun nombre du modèle n’est une "
        "fourchette : rien ici ne dit ce qui pourrait tourner autrement.",
    ),
    "never-below": (
        "In none of the {runs} runs does cash fall below zero at the end of a month.",
        "Dans aucune des {runs} simulations la trésorerie ne passe sous zéro en fin de mois.",
    ),
    "below": (
        "In {share} of the runs, cash falls below zero at some time. The hardest moment, in the "
        "middle case, is {month}, with {low} in hand; in one case out of ten it is {worst} or less.",
        "Dans {share} des simulations, la trésorerie passe sous zéro à un moment. Le plus difficile, "
        "dans le cas médian, est {month}, avec {low} en caisse ; une fois sur dix, c’est {worst} ou "
        "moins.",
    ),
    "below-start": (
        "In {share} of the runs, cash falls below zero at some time; in one case out of ten it is "
        "{worst} or less at its lowest.",
        "Dans {share} des simulations, la trésorerie passe sous zéro à un moment ; une fois sur dix, "
        "elle descend à {worst} ou moins.",
    ),
    "shortfall": (
        "With {amount} more at the start, nine runs out of ten would never fall below zero.",
        "Avec {amount} de plus au départ, neuf simulations sur dix ne passeraient jamais sous zéro.",
    ),
    "even": (
        "The resource pays for itself without grants, over twelve months, {since} in the "
        "middle case; in {never} of the runs it never does.",
        "La ressource se paie sans subvention, sur douze mois, {since} dans le cas "
        "médian ; dans {never} des simulations, jamais.",
    ),
    "even-sure": (
        "The resource pays for itself without grants, over twelve months, {since} in the "
        "middle case, and does in every run.",
        "La ressource se paie sans subvention, sur douze mois, {since} dans le cas "
        "médian, et y arrive dans toutes les simulations.",
    ),
    "even-rarely": (
        "In only {share} of the runs does the resource ever pay for itself without grants over "
        "twelve months.",
        "Dans {share} des simulations seulement, la ressource se paie un jour sans subvention sur "
        "douze mois.",
    ),
    "even-never": (
        "In no run does the resource pay for itself without grants over twelve months.",
        "Dans aucune simulation la ressource ne se paie sans subvention sur douze mois.",
    ),
    "deposits": (
        "Deposits held reach {held}: that money is others’. In {share} of the runs it has been "
        "spent at some time.",
        "Les consignes tenues atteignent {held} : cet argent est à d’autres. Dans {share} des "
        "simulations, il a été entamé à un moment.",
    ),
    "upkeep": (
        "At the end, cash pays for {years} of upkeep in the middle case, and {worst} in one case "
        "out of ten.",
        "À la fin, la trésorerie paie {years} d’entretien dans le cas médian, et {worst} une fois "
        "sur dix.",
    ),
    "reserve": (
        "The reserve for upkeep is there for good {since} in the middle case.",
        "La réserve d’entretien est là pour de bon {since} dans le cas médian.",
    ),
    "reserve-late": (
        "In {share} of the runs the reserve for upkeep is not there at the end.",
        "Dans {share} des simulations, la réserve d’entretien n’est pas là à la fin.",
    ),
    "volunteers": (
        "Volunteers give {hours} hours in the first year, worth {value}. If they had to be paid, "
        "the last year would bring {left} instead of {surplus}.",
        "Les bénévoles donnent {hours} heures la première année, soit {value}. S’il fallait les "
        "payer, la dernière année laisserait {left} au lieu de {surplus}.",
    ),
    "lever": (
        "What moves the closing cash most: {first}. From its lowest to its highest values, the "
        "middle case goes from {low} to {high}.",
        "Ce qui change le plus la trésorerie finale : {first}. De ses valeurs les plus basses aux "
        "plus hautes, le cas médian va de {low} à {high}.",
    ),
    "assumptions": (
        "{count} of the {all} numbers are assumptions, to be replaced by real ones.",
        "{count} nombres sur {all} sont des hypothèses, à remplacer par de vrais.",
    ),
}  # fmt: skip
"""Code → (English, French)."""


def explain(model: Model, result: Result, language: str = "fr") -> dict[str, str]:
    """What the simulation of a model says, in sentences.

    Args:
        model: The model.
        result: Its result.
        language: ``fr`` or ``en``.

    Returns:
        Code → sentence, the most important first.
    """
    return _Teller(model, result, language).all()


def lever_name(lever: Lever, language: str) -> str:
    """What a range is called: ``Fermes, usages par mois et par usager``."""
    section, _, key = lever.field.partition(".")
    field = BY_KEY["" if section == "model" else section].field(key)
    label = field.label.in_language(language)
    owner = lever.owner[0 if is_french(language) else 1]
    if not owner:
        heading = "" if section == "model" else BY_KEY[section].label.in_language(language)
        return f"{heading}, {label[0].lower()}{label[1:]}" if heading else label
    return f"{owner}, {label[0].lower()}{label[1:]}"


class _Teller:
    def __init__(self, model: Model, result: Result, language: str) -> None:
        self.model = model
        self.result = result
        self.language = language
        self.french = is_french(language)

    def all(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for told in (
            self.cash(), self.below(), self.shortfall(), self.even(), self.deposits(),
            self.upkeep(), self.reserve(), self.volunteers(), self.lever(), self.assumptions(),
        ):  # fmt: skip
            if told is not None:
                found[told[0]] = told[1]
        return found

    def say(self, code: str, **data: str) -> tuple[str, str]:
        words = SENTENCES[code][1 if self.french else 0].format(**data)
        return code, tidy(words, self.language)

    def money(self, cents: int) -> str:
        return money(cents, self.result.unit, self.language)

    def month(self, number: int) -> str:
        if number == 0:  # only where the sentence does not name it
            return ""
        return month(self.model.month(number), self.language)

    def since(self, number: int) -> str:
        return since(self.model.month(number), self.language)

    def years(self, in_tenths: int) -> str:
        number = tenths(in_tenths, self.language)
        if self.french:
            return f"{number} an{'s' if in_tenths >= 20 else ''}"
        return f"{number} year{'' if in_tenths == 10 else 's'}"

    def whole(self, number: int) -> str:
        return format_scaled(number, decimals=0, language=self.language)

    def cash(self) -> tuple[str, str]:
        last = self.result.cash[-1]
        years = self.years(self.model.horizon * 10 // 12)
        code = "cash" if any(self.model.ranges()) else "known"
        return self.say(
            code, years=years, p10=self.money(last.p10), p50=self.money(last.p50),
            p90=self.money(last.p90),
        )  # fmt: skip

    def below(self) -> tuple[str, str]:
        if not self.result.below_zero.share:
            return self.say("never-below", runs=self.whole(self.result.runs))
        return self.say(
            "below" if self.result.lowest_month.p50 else "below-start",
            share=permille(self.result.below_zero.share, self.language),
            month=self.month(self.result.lowest_month.p50),
            low=self.money(self.result.lowest.p50),
            worst=self.money(self.result.lowest.p10),
        )

    def shortfall(self) -> tuple[str, str] | None:
        if not self.result.shortfall:
            return None
        # Rounded up to a hundred, so that it is enough.
        amount = -(-self.result.shortfall // 10_000) * 10_000
        return self.say("shortfall", amount=self.money(amount))

    def even(self) -> tuple[str, str]:
        found = self.result.break_even
        if not found.share:
            return self.say("even-never")
        if found.p50 is None:
            return self.say("even-rarely", share=permille(found.share, self.language))
        if found.share == 1000:
            return self.say("even-sure", since=self.since(found.p50))
        never = permille(1000 - found.share, self.language)
        return self.say("even", since=self.since(found.p50), never=never)

    def deposits(self) -> tuple[str, str] | None:
        if not self.model.deposits:
            return None
        held = max(each.p50 for each in self.result.held)
        share = permille(self.result.below_deposits.share, self.language)
        return self.say("deposits", held=self.money(held), share=share)

    def upkeep(self) -> tuple[str, str] | None:
        found = self.result.upkeep_months
        if found is None:
            return None
        return self.say("upkeep", years=self.years(found.p50 // 12),
                        worst=self.years(found.p10 // 12))  # fmt: skip

    def reserve(self) -> tuple[str, str] | None:
        found = self.result.reserve_full
        if not self.model.upkeep.reserve.high:
            return None
        if found.p50 is None or found.share < 800:
            share = permille(1000 - found.share, self.language)
            return self.say("reserve-late", share=share)
        return self.say("reserve", since=self.since(found.p50))

    def volunteers(self) -> tuple[str, str] | None:
        first, last = self.result.years[0].lines, self.result.years[-1]
        if not last.lines["hours"].p50:
            return None
        return self.say(
            "volunteers",
            hours=self.whole((first["hours"].p50 + 30) // 60),
            value=self.money(first["hours_value"].p50),
            left=self.money(last.surplus.p50 - last.lines["hours_value"].p50),
            surplus=self.money(last.surplus.p50),
        )

    def lever(self) -> tuple[str, str] | None:
        if not self.result.levers:
            return None
        lever = self.result.levers[0]
        return self.say(
            "lever", first=lever_name(lever, self.language), low=self.money(lever.low),
            high=self.money(lever.high),
        )  # fmt: skip

    def assumptions(self) -> tuple[str, str] | None:
        written = [each.figure for each in self.model.figures() if each.figure.high]
        count = sum(figure.assumption for figure in written)
        if not count:
            return None
        return self.say("assumptions", count=self.whole(count), all=self.whole(len(written)))
