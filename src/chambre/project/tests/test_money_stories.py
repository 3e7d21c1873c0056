"""Six months of money are told, matched alone without a mistake, and the books say what the bank says."""

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.project.demo.load import SINCE
from chambre.project.demo.money import STORIES
from chambre.project.demo.money.load import BANK_CODE, load_money
from chambre.project.demo.money.measure import measure
from chambre.registry import api as registry
from chambre.treasury.models import MonthMark
from chambre.treasury.queries.balances import balance_of

pytestmark = pytest.mark.django_db
SEED = 4021
"""Another seed than the demonstration's."""


@pytest.fixture
def two_people(make_user, system):
    chamber = registry.home_chamber()
    people = []
    for name in ("ada", "bruno"):
        user = make_user(f"{name}@exemple.test")
        person = registry.create_person(email=user.email, name=name.title(), by=system)
        with clock.pretend(SINCE):
            registry.grant_role(agent=person, kind="administrator", scope=chamber, by=system)
        people.append(Actor.of(user))
    return tuple(people)


def test_what_is_matched_alone_is_right_and_is_nearly_everything(two_people, system):
    registry.create_resource(slug="verger", name="Verger", by=system)
    for slug, siren in (("vergers", "000000109"), ("jus", "000000208")):
        structure = registry.create_structure(slug=slug, name=slug.title(), siren=siren, by=system)
        chart = "associatif" if slug == "vergers" else "pcg"
        ledger.open_book(structure=structure, chart=chart, by=system)

    tellers = load_money(people=two_people, seed=SEED)

    found = [measure(teller) for teller in tellers]
    assert [each.wrong for each in found] == [[] for _story in STORIES]
    rows, alone = sum(each.rows for each in found), sum(each.alone for each in found)
    assert alone / rows > 0.93
    for teller in tellers:
        moved = sum(move.amount for move in teller.story.moves
                    if not move.pending and move.day.month <= 6)  # fmt: skip
        assert balance_of(teller.book, BANK_CODE) == moved
        assert MonthMark.objects.filter(book=teller.book, closed=True).count() == 4
    assert ledger.verify(by=system).problems == []
    assert load_money(people=two_people, seed=SEED) == []  # told once
