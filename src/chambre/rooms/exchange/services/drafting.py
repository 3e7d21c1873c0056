"""Drafting: from a text, a form, or a room that found who could exchange what; each change a version."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert, insert_all
from chambre.core.errors import Invalid, KeyReused
from chambre.lib import exchange as lib
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeParty, ExchangeVersion
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.errors import ExchangeTextRefused, NotNow
from chambre.rooms.exchange.queries.exchanges import agents_named, current_of, next_number
from chambre.rooms.exchange.queries.language import read
from chambre.rooms.exchange.services import offering

LONGEST_TITLE = 140
RESERVED = {"nouveau", "verifier", "fichier", "marche"}
"""Short names that are addresses of the room."""
DAYS = 30
"""How long an exchange is open when nobody says for how long."""


@dataclass(frozen=True, slots=True)
class LegIn:
    """A leg as a room proposes it.

    Attributes:
        giver, taker: Two agents of the register.
        kind: ``euros`` (cents), ``hours`` (minutes), ``credit`` (hundredths of a unit), ``goods``,
            ``service``, ``right`` or ``custody``.
        amount: In that unit; of goods and services how many of ``unit``.
        unit: Of goods and services; empty: pieces.
        what: In words.
        place: Where goods are kept meanwhile.
        value: What it is worth, cents with VAT; 0: nothing is said.
        vat: Hundredths of a percent, for an invoice; None: no invoice.
        name: Short name; empty: made from ``what``.
    """

    giver: Agent
    taker: Agent
    kind: str
    amount: int = 1
    unit: str = ""
    what: str = ""
    place: str = ""
    value: int = 0
    vat: int | None = None
    name: str = ""


def propose(
    *,
    actor: Actor,
    title: str,
    legs: Sequence[LegIn],
    key: str,
    parties: Sequence[Agent] = (),
    conditions: Sequence[lib.Condition] = (),
    deadline: dt.date | None = None,
    otherwise: str = "return",
    mediator: lib.Mediator | None = None,
    summary: str = "",
    origin: str = "",
) -> Exchange:
    """Draft an exchange and offer it for signing at once: every party signs it, or it does not come to be.

    This is how another part of the house proposes one: a ring of offers and needs, for instance.

    Args:
        actor: Who proposes: a member, or the system for a room that authorized its own act.
        title: As people will call it, 1 to 140 characters.
        legs: Who gives what to whom; at least one.
        key: Idempotency key, 1 to 120 characters, unique for ever: the same again gives the same exchange.
        parties: All parties; givers and takers are parties without being named here.
        conditions: What has to hold besides (:class:`chambre.lib.exchange.Condition`; parties by the
            short names that their agents have in the register).
        deadline: Last day for everything; in 30 days when absent.
        otherwise: ``return`` or ``mediate``.
        mediator: Who decides in a dispute.
        summary: More words.
        origin: Which part of the house proposes.

    Returns:
        The exchange; its page is ``reverse("exchange:exchange", args=[exchange.slug])``. ``state`` says
        what becomes of it: ``signing``, ``open``, ``disputed``, ``settled``, ``part-settled``,
        ``returned``, ``abandoned``.

    Raises:
        Forbidden: ``actor`` is no member.
        ExchangeTextRefused: It makes no exchange.
        CannotSettle: It could never be settled.
        KeyReused: The key was used for something else.
    """
    with transaction.atomic():
        exchange = draft_exchange(
            by=actor, title=title, legs=legs, key=key, parties=parties, conditions=conditions,
            deadline=deadline, otherwise=otherwise, mediator=mediator, summary=summary,
            origin=origin,
        )  # fmt: skip
        if exchange.state == Exchange.State.DRAFT:
            offering.offer(exchange=exchange, by=actor)
        return exchange


def draft_exchange(
    *,
    by: Actor,
    title: str,
    legs: Sequence[LegIn],
    key: str = "",
    parties: Sequence[Agent] = (),
    conditions: Sequence[lib.Condition] = (),
    deadline: dt.date | None = None,
    otherwise: str = "return",
    mediator: lib.Mediator | None = None,
    summary: str = "",
    origin: str = "",
) -> Exchange:
    """As :func:`propose`, but leave it a draft that ``by`` can still change."""
    agents: dict[int, Agent] = {agent.pk: agent for agent in parties}
    for leg in legs:
        agents |= {leg.giver.pk: leg.giver, leg.taker.pk: leg.taker}
    said = lib.Exchange(
        slug="",
        title=title,
        deadline=deadline or registry.today() + dt.timedelta(days=DAYS),
        parties=tuple(lib.Party(agent.slug, agent.name) for agent in agents.values()),
        legs=tuple(_leg(leg, at) for at, leg in enumerate(_named(legs), 1)),
        conditions=tuple(conditions),
        otherwise=otherwise,
        mediator=mediator,
        summary=summary,
    )
    return draft(text=lib.write(said), by=by, key=key, origin=origin)


def _named(legs: Sequence[LegIn]) -> list[tuple[str, LegIn]]:
    """Legs with short names, no two alike."""
    taken: set[str] = set()
    found = []
    for leg in legs:
        base = leg.name or slugify(leg.what)[:40].strip("-") or leg.kind
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        found.append((name, leg))
    return found


def _leg(named: tuple[str, LegIn], _at: int) -> lib.Leg:
    name, leg = named
    return lib.Leg(
        name=name, giver=leg.giver.slug, taker=leg.taker.slug, kind=leg.kind, amount=leg.amount,
        unit=leg.unit, what=leg.what, place=leg.place, value=leg.value, vat=leg.vat,
    )  # fmt: skip


@transaction.atomic
def draft(
    *, text: str, by: Actor, key: str = "", origin: str = "", chamber: Agent | None = None,
    note: str = "",
) -> Exchange:  # fmt: skip
    """Begin an exchange with words that can be read (``docs/howto/exchange.md``).

    Args:
        text: The words; a short name that they give is kept where it is free.
        by: Who drafts it; a member of the chamber.
        key: Idempotency key, at most 120 characters.
        origin: Which part of the house proposes it.
        chamber: Which chamber holds what is deposited; by default the home chamber.
        note: What this first version is.

    Raises:
        Forbidden: ``by`` is no member.
        ExchangeTextRefused: The words make no exchange; line and column of each mistake.
        KeyReused: The key was used for other words.
    """
    chamber = chamber or registry.home_chamber()
    authorize(by, "exchange.draft", chamber)
    said = read(text)
    title = _title(said.title)
    key = key or secrets.token_hex(16)
    digest = lib.digest(said)
    if found := questions.BY_KEY(key[:120]):
        return _same(found[0], digest)
    exchange = Exchange(
        slug=free_slug(said.slug or title), title=title, chamber=chamber, deadline=said.deadline,
        origin=origin[:40], key=key[:120],
        made_by=registry.person_of(by.user) if by.user is not None else None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            insert(exchange)
    except IntegrityError:  # somebody was faster with the same key
        known = Exchange.objects.filter(key=key[:120]).first()
        if known is None:
            raise
        return _same(known, digest)
    _write(exchange, 1, text, said, note, by)
    audit(by, "exchange.drafted", exchange, origin=origin)
    return exchange


def _same(exchange: Exchange, digest: str) -> Exchange:
    if not exchange.versions.filter(digest=digest).exists():
        raise KeyReused(key=exchange.key)
    return exchange


@transaction.atomic
def save_version(*, exchange: Exchange, text: str, by: Actor, note: str = "") -> ExchangeVersion:
    """Keep other words of a draft as its next version; the same words again keep the one there is.

    Raises:
        Forbidden: ``by`` did not draft it.
        NotNow: It is offered or signed. Take it back first: all sign again.
        ExchangeTextRefused: The words make no exchange.
    """
    authorize(by, "exchange.change", exchange)
    locked = offering.lock(exchange)
    if locked.state != Exchange.State.DRAFT:
        raise NotNow(_("Only a draft is changed. Take it back first; then all sign again."))
    said = read(text)
    current = current_of(locked)
    if current.text == text:
        return current
    number = next_number(locked)
    version = _write(locked, number, text, said, note, by)
    locked.number, locked.title, locked.deadline = number, _title(said.title), said.deadline
    locked.save(update_fields=["number", "title", "deadline"])
    exchange.number = number
    audit(by, "exchange.version", locked, number=number, digest=version.digest)
    return version


def _write(
    exchange: Exchange, number: int, text: str, said: lib.Exchange, note: str, by: Actor
) -> ExchangeVersion:
    """A version, and whom it concerns as far as the register knows them."""
    version = insert(
        ExchangeVersion(
            exchange=exchange, number=number, text=text, digest=lib.digest(said),
            note=note.strip()[:500], by=by.label[:254],
        )
    )  # fmt: skip
    named = names_in(said)
    agents = agents_named(slug for _role, _name, slug in named)
    seen: set[tuple[str, int]] = set()
    rows = []
    for role, name, slug in named:
        agent = agents.get(slug)
        if agent is not None and (role, agent.pk) not in seen:
            seen.add((role, agent.pk))
            rows.append(ExchangeParty(version=version, agent=agent, role=role, name=name[:80]))
    insert_all(*rows)
    return version


def names_in(said: lib.Exchange) -> list[tuple[str, str, str]]:
    """Whom words name: role, name in the text, short name in the register."""
    found = [(str(ExchangeParty.Role.PARTY), each.name, each.slug) for each in said.parties]
    found += [
        (str(ExchangeParty.Role.INSPECTOR), each.who, each.who)
        for each in said.conditions
        if each.kind == "inspector"
    ]
    found += [
        (str(ExchangeParty.Role.KEEPER), each.keeper, each.keeper)
        for each in said.legs
        if each.keeper
    ]
    if said.mediator is not None:
        name = said.mediator.label or said.mediator.agent
        found.append((str(ExchangeParty.Role.MEDIATOR), name, said.mediator.agent))
    return found


def free_slug(name: str) -> str:
    """A short name made from a name that no exchange has yet."""
    base = slugify(name)[:50].strip("-") or "echange"
    if base not in RESERVED and not questions.BY_SLUG(base):
        return base
    taken = RESERVED | set(
        Exchange.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _title(title: str) -> str:
    found = " ".join(title.replace("\0", "").split())
    if not found or len(found) > LONGEST_TITLE:
        words = _("A title has 1 to %(most)d characters.") % {"most": LONGEST_TITLE}
        raise Invalid(words, fields={"title": [words]})
    return found


__all__ = ["ExchangeTextRefused", "LegIn", "draft", "draft_exchange", "propose", "save_version"]
