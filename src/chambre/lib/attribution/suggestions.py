"""Proposals for lines that nobody attributed, from lines that were attributed before.

A group of unattributed lines (same structure, account, third party and words) is compared with
groups that rules or people attributed. What resembles it votes for its shares: by the words of
the label, rare words weighing more; by the third party, within one structure; by the account.
Every proposal says how sure it is and which lines it stands on.

Only groups that share a word or a third party are ever compared (an index finds them), so the
time grows with the number of groups, not with their square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from chambre.lib.attribution.labels import normal_words

Shares = tuple[tuple[str, int], ...]
"""Weights by slug, in the order of the slugs: comparable and hashable."""

LEAST = 50
"""Percent below which nothing is proposed."""
LIKELY = 65
SURE = 85
COMPARED = 200
"""Known groups looked at for one unattributed group, at most."""
REASONS = 3
STEM = 6
"""First letters by which two words count as the same: verger and vergers, location and locations."""

MISSPELT = 5
"""Letters from which on a word that is not known may be a misspelling of a known one."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """Lines that were attributed alike.

    Attributes:
        structure: Slug.
        account: Account number.
        third: Code of the third party's account, or empty.
        label: A label as it stands in the books.
        shares: What they were given.
        lines: How many.
        sample: One of them, for showing; the caller's own key.
    """

    structure: str
    account: str
    third: str
    label: str
    shares: Shares
    lines: int = 1
    sample: int = 0


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Lines that nobody attributed and that look alike.

    Attributes:
        key: The caller's own key.
        structure: Slug.
        account: Account number.
        third: Code of the third party's account, or empty.
        label: A label as it stands in the books.
        size: Sum of absolute amounts in minor units: larger ones come first.
    """

    key: str
    structure: str
    account: str
    third: str
    label: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: lines that the group resembles.

    Attributes:
        known: Those lines.
        percent: How much it resembles them, 0 to 100.
        words: Percent of the label's weight in common; a third of it when those lines have a third
            party and it is another one.
        same_third: The third party is the same.
        same_account: The account is the same.
    """

    known: KnownGroup
    percent: int
    words: int
    same_third: bool
    same_account: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Shares proposed for a group.

    Attributes:
        group: The group.
        shares: Proposed weights by slug.
        percent: How sure, 0 to 100: the best likeness times the part of the votes.
        reasons: The lines it stands on, most alike first.
    """

    group: OpenGroup
    shares: Shares
    percent: int
    reasons: tuple[Reason, ...]

    @property
    def sureness(self) -> str:
        """``sure`` (from 85), ``likely`` (from 65) or ``possible``."""
        return (
            "sure" if self.percent >= SURE else "likely" if self.percent >= LIKELY else "possible"
        )


class Suggester:
    """Proposes shares from known groups; built once, asked many times."""

    def __init__(self, known: Iterable[KnownGroup]) -> None:
        self._known = list(known)
        self._stems = [_stems(group.label) for group in self._known]
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._by_third: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._meant: dict[str, str] = {}
        for number, group in enumerate(self._known):
            for stem in self._stems[number]:
                self._by_stem[stem].append(number)
            if group.third:
                self._by_third[group.structure, group.third].append(number)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for stem in self._by_stem:
            self._by_letter[stem[0]].append(stem)

    def weight(self, stem: str) -> int:
        """How much a word says: 1 when everybody has it, more when it is rare."""
        return max(1, (len(self._known) // (len(self._by_stem.get(stem, ())) or 1)).bit_length())

    def suggest(self, group: OpenGroup, refused: Collection[Shares] = ()) -> Suggestion | None:
        """The best proposal for a group, or none that is sure enough.

        Args:
            group: The unattributed lines.
            refused: Shares that a person has refused for it before: they get no vote.
        """
        stems = frozenset(self._heard(stem) for stem in _stems(group.label))
        reasons = sorted(
            (
                reason
                for number in self._alike(group, stems)
                if self._known[number].shares not in refused
                and (reason := self._compare(group, stems, number)).percent >= LEAST
            ),
            key=lambda reason: (-reason.percent, -reason.known.lines, reason.known.sample),
        )
        if not reasons:
            return None
        return _elect(group, reasons)

    def _heard(self, stem: str) -> str:
        """A word that nobody attributed yet, as the known one that it is a misspelling of."""
        if stem in self._by_stem or len(stem) < MISSPELT:
            return stem
        if stem not in self._meant:
            alike = get_close_matches(stem, self._by_letter[stem[0]], n=1, cutoff=0.8)
            self._meant[stem] = alike[0] if alike else stem
        return self._meant[stem]

    def _alike(self, group: OpenGroup, stems: frozenset[str]) -> Sequence[int]:
        """The known groups worth comparing: those of its third party, then those of its words."""
        found: dict[int, None] = dict.fromkeys(
            self._by_third.get((group.structure, group.third), ())[:COMPARED] if group.third else ()
        )
        for stem in sorted(stems, key=lambda each: (len(self._by_stem.get(each, ())), each)):
            if len(found) >= COMPARED:
                break
            found.update(dict.fromkeys(self._by_stem.get(stem, ())[:COMPARED]))
        return list(found)[: 2 * COMPARED]

    def _compare(self, group: OpenGroup, stems: frozenset[str], number: int) -> Reason:
        """How much a group resembles a known one."""
        known = self._known[number]
        theirs = self._stems[number]
        shared = sum(self.weight(stem) for stem in stems & theirs)
        whole = sum(self.weight(stem) for stem in stems | theirs)
        words = 100 * shared // whole if whole else 0
        same_third = bool(group.third) and (group.structure, group.third) == (
            known.structure,
            known.third,
        )
        same_account = group.account == known.account
        if known.third and not same_third:
            words //= 3  # it may have been the third party that decided there, not the words
        near = same_account or group.account[:2] == known.account[:2]
        percent = (70 * words) // 100 + 10 * near + 5 * same_account
        percent += 5 * (group.structure == known.structure) + 10 * (
            not group.third and not known.third
        )
        if same_third:
            percent += 25 if words else 45
        return Reason(known, min(percent, 99), words, same_third, same_account)


def suggest(
    groups: Iterable[OpenGroup],
    known: Iterable[KnownGroup],
    *,
    refused: Collection[tuple[str, Shares]] = (),
    most: int = 200,
) -> list[Suggestion]:
    """Proposals for groups of unattributed lines, largest amounts first.

    Args:
        groups: What is not attributed.
        known: What was attributed before, of the structures that the reader may see.
        refused: Pairs of a group's key and shares that were refused: they are not proposed again.
        most: How many proposals at most.
    """
    suggester = Suggester(known)
    no: dict[str, set[Shares]] = defaultdict(set)
    for key, shares in refused:
        no[key].add(shares)
    found = []
    for group in sorted(groups, key=lambda each: (-each.size, each.key)):
        proposal = suggester.suggest(group, no.get(group.key, ()))
        if proposal is not None:
            found.append(proposal)
            if len(found) >= most:
                break
    return found


def _stems(label: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in normal_words(label))


def _elect(group: OpenGroup, reasons: Sequence[Reason]) -> Suggestion | None:
    """The shares with most votes among what is most alike."""
    best = reasons[0].percent
    voters = [reason for reason in reasons if reason.percent >= best - 15]
    votes: dict[Shares, int] = defaultdict(int)
    for reason in voters:
        votes[reason.known.shares] += reason.percent
    shares = max(sorted(votes), key=lambda each: votes[each])
    own = [reason for reason in voters if reason.known.shares == shares]
    percent = own[0].percent * votes[shares] // sum(votes.values())
    if percent < LEAST:
        return None
    return Suggestion(group, shares, percent, tuple(own[:REASONS]))
