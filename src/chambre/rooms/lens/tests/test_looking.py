"""Looking at a resource or a structure: flows, what happened, coverage; and for whom."""

import datetime as dt
from copy import deepcopy

import pytest

from chambre.core.actors import Actor
from chambre.ledger.models import JournalEntry
from chambre.lib.attribution import rules_from_data
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.queries import looking
from chambre.rooms.lens.queries.looking import Cover, View
from chambre.rooms.lens.tests import small_books
from chambre.rooms.lens.tests.small_books import YEAR
from chambre.rooms.lens.tests.test_drilling import line_of, words

pytestmark = pytest.mark.django_db
ATELIER = f"/comptes/resource/atelier/voir/?{YEAR}"
VERGER = f"/comptes/resource/verger/voir/?{YEAR}"
ORCHARD = f"/comptes/structure/vergers/voir/?{YEAR}"


@pytest.fixture(scope="module")
def books(once):
    return once(small_books.make, Actor.system("test"))


@pytest.fixture
def world(books, db):
    return deepcopy(books)


def view(resource=None, structures=None):
    readers = queries.readable_structures(Actor.system("test"))
    kept = [each for each in readers if structures is None or each.slug in structures]
    return View(kept, resource, dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def links(answer):
    """The links of the drawing as its table has them."""
    return {(row[0].text, row[1].text): row[2].raw for row in answer.context["chart"].table.rows}


def test_flows_go_through_structures_and_balance(client, world):
    client.force_login(world.administrator)

    found = links(client.get(ATELIER))

    assert found == {
        ("Produits et services vendus", "Vergers"): 3000,
        ("Produits et services vendus", "Presse mobile"): 5000,
        ("Presse mobile", "Fournitures, loyers, énergie, services"): 2000,
        ("Vergers", "reste"): 3000,
        ("Presse mobile", "reste"): 3000,
    }


def test_what_one_structure_sells_to_another_is_left_out_and_said(client, world, system):
    rows = small_books.RULES[1:]
    rules = rules_from_data(
        [{"name": "tout au verger", "structure": ["presse"], "account": ["4*", "6*", "7*"],
          "shares": {"verger": 1}}, *rows], resources=["verger", "atelier"],
    )  # fmt: skip
    services.apply_rules(rules=rules, chamber=world.chamber, by=system)
    client.force_login(world.administrator)

    answer = client.get(VERGER)
    found = links(answer)

    assert ("Vergers", "Fournitures, loyers, énergie, services") in found
    assert found["Vergers", "Fournitures, loyers, énergie, services"] == 7000  # 120 less 50
    assert ("Produits et services vendus", "Presse mobile") not in found
    assert all(target != "Vergers" or "Fournitures" not in source for source, target in found)
    assert len(answer.context["between"]) == 2
    named = links(client.get(VERGER + "&tiers=1"))
    assert named["Vergers", "Presse mobile"] == 5000
    assert named["Vergers", "Fournitures, loyers, énergie, services"] == 12_000  # nothing taken off
    assert "n’est ni reçu ni dépensé" in words(answer)


def test_third_parties_are_named_only_to_who_reads_the_books(client, world):
    client.force_login(world.treasurer)
    mine = links(client.get(ATELIER + "&tiers=1"))
    client.force_login(world.administrator)
    all_of_it = links(client.get(ATELIER + "&tiers=1"))

    assert mine["Secrette Client", "Vergers"] == 3000
    assert all("Presse mobile" not in pair for pair in mine)
    assert all_of_it["Vergers", "Presse mobile"] == 5000


def test_a_structure_is_looked_at_through_its_resources(client, world):
    client.force_login(world.treasurer)

    found = links(client.get(ORCHARD))

    assert found["Produits et services vendus", "Verger partagé"] == 9000
    assert found["Produits et services vendus", "Atelier de pressage"] == 3000
    assert found["Verger partagé", "Fournitures, loyers, énergie, services"] == 12_000
    assert found["manque\u00a0: dépensé en plus", "Verger partagé"] == 3000


def test_every_amount_leads_to_its_lines(client, world):
    client.force_login(world.treasurer)

    row = next(
        row
        for row in client.get(ATELIER).context["chart"].table.rows
        if row[0].text == "Produits et services vendus"
    )
    found = client.get(row[2].href)

    assert found.context["found"].credit == row[2].raw == 3000


def test_what_happened_holds_record_imports_attributions_and_months(client, world):
    client.force_login(world.administrator)

    answer = client.get(ATELIER + "&vue=temps")
    rows = [[cell.text for cell in row] for row in answer.context["chart"].table.rows]
    what = " | ".join(row[2] for row in rows)
    months = looking.months(view(world.atelier))

    assert "comptes 2024\u00a0: Vergers" in what
    assert "comptes 2024\u00a0: Presse mobile" in what
    assert "comptes 2023" not in what  # nothing of the atelier is in them
    assert "parts attribuées" in what
    assert "Pressage : 50,00" in what
    assert months[dt.date(2024, 2, 1)] == (3000, 0)
    assert months[dt.date(2024, 7, 1)] == (5000, 2000)
    assert len(months) == 12


def test_coverage_counts_what_resources_have_and_what_is_left(world):
    orchard = looking.coverage(view(world.verger, {"vergers"}))
    book = world.orchard.book.pk

    assert orchard[book, "701000"] == Cover(1, 1, 12_000, 12_000, 9_000)
    assert orchard[book, "606000"] == Cover(1, 1, 3_000, 3_000, 3_000)
    assert orchard[book, "512000"] == Cover(2, 0, 103_000, 0, 0)
    assert orchard[book, "701000"].others == 3_000
    assert orchard[book, "512000"].left == 103_000


def test_coverage_leaves_out_what_was_reversed_and_follows_every_change(world, system):
    line = line_of("606000")
    services.attribute_by_hand(lines=[line.pk], shares={"-": 1}, by=system)
    book = world.orchard.book.pk

    assert looking.coverage(view(world.verger))[book, "606000"] == Cover(1, 0, 3000, 0, 0)
    services.attribute_by_hand(lines=[line.pk], shares={"atelier": 2, "-": 1}, by=system)
    assert looking.coverage(view(world.verger))[book, "606000"] == Cover(1, 1, 3000, 2000, 0)


def test_what_is_left_leads_to_its_lines(client, world):
    client.force_login(world.treasurer)

    answer = client.get(ORCHARD + "&vue=couverture")
    (cover,) = answer.context["covers"]
    bank = next(row for row in cover["accounts"] if row["code"] == "512000")
    lines = client.get(bank["left"]).context["found"]

    assert bank["cover"].left == lines.debit + lines.credit == 103_000
    assert "0" in bank["share"]


def test_a_resource_shows_structure_by_structure_and_then_accounts(client, world):
    client.force_login(world.administrator)

    page = client.get(ATELIER + "&vue=couverture")
    one = client.get(ATELIER + "&vue=couverture&structure=presse")

    assert [each["slug"] for each in page.context["covers"]] == ["presse", "vergers"]
    assert all(not each["accounts"] for each in page.context["covers"])
    assert [bool(each["accounts"]) for each in one.context["covers"]] == [True, False]


VIEWS = ["", "&tiers=1", "&vue=temps", "&vue=couverture", "&vue=couverture&structure=vergers"]


@pytest.mark.parametrize("page", [ATELIER, VERGER, ORCHARD])
@pytest.mark.parametrize("kind", VIEWS)
def test_looking_asks_the_database_at_most_fifteen_times(
    client, world, page, kind, django_assert_max_num_queries
):
    client.force_login(world.administrator)
    client.get("/health/live")

    with django_assert_max_num_queries(15):
        assert client.get(page + kind).status_code == 200


@pytest.mark.parametrize("kind", VIEWS)
def test_others_do_not_look(client, world, kind):
    stranger = client.get(ATELIER + kind)
    client.force_login(world.member)
    member = client.get(ATELIER + kind)
    client.force_login(world.treasurer)
    elsewhere = client.get(f"/comptes/structure/presse/voir/?{YEAR}{kind}")

    assert stranger.status_code == 302
    assert (member.status_code, elsewhere.status_code) == (403, 403)
    for answer in (member, elsewhere):
        assert "Pressage" not in answer.content.decode()
        assert "Secret" not in answer.content.decode()


def test_a_treasurer_sees_nothing_of_other_books_in_any_way(client, world):
    client.force_login(world.treasurer)

    for kind in VIEWS:
        page = client.get(ATELIER + kind).content.decode()
        assert "Électricité" not in page
        assert "presse" not in page.replace("pressage", "").replace("Pressage", "")


def test_what_does_not_exist_is_not_found(client, world):
    client.force_login(world.administrator)

    assert client.get(f"/comptes/resource/nope/voir/?{YEAR}").status_code == 404
    assert client.get(f"/comptes/autre/verger/voir/?{YEAR}").status_code == 404
    assert client.get(ATELIER + "&vue=nope").status_code == 404
    assert (
        client.get("/comptes/resource/atelier/voir/?first=2024-12-31&last=2024-01-01").status_code
        == 422
    )
    assert JournalEntry.objects.exists()
