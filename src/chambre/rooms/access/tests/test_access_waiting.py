"""What is to be brought back, what begins soon, and who is asked for a yes."""

from __future__ import annotations

import pytest

from chambre.core.ui.waiting import waiting_for
from chambre.rooms.access.models import Booking
from chambre.rooms.access.queries import moments

pytestmark = pytest.mark.django_db


def asked(shop, who):
    return [(str(row.label), row.title, row.due, row.late) for row in waiting_for(shop.by(who))]


def test_a_booking_is_told_when_it_begins_soon_and_late_when_it_is_out(shop):
    shop.offers()
    row = shop.books(shop.carl, 9, 12)
    assert asked(shop, shop.carl) == []
    with moments.pretend(shop.at(9, days=-2)):
        assert asked(shop, shop.carl) == [("réservé", "Le tour à bois", shop.day, False)]
        assert asked(shop, shop.dora) == []
    Booking.objects.filter(pk=row.pk).update(state="out")
    with moments.pretend(shop.at(10)):
        assert asked(shop, shop.carl) == [("à rapporter", "Le tour à bois", shop.day, False)]
    with moments.pretend(shop.at(10, days=1)):
        assert asked(shop, shop.carl) == [("à rapporter", "Le tour à bois", shop.day, True)]


def test_who_keeps_the_thing_is_asked_for_a_yes(shop):
    shop.offers(approval=True)
    shop.books(shop.carl, 9, 12)
    wanted = [("réservation à accorder", "Le tour à bois", shop.day, False)]
    assert asked(shop, shop.bea) == wanted
    assert asked(shop, shop.carl) == asked(shop, shop.ada) == []
