"""What differs between two versions of a contract, clause by clause, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.lib.reciprocity import model
from chambre.lib.reciprocity.readings import Clause, plain_reading


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause that came, went or says something else.

    Attributes:
        title: Of the clause.
        before: What it said; empty: it is new.
        after: What it says; empty: it is gone.
    """

    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(before: model.Contract, after: model.Contract, language: str) -> list[Difference]:
    """What differs, in the order of the later one; what is gone comes last.

    Where a step stands in the waterfall is part of what it says.
    """
    was, now = (_clauses(each, language) for each in (before, after))
    found = [
        Difference(title, was.get(anchor, ("", ()))[1], said)
        for anchor, (title, said) in now.items()
        if was.get(anchor, ("", ()))[1] != said
    ]
    return found + [
        Difference(title, said, ()) for anchor, (title, said) in was.items() if anchor not in now
    ]


def _clauses(contract: model.Contract, language: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    reading = plain_reading(contract, language)
    places = {f"step-{step.name}": at for at, step in enumerate(contract.steps, 1)}
    return {each.anchor: (each.title, _said(each, places)) for each in reading.clauses()}


def _said(clause: Clause, places: dict[str, int]) -> tuple[str, ...]:
    at = places.get(clause.anchor)
    head = (f"{at}. {clause.title}",) if at is not None else ()
    return (*head, *clause.paragraphs)
