"""Between the lines of a FEC and the lines of the ledger, both ways."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import (
    Account,
    Auxiliary,
    Book,
    FinancialYear,
    Journal,
    JournalEntry,
    Line,
)
from chambre.lib import fec
from chambre.rooms.lens.models import FecImport

NO_JOURNAL = "-"
"""Journal of entries whose file names none (cash books may leave it blank)."""

_OPENING_WORDS = ("NOUVEAU", "RAN", "REPORT", "OUVERTURE", "OPENING")
_OPENING_CODES = frozenset({"AN", "ANO", "RAN", "ANC", "A.N", "AN1", "OUV", "RN", "NOUV"})


_LONGEST = {"number": 64, "label": 1000, "piece": 250, "letter": 32, "currency": 3}
"""Characters that the ledger keeps of a text; a longer one is kept beside it, whole."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Ids of the codes of a book, and the labels that it has for them."""

    accounts: dict[str, int]
    auxiliaries: dict[str, int]
    journals: dict[str, int]
    account_labels: dict[str, str]
    auxiliary_labels: dict[str, str]
    journal_labels: dict[str, str]

    @classmethod
    def of(cls, book: Book, prepared: fec.Prepared) -> Codes:
        """The ids of every code of a file, added to the book where they are new."""
        journals = {code or NO_JOURNAL: label for code, label in prepared.journals.items()}
        auxiliaries = {code: label for code, label in prepared.auxiliaries.items() if code}
        return cls(
            accounts=ledger.accounts(book, prepared.accounts),
            auxiliaries=ledger.auxiliaries(book, auxiliaries),
            journals=ledger.journals(book, journals),
            account_labels=_labels(Account, book),
            auxiliary_labels=_labels(Auxiliary, book) | {"": ""},
            journal_labels=_labels(Journal, book),
        )


def _labels(model: Any, book: Book) -> dict[str, str]:
    """The labels that a book has, by code."""
    return dict(model.objects.filter(book=book).order_by().values_list("code", "label"))


def too_long(prepared: fec.Prepared) -> list[tuple[str, str]]:
    """Columns and codes that are longer than a book can hold."""
    codes = (
        ("CompteNum", 32, prepared.accounts),
        ("CompAuxNum", 64, prepared.auxiliaries),
        ("JournalCode", 32, prepared.journals),
    )
    return [(name, code) for name, most, found in codes for code in found if len(code) > most]


def is_opening(entry: fec.Entry, start: dt.date, journal_label: str) -> bool:
    """Whether an entry brings the balances of the year before (à-nouveaux).

    It stands on the first day of the year, on balance sheet accounts only, in a journal or under
    a label that says so.
    """
    if entry.day != start or any(line[5][:1] not in "12345" for line in entry.lines):
        return False
    if entry.journal.upper() in _OPENING_CODES:
        return True
    words = f"{journal_label} {entry.label}".upper()
    return any(word in words.replace("À", "A").replace("-", " ") for word in _OPENING_WORDS)


@dataclass(frozen=True, slots=True)
class Writer:
    """Turns the entries of a file into drafts of journal entries.

    What a line says and the ledger has no place for (a label of its own for an account, the number
    or the journal that it had before entries were put together, a text that is too long) goes into
    its ``extra`` under the name of its column, so that the export gives it back.
    """

    book: Book
    year: FinancialYear
    codes: Codes
    labels: dict[str, str]
    source: str
    by_piece: bool = False

    def draft(self, entry: fec.Entry, key: str) -> ledger.EntryDraft:
        """One journal entry to be posted, not attributed."""
        opening = is_opening(entry, self.year.start, self.labels.get(entry.journal, ""))
        valid = entry.lines[0][16]
        return ledger.EntryDraft(
            book=self.book.pk,
            journal=self.codes.journals[entry.journal or NO_JOURNAL],
            day=entry.day,
            lines=self._lines(entry),
            key=key,
            kind="opening" if opening else "entry",
            number=entry.number[: _LONGEST["number"]],
            label=entry.label[: _LONGEST["label"]],
            validated_on=valid,
            source=self.source,
        )

    def _lines(self, entry: fec.Entry) -> list[tuple[Any, ...]]:
        """The lines of an entry, as the ledger takes them.

        Most lines say nothing beside what the ledger keeps, so that is looked at first: a large
        file passes here line by line.
        """
        codes, by_piece, entry_number = self.codes, self.by_piece, entry.number
        accounts, auxiliaries = codes.accounts, codes.auxiliaries
        account_labels, auxiliary_labels = codes.account_labels, codes.auxiliary_labels
        entry_journal = entry.journal
        journal_labels = ("", codes.journal_labels[entry_journal or NO_JOURNAL])
        lines: list[tuple[Any, ...]] = []
        for line in entry.lines:
            (_number, journal, journal_label, number, day, account, account_label, auxiliary,
             auxiliary_label, piece, piece_day, label, amount, side, letter, letter_day, _valid,
             currency_amount, currency, extras) = line  # fmt: skip
            if not (
                journal == entry_journal
                and journal_label in journal_labels
                and (number == entry_number or by_piece or not number)
                and (account_label == account_labels[account] or not account_label)
                and (auxiliary_label == auxiliary_labels[auxiliary] or not auxiliary_label)
                and len(piece) <= 250 and len(label) <= 1000 and len(letter) <= 32
                and len(currency) <= 3 and len(number) <= 64
            ):  # fmt: skip
                extras = {**(extras or {}), **self._beside(line, entry)}
                label, piece = label[: _LONGEST["label"]], piece[: _LONGEST["piece"]]
                letter = letter[: _LONGEST["letter"]]
                currency = "" if len(currency) > _LONGEST["currency"] else currency
            lines.append((
                accounts[account], None, "EUR", amount, side, day, label,
                auxiliaries[auxiliary] if auxiliary else None, piece, piece_day, letter,
                letter_day, currency, "" if currency_amount is None else str(currency_amount),
                None, extras or None,
            ))  # fmt: skip
        return lines

    def _beside(self, line: fec.LineTuple, entry: fec.Entry) -> dict[str, str]:
        """What a line says that the ledger keeps otherwise, by column of the law."""
        (_number, journal, journal_label, number, _day, account, account_label, auxiliary,
         auxiliary_label, piece, _pd, label, _amount, _side, letter, _ld, _valid, _ca, currency,
         _extras) = line  # fmt: skip
        codes = self.codes
        kept: dict[str, str] = {}
        if account_label and account_label != codes.account_labels[account]:
            kept["CompteLib"] = account_label
        if auxiliary_label and auxiliary_label != codes.auxiliary_labels[auxiliary]:
            kept["CompAuxLib"] = auxiliary_label
        if journal != entry.journal:
            kept["JournalCode"] = journal or NO_JOURNAL
        if journal_label and (
            journal_label != codes.journal_labels[journal or NO_JOURNAL] or "JournalCode" in kept
        ):
            kept["JournalLib"] = journal_label
        if number and number != entry.number[:64] and not self.by_piece:
            kept["EcritureNum"] = number
        if len(piece) > 250 or len(label) > 1000 or len(letter) > 32 or len(currency) > 3:
            texts = {"piece": piece, "label": label, "letter": letter, "currency": currency}
            kept |= {
                _COLUMN[name]: text for name, text in texts.items() if len(text) > _LONGEST[name]
            }
        return kept


_COLUMN = {
    "piece": "PieceRef",
    "label": "EcritureLib",
    "letter": "EcritureLet",
    "currency": "Idevise",
}


def _fingerprint(parts: Sequence[Sequence[Any]]) -> bytes:
    """A digest of what makes two entries the same for a person."""
    text = "\n".join("\t".join(str(value) for value in part) for part in parts)
    return hashlib.sha256(text.encode()).digest()


def fingerprint_of_fec(entry: fec.Entry) -> bytes:
    """The fingerprint of an entry of a file; lettering and validation do not count."""
    lines = [fec.FecLine._make(line) for line in entry.lines]
    return _fingerprint(
        [
            (
                entry.journal or NO_JOURNAL,
                entry.number[:64],
                line.day,
                line.account,
                line.auxiliary,
                line.piece[: _LONGEST["piece"]],
                line.label[: _LONGEST["label"]],
                line.amount,
                line.side,
            )
            for line in lines
        ]
    )


def _source_entries(former: FecImport) -> list[str]:
    """The sources under which the entries of an import and of those it took over stand."""
    sources = []
    each: FecImport | None = former
    while each is not None:
        sources.append(f"fec:{each.pk}")
        each = each.replaces
    return sources


def standing(former: FecImport) -> Iterator[tuple[int, bytes]]:
    """The entries in force of an import: id and fingerprint, in the order of the ledger."""
    rows = (
        Line.objects.filter(
            entry__source__in=_source_entries(former),
            entry__kind__in=("entry", "opening"),
            entry__reversed_by__isnull=True,
            book=former.book_id,
        )
        .order_by("entry_id", "number")
        .values_list(
            "entry_id",
            "entry__journal__code",
            "entry__number",
            "day",
            "account__code",
            "auxiliary__code",
            "piece",
            "label",
            "amount",
            "side",
        )
    )
    entry_id = 0
    parts: list[list[Any]] = []
    for current, *values in rows.iterator(chunk_size=5000):
        if current != entry_id and parts:
            yield entry_id, _fingerprint(parts)
            parts = []
        entry_id = current
        values[4] = values[4] or ""
        parts.append(values)
    if parts:
        yield entry_id, _fingerprint(parts)


def describe(entries: Sequence[int]) -> Iterator[tuple[str, int, dict[str, Any] | None]]:
    """What is taken away with some entries: account, amount, and now and then a sample."""
    for at in range(0, len(entries), 500):
        block = entries[at : at + 500]
        for account, amount in (
            Line.objects.filter(entry__in=block)
            .order_by()
            .values_list("account__code")
            .annotate(amount=Sum("amount"))
        ):
            yield account, amount, None
        if at == 0:
            for entry in JournalEntry.objects.filter(pk__in=block[:50]).select_related("journal"):
                yield "", 0, _removed(entry)


def _removed(entry: JournalEntry) -> dict[str, Any]:
    """A removed entry, for a person."""
    debit = entry.lines.filter(amount__gt=0).aggregate(debit=Sum("amount"))["debit"]
    return {
        "sign": "-",
        "journal": entry.journal.code,
        "number": entry.number,
        "day": entry.day.isoformat(),
        "label": entry.label,
        "debit": debit or 0,
    }


def give_back(entries: Sequence[int], by: Actor) -> None:
    """Take attributions off the lines of entries that are going to be reversed."""
    books = sorted(
        set(JournalEntry.objects.filter(pk__in=entries).values_list("book_id", flat=True))
    )

    def changes() -> Iterator[tuple[int, list[tuple[int, dict[int | None, int]]]]]:
        for block in ledger.scan_lines(books=books, entries=entries):
            held = ledger.held_splits(block[0].id, block[-1].id)
            by_entry: dict[int, list[tuple[int, dict[int | None, int]]]] = {}
            for line in block:
                if line.id in held:
                    by_entry.setdefault(line.entry_id, []).append((line.id, {None: line.amount}))
            yield from by_entry.items()

    ledger.attribute(changes(), by=by)
