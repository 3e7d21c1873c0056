"""The pages of the matching: why a row waits, one click, the form, undo, habits; for whom."""

import pytest
from django.urls import reverse

from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.treasury.models import Habit, Match, Proposal
from chambre.treasury.queries.matching import habits_of, match_of
from chambre.treasury.services.matching import BookedPart, keep_habit

from .conftest import RF, booked, debt, gift, only_row, page, suspense

pytestmark = pytest.mark.django_db
LIST = "/tresorerie/vergers/rapprochement/"


@pytest.fixture
def browser(client, treasurer):
    client.force_login(treasurer)
    return client


def address(row) -> str:
    return reverse("treasury:match-row", args=["vergers", row.pk])


def lines(*parts, **more):
    """The form as a browser sends it: ``(what, account, amount)`` for each line."""
    data = {"act": "match", "key": "form-1", "part-TOTAL_FORMS": "5", "part-INITIAL_FORMS": "0"}
    for n, (what, account, amount) in enumerate(parts):
        data |= {f"part-{n}-what": what, f"part-{n}-account": account, f"part-{n}-amount": amount}
    return data | more


def test_the_list_says_why_and_takes_a_proposal_with_one_click(account, bring, debts, browser):
    debts.add(debt("1"), debt("2"))
    bring(page(gift(2500, texts="", party_name="MARTIN MARIE")))
    row = only_row()

    shown = browser.get(LIST).content.decode()
    assert "plusieurs possibilités se valent" in shown
    assert "Adhésion 1" in shown
    answer = browser.post(
        address(row), {"act": "accept", "key": "c-1", "proposal": row.proposals.first().pk}
    )

    assert answer.status_code == 302
    assert match_of(row).parts.get().item == "1"
    assert "Adhésion 1" not in browser.get(LIST).content.decode()


def test_a_row_is_split_by_the_form(account, bring, debts, browser):
    debts.add(debt("1"))
    bring(page(gift(4000, texts="")))
    row = only_row()
    assert "Adhésion 1" in browser.get(address(row) + "?among=debt").content.decode()

    sent = lines(("item:debt:1", "", "25"), ("use:donation", "", "10,00"), ("", "758100", "5"))
    assert browser.post(address(row), sent).status_code == 302

    assert sorted(booked(match_of(row).booking_key)) == [
        ("411000", -2500), ("471000", 4000), ("754110", -1000), ("758100", -500),
    ]  # fmt: skip
    assert not Habit.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([("use:donation", "", "39,99")], "ne font pas le montant"),
        ([("use:donation", "758100", "40")], "pas les deux"),
        ([("", "", "40")], "Dites ce qu’est ce montant"),
        ([("use:donation", "", "")], "combien"),
        ([("use:donation", "", "x")], "montant"),
        ([("", "12A", "40")], "trois chiffres"),
    ],
)
def test_a_form_that_needs_mending_says_where_and_loses_nothing(
    account, bring, debts, browser, sent, words
):
    bring(page(gift(4000, texts="")))
    row = only_row()

    answer = browser.post(address(row), lines(*sent))

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown
    assert not sent[0][2] or f'value="{sent[0][2]}"' in shown
    assert not Match.objects.exists()


def test_a_proposal_with_something_over_fills_the_form(account, bring, debts, browser):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2700, texts=RF)))
    row = only_row()
    proposal = Proposal.objects.get(row=row)

    shown = browser.get(address(row)).content.decode()
    assert f"?proposal={proposal.pk}#split" in shown
    filled = browser.get(address(row), {"proposal": proposal.pk}).content.decode()

    assert 'value="25,00"' in filled
    assert 'value="2,00"' in filled


def test_doing_so_every_time_is_learned_shown_and_forgotten(account, bring, debts, browser):
    bring(page(gift(-45_000, texts="LOYER MARS", party_name="SCI DES TILLEULS")))

    browser.post(address(only_row()), lines(("", "613200", "450"), always="on"))

    habit = Habit.objects.get()
    assert (habit.always, habit.account) == (True, "613200")
    assert habit.words == ["loyer", "sci", "tilleuls"]
    shown = browser.get(LIST + "habitudes/").content.decode()
    assert "SCI DES TILLEULS" in shown
    assert browser.post(LIST + "habitudes/", {"habit": habit.pk}).status_code == 302
    assert not habits_of(account.book).exists()
    assert browser.post(LIST + "habitudes/", {"habit": "x"}).status_code == 404


def test_a_match_is_shown_with_its_reasons_and_undone(account, bring, debts, browser):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF)))
    row = only_row()

    shown = browser.get(address(row)).content.decode()
    assert "sa référence est dans le libellé" in shown
    assert browser.post(address(row), {"act": "undo", "key": "u-1"}).status_code == 302

    assert match_of(row) is None
    assert suspense(account.book) == -2500
    assert "Ce qui a été annulé" in browser.get(address(row)).content.decode()


def test_what_was_matched_meanwhile_is_said(account, bring, debts, browser):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF)))

    answer = browser.post(address(only_row()), lines(("use:donation", "", "25")))

    assert answer.status_code == 409
    assert "déjà rapprochée" in answer.content.decode()
    assert Match.objects.count() == 1


def test_looking_again_matches_what_came_to_be_open(account, bring, debts, browser):
    bring(page(gift(2500, texts=RF)))
    debts.add(debt("1", reference=RF))

    assert browser.post(LIST).status_code == 302
    assert match_of(only_row()) is not None


def test_rows_are_found_by_their_words(account, bring, debts, browser):
    bring(
        page(gift(100, texts="panier", party_name="Ada"), gift(200, texts="miel", party_name="Zoé"))
    )

    shown = browser.get(LIST, {"q": "miel"}).content.decode()

    assert "Zoé" in shown
    assert "Ada" not in shown


def test_the_home_page_and_the_month_say_what_waits(account, bring, debts, browser):
    bring(page(gift(900, texts="", party_name="Zoé")))

    home = browser.get("/tresorerie/vergers/").content.decode()
    month = browser.get("/tresorerie/vergers/mois/2026-3/").content.decode()

    assert "Zoé" in home
    assert "rien d’ouvert ne lui ressemble" in home
    assert "lignes de banque ne sont pas encore rapprochées" in month


def test_nobody_else_sees_or_does_anything(account, bring, debts, client, passer_by, by, system):
    bring(page(gift(900, texts="don", party_name="Zoé")))
    row = only_row()
    keep_habit(row=row, part=BookedPart(900, use="donation"), by=by)
    client.force_login(passer_by)
    other = registry.create_structure(slug="autre", name="Autre", by=system)
    ledger.open_book(structure=other, by=system)
    registry.grant_role(
        agent=registry.create_person(email=passer_by.email, name="Dris", by=system),
        kind="treasurer", scope=other, by=system,
    )  # fmt: skip

    for path in (LIST, address(row), LIST + "habitudes/"):
        assert client.get(path).status_code == 403
        assert client.post(path, lines(("use:donation", "", "9"))).status_code == 403
    own = reverse("treasury:match-row", args=["autre", row.pk])
    assert client.get(own).status_code == 403
    assert client.post(own, {"act": "undo", "key": "u"}).status_code == 403
    assert not Match.objects.exists()


def test_machines_look_match_and_undo(account, bring, debts, client, treasurer, passer_by):
    debts.add(debt("1"), debt("2"))
    bring(page(gift(2500, texts="", party_name="MARTIN MARIE"), gift(900, texts="")))
    client.force_login(treasurer)
    row, other = only_row(amount=2500), only_row(amount=900)

    def post(path, **data):
        return client.post(f"/api/treasury/{path}", data, content_type="application/json")

    assert client.get("/api/treasury/bank-accounts/credit/reconciliation").json() == {
        "matched": 0, "proposed": 1, "unmatched": 2, "ledger_balance": 103_400,
        "statement_balance": 103_400, "equal": True,
    }  # fmt: skip
    waiting = client.get("/api/treasury/bank-accounts/credit/waiting").json()["items"]
    mine = next(each for each in waiting if each["id"] == row.pk)
    assert [each["parts"][0]["key"] for each in mine["proposals"]] == ["1", "2"]
    proposal = mine["proposals"][0]["id"]
    taken = post(f"bank-rows/{row.pk}/match", key="m1", proposal=proposal)
    assert (taken.status_code, taken.json()["how"]) == (200, "person")
    given = post(
        f"bank-rows/{other.pk}/match", key="m2", parts=[{"amount": 900, "use": "donation"}]
    )
    assert given.status_code == 200
    assert post(f"bank-rows/{row.pk}/match", key="m3", parts=[]).status_code == 409
    undone = post(f"bank-rows/{row.pk}/undo", key="u1")
    assert undone.json()["undone"] is True
    assert post(f"bank-rows/{row.pk}/undo", key="u1").json() == undone.json()
    assert post(f"bank-rows/{row.pk}/undo", key="u2").status_code == 404
    assert post("bank-accounts/credit/reconciliation").json()["matched"] == 1
    client.force_login(passer_by)
    assert client.get("/api/treasury/bank-accounts/credit/waiting").status_code == 403
    assert post(f"bank-rows/{row.pk}/match", key="m4", proposal=1).status_code == 403
