"""From a draft to an exchange that everybody has signed: offering, taking back, opening."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert, insert_all, update
from chambre.core.errors import Forbidden
from chambre.ledger import api as ledger
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.exchange.models import (
    Exchange,
    ExchangeParty,
    ExchangeTurn,
    ExchangeVersion,
    Leg,
)
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.errors import CannotSettle, ExchangeTextRefused, NotNow
from chambre.rooms.exchange.queries.exchanges import agents_named, current_of, parties_of
from chambre.rooms.exchange.queries.language import examine, read
from chambre.rooms.exchange.queries.people import bindable
from chambre.rooms.exchange.services import letters
from chambre.rooms.exchange.services.turns import turn_of

SYSTEM = Actor.system("exchange")
"""As whom the room asks the ledger and the treasury, once it has authorized its act."""


def lock(exchange: Exchange) -> Exchange:
    """Have an exchange alone until the transaction ends, as it is now."""
    return questions.EXCHANGE_LOCKED(exchange.pk)[0]


def note_turn(
    exchange: Exchange, kind: str, by: Actor, *, reason: str = "", about: Agent | None = None,
    version: ExchangeVersion | None = None, until: object = None,
) -> ExchangeTurn:  # fmt: skip
    """Write down what became of an exchange, and the letters about it."""
    turn = insert(
        ExchangeTurn(
            exchange=exchange, version=version, kind=kind, about=about, until=until,  # type: ignore[misc]
            reason=reason.replace("\0", "").strip()[:4000], by=by.label[:254], at=timezone.now(),
        )
    )  # fmt: skip
    letters.tell_turn(exchange, turn, by)
    return turn


@transaction.atomic
def offer(*, exchange: Exchange, by: Actor) -> ExchangeVersion:
    """Offer a draft to its parties for signing.

    Raises:
        Forbidden: ``by`` did not draft it.
        NotNow: It is no draft, its deadline has passed, or it names somebody who is not in the register.
        CannotSettle: As it is written, it could never be settled.
    """
    if not by.is_system:
        authorize(by, "exchange.change", exchange)
    locked = lock(exchange)
    if locked.state != Exchange.State.DRAFT:
        raise NotNow
    version = current_of(locked)
    report = examine(version.text)
    if report.exchange is None:
        raise ExchangeTextRefused(report.mistakes)
    if not report.can_settle:
        raise CannotSettle.because(report)
    _check_people(report.exchange, version)
    if report.exchange.deadline < registry.today():
        raise NotNow(_("Its deadline has passed: write a later one first."))
    locked.state = Exchange.State.SIGNING
    update(locked, "state")
    note_turn(locked, ExchangeTurn.Kind.OFFERED, by, version=version)
    audit(by, "exchange.offered", locked, digest=version.digest)
    exchange.state = locked.state
    return version


def _check_people(said: lib.Exchange, version: ExchangeVersion) -> None:
    """Everybody whom the words name is in the register, and each party is another agent."""
    slugs = [party.slug for party in said.parties]
    slugs += [each.who for each in said.conditions if each.kind == "inspector"]
    slugs += [leg.keeper for leg in said.legs if leg.keeper]
    slugs += [said.mediator.agent] if said.mediator is not None else []
    known = agents_named(slugs)
    strangers = sorted({slug for slug in slugs if slug not in known})
    if strangers:
        words = _("The register knows nobody called: %(names)s. Write their short names.")
        raise NotNow(words % {"names": ", ".join(strangers)}, names=strangers)
    if len(parties_of(version)) != len({party.slug for party in said.parties}):
        raise NotNow(_("The register has changed: save the words again, then offer them."))
    if len({party.slug for party in said.parties}) < len(said.parties):
        raise NotNow(_("Two parties are one and the same."))
    resources = {leg.resource for leg in said.legs if leg.resource}
    found = set(_resources(resources))
    if resources - found:
        words = _("There is no resource called: %(names)s.")
        raise NotNow(words % {"names": ", ".join(sorted(resources - found))})


@transaction.atomic
def take_back(*, exchange: Exchange, by: Actor, reason: str = "") -> Exchange:
    """Take an offered exchange back to be changed: what was signed of it binds nobody. All sign again.

    Raises:
        Forbidden: ``by`` neither drafted it nor can bind a party.
        NotNow: It is not being signed: what all have signed is not taken back.
    """
    locked = lock(exchange)
    _may_end(locked, by)
    if locked.state != Exchange.State.SIGNING:
        raise NotNow
    version = current_of(locked)
    locked.state = Exchange.State.DRAFT
    locked.save(update_fields=["state"])
    note_turn(locked, ExchangeTurn.Kind.TAKEN_BACK, by, reason=reason, version=version)
    # Signatures name a version; a new number makes sure that none of them counts again.
    _copy_version(locked, version, by)
    audit(by, "exchange.taken-back", locked, reason=reason[:200])
    return locked


def _copy_version(exchange: Exchange, version: ExchangeVersion, by: Actor) -> None:
    copy = ExchangeVersion.objects.create(
        exchange=exchange, number=exchange.number + 1, text=version.text, digest=version.digest,
        note=_("taken back to be changed"), by=by.label[:254],
    )  # fmt: skip
    ExchangeParty.objects.bulk_create(
        ExchangeParty(version=copy, agent_id=row.agent_id, role=row.role, name=row.name)
        for row in version.parties.all()
    )
    exchange.number = copy.number
    exchange.save(update_fields=["number"])


def _may_end(exchange: Exchange, by: Actor) -> None:
    binds = bindable(by)
    if by.is_system or by.may("exchange.change", exchange):
        return
    if not any(party.agent_id in binds for party in parties_of(current_of(exchange))):
        raise Forbidden


@transaction.atomic
def abandon(*, exchange: Exchange, by: Actor, reason: str = "") -> Exchange:
    """Give an exchange up that not all have signed.

    Raises:
        Forbidden: ``by`` neither drafted it nor can bind a party.
        NotNow: All have signed it.
    """
    locked = lock(exchange)
    _may_end(locked, by)
    if locked.state not in (Exchange.State.DRAFT, Exchange.State.SIGNING):
        raise NotNow
    locked.state = Exchange.State.ABANDONED
    locked.save(update_fields=["state"])
    note_turn(locked, ExchangeTurn.Kind.ABANDONED, by, reason=reason)
    audit(by, "exchange.abandoned", locked, reason=reason[:200])
    return locked


def open_when_signed(exchange: Exchange, version: ExchangeVersion, by: Actor) -> bool:
    """Open a locked exchange once every party has signed: its legs are promised; whether it was."""
    if questions.UNSIGNED(version.pk):
        return False
    parties = parties_of(version)
    if not parties:
        return False
    said = read(version.text)
    _make_legs(exchange, said)
    exchange.agreement = ledger.agree(
        name=exchange.title, parties=[(party.agent, party.role) for party in parties],
        terms=version.text, key=f"exchange:{exchange.pk}", by=SYSTEM, chamber=exchange.chamber,
        status="active", since=registry.today(),
    )  # fmt: skip
    exchange.state = Exchange.State.OPEN
    exchange.deadline = said.deadline
    update(exchange, "agreement", "state", "deadline")
    note_turn(exchange, ExchangeTurn.Kind.OPENED, by, version=version, until=said.deadline)
    audit(by, "exchange.opened", exchange, digest=version.digest)
    return True


def _make_legs(exchange: Exchange, said: lib.Exchange) -> None:
    names = {party.name: party.slug for party in said.parties}
    agents = agents_named([*names.values(), *(leg.keeper for leg in said.legs if leg.keeper)])
    resources = _resources({leg.resource for leg in said.legs if leg.resource})
    stand, today = states.opened(said), registry.today()
    rows = [
        Leg(
            exchange=exchange, number=at, name=leg.name, giver=agents[names[leg.giver]],
            taker=agents[names[leg.taker]], keeper=agents.get(leg.keeper, exchange.chamber),
            kind=leg.kind, amount=leg.amount, unit=leg.unit, what=leg.what[:500],
            place=leg.place[:200], resource=resources.get(leg.resource), value=leg.value,
            vat=leg.vat, turn_on=turn_of(said, stand, leg.name, today),
        )
        for at, leg in enumerate(said.legs, 1)
    ]  # fmt: skip
    insert_all(*rows)


def _resources(slugs: set[str]) -> dict[str, Resource]:
    """Resources of the register by their short names; most exchanges name none."""
    if not slugs:
        return {}
    return {row.slug: row for row in Resource.objects.filter(slug__in=slugs)}
