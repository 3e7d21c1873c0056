"""Trade between chambers: units leave one and arrive in the other, within what both agreed.

Each chamber has an account for the other; each side's accounts stay zero together. Nothing locks rows of
both: it is sent here, taken there, and here it is then done, or given back with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Invalid, KeyReused
from chambre.core.hooks import emit, event
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Crossing, Partner
from chambre.rooms.credit.queries.communities import ORIGIN, account_named
from chambre.rooms.credit.queries.errors import NoAgreement, NotMember
from chambre.rooms.credit.services.communities import LARGEST, SYSTEM, need_member
from chambre.rooms.credit.services.paying import check_accepted, new_id
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount


@event("credit.crossing.sent")
@dataclass(frozen=True, slots=True)
class CrossingSent:
    """Units left a chamber for another one.

    Attributes:
        crossing: Its public id.
        chamber: Id of the chamber where they are to arrive.
    """

    crossing: str
    chamber: int


@event("credit.crossing.answered")
@dataclass(frozen=True, slots=True)
class CrossingAnswered:
    """What the other side did; ``why`` is empty when they arrived.

    Attributes:
        crossing: Its public id.
        chamber: Id of the chamber that they came from.
        why: Why they were not taken.
    """

    crossing: str
    chamber: int
    why: str = ""


@transaction.atomic
def agree(
    *, community: Community, partner: Agent, owes: int, owed: int, by: Actor, is_open: bool = True
) -> Partner:
    """Agree to trade with another chamber; in force once the other side has agreed to the same.

    Args:
        community: Of this side.
        partner: The other chamber.
        owes: How far this side's members together may owe the other side's.
        owed: How far the other side's may owe this side's.
        by: Who looks after this side's credit.
        is_open: False ends it for what is not under way.

    Raises:
        Forbidden: ``by`` does not look after the credit.
        Invalid: No chamber, or not limits.
    """
    authorize(by, "credit.manage", community)
    for name, cents in (("owes", owes), ("owed", owed)):
        if not 0 <= cents <= LARGEST:
            raise Invalid(fields={name: [_("A limit is zero or more.")]})
    account = treasury.open_partner(
        chamber=community.chamber, partner=partner, unit=community.unit, limit=owed, ceiling=owes,
        by=SYSTEM,
    )  # fmt: skip
    treasury.agree_bounds(account=account, limit=owed, ceiling=owes, by=SYSTEM, reason="partner")
    row, _made = Partner.objects.update_or_create(
        community=community, chamber=partner,
        defaults={
            "account": account, "owes": owes, "owed": owed, "is_open": is_open,
            "by": by.label[:254],
        },
    )  # fmt: skip
    audit(by, "credit.partner.agreed", row, owes=owes, owed=owed, is_open=is_open)
    return row


def other_side(row: Partner) -> Partner | None:
    """What the other chamber agreed with this one, when it is the same, and both are open."""
    community = row.community
    rows = Partner.objects.filter(
        community__chamber=row.chamber_id, community__unit=community.unit,
        chamber=community.chamber_id, owes=row.owed, owed=row.owes, is_open=True,
    )  # fmt: skip
    found = rows.select_related("community__chamber", "account").first()
    return found if row.is_open else None


@transaction.atomic
def send(
    *, source: CreditAccount, partner: Partner, target: str, amount: int, reason: str, key: str,
    by: Actor,
) -> Crossing:  # fmt: skip
    """Pay a member of another chamber, once per key; the answer comes a moment later.

    Args:
        source: Whose units.
        partner: The agreement with the other chamber.
        target: Number of the account there.
        amount: Hundredths of a unit, or minutes.
        reason: What for.
        key: Idempotency key, 1 to 80 characters, unique for the account.
        by: The holder.

    Raises:
        Forbidden: ``by`` may not give these units.
        NotMember: The account takes no part in the community of the agreement.
        NoAgreement: The other side has not agreed to the same.
        NotEnoughUnits: More than is held and agreed.
        TooManyUnits: This side would owe the other more than was agreed.
        Invalid, KeyReused: As :func:`chambre.treasury.api.move_units`.
    """
    authorize(by, "credit.use_account", source)
    if need_member(source).community_id != partner.community_id:
        raise NotMember
    if other_side(partner) is None:
        raise NoAgreement
    known = Crossing.objects.filter(account=source, key=key[:80]).first()
    target = target.strip().upper()[:8]
    if known is not None:
        if (known.partner_id, known.target, known.amount) != (partner.pk, target, amount):
            raise KeyReused(key=key)
        return known
    public_id = new_id()
    out = treasury.move_units(
        source=source, target=partner.account, amount=amount, reason=reason, day=registry.today(),
        key=f"crossing:{source.pk}:{key}"[:120], by=by.also("treasury"), origin="credit.crossing",
        origin_key=public_id,
    )  # fmt: skip
    row: Crossing = Crossing.objects.create(
        public_id=public_id, partner=partner, account=source, target=target, amount=amount,
        reason=out.reason, out=out, key=key[:80], by=by.label[:254],
    )  # fmt: skip
    audit(by, "credit.crossing.sent", row, amount=amount)
    emit(CrossingSent(row.public_id, partner.chamber_id), by=SYSTEM)
    return row


@transaction.atomic
def arrive(crossing: str) -> None:
    """On the other side: give the payee their units, or say why not. Writes rows of that side alone."""
    row = Crossing.objects.select_related("partner__community__chamber", "partner__chamber").get(
        public_id=crossing
    )
    why = ""
    try:
        with transaction.atomic():
            _take(row)
    except ChambreError as refusal:
        why = str(refusal.message)[:300]
    emit(CrossingAnswered(row.public_id, row.partner.community.chamber_id, why), by=SYSTEM)


def _take(row: Crossing) -> None:
    there = other_side(row.partner)
    if there is None:
        raise NoAgreement
    target = account_named(row.partner.chamber, row.target)
    if target.unit != there.community.unit or target.pk == there.account_id:
        raise NotMember
    need_member(target)
    check_accepted(target, row.amount, None)
    treasury.move_units(
        source=there.account, target=target, amount=row.amount, reason=row.reason,
        day=registry.today(), key=f"crossing-in:{row.public_id}", by=SYSTEM,
        origin="credit.crossing", origin_key=row.public_id,
    )  # fmt: skip


@transaction.atomic
def answer(crossing: str, why: str) -> None:
    """Back on this side: it is done, or the units come back to who sent them. Heard once or more."""
    rows = Crossing.objects.select_for_update(of=("self",)).filter(public_id=crossing)
    row = rows.select_related("partner__account", "account__agent").get()
    if row.state != Crossing.State.SENT:
        return
    row.state = Crossing.State.BACK if why else Crossing.State.DONE
    if why:
        row.why = why
        row.back = treasury.move_units(
            source=row.partner.account, target=row.account, amount=row.amount,
            reason=_("Came back: %(reason)s") % {"reason": row.reason}, day=registry.today(),
            key=f"crossing-back:{row.public_id}", by=SYSTEM, origin=ORIGIN,
            target_use="supplier",
        )  # fmt: skip
    row.save(update_fields=["state", "why", "back"])
    audit(SYSTEM, f"credit.crossing.{row.state}", row)
