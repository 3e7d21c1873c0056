"""What is going to be posted: lines and entries as plain tuples, their checks and digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.ledger.applets.errors import Unbalanced
from chambre.lib import canonical

PHASES = {"entry": 0, "opening": 1, "closing": 2}
"""Phase of the lines by kind of entry; attributions and reversals take that of their target."""

LARGEST = 2**63 - 1
"""Largest amount that a line can hold, in the smallest part of its unit."""
LIMITS = (1000, 250, 32, 3, 40, 16)
"""Characters of a line's label, piece, lettering, currency, amount in it, and unit."""


class LineDraft(NamedTuple):
    """A line to be posted, in this order; a plain tuple of the same sixteen values will do.

    Attributes:
        account: Id of an account of the entry's book.
        resource: Id of the resource that it concerns; ``None``: the structure itself.
        unit: Unit of account: ``EUR`` (cents), ``HUR`` (minutes), a chamber's own unit.
        amount: Debit − credit in the smallest part of the unit; zero is allowed.
        side: ``D`` or ``C``: the column it stands in. A negative amount on side ``D`` is a
            negative debit.
        day: Effective day.
        label: At most 1,000 characters, like all texts without NUL.
        auxiliary: Id of an auxiliary account of the book.
        piece: Reference of the supporting document, at most 250 characters.
        piece_day: Its date.
        lettering: Lettering code, at most 32 characters.
        lettered_on: Date of the lettering.
        currency: ISO 4217 code of the amount in another currency.
        currency_amount: That amount as the source wrote it, at most 40 characters.
        source_line: Id of the line that this one attributes; only in attribution entries.
        extra: Further columns, JSON-able and without floats.
    """

    account: int
    resource: int | None
    unit: str
    amount: int
    side: str
    day: dt.date
    label: str = ""
    auxiliary: int | None = None
    piece: str = ""
    piece_day: dt.date | None = None
    lettering: str = ""
    lettered_on: dt.date | None = None
    currency: str = ""
    currency_amount: str = ""
    source_line: int | None = None
    extra: dict[str, Any] | None = None


class EntryDraft(NamedTuple):
    """A journal entry to be posted.

    Attributes:
        book: Id of the book.
        journal: Id of a journal of the book.
        day: Effective day of the entry; its lines may have others.
        lines: At least one; they balance in every (resource, unit) cell.
        key: Idempotency key, 1 to 120 characters, unique in the chamber for ever.
        kind: A :class:`~chambre.ledger.models.JournalEntry.Kind` value.
        number: Number of the entry in its journal or file.
        label: At most 1,000 characters.
        validated_on: Day on which it was validated (*ValidDate*).
        about: Id of the entry that an attribution is about.
        reverses: Id of the entry that a reversal reverses.
        source: Where it comes from, at most 64 characters: ``fec:12``.
        event: Id of the event that made it. Not part of the content that a key stands for.
    """

    book: int
    journal: int
    day: dt.date
    lines: Sequence[LineDraft | tuple[Any, ...]]
    key: str
    kind: str = "entry"
    number: str = ""
    label: str = ""
    validated_on: dt.date | None = None
    about: int | None = None
    reverses: int | None = None
    source: str = ""
    event: int | None = None


_iso_cache: dict[dt.date, str] = {}


def iso(day: dt.date | None) -> str | None:
    """A day as text, remembered: books have many lines and few days."""
    if day is None:
        return None
    text = _iso_cache.get(day)
    if text is None:
        if type(day) is not dt.date:
            raise Invalid(_("A day is missing or is not a date."), fields={"day": [repr(day)]})
        if len(_iso_cache) > 20_000:
            _iso_cache.clear()
        text = _iso_cache[day] = day.isoformat()
    return text


def _bad_line(number: int, message: str, value: Any) -> Invalid:
    return Invalid(message, fields={f"lines.{number}": [repr(value)[:200]]})


def check_lines(entry: EntryDraft) -> list[tuple[Any, ...]]:
    """Check the lines of a draft and give them as plain values.

    Returns:
        One tuple per line in the order of :class:`LineDraft`, days as ISO texts: exactly what the
        digest covers.

    Raises:
        Invalid: A value of the wrong type, too long or out of range.
        Unbalanced: A cell does not sum to zero.
    """
    cells: dict[tuple[int | None, str], int] = {}
    plain: list[tuple[Any, ...]] = []
    for line in entry.lines:
        (account, resource, unit, amount, side, day, label, auxiliary, piece, piece_day,
         lettering, lettered_on, currency, currency_amount, source_line, extra) = line  # fmt: skip
        if type(amount) is not int or not -LARGEST <= amount <= LARGEST:
            raise _bad_line(
                len(plain) + 1, _("An amount is a whole number of minor units."), amount
            )
        if side not in ("D", "C"):
            raise _bad_line(len(plain) + 1, _("A side is D or C."), side)
        if type(account) is not int or day is None or (resource and type(resource) is not int):
            raise _bad_line(len(plain) + 1, _("A line has an account and a day."), line)
        texts = (label, piece, lettering, currency, currency_amount, unit)
        if len(label) > 80 or len(piece) > 32 or len(lettering) > 3 or currency or unit != "EUR":
            _check_lengths(texts, len(plain) + 1)
        if "\0" in label or "\0" in piece:
            raise _bad_line(
                len(plain) + 1, _("A text holds a character that cannot be kept."), texts
            )
        cell = (resource, unit)
        cells[cell] = cells.get(cell, 0) + amount
        plain.append(
            (
                account,
                resource,
                unit,
                amount,
                side,
                iso(day),
                label,
                auxiliary,
                piece,
                iso(piece_day),
                lettering,
                iso(lettered_on),
                currency,
                currency_amount,
                source_line,
                extra,
            )
        )
    if not plain:
        raise Invalid(_("A journal entry has at least one line."), fields={"lines": []})
    if any(cells.values()):
        raise Unbalanced(
            key=entry.key,
            cells=[
                {"resource": resource, "unit": unit, "amount": amount}
                for (resource, unit), amount in cells.items()
                if amount
            ],
        )
    return plain


def _check_lengths(texts: Sequence[str], number: int) -> None:
    """Refuse texts that one of the databases would not keep as they are."""
    for text, limit in zip(texts, LIMITS, strict=True):
        if len(text) > limit or "\0" in text:
            raise _bad_line(number, _("A text is longer than what can be kept."), text)
    if not texts[5]:
        raise _bad_line(number, _("A line has a unit."), texts[5])


def check_head(entry: EntryDraft) -> None:
    """Check what stands above the lines.

    Raises:
        Invalid: A text too long or with a NUL, no key, a kind and a target that do not fit.
    """
    texts = {"key": 120, "number": 64, "label": 1000, "source": 64}
    for name, limit in texts.items():
        text = getattr(entry, name)
        if type(text) is not str or len(text) > limit or "\0" in text:
            raise Invalid(_("A text is longer than what can be kept."), fields={name: [repr(text)]})
    if entry.day is None:
        raise Invalid(_("A day is missing or is not a date."), fields={"day": []})
    if not entry.key:
        raise Invalid(_("A journal entry has an idempotency key."), fields={"key": []})
    fits = (entry.kind == "attribution") == (entry.about is not None) and (
        entry.kind == "reversal"
    ) == (entry.reverses is not None)
    if not fits or (entry.kind not in PHASES and entry.about is None and entry.reverses is None):
        raise Invalid(_("The kind of entry and what it refers to do not fit."), fields={"kind": []})


def digest_of(
    entry: EntryDraft, lines: Sequence[Sequence[Any]], *, chamber: int, phase: int
) -> bytes:
    """The digest of an entry's content, the same before it is posted and when it is verified.

    Args:
        entry: The entry; its ``lines`` are not looked at.
        lines: Its lines as :func:`check_lines` gives them.
        chamber: Id of the chamber of the book.
        phase: 0 movement, 1 opening, 2 closing.

    Returns:
        32 bytes; see :func:`chambre.lib.canonical.digest`, about ``ledger.entry``.

    Raises:
        Invalid: A value has no canonical form (a float, text that is not Unicode).
    """
    content = content_of(entry, lines, chamber=chamber, phase=phase)
    try:
        # Types were checked line by line but for the further columns, which are rare.
        known = not any(line[15] for line in lines)
        return canonical.digest(content, about="ledger.entry", checked=known)
    except canonical.NotCanonical as error:
        raise Invalid(str(error), fields={"key": [entry.key]}) from error


def content_of(
    entry: EntryDraft, lines: Sequence[Sequence[Any]], *, chamber: int, phase: int
) -> dict[str, Any]:
    """What the digest of an entry covers; see :func:`digest_of`."""
    return {
        "about": entry.about,
        "book": entry.book,
        "chamber": chamber,
        "day": iso(entry.day),
        "journal": entry.journal,
        "key": entry.key,
        "kind": str(entry.kind),
        "label": entry.label,
        "lines": lines,
        "number": entry.number,
        "phase": phase,
        "reverses": entry.reverses,
        "source": entry.source,
        "validated_on": iso(entry.validated_on),
    }
