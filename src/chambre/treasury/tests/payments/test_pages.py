"""Pages of payments: the payer's, without signing in; the treasurer's; machines and the command."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.ledger.models import JournalEntry
from chambre.lib.sepa import epc, rf
from chambre.registry import api as registry
from chambre.treasury.cli.bank import bank as bank_command
from chambre.treasury.cli.payment import payment as payment_command
from chambre.treasury.models import Payment, PaymentAttempt, ProviderAccount, ProviderNotice
from chambre.treasury.queries.payments import late_first, sums_of
from chambre.treasury.services import credentials
from chambre.treasury.services.receiving import receive
from chambre.treasury.tests.fakes.mollie import KEY

from .conftest import IBAN, TODAY, attempt_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    """A browser in French, nobody signed in; forms need their token as in life."""
    return Client(headers={"accept-language": "fr"}, enforce_csrf_checks=True)


@pytest.fixture
def desk(treasurer):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(treasurer)
    return client


def at(name, *args):
    return reverse(f"treasury:{name}", args=args)


def text(answer):
    return answer.content.decode()


def test_a_payer_sees_how_much_for_what_to_whom_and_nothing_else(ask, visitor, account, mollie):
    payment = ask(payer_name="Zoé Martin", payer_email="zoe@exemple.test")
    account(mollie)

    answer = visitor.get(at("pay", payment.public_id))

    page = text(answer)
    assert answer.status_code == 200
    assert "40,00" in page and "Panier et adhésion" in page and "Les Vergers de la Lysse" in page
    assert rf.write(payment.reference) in page and "FR76 3000 6000 0112 3456 7890 189" in page
    assert "<svg" in page and "Carte bancaire" in page
    assert "Zoé" not in page and "zoe@" not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


def test_an_address_that_was_guessed_shows_nothing(visitor, ask):
    ask()
    assert visitor.get(at("pay", "a" * 24)).status_code == 404


def test_paying_by_card_without_a_script(ask, visitor, account, mollie):
    payment = ask()
    card = account(mollie)
    first = visitor.get(at("pay", payment.public_id))
    token = first.context["csrf_token"]

    sent = visitor.post(
        at("pay_by_card", payment.public_id, card.public_id), {"csrfmiddlewaretoken": token}
    )
    attempt = PaymentAttempt.objects.get()
    assert sent["Location"] == at("pay_at", payment.public_id, attempt.pk)
    leaving = text(visitor.get(sent["Location"]))
    assert f'href="{attempt.url}"' in leaving and f"url={attempt.url}" in leaving

    mollie.pay(attempt.remote)  # the payer is back before any notice
    back = text(visitor.get(at("pay", payment.public_id), {"retour": "1"}))
    assert "C’est payé" in back
    assert '<svg class="qr' not in back, "nobody is asked twice"
    payment.refresh_from_db()
    assert payment.state == "paid"


def test_a_form_from_elsewhere_opens_nothing(ask, visitor, account, mollie):
    payment, card = ask(), account(mollie)
    answer = visitor.post(at("pay_by_card", payment.public_id, card.public_id))
    assert answer.status_code == 403
    assert not PaymentAttempt.objects.exists()


def test_an_account_of_another_structure_takes_nothing(ask, visitor, mollie, system):
    from chambre.ledger import api as ledger
    from chambre.registry import api as registry

    from .conftest import account_at

    other = registry.create_structure(slug="autre", name="Autre", by=system)
    theirs = account_at(mollie, ledger.open_book(structure=other, by=system), system)
    payment = ask()
    page = visitor.get(at("pay", payment.public_id))
    data = {"csrfmiddlewaretoken": page.context["csrf_token"]}

    answer = visitor.post(at("pay_by_card", payment.public_id, theirs.public_id), data)

    assert answer.status_code == 404
    assert not PaymentAttempt.objects.exists()


def test_when_the_service_is_away_the_payer_is_told_and_can_still_transfer(
    ask, visitor, account, mollie
):
    payment, card = ask(), account(mollie)
    mollie.trouble = ["down"]
    data = {"csrfmiddlewaretoken": visitor.get(at("pay", payment.public_id)).context["csrf_token"]}

    page = visitor.post(at("pay_by_card", payment.public_id, card.public_id), data, follow=True)

    assert "ne répond pas" in text(page)
    assert "<svg" in text(page)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("cancelled", "a été annulé"),
        ("expired", "Le délai de ce paiement est passé"),
        ("refunded", "vous ont été rendus"),
        ("disputed", "Votre banque examine"),
        ("authorised", "Votre banque a accepté"),
        ("failed", "Le dernier essai"),
    ],
)
def test_each_state_is_said_in_words(ask, visitor, state, words):
    payment = ask()
    Payment.objects.filter(pk=payment.pk).update(state=state)
    page = text(visitor.get(at("pay", payment.public_id)))
    assert words in page
    assert ("<svg role" in page) == (state == "failed")


def test_a_notice_comes_in_without_a_session_and_is_kept(ask, visitor, account, mollie):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)

    where = at("notice", attempt.account.public_id)
    data = f"id={attempt.remote}"
    kind = "application/x-www-form-urlencoded"
    assert visitor.post(where, data, content_type=kind).status_code == 200

    payment.refresh_from_db()
    assert payment.state == "paid"
    assert visitor.post(where, "id=nonsense", content_type=kind).status_code == 400
    assert visitor.get(where).status_code == 405
    assert visitor.post(at("notice", "x"), data, content_type=kind).status_code == 404
    assert visitor.post(where, "x" * 300_000, content_type="text/plain").status_code == 404
    assert ProviderNotice.objects.count() == 1


def test_a_treasurer_asks_finds_and_gives_back(desk, orchard, visitor, account, mollie):
    form = desk.get(at("payment_ask", "vergers")).context["form"]
    asked = {
        "amount": "40,00",
        "reason": "Adhésion 2026",
        "use": "membership",
        "payer_name": "Zoé Martin",
        "key": form["key"].value(),
    }
    account(mollie)
    sent = desk.post(at("payment_ask", "vergers"), asked)
    desk.post(at("payment_ask", "vergers"), asked)  # pressed twice
    payment = Payment.objects.get()
    assert sent["Location"] == at("payment", "vergers", payment.public_id)
    attempt = attempt_at(payment, ProviderAccount.objects.get())
    mollie.pay(attempt.remote)
    visitor.get(at("pay", payment.public_id), {"retour": "1"})

    listed = text(desk.get(at("payments", "vergers"), {"state": "came", "text": "zoé adhésion"}))
    assert "Adhésion 2026" in listed and "40,00" in listed
    assert "Aucun paiement" in text(desk.get(at("payments", "vergers"), {"text": "panier"}))
    shown = text(desk.get(at("payment", "vergers", payment.public_id)))
    assert "De l’argent est arrivé" in shown and rf.write(payment.reference) in shown

    where = at("payment_refund", "vergers", payment.public_id)
    form = desk.get(where).context["form"]
    line = payment.lines.get()
    data = {f"line-{line.pk}": "50", "means": "provider", "key": form["key"].value()}
    wrong = desk.post(where, data)
    assert wrong.status_code == 422 and not payment.refunds.exists()
    assert "Au plus 40,00" in text(wrong)
    desk.post(where, {**data, f"line-{line.pk}": "15"})
    desk.post(where, {**data, f"line-{line.pk}": "15"})
    assert payment.refunds.get().amount == 1_500
    assert "en route" in text(desk.get(at("payment", "vergers", payment.public_id)))


def test_a_mistake_in_a_request_is_said_beside_its_field(desk, orchard):
    answer = desk.post(
        at("payment_ask", "vergers"), {"amount": "0", "reason": "", "use": "advance", "key": "k"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"amount", "reason"}
    assert not Payment.objects.exists()


def test_cancelling_says_what_it_means_first(desk, ask, visitor):
    payment = ask()
    where = at("payment_cancel", "vergers", payment.public_id)
    assert "plus personne ne peut y payer" in text(desk.get(where))
    payment.refresh_from_db()
    assert payment.state == "created"
    desk.post(where, {"reason": "Erreur"})
    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert "a été annulé" in text(visitor.get(at("pay", payment.public_id)))


def test_a_refund_by_transfer_can_be_given_up(desk, ask, by):
    from chambre.treasury.services.refunds import refund

    payment = ask()
    receive(payment=payment, amount=4_000, means="cash", day=TODAY, key="t1", by=by)
    facts = {"means": "transfer", "iban": IBAN, "holder": "Zoé Martin"}
    row = refund(payment=payment, amount=1_000, key="r1", by=by, **facts)

    desk.post(at("refund_cancel", "vergers", payment.public_id, row.pk))

    row.refresh_from_db()
    payment.refresh_from_db()
    assert (row.stage, payment.refunding, payment.state) == ("failed", 0, "paid")


def test_secrets_are_kept_in_a_file_and_never_shown_again(desk, orchard):
    where = at("provider_add", "vergers", "mollie")
    desk.post(where, {"label": "Carte", "mode": "sandbox", "api_key": KEY})
    row = ProviderAccount.objects.get()

    path = credentials._path(row.public_id)
    assert path.stat().st_mode & 0o777 == 0o600
    assert credentials.read(row.public_id)["api_key"] == KEY
    assert KEY not in json.dumps(list(ProviderAccount.objects.values()), default=str)
    for page in (at("providers", "vergers"), at("provider", "vergers", row.public_id)):
        assert KEY not in text(desk.get(page))

    changed = {"label": "Carte bleue", "api_key": "", "active": "on"}
    desk.post(at("provider", "vergers", row.public_id), changed)
    row.refresh_from_db()
    assert (row.label, credentials.read(row.public_id)["api_key"]) == ("Carte bleue", KEY)
    missing = desk.post(where, {"label": "Carte", "mode": "live", "api_key": ""})
    assert missing.status_code == 422
    assert ProviderAccount.objects.count() == 1


def test_nobody_else_sees_or_does_anything(ask, orchard, passer_by, account, mollie):
    payment = ask()
    card = account(mollie)
    other = Client()
    other.force_login(passer_by)
    for name, *args in (
        ("payments",),
        ("payment", payment.public_id),
        ("payment_ask",),
        ("payment_refund", payment.public_id),
        ("payment_cancel", payment.public_id),
        ("providers",),
        ("provider", card.public_id),
        ("provider_add", "stripe"),
    ):
        assert other.get(at(name, "vergers", *args)).status_code == 403, name
        assert Client().get(at(name, "vergers", *args)).status_code in (302, 403), name


def test_the_list_asks_few_questions(desk, ask, django_assert_max_num_queries):
    for number in range(12):
        ask(key=f"n{number}")
    with django_assert_max_num_queries(15):
        desk.get(at("payments", "vergers"))
    payment = Payment.objects.first()
    with django_assert_max_num_queries(15):
        desk.get(at("payment", "vergers", payment.public_id))
    with django_assert_max_num_queries(15):
        Client().get(at("pay", payment.public_id))


def test_the_home_page_sums_what_is_waited_for_and_counts_what_is_late(orchard, ask):
    for number in range(7):
        ask(key=f"h{number}")
    today = registry.today()
    Payment.objects.update(due=today)
    payments = list(Payment.objects.order_by("id"))
    late, disputed = payments[:6], payments[6]
    Payment.objects.filter(pk__in=[each.pk for each in late]).update(
        due=today - dt.timedelta(days=1), received=100, refunding=7
    )
    Payment.objects.filter(pk=disputed.pk).update(state="disputed", held=33)

    rows = late_first(orchard, today)[:5]

    sums = sums_of(orchard)
    waits = sum(each.amount - 100 for each in late)
    assert sums == {"waiting": waits, "refunding": 42, "disputed": 33}
    assert [row.pk for row in rows] == [each.pk for each in late[:5]]
    assert {row.late_count for row in rows} == {6}
    assert {name: getattr(rows[0], f"sum_of_{name}") for name in sums} == sums


def test_the_command_gives_a_reference_and_a_code(orchard):
    runner = CliRunner()
    base = ["request", "--structure", "vergers", "--reason", "Atelier", "--json", "--amount"]
    without = json.loads(runner.invoke(payment_command, [*base, "1250"]).output)
    assert without["qr"] == "", "no bank account yet"
    open_account = ["account", "create", "vergers-courant", "--structure", "vergers"]
    assert runner.invoke(bank_command, [*open_account, "--iban", IBAN]).exit_code == 0

    made = json.loads(runner.invoke(payment_command, [*base, "1250", "--key", "k1"]).output)
    again = json.loads(runner.invoke(payment_command, [*base, "1250", "--key", "k1"]).output)

    assert made == again and set(made) == {"id", "reference", "qr"}
    assert made["qr"].startswith("BCD\n002\n")
    code = epc.read(made["qr"])
    assert (code.iban, code.amount, code.reference) == (IBAN, 1_250, made["reference"])
    shown = json.loads(runner.invoke(payment_command, ["show", made["id"], "--json"]).output)
    assert (shown["state"], shown["amount"], shown["received"]) == ("created", 1_250, 0)
    assert runner.invoke(payment_command, [*base, "0"]).exit_code == 1


def test_a_machine_asks_looks_and_gives_back(orchard, desk, by):
    base = "/api/treasury/structures/vergers/payments"
    data = {
        "amount": 4_000,
        "reason": "Panier",
        "key": "order-1",
        "lines": [{"amount": 4_200, "use": "sale.goods"}, {"amount": -200, "use": "deposit"}],
    }
    made = desk.post(base, data, content_type="application/json")
    assert made.status_code == 201, made.content
    again = desk.post(base, data, content_type="application/json")
    assert again.json()["id"] == made.json()["id"]
    one = f"{base}/{made.json()['id']}"
    row = Payment.objects.get()
    receive(payment=row, amount=4_000, means="cash", day=TODAY, key="t1", by=by)
    assert desk.get(one).json()["state"] == "paid"

    back = {"key": "r1", "lines": {"1": 1_000}, "means": "cash"}
    assert desk.post(f"{one}/refunds", back, content_type="application/json").status_code == 201
    over = {"key": "r2", "amount": 4_000}
    refused = desk.post(f"{one}/refunds", over, content_type="application/json")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("#payment.refund-over")
    assert [each["amount"] for each in desk.get(f"{one}/refunds").json()] == [1_000]
    assert desk.post(f"{one}/cancel").status_code == 409
    assert [each["state"] for each in desk.get(base).json()["items"]] == ["partly_refunded"]
    assert JournalEntry.objects.count() == 2


def test_a_machine_of_somebody_else_is_refused(ask, passer_by):
    payment = ask()
    other = Client()
    other.force_login(passer_by)
    base = "/api/treasury/structures/vergers/payments"
    assert other.get(base).status_code == 403
    assert other.get(f"{base}/{payment.public_id}").status_code == 403
    assert Actor.of(passer_by).may("treasury.read", payment.book) is False
