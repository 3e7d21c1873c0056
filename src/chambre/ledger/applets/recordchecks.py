"""Records that no journal entry vouches for: promises, closed years, and what attributions name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext as _

from chambre.ledger.applets.agreements import digest_of_agreement, digest_of_terms
from chambre.ledger.applets.eventdata import digest
from chambre.ledger.applets.sealkinds import KINDS
from chambre.ledger.models import (
    Agreement,
    AgreementTerms,
    Claim,
    Commitment,
    FinancialYear,
    YearClosing,
)

Found = tuple[str, str, int, str]
"""Code, kind of record, id, message."""


def check_records() -> Iterator[Found]:
    """Everything that is wrong with them, table by table, the lowest id first."""
    yield from _digests("agreement", Agreement, digest_of_agreement)
    yield from _digests("terms", AgreementTerms, digest_of_terms)
    yield from _digests("commitment", Commitment, _digest_of_promise)
    yield from _digests("claim", Claim, _digest_of_promise)
    yield from _years()
    yield from _attributions()


def _digests(name: str, model: Any, digest_of: Callable[[Any], bytes]) -> Iterator[Found]:
    for row in model._default_manager.order_by("pk").iterator(chunk_size=2000):
        if digest_of(row) != bytes(row.digest):
            message = _("%(record)s: it is not what was recorded.")
            yield "record-digest", name, row.pk, message % {"record": KINDS[name].describe(row.pk)}


def _digest_of_promise(row: Commitment | Claim) -> bytes:
    """The digest of a commitment or claim: its columns but id, digest and moment."""
    content = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in {"id", "digest", "recorded_at", "chamber_id"}
    }
    return digest({**content, "chamber": row.chamber_id}, row._meta.label_lower)


def _years() -> Iterator[Found]:
    """A closed year is the one that was closed, and no other one says so."""
    said = YearClosing.objects.values("year_id")
    unsaid = FinancialYear.objects.filter(closed_at__isnull=False).exclude(pk__in=said)
    for year in unsaid.order_by("pk"):
        message = _("The financial year %(year)s says that it is closed; nobody closed it.")
        yield "year", "year", year.pk, message % {"year": year}
    same = Q(year__closed_at=F("closed_at"), year__start=F("start"), year__end=F("end"))
    for closing in YearClosing.objects.exclude(same).select_related("year").order_by("pk"):
        message = _("The financial year %(year)s is not the one that was closed.")
        yield "year", "year", closing.year_id, message % {"year": closing.year}


def _attributions() -> Iterator[Found]:
    """Attributed lines name a line of the entry that they are about, on the same account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, l.id FROM ledger_line l JOIN ledger_journalentry e ON e.id = l.entry_id"
            " LEFT JOIN ledger_line o ON o.id = l.source_line"
            " WHERE l.source_line IS NOT NULL AND (o.id IS NULL OR o.entry_id <> e.about_id"
            " OR o.account_id <> l.account_id OR o.unit <> l.unit OR o.side <> l.side)"
            " ORDER BY e.id, l.id LIMIT 20"
        )
        for entry, line in cursor.fetchall():
            message = _("Line %(line)d attributes a line that is not of the entry it is about.")
            yield "attribution", "entry", entry, message % {"line": line}
