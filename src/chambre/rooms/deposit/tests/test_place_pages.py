"""Places: put on the map, changed and closed on pages, at the command line and by machines."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.urls import reverse

from chambre.core import clock
from chambre.registry import api as registry
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Place

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
WHERE = (50_636_900, 3_063_500)


@pytest.fixture
def steward(house, make_user, client):
    """Somebody who keeps the scheme's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


def where(slug):
    row = Place.objects.get(slug=slug)
    return row.latitude, row.longitude


PAGE = reverse("deposit:place", args=["bocaux", "halle"])


def test_a_place_is_put_on_the_map_where_it_lies(house, steward):
    page = reverse("deposit:places", args=["bocaux"])
    bar = {"name": "Le bar", "slug": "bar", "position": "50.6369, 3.0635", "returns": "on"}
    wrong = steward.post(page, bar | {"position": "par là"})
    assert wrong.status_code == 422
    assert "n’est pas une position" in wrong.content.decode()
    assert steward.post(page, bar).status_code == 302

    row = Place.objects.get(slug="bar")
    assert (where("bar"), row.issues, row.returns) == (WHERE, False, True)
    assert "map-pin" in steward.get(reverse("deposit:map")).content.decode()
    assert "1 lieu n’a pas encore de position" in steward.get(page).content.decode()


def test_a_place_is_changed_and_what_it_holds_stays(house, jar, steward):
    shown = steward.get(PAGE).content.decode()
    assert "2,00" in shown
    assert "égal au compte 4196" in shown
    said = {
        "name": "La halle neuve", "hours": "samedi", "position": "50,6369 3,0635",
        "issues": "on", "returns": "on",
    }  # fmt: skip
    assert steward.post(PAGE, said).status_code == 302

    row = Place.objects.get(slug="halle")
    assert (row.name, row.hours, where("halle")) == ("La halle neuve", "samedi", WHERE)
    assert "50.636900, 3.063500" in steward.get(PAGE).content.decode()
    assert house.back(jar).outcome == "refunded"


def test_a_place_works_until_the_day_on_which_it_closes(house, jar, steward):
    tomorrow = clock.today() + dt.timedelta(days=1)
    said = {"name": "La halle", "issues": "on", "returns": "on", "closed_on": tomorrow.isoformat()}
    assert steward.post(PAGE, said).status_code == 302
    (other,) = house.jars()
    assert house.out(other).outcome == "issued"

    with clock.pretend(tomorrow):
        assert house.back(jar).reason == "place"
        assert "Ce lieu est fermé" in steward.get(PAGE).content.decode()


def test_only_who_manages_the_scheme_changes_a_place(house, client, make_user):
    baker = registry.create_structure(slug="fournil", name="Le fournil", by=SYSTEM)
    from chambre.rooms.deposit.services import schemes

    schemes.create_place(
        slug="fournil", scheme=house.scheme, name="Fournil", partner=baker, by=SYSTEM
    )
    client.force_login(make_user("ines@exemple.test"))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"name": "À moi"}).status_code == 403
    assert Place.objects.get(slug="halle").name == "La halle"


def test_machines_place_and_change_places(house, steward):
    address = "/api/deposit/schemes/bocaux/places"
    said = {"slug": "bar", "name": "Le bar", "latitude": WHERE[0], "longitude": WHERE[1]}
    made = steward.post(address, said, content_type="application/json").json()
    assert (made["latitude"], made["longitude"], made["issues"]) == (*WHERE, True)

    def change(status, **more):
        answer = steward.patch("/api/deposit/places/bar", more, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    changed = change(200, hours="le soir", issues=False)
    assert (changed["hours"], changed["issues"], changed["name"]) == ("le soir", False, "Le bar")
    change(422, latitude=None)
    change(422, longitude=200_000_000)
    assert where("bar") == WHERE
    assert change(200, latitude=None, longitude=None)["latitude"] is None
    answer = steward.patch("/api/deposit/places/nul", {}, content_type="application/json")
    assert answer.status_code == 404


def test_the_commands(house):
    def run(*words):
        done = CliRunner().invoke(deposit, ["place", *words, "--json"], catch_exceptions=False)
        return json.loads(done.output)

    made = run("create", "bar", "--scheme", "bocaux", "--name", "Le bar", "--no-issues",
               "--position", "50.6369,3.0635", "--hours", "le soir")  # fmt: skip
    assert (made["position"], made["issues"]) == ("50.636900, 3.063500", False)
    changed = run("change", "bar", "--issues", "--closed-on", "2026-01-31")
    assert (changed["issues"], changed["closed_on"], changed["hours"]) == (
        True, "2026-01-31", "le soir",
    )  # fmt: skip
    assert run("change", "bar", "--position", "")["position"] == ""
