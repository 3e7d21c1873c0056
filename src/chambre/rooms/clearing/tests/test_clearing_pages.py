"""The pages: each sees what is theirs, and a round goes from its opening to the books."""

import pytest
from django.urls import reverse

from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation, Round
from chambre.rooms.clearing.queries.rounds import effects_of


@pytest.fixture
def visit(client, town):
    def as_(agent):
        who = town.people.get(agent.slug, agent)
        client.force_login(Agent.objects.select_related("user").get(pk=who.pk).user)
        return client

    return as_


def test_a_visitor_sees_nothing(client, town):
    for name in ("home", "new", "bring", "open"):
        assert client.get(reverse(f"clearing:{name}")).status_code in (302, 403)


def test_the_first_page_says_how_to_begin(visit, town):
    text = visit(town.lou).get(reverse("clearing:home")).content.decode()

    assert reverse("clearing:new") in text
    assert reverse("clearing:open") not in text
    assert (
        reverse("clearing:open") in visit(town.fanny).get(reverse("clearing:home")).content.decode()
    )


def test_a_debt_is_written_down_and_accepted(visit, town):
    page = visit(town.bakery).post(
        reverse("clearing:new"),
        {
            "agent": town.bakery.pk, "way": "is-owed", "other": town.mill.pk, "amount": "12,50",
            "reference": "Pain", "key": "k1",
        },
    )  # fmt: skip
    row = Obligation.objects.get()
    assert page.status_code == 302
    assert (row.debtor, row.amount, row.state) == (town.mill, 1_250, "proposed")
    address = reverse("clearing:decide", args=[row.pk])
    assert visit(town.grocer).post(address, {"act": "accept"}).status_code == 404
    visit(town.mill).post(address, {"act": "accept"})
    row.refresh_from_db()
    assert row.state == "accepted"


def test_what_was_typed_stays_when_something_is_wrong(visit, town):
    page = visit(town.bakery).post(
        reverse("clearing:new"),
        {"agent": town.bakery.pk, "way": "owes", "other": town.bakery.pk, "amount": "5",
         "reference": "Pain", "key": "k1"},
    )  # fmt: skip
    assert page.status_code == 422
    assert "Pain" in page.content.decode()
    assert not Obligation.objects.exists()


def test_a_table_comes_in_by_its_page(visit, town, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id,debtor,creditor,amount\nA1,moulin,fournil,1200\n")
    with file.open("rb") as sent:
        page = visit(town.mill).post(
            reverse("clearing:bring"), {"agent": town.mill.pk, "file": sent}
        )
    assert page.status_code == 302
    file.write_text("id,debtor,creditor,amount\nA1,moulin,fournil,x\n")
    with file.open("rb") as sent:
        page = visit(town.mill).post(
            reverse("clearing:bring"), {"agent": town.mill.pk, "file": sent}
        )
    assert page.status_code == 422
    assert Obligation.objects.get().amount == 1_200


def test_a_round_goes_from_its_opening_to_the_books(
    visit, town, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    town.ring()
    with django_capture_on_commit_callbacks(execute=False):
        page = visit(town.fanny).post(
            reverse("clearing:open"), {"name": "Automne", "days": 7, "key": "r"}
        )
    row = Round.objects.get()
    assert page.url == reverse("clearing:round", args=[row.pk])
    town.computed(row)

    leader = visit(town.fanny).get(page.url).content.decode()
    assert "Le Moulin" not in leader
    assert "Le Fournil" not in leader
    for agent in (town.mill, town.bakery, town.grocer):
        effect = effects_of(town.found(row), [agent])[0]
        browser = visit(agent)
        with django_assert_max_num_queries(15):
            shown = browser.get(page.url).content.decode()
        assert effect.digest in shown
        browser.post(
            reverse("clearing:answer", args=[row.pk]),
            {"agent": agent.pk, "effect": effect.digest, "agrees": "yes"},
        )
    address = reverse("clearing:book", args=[row.pk])
    assert visit(town.mill).post(address).status_code == 403
    assert visit(town.fanny).get(address).status_code == 200
    visit(town.fanny).post(address)
    row.refresh_from_db()
    assert row.state == "booked"
    assert town.balance(town.mill, "401000") == 7_000


def test_a_page_says_what_was_refused(visit, town):
    town.ring()
    row = town.opens()
    visit(town.fanny).post(reverse("clearing:book", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "proposed"
    visit(town.fanny).post(reverse("clearing:lead", args=[row.pk]), {"act": "end"})
    row.refresh_from_db()
    assert row.state == "ended"
