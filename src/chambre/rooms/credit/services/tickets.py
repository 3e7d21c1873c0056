"""Tickets for where there is no network: units are set aside first, so a ticket is worth its amount."""

from __future__ import annotations

import datetime as dt
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.core.ui import figures
from chambre.lib.mutualcredit import Ticket as Paper
from chambre.lib.mutualcredit import TicketRefusal, read_ticket, write_ticket
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Ticket
from chambre.rooms.credit.queries.communities import ORIGIN
from chambre.rooms.credit.queries.errors import NoTicket, NotOpen, TicketTaken
from chambre.rooms.credit.services.communities import SYSTEM, need_member
from chambre.rooms.credit.services.paying import check_accepted, new_id
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

LONGEST = dt.timedelta(days=366)


def private_key(chamber: Agent) -> bytes:
    """The 32 bytes with which a chamber signs tickets; made from the house's secret, kept nowhere."""
    key = f"credit.ticket:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, f"{chamber.pk}:{chamber.slug}".encode(), "sha256")


def public_key(chamber: Agent) -> bytes:
    """The 32 bytes with which anybody verifies a chamber's tickets."""
    private = Ed25519PrivateKey.from_private_bytes(private_key(chamber))
    return private.public_key().public_bytes_raw()


def text_of(ticket: Ticket) -> str:
    """What stands on a ticket, and in its code."""
    chamber = ticket.community.chamber
    paper = Paper(ticket.serial, chamber.slug, ticket.community.unit, ticket.amount, ticket.until)
    return write_ticket(paper, private_key(chamber))


@transaction.atomic
def make_ticket(
    *, account: CreditAccount, amount: int, until: dt.date, key: str, by: Actor
) -> Ticket:
    """Set units aside for whoever brings this ticket first.

    Args:
        account: Whose units.
        amount: Hundredths of a unit, or minutes.
        until: Last day; after it, the units come back.
        key: Idempotency key, 1 to 80 characters, unique for the account.
        by: The holder.

    Raises:
        Forbidden: ``by`` may not give these units.
        NotMember: The account takes no part.
        NotEnoughUnits: More than there is to give.
        Invalid: Not an amount, or a day that has passed or is more than a year away.
        KeyReused: The key was used for another ticket.
    """
    authorize(by, "credit.use_account", account)
    member = need_member(account)
    known = Ticket.objects.filter(account=account, key=key[:80]).first()
    if known is not None:
        if (known.amount, known.until) != (amount, until):
            raise KeyReused(key=key)
        return known
    today = registry.today()
    if not today <= until <= today + LONGEST:
        message = _("From today to a year from now.")
        raise Invalid(message, fields={"until": [message]})
    community = member.community
    aside = treasury.move_units(
        source=account, target=community.common, amount=amount, reason=_("Ticket"), day=today,
        key=f"ticket:{account.pk}:{key}"[:120], by=by.also("treasury"), origin=ORIGIN,
        target_use="",
    )  # fmt: skip
    row: Ticket = Ticket.objects.create(
        serial=new_id(), community=community, account=account, amount=amount, until=until,
        aside=aside, key=key[:80], by=by.label[:254],
    )  # fmt: skip
    audit(by, "credit.ticket.made", row, amount=amount)
    return row


def take_ticket(*, text: str, account: CreditAccount, by: Actor) -> Ticket:
    """Take the units of a ticket, once. Who took it gets the same answer again.

    That somebody brought a ticket that was taken is written into the trail of acts, for its maker to see.

    Args:
        text: As it was scanned or typed.
        account: Who gets them.
        by: The holder of that account.

    Raises:
        Forbidden: ``by`` does not hold the account.
        NoTicket: It is no ticket of the account's chamber and unit, or not genuine.
        TicketTaken: Somebody else took it.
        NotOpen: Its last day has passed.
        NotMember, NotAccepted, TooManyUnits: The account cannot take it.
    """
    authorize(by, "credit.use_account", account)
    try:
        with transaction.atomic():
            return _take(text, account, by)
    except TicketTaken as refusal:
        ticket = Ticket.objects.get(serial=refusal.data["ticket"])
        audit(by, "credit.ticket.tried-again", ticket, account=account.code)
        raise


def _take(text: str, account: CreditAccount, by: Actor) -> Ticket:
    chamber = account.chamber
    try:
        paper = read_ticket(text, public_key(chamber))
    except TicketRefusal as refusal:
        raise NoTicket(reason=refusal.reason) from None
    rows = Ticket.objects.select_for_update(of=("self",)).filter(serial=paper.serial)
    # Not joined with who took it: PostgreSQL would give that as it was before the lock was waited for.
    row = rows.select_related("community__common", "community__chamber", "account__agent").first()
    if row is None or row.community.unit != account.unit or row.amount != paper.amount:
        raise NoTicket
    if row.taken is not None:
        if row.taken.target_id == account.pk:
            return row
        raise TicketTaken(
            _("This ticket was taken on %(day)s. Nothing was paid a second time.")
            % {"day": figures.day(row.taken.day)},
            ticket=row.serial, on=row.taken.day.isoformat(),
        )  # fmt: skip
    if row.back_id is not None or registry.today() > row.until:
        raise NotOpen(_("The last day of this ticket has passed."))
    need_member(account)
    check_accepted(account, row.amount, None)
    row.taken = treasury.move_units(
        source=row.community.common, target=account, amount=row.amount,
        reason=_("Ticket of %(name)s") % {"name": row.account.agent.name}, day=registry.today(),
        key=f"ticket-taken:{row.serial}", by=SYSTEM, origin="credit.ticket",
        origin_key=row.serial, source_use="",
    )  # fmt: skip
    row.save(update_fields=["taken"])
    audit(by, "credit.ticket.taken", row, account=account.code)
    return row


@transaction.atomic
def give_back(*, ticket: Ticket, by: Actor) -> Ticket:
    """Give the units of a ticket back to who made it: when its last day has passed.

    Before that, nobody can know whether somebody holds it.

    Raises:
        Forbidden: ``by`` does not hold the account that made it.
        TicketTaken: It was taken.
        NotOpen: Its last day has not passed.
    """
    authorize(by, "credit.use_account", ticket.account)
    rows = Ticket.objects.select_for_update(of=("self",))
    row = rows.select_related("community__common", "account__agent").get(pk=ticket.pk)
    if row.taken_id is not None:
        raise TicketTaken
    if row.back_id is not None:
        return row
    if registry.today() <= row.until:
        raise NotOpen(_("Until its last day, whoever holds the ticket may bring it."))
    row.back = treasury.move_units(
        source=row.community.common, target=row.account, amount=row.amount,
        reason=_("Ticket that nobody brought"), day=registry.today(),
        key=f"ticket-back:{row.serial}", by=SYSTEM, origin=ORIGIN, source_use="",
        target_use="supplier",
    )  # fmt: skip
    row.save(update_fields=["back"])
    audit(by, "credit.ticket.back", row)
    return row


def give_back_due() -> int:
    """Give back the units of tickets whose last day has passed; how many."""
    rows = Ticket.objects.filter(taken__isnull=True, back__isnull=True, until__lt=registry.today())
    done = 0
    for row in rows.select_related("account__agent")[:500]:
        try:
            give_back(ticket=row, by=SYSTEM)
            done += 1
        except (treasury.TooManyUnits, TicketTaken):  # looked at again the next time
            continue
    return done
