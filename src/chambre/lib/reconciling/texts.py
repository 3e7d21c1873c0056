"""What the texts of a bank row say: tokens, words, purposes, months, words of the bank's own.

Banks cut, join and shout; people leave out accents and write the month instead of the number.
Nothing here decides: it only reads.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

REMEMBERED = 20_000
"""Texts of which is remembered what they say: they come again nearby, and each has its price."""
NOTHING: frozenset[Any] = frozenset()
"""One for all: an empty set weighs as much as one of four, and most rows have several."""
_ALNUM = re.compile(r"[A-Z0-9]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")

PURPOSES: dict[str, tuple[str, ...]] = {
    "membership": ("adhesion", "adhesions", "adherent", "cotisation", "cotisations", "cotis",
                   "membership"),
    "donation": ("don", "dons", "donation", "mecenat", "soutien", "gift"),
    "rent": ("loyer", "loyers", "rent"),
    "guarantee": ("caution", "garantie", "consigne", "consignes", "guarantee"),
    "order": ("panier", "paniers", "commande", "commandes", "amap", "order"),
    "training": ("stage", "stages", "formation", "formations", "atelier", "ateliers", "workshop"),
    "salary": ("salaire", "salaires", "paie", "paye", "salary", "wages"),
    "refund": ("remboursement", "remboursements", "rembourst", "rembt", "remb", "rbt", "refund"),
    "subscription": ("abonnement", "abonnements", "subscription"),
    "insurance": ("assurance", "assurances", "insurance"),
}  # fmt: skip
"""Words that say what money is for. A row that says one thing is not an item of another."""
_PURPOSE_OF = {word: purpose for purpose, words in PURPOSES.items() for word in words}

_MONTHS = (
    ("janvier", "janv", "january"),
    ("fevrier", "fevr", "fev", "february"),
    ("mars", "march"),
    ("avril", "avr", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "juil", "july"),
    ("aout", "august"),
    ("septembre", "sept", "september"),
    ("octobre", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_MONTH_FIGURE = re.compile(r"(?<![\d/.\-])(0[1-9]|1[0-2])[/\-.](?:20)?\d\d(?![\d/.\-])")
_FIRST = re.compile(r"(?<![\d/.\-])1 ?/ ?([2-9]|1[0-2])(?![\d/.\-])")

# What the bank itself writes, by what it books so: one word of each group has to be there.
_CHEQUE = frozenset({"cheque", "cheques", "chq", "chqs", "chqe", "chqes"})
_CASH = frozenset({"especes", "espece", "billets", "monnaie", "numeraire", "cash"})
BANK_WORDS: dict[str, tuple[frozenset[str], ...]] = {
    "cheque-deposit": (
        frozenset({"remise", "remises", "rem", "encaissement", "depot", "deposit"}),
        _CHEQUE,
    ),
    "cash-deposit": (frozenset({"versement", "vers", "depot", "remise", "deposit"}), _CASH),
    "collection-batch": (
        frozenset({"prelevement", "prelevements", "prlv", "prlvs", "debits"}),
        frozenset({"emis", "recus", "lot", "groupe", "groupes", "remise", "batch", "bulk"}),
    ),
    "payout-batch": (
        frozenset({"virement", "virements", "vir", "virt", "transfer", "transfers"}),
        frozenset({"emis", "lot", "groupe", "groupes", "multiple", "multiples", "remise", "masse",
                   "batch", "bulk"}),
    ),
}  # fmt: skip
RETURN_WORDS = frozenset(
    {"rejet", "rejete", "rejetee", "impaye", "impayee", "retour", "retourne", "annulation",
     "annule", "annulee", "contrepassation", "extourne", "returned", "reversal", "rejected",
     "unpaid"}
)  # fmt: skip
NEUTRAL = frozenset(
    {*_PURPOSE_OF, *_MONTH_OF, "virement", "vir", "virt", "sepa", "recu", "emis", "inst", "web",
     "instantane", "motif", "faveur", "votre", "pour", "facture", "factures", "fact", "ref",
     "reference", "references", "famille", "mme", "mr", "annee", "annuelle", "annuel", "merci",
     "paiement", "reglement", "part", "de", "du", "des", "la", "le", "les", "et", "en", "au", "par",
     "bonjour", "bonne", "reception", "journee", "cordialement", "association", "solde", "acompte",
     "nos", "notre", "mon", "ma", "numero", "num", "client", "compte", "euros", "eur", "permanent",
     "prlv", "prelevement", "remise", "payout", "transfer", "notprovided", "id", "end", "to"}
)  # fmt: skip
"""Words that name nobody and say nothing of their own."""
NOT_A_REFERENCE = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONE", "NA", "NONREF", ""})


@lru_cache(maxsize=REMEMBERED)
def plain(text: str) -> str:
    """Capitals without accents."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.upper())
        if not unicodedata.combining(letter)
    )


@lru_cache(maxsize=REMEMBERED)
def compact(text: str) -> str:
    """Only its letters and figures, in capitals: how references are compared."""
    return "".join(_ALNUM.findall(plain(text)))


@lru_cache(maxsize=REMEMBERED)
def words(text: str) -> tuple[str, ...]:
    """Its words of two letters and more, in small letters without accents, in their order."""
    return tuple(map(sys.intern, _LETTERS.findall(plain(text).lower())))


def tokens(texts: Iterable[str]) -> list[str]:
    """Runs of letters and figures; what a text begins may go on in the next one."""
    return [token for text in texts for token in _ALNUM.findall(plain(text))]


def runs(parts: Sequence[str], longest: int) -> Iterator[str]:
    """Neighbouring tokens put together that hold four figures at least, up to so many letters."""
    for start in range(len(parts)):
        joined, figures = "", 0
        for token in parts[start:]:
            joined += token
            if len(joined) > longest:
                break
            figures += sum(map(str.isdigit, token))
            if figures >= 4:
                yield joined


def purposes(texts: Iterable[str]) -> frozenset[str]:
    """What the money is for, as far as the words say."""
    found = {_PURPOSE_OF[word] for text in texts for word in words(text) if word in _PURPOSE_OF}
    return frozenset(found) if found else NOTHING


def months(texts: Iterable[str]) -> frozenset[int]:
    """Months that are named: ``loyer mars``, ``03/2026``; a whole date names none."""
    found: set[int] = set()
    for text in texts:
        found.update(_MONTH_OF[word] for word in words(text) if word in _MONTH_OF)
        found.update(int(figure) for figure in _MONTH_FIGURE.findall(text))
    return frozenset(found) if found else NOTHING


def first_of(texts: Iterable[str]) -> int:
    """Of how many instalments a text says that it is the first: ``1/3``; 0 when it does not."""
    found = {count for text in texts for count in _FIRST.findall(text)}
    return int(found.pop()) if len(found) == 1 else 0


def is_month(word: str) -> bool:
    """Whether a word, as :func:`words` gives it, is a month's name."""
    return word in _MONTH_OF


def says(kind: str, spoken: Iterable[str]) -> bool:
    """Whether a row's words are those the bank uses for this kind of item."""
    groups = BANK_WORDS.get(kind)
    return groups is not None and all(not group.isdisjoint(spoken) for group in groups)


def strange_words(texts: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Words side by side one of which is neither known nor neutral: perhaps somebody's name.

    Args:
        texts: Free texts of a row; what one begins may go on in the next.
        known: Words of the payer, of the party, of what the item is for. They are no reason to
            ask, but beside a strange word they may be another person's first name.
    """
    known = frozenset(known)
    run: list[str] = []
    for word in (*_flowing(texts, known | NEUTRAL), "merci"):
        if word not in NEUTRAL:
            run.append(word)
            continue
        if len(run) > 1 and any(each not in known for each in run):
            return tuple(run)
        run = []
    return ()


def _flowing(texts: Iterable[str], common: frozenset[str]) -> Iterator[str]:
    """The words of texts one after the other; one that was broken between two texts is whole."""
    before: str | None = None
    for text in texts:
        spoken = list(words(text))
        if before is not None and spoken and before + spoken[0] in common:
            spoken[0] = before + spoken[0]
            before = None
        if before is not None:
            yield before
            before = None
        if spoken:
            yield from spoken[:-1]
            before = spoken[-1]
    if before is not None:
        yield before
