"""A newer export of a year takes over from the former one: shown first, then done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry
from chambre.lib import fec
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.services import ledgerlines


class YearAlreadyImported(Conflict):
    """Another export of the same year is there; ``data`` shows what would change."""

    code = "lens.fec-year-already-imported"


@dataclass(slots=True)
class Difference:
    """What a new export of a year changes, in entries and cents.

    Attributes:
        added: Entries that only the new export has.
        removed: Entries that only the former one has.
        kept: Entries that both have, equal.
        samples: The first changes, as text for a person.
        by_account: Change of balance per account, in cents.
    """

    added: int = 0
    removed: int = 0
    kept: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)
    by_account: Counter[str] = field(default_factory=Counter)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "added": self.added,
            "removed": self.removed,
            "kept": self.kept,
            "samples": self.samples,
            "by_account": {code: change for code, change in self.by_account.items() if change},
        }


def compare(
    former: FecImport, prepared: fec.Prepared
) -> tuple[Difference, list[int], list[fec.Entry]]:
    """What the new export changes: the figures, entries to reverse, entries to post."""
    difference = Difference()
    standing: dict[bytes, list[int]] = {}
    for entry_id, fingerprint in ledgerlines.standing(former):
        standing.setdefault(fingerprint, []).append(entry_id)
    added: list[fec.Entry] = []
    for entry in prepared.entries():
        same = standing.get(ledgerlines.fingerprint_of_fec(entry))
        if same:
            same.pop(0)
            difference.kept += 1
            continue
        added.append(entry)
        difference.added += 1
        for line in map(fec.FecLine._make, entry.lines):
            difference.by_account[line.account] += line.amount
        if len(difference.samples) < 50:
            difference.samples.append(_sample("+", entry))
    removed = sorted(entry_id for ids in standing.values() for entry_id in ids)
    difference.removed = len(removed)
    for account, amount, sample in ledgerlines.describe(removed):
        difference.by_account[account] -= amount
        if sample and len(difference.samples) < 100:
            difference.samples.append(sample)
    return difference, removed, added


def _sample(sign: str, entry: fec.Entry) -> dict[str, Any]:
    """An added entry, for a person."""
    return {
        "sign": sign,
        "journal": entry.journal,
        "number": entry.number,
        "day": entry.day.isoformat(),
        "label": entry.label,
        "debit": sum(max(line[12], 0) for line in entry.lines),
    }


def show_difference(former: FecImport, prepared: fec.Prepared) -> NoReturn:
    """Refuse, and say what replacing would change."""
    difference, _removed, _added = compare(former, prepared)
    message = _(
        "An export of this year is there already (%(name)s). The new one adds %(added)d entries, "
        "removes %(removed)d and keeps %(kept)d. Ask for the replacement if that is what you want."
    ) % {
        "name": former.name,
        "added": difference.added,
        "removed": difference.removed,
        "kept": difference.kept,
    }
    lines = [
        f"{each['sign']} {each['journal']} {each['number']} {each['day']} {each['label']}"
        for each in difference.samples[:50]
    ]
    raise YearAlreadyImported(
        message,
        difference=difference.as_data(),
        former=former.pk,
        name=former.name,
        lines=lines or [former.name],
    )


def take_over(
    former: FecImport,
    record: FecImport,
    prepared: fec.Prepared,
    writer: ledgerlines.Writer,
    by: Actor,
) -> tuple[int, int, int]:
    """Reverse what the former export alone has, post what the new one alone has.

    Returns:
        How many entries were posted, were reversed, and stay.
    """
    difference, removed, added = compare(former, prepared)
    ledgerlines.give_back(removed, by)
    for entry_id in removed:
        ledger.reverse(
            JournalEntry.objects.get(pk=entry_id),
            key=f"fec:{record.pk}:reverse:{entry_id}",
            by=by,
            reason=_("Replaced by %(name)s") % {"name": record.name},
        )
    drafts = (
        writer.draft(entry, key=f"fec:{record.pk}:{number}")
        for number, entry in enumerate(added, 1)
    )
    report = ledger.post_many(drafts, book=writer.book, by=by)
    return report.entries, len(removed), difference.kept
