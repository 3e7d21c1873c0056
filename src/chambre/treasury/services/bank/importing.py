"""Bringing a bank file in: read and proved first, then kept and booked whole or not at all.

The first pass reads the file without touching the database. What follows is one transaction: a
process that is killed leaves nothing, and the same import can be run again.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.busy import patiently
from chambre.core.db.lean import lean
from chambre.core.models import StoredFile
from chambre.lib import bankfiles
from chambre.registry import api as registry
from chambre.treasury.models import BankAccount, BankFile, BankStatement
from chambre.treasury.queries.bank import account_named
from chambre.treasury.services.bank.errors import BankRefused
from chambre.treasury.services.bank.keeping import Booker, keep_apart, keep_statement
from chambre.treasury.services.bank.matching import MatchCounts, match_rows
from chambre.treasury.services.bank.opening import (
    find_gaps,
    first_statement,
    known_before,
    settle_opening,
)
from chambre.treasury.services.bank.planning import PlannedStatement, choose, plan
from chambre.treasury.services.bank.twins import replace_pending

PURPOSE = "treasury.bank"
PATIENCE = 3600.0
"""Seconds that an import waits while others write."""
MANY = 10_000
"""Rows from which on the pages that SQLite holds are what an import takes most memory for."""
Progress = Callable[[int, int, str], None]
Content = Path | bytes
NOTHING = MatchCounts()


@files.readable_by(PURPOSE)
def may_read_statement(by: Actor, file: StoredFile) -> bool:
    """Whether the money that a file was brought in for is somebody's to answer for."""
    rows = BankFile.objects.filter(file=file.pk).select_related("account__book__structure")
    return any(by.may("treasury.read", row.account) for row in rows)


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did; amounts in cents.

    Attributes:
        format: Format of the file.
        rows: Rows of this account in it; ``new + already + pending``.
        new: Rows that were not there.
        already: Rows that were.
        pending: Rows that are not on the account (yet).
        opening: Balance before its first row.
        closing: Balance after its last one.
        notices: What a person should know, each with a ``code`` and facts.
        record: What was kept of the file; none when nothing of it was new.
        matching: What the matching then did.
    """

    format: str
    rows: int
    new: int
    already: int
    pending: int
    opening: int
    closing: int
    notices: list[dict[str, Any]]
    record: BankFile | None = None
    matching: MatchCounts = NOTHING

    def as_json(self) -> dict[str, Any]:
        """The outcome for machines, as ``chambre bank import --json`` prints it."""
        names = ("format", "rows", "new", "already", "pending", "opening", "closing")
        return {
            **{name: getattr(self, name) for name in names},
            "matched": self.matching.matched,
            "proposed": self.matching.proposed,
        }


def import_file(
    *,
    account: BankAccount,
    by: Actor,
    content: Content | None = None,
    stored: StoredFile | None = None,
    name: str = "",
    mapping: bankfiles.Mapping | None = None,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Bring a bank's file into an account: every row once, booked at once against suspense.

    Args:
        account: Whose rows are taken; statements of other accounts in the file are passed over.
        by: Who brings it in.
        content: A path or the bytes; or
        stored: the kept file; exactly one of the two.
        name: File name, for bytes.
        mapping: How to read it when it is a table; the account's own when absent.
        progress: Called with done, total (0: not known) and a message.

    Returns:
        What it brought. Bringing the same rows again changes nothing.

    Raises:
        Forbidden: ``by`` does not answer for the money.
        BankRefused: It cannot be read, does not add up, or is of another account; nothing is kept.
        MappingNeeded: It is a table, and nobody said which column is which.
        MonthClosed, ClosedYear: A new row lies where nothing is booked any more; nothing is kept.
    """
    authorize(by, "treasury.manage", account)
    source: Any = files.path_of(stored.digest) if stored is not None else content
    shown = name or (stored.name if stored else "") or getattr(source, "name", "")
    how = mapping or bankfiles.Mapping.from_json(account.mapping or {})
    try:
        file = bankfiles.read(
            source,
            name=shown or None,
            mapping=how,
            currency=account.currency,
            progress=None if progress is None else lambda done: progress(done, 0, ""),
        )
    except bankfiles.BankFileRefused as error:
        raise BankRefused.of(error) from error
    with file:
        places, notices = choose(account, file)
        with lean(sum(file.statements[place].rows for place in places) > MANY):
            outcome = patiently(
                _keep, account, file, places, notices, _Given(content, stored, shown), by, progress,
                seconds=PATIENCE,
            )  # fmt: skip
    return _matched(outcome, account, by)


def _matched(outcome: ImportOutcome, account: BankAccount, by: Actor) -> ImportOutcome:
    """Let the matching run over what came in."""
    if not outcome.new:
        return outcome
    counts = match_rows(account_named(account.slug, by), by)
    values = {name: getattr(outcome, name) for name in outcome.__slots__}
    return ImportOutcome(**{**values, "matching": counts})


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given: content that is still to be kept, or a kept file."""

    content: Content | None
    stored: StoredFile | None
    name: str

    def keep(self, by: Actor) -> StoredFile:
        """The kept file."""
        if self.stored is not None:
            return self.stored
        name = self.name or "releve"
        if isinstance(self.content, bytes):
            stream = io.BytesIO(self.content)
            return files.store(stream, name=name, purpose=PURPOSE, by=by, limit=len(self.content))
        path = Path(str(self.content))
        with path.open("rb") as opened:
            return files.store(opened, name=name, purpose=PURPOSE, by=by, limit=path.stat().st_size)


@transaction.atomic
def _keep(
    account: BankAccount,
    file: bankfiles.BankFile,
    places: Sequence[int],
    notices: list[dict[str, Any]],
    given: _Given,
    by: Actor,
    progress: Progress | None,
) -> ImportOutcome:
    """The one transaction: decide, write, book."""
    rows = BankAccount.objects.select_for_update(of=("self",))
    account = rows.select_related("book__structure").get(pk=account.pk)
    planned = plan(account, file, places)
    fresh = [each for each in planned if not each.known]
    figures: dict[str, Any] = _figures(account, file, planned)
    notices = [*notices, *_said(planned)]
    if not fresh:
        return ImportOutcome(format=file.format, notices=notices, record=None, **figures)
    stored = given.keep(by)
    record = BankFile(
        account=account, file=stored.pk, name=stored.name[:200], sha256=stored.digest,
        size=stored.size, format=file.format, notices=notices, by=by.label[:254], **figures,
    )  # fmt: skip
    record.save(force_insert=True)
    booker = Booker.of(account)
    done = 0
    kept = []
    for each in fresh:
        statement = _statement(record, each)
        kept.append((statement, each.inside))
        keep_statement(
            booker=booker, file=file, planned=each, statement=statement,
            progress=_told(progress, done, figures["new"]),
        )  # fmt: skip
        done += each.new
        keep_apart(file=file, place=each.place, statement=statement)
    settled = _settle(booker, kept)
    replaced = replace_pending(account)
    found = find_gaps(account, kept)
    audit(
        by, "treasury.bank_file.imported", record, account=account.slug, new=record.new,
        already=record.already, opening_booked=settled, pending_replaced=replaced,
    )  # fmt: skip
    return ImportOutcome(format=file.format, notices=[*notices, *found], record=record, **figures)


def _told(progress: Progress | None, before: int, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    return lambda done: progress(before + done, total, "")


def _settle(booker: Booker, kept: Sequence[tuple[BankStatement, int]]) -> int:
    """Book the balance before the first statement, when that one came now."""
    first = first_statement(booker.account)
    since = booker.account.since
    came = {statement.pk for statement, _inside in kept}
    early = since is not None and any(each.first_day < since for each, _inside in kept)
    return settle_opening(booker) if first is not None and (first.pk in came or early) else 0


def _statement(record: BankFile, planned: PlannedStatement) -> BankStatement:
    """Keep what a statement says of itself."""
    said = planned.statement
    first, last = _days(planned)
    opening, closing = said.opening, said.closing
    stated = said.kind == "statement" and opening is not None and closing is not None
    if not stated or opening is None or closing is None:
        opening = known_before(record.account, first)
        closing = opening + said.booked
    return BankStatement.objects.create(
        account=record.account,
        file=record,
        kind=said.kind,
        number=said.number[:64],
        first_day=first,
        last_day=last,
        opening=opening,
        closing=closing,
        stated=stated,
        proved=said.proved,
        booked=said.booked,
        rows=said.rows,
        pending=said.pending,
    )


def _days(planned: PlannedStatement) -> tuple[Any, Any]:
    """First and last day; today for an empty statement that says none."""
    said = planned.statement
    first = said.first_day or said.last_day or registry.today()
    return first, max(said.last_day or first, first)


def _figures(
    account: BankAccount, file: bankfiles.BankFile, planned: Sequence[PlannedStatement]
) -> dict[str, int]:
    """The figures of an import; balances that the file does not state follow from what is known."""
    pending = sum(each.statement.pending for each in planned)
    new, already = (sum(getattr(each, name) for each in planned) for name in ("new", "already"))
    first, last = planned[0].statement, planned[-1].statement
    opening = first.opening
    if opening is None or first.kind != "statement":
        opening = known_before(account, _days(planned[0])[0])
    closing = last.closing
    if closing is None or last.kind != "statement":
        closing = opening + sum(each.statement.booked for each in planned)
    return {
        "rows": new + already + pending,
        "new": new,
        "already": already,
        "pending": pending,
        "opening": opening,
        "closing": closing,
    }


def _said(planned: Sequence[PlannedStatement]) -> list[dict[str, Any]]:
    """What the reading noticed."""
    said: list[dict[str, Any]] = [
        {"code": code, **facts} for each in planned for code, facts in each.statement.notices
    ]
    said += [{"code": "flipped"} for each in planned if each.statement.flipped]
    return said[:200]
