"""Money while real processes are killed at random moments: nothing twice, nothing lost.

What is begun again ends as if nothing had happened: ledger = provider = statement. Where a moment
comes from is printed: a run that fails can be repeated.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import time

import pytest

from chambre.lib.bankfiles import writing
from chambre.project.tests.test_imports_killed import posting
from chambre.treasury.tests.fakes.mollie import KEY, TOKEN, FakeMollie
from chambre.treasury.tests.fakes.server import route

IBAN = "FR7630006000011234567890189"
GIFTS, FEES = 1_000, 60
GIFT, FEE = 1_250, -320
PAYMENTS = 6
COSTS = 100
WORK = """
import django, sys
django.setup()
from chambre.core.actors import Actor
from chambre.treasury.models import PaymentAttempt, ProviderAccount, Refund
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.attempts import look, open_attempt
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.provideraccounts import open_provider_account
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.services.refunds import refund, send_refund
base, count, key, token = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
by = Actor.system("test")
book = book_of("vergers", by, "treasury.manage", opening=True)
account = ProviderAccount.objects.first() or open_provider_account(
    book=book, provider="mollie", label="Carte", mode="sandbox", base=base + "/v2", by=by,
    values={"api_key": key, "organization_token": token},
)
Refund.objects.filter(remote="").update(problem="its process died")  # five minutes have gone by
print("begins", flush=True)
for number in range(count):
    amount = 2_000 + number
    payment = request_payment(
        book=book, amount=amount, reason="Panier", key=f"panier-{number}", by=by,
        lines=[AskedLine(amount, use="sale.goods", vat=550)],
    )
    paid = payment.attempts.filter(stage="paid").exists()
    if not paid:
        attempt = open_attempt(payment=payment, account=account, by=by, return_url="https://x.test/",
                               cancel_url="https://x.test/", notice_url="https://x.test/")
        look(attempt=attempt, by=by)
    if number % 2:
        given = refund(payment=payment, amount=700, key=f"retour-{number}", by=by)
        send_refund(refund=given, by=by)
for attempt in PaymentAttempt.objects.order_by("id"):
    look(attempt=attempt, by=by)
look_for_transfers(account=account, by=by)
"""


@pytest.fixture
def moments():
    """Random moments, of which the seed is printed."""
    seed = random.randrange(1_000_000)
    print("seed", seed)
    return random.Random(seed)


@pytest.fixture
def vergers(make_home):
    home = make_home(ready=True)
    home.run("structure", "create", "vergers", "--name", "Les Vergers")
    home.run("bank", "account", "create", "courant", "--structure", "vergers", "--iban", IBAN)
    return home


def statement(folder, day, rows, opening=0):
    """A file of one statement of a day."""
    path = folder / "releve.xml"
    path.write_text("".join(writing.camt([writing.Page(IBAN, 1, day, day, opening, rows)])))
    return str(path)


def balance(home, account):
    """What an account of the books comes to."""
    [(total,)] = home.rows(
        "SELECT coalesce(sum(l.amount), 0) FROM ledger_line l JOIN ledger_account a"
        f" ON a.id = l.account_id WHERE a.code = '{account}'"
    )
    return int(total)


def count(home, table):
    return home.rows(f"SELECT count(*) FROM {table}")[0][0]


def wait_until_it_writes(home, process):
    """Wait for the moment at which a process begins to write, or ends without."""
    deadline = time.monotonic() + 60
    while process.poll() is None and not posting(home):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def killed(process, after):
    """Kill a process some seconds after now, if it has not ended by itself before."""
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    out, said = process.communicate()
    assert process.returncode in (0, -9), (out, said)
    return process.returncode != 0


def test_a_bank_file_whose_import_is_killed_comes_in_once(vergers, tmp_path, moments):
    march = dt.date(2026, 3, 2)
    rows = [
        writing.row(march, GIFT, party_name=f"Personne {each}", texts="Don")
        for each in range(GIFTS)
    ]
    rows += [writing.row(march, FEE, texts="FRAIS TENUE DE COMPTE") for _each in range(FEES)]
    file = statement(tmp_path, march, rows, opening=50_000)
    words = ("bank", "import", file, "--account", "courant", "--json")
    whole = 50_000 + GIFTS * GIFT + FEES * FEE

    died = 0
    for after in (0, *(moments.uniform(0, 0.5) for _time in range(3))):
        process = vergers.start(*words)
        wait_until_it_writes(vergers, process)
        died += killed(process, after)
        kept = count(vergers, "treasury_bankrow") - 1  # the opening balance is a row too
        assert kept in (-1, GIFTS + FEES)
        assert balance(vergers, "512100") == (0 if kept < 0 else whole)
    vergers.json(*words[:-1])
    said = vergers.json("bank", "reconcile", "--account", "courant")

    assert died
    assert said["matched"] == count(vergers, "treasury_match") == FEES
    assert (said["ledger_balance"], said["statement_balance"], said["equal"]) == (
        whole,
        whole,
        True,
    )
    assert count(vergers, "treasury_bankfile") == 1
    assert count(vergers, "treasury_bankrow") == GIFTS + FEES + 1
    assert balance(vergers, "627800") == -FEES * FEE
    assert vergers.json("ledger", "verify")["ok"] is True


class Provider(FakeMollie):
    """Mollie, where whoever is shown a page pays at once, and refunds are done at once."""

    @route("POST", "/v2/payments")
    def create(self, asked):
        made = super().create(asked)
        self.pay(made["id"])
        return made

    @route("POST", "/v2/payments/([^/]+)/refunds")
    def refund(self, asked):
        made = super().refund(asked)
        self.refund_ends(made["id"])
        return made


def test_payments_whose_processes_are_killed_are_the_provider_s(vergers, tmp_path, moments):
    provider = Provider()

    def work():
        process = vergers.start_python(WORK, provider.base, str(PAYMENTS), KEY, TOKEN)
        assert process.stdout.readline() == "begins\n", process.communicate()
        return process

    died = 0
    for _time in range(6):
        died += killed(work(), moments.uniform(0.01, 0.4))
    assert not killed(work(), 60)
    provider.settle(provider.balance() - COSTS, costs=COSTS)
    assert not killed(work(), 60)
    provider.stop()

    assert died
    received, returned = sum(2_000 + each for each in range(PAYMENTS)), 700 * (PAYMENTS // 2)
    assert len(provider.payments) == PAYMENTS
    assert len(provider.refunds) == PAYMENTS // 2
    assert vergers.rows("SELECT sum(received), sum(refunded) FROM treasury_payment") == [
        (received, returned)
    ]
    today, sent = dt.date.today(), received - returned - COSTS
    assert balance(vergers, "517000") == sent  # on its way; nothing of it is at the provider
    reference = provider.settlements[0]["reference"]
    row = writing.row(today, sent, party_name="MOLLIE", texts=reference)
    file = statement(tmp_path, today, [row])
    assert vergers.json("bank", "import", file, "--account", "courant")["matched"] == 1
    assert vergers.json("bank", "reconcile", "--account", "courant")["equal"] is True
    assert (balance(vergers, "517000"), provider.balance()) == (0, 0)
    assert balance(vergers, "512100") == sent
    assert vergers.json("ledger", "verify")["ok"] is True
