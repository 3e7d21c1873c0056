"""Rows that come again: rent, insurance, the bank's own fees. What a person did once, or always.

A habit is learned from rows that a person booked: the other party's account if it was always the
same, the words that all of them had, the amounts between which they were. The more rows, the
fewer words are left, so it grows wider by itself; it decides alone only when a person said so or
did the same twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chambre.lib.reconciling.index import View
from chambre.lib.reconciling.model import Habit, Proposal, Reason, Row, reason
from chambre.lib.reconciling.references import Found
from chambre.lib.reconciling.texts import compact, is_month, months, purposes, words

FEE = "fee"
"""Target of the habits that come with the house: the bank's own fees."""
ENOUGH = 2
"""Times after which a habit decides alone without a person having said so."""
MOST_WORDS = 8
_GENERIC = frozenset(
    {"prlv", "prelevement", "sepa", "vir", "virement", "carte", "cb", "paiement", "facture", "ref",
     "europe", "instantane", "inst", "recu", "emis", "mandat", "mdt", "rum", "ics", "id", "de", "du",
     "la", "le", "les", "des", "en", "faveur", "pour", "par", "et", "au", "aux", "date", "echeance",
     "num", "numero", "motif", "web", "recurrent", "permanent", "client", "contrat", "fr", "rf"}
)  # fmt: skip
"""Words that every bank writes everywhere: they make no habit."""


def _fee(*spoken: str) -> Habit:
    key = "fee:" + "-".join(spoken)
    return Habit(key, "out", FEE, words=frozenset(spoken), least=1, most=15_000, always=True)


SHIPPED: tuple[Habit, ...] = (
    _fee("frais", "tenue", "compte"),
    _fee("cotisation", "compte"),
    _fee("cotisation", "carte"),
    _fee("commission", "mouvement"),
    _fee("commissions", "mouvement"),
    _fee("commission", "intervention"),
    _fee("commissions", "intervention"),
    _fee("frais", "virement"),
    _fee("frais", "rejet"),
    _fee("frais", "impaye"),
    _fee("arrete", "compte"),
    _fee("abonnement", "banque", "ligne"),
    _fee("frais", "bancaires"),
)
"""What banks write when they take their fees; only for rows without another party."""


def telling(row: Row) -> tuple[str, ...]:
    """Words of a row that say who and what, each once, in their order."""
    found = dict.fromkeys(
        word
        for text in (row.name, *row.texts)
        for word in words(text)
        if word not in _GENERIC and not is_month(word)
    )
    return tuple(found)


def learn(row: Row, *, target: str, key: str, before: Habit | None = None, always: bool = False
          ) -> Habit:  # fmt: skip
    """What a person's choice for a row teaches, on top of what was known of that habit.

    Args:
        row: The row that was booked.
        target: On what.
        key: The habit's key.
        before: The habit so far, if there is one.
        always: The person said: do so every time.
    """
    amount, spoken = abs(row.amount), telling(row)
    if before is None or before.target != target:
        return Habit(key, row.direction, target, compact(row.iban), frozenset(spoken[:MOST_WORDS]),
                     amount, amount, 1, always)  # fmt: skip
    return replace(
        before,
        iban=before.iban if before.iban == compact(row.iban) else "",
        words=before.words & frozenset(spoken),
        least=min(before.least, amount),
        most=max(before.most, amount),
        seen=before.seen + 1,
        always=before.always or always,
    )


def habit_proposals(view: View, habits: Iterable[Habit]) -> tuple[Proposal | None, list[Proposal]]:
    """The habit that a row follows beyond doubt, and all that it may follow, best first."""
    spoken = frozenset((*telling(view.row), *view.spoken))
    found: list[tuple[Habit, Proposal, bool]] = []
    for habit in habits:
        proposal, sure = _follows(view, habit, spoken)
        if proposal is not None:
            found.append((habit, proposal, sure))
    found.sort(key=lambda each: (-each[1].score, each[0].key))
    certain = [each for each in found if each[2]]
    alone = certain[0][1] if len({habit.target for habit, _p, _s in certain}) == 1 else None
    return alone, [proposal for _habit, proposal, _sure in found]


def _follows(view: View, habit: Habit, spoken: frozenset[str]) -> tuple[Proposal | None, bool]:
    if habit.direction != view.row.direction:
        return None, False
    account = bool(habit.iban) and view.iban == habit.iban
    if habit.iban and view.iban and not account:
        return None, False
    if not habit.words and not account:
        return None, False
    share = len(habit.words & spoken) / len(habit.words) if habit.words else 1
    if share < 0.5 and not account:
        return None, False
    usual = habit.least * 7 <= view.amount * 10 and view.amount * 10 <= habit.most * 13
    said, meant = view.purposes, purposes(habit.words)
    differs = bool(said and meant) and not said & meant
    reasons = _reasons(habit, account=account, share=share, usual=usual, differs=differs)
    score = 45 * account + round((30 if account else 60) * share) + 15 * usual - 30 * differs
    if habit.iban:
        alike = account and share >= 0.5
    else:
        stranger = view.iban or (habit in SHIPPED and view.row.name)
        alike = share == 1 and (habit.anybody or not stranger)
    sure = alike and usual and not differs and (habit.always or habit.seen >= ENOUGH)
    if not sure and score < 40:
        return None, False
    return Proposal(habit=habit.key, score=max(1, min(score, 99)), reasons=reasons), sure


def _reasons(
    habit: Habit, *, account: bool, share: float, usual: bool, differs: bool
) -> tuple[Reason, ...]:
    said: Sequence[tuple[bool, Reason]] = (
        (habit.always, reason("habit-always")),
        (not habit.always, reason("habit", seen=habit.seen)),
        (account, reason("account")),
        (bool(habit.words) and share == 1, reason("habit-words")),
        (0 < share < 1, reason("habit-some-words", percent=round(100 * share))),
        (not usual, reason("unusual-amount", least=habit.least, most=habit.most)),
        (differs, reason("purpose-differs")),
    )
    return tuple(why for holds, why in said if holds)


def follow(row: Row, habits: Iterable[Habit]) -> tuple[Proposal | None, list[Proposal]]:
    """Which habits a single row follows: as in :func:`habit_proposals`, without any item."""
    spoken = tuple(word for text in (row.name, *row.texts) for word in words(text))
    view = View(row, abs(row.amount), spoken, Found(), purposes(row.texts), months(row.texts))
    return habit_proposals(view, habits)
