"""Changing a signed contract together: a proposal, voices by the contract's own rule, then signing again.

What was signed holds until the new words are signed by all. A proposal without other words is one to
end the contract.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import (
    Amendment,
    AmendmentVoice,
    Contract,
    ContractLetter,
    Elector,
)
from chambre.rooms.reciprocity.queries.binding import capacities
from chambre.rooms.reciprocity.queries.contracts import (
    BINDING,
    parties_of,
    waiting_amendment,
)
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.queries.rolls import roll_of
from chambre.rooms.reciprocity.queries.tallies import Tally, tally_of
from chambre.rooms.reciprocity.services.contracts import keep_words
from chambre.rooms.reciprocity.services.letters import tell_parties
from chambre.rooms.reciprocity.services.offering import Bound, close_amendment, freeze, lock
from chambre.rooms.reciprocity.services.standing import SYSTEM, end, may_watch

DAYS = 14
"""Days for voices when nobody says otherwise."""
MOST_DAYS = 366


@transaction.atomic
def propose(
    *, contract: Contract, reason: str, by: Actor, text: str | None = None,
    parties: Sequence[Bound] | None = None, until: dt.date | None = None,
) -> Amendment:  # fmt: skip
    """Propose other words for a contract that binds, or its end.

    Args:
        contract: Which.
        reason: Why, in words for the others.
        by: Who works on it, or binds a party.
        text: The other words; None: the proposal is to end it.
        parties: Who is bound by them; by default those of now.
        until: Last day to speak; two weeks by default.

    Raises:
        NotForParty: ``by`` neither works on the contract nor binds a party.
        NotNow: It does not bind, or another proposal is open.
        ContractRefused: The words make no contract.
        Invalid: No reason, the same words, a day that has passed, or nobody on the roll.
    """
    if not may_watch(by, contract):
        raise NotForParty
    until = until or registry.today() + dt.timedelta(days=DAYS)
    _check(reason, until)
    locked = lock(contract)
    if locked.state not in BINDING:
        raise NotNow(
            _("Only a contract in force is changed like this; a draft is simply written again.")
        )
    if waiting_amendment(locked) is not None:
        raise NotNow(_("Another proposal is not settled yet."))
    said = read(locked.current.text)
    electors = roll_of(locked, said)
    if not electors:
        raise Invalid(
            _("Nobody is on the roll that decides: %(roll)s.") % {"roll": said.change.roll}
        )
    version = None
    if text is not None:
        version = keep_words(locked, text, reason, by)
        if version.digest == locked.current.digest:
            words = _("These words say the same as those in force.")
            raise Invalid(words, fields={"text": [words]})
        freeze(version, parties or [
            Bound(party.agent, party.name, party.hands) for party in parties_of(locked)
        ])  # fmt: skip
    row = Amendment.objects.create(
        contract=locked, version=version, rule=said.change.by, reason=reason.strip(), until=until,
        by=by.label[:254],
    )  # fmt: skip
    Elector.objects.bulk_create(
        Elector(amendment=row, agent=party.agent, name=party.name) for party in electors
    )
    audit(by, "reciprocity.change.proposed", locked, rule=row.rule, until=until.isoformat())
    tell_parties(locked, ContractLetter.Kind.PROPOSED, parties_of(locked), about=str(row.pk))
    return row


def _check(reason: str, until: dt.date) -> None:
    fields: dict[str, list[str]] = {}
    if not reason.strip():
        fields["reason"] = [_("Say why, in words for the others.")]
    if not 0 <= (until - registry.today()).days <= MOST_DAYS:
        fields["until"] = [_("From today to a year from now.")]
    if fields:
        raise Invalid(fields=fields)


@transaction.atomic
def speak(*, elector: Elector, choice: str, by: Actor, reason: str = "") -> AmendmentVoice:
    """Say what a party thinks of a proposal; said again, the last word counts.

    A proposal that everybody on the roll has answered is decided at once.

    Raises:
        NotForParty: ``by`` may not bind the party.
        NotNow: The proposal is not open (any more).
        Invalid: Against without saying why: an objection can be answered only when it is told.
    """
    contract = elector.amendment.contract
    if not capacities(by, [elector.agent], contract):
        raise NotForParty
    lock(contract)
    row = Amendment.objects.get(pk=elector.amendment_id)
    if row.state != Amendment.State.OPEN or registry.today() > row.until:
        raise NotNow(_("This proposal is not open any more."))
    if choice not in AmendmentVoice.Choice.values:
        raise Invalid(fields={"choice": [_("For, against, or left to the others.")]})
    if choice == AmendmentVoice.Choice.NO and not reason.strip():
        words = _("Say why, so that it can be answered.")
        raise Invalid(words, fields={"reason": [words]})
    voice = AmendmentVoice.objects.create(
        elector=elector, choice=choice, reason=reason.strip(), by=by.label[:254],
        person=registry.person_of(by.user) if by.user is not None else None,
    )  # fmt: skip
    audit(by, "reciprocity.change.voice", contract, choice=choice, party=elector.agent.slug)
    tally = tally_of(row)
    if tally.silent == 0:
        _decide(row, tally, by)
    return voice


@transaction.atomic
def withdraw(*, amendment: Amendment, by: Actor) -> Amendment:
    """Take a proposal back, or give an accepted one up before all have signed it: the old words go on.

    Raises:
        NotForParty: ``by`` neither works on the contract nor binds a party.
        NotNow: It is settled.
    """
    contract = amendment.contract
    if not may_watch(by, contract):
        raise NotForParty
    lock(contract)
    row = Amendment.objects.get(pk=amendment.pk)
    if row.state not in (Amendment.State.OPEN, Amendment.State.ACCEPTED):
        raise NotNow(_("This proposal is settled."))
    if (
        row.state == Amendment.State.OPEN
        and by.label[:254] != row.by
        and not by.may("reciprocity.change_contract", contract)
    ):
        raise NotForParty(_("Whoever proposed it takes it back, or whoever works on the contract."))
    close_amendment(row, Amendment.State.WITHDRAWN)
    audit(by, "reciprocity.change.withdrawn", contract)
    tell_parties(contract, ContractLetter.Kind.DECIDED, parties_of(contract), about=str(row.pk))
    return row


@transaction.atomic
def decide(*, amendment: Amendment, by: Actor = SYSTEM) -> Amendment:
    """Settle a proposal whose last day has passed, by the voices that were given.

    Raises:
        NotNow: It is settled, or people may still speak.
    """
    lock(amendment.contract)
    row = Amendment.objects.select_related("contract", "version").get(pk=amendment.pk)
    if row.state != Amendment.State.OPEN or registry.today() <= row.until:
        raise NotNow(_("People may still speak, or it is settled."))
    _decide(row, tally_of(row), by)
    return row


def _decide(row: Amendment, tally: Tally, by: Actor) -> None:
    """Write the outcome down, and have what follows from it follow."""
    contract = lock(row.contract)
    about = str(row.pk)
    audit(
        by, "reciprocity.change.decided", contract, accepted=tally.accepted, rule=row.rule,
        yes=tally.yes, no=tally.no, abstain=tally.abstain, silent=tally.silent,
    )  # fmt: skip
    tell_parties(contract, ContractLetter.Kind.DECIDED, parties_of(contract), about=about)
    if not tally.accepted:
        close_amendment(row, Amendment.State.REFUSED)
    elif row.version is None:
        close_amendment(row, Amendment.State.DONE)
        end(contract, by, _("The parties decided to end it: %(why)s") % {"why": row.reason})
    else:
        row.state = Amendment.State.ACCEPTED
        row.save(update_fields=["state"])
        parties = list(row.version.parties.select_related("agent"))
        tell_parties(contract, ContractLetter.Kind.OFFERED, parties, about=str(row.version.pk))


def decide_due() -> int:
    """Settle the proposals whose last day has passed; how many."""
    done = 0
    rows = Amendment.objects.filter(state=Amendment.State.OPEN, until__lt=registry.today())
    for row in rows.select_related("contract").order_by("pk"):
        try:
            decide(amendment=row)
            done += 1
        except NotNow:  # somebody was faster
            continue
    return done
