"""The FEC, *fichier des écritures comptables*: read, checked, grouped, written, compared.

Everything is streamed: memory stays bounded whatever the size. A **source** is a path, several
paths (the parts ``_1``, ``_2``… of one file, joined in the order of their numbers), ``bytes`` or a
binary stream; plain, gzip or zip. Amounts are integers in cents. Words for people come in French
and English through ``message(lang)`` and ``todo(lang)``.

Types
    :class:`FecLine` (and :data:`LineTuple`, a plain tuple in its order), :class:`Entry`,
    :class:`Regrouping`, :class:`Width`, :class:`Books`, :data:`COLUMNS`
Names of files
    :func:`parse_name`, :class:`FileName`, :func:`file_name`, :func:`siren_is_valid`,
    :func:`group_parts` (which names are parts of one file)
What was found
    :class:`Finding`, :class:`Findings`, :class:`Rule`, :class:`Severity`, :data:`RULES`
Refusals (each a ``chambre.lib.refusal.Refusal`` with ``code``, ``message(lang)``)
    :class:`FecRefusal` ← :class:`SourceRefused`, :class:`FecRefused` (``.findings``, ``.counts``),
    :class:`FecUnbalanced` (``.debit``, ``.credit``, ``.findings``)
Limits against archive bombs
    :class:`Limits`, :data:`DEFAULT_LIMITS`
Read
    ``read(source, *, name=None, books=None, limits=…, progress=None) -> Reader``, with
    ``.blocks()``, ``.typed_lines()`` (line tuples), ``.findings``, ``.name``, ``.lines``
Check
    ``check(source, *, name=None, siren=None, year_start=None, year_end=None,
    previous_closing=None, known_accounts=None, books=None, limits=…, progress=None) -> Report``,
    with ``.verdict`` (``"accepted"``, ``"rejected"``), ``.errors``, ``.warnings``, ``.counts``,
    ``.importable``, ``.as_json(lang="fr")``
Import
    ``prepare(source, *, name=None, siren=None, year_start=None, year_end=None, books=None,
    limits=…, progress=None) -> Prepared`` (first pass, or a refusal), with ``.digest``,
    ``.lines``, ``.postings``, ``.entry_count``, ``.debit``, ``.credit``, ``.first_day``,
    ``.last_day``, ``.year_start``, ``.year_end``, ``.siren``, ``.accounts``, ``.auxiliaries``,
    ``.journals``, ``.findings``, ``.counts``, ``.further_columns``,
    ``.by_piece``, ``.regroupings``, ``.close()``, and
    ``.entries() -> Iterator[Entry]`` (second pass); ``entries(source, …)`` does both
Write
    ``write(lines, out, *, encoding="utf-8", separator=TAB, renumber=False, …) -> Written``
Compare
    ``difference(before, after, *, ignoring=()) -> Iterator[Change]``, both iterables of
    :class:`Entry`; :class:`ChangeKind`

``progress`` is called now and then with (bytes read, bytes in all).
"""

from .catalogue import RULES
from .check import check
from .diff import Change, ChangeKind, difference
from .errors import FecRefusal, FecRefused, FecUnbalanced, SourceRefused
from .findings import Cents, Finding, Findings
from .names import FileName, file_name, parse_name, siren_is_valid
from .prepare import Prepared, entries, prepare
from .reader import Reader, read
from .report import Report
from .rules import Rule, Severity
from .source import DEFAULT_LIMITS, Limits, Source, group_parts
from .types import (
    COLUMNS,
    TREASURY_COLUMNS,
    Books,
    Entry,
    FecLine,
    LineTuple,
    Regrouping,
    Width,
)
from .writer import Written, write

__all__ = [
    "COLUMNS",
    "DEFAULT_LIMITS",
    "RULES",
    "TREASURY_COLUMNS",
    "Books",
    "Cents",
    "Change",
    "ChangeKind",
    "Entry",
    "FecLine",
    "FecRefusal",
    "FecRefused",
    "FecUnbalanced",
    "FileName",
    "Finding",
    "Findings",
    "Limits",
    "LineTuple",
    "Prepared",
    "Reader",
    "Regrouping",
    "Report",
    "Rule",
    "Severity",
    "Source",
    "SourceRefused",
    "Width",
    "Written",
    "check",
    "difference",
    "entries",
    "file_name",
    "group_parts",
    "parse_name",
    "prepare",
    "read",
    "siren_is_valid",
    "write",
]
