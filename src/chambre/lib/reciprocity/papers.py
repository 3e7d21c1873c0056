"""A contract on paper: what it says in plain words, who signed it and how, its digest.

The very words (TOML) are attached to the PDF, so that a copy can be read again by a program and its
digest be computed by anybody. The same contract and signatures give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from chambre.lib.exports.pdf import compile_paper, frame_data
from chambre.lib.exports.wording import format_moment
from chambre.lib.reciprocity.model import Contract
from chambre.lib.reciprocity.readings import plain_reading
from chambre.lib.reciprocity.writing import digest

STANDARDS = ("a-3a", "ua-1")
"""What the document conforms to; the words are attached to it."""

_LABELS = {
    "words": ("The words of the contract", "Les mots du contrat"),
    "signatures": ("Signatures", "Signatures"),
    "nobody": ("Nobody is bound by it yet.", "Personne n’est encore lié."),
    "digest": ("The digest of the words", "L’empreinte des mots"),
    "digest-why": (
        "Who signed has signed exactly the words with this digest. They are attached to this file; "
        "a changed word gives another digest.",
        "Qui a signé a signé exactement les mots qui ont cette empreinte. Ils sont joints à ce "
        "fichier ; un mot changé donne une autre empreinte.",
    ),
    "signed": ("{at}: {name}, {capacity}, by {means}", "{at} : {name}, {capacity}, par {means}"),
    "missing": ("{count} still to sign", "encore {count} à signer"),
    "waiting": ("Not signed yet", "Pas encore signé"),
    "waiting-why": (
        "Somebody has still to sign: nobody is bound by it yet.",
        "Il manque une signature : personne n’est encore lié.",
    ),
    "version": ("Version {number}", "Version {number}"),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it is printed.

    Attributes:
        name: Who signed.
        capacity: In which capacity.
        means: How they showed that it was they.
        at: When, with its time zone.
    """

    name: str
    capacity: str
    means: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class PaperParty:
    """A party as it is printed.

    Attributes:
        name: How people call it.
        role: Its name in the contract, or empty.
        signed: Signatures, in order.
        missing: How many are still missing.
    """

    name: str
    role: str = ""
    signed: tuple[Signed, ...] = ()
    missing: int = 0


def contract_pdf(
    contract: Contract, text: str, parties: Sequence[PaperParty], *, title: str, subject: str,
    number: int, issued: dt.datetime, language: str, verify: str = "",
) -> bytes:  # fmt: skip
    """A contract as PDF/A-3 with its words attached.

    Args:
        contract: What it says.
        text: Its words, as they were written.
        parties: Who is bound, with signatures.
        title: How people call it.
        subject: What it is about: the resource.
        number: Of the version.
        issued: Moment that the file carries: of the last signature, so that every copy is the same.
        language: ``fr`` or ``en``.
        verify: Where and how a copy is verified, in words.

    Raises:
        ExportError: The paper could not be set.
    """
    french = language.lower().startswith("fr")

    def say(key: str, **facts: object) -> str:
        return _LABELS[key][french].format(**facts)

    reading = plain_reading(contract, language)
    waiting = not parties or any(party.missing for party in parties)
    frame = frame_data(title, subject, issued=issued, language=language)
    waits = {"provisional": say("waiting"), "provisional-why": say("waiting-why")}
    data = frame | {
        "words": {**frame["words"], **waits},
        "period": say("version", number=number),
        "provisional": waiting,
        "lead": [reading.summary] if reading.summary else [],
        "labels": {key: _LABELS[key][french] for key in _LABELS},
        "digest": digest(contract),
        "verify": verify,
        "sections": [
            {
                "title": section.title,
                "intro": list(section.intro),
                "clauses": [
                    {
                        "title": clause.title,
                        "lines": [*clause.paragraphs, *([clause.link] if clause.link else [])],
                    }
                    for clause in section.clauses
                ],
            }
            for section in reading.sections
        ],
        "parties": [
            {
                "name": party.name,
                "role": party.role,
                "missing": say("missing", count=party.missing) if party.missing else "",
                "signatures": [
                    say(
                        "signed", at=format_moment(one.at, language), name=one.name,
                        capacity=one.capacity, means=one.means,
                    )
                    for one in party.signed
                ],
            }
            for party in parties
        ],
    }  # fmt: skip
    template = (files("chambre.lib.reciprocity") / "contract.typ").read_text(encoding="utf-8")
    return compile_paper(template, data, issued=issued, standards=STANDARDS, inputs={"text": text})[
        0
    ]
