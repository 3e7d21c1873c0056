"""Money that a bank sends back without a word before: known by its row, booked back once, told."""

import datetime as dt

import pytest

from chambre.core.errors import Conflict
from chambre.core.models import OutboxEvent
from chambre.lib.bankfiles.writing import Page, camt, row
from chambre.lib.orderstates import State
from chambre.treasury.models import BankRow, Match, MatchPart
from chambre.treasury.openitems import open_items
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.matching import match_of
from chambre.treasury.services import collecting, mandates
from chambre.treasury.services import payouts as service
from chambre.treasury.services.bank import import_file
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.matching import cancel_rows, reconcile, undo_match
from chambre.treasury.services.orders import state_of
from chambre.treasury.services.payoutfiles import export_payouts
from chambre.treasury.services.refund_paying import note_refund_payout
from chambre.treasury.tests.payouts.conftest import OURS, THEIRS

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def bring(account, bruno, settings, tmp_path):
    """Bring rows of a month in and match them: ``bring(row(…), month=4)``."""
    settings.CHAMBRE_HOME = tmp_path
    held = [100_000]

    def bring_in(*rows, month=3):
        last = dt.date(2026, month, 28)
        page = Page(OURS.iban, month, MARCH.replace(month=month), last, held[0], rows, None)
        import_file(
            account=account, content="".join(camt([page])).encode(), name="relevé", by=bruno
        )
        held[0] += sum(each.amount for each in rows)
        return reconcile(account, bruno)

    return bring_in


def left(payout, day=4, **more):
    """The row of a payout that left."""
    facts = {"party_name": payout.holder, "end_to_end_id": payout.code, **more}
    return row(MARCH.replace(day=day), -payout.amount, **facts)


def came_back(order, amount=None, day=9, code="AC01", month=3, **more):
    """The row of money that the bank sends back."""
    facts = {
        "party_name": "", "end_to_end_id": order.code, "return_code": code,
        "texts": "RETOUR VIREMENT", **more,
    }  # fmt: skip
    return row(MARCH.replace(day=day, month=month), amount or order.amount, **facts)


def said(name="treasury.payout.changed"):
    rows = OutboxEvent.objects.filter(name=name).order_by("id")
    return [(each.payload["state"], each.payload["origin_key"]) for each in rows]


def suspense(book):
    opening = BankRow.objects.filter(kind="opening", account__book=book)
    return balance_of(book, "471000") + sum(each.amount for each in opening)


@pytest.fixture
def paid(orchard, ask, agree, bruno):
    """A payout that a room asked for, at the bank."""
    payout = agree(ask(amount=1_000, origin="deposit", origin_key="17"))
    export_payouts(book=orchard, account=OURS, key="f", by=bruno, batch=False)
    return payout


def test_a_payout_that_comes_back_is_returned_booked_back_once_and_told(
    orchard, paid, payee, bring, account, bruno
):
    bring(left(paid))
    assert (state_of(paid), balance_of(orchard, "401000")) == (State.PAID, 1_000)
    assert open_items(orchard) == []  # nobody expects anything

    outcome = bring(came_back(paid, month=4), month=4)

    assert (state_of(paid), balance_of(orchard, "401000")) == (State.RETURNED, 0)
    assert (suspense(orchard), outcome.as_json()["equal"]) == (0, True)
    told = list(paid.events.order_by("number").values_list("kind", "code"))[-2:]
    assert told == [("returning", "AC01"), ("returned", "")]
    assert "RETOUR VIREMENT" in paid.events.get(kind="returning").reason
    assert said()[-2:] == [("returning", "17"), ("returned", "17")]
    before = Match.objects.count()
    reconcile(account, bruno)
    assert (Match.objects.count(), len(said())) == (before, 7)


def test_both_rows_in_one_file(orchard, paid, bring):
    bring(left(paid), came_back(paid))

    assert (state_of(paid), suspense(orchard)) == (State.RETURNED, 0)
    assert not Match.objects.filter(cancels__isnull=False).exists()


def test_one_of_a_batch_comes_back_alone(orchard, ask, agree, bring, bruno):
    one, two = agree(ask("one", 1_000)), agree(ask("two", 500))
    file = export_payouts(book=orchard, account=OURS, key="f", by=bruno)
    group = f"{file.message}-1"
    whole = row(MARCH.replace(day=4), -1_500, party_name="", batch_reference=group)
    bring(whole)
    assert [state_of(each) for each in (one, two)] == [State.PAID, State.PAID]

    bring(came_back(two, month=4), month=4)

    assert [state_of(each) for each in (one, two)] == [State.PAID, State.RETURNED]
    assert (balance_of(orchard, "401000"), suspense(orchard)) == (1_000, 0)


def test_a_return_that_names_nothing_is_a_persons_and_money_of_the_same_sum_is_no_return(
    orchard, paid, bring
):
    bring(left(paid))
    bring(row(dt.date(2026, 4, 9), 1_000, party_name=paid.holder, texts="Merci"), month=4)

    assert state_of(paid) is State.PAID
    last = BankRow.objects.latest("pk")
    assert match_of(last) is None
    assert not last.proposals.filter(parts__icontains="payout-return").exists()


def test_a_person_says_that_a_row_takes_the_payout_back(orchard, paid, bring, bruno):
    bring(left(paid))
    nameless = came_back(paid, month=4, end_to_end_id="", code="", texts="ANNUL OPERATION")
    bring(nameless, month=4)
    later, first = BankRow.objects.latest("pk"), BankRow.objects.get(amount=-1_000)
    assert state_of(paid) is State.PAID

    match = cancel_rows(row=later, other=first, key="k", by=bruno)

    assert cancel_rows(row=later, other=first, key="k", by=bruno) == match
    assert (state_of(paid), suspense(orchard)) == (State.RETURNED, 0)
    assert MatchPart.objects.get(match=match).kind == "payout-return"


def test_a_mistaken_match_of_a_return_is_undone(orchard, paid, bring, bruno):
    bring(left(paid), came_back(paid))
    match = match_of(BankRow.objects.get(amount=1_000))

    undo_match(match=match, key="u", by=bruno)

    assert (state_of(paid), balance_of(orchard, "401000")) == (State.PAID, 1_000)
    assert open_items(orchard) == []


def test_what_came_back_is_replaced_and_then_the_return_stays(
    orchard, paid, ask, bring, bruno, payee
):
    bring(left(paid), came_back(paid))
    other = ask("anew", 1_000, replaces=paid)

    assert (other.origin, other.origin_key, other.replaces) == ("deposit", "17", paid)
    assert state_of(paid) is State.RETURNED
    with pytest.raises(Conflict):
        ask("twice", 1_000, replaces=paid)
    match = match_of(BankRow.objects.get(amount=1_000))
    with pytest.raises(Conflict):
        undo_match(match=match, key="u", by=bruno)
    assert state_of(paid) is State.RETURNED


def test_an_invoice_or_a_refund_asks_anew_itself(orchard, ask, agree, bring, bruno, system):
    row_ = agree(ask(amount=1_000, origin="treasury.refund", origin_key="x"))
    export_payouts(book=orchard, account=OURS, key="f", by=bruno, batch=False)
    bring(left(row_), came_back(row_))
    note_refund_payout(code=row_.code, by=system)  # of nothing: no harm

    with pytest.raises(Conflict):
        ask("anew", 1_000, replaces=row_)


def test_a_collection_that_is_given_back_unannounced_ends_its_mandate_when_there_is_none(
    orchard, payee, bruno, bring, monkeypatch
):
    monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, 3, 2))
    mandates.set_creditor_id(book=orchard, identifier="FR72ZZZ123456", by=bruno)
    mandate = mandates.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="m", by=bruno
    )
    drawn = collecting.plan_collection(
        mandate=mandate, amount=2_500, day=dt.date(2026, 3, 20), reason="Adhésion", key="c",
        use="membership", by=bruno,
    )  # fmt: skip
    collecting.announce_collection(collection=drawn, key="told", by=bruno)
    export_collections(book=orchard, account=OURS, key="f", by=bruno)
    bring(row(dt.date(2026, 3, 20), 2_500, party_name="Dupré", end_to_end_id=drawn.code))
    assert state_of(drawn) is State.PAID

    bring(came_back(drawn, amount=-2_500, month=4, code="MD01"), month=4)

    assert (state_of(drawn), balance_of(orchard, "756100")) == (State.RETURNED, 0)
    mandate.refresh_from_db()
    assert mandate.end.reason.startswith("MD01")
    assert said("treasury.collection.changed")[-1] == ("returned", "")


def test_the_page_says_what_to_do(client, treasurer, orchard, paid, bring):
    client.force_login(treasurer)
    bring(left(paid), came_back(paid))
    url = f"/tresorerie/vergers/virements/{paid.code}/"

    page = client.get(url).content.decode()

    assert "numéro de compte faux" in page
    assert "demandez de vive voix au bénéficiaire" in page
    assert f"?replaces={paid.code}" in page
    form = client.get(f"/tresorerie/vergers/virements/nouveau/?replaces={paid.code}")
    assert THEIRS not in form.content.decode().replace(" ", "")
    assert "n’a pas été exécuté" in form.content.decode()


def test_what_the_bank_did_not_do_says_so_too(client, treasurer, orchard, paid, bruno):
    client.force_login(treasurer)
    service.reject_payout(payout=paid, key="r", by=bruno, code="AM05")

    page = client.get(f"/tresorerie/vergers/virements/{paid.code}/").content.decode()

    assert "Rien n’est parti" in page
    assert "en double" in page
