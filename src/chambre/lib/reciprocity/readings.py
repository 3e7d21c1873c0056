"""A contract as people read it: sections and clauses in plain French or English.

Every clause has an anchor that stays the same in both languages, so that a page, a PDF, a line of
a computation and an answer of the interview can all point at it: ``use-1``, ``class-actifs``,
``counterpart-redevance``, ``step-fondateurs``, ``term``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chambre.lib.reciprocity.lifewords import (
    breach_sentences,
    change_sentences,
    mediator_sentences,
    survives_sentences,
    term_sentences,
)
from chambre.lib.reciprocity.model import (
    Contract,
    Party,
)
from chambre.lib.reciprocity.sentences import (
    class_sentences,
    clause_title,
    counterpart_sentences,
    use_sentences,
)
from chambre.lib.reciprocity.stepwords import step_sentences
from chambre.lib.reciprocity.vocabulary import STATUS_WORDS, Words, sentence, typographic

_ROUNDINGS = {
    "largest-remainder": (
        "Les centimes qui restent vont un par un aux plus grands restes",
        "The cents left over go one by one to the largest remainders",
    ),
    "cumulative": (
        "Les centimes suivent le cumul des parts, dans l’ordre des noms",
        "The cents follow the running sum of the shares, in the order of names",
    ),
    "rotating": (
        "Les centimes qui restent tournent d’une fois sur l’autre",
        "The cents left over go round from one time to the next",
    ),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the contract says.

    Attributes:
        anchor: Stable name within the reading; the same in both languages.
        name: Name of the step, counterpart or class in the contract; empty for other clauses.
        title: A few words.
        paragraphs: Whole sentences, at least one.
        link: Address to read on at, or empty.
    """

    anchor: str
    name: str
    title: str
    paragraphs: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the reading.

    Attributes:
        anchor: Stable name.
        title: Its heading.
        intro: Sentences before the clauses.
        clauses: In the order of the contract.
    """

    anchor: str
    title: str
    intro: tuple[str, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole contract in one language.

    Attributes:
        language: ``fr`` or ``en``.
        title: Of the contract, or its slug.
        summary: One or two sentences, or empty.
        sections: Those that have something to say.
    """

    language: str
    title: str
    summary: str
    sections: tuple[Section, ...]

    def clauses(self) -> Iterator[Clause]:
        """Every clause, in order."""
        for section in self.sections:
            yield from section.clauses

    def clause(self, anchor: str) -> Clause:
        """The clause with that anchor.

        Raises:
            KeyError: There is none.
        """
        for each in self.clauses():
            if each.anchor == anchor:
                return each
        raise KeyError(anchor)

    def plain(self) -> str:
        """All of it as text, for a terminal or a mail."""
        lines = [self.title, "=" * len(self.title), ""]
        if self.summary:
            lines += [self.summary, ""]
        for section in self.sections:
            lines += [section.title, "-" * len(section.title), ""]
            lines += [*section.intro, ""] if section.intro else []
            for clause in section.clauses:
                texts = [*clause.paragraphs, *([clause.link] if clause.link else [])]
                lines += [clause.title, *(f"  {text}" for text in texts), ""]
        return "\n".join(lines).rstrip() + "\n"


def plain_reading(contract: Contract, language: str = "fr") -> Reading:
    """Say a contract in plain words.

    Args:
        contract: A contract that was read.
        language: ``fr`` or ``en``, or a tag that begins so.
    """
    words = Words(contract, language)
    sections = (
        _about(words),
        _people(words),
        _uses(words),
        _counterparts(words),
        _steps(words),
        _life(words),
    )
    return Reading(
        language=words.language,
        title=words.text(contract.title) or contract.slug,
        summary=words.text(contract.summary),
        sections=tuple(each for each in sections if each.intro or each.clauses),
    )


def step_anchor(name: str) -> str:
    """The anchor of a step or of the line of an outcome."""
    return f"step-{name}"


def counterpart_anchor(name: str) -> str:
    """The anchor of a counterpart."""
    return f"counterpart-{name}"


def class_anchor(name: str) -> str:
    """The anchor of a class."""
    return f"class-{name}"


def use_anchor(place: int) -> str:
    """The anchor of a rule of use by its place in the contract, from 0."""
    return f"use-{place + 1}"


def _about(words: Words) -> Section:
    """What it is for, over which resources, in which unit, where it comes from."""
    contract = words.contract
    clauses = []
    if fits := words.text(contract.fits):
        title = words.say("Où cela convient", "Where it fits")
        clauses.append(Clause("fits", "", title, (sentence(fits),)))
    if "*" in contract.resources:
        scope = words.say("Toute ressource", "Any resource")
    else:
        scope = words.join(contract.resources)
    unit = contract.unit
    every = words.every()
    clauses.append(
        Clause(
            "scope",
            "",
            words.say("Sur quoi il porte", "What it is about"),
            (
                sentence(scope),
                words.say(
                    f"Les comptes se font en {unit}, une fois {every}.",
                    f"Accounts are made up in {unit}, once {every}.",
                ),
            ),
        )
    )
    clauses += _origins(words)
    return Section("about", words.say("Ce contrat", "This contract"), (), tuple(clauses))


def _origins(words: Words) -> list[Clause]:
    """The source of a model, and the contract that this one was copied from."""
    contract = words.contract
    found = []
    if source := contract.source:
        name = typographic(source.name) if words.french else source.name.replace(" ;", ";")
        texts = [f"{name}."]
        if note := words.text(source.note):
            texts.append(sentence(note))
        title = words.say("D’où il vient", "Where it comes from")
        found.append(Clause("source", "", title, tuple(texts), source.url))
    if lineage := contract.lineage:
        texts = [
            words.say(f"Copié de « {lineage.parent} ».", f"Copied from “{lineage.parent}”."),
        ]
        if lineage.changed:
            changed = words.join(lineage.changed)
            texts.append(words.say(f"Changé depuis : {changed}.", f"Changed since: {changed}."))
        found.append(Clause("lineage", "", words.say("Lignée", "Lineage"), tuple(texts)))
    return found


def _people(words: Words) -> Section:
    """Classes and known parties."""
    clauses = [
        Clause(
            class_anchor(each.name),
            each.name,
            _capital(words.name(each.name)),
            tuple(class_sentences(each, words)),
        )
        for each in words.contract.classes
    ]
    clauses += [
        Clause(f"party-{each.name}", "", words.name(each.name), _party(each, words))
        for each in words.contract.parties
    ]
    return Section("people", words.say("Qui", "Who"), (), tuple(clauses))


def _party(party: Party, words: Words) -> tuple[str, ...]:
    """What is known of a party, and what proves it."""
    known = [words.pick(STATUS_WORDS, each) for each in party.status]
    if party.size is not None:
        known.append(words.say(f"{party.size} personnes", f"{party.size} people"))
    if party.territory:
        known.append(words.say(f"territoire {party.territory}", f"territory {party.territory}"))
    if party.since:
        known.append(
            words.say(f"membre depuis le {party.since:%d/%m/%Y}", f"member since {party.since}")
        )
    texts = [sentence(words.say("Ce que l’on en sait : ", "What is known: ") + ", ".join(known))]
    if not known:
        texts = [words.say("Partie au contrat.", "A party to the contract.")]
    if party.evidence:
        texts.append(
            sentence(words.say(f"Preuve : {party.evidence}", f"Evidence: {party.evidence}"))
        )
    return tuple(texts)


def _uses(words: Words) -> Section:
    """Rules of use, in the order in which they are tried."""
    clauses = tuple(
        Clause(
            use_anchor(place), "", _capital(words.uses(use.kinds)), tuple(use_sentences(use, words))
        )
        for place, use in enumerate(words.contract.uses)
    )
    intro: tuple[str, ...] = ()
    if len(clauses) > 1:
        intro = (
            words.say(
                "Les règles se lisent dans l’ordre ; la première qui convient s’applique.",
                "The rules are read in order; the first one that fits holds.",
            ),
        )
    title = words.say("Ce que l’on peut en faire", "What may be done with it")
    return Section("uses", title, intro, clauses)


def _counterparts(words: Words) -> Section:
    """What is owed in return."""
    clauses = tuple(
        Clause(
            counterpart_anchor(each.name),
            each.name,
            _capital(clause_title(each.name, words)),
            tuple(counterpart_sentences(each, words)),
        )
        for each in words.contract.counterparts
    )
    title = words.say("Ce qui est dû en retour", "What is owed in return")
    return Section("counterparts", title, (), clauses)


def _steps(words: Words) -> Section:
    """The waterfall."""
    clauses = tuple(
        Clause(
            step_anchor(each.name),
            each.name,
            _capital(clause_title(each.name, words)),
            tuple(step_sentences(each, words)),
        )
        for each in words.contract.steps
    )
    title = words.say("Où va ce que la ressource rapporte", "Where its income goes")
    if not clauses:
        intro: tuple[str, ...] = (
            words.say(
                "Tout ce que la ressource rapporte lui reste.",
                "All that the resource brings in stays with it.",
            ),
        )
    else:
        intro = (
            words.say(
                "Les recettes passent par ces étapes, dans l’ordre ; ce que personne ne prend "
                "reste à la ressource.",
                "Income goes through these steps, in order; what nobody takes stays with the "
                "resource.",
            ),
            sentence(words.say(*_ROUNDINGS[words.contract.rounding])),
        )
    return Section("steps", title, intro, clauses)


def _life(words: Words) -> Section:
    """Term, change, breach, mediation and what survives; those of which something is said."""
    said = (
        ("term", ("Durée", "Term"), term_sentences(words)),
        ("change", ("Changer", "Change"), change_sentences(words)),
        ("breach", ("Manquement", "Breach"), breach_sentences(words)),
        ("mediator", ("Médiation", "Mediation"), mediator_sentences(words)),
        ("survives", ("Après la fin", "After the end"), survives_sentences(words)),
    )
    clauses = tuple(
        Clause(anchor, "", words.say(*title), tuple(texts))
        for anchor, title, texts in said
        if texts
    )
    title = words.say("La vie du contrat", "The life of the contract")
    return Section("life", title, (), clauses)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
