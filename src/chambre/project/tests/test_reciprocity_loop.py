"""The whole loop: sold in the shop, shared by a contract, read in the statements by resource."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from chambre.core.hooks import deliver_pending
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.lib import reciprocity as words
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Contract, Version
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.services.distributing.proposing import propose
from chambre.rooms.shop.services import handing
from chambre.rooms.shop.tests.conftest import SYSTEM, Farm

pytestmark = pytest.mark.django_db

TEXT = """\
format = 1
slug = "verger-partage"
resources = ["verger"]
title = "Le verger partagé"

[[step]]
name = "amont"
how = "upstream"
share = "20%"
to = { presse = 1 }

[[step]]
name = "voisins"
how = "fixed"
share = "50%"
to = { voisins = 1 }
"""


def figures(by: str) -> dict[str | None, tuple[int, int]]:
    """Income and expenses by resource or structure, today."""
    today = registry.today()
    read = ledger.statement(by=by, first=today, last=today)
    return {group.key: (group.totals.income, group.totals.expenses) for group in read.groups}


def test_from_the_basket_to_the_statement_of_each_resource(client: Any, make_user: Any) -> None:
    farm = Farm()
    orchard = registry.create_resource(slug="verger", name="Le verger", by=SYSTEM)
    registry.create_resource(slug="presse", name="La presse", by=SYSTEM)
    registry.create_structure(
        slug="voisins", name="Les Voisins", by=SYSTEM, legal_form="association"
    )
    apples = farm.sells("Pommes", 2_500, there=20, resource=orchard)
    order = farm.order((apples, 4))
    farm.pay(order)
    handing.hand_over(order=order, key="h", by=SYSTEM)
    deliver_pending()

    contract = Contract.objects.create(
        slug="verger-partage", name="Le verger partagé", chamber=registry.home_chamber(),
        resource=orchard, holder=farm.structure, state=Contract.State.IN_FORCE, number=1,
    )  # fmt: skip
    Version.objects.create(
        contract=contract, number=1, text=TEXT, digest=words.digest(words.read(TEXT)), by="test"
    )
    today = registry.today()
    sold = -sum(
        Line.objects.filter(resource=orchard, account__code__startswith="70").values_list(
            "amount", flat=True
        )
    )
    made = propose(
        contract=contract, since=today - dt.timedelta(days=30), until=today, by=SYSTEM,
        objection_days=0,
    )  # fmt: skip
    assert made.income == sold == 9_479  # 100 € less 5.5 % of VAT
    deciding.decide(distribution=made, by=SYSTEM)
    booking.book(distribution=made, by=SYSTEM)

    # 20 % to the press, half of the rest to the neighbours; what is kept stays with the orchard
    assert figures("resource") == {
        "verger": (9_479, 1_895 + 3_792),
        "presse": (1_895, 0),
        None: (0, 0),
    }
    assert figures("structure") == {"jardin": (9_479 + 1_895, 1_895 + 3_792)}
    assert ledger.verify().ok

    # every cent is opened by clicking: share, fact, entry, and there the order
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=farm.structure, by=SYSTEM)
    client.force_login(user)
    line = made.lines.get(name="voisins")
    shown = client.get(
        reverse("reciprocity:distribution_line", args=["verger-partage", 1, line.number])
    ).content.decode()
    fact = made.facts.get()
    entry = Line.objects.get(pk=int(fact.ref[5:])).entry_id
    address = reverse("lens:entry", args=[entry])
    assert f'href="{address}"' in shown
    assert order.code in client.get(address).content.decode()
