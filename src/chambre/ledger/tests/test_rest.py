"""The ledger for machines: it is read, and only by those who answer for the book."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from chambre.core import ratelimit, tokens
from chambre.ledger import api as ledger
from chambre.ledger.applets.books import open_book
from chambre.ledger.cli import ledger as command
from chambre.ledger.models import JournalEntry
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db
YEAR = "from=2024-01-01&to=2024-12-31"


@pytest.fixture
def house(system):
    """Two structures with a sale each, and people who answer for one, or for nothing."""
    people, books = {}, {}
    for slug in ("atelier", "presse"):
        structure = registry.create_structure(slug=slug, name=slug.title(), by=system)
        books[slug] = open_book(structure=structure, by=system)
        agent = registry.create_person(email=f"{slug}@exemple.test", name=slug, by=system)
        registry.grant_role(agent=agent, kind="treasurer", scope=structure, by=system)
        people[slug] = agent.user
    people["zoe"] = registry.create_person(email="zoe@exemple.test", name="Zoe", by=system).user
    return {"people": people, "books": books}


@pytest.fixture
def sold(house, system):
    """Three sales of the workshop and one of the press; the first is taken back, all sealed."""
    made = []
    for number, (slug, day) in enumerate(
        [("atelier", "2024-03-02"), ("atelier", "2024-03-01"), ("atelier", "2024-04-01"),
         ("presse", "2024-03-01")]
    ):  # fmt: skip
        book = house["books"][slug]
        ids = ledger.accounts(book, {"411000": "Clients", "706000": "Prestations"})
        journal = ledger.journals(book, {"VE": "Ventes"})["VE"]
        who = ledger.auxiliaries(book, {"C1": "Camille"})["C1"]
        date = dt.date.fromisoformat(day)
        lines = [
            ledger.LineDraft(ids["411000"], None, "EUR", 12_000, "D", date, auxiliary=who),
            ledger.LineDraft(ids["706000"], None, "EUR", -12_000, "C", date),
        ]
        draft = ledger.EntryDraft(
            book.pk, journal, date, lines, key=f"sale-{number}", number=str(number), label="Vente"
        )
        made.append(ledger.post(draft, by=system))
    ledger.reverse(made[0], key="back", by=system, reason="Erreur")
    ledger.seal(by=system)
    return made


@pytest.fixture
def ask(client, house):
    """Ask as somebody: ``ask("/entries?structure=atelier", "atelier")``."""

    def call(path, by="atelier", status=200, **options):
        if by:
            client.force_login(house["people"][by])
        else:
            client.logout()
        answer = client.get(f"/api/ledger{path}", **options)
        assert answer.status_code == status, answer.content
        return answer.json()

    return call


def test_the_entries_of_a_book_come_in_pages_by_day(ask, sold):
    first = ask(f"/entries?structure=atelier&{YEAR}&size=2")
    rest = ask(f"/entries?structure=atelier&{YEAR}&size=2&after={first['next']}")

    assert [entry["number"] for entry in first["items"]] == ["1", "0"]
    assert [entry["kind"] for entry in rest["items"]] == ["reversal", "entry"]
    assert rest["next"] is None
    march = ask("/entries?structure=atelier&to=2024-03-01")["items"]
    assert [entry["id"] for entry in march] == [sold[1].pk]
    (back,) = ask("/entries?structure=atelier&kind=reversal")["items"]
    assert back["reverses"] == sold[0].pk
    assert ask("/entries?structure=atelier&after=nonsense") == ask("/entries?structure=atelier")


def test_an_entry_is_read_with_its_lines(ask, sold):
    entry = ask(f"/entries/{sold[1].pk}")

    assert (entry["structure"], entry["journal"], entry["day"]) == ("atelier", "VE", "2024-03-01")
    assert entry["digest"] == bytes(JournalEntry.objects.get(pk=sold[1].pk).digest).hex()
    lines = [
        (line["number"], line["account"], line["auxiliary_label"], line["amount"], line["side"])
        for line in entry["lines"]
    ]
    assert lines == [(1, "411000", "Camille", 12000, "D"), (2, "706000", "", -12000, "C")]
    ask("/entries/999999", status=404)


def test_balances_are_those_of_the_book(ask, sold):
    found = ask(f"/balances?structure=atelier&{YEAR}")

    assert (found["structure"], found["unit"], found["provisional"]) == ("atelier", "EUR", True)
    figures = {each["account"]: each["closing"] for each in found["accounts"]}
    assert figures == {"411000": 24000, "706000": -24000}
    assert ask(f"/balances?structure=atelier&resource=-&{YEAR}")["accounts"] == found["accounts"]
    ask(f"/balances?structure=atelier&resource=rien&{YEAR}", status=404)


def test_seals_and_verification_are_what_the_command_line_says(ask, sold):
    seals = ask("/seals", "zoe")["items"]

    assert [(each["number"], each["kind"], each["count"]) for each in seals] == [
        (1, "book", 2), (2, "account", 4), (3, "auxiliary", 2), (4, "journal", 2), (5, "entry", 5),
    ]  # fmt: skip
    assert {len(each["digest"]) for each in seals} == {64}
    said = CliRunner().invoke(command, ["verify", "--json"])
    found = ask("/verification", "zoe")
    assert found == json.loads(said.stdout)
    assert (found["ok"], found["entries"], found["seals"], found["problems"]) == (True, 5, 5, [])


def test_a_record_is_proved_as_at_the_command_line(ask, sold):
    said = CliRunner().invoke(command, ["proof", str(sold[1].pk), "--json"])

    assert ask(f"/proofs/entry/{sold[1].pk}") == json.loads(said.stdout)
    assert ask("/proofs/entry/99999", status=404)["code"] == "not-found"
    assert ask(f"/proofs/weather/{sold[1].pk}", status=404)["code"] == "not-found"


def test_everything_is_verified_only_so_often(ask, sold, monkeypatch):
    monkeypatch.setattr(ratelimit, "hit", lambda *_args, **_options: 11)

    assert ask("/verification", "zoe", status=429)["data"] == {"retry_after": 3600}


PATHS = [
    "/entries?structure=atelier", "/entries/{entry}", f"/balances?structure=atelier&{YEAR}",
    "/proofs/entry/{entry}",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_book_is_for_those_who_answer_for_it(ask, sold, path):
    path = path.format(entry=sold[1].pk)

    assert ask(path, by=None, status=401)["code"] == "unauthenticated"
    for somebody in ("zoe", "presse"):
        assert ask(path, by=somebody, status=403)["code"] == "forbidden"
    assert ask(path)


@pytest.mark.parametrize("path", ["/seals", "/verification"])
def test_a_stranger_verifies_nothing(ask, sold, path):
    ask(path, by=None, status=401)


def test_a_key_reads_within_its_scopes(client, house, sold, system):
    def status(*scopes):
        key = tokens.create_token(user=house["people"]["atelier"], scopes=scopes, by=system)[1]
        headers = {"Authorization": f"Bearer {key}"}
        return client.get("/api/ledger/entries?structure=atelier", headers=headers).status_code

    assert status("ledger.verify", "lens") == 403
    assert status("ledger.read_book") == 200
    assert status("ledger") == 200


@pytest.mark.parametrize(
    "path",
    [
        "/entries",
        "/entries?structure=atelier&kind=dream",
        "/entries?structure=atelier&from=yesterday",
        "/balances?structure=atelier",
        "/balances?structure=atelier&from=2024-12-31&to=2024-01-01",
        "/entries/first",
        "/seals?size=0",
    ],
)
def test_a_wrong_question_is_said_to_be_so(ask, sold, path):
    assert ask(path, status=422)["errors"]


def test_a_book_that_is_not_there_is_not_found(ask, house, system):
    registry.create_structure(slug="neuve", name="Neuve", by=system)
    agent = registry.create_person(email="neuve@exemple.test", name="N", by=system)
    registry.grant_role(agent=agent, kind="treasurer", scope=registry.structure("neuve"), by=system)
    house["people"]["neuve"] = agent.user

    ask("/entries?structure=rien", status=404)
    ask("/entries?structure=neuve", "neuve", status=404)
