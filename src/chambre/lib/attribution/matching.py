"""Finding, for each line, the first rule that takes it; fast enough for millions of lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chambre.lib.attribution.patterns import check_expression, shell_matcher
from chambre.lib.attribution.rules import Rule

Test = Callable[[str], bool]
_CACHE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule whose conditions on structure, account, auxiliary and journal hold already."""

    index: int
    label: Test | None
    piece: Test | None
    since: dt.date | None
    until: dt.date | None


class Matcher:
    """Matches lines against an ordered list of rules.

    The conditions on structure, account, auxiliary and journal are decided once per distinct
    combination, those on label and piece once per distinct text; so a line costs a few
    dictionary look-ups.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = list(rules)
        self._fixed = [
            (
                frozenset(rule.structure),
                shell_matcher(rule.account) if rule.account else None,
                shell_matcher(rule.auxiliary) if rule.auxiliary else None,
                shell_matcher(rule.journal) if rule.journal else None,
            )
            for rule in self.rules
        ]
        self._texts = [
            (
                check_expression(rule.label) if rule.label else None,
                shell_matcher(rule.piece) if rule.piece else None,
            )
            for rule in self.rules
        ]
        self._candidates: dict[tuple[str, str, str, str], tuple[Candidate, ...]] = {}
        self._text_cache: dict[tuple[int, str, str], bool] = {}

    def candidates(
        self, structure: str, account: str, auxiliary: str, journal: str
    ) -> tuple[Candidate, ...]:
        """The rules that may take a line with these, in order. Cached."""
        key = (structure, account, auxiliary, journal)
        known = self._candidates.get(key)
        if known is None:
            known = tuple(self._narrow(key))
            if len(self._candidates) >= _CACHE_LIMIT:
                self._candidates.clear()
            self._candidates[key] = known
        return known

    def _narrow(self, key: tuple[str, str, str, str]) -> list[Candidate]:
        structure, account, auxiliary, journal = key
        found = []
        for index, (structures, accounts, auxiliaries, journals) in enumerate(self._fixed):
            if structures and structure not in structures:
                continue
            if accounts and not accounts(account):
                continue
            if auxiliaries and not (auxiliary and auxiliaries(auxiliary)):
                continue
            if journals and not journals(journal):
                continue
            rule = self.rules[index]
            label, piece = self._texts[index]
            found.append(Candidate(index, label, piece, rule.since, rule.until))
            if label is None and piece is None and rule.since is None and rule.until is None:
                break  # nothing below can ever be reached
        return found

    def first(
        self, candidates: Sequence[Candidate], label: str, piece: str, day: dt.date
    ) -> int | None:
        """The index of the first rule that takes the line, or none."""
        for candidate in candidates:
            if candidate.since is not None and day < candidate.since:
                continue
            if candidate.until is not None and day > candidate.until:
                continue
            if candidate.label is None and candidate.piece is None:
                return candidate.index
            if self._texts_hold(candidate, label, piece):
                return candidate.index
        return None

    def _texts_hold(self, candidate: Candidate, label: str, piece: str) -> bool:
        key = (candidate.index, label, piece if candidate.piece else "")
        known = self._text_cache.get(key)
        if known is None:
            known = (candidate.label is None or candidate.label(label)) and (
                candidate.piece is None or candidate.piece(piece)
            )
            if len(self._text_cache) >= _CACHE_LIMIT:
                self._text_cache.clear()
            self._text_cache[key] = known
        return known
