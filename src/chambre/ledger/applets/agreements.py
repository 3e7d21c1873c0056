"""Agreements, promises and claims; what fulfils them is in :mod:`.allocating`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert, insert_all
from chambre.core.errors import Invalid, KeyReused
from chambre.ledger.applets import eventdata
from chambre.ledger.applets.allocating import lock_rows
from chambre.ledger.models import (
    Agreement,
    AgreementParty,
    AgreementStatus,
    AgreementTerms,
    Claim,
    Commitment,
    CommitmentEnd,
    Event,
    Specification,
    StockItem,
)
from chambre.lib import valueflows as vf
from chambre.registry.models import Agent, Resource

Row = TypeVar("Row", bound=models.Model)


def _chamber_of(agent: Agent) -> int:
    chamber = agent.pk if agent.kind == Agent.Kind.CHAMBER else agent.chamber_id
    if chamber is None:
        raise Invalid(_("Somebody here belongs to no chamber."), fields={"agent": [str(agent)]})
    return chamber


def _once(model: type[Row], chamber: int, key: str, digest: bytes, make: Callable[[], Row]) -> Row:
    """Make a row once per key; the one that is there when the content is the same."""
    if not isinstance(key, str) or not 0 < len(key) <= 120 or "\0" in key:
        raise Invalid(_("It has an idempotency key."), fields={"key": [repr(key)[:200]]})
    rows = model._default_manager.filter(chamber_id=chamber, key=key)
    try:
        with transaction.atomic():
            former = rows.first()
            if former is None:
                return make()
    except IntegrityError:
        former = rows.first()
        if former is None:
            raise
    found: Any = former
    if bytes(found.digest) != digest:
        raise KeyReused(key=key)
    return former


def agree(
    *,
    name: str,
    parties: Sequence[tuple[Agent, str]],
    terms: str,
    key: str,
    by: Actor,
    chamber: Agent,
    concerns: Resource | None = None,
    status: str = AgreementStatus.Status.PROPOSED,
    since: dt.date | None = None,
) -> Agreement:
    """Write down an agreement, with its parties, the first version of its terms and a status.

    Args:
        name: What people call it.
        parties: At least two, each with a role.
        terms: The text that they agree on.
        key: Idempotency key, unique in the chamber.
        by: Who writes it down: they may act for one of the parties.
        chamber: Where.
        concerns: The resource that it is about.
        status: A value of :class:`~chambre.ledger.models.AgreementStatus.Status`.
        since: From when the status counts; today.

    Raises:
        Forbidden: ``by`` may act for none of the parties.
        Invalid: Fewer than two parties, no terms, an unknown status.
        KeyReused: The key was used for something else.
    """
    _check_parties(parties, terms, status, by)
    named = [(agent.pk, role) for agent, role in parties]
    about = None if concerns is None else concerns.pk
    digest = _digest(name, named, terms, about, chamber.pk, key)

    def make() -> Agreement:
        made = insert(
            Agreement(
                chamber=chamber, name=name, concerns=concerns, key=key, digest=digest,
                recorded_at=timezone.now(),
            )
        )  # fmt: skip
        insert_all(
            *(AgreementParty(agreement=made, agent=agent, role=role) for agent, role in parties)
        )
        _add_terms(made, 1, terms)
        _add_status(made, status, since, "")
        audit(by, "ledger.agreement.made", made, parties=[list(party) for party in named])
        return made

    return _once(Agreement, chamber.pk, key, digest, make)


def _digest(
    name: str,
    parties: Sequence[tuple[int, str]],
    terms: str,
    concerns: int | None,
    chamber: int,
    key: str,
) -> bytes:
    """The digest of an agreement, its parties and its first terms."""
    content = {
        "name": name,
        "parties": [list(party) for party in parties],
        "terms": terms,
        "concerns": concerns,
        "chamber": chamber,
        "key": key,
    }
    return eventdata.digest(content, "ledger.agreement")


def digest_of_agreement(agreement: Agreement) -> bytes:
    """The digest of an agreement's content as it is stored."""
    parties = list(agreement.parties.order_by("pk").values_list("agent_id", "role"))
    first = agreement.terms.filter(version=1).values_list("text", flat=True).first() or ""
    return _digest(
        agreement.name, parties, first, agreement.concerns_id, agreement.chamber_id, agreement.key
    )


def digest_of_terms(terms: AgreementTerms) -> bytes:
    """The digest of a version of the terms as it is stored."""
    content = {"agreement": terms.agreement_id, "version": terms.version, "text": terms.text}
    return eventdata.digest(content, "ledger.terms")


def _check_parties(
    parties: Sequence[tuple[Agent, str]], terms: str, status: str, by: Actor
) -> None:
    permission = "ledger.record_event"
    if not any(by.may(permission, agent) for agent, _role in parties):
        authorize(by, permission, parties[0][0] if parties else None)
    if len({agent.pk for agent, _role in parties}) < 2:
        raise Invalid(_("An agreement has two parties at least."), fields={"parties": []})
    if not terms.strip():
        raise Invalid(_("An agreement has terms."), fields={"terms": []})
    if status not in AgreementStatus.Status.values:
        raise Invalid(fields={"status": [status]})


def _add_terms(agreement: Agreement, version: int, text: str) -> AgreementTerms:
    terms = AgreementTerms(
        agreement=agreement, version=version, text=text, recorded_at=timezone.now()
    )
    terms.digest = digest_of_terms(terms)
    return insert(terms)


def _add_status(
    agreement: Agreement, status: str, since: dt.date | None, reason: str
) -> AgreementStatus:
    return insert(
        AgreementStatus(
            agreement=agreement, status=status, since=since or timezone.localdate(), reason=reason,
            recorded_at=timezone.now(),
        )
    )  # fmt: skip


def _may_change(agreement: Agreement, by: Actor) -> None:
    if by.is_system:
        return
    agents = [party.agent for party in agreement.parties.select_related("agent")]
    if not any(by.may("ledger.record_event", agent) for agent in agents):
        authorize(by, "ledger.record_event", agents[0])


@transaction.atomic
def revise_terms(agreement: Agreement, text: str, *, by: Actor) -> AgreementTerms:
    """Add a version of the terms; the same text as the last one adds nothing.

    Raises:
        Forbidden: ``by`` may act for none of the parties.
    """
    _may_change(agreement, by)
    lock_rows(Agreement, agreement.pk)
    last: AgreementTerms | None = agreement.terms.order_by("-version").first()
    if last is not None and last.text == text:
        return last
    terms = _add_terms(agreement, (last.version if last else 0) + 1, text)
    audit(by, "ledger.agreement.revised", agreement, version=terms.version)
    return terms


@transaction.atomic
def set_status(
    agreement: Agreement, status: str, *, by: Actor, since: dt.date | None = None, reason: str = ""
) -> AgreementStatus:
    """Write down what an agreement became.

    Raises:
        Forbidden: ``by`` may act for none of the parties.
        Invalid: There is no such status.
    """
    _may_change(agreement, by)
    if status not in AgreementStatus.Status.values:
        raise Invalid(fields={"status": [status]})
    found = _add_status(agreement, status, since, reason)
    audit(by, "ledger.agreement.status", agreement, status=status)
    return found


def status_of(agreement: Agreement, on: dt.date | None = None) -> str:
    """What an agreement is today, or was on a day; empty before its first status."""
    rows = agreement.statuses.filter(since__lte=on or timezone.localdate())
    last = rows.order_by("-since", "-pk").first()
    return "" if last is None else last.status


def commit(
    *,
    action: str,
    provider: Agent,
    receiver: Agent,
    quantity: int,
    unit: str,
    key: str,
    by: Actor,
    specification: Specification | None = None,
    resource: StockItem | None = None,
    due: dt.date | None = None,
    agreement: Agreement | None = None,
    clause: str = "",
) -> Commitment:
    """Promise an event: how much of what, from whom to whom, by when.

    Raises:
        Forbidden: ``by`` may not act for the provider.
        Invalid: The action is none, or the quantity is not a positive integer.
        KeyReused: The key was used for something else.
    """
    authorize(by, "ledger.record_event", provider)
    values = _promise(action, quantity, unit) | {
        "provider_id": provider.pk, "receiver_id": receiver.pk, "due": due, "key": key,
        "specification_id": specification and specification.pk, "clause": clause,
        "resource_id": resource and resource.pk, "agreement_id": agreement and agreement.pk,
    }  # fmt: skip
    return _make(Commitment, _chamber_of(provider), values, by)


def claim(
    *,
    triggered_by: Event,
    action: str,
    provider: Agent,
    receiver: Agent,
    quantity: int,
    unit: str,
    key: str,
    by: Actor,
    due: dt.date | None = None,
) -> Claim:
    """Write down what an event gives somebody (``receiver``) the right to receive.

    Raises:
        Forbidden: ``by`` may not act for who recorded the event's giving side.
        Invalid: The action is none, or the quantity is not a positive integer.
        KeyReused: The key was used for something else.
    """
    authorize(by, "ledger.record_event", triggered_by.provider)
    values = _promise(action, quantity, unit) | {
        "triggered_by_id": triggered_by.pk, "provider_id": provider.pk,
        "receiver_id": receiver.pk, "due": due, "key": key,
    }  # fmt: skip
    return _make(Claim, triggered_by.chamber_id, values, by)


def _promise(action: str, quantity: int, unit: str) -> dict[str, Any]:
    try:
        name = vf.find_action(action).id
    except vf.ValueFlowsError as refusal:
        raise eventdata.EventRefused.of(refusal) from refusal
    if type(quantity) is not int or not 0 < quantity < 2**63:
        raise Invalid(fields={"quantity": [repr(quantity)]})
    if not unit or len(unit) > 16:
        raise Invalid(fields={"unit": [unit]})
    return {"action": name, "quantity": quantity, "unit": unit}


def _make(model: type[Row], chamber: int, values: dict[str, Any], by: Actor) -> Row:
    about = model._meta.label_lower
    digest = eventdata.digest({**values, "chamber": chamber}, about)

    def make() -> Row:
        made = model._default_manager.create(
            **values, chamber_id=chamber, digest=digest, recorded_at=timezone.now()
        )
        audit(by, f"{about}.made", made)
        return made

    return _once(model, chamber, values["key"], digest, make)


@transaction.atomic
def finish(commitment: Commitment, *, by: Actor, reason: str = "") -> CommitmentEnd:
    """Expect nothing more of a commitment; again, the first end stays.

    Raises:
        Forbidden: ``by`` may act neither for its provider nor for its receiver.
    """
    if not by.may("ledger.record_event", commitment.receiver):
        authorize(by, "ledger.record_event", commitment.provider)
    lock_rows(Commitment, commitment.pk)
    former: CommitmentEnd | None = CommitmentEnd.objects.filter(commitment=commitment).first()
    if former is not None:
        return former
    end: CommitmentEnd = CommitmentEnd.objects.create(
        commitment=commitment, day=timezone.localdate(), reason=reason, recorded_at=timezone.now()
    )
    audit(by, "ledger.commitment.finished", commitment, reason=reason)
    return end
