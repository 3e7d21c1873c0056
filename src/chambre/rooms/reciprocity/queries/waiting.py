"""What contracts ask of somebody: to sign, and to speak about a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.registry.api import agents_bound_by, today
from chambre.rooms.reciprocity.models import Amendment, Contract, Elector, Party, Signature
from chambre.rooms.reciprocity.queries.binding import mandates_on


def _contract(slug: str) -> str:
    return reverse("reciprocity:contract", args=[slug])


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Contracts and changes of contracts that wait for their signature or their voice."""
    if by.user is None or by.kind != "person":
        return
    first = _unsigned(by).filter(
        version__contract=OuterRef("pk"), version__number=OuterRef("number")
    )
    signing = Contract.objects.filter(Exists(first), state=Contract.State.SIGNING)
    yield asked(signing, "reciprocity.sign", reference="slug", title="name")
    binds = Q(contract__state__in=(Contract.State.IN_FORCE, Contract.State.SUSPENDED))
    changed = Amendment.objects.filter(
        binds, Exists(_unsigned(by).filter(version=OuterRef("version"))),
        state=Amendment.State.ACCEPTED,
    )  # fmt: skip
    named = {"reference": "contract__slug", "title": "contract__name"}
    yield asked(changed, "reciprocity.sign", **named)
    silent = Elector.objects.filter(
        _bound(by, contract="amendment__contract"), amendment=OuterRef("pk"), voices__isnull=True
    )
    open_ones = Amendment.objects.filter(
        Exists(silent), state=Amendment.State.OPEN, until__gte=today()
    )
    yield asked(open_ones, "reciprocity.speak", due="until", **named)


def _unsigned(by: Actor) -> QuerySet[Party]:
    """Parties whom somebody binds, that lack a signature, and not for want of another's."""
    signed = Signature.objects.filter(party=OuterRef("pk"), signer__user=by.user)
    rows = Party.objects.filter(_bound(by, contract="version__contract"), ~Exists(signed))
    found: QuerySet[Party] = rows.annotate(given=Count("signatures")).filter(given__lt=F("hands"))
    return found


def _bound(by: Actor, *, contract: str) -> Q:
    """Rows whose agent somebody binds: themselves, by an office, or by a power that they were given."""
    powers = mandates_on(today()).filter(
        Q(contract__isnull=True) | Q(contract=OuterRef(contract)),
        structure=OuterRef("agent"), person__user=by.user,
    )  # fmt: skip
    return Q(agent__in=agents_bound_by(by.user)) | Q(Exists(powers))


WAITS = Waits(
    "reciprocity",
    acts={
        "sign": Act(_("contract to sign"), _contract),
        "speak": Act(pgettext_lazy("a change of a contract", "change to answer"), _contract),
    },
    rows=waiting,
)
