"""Counted objects by place and period: more back than ever went out near by is a case, and is paid."""

import pytest

from chambre.rooms.deposit.models import Case, Place
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import schemes

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def cups(house):
    """Ten cups went out at the hall; there is a market as well, far away."""
    schemes.create_type(slug="verre", scheme=house.scheme, by=SYSTEM, counting="class")
    schemes.create_place(slug="marche", scheme=house.scheme, name="Le marché", by=SYSTEM)
    house.out(counted=(("verre", 4),), place="marche")
    assert house.out(counted=(("verre", 10),)).outcome == "issued"
    return house


def watch(house, more, days=None):
    schemes.set_terms(
        scheme=house.scheme, by=SYSTEM, reason="Assemblée", counted_more=more, counted_days=days
    )


def at_market(house, many):
    return house.back(counted=(("verre", many),), place="marche", means="voucher")


def test_nobody_looks_unless_the_rules_say_so(cups):
    assert at_market(cups, 9).refund == 1_800
    assert not Case.objects.exists()


def test_more_than_went_out_there_is_paid_and_is_one_case(cups):
    watch(cups, 2, 7)
    assert at_market(cups, 6).case is None
    answer = at_market(cups, 1)
    at_market(cups, 1)

    case = Case.objects.get()
    assert (answer.outcome, answer.refund, answer.case) == ("refunded", 200, case.pk)
    assert (case.kind, case.place.slug) == ("count", "marche")
    assert case.evidence == {"types": {"verre": 1}, "days": 7, "back": 7, "went": 4}
    assert holding(cups.scheme).equal


def test_places_at_the_same_spot_count_together(cups):
    Place.objects.update(latitude=45_000_000, longitude=5_000_000)
    watch(cups, 0)
    assert at_market(cups, 9).refund == 1_800
    assert not Case.objects.exists()
