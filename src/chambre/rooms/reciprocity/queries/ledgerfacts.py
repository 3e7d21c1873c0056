"""What happened, as a contract counts it: movements of the books, uses, contributions, past shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from chambre.ledger.models import Line
from chambre.lib.reciprocity.model import SCALE
from chambre.lib.reciprocity.outcome import Fact
from chambre.rooms.reciprocity.models import (
    Contract,
    Distribution,
    DistributionFact,
    DistributionLine,
    FactSource,
)
from chambre.rooms.reciprocity.queries.recognised import recognised

OWN = "reciprocity.distribution"
"""Source of the entries of distributions, which are no facts of later ones."""

USUAL = (
    ("sale", "70"),
    ("royalty", "751"),
    ("royalty", "76"),
    ("cost", "60"),
    ("cost", "61"),
    ("cost", "62"),
    ("cost", "63"),
    ("cost", "64"),
    ("cost", "65"),
    ("cost", "66"),
)
"""Kinds of facts by the beginnings of accounts (PCG and chart of associations alike): sales, royalties
and financial income; purchases, outside services, taxes, staff, other and financial costs. Grants,
gifts and membership fees (74, 754, 756) are not shared unless a contract says so."""

STANDING = (Distribution.State.PROPOSED, Distribution.State.DECIDED, Distribution.State.BOOKED)
BLOCK = 2_000


def sources_of(contract: Contract) -> tuple[tuple[str, str], ...]:
    """``(kind, beginning of the account)`` of a contract: its own, or the usual ones."""
    own = tuple(FactSource.objects.filter(contract=contract).values_list("kind", "prefix"))
    return own or USUAL


def earlier(contract: Contract, before: dt.date) -> QuerySet[Distribution]:
    """Distributions of a contract that end before a day, the oldest first, but those withdrawn."""
    return Distribution.objects.filter(
        contract=contract, state__in=STANDING, until__lt=before
    ).order_by("since", "id")


def money_facts(contract: Contract, since: dt.date, until: dt.date) -> Iterator[tuple[Fact, bool]]:
    """Movements of the holder's book that concern the contract's resource, with whether they are late.

    A movement of before ``since`` is late when an earlier distribution should have read it and did
    not: a correction, a late invoice, another attribution. It counts on the first day of this one.
    """
    first = earlier(contract, since).values_list("since", flat=True).first()
    floor = since if first is None else first
    kinds = sources_of(contract)
    rows = _lines(contract, kinds).filter(day__range=(floor, until))
    late: list[Line] = []
    for line in rows.iterator(chunk_size=BLOCK):
        if line.day >= since:
            yield _fact(line, kinds, contract, line.day), False
            continue
        late.append(line)
        if len(late) == BLOCK:
            yield from _late(late, kinds, contract, since)
            late = []
    yield from _late(late, kinds, contract, since)


def _lines(contract: Contract, kinds: Iterable[tuple[str, str]]) -> QuerySet[Line]:
    """Movements on accounts that are facts, in the order of their days."""
    accounts = Q()
    for _kind, prefix in kinds:
        accounts |= Q(account__code__startswith=prefix)
    return (
        Line.objects.filter(
            accounts, resource=contract.resource_id, book__structure=contract.holder_id, phase=0
        )
        .exclude(entry__source__startswith=OWN)
        .select_related("account", "auxiliary")
        .order_by("day", "id")
    )


def _late(
    lines: Sequence[Line], kinds: Iterable[tuple[str, str]], contract: Contract, since: dt.date
) -> Iterator[tuple[Fact, bool]]:
    refs = [f"line:{line.pk}" for line in lines]
    read = set(
        DistributionFact.objects.filter(
            ref__in=refs, distribution__in=earlier(contract, since)
        ).values_list("ref", flat=True)
    )
    for ref, line in zip(refs, lines, strict=True):
        if ref not in read:
            yield _fact(line, kinds, contract, since), True


def _fact(line: Any, kinds: Iterable[tuple[str, str]], contract: Contract, day: dt.date) -> Fact:
    """A movement as a fact: income is what is credited, a cost what is debited."""
    code = line.account.code
    kind, _prefix = max(
        ((kind, prefix) for kind, prefix in kinds if code.startswith(prefix)),
        key=lambda pair: len(pair[1]),
    )
    holder = contract.holder.slug if contract.holder else ""
    other = line.auxiliary.label[:140] if line.auxiliary else ""
    cost = kind == "cost"
    return Fact(
        id=f"line:{line.pk}",
        date=day,
        kind=kind,
        resource=contract.resource.slug if contract.resource else "",
        giver=holder if cost else other,
        taker=other if cost else holder,
        amount=line.amount if cost else -line.amount,
        unit=line.unit,
        note=line.label[:300],
    )


def use_facts(contract: Contract, until: dt.date) -> Iterator[Fact]:
    """Uses that were told, corrections with the opposite sign."""
    rows = contract.uses.filter(day__lte=until).select_related("user", "resource")
    for use in rows.iterator(chunk_size=BLOCK):
        yield Fact(
            id=f"use:{use.pk}",
            date=use.day,
            kind="use",
            resource=use.resource.slug,
            giver=use.user.slug,
            unit=use.unit,
            quantity=int(use.quantity * SCALE),
            note=use.note,
        )


def share_facts(contract: Contract, before: dt.date) -> Iterator[Fact]:
    """What earlier distributions gave: repayments, and what went into funds."""
    rows = DistributionLine.objects.filter(
        distribution__contract=contract,
        distribution__state=Distribution.State.BOOKED,
        distribution__until__lt=before,
    ).select_related("distribution")
    for line in rows.iterator(chunk_size=BLOCK):
        yield Fact(
            id=f"share:{line.pk}",
            date=line.distribution.until,
            kind="transfer" if line.how == "fund" else "repayment",
            resource=contract.resource.slug if contract.resource else "",
            taker=line.name,
            amount=line.amount,
            unit=line.distribution.unit,
            note=line.step,
        )


def given_facts(contract: Contract, until: dt.date) -> Iterator[Fact]:
    """Contributions to the contract's resource that peers recognised.

    What is asked for a contribution in time or kind is a matter of the contract's rates, not of it.
    Parts of a millionth of a unit (20 minutes are a third of an hour) are carried from one
    contribution of somebody to their next, so that three of 20 minutes are one hour.
    """
    if contract.resource is None:
        return
    whole: dict[tuple[int, str], Fraction] = {}
    for each in recognised(contract.resource, None, until):
        quantity = 0
        if each.quantity is not None:
            before = whole.get((each.agent.pk, each.unit), Fraction(0))
            after = whole[each.agent.pk, each.unit] = before + each.quantity
            quantity = int(after * SCALE) - int(before * SCALE)
        yield Fact(
            id=each.id,
            date=each.day,
            kind="contribution",
            resource=each.resource.slug,
            giver=each.agent.slug,
            amount=each.amount or 0,
            unit=each.unit,
            quantity=quantity,
        )
