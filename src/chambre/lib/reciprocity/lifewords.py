"""What a contract says of its own life, as sentences: term, change, breach, mediation, the end."""

from __future__ import annotations

from chambre.lib.reciprocity.model import EVERYONE
from chambre.lib.reciprocity.sentences import clause_title
from chambre.lib.reciprocity.vocabulary import Words, sentence

_CHANGES = {
    "consent": (
        "Le contrat change par consentement : personne n’a d’objection qui tienne",
        "The contract changes by consent: nobody has an objection that stands",
    ),
    "majority": ("Le contrat change à la majorité", "The contract changes by majority"),
    "two-thirds": ("Le contrat change aux deux tiers", "The contract changes by two thirds"),
    "unanimity": ("Le contrat change à l’unanimité", "The contract changes by unanimity"),
}


def term_sentences(words: Words) -> list[str]:
    """From when until when it holds; none where no day is set."""
    term = words.contract.term
    return [
        words.say(f"{french} {day:%d/%m/%Y}.", f"{english} {day}.")
        for day, french, english in (
            (term.since, "Il vaut à partir du", "It holds from"),
            (term.until, "Il prend fin le", "It ends on"),
            (term.review, "Il est relu au plus tard le", "It is looked at again by"),
        )
        if day
    ]


def change_sentences(words: Words) -> list[str]:
    """How it is changed, and by whom."""
    change = words.contract.change
    found = [sentence(words.say(*_CHANGES[change.by]))]
    if change.roll != EVERYONE:
        roll = words.name(change.roll)
        found.append(sentence(words.say(f"Décident : {roll}", f"Who decides: {roll}")))
    return found


def breach_sentences(words: Words) -> list[str]:
    """What follows a breach; none where nothing is said."""
    breach = words.contract.breach
    if breach is None:
        return []
    found = [
        words.say(
            f"Qui manque au contrat a {breach.delay_days} jours pour y remédier.",
            f"Whoever breaks the contract has {breach.delay_days} days to mend it.",
        )
        if breach.delay_days
        else words.say(
            "Un manquement compte dès qu’il est constaté.",
            "A breach counts as soon as it is found.",
        )
    ]
    if breach.suspension_days:
        found.append(
            words.say(
                f"Ensuite, ses droits sont suspendus pour {breach.suspension_days} jours.",
                f"After that, their rights are suspended for {breach.suspension_days} days.",
            )
        )
    found.append(
        words.say("Puis ses droits prennent fin.", "Then their rights end.")
        if breach.then == "end"
        else words.say("Puis vient la médiation.", "Then comes mediation.")
    )
    return found


def mediator_sentences(words: Words) -> list[str]:
    """Whom parties turn to; none where nobody is named."""
    mediator = words.contract.mediator
    if mediator is None:
        return []
    name = ", ".join(each for each in (mediator.name, mediator.contact) if each)
    found = [
        words.say(
            f"Avant tout juge, on s’adresse à : {name}.",
            f"Before any judge, one turns to: {name}.",
        )
    ]
    if note := words.text(mediator.note):
        found.append(sentence(note))
    return found


def survives_sentences(words: Words) -> list[str]:
    """What holds after the end; none where nothing is said."""
    survives = words.contract.survives
    found = []
    if survives.clauses:
        names = words.join([clause_title(name, words) for name in survives.clauses])
        found.append(words.say(f"Demeurent : {names}.", f"What holds on: {names}."))
    if note := words.text(survives.note):
        found.append(sentence(note))
    return found
