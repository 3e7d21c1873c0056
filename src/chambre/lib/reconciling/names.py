"""Names as banks write them and as people know them: how alike are they?

``M OU MME MARTIN JEAN`` and ``Jean Martin`` are alike; ``MARTIN MARIE`` shares the family only.
A joint account names two people: their words are never mixed (``DURAND PAUL OU ROUX ANNE`` is
not Paul Roux).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache

from chambre.lib.reconciling.texts import REMEMBERED, plain, words

_TITLES = frozenset({"mr", "mme", "mlle", "mmes", "mrs", "ms", "monsieur", "madame", "mademoiselle",
                     "melle", "dr", "mle"})  # fmt: skip
_LEGAL = frozenset({"sarl", "sas", "sasu", "sa", "eurl", "sci", "scop", "scic", "earl", "gaec",
                    "scea", "association", "asso", "assoc", "ass", "ste", "societe", "ets",
                    "entreprise", "ltd", "limited", "gmbh", "inc", "snc", "ei", "eirl", "auto",
                    "entrepreneur", "cooperative", "coop", "cie", "company"})  # fmt: skip
_SMALL = frozenset({"de", "du", "des", "la", "le", "les", "et", "ou", "aux", "au", "en", "sur"})
_AND = re.compile(r"\bOU\b|\bET\b|[,/&+;]")
LONG_ENOUGH = 5
"""Letters from which on one wrong letter is overlooked in a name."""


@lru_cache(maxsize=REMEMBERED)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name without titles, legal forms and small words."""
    return tuple(
        word
        for word in words(name)
        if word not in _TITLES and word not in _LEGAL and word not in _SMALL
    )


@lru_cache(maxsize=REMEMBERED)
def people(name: str) -> tuple[frozenset[str], ...]:
    """The words of each person or house that an account's name names."""
    found = (frozenset(name_words(part)) for part in _AND.split(plain(name)))
    return tuple(each for each in found if each)


@lru_cache(maxsize=REMEMBERED)
def family(name: str) -> str:
    """The family name: the word in capitals, else the last one; empty for one word."""
    spoken = [word for word in re.findall(r"[^\W\d_]{2,}", name) if name_words(word)]
    if len(spoken) < 2:
        return ""
    loud = [word for word in spoken if word.isupper()]
    chosen = loud[0] if loud and len(loud) < len(spoken) else spoken[-1]
    return words(chosen)[0]


def near_word(one: str, other: str) -> bool:
    """The same word, or with one letter wrong, missing or too many, or cut off by the bank."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < LONG_ENOUGH or len(long) - len(short) > 1:
        return False
    return one_edit(short, long)


def one_edit(one: str, other: str) -> bool:
    """At most one letter wrong, missing or too many, or two neighbours changed about."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    swapped = short[at + 1 : at + 2] + short[at : at + 1]
    return long[at : at + 2] == swapped and short[at + 2 :] == long[at + 2 :]


def holds(wanted: Iterable[str], there: Iterable[str]) -> bool:
    """Whether every wanted word is there, each in a word of its own."""
    left = list(there)
    for word in wanted:
        found = word if word in left else next((w for w in left if near_word(word, w)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def names_payer(item: str, payer: str, *, alone: bool = False) -> bool:
    """Whether an account's name is that of an item's party.

    Every word of the party has to be among those of one person of the account, which may have
    one more (a second first name, a birth name). A name of a single word has to be all there is,
    unless ``alone`` says that the word speaks for itself (a payment provider's).
    """
    wanted = name_words(item)
    if not wanted:
        return False
    for person in people(payer):
        more = len(person) - len(wanted)
        if (alone or (more <= 1 if len(wanted) > 1 else more == 0)) and holds(wanted, person):
            return True
    whole = name_words(payer)  # a house whose name has « et » in it
    return len(wanted) > 2 and len(whole) - len(wanted) <= 1 and holds(wanted, whole)


def named_in(item: str, texts: Iterable[str]) -> bool:
    """Whether a text names the party in full: its words side by side, in either order."""
    wanted = name_words(item)
    if len(wanted) < 2:
        return False
    for text in texts:
        spoken = name_words(text)
        for start in range(len(spoken) - len(wanted) + 1):
            if sorted(spoken[start : start + len(wanted)]) == sorted(wanted):
                return True
    return False


def names_relative(item: str, texts: Iterable[str], neutral: Container[str]) -> bool:
    """Whether a text names somebody else of the party's family: another word beside its name.

    Args:
        item: The party.
        texts: Free texts of a row.
        neutral: Words that may stand beside the family name and name nobody.
    """
    last, own = family(item), set(name_words(item))
    for text in texts if last else ():
        spoken = name_words(text)
        for at, word in enumerate(spoken):
            beside = [spoken[n] for n in (at - 1, at + 1) if 0 <= n < len(spoken)]
            if word == last and not own & set(beside) and any(b not in neutral for b in beside):
                return True
    return False


def shares_family(item: str, names: Iterable[str]) -> bool:
    """Whether the family name of the party is among those words."""
    last = family(item)
    return bool(last) and any(near_word(last, word) for name in names for word in name_words(name))


def teaches_account(party: str, payer: str) -> bool:
    """Whether an account from which something of a party was paid is the party's own.

    It is if it bears the party's name, or the family name alone (``M OU MME MARTIN``). A relative's
    or a stranger's account that paid once tells nothing for the next time.
    """
    last = family(party)
    persons = people(payer)
    return names_payer(party, payer) or bool(
        last and persons and all(person == frozenset({last}) for person in persons)
    )
