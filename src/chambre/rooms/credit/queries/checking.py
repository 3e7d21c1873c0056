"""What ``ledger verify`` asks the room: is every community zero together, and as the ledger says?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from chambre.rooms.credit.models import (
    Charge,
    Community,
    Contribution,
    Crossing,
    Guaranteed,
    Request,
    Ticket,
)
from chambre.rooms.credit.queries.pots import kept_apart
from chambre.rooms.credit.queries.wording import units
from chambre.treasury.models import CreditAccount
from chambre.treasury.queries.credit import differing


def differences() -> Iterator[str]:
    """One message for each thing that does not agree."""
    for community in Community.objects.select_related("chamber", "common"):
        yield from _of(community)
    wrong = Charge.objects.filter(move__isnull=False).exclude(move__amount=F("taken"))
    for charge in wrong:
        yield _("The charge %(charge)s is not what its move took.") % {"charge": charge}
    for given in Contribution.objects.filter(move__isnull=False).exclude(move__amount=F("taken")):
        yield _("The contribution %(contribution)s is not what its move took.") % {
            "contribution": given
        }
    for paid in Guaranteed.objects.exclude(move__amount=F("amount")):
        yield _("What the guarantee fund paid (%(paid)s) is not what its move gave.") % {
            "paid": paid
        }
    for row in Request.objects.filter(move__isnull=False).exclude(move__amount=F("amount")):
        yield _("The request %(request)s is not what its move paid.") % {"request": row}


def _of(community: Community) -> Iterator[str]:
    name, unit = community.chamber.name, community.unit
    accounts = CreditAccount.objects.filter(chamber=community.chamber_id, unit=unit)
    total = accounts.aggregate(total=Sum("held", default=0))["total"]
    if total:
        yield _("The accounts of %(name)s in %(unit)s are %(total)s together, not zero.") % {
            "name": name, "unit": unit, "total": units(total, unit),
        }  # fmt: skip
    for code, (held, said) in sorted(differing(community.chamber, unit).items()):
        yield _("%(code)s of %(name)s stands at %(held)d; the ledger says %(said)d.") % {
            "code": code, "name": name, "held": held, "said": said,
        }  # fmt: skip
    apart = kept_apart(community)
    if apart.fund < 0:
        yield _("The guarantee fund of %(name)s paid more than it was given.") % {"name": name}
    if sum(apart) > community.common.held + community.common.limit:
        yield _("More waits in the common account of %(name)s than it holds.") % {"name": name}
    wrong = Ticket.objects.filter(community=community).exclude(aside__amount=F("amount"))
    for ticket in wrong:
        yield _("The ticket %(ticket)s is not worth what was set aside.") % {"ticket": ticket}
    for row in Crossing.objects.filter(partner__community=community).exclude(
        out__amount=F("amount")
    ):
        yield _("The payment %(crossing)s is not what left here.") % {"crossing": row}
