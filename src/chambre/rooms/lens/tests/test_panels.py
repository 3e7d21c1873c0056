"""The dashboard of somebody who answers for books, and of everybody else."""

import pytest

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.lens import services
from chambre.rooms.lens.tests import small_books
from chambre.rooms.lens.tests.test_drilling import line_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(system):
    return small_books.make(system)


def test_a_treasurer_finds_results_imports_and_what_is_left(client, world):
    by = Actor.of(world.treasurer)
    services.attribute_by_hand(lines=[line_of("606000").pk], shares={"-": 1}, by=by)
    client.force_login(world.treasurer)

    page = words(client.get("/"))
    panel = page[page.index("Reste ou manque, par ressource") :]

    assert "Verger partagé 0,00 €" in panel  # 90 of juice, less 40 and 50
    assert "Atelier de pressage 30,00 €" in panel  # without the books of the press
    assert "Vergers : 1 ligne" in panel
    assert "000000109FEC20241231.txt" in panel
    assert "Presse mobile" not in panel


def test_the_administrator_sees_all_books(client, world):
    client.force_login(world.administrator)

    page = words(client.get("/"))

    assert "Atelier de pressage 60,00 €" in page
    assert "Presse mobile" in page


def test_others_find_nothing_of_it(client, world):
    client.force_login(world.member)
    member = client.get("/").content.decode()
    client.logout()
    stranger = client.get("/").content.decode()

    for page in (member, stranger):
        assert "panel-accounts" not in page
        assert "FEC2024" not in page
        assert "30,00" not in page


def test_a_treasurer_without_accounts_is_told_how_to_begin(client, world, system):
    empty = registry.create_structure(slug="vide", name="Vide", by=system)
    person = registry.create_person(email="neuf@exemple.test", name="Neuf", by=system)
    registry.grant_role(agent=person, kind="treasurer", scope=empty, by=system)
    client.force_login(person.user)

    assert client.get("/").status_code == 200


@pytest.mark.parametrize("who", ["treasurer", "administrator", "member"])
def test_the_dashboard_asks_the_database_at_most_fifteen_times(
    client, world, who, django_assert_max_num_queries
):
    client.force_login(getattr(world, who))
    client.get("/health/live")

    with django_assert_max_num_queries(15):
        assert client.get("/").status_code == 200


def test_a_house_without_structures_says_how_to_begin(client, make_user, system):
    first = make_user("una@exemple.test", name="Una")
    chamber = registry.home_chamber()
    person = registry.person_of(first)
    registry.grant_role(agent=person, kind="administrator", scope=chamber, by=system)
    client.force_login(first)

    for path in ("/", "/livres/", "/comptes/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Pas encore de comptes" in words(answer), path
        assert 'href="/registre/structures/nouvelle/"' in answer.content.decode(), path
    missing = client.get("/comptes/croises/")
    assert missing.status_code == 404
    assert "Ajoutez une structure au registre" in words(missing)


def test_somebody_without_a_role_is_not_told_to_begin(client, make_user):
    client.force_login(make_user("zoe@exemple.test", name="Zoé"))

    assert "Pas encore de comptes" not in client.get("/livres/").content.decode()
    assert client.get("/comptes/").status_code == 403
