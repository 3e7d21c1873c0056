"""A lathe that a structure owns and another one keeps, and people who would use it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.lib.booking import moment
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.access.models import Booking, Offer
from chambre.rooms.access.services import booking, offering

SINCE = dt.date(2024, 1, 1)
SYSTEM = Actor.system("command line")


class Workshop:
    """A lathe of the commune, kept by the workshop. Ada acts for the owner, Bea keeps; Carl and Dora."""

    def __init__(self) -> None:
        self.chamber = registry.home_chamber()
        self.commune = registry.create_structure(
            slug="commune", name="Commune de Valmère", by=SYSTEM, legal_form="other"
        )
        self.workshop = registry.create_structure(
            slug="fabrique", name="La Fabrique", by=SYSTEM, legal_form="association"
        )
        self.ada = self.person("ada", treasurer=self.commune)
        self.bea = self.person("bea", treasurer=self.workshop)
        self.carl = self.person("carl")
        self.dora = self.person("dora")
        self.lathe = self.resource("tour", "Le tour à bois")
        self.day = registry.today() + dt.timedelta(days=7)

    def resource(self, slug: str, name: str) -> Resource:
        return registry.create_resource(
            slug=slug, name=name, by=SYSTEM, fields={"owner": "commune", "custodian": "fabrique"}
        )

    def person(self, name: str, *, treasurer: Agent | None = None, member: bool = True) -> Agent:
        agent = registry.create_person(
            email=f"{name}@valmere.test", name=name.title(), by=SYSTEM, language="fr"
        )
        with clock.pretend(SINCE):
            if treasurer is not None:
                registry.grant_role(agent=agent, kind="treasurer", scope=treasurer, by=SYSTEM)
            if member:
                registry.grant_role(agent=agent, kind="member", scope=self.chamber, by=SYSTEM)
        return agent

    def by(self, agent: Agent) -> Actor:
        return Actor.of(Agent.objects.select_related("user").get(pk=agent.pk).user)

    def offers(self, resource: Resource | None = None, **rules: Any) -> Offer:
        """The thing at disposal, its rules accepted by both."""
        offer = offering.offer_use(resource=resource or self.lathe, by=self.by(self.ada), **rules)
        terms = offer.versions.get()
        offering.accept(terms=terms, side="custodian", digest=terms.digest, by=self.by(self.bea))
        offer.refresh_from_db()
        return offer

    def at(self, hour: int, minute: int = 0, days: int = 0) -> dt.datetime:
        """A time of the day a week from now, on the clock of the place."""
        return moment(self.day + dt.timedelta(days=days), hour * 60 + minute)

    def books(
        self, person: Agent, start: int, end: int, *, days: int = 0, key: str = "",
        by: Agent | None = None, resource: Resource | None = None,
    ) -> Booking:  # fmt: skip
        return booking.book(
            resource=resource or self.lathe, person=person, start=self.at(start, days=days),
            end=self.at(end, days=days), key=key or f"k{timezone.now().timestamp()}",
            by=self.by(by or person),
        )  # fmt: skip


@pytest.fixture
def shop(db: Any) -> Workshop:
    """A lathe, its owner, its keeper, two who use it."""
    return Workshop()
