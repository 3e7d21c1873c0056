"""Things at others' disposal in a browser: booked without scripts, on a phone and on a desktop."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.harness import Visitor, assert_for_everybody

from chambre.rooms.access.models import Booking, Wait
from chambre.rooms.access.tests.conftest import Workshop

HOME = "/mises-a-disposition/"


@pytest.fixture
def lathe(transactional_db: Any) -> Workshop:
    shop = Workshop()
    shop.offers(hours="mon-sun 08:00-20:00", longest=240, week_count=3, counter="h")
    return shop


def test_booked_from_the_calendar_without_scripts(visitor: Visitor, lathe: Workshop) -> None:
    visitor.expected = {409}
    page = visitor.open(HOME, user=lathe.carl.user, scripts=False)
    page.locator("a", has_text="Le tour à bois").click()
    page.goto(f"{page.url}?semaine={lathe.day}")
    page.locator(f"a[href*='de={lathe.day}T08:00']").click()
    assert page.input_value("[name=day]") == str(lathe.day)
    page.fill("[name=start]", "09:00")
    page.fill("[name=end]", "11:00")
    page.locator("main button", has_text="Réserver").click()

    row = Booking.objects.get()
    assert (row.starts_at, row.ends_at) == (lathe.at(9), lathe.at(11))
    assert page.url.endswith(f"/reservation/{row.pk}/")

    page = visitor.open(
        f"{HOME}tour/reserver/?de={lathe.day}T10:00&a={lathe.day}T11:00", user=lathe.dora.user,
        scripts=False,
    )  # fmt: skip
    page.locator("main button", has_text="Réserver").click()
    page.locator("button", has_text="liste d’attente").click()
    assert Wait.objects.get().person == lathe.dora


PAGES = (
    "", "tour/?semaine={day}", "tour/?jour={day}", "tour/reserver/", "tour/regles/", "tour/usage/",
    "tour/garder/", "tour/borne/", "tour/etiquette/", "mes-reservations/", "mon-agenda/",
)  # fmt: skip


def test_pages_are_for_everybody(visitor: Visitor, lathe: Workshop, subtests: Any) -> None:
    lathe.books(lathe.carl, 9, 10)
    page = visitor.open(HOME, user=lathe.bea.user)
    for path in PAGES:
        picture = f"access-{path.split('/')[1] if '/' in path else 'index'}"
        with subtests.test(path):
            assert_for_everybody(page, HOME + path.format(day=lathe.day), picture)
