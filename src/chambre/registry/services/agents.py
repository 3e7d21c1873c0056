"""Bringing agents into the register and changing their records, with a version of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.questions import Question
from chambre.core.hooks import emit
from chambre.core.models import User
from chambre.registry import queries
from chambre.registry.agent_record import FIELDS, agent_record, clean_agent
from chambre.registry.cleaning import clean_column
from chambre.registry.errors import AccountTaken, IdentifierTaken, SlugTaken, StaleVersion, mistakes
from chambre.registry.events import AgentChanged, AgentCreated
from chambre.registry.folding import fold, haystack
from chambre.registry.models import Agent
from chambre.registry.services import history
from chambre.registry.versions import changed_fields

_HOME = Question(lambda: Agent.objects.filter(is_home=True).order_by("pk")[:1])
"""The home chamber."""


def home_chamber(name: str = "") -> Agent:
    """The chamber of this installation; made when it is asked for the first time.

    Safe when several ask at once: a constraint allows one home chamber, and whoever comes second
    finds the first one's.

    Args:
        name: Its name when it has to be made; a chamber that is there keeps its own.
    """
    if known := _HOME():
        return known[0]
    try:
        with transaction.atomic():
            return _make_home(name)
    except SlugTaken:
        return Agent.objects.get(is_home=True)


def _make_home(name: str) -> Agent:
    # On SQLite we are alone from here on, so look again before making it.
    found = Agent.objects.filter(is_home=True).first()
    if found is not None:
        return found
    with translation.override(settings.LANGUAGE_CODE):
        default = _("Chamber of the Commons")
    given = clean_column(Agent, "name", name.strip() or default)
    slug = queries.new_slug(Agent, given, "chambre")
    agent = Agent(slug=slug, kind=Agent.Kind.CHAMBER, is_home=True, name=given)
    return _write_new(agent, Actor.system("first start"), "")


@transaction.atomic
def create_structure(
    *,
    slug: str,
    name: str,
    by: Actor,
    kind: str = Agent.Kind.STRUCTURE,
    chamber: Agent | None = None,
    reason: str = "",
    action: str = history.Action.CREATED,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> Agent:
    """Bring a structure, a public body or another chamber into the register.

    Args:
        slug: Short name, for ever; letters without accents, digits, ``-`` and ``_``.
        name: Its name.
        by: Who does it.
        kind: ``structure``, ``public`` or ``chamber``.
        chamber: The chamber whose register it is in; by default the home chamber.
        reason: Why, for the history.
        action: What the history calls it (``created`` or ``imported``).
        fields: Any of :data:`chambre.registry.agent_record.FIELDS`; a SIRET alone brings its
            SIREN along.
        **more: The same, by keyword.

    Raises:
        Forbidden: ``by`` may not bring agents in.
        Invalid: Something is malformed; ``data["fields"]`` says what.
        SlugTaken: The short name is taken, in any case.
        IdentifierTaken: Another agent has this SIREN and SIRET.
    """
    chamber = chamber or home_chamber()
    permission = "create_chamber" if kind == Agent.Kind.CHAMBER else "create_agent"
    authorize(by, f"registry.{permission}", chamber)
    if kind not in (Agent.Kind.STRUCTURE, Agent.Kind.PUBLIC, Agent.Kind.CHAMBER):
        raise mistakes({"kind": [_("This is not a kind of structure.")]})
    values = clean_agent({"name": name, **(fields or {}), **more}, slug=slug)
    agent = Agent(slug=slug, kind=kind, chamber=chamber)
    return _write_new(agent, by, reason, values, action)


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    by: Actor,
    slug: str = "",
    chamber: Agent | None = None,
    language: str = "",
    is_demo: bool = False,
) -> Agent:
    """Bring a person into the register, with an account that they sign in to by e-mail.

    An account with this address that has no person yet (somebody who signed up) becomes theirs.

    Args:
        email: Their e-mail address, never public.
        name: Their name, seen by those who may see people.
        by: Who does it.
        slug: Short name; by default made from the name.
        chamber: The chamber that they come to; by default the home chamber.
        language: ``fr`` or ``en``; empty: as their browser asks.
        is_demo: An invented person of the demonstration.

    Raises:
        Forbidden: ``by`` may not bring people in.
        Invalid: The address, the name or the short name is malformed.
        AccountTaken: Somebody is in the register with this address.
        SlugTaken: The short name is taken.
    """
    chamber = chamber or home_chamber()
    authorize(by, "registry.create_person", chamber)
    address = _clean_email(email)
    values = clean_agent({"name": name}, slug=slug or "x")
    user = User.objects.select_for_update().filter(email__iexact=address).first()
    if user is not None and Agent.objects.filter(user=user).exists():
        raise AccountTaken(email=address)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    address, name=values["name"][:150], language=language, is_demo=is_demo
                )
                # Not verified: the first code that they type proves the address.
                EmailAddress.objects.create(user=user, email=address, primary=True)
        except IntegrityError as error:
            raise AccountTaken(email=address) from error
    slug = slug or queries.new_slug(Agent, values["name"], "personne")
    agent = Agent(slug=slug, kind=Agent.Kind.PERSON, chamber=chamber, user=user)
    return _write_new(agent, by, "", values)


def person_of(user: User, *, name: str = "") -> Agent:
    """The person in the register who is behind an account; made when there is none yet.

    This is how somebody who signed up by themselves comes into the register. They hold no role, so
    nobody has to be asked.

    Args:
        user: The account.
        name: Their name; by default the account's, or what stands before the @ of its address.
    """
    found = _BEHIND(user.pk)
    return found[0] if found else _brought_in(user, name)


_BEHIND = Question(lambda user: Agent.objects.filter(user_id=user).order_by("pk")[:1])
"""The person behind an account."""


@transaction.atomic
def _brought_in(user: User, name: str) -> Agent:
    by = Actor.of(user)
    locked = User.objects.select_for_update().get(pk=user.pk)
    found = Agent.objects.filter(user=locked).first()
    if found is not None:
        return found
    values = clean_agent({"name": name or user.name or user.email.split("@")[0]}, slug="x")
    slug = queries.new_slug(Agent, values["name"], "personne")
    agent = Agent(slug=slug, kind=Agent.Kind.PERSON, chamber=home_chamber(), user=locked)
    return _write_new(agent, by, "", values)


@transaction.atomic
def change_agent(
    *,
    agent: Agent,
    by: Actor,
    version: int | None = None,
    reason: str = "",
    action: str = history.Action.CHANGED,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> Agent:
    """Change the record of an agent; nothing is written when nothing differs.

    Args:
        agent: Whose record.
        by: Who does it.
        version: The version that the person saw; None: whatever is there now.
        reason: Why, for the history.
        action: What the history calls it.
        fields: Any of :data:`chambre.registry.agent_record.FIELDS`; for a person only ``name``.
        **more: The same, by keyword.

    Raises:
        Forbidden: ``by`` may not change it.
        Invalid: Something is malformed, or is not said about people.
        StaleVersion: Somebody else changed it since.
        IdentifierTaken: Another agent has this SIREN and SIRET.
    """
    authorize(by, "registry.change_agent", agent)
    agent = (
        Agent.objects.select_for_update(of=("self",), no_key=True)
        .select_related("chamber", "user")
        .get(pk=agent.pk)
    )
    given = {**(fields or {}), **more}
    if agent.kind == Agent.Kind.PERSON and given.keys() - {"name"}:
        extra = sorted(given.keys() - {"name"})
        raise mistakes({name: [_("This is not kept about people.")] for name in extra})
    before = agent_record(agent)
    values = clean_agent(given)
    if "siren" in values and not values["siren"].startswith(before["siren"] or "-"):
        values.setdefault("siret", "")  # another SIREN: the SIRET was the old one's
    wanted = clean_agent({**{name: before[name] for name in FIELDS}, **values})
    _check_version(agent, version, before, wanted)
    for name, value in wanted.items():
        setattr(agent, name, value)
    after = agent_record(agent)
    changed = changed_fields(before, after)
    if not changed:
        return agent
    _index(agent)
    with _unique(agent):
        history.write_agent(agent, after, action=action, changed=changed, by=by, reason=reason)
    if agent.user is not None and "name" in changed:
        User.objects.filter(pk=agent.user.pk).update(name=agent.name[:150])
    audit(by, "registry.agent.changed", agent, fields=changed, version=agent.version)
    emit(AgentChanged(agent=agent.pk, version=agent.version, fields=tuple(changed)), by=by)
    return agent


def _clean_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise mistakes({"email": error.messages}) from error
    if len(address) > 254:
        raise mistakes({"email": [_("This address is too long.")]})
    return address


def _check_version(
    agent: Agent, version: int | None, before: dict[str, Any], wanted: dict[str, Any]
) -> None:
    if version is None or version == agent.version:
        return
    both = [name for name, value in wanted.items() if before[name] != value]
    raise StaleVersion(version=agent.version, yours=version, changed=both)


def _index(agent: Agent) -> None:
    """Write what is searched and sorted by."""
    agent.sort_name = fold(agent.name)[:260]
    agent.search = haystack(
        agent.name, agent.slug, agent.siren, agent.siret, agent.rna, agent.place, agent.description
    )


@contextmanager
def _unique(agent: Agent) -> Iterator[None]:
    """Turn a clash of short names or numbers into a refusal, whoever sees it first."""
    taken = Agent.objects.exclude(pk=agent.pk)
    if agent.pk is None and taken.filter(slug__iexact=agent.slug).exists():
        raise SlugTaken(slug=agent.slug)
    same = Q(siren=agent.siren, siret=agent.siret)
    if agent.siren and (other := taken.filter(same).first()):
        raise IdentifierTaken(held_by=other.slug)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "siren" in str(error):
            raise IdentifierTaken from error
        raise SlugTaken(slug=agent.slug) from error


def _write_new(
    agent: Agent,
    by: Actor,
    reason: str,
    values: dict[str, str] | None = None,
    action: str = history.Action.CREATED,
) -> Agent:
    for name, value in (values or {}).items():
        setattr(agent, name, value)
    _index(agent)
    record = agent_record(agent)
    with _unique(agent):
        history.write_agent(agent, record, action=action, changed=[], by=by, reason=reason)
    audit(by, "registry.agent.created", agent, kind=agent.kind, slug=agent.slug)
    emit(AgentCreated(agent=agent.pk, kind=agent.kind), by=by)
    return agent
