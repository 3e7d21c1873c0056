"""Pages that a label opens: what anybody may know, what machines get, and nothing about people."""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client

from chambre.core.actors import Actor
from chambre.lib import gs1, ntag424
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Item, Tag
from chambre.rooms.deposit.services import schemes, stock, tags

SYSTEM = Actor.system("test")


@pytest.fixture
def client():
    return Client(headers={"accept-language": "fr"})


def path_of(uri):
    return urlsplit(uri).path


@pytest.fixture
def path(house, jar):
    schemes.change_place(
        place=house.place, by=SYSTEM, address="12 place du Marché", hours="samedi, 8 h – 13 h",
        latitude=50_292_000, longitude=2_778_000,
    )  # fmt: skip
    return path_of(jar)


def test_anybody_reads_the_life_of_an_object_and_where_to_bring_it(client, path, house):
    page = client.get(path)
    html = page.content.decode()

    assert page.status_code == 200
    for said in ("2,00\xa0€", "La halle", "12 place du Marché", "samedi, 8 h – 13 h", "Bocaux"):
        assert said in html
    assert "sessionid" not in page.cookies
    assert "csrftoken" not in page.cookies


def test_nobody_is_named(client, path, house, make_user):
    person = registry.create_person(email="ada@exemple.test", name="Ada Dupont", by=SYSTEM)
    (other,) = house.jars()
    house.out(other, holder=person.pk)

    html = client.get(path_of(other)).content.decode()
    data = client.get(path_of(other), headers={"accept": "application/ld+json"}).content.decode()

    assert "Dupont" not in html + data
    assert "ada@" not in html + data
    assert "command line" not in html + data


def test_the_page_is_kept_for_a_minute_and_not_sent_again(client, path):
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=60"
    assert {"Accept", "Accept-Language"} <= {each.strip() for each in first["Vary"].split(",")}
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_asks_the_database_little(client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        client.get(path)


def test_the_language_can_be_chosen_without_a_cookie(client, path):
    html = client.get(path, {"langue": "en"}).content.decode()
    assert '<html lang="en"' in html
    assert "Where to bring it back" in html


def test_a_machine_gets_the_link_set_and_the_data(client, path, jar):
    links = client.get(path, {"linkType": "linkset"})
    (told,) = json.loads(links.content)["linkset"]

    assert links["Content-Type"] == "application/linkset+json"
    assert links["Access-Control-Allow-Origin"] == "*"
    assert told["anchor"] == jar
    assert len(told["https://ref.gs1.org/voc/defaultLink"]) == 1
    assert told["https://ref.gs1.org/voc/epcis"][0]["href"].startswith("http://testserver/epcis/")
    header = {"accept": "application/linkset+json"}
    assert client.get(path, headers=header).content == links.content

    data = json.loads(client.get(path, headers={"accept": "application/ld+json"}).content)
    assert data["@id"] == jar
    assert data["availableAtOrFrom"][0]["geo"]["latitude"] == 50.292


def test_a_link_type_leads_on_with_its_query_and_an_absent_one_is_not_found(client, path):
    where = client.get(path, {"linkType": "gs1:locationInfo", "lot": "7"})

    assert where.status_code == 307
    assert where["Location"] == "http://testserver/consigne/carte/?commun=bocaux&lot=7"
    assert client.get(path, {"linkType": "gs1:recipeInfo"}).status_code == 404
    assert client.get(path, {"linkType": "gs1:defaultLink"}).status_code == 200
    assert client.head(path).status_code == 200


def test_an_unknown_code_is_said_clearly(client, house):
    page = client.get("/consigne/o/0000111122223333")

    assert page.status_code == 404
    assert "Personne ne connaît ce code ici" in page.content.decode()
    assert page["Cache-Control"] == "no-cache"


def test_a_digital_link_opens_its_object_on_any_domain_and_its_class(client, house):
    grai = "0376012345678" + gs1.check_digit("376012345678")
    kind = schemes.create_type(
        slug="caisse", scheme=house.scheme, by=SYSTEM, grai=grai, name="Caisse", counting="serial"
    )
    (uri,) = stock.commission(type_=kind, count=1, by=SYSTEM)
    item = Item.objects.get(uri=uri)

    assert item.serial in client.get(f"/8003/{grai}{item.serial}").content.decode()
    assert "Caisse" in client.get(f"/8003/{grai}").content.decode()
    assert client.get(f"/8003/{grai}NOBODY").status_code == 404
    (told,) = client.get(f"/8003/{grai}", {"linkType": "all"}).json()["linkset"]
    assert told["anchor"] == f"https://lysse.test/8003/{grai}"
    assert client.get("/.well-known/gs1resolver").json()["supportedPrimaryKeys"] == ["8003"]
    wrong = grai[:-1] + str((int(grai[-1]) + 1) % 10)
    assert client.get(f"/8003/{wrong}{item.serial}").status_code == 400


def test_a_tap_is_proved_on_the_page_and_not_kept(client, path, jar):
    item = Item.objects.select_related("scheme__book__structure").get(uri=jar)
    _tag, keys = tags.enrol_tag(item=item, uid="04DE5F1EACC040", by=SYSTEM)
    picc, mac = ntag424.answer(
        bytes.fromhex("04DE5F1EACC040"), 7, meta_key=keys.meta, file_key=keys.file
    )

    page = client.get(path, {"e": picc, "c": mac})
    wrong = client.get(path, {"e": picc, "c": "0" * 16})

    assert page["Cache-Control"] == "no-store"
    assert "La puce a signé" in page.content.decode()
    assert f"e={picc}&amp;c={mac}" in page.content.decode()
    assert "La signature de la puce est fausse" in wrong.content.decode()
    assert Tag.objects.get().counter == 7


def test_places_are_on_the_map_and_closed_ones_are_not(client, path, house):
    schemes.create_place(slug="gare", scheme=house.scheme, name="La gare", by=SYSTEM)
    page = client.get("/consigne/carte/")
    html = page.content.decode()

    assert 'aria-label="2. La halle"' in html
    assert "La gare" in html
    assert "geolocation=(self)" in page["Permissions-Policy"]
    assert client.get("/consigne/carte/", {"commun": "bocaux"}).status_code == 200
    schemes.create_place(
        slug="atelier", scheme=house.scheme, name="Atelier de lavage", by=SYSTEM, cash=False,
        issues=False, returns=False,
    )  # fmt: skip
    assert "Atelier de lavage" not in client.get("/consigne/carte/").content.decode()
    assert client.get("/consigne/carte/", {"commun": "rien"}).status_code == 404

    schemes.change_place(place=house.place, by=SYSTEM, closed_on="2026-01-01")
    assert "La halle" not in client.get("/consigne/carte/").content.decode()


def test_a_place_and_a_type_have_their_own_pages(client, path, house):
    html = client.get("/consigne/lieux/halle").content.decode()
    assert "samedi, 8 h – 13 h" in html
    data = client.get("/consigne/lieux/halle", headers={"accept": "application/ld+json"})
    assert json.loads(data.content)["openingHours"] == "samedi, 8 h – 13 h"
    assert "La halle" in client.get("/consigne/types/bocal").content.decode()
    assert client.get("/consigne/types/rien").status_code == 404
