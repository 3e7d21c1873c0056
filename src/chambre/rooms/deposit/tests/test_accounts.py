"""Deposits on an account: only for who wants it, told to nobody else, and forgotten."""

import json

import pytest
from django.test import Client

from chambre.core.actors import Actor
from chambre.core.errors import Invalid, NotFound
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Contract
from chambre.rooms.deposit.services.accountcards import PATH, card_of, holder_of

SYSTEM = Actor.system("test")
ACTS = "/consigne/scan/actes/"


@pytest.fixture
def nour(make_user):
    user = make_user("nour@exemple.test")
    return registry.create_person(email=user.email, name="Nour", by=SYSTEM)


@pytest.fixture
def steward(house, make_user):
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return user


def at(user):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(user)
    return client


def issue(client, code, key, account):
    act = {"kind": "issue", "key": key, "codes": [code], "place": "halle", "counter": True}
    body = json.dumps({"acts": [act | {"account": account}]})
    return client.post(ACTS, body, content_type="application/json").json()["answers"][0]


@pytest.mark.django_db
def test_an_account_is_known_by_its_card_and_by_its_address(house, nour):
    card = card_of(nour)
    for said in (card, f"https://consigne.exemple{PATH}{card}", " Nour@exemple.test "):
        assert holder_of(said) == nour
    for wrong in ("", card[:-1], f"{nour.pk}", f"{nour.pk + 1}.{card.partition('.')[2]}", "\0"):
        with pytest.raises(Invalid):
            holder_of(wrong)
    with pytest.raises(NotFound):
        holder_of("nobody@exemple.test")


@pytest.mark.django_db
def test_who_shows_a_card_finds_what_they_took_and_nobody_else_does(house, nour, steward):
    ours, theirs, wrong = house.jars(3)
    counter = at(steward)
    assert (
        issue(counter, ours, "out-a", f"https://consigne.exemple{PATH}{card_of(nour)}")["status"]
        == 200
    )
    assert issue(counter, theirs, "out-b", "")["status"] == 200
    assert issue(counter, wrong, "out-c", "1.forged")["status"] == 422
    holders = dict(Contract.objects.values_list("item__uri", "holder"))
    assert holders == {ours: nour.pk, theirs: None}

    page = at(nour.user).get("/consigne/compte/")
    other = at(steward).get("/consigne/compte/")
    nobody = Client().get("/consigne/compte/")

    assert ours in page.text
    assert theirs not in page.text
    assert "<path d=" in page.text
    assert ours not in other.text
    assert nobody.status_code == 302
    assert at(nour.user).get(f"{PATH}{card_of(nour)}")["location"] == PATH
    house.back(ours)
    assert "Nour" not in at(steward).get("/consigne/bocaux/contrats/").text


@pytest.mark.django_db
def test_the_form_without_a_script_and_machines_put_it_on_an_account_too(house, nour, steward):
    first, second = house.jars(2)
    form = {
        "key": "f1", "kind": "issue", "codes": first, "place": "halle", "counter": "1",
        "account": "nour@exemple.test",
    }  # fmt: skip
    assert at(steward).post("/consigne/scan/", form).status_code == 200
    asked = {"key": "r1", "codes": [second], "place": "halle", "account": card_of(nour)}
    address = "/api/deposit/issues"
    answer = at(steward).post(address, json.dumps(asked), content_type="application/json")
    assert answer.status_code == 200, answer.text
    stranger = at(nour.user)
    refused = stranger.post(address, json.dumps(asked | {"key": "r2", "account": "x@y.test"}),
                            content_type="application/json")  # fmt: skip
    assert refused.status_code == 403  # and does not say who has an address here
    assert Contract.objects.filter(holder=nour).count() == 2
