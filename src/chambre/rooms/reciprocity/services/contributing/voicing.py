"""What others say of a contribution, and when it counts."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.lib.contributing import recognition
from chambre.lib.contributing.wording import ContributingRefusal
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contribution, Recognition, Voice
from chambre.rooms.reciprocity.queries.contributing.errors import Replaced, Ruled
from chambre.rooms.reciprocity.queries.contributing.finding import (
    current,
    roll_of,
    standing_of,
)
from chambre.rooms.reciprocity.services.contributing.common import (
    actor_agent,
    key_for,
    words_of,
    wrong,
)

DECISIONS = (Voice.Kind.ACCEPTED, Voice.Kind.DECLINED)
SETTLED = (recognition.State.RECOGNISED, recognition.State.DECLINED)


@transaction.atomic
def say(
    *, contribution: Contribution, kind: str, key: str, by: Actor, words: str = "",
    about: Agent | None = None, agent: Agent | None = None,
) -> Voice:  # fmt: skip
    """Say something of a contribution: seen, an objection, an answer, a decision; once per key.

    Args:
        contribution: Of which.
        kind: A :class:`~chambre.rooms.reciprocity.models.Voice.Kind` value.
        key: Idempotency key, 1 to 80 characters, unique among those of who speaks.
        by: Who speaks.
        words: Why; objections, answers and decisions need them.
        about: For an answer: whose objection is answered.
        agent: For whom the command line speaks.

    Raises:
        Forbidden: ``by`` is not of its circle, or may not decide.
        Replaced: It was corrected or taken back.
        Ruled: Nobody recognises their own contribution, an objection has a reason, and so on.
        Invalid: There is no such kind.
    """
    if kind not in Voice.Kind.values:
        raise wrong("kind", _("There is no such kind of voice."))
    _authorize(contribution, kind, by)
    who = actor_agent(by, agent)
    kept = key_for(who, key, by)
    row = _lock(contribution)
    found: Voice | None = row.voices.filter(key=kept).first()
    if found is not None:
        return found
    if row.withdrawn or Contribution.objects.filter(corrects=row).exists():
        raise Replaced
    settle(row)
    _check(row, kind, who, about, words)
    voice = Voice.objects.create(
        contribution=row, number=row.voices.count() + 1, agent=who, kind=kind, about=about,
        words=words_of(who, "", words) if words.strip() else None, day=registry.today(), key=kept,
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.contribution.said", row, kind=kind)
    settle(row)
    return voice


def _authorize(contribution: Contribution, kind: str, by: Actor) -> None:
    permission = "recognise"
    if kind in DECISIONS:
        permission = "decide_contribution"
    elif kind == Voice.Kind.ANSWER:
        permission = "read_contribution"
    authorize(by, f"reciprocity.{permission}", contribution)


def _lock(contribution: Contribution) -> Contribution:
    rows = Contribution.objects.select_for_update(of=("self",))
    row: Contribution = rows.select_related("resource", "agent").get(pk=contribution.pk)
    return row


def _check(row: Contribution, kind: str, who: Agent, about: Agent | None, words: str) -> None:
    voice = recognition.Voice(
        str(who.pk), recognition.Kind(kind), registry.today(), str(about.pk) if about else ""
    )
    roll = {str(pk) for pk in roll_of(row.resource, row.roll)}
    try:
        recognition.check_voice(
            voice, by=str(row.agent_id), roll=roll, now=standing_of(row), reason=words
        )
    except ContributingRefusal as refusal:
        raise Ruled(refusal) from None


def settle(row: Contribution) -> Contribution:
    """Write down that a contribution counts, or does not, once it does; the caller holds its lock."""
    if row.withdrawn or Recognition.objects.filter(contribution=row).exists():
        return row
    now = standing_of(row)
    if now.state in SETTLED and now.on is not None:
        Recognition.objects.create(
            contribution=row,
            counts=now.state is recognition.State.RECOGNISED,
            way=now.way or recognition.Way.DECISION,
            day=now.on,
        )
    return row


def settle_due() -> int:
    """Settle what silence or a reply that did not come has recognised; how many there were."""
    many = 0
    waiting = current().filter(recognition__isnull=True).order_by("pk")
    for number in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Contribution.objects.select_for_update(of=("self",)).get(pk=number)
            if not Contribution.objects.filter(corrects=row).exists():
                settle(row)
        many += Recognition.objects.filter(contribution_id=number).exists()
    return many
