"""Categories get another name and another place; rounds are changed until something left."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.shop.models import Category, Distribution, Order, Round
from chambre.rooms.shop.queries.errors import NameTaken, NotNow
from chambre.rooms.shop.queries.shelves import shelves_of, tree_of
from chambre.rooms.shop.services import rounds, shelving
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm, page
from chambre.rooms.shop.tests.moving_support import cells

DAY = "2027-01-02"


def shelf(farm: Farm, *path: str) -> Category:
    return shelving.category(shop=farm.shop, path=path, by=SYSTEM)


def change(row: Category, **more: Any) -> Category:
    said = {"name": row.name, "parent": row.parent, "position": row.position, "by": SYSTEM}
    return shelving.change_category(row=row, **{**said, **more})


def paths(farm: Farm) -> list[str]:
    return [path for _row, path in tree_of(shelves_of(farm.shop))]


def test_a_category_goes_elsewhere_with_what_stands_in_it(farm: Farm) -> None:
    shelf(farm, "Légumes", "Racines", "Carottes")
    roots, fruit = shelf(farm, "Légumes", "Racines"), shelf(farm, "Fruits")
    assert paths(farm) == [
        "Fruits", "Légumes", "Légumes > Racines", "Légumes > Racines > Carottes",
    ]  # fmt: skip

    change(roots, name="Sous terre", parent=fruit)
    change(fruit, position=5)

    assert paths(farm) == [
        "Légumes", "Fruits", "Fruits > Sous terre", "Fruits > Sous terre > Carottes",
    ]  # fmt: skip
    assert roots.slug == "racines"


def test_no_category_stands_in_itself_or_beside_its_like(farm: Farm) -> None:
    deep = shelf(farm, "Légumes", "Racines")
    top, other = shelf(farm, "Légumes"), shelf(farm, "Fruits")

    with pytest.raises(Invalid):
        change(top, parent=deep)
    with pytest.raises(Invalid):
        change(top, parent=top)
    with pytest.raises(NameTaken):
        change(other, name="Légumes")
    with pytest.raises(Forbidden):
        change(other, name="Baies", by=ANYBODY)

    assert paths(farm) == ["Fruits", "Légumes", "Légumes > Racines"]


def test_only_an_empty_category_goes_away(farm: Farm) -> None:
    deep = shelf(farm, "Légumes", "Racines")
    farm.sells("Carottes", 250, categories=[deep])

    for row in (shelf(farm, "Légumes"), deep):
        with pytest.raises(NotNow):
            shelving.remove_category(row=row, by=SYSTEM)
    deep.products.clear()
    shelving.remove_category(row=deep, by=SYSTEM)

    assert paths(farm) == ["Légumes"]


def test_the_pages_of_categories(farm: Farm, keeper: Any) -> None:
    deep, fruit = shelf(farm, "Légumes", "Racines"), shelf(farm, "Fruits")
    farm.sells("Carottes", 250, categories=[deep])
    sent = {"name": "Bulbes", "parent": fruit.pk, "position": "3"}

    shown = keeper.get(page("keep_category", "racines"))
    listed = keeper.get(page("products"), {"category": "racines", "producer": "personne"})
    assert "Légumes &gt; Racines" in shown.content.decode()
    assert page("keep_category", "racines") in listed.content.decode()
    assert "Carottes" not in listed.content.decode().split("<tbody>")[-1].split("</tbody>")[0]
    assert keeper.post(page("keep_category", "racines"), {**sent, "name": ""}).status_code == 422
    looped = keeper.post(page("keep_category", "racines"), {**sent, "parent": deep.pk})
    assert looped.status_code == 422
    assert keeper.post(page("keep_category", "racines"), sent).status_code == 302
    assert keeper.post(page("category_remove", "racines")).status_code == 302
    assert keeper.post(page("category_remove", "legumes")).status_code == 302
    assert paths(farm) == ["Fruits", "Fruits > Bulbes"]
    with CaptureQueriesContext(connection) as asked:
        keeper.get(page("keep_category", "racines"))
    assert len(asked) <= 15


def test_the_file_that_goes_out_has_the_new_path(farm: Farm, keeper: Any) -> None:
    deep = shelf(farm, "Légumes", "Racines")
    farm.sells("Carottes", 250, categories=[deep])
    change(deep, parent=None, name="Sous terre")

    rows = cells(keeper.get(page("given")).content)

    assert rows[1][rows[0].index("Catégories")] == "Sous terre"


def planned(farm: Farm, **more: Any) -> Round:
    said = {"name": "Nord", "day": DAY, "stops": [farm.distribution], "by": SYSTEM}
    return rounds.plan_round(shop=farm.shop, **{**said, **more})


def test_a_round_is_changed_as_long_as_nothing_left(farm: Farm, keeper: Any) -> None:
    carrots = farm.sells("Carottes", 250)
    later = farm.distribute(days=5)
    row = planned(farm)
    sent = {"name": "Sud", "day": "2027-01-03", "driver": "Lou", "note": "Clé sous le pot",
            "stops": [later.pk]}  # fmt: skip

    assert keeper.get(page("round", row.pk)).status_code == 200
    assert keeper.post(page("round", row.pk), {**sent, "stops": []}).status_code == 422
    assert keeper.post(page("round", row.pk), sent).status_code == 302
    row.refresh_from_db()
    farm.distribution.refresh_from_db()
    assert (row.name, row.driver, row.note) == ("Sud", "Lou", "Clé sous le pot")
    assert (list(row.stops.all()), farm.distribution.round) == ([later], None)
    shown = keeper.get(page("rounds")).content.decode()
    assert "Clé sous le pot" in shown
    assert page("round", row.pk) in shown

    order = farm.order((carrots, 1), distribution=later)
    Order.objects.filter(pk=order.pk).update(state=Order.State.HANDED)
    assert page("round", row.pk) not in keeper.get(page("rounds")).content.decode()
    assert keeper.post(page("round", row.pk), {**sent, "name": "Est"}).status_code == 409
    keeper.post(page("round_drop", row.pk))
    assert Round.objects.get().name == "Sud"
    with pytest.raises(NotNow):
        planned(farm, stops=[later])
    assert Round.objects.count() == 1


def test_a_round_is_taken_off_and_its_stops_stay(farm: Farm, keeper: Any) -> None:
    row = planned(farm)

    assert keeper.post(page("round_drop", row.pk)).status_code == 302

    assert not Round.objects.exists()
    assert Distribution.objects.get().round is None
