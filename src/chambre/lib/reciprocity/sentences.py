"""What each clause of a contract says, as sentences in one language."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chambre.lib.reciprocity.model import (
    EVERYONE,
    Counterpart,
    Criterion,
    PartyClass,
    Rate,
    Share,
    Step,
    Text,
    Threshold,
    Use,
)
from chambre.lib.reciprocity.vocabulary import STATUS_WORDS, Words, sentence

_OR = ("ou", "or")
_ANSWERS = {
    "free": ("c’est libre", "it is free"),
    "ask": ("il faut demander d’abord", "ask first"),
    "refused": ("ce n’est pas permis", "it is not allowed"),
}
IN_KIND = {
    "improvement": ("rendre ses améliorations à la ressource", "give improvements back to it"),
    "attribution": ("citer les auteurs et la source", "name the authors and the source"),
    "access": ("donner un accès ouvert à ce que cela produit", "give open access to what it makes"),
}


def test_sentence(test: Criterion, words: Words) -> str:
    """What a test asks of somebody, to stand after “whoever”: ``est une association``."""
    say = words.say
    names = words.names(test.names, last=_OR)
    if test.word == "named":
        return say(f"est {names}", f"is {names}")
    if test.word == "status":
        kinds = words.join([words.pick(STATUS_WORDS, name) for name in test.names], last=_OR)
        return say(f"est {kinds}", f"is {kinds}")
    if test.word == "territory":
        places = words.join([_territory(name, words) for name in test.names], last=_OR)
        return say(f"est installé dans le territoire {places}", f"is based in territory {places}")
    if test.word == "class":
        quoted = words.join([words.quoted(name) for name in test.names], last=_OR)
        return say(f"appartient à {quoted}", f"belongs to {quoted}")
    if test.word == "size_at_most":
        return say(f"compte au plus {test.number} personnes", f"is at most {test.number} people")
    if test.word == "size_at_least":
        return say(f"compte au moins {test.number} personnes", f"is at least {test.number} people")
    if test.word == "member_months":
        return say(
            f"est membre depuis au moins {test.number} mois",
            f"has been a member for at least {test.number} months",
        )
    return _threshold(test, words)


def _threshold(test: Criterion, words: Words) -> str:
    """A test on what somebody gave or used."""
    threshold = test.threshold or Threshold()
    when = words.months(threshold.months)
    given = test.word == "contributed"
    verb = words.say(
        *(("a contribué", "has contributed") if given else ("s’en est servi", "has used it"))
    )
    if threshold.at_least is None:
        what = ""
        if threshold.unit:
            unit = words.unit(threshold.unit, 2)
            what = words.say(f" (compté en {unit})", f" (counted in {unit})")
        return f"{verb}{what} {when}"
    amount = words.quantity(threshold.at_least, threshold.unit or words.say("fois", "time"))
    return words.say(f"{verb} pour au moins {amount} {when}", f"{verb} at least {amount} {when}")


def _territory(pattern: str, words: Words) -> str:
    if pattern.endswith("*"):
        return words.say(f"{pattern[:-1]}…", f"{pattern[:-1]}…")
    return pattern


def class_sentences(each: PartyClass, words: Words) -> list[str]:
    """Who belongs to a class, and what shows it."""
    every = words.join([test_sentence(test, words) for test in each.all])
    some = words.join([test_sentence(test, words) for test in each.any], last=_OR)
    no = words.join([test_sentence(test, words) for test in each.none], last=_OR)
    if every and some:
        found = [
            words.say(
                f"En fait partie qui {every}, et en plus {some}",
                f"Whoever {every}, and moreover {some}, belongs to it",
            )
        ]
    elif every or some:
        listed = every or some
        found = [words.say(f"En fait partie qui {listed}", f"Whoever {listed} belongs to it")]
    else:
        found = [words.say("Tout le monde en fait partie", "Everybody belongs to it")]
    if no:
        found.append(
            words.say(f"N’en fait pas partie qui {no}", f"Whoever {no} does not belong to it")
        )
    if evidence := words.text(each.evidence):
        found.append(words.say(f"À montrer : {evidence}", f"To be shown: {evidence}"))
    return [sentence(text) for text in found]


def use_sentences(use: Use, words: Words) -> list[str]:
    """What a rule of use allows, to whom and on which terms."""
    if use.answer == "owes":
        owed = words.join([clause_title(name, words) for name in use.owes])
        what = words.say(
            f"c’est permis, contre ce qui est dû ({owed})",
            f"it is allowed, against what is owed ({owed})",
        )
    else:
        what = words.say(*_ANSWERS[use.answer])
    if use.conditions:
        terms = words.conditions(use.conditions)
        what += words.say(f", à condition {terms}", f", provided you {terms}")
    if EVERYONE in use.by:
        found = [words.say(f"Pour tout le monde : {what}", f"For everybody: {what}")]
    else:
        names = words.names(use.by, last=_OR)
        found = [words.say(f"Pour : {names}", f"For: {names}"), what]
    if note := words.text(use.note):
        found.append(note)
    return [sentence(text) for text in found]


def clause_title(name: str, words: Words) -> str:
    """How a step or counterpart is called: its label, else its name."""
    contract = words.contract
    labels = {each.name: each.label for each in contract.counterparts}
    labels |= {each.name: each.label for each in contract.steps}
    return words.text(labels.get(name, Text())) or name.replace("-", " ")


def rate_words(rate: Rate, counterpart: Counterpart, words: Words) -> str:
    """A rate of a counterpart, without what it is counted on."""
    if rate.percent:
        return words.share(rate.value)
    if counterpart.kind == "money":
        return words.money(rate.value)
    return words.quantity(rate.value, counterpart.unit)


def _base(counterpart: Counterpart, words: Words) -> str:
    """What a percentage is taken of."""
    if counterpart.trigger == "margin":
        return words.say("de ce que ses ventes laissent, frais déduits", "of sales less costs")
    return words.say("de ses ventes", "of sales")


def _counted(counterpart: Counterpart, words: Words) -> str:
    """For each of what a rate is owed."""
    if counterpart.trigger == "period":
        return words.say(
            f"une fois {words.every()}, dès que l’on s’en sert",
            f"once {words.every()}, as soon as it is used",
        )
    unit = words.unit(counterpart.of) if counterpart.of else words.say("usage", "use")
    if counterpart.trigger == "sale":
        unit = words.unit(counterpart.of) if counterpart.of else words.say("vente", "sale")
    return words.say(f"pour chaque {unit}", f"for each {unit}")


def counterpart_sentences(each: Counterpart, words: Words) -> list[str]:
    """What is owed in return, by whom, how much."""
    found = [_amount_owed(each, words)]
    if EVERYONE not in each.by:
        found.append(
            words.say(f"Le doivent : {words.names(each.by)}", f"Owed by: {words.names(each.by)}")
        )
    if each.exempt:
        names = words.names(each.exempt)
        found.append(words.say(f"En sont dispensés : {names}", f"Exempt: {names}"))
    if each.floor:
        least = _limit(each, each.floor, words)
        found.append(
            words.say(f"Au moins {least} {words.every()}", f"At least {least} {words.every()}")
        )
    if each.cap is not None:
        most = _limit(each, each.cap, words)
        found.append(
            words.say(f"Au plus {most} {words.every()}", f"At most {most} {words.every()}")
        )
    if note := words.text(each.note):
        found.append(note)
    return [sentence(text) for text in found]


def _limit(each: Counterpart, value: Fraction, words: Words) -> str:
    return words.money(value) if each.kind == "money" else words.quantity(value, each.unit)


def _amount_owed(each: Counterpart, words: Words) -> str:
    """The rate with what it is counted on, in one sentence."""
    if each.bands:
        return _bands(each, words)
    if each.rate is None:
        what = words.say(*IN_KIND.get(each.kind, (each.kind, each.kind)))
        if each.trigger == "period":
            what += words.say(f", une fois {words.every()}", f", once {words.every()}")
        return what
    rate = rate_words(each.rate, each, words)
    counted = _base(each, words) if each.rate.percent else _counted(each, words)
    text = f"{rate} {counted}"
    if each.above:
        above = _above(each, each.above, words)
        text += words.say(f", au-delà de {above}", f", beyond {above}")
    return text


def _above(each: Counterpart, value: Fraction, words: Words) -> str:
    percents = [rate for rate in (each.rate, *(band.rate for band in each.bands)) if rate]
    if any(rate.percent for rate in percents):
        return words.money(value)
    return words.quantity(value, each.of or words.say("usage", "use"))


def _bands(each: Counterpart, words: Words) -> str:
    """Marginal rates, from the lowest band up."""
    parts = []
    for place, band in enumerate(each.bands):
        rate = rate_words(band.rate, each, words)
        above = _above(each, band.above, words)
        if place + 1 < len(each.bands):
            upto = _above(each, each.bands[place + 1].above, words)
            if band.above:
                parts.append(
                    words.say(f"{rate} de {above} à {upto}", f"{rate} from {above} to {upto}")
                )
            else:
                parts.append(words.say(f"{rate} jusqu’à {upto}", f"{rate} up to {upto}"))
        else:
            parts.append(words.say(f"{rate} au-delà de {above}", f"{rate} beyond {above}"))
    counted = _base(each, words) if each.bands[0].rate.percent else _counted(each, words)
    return f"{', '.join(parts)}, {counted}"


def receivers(shares: Sequence[Share], words: Words) -> str:
    """Who receives, with their parts where they differ."""
    total = sum(share.weight for share in shares)
    if len({share.weight for share in shares}) < 2:
        return words.names([share.name for share in shares])
    return words.join(
        [
            f"{words.name(share.name)} ({words.share(Fraction(share.weight, total))})"
            for share in shares
        ]
    )


def is_plural(step: Step, words: Words) -> bool:
    """Whether the French verb after :func:`step_base` is in the plural."""
    return words.french and step.of == "income"


def step_base(step: Step, words: Words) -> str:
    """How much a step takes at most: ``40 % des recettes``."""
    whole = step.share == 1
    if step.of == "income":
        if whole:
            return words.say("toutes les recettes", "all income")
        return words.say(
            f"{words.share(step.share)} des recettes", f"{words.share(step.share)} of income"
        )
    if whole:
        return words.say("tout ce qui reste", "all that is left")
    share = words.share(step.share)
    return words.say(f"{share} de ce qui reste", f"{share} of what is left")
