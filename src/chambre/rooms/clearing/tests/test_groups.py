"""Saved groups of members, and what a round among one is."""

import pytest
from django.urls import reverse

from chambre.core.errors import Forbidden, Invalid
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Group, Round
from chambre.rooms.clearing.queries.people import groups_visible_to
from chambre.rooms.clearing.services import groups
from chambre.rooms.clearing.services.lending import Lending


@pytest.fixture
def call(client, town):
    def send(agent, method, path, body=None):
        who = town.people.get(agent.slug, agent)
        client.force_login(Agent.objects.select_related("user").get(pk=who.pk).user)
        return getattr(client, method)(path, data=body, content_type="application/json")

    return send


def test_who_leads_keeps_groups_and_nobody_else_sees_them(town):
    by = town.by(town.fanny)
    with pytest.raises(Forbidden):
        groups.save_group(name="Rue", members=[town.mill, town.bakery], by=town.by(town.mill))
    with pytest.raises(Invalid):
        groups.save_group(name="Rue", members=[town.mill], by=by)
    row = groups.save_group(name="Rue", members=[town.mill, town.bakery], by=by)
    again = groups.save_group(name=" Rue ", members=[town.mill, town.grocer], by=by)

    assert again == row
    assert {agent.slug for agent in row.members.all()} == {"moulin", "epicerie"}
    assert list(groups_visible_to(by)) == [row]
    assert list(groups_visible_to(town.by(town.mill))) == []
    with pytest.raises(Forbidden):
        groups.remove_group(group=row, by=town.by(town.mill))
    groups.remove_group(group=row, by=by)
    assert not Group.objects.exists()


def test_a_round_opened_by_page_keeps_the_choice_and_takes_a_group(client, town):
    client.force_login(town.by(town.fanny).user)
    address = reverse("clearing:open")
    sent = {
        "name": "Un", "days": 7, "key": "a", "members": [town.mill.pk, town.bakery.pk],
        "save_as": "Rue", "pot": "50", "lender": town.grocer.pk, "pot_days": 20,
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    first = Round.objects.get(name="Un")
    assert (first.pot, first.lender, first.pot_days, first.even) == (5_000, town.grocer, 20, False)
    group = Group.objects.get()
    assert "Rue" in client.get(address).content.decode()
    again = {"name": "Deux", "days": 7, "key": "b", "group": group.pk}
    assert client.post(address, again).status_code == 302
    second = Round.objects.get(name="Deux")
    assert {one.agent for one in second.members.all()} == {town.mill, town.bakery}

    client.post(reverse("clearing:forget_group", args=[group.pk]))
    assert not Group.objects.exists()
    assert second.members.count() == 2


def test_a_pot_without_its_lender_is_refused_beside_the_field(client, town):
    client.force_login(town.by(town.fanny).user)
    sent = {"name": "Un", "days": 7, "key": "a", "pot": "50"}
    assert client.post(reverse("clearing:open"), sent).status_code == 422
    sent = {"name": "Un", "days": 7, "key": "a", "lender": town.grocer.pk}
    assert client.post(reverse("clearing:open"), sent).status_code == 422
    assert not Round.objects.exists()


def test_the_page_of_a_round_shows_what_the_pot_does(client, town, django_assert_max_num_queries):
    town.owes(town.mill, town.bakery, 10_000)
    town.owes(town.bakery, town.school, 8_000)
    row = town.opens(lending=Lending(town.grocer, 6_000))
    for agent, others in (
        (town.mill, ["L’Épicerie"]), (town.grocer, ["Le Moulin", "L’École"]),
        (town.school, ["L’Épicerie"]), (town.fanny, ["L’Épicerie"]),
    ):  # fmt: skip
        client.force_login(town.by(agent).user)
        with django_assert_max_num_queries(15):
            text = client.get(reverse("clearing:round", args=[row.pk])).content.decode()
        for name in others:
            assert name in text
    assert "L’École" not in text


def test_groups_and_pots_for_machines(call, town):
    saved = {"name": "Rue", "members": ["moulin", "fournil", "ecole"]}
    assert call(town.mill, "post", "/api/clearing/groups", saved).status_code == 403
    assert call(town.fanny, "post", "/api/clearing/groups", saved).status_code == 200
    assert call(town.mill, "get", "/api/clearing/groups").json() == []
    assert [row["name"] for row in call(town.fanny, "get", "/api/clearing/groups").json()] == [
        "Rue"
    ]
    body = {"name": "Un", "key": "k", "group": "Rue", "pot": 6_000, "lender": "epicerie"}
    assert (
        call(town.fanny, "post", "/api/clearing/rounds", body | {"group": "x"}).status_code == 404
    )
    lost = {key: value for key, value in body.items() if key != "lender"}
    assert call(town.fanny, "post", "/api/clearing/rounds", lost).status_code == 422
    made = call(town.fanny, "post", "/api/clearing/rounds", body)
    assert (made.status_code, made.json()["pot"], made.json()["lender"]) == (202, 6_000, "epicerie")
    town.owes(town.mill, town.bakery, 10_000)
    town.owes(town.bakery, town.school, 8_000)
    row = town.computed(Round.objects.get())
    seen = call(town.mill, "get", f"/api/clearing/rounds/{row.pk}").json()
    assert {"liquidity": 6_000, "lent": 6_000, "more": 12_000} in seen["pots"]
    assert (seen["effects"][0]["borrowed"], seen["effects"][0]["left"]) == (6_000, 0)
