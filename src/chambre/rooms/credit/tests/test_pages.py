"""The pages: paying, a code that is scanned, receipts for both, tickets, the group, leaving."""

import re

import pytest
from django.urls import reverse

from chambre.registry import api as registry
from chambre.rooms.credit.models import Decision, Leaving, Request, Ticket
from chambre.rooms.credit.services import crossing
from chambre.rooms.credit.services.communities import RulesIn, open_community
from chambre.rooms.credit.tests.conftest import SYSTEM
from chambre.treasury.models import CreditMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(village, client):
    """Sign one of the four in; the client."""

    def sign(name):
        client.force_login(village.people[name].user)
        return client

    return sign


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode()).replace("\xa0", " ")


def test_a_member_pays_and_both_see_the_receipt(village, as_):
    page = reverse("credit:account", args=[village.account("ada").pk])
    data = {
        "amount": "12,50", "target": village.account("cora").code, "reason": "Pain", "key": "a",
    }  # fmt: skip
    client = as_("ada")
    assert client.get(reverse("credit:home")).url == page
    answer = client.post(page, data)
    receipt = reverse("credit:receipt", args=[CreditMove.objects.get().pk])
    assert answer.url == receipt
    assert client.post(page, data).url == receipt  # sent twice
    assert "12,50 CRD" in text(client.get(receipt))
    assert "12,50 CRD" in text(as_("cora").get(receipt))
    assert as_("dune").get(receipt).status_code == 403
    assert "−12,50 CRD" in text(as_("ada").get(page))
    assert village.held() == [-1_250, 0, 1_250, 0, 0]


def test_what_is_refused_stays_in_the_form(village, as_):
    page = reverse("credit:account", args=[village.account("ada").pk])
    data = {"amount": "100,01", "target": "U999", "reason": "Pain", "key": "a"}
    answer = as_("ada").post(page, data)
    assert answer.status_code == 422 and "100,01" in text(answer)
    data["target"] = village.account("cora").code
    answer = as_("ada").post(page, data)
    assert answer.status_code == 422 and "unités" in text(answer)
    assert as_("cora").post(page, data).status_code == 403
    assert village.held() == [0, 0, 0, 0, 0]


def test_a_code_is_shown_scanned_and_paid_once(village, as_):
    page = reverse("credit:account", args=[village.account("cora").pk])
    made = as_("cora").post(
        page, {"act": "ask", "ask-amount": "7", "ask-reason": "Pain", "key": "r"}
    )
    request = Request.objects.get()
    assert made.url == reverse("credit:request", args=[request.public_id])
    assert '<svg role="img"' in text(as_("cora").get(made.url))
    shown = text(as_("ada").get(made.url))
    assert "7,00 CRD" in shown and "<svg role" not in shown.split("<main")[1]
    paid = as_("ada").post(made.url, {"source": village.account("ada").pk})
    again = as_("ada").post(made.url, {"source": village.account("ada").pk})
    assert paid.url == again.url == as_("ada").get(made.url).url == as_("cora").get(made.url).url
    assert "payé" in text(as_("dune").get(made.url))
    assert village.held() == [-700, 0, 700, 0, 0]


def test_a_ticket_is_made_shown_and_brought(village, as_):
    page = reverse("credit:tickets", args=[village.account("ada").pk])
    made = as_("ada").post(page, {"amount": "5", "until": registry.today().isoformat(), "key": "t"})
    ticket = Ticket.objects.get()
    assert made.url == reverse("credit:ticket", args=[ticket.serial])
    line = re.search(r"CHB1\.[\w.-]+", as_("ada").get(made.url).content.decode())[0]
    assert as_("cora").get(made.url).status_code == 403
    for name, status in (("cora", 302), ("dune", 422)):
        mine = reverse("credit:tickets", args=[village.account(name).pk])
        assert as_(name).post(mine, {"act": "take", "take-text": line}).status_code == status
    assert village.account("dune").code in text(as_("ada").get(made.url))
    assert village.held() == [-500, 0, 500, 0, 0]


def test_members_decide_on_the_page_of_the_group(village, as_):
    slug = village.chamber.slug
    page = reverse("credit:group", args=[slug, "CRD"])
    propose = reverse("credit:propose", args=[slug, "CRD", "regles"])
    data = {
        "floor": "50", "ceiling": "", "growth_most": "0", "exempt": "0", "mode": "block",
        "growth_percent": "0", "rate": "100", "ways": ["spend"], "hands": "2", "days": "5",
        "words": "On essaie", "key": "d",
    }  # fmt: skip
    assert as_("ada").post(propose, {**data, "words": ""}).status_code == 422
    assert as_("ada").post(propose, data).url == page
    decision = Decision.objects.get()
    assert "On essaie" in text(as_("basile").get(page))
    as_("basile").post(page, {"decision": decision.pk, "voice": "yes"})
    decision.refresh_from_db()
    assert decision.state == "agreed"
    assert village.account("ada").limit == 5_000
    limits = reverse("credit:propose", args=[slug, "CRD", "limites"])
    member = village.members["dune"].pk
    answer = as_("ada").post(
        limits, {"member": member, "floor": "200", "words": "Four", "key": "e"}
    )
    assert answer.url == page
    assert as_("ada").get(reverse("credit:propose", args=[slug, "CRD", "x"])).status_code == 404


def test_a_member_leaves_on_the_page(village, as_):
    page = reverse("credit:leave", args=[village.account("ada").pk])
    client = as_("ada")
    assert "zéro" in text(client.get(page))
    client.post(page, {"way": "spend", "until": registry.today().isoformat()})
    assert Leaving.objects.get().state == "open"
    client.post(page, {"act": "settle"})
    assert Leaving.objects.get().state == "done"
    assert as_("basile").get(page).status_code == 403


def test_a_loss_is_proposed_on_the_page_of_the_group(village, as_):
    village.pays("ada", "basile", 300)
    leave = reverse("credit:leave", args=[village.account("ada").pk])
    as_("ada").post(leave, {"way": "shared", "until": registry.today().isoformat()})
    page = reverse("credit:group", args=[village.chamber.slug, "CRD"])
    going = Leaving.objects.get()
    data = {"leaving": going.pk, "how": "equal", "words": "Partie", "key": "l"}
    as_("basile").post(page, data)
    decision = Decision.objects.get()
    assert (decision.kind, decision.state) == ("loss", "open")
    as_("cora").post(page, {"decision": decision.pk, "voice": "yes"})
    assert village.held() == [0, 200, -100, -100, 0]


def test_units_are_sent_to_another_chamber_from_the_page(village, as_):
    other = registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
    there = open_community(chamber=other, unit="CRD", rules=RulesIn(floor=1), by=SYSTEM)
    facts = {"owes": 900, "owed": 900, "by": SYSTEM}
    mine = crossing.agree(community=village.community, partner=other, **facts)
    crossing.agree(community=there, partner=village.chamber, **facts)
    page = reverse("credit:account", args=[village.account("ada").pk])
    data = {
        "act": "cross", "cross-amount": "9,01", "cross-partner": mine.pk, "cross-target": "U000002",
        "cross-reason": "Farine", "key": "x",
    }  # fmt: skip
    assert as_("ada").post(page, data).status_code == 422
    assert as_("ada").post(page, {**data, "cross-amount": "9"}).status_code == 302
    assert "Farine" in text(as_("ada").get(page))
    assert village.held()[0] == -900


def test_who_has_no_account_is_told_how_to_begin(village, as_, client, make_user):
    village.person("elsa")
    page = reverse("credit:home")
    assert "Participer" in text(as_("elsa").get(page))
    as_("elsa").post(page, {"community": village.community.pk})
    assert as_("elsa").get(page).status_code == 302
    client.force_login(make_user("passe@exemple.test"))
    assert client.get(page).status_code == 403
    assert (
        client.get(reverse("credit:group", args=[village.chamber.slug, "CRD"])).status_code == 403
    )


def test_hours_are_typed_and_shown_as_hours(village, as_):
    from chambre.rooms.credit.services.communities import join

    community = open_community(
        chamber=village.chamber, unit="HUR", rules=RulesIn(floor=600), by=SYSTEM
    )
    mine, theirs = (
        join(community=community, agent=village.people[name], by=SYSTEM).account
        for name in ("ada", "cora")
    )
    page = reverse("credit:account", args=[mine.pk])
    data = {"amount": "1 h 30", "target": theirs.code, "reason": "Taille", "key": "h"}
    receipt = as_("ada").post(page, data).url
    assert "1 h 30" in text(as_("ada").get(receipt))
    assert as_("ada").post(page, {**data, "amount": "beaucoup"}).status_code == 422
    assert "1 h 30" in text(as_("ada").get(reverse("credit:home")))


def test_pages_ask_little(village, as_, django_assert_max_num_queries):
    for n in range(5):
        village.pays("ada", "cora", 100 + n)
    as_("ada").post(
        reverse("credit:propose", args=[village.chamber.slug, "CRD", "limites"]),
        {"member": village.members["dune"].pk, "floor": "200", "words": "Four", "key": "e"},
    )  # fmt: skip
    client = as_("ada")
    pages = (
        reverse("credit:account", args=[village.account("ada").pk]),
        reverse("credit:group", args=[village.chamber.slug, "CRD"]),
        reverse("credit:tickets", args=[village.account("ada").pk]),
    )
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200
