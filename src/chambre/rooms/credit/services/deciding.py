"""Decisions of members: proposed, spoken on, and carried out when enough of them have agreed."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.lib.mutualcredit import shares_of_loss
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Decision, Leaving, Membership, Voice
from chambre.rooms.credit.queries.communities import ORIGIN, members_of, received_by, rules_of
from chambre.rooms.credit.queries.errors import NotMember, NotOpen
from chambre.rooms.credit.queries.pots import pot_of
from chambre.rooms.credit.services.communities import (
    LARGEST,
    SYSTEM,
    RulesIn,
    check_rules,
    keep_bounds,
    lock_community,
    need_member,
    write_rules,
)
from chambre.rooms.credit.services.guarantee import pay_from_fund
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

Kind, State = Decision.Kind, Decision.State
EQUAL, BY_USE = "equal", "use"


def propose_rules(
    *, speaker: CreditAccount, rules: RulesIn, words: str, key: str, by: Actor
) -> Decision:
    """Propose other rules; who proposes agrees.

    Args:
        speaker: The account of the member who proposes.
        rules: All of them, as they would be.
        words: Why, 1 to 500 characters.
        key: Idempotency key, 1 to 80 characters, unique for ever.
        by: The member.

    Raises:
        Forbidden: ``by`` does not hold the account.
        NotMember: It takes no part.
        Invalid: No reason, or rules that make no sense.
        KeyReused: The key was used for another proposal.
    """
    check_rules(rules)
    return _propose(speaker, Kind.RULES, asdict(rules), None, words, key, by)


def propose_bounds(
    *, speaker: CreditAccount, account: CreditAccount, floor: int | None, ceiling: int | None,
    words: str, key: str, by: Actor,
) -> Decision:  # fmt: skip
    """Propose bounds for one member, instead of those of the rules (None: those of the rules).

    Raises:
        Forbidden, NotMember, Invalid, KeyReused: See :func:`propose_rules`.
    """
    member = need_member(speaker)
    if need_member(account).community_id != member.community_id:
        raise NotMember
    for name, value in (("floor", floor), ("ceiling", ceiling)):
        if value is not None and not 0 <= value <= LARGEST:
            raise Invalid(fields={name: [_("A limit is zero or more.")]})
    content = {"floor": floor, "ceiling": ceiling}
    return _propose(speaker, Kind.BOUNDS, content, account, words, key, by)


def propose_loss(
    *, speaker: CreditAccount, leaving: Leaving, how: str, words: str, key: str, by: Actor
) -> Decision:
    """Propose that the members bear what somebody who leaves owes: equally, or by what each received.

    The guarantee fund pays its part first, then the common account what it can.

    Args:
        speaker: The account of the member who proposes.
        leaving: Whose leaving; its way is that the members share.
        how: ``equal`` or ``use``: by what each received in twelve months.
        words: Why.
        key: Idempotency key.
        by: The member.

    Raises:
        NotOpen: The leaving is over, or of another way.
        Forbidden, NotMember, Invalid, KeyReused: See :func:`propose_rules`.
    """
    member = need_member(speaker)
    if leaving.membership.community_id != member.community_id:
        raise NotMember
    if leaving.state != Leaving.State.OPEN or leaving.way != "shared":
        raise NotOpen
    if how not in (EQUAL, BY_USE):
        raise Invalid(fields={"how": [_("There is no such choice.")]})
    content = {"leaving": leaving.pk, "how": how}
    return _propose(speaker, Kind.LOSS, content, leaving.membership.account, words, key, by)


@transaction.atomic
def _propose(
    speaker: CreditAccount, kind: str, content: dict[str, Any], account: CreditAccount | None,
    words: str, key: str, by: Actor,
) -> Decision:  # fmt: skip
    authorize(by, "credit.use_account", speaker)
    words = " ".join(words.split())[:500]
    if not words:
        raise Invalid(fields={"words": [_("Say why.")]})
    community = lock_community(need_member(speaker).community)
    known = Decision.objects.filter(key=key[:80]).first()
    if known is not None:
        if (known.community_id, known.kind, known.content) != (community.pk, kind, content):
            raise KeyReused(key=key)
        return known
    rules = rules_of(community)
    row = Decision.objects.create(
        community=community, kind=kind, content=content, words=words, account=account,
        hands=rules.hands, until=registry.today() + dt.timedelta(days=rules.days), key=key[:80],
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "credit.decision.proposed", row, kind=kind, content=content)
    _speak(row, speaker, True, by)
    row.refresh_from_db()
    return row


@transaction.atomic
def speak(*, decision: Decision, speaker: CreditAccount, yes: bool, by: Actor) -> Decision:
    """Say yes or no, once; the last yes that was needed carries the decision out.

    Raises:
        Forbidden: ``by`` does not hold the account.
        NotMember: It takes no part in this community.
        NotOpen: It is decided, or its last day has passed.
        Conflict: The member said the opposite before; or what was decided cannot be done.
    """
    authorize(by, "credit.use_account", speaker)
    lock_community(decision.community)
    row = Decision.objects.select_related("community__chamber", "account").get(pk=decision.pk)
    if need_member(speaker).community_id != row.community_id:
        raise NotMember
    said = row.voices.filter(account=speaker).first()
    if said is not None:
        if said.yes != yes:
            raise Conflict(_("You have spoken already."))
        return row
    if row.state != State.OPEN or registry.today() > row.until:
        raise NotOpen
    _speak(row, speaker, yes, by)
    return row


def _speak(row: Decision, speaker: CreditAccount, yes: bool, by: Actor) -> None:
    Voice.objects.create(decision=row, account=speaker, yes=yes, by=by.label[:254])
    audit(by, "credit.decision.spoken", row, yes=yes, account=speaker.code)
    members = members_of(row.community).filter(state=Membership.State.ACTIVE).count()
    said_yes = row.voices.filter(yes=True).count()
    said_no = row.voices.filter(yes=False).count()
    if said_yes >= row.hands:
        _carry_out(row)
        _end(row, State.AGREED)
    elif members - said_no < row.hands and said_no:
        _end(row, State.REFUSED)


def _end(row: Decision, state: str) -> None:
    row.state, row.decided_on = state, registry.today()
    row.save(update_fields=["state", "decided_on"])
    audit(SYSTEM, f"credit.decision.{state}", row)


def _carry_out(row: Decision) -> None:
    """Do what was decided.

    Raises:
        Conflict: It cannot be done any more; the voice is not noted either.
    """
    if row.kind == Kind.RULES:
        write_rules(row.community, RulesIn(**row.content), SYSTEM, row)
    elif row.kind == Kind.BOUNDS:
        member = need_member(row.account)  # type: ignore[arg-type] # bounds are somebody's
        member.own_floor, member.own_ceiling = row.content["floor"], row.content["ceiling"]
        member.save(update_fields=["own_floor", "own_ceiling"])
        rows = members_of(row.community).filter(pk=member.pk)
        keep_bounds(row.community, rows)
    else:
        _share_loss(row)


def _share_loss(row: Decision) -> None:
    """The guarantee fund pays its part, the common account gives what it can, the members share the rest."""
    leaving = Leaving.objects.select_related("membership__account").get(pk=row.content["leaving"])
    if leaving.state != Leaving.State.OPEN:
        raise NotOpen
    leaver = CreditAccount.objects.select_for_update(no_key=True).get(
        pk=leaving.membership.account_id
    )
    loss = -leaver.held
    if loss <= 0:
        raise NotOpen
    rest = loss - pay_from_fund(row, leaving, loss)
    bear = _bearers(row.community, rest, row.content["how"]) if rest else {}
    moves = [
        treasury.UnitsMove(
            source, leaver.pk, cents, _("Share of a loss"), f"loss:{row.pk}:{source}"
        )
        for source, cents in bear.items()
    ]
    treasury.move_many(
        chamber=row.community.chamber, moves=moves, day=registry.today(), by=SYSTEM,
        origin=ORIGIN, uses=("bad.debt", ""),
    )  # fmt: skip


def _bearers(community: Community, loss: int, how: str) -> dict[int, int]:
    """Who bears how much of a loss.

    Raises:
        Conflict: All together cannot bear it within their limits.
    """
    common = CreditAccount.objects.get(pk=community.common_id)
    pot = min(max(pot_of(community), 0), loss)
    rest = loss - pot
    rows = members_of(community).filter(state=Membership.State.ACTIVE)
    ids = list(rows.values_list("account_id", flat=True))
    locked = CreditAccount.objects.select_for_update(no_key=True).filter(pk__in=ids)
    most = {row.pk: max(row.left, 0) for row in locked.order_by("is_busy", "pk")}
    received = received_by(ids) if how == BY_USE else {}
    weights = {pk: received.get(pk, 0) if how == BY_USE else 1 for pk in ids}
    bear = shares_of_loss(rest, weights, most)
    if sum(bear.values()) < rest:
        raise Conflict(_("The members cannot bear so much within their limits."))
    return ({common.pk: pot} if pot else {}) | bear


def lapse_due() -> int:
    """End decisions whose last day has passed without enough voices; how many."""
    done = 0
    for row in Decision.objects.filter(state=State.OPEN, until__lt=registry.today())[:500]:
        with transaction.atomic():
            lock_community(row.community)
            fresh = Decision.objects.get(pk=row.pk)
            if fresh.state == State.OPEN:
                _end(fresh, State.REFUSED)
                done += 1
    return done
