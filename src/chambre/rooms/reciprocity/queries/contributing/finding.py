"""Contributions that somebody may see, the rule that holds, and who may look."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.lib.contributing import recognition
from chambre.lib.contributing.rates import Rate
from chambre.registry.api import held_on, roles_held, today
from chambre.registry.models import Agent, Resource, Role
from chambre.rooms.reciprocity.models import Contribution, RateGrid, RateLine, Terms, Voice

DEFAULT = recognition.Terms()
"""The rule where nobody set one: two others, thirty days of silence, seven days to reply."""


def terms_on(resource: Resource, day: dt.date) -> Terms:
    """The rule that holds for a resource on a day: its own, else its chamber's, else the default."""
    rows = Terms.objects.filter(since__lte=day)
    found = rows.filter(resource=resource).first()
    if found is None:
        found = rows.filter(resource=None, chamber_id=resource.chamber_id).first()
    return found or Terms(
        needed=DEFAULT.needed, silence_days=DEFAULT.silence_days, reply_days=DEFAULT.reply_days,
        roll=Terms.Roll.CHAMBER, since=day,
    )  # fmt: skip


def roll_of(resource: Resource, roll: str) -> set[int]:
    """Ids of the people who may recognise and object today."""
    held = Role.objects.filter(held_on(today()))
    if roll == Terms.Roll.RESOURCE:
        people = set(held.filter(resource=resource).values_list("agent_id", flat=True))
        givers = Contribution.objects.filter(resource=resource, withdrawn=False).order_by()
        return people | set(givers.values_list("agent_id", flat=True))
    chamber = resource.chamber_id
    places = Q(in_agent=chamber) | Q(in_agent__chamber=chamber) | Q(resource__chamber=chamber)
    return set(held.filter(places).values_list("agent_id", flat=True))


def current(rows: QuerySet[Contribution] | None = None) -> QuerySet[Contribution]:
    """Contributions that nothing replaces and that were not taken back."""
    found = Contribution.objects.all() if rows is None else rows
    return found.filter(correction__isnull=True, withdrawn=False)


def visible_to(by: Actor) -> QuerySet[Contribution]:
    """The contributions that somebody may see: their own, and those of their circles."""
    rows = Contribution.objects.select_related(
        "agent", "resource__chamber", "words", "rate", "recognition"
    )
    if by.is_system:
        return rows
    if by.user is None:
        return rows.none()
    held = roles_held(by.user)
    chambers = {one.chamber for one in held}
    places = {one.resource for one in held if one.resource is not None}
    helped = {
        one.chamber for one in held
        if one.kind == Role.Kind.ADMINISTRATOR and one.in_agent == one.chamber
    }  # fmt: skip
    given = Contribution.objects.filter(agent__user_id=by.user.pk, resource=OuterRef("resource"))
    return rows.filter(
        Q(agent__user_id=by.user.pk)
        | Q(roll=Terms.Roll.CHAMBER, resource__chamber__in=chambers)
        | Q(resource__in=places)
        | Q(resource__chamber__in=helped)
        | Exists(given)
    )


def contribution_of(number: int, by: Actor) -> Contribution:
    """A contribution that somebody may see.

    Raises:
        NotFound: There is none, or not for them.
    """
    found = visible_to(by).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def to_look_at(by: Actor) -> QuerySet[Contribution]:
    """What others did and nobody has settled yet, that this person has said nothing of."""
    rows = current(visible_to(by)).filter(recognition__isnull=True)
    if by.user is None:
        return rows.none()
    said = Voice.objects.filter(contribution=OuterRef("pk"), agent__user_id=by.user.pk)
    return rows.exclude(agent__user_id=by.user.pk).filter(~Exists(said))


def terms_of(row: Contribution) -> recognition.Terms:
    """The rule that was kept with a contribution."""
    return recognition.Terms(row.needed, row.silence_days, row.reply_days)


def standing_of(row: Contribution, day: dt.date | None = None) -> recognition.Standing:
    """Where a contribution stands today or on a day; people stand there by their ids."""
    voices = [
        recognition.Voice(
            str(voice.agent_id), recognition.Kind(voice.kind), voice.day, str(voice.about_id or "")
        )
        for voice in row.voices.all()
    ]
    return recognition.standing(
        by=str(row.agent_id), since=row.recorded_on, voices=voices, terms=terms_of(row),
        today=day or today(),
    )  # fmt: skip


def grid_on(resource: Resource | None, chamber: int, day: dt.date) -> RateGrid | None:
    """The grid that is proposed on a day: the resource's own, else the chamber's."""
    rows = RateGrid.objects.filter(since__lte=day).prefetch_related("lines")
    found = rows.filter(resource=resource).first() if resource is not None else None
    return found or rows.filter(resource=None, chamber_id=chamber).first()


def rates_of(grid: RateGrid | None) -> list[Rate]:
    """The lines of a grid, for :mod:`chambre.lib.contributing.rates`."""
    if grid is None:
        return []
    return [Rate(line.skill, line.need, line.minor, grid.since) for line in grid.lines.all()]


def line_of(number: int, resource: Resource, day: dt.date) -> RateLine:
    """A line of the grid that is proposed for a resource on a day.

    Raises:
        NotFound: The grid has no such line.
    """
    grid = grid_on(resource, resource.chamber_id, day)
    found: RateLine | None = grid.lines.filter(pk=number).first() if grid is not None else None
    if found is None:
        raise NotFound
    return found


def agent_of(by: Actor) -> Agent | None:
    """The person in the register behind an actor; None: the command line, or nobody."""
    return Agent.objects.filter(user=by.user).first() if by.user is not None else None
