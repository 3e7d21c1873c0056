"""The lens for machines: accounts in and out, rules, statements, and who is refused."""

from __future__ import annotations

import json
import uuid

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from chambre.core import tokens
from chambre.core.actors import Actor
from chambre.core.models import Job, StoredFile
from chambre.ledger.models import Book, JournalEntry, Line
from chambre.lib.fec import check
from chambre.registry import api
from chambre.rooms.lens import cli
from chambre.rooms.lens.models import (
    AttributionRun,
    Disclosure,
    FecImport,
    HandAttribution,
    RuleSet,
)
from chambre.rooms.lens.rest import uploads
from chambre.rooms.lens.tests.test_book_pages import HEAD, NAME, sale

pytestmark = pytest.mark.django_db
BY = Actor.system("test")
YEAR = "from=2023-01-01&to=2023-12-31"
RULES = [
    {
        "name": "ventes",
        "account": ["701*"],
        "from": "2023-01-01",
        "to": "2023-12-31",
        "shares": {"verger": 60, "-": 40},
    }
]


def fec(*lines, name=NAME):
    content = "\r\n".join([HEAD, *lines, ""]).encode()
    return SimpleUploadedFile(name, content, "text/plain")


@pytest.fixture
def house():
    api.home_chamber("Chambre")
    nectar = api.create_structure(slug="nectar", name="Nectar", siren="732829320", by=BY)
    compost = api.create_structure(slug="compost", name="Compost", by=BY)
    api.create_resource(
        slug="verger", name="Verger", by=BY, fields={"kind": "land", "owner": "nectar"}
    )
    people = {}
    for name, places in {
        "tanguy": [nectar, compost],
        "nora": [nectar],
        "colin": [compost],
        "zoe": [],
    }.items():
        agent = api.create_person(email=f"{name}@exemple.test", name=name.title(), by=BY)
        for place in places:
            api.grant_role(agent=agent, kind="treasurer", scope=place, by=BY)
        people[name] = agent.user
    return people


@pytest.fixture
def ask(client, house):
    """Ask as somebody: ``ask("get", "/books", "nora")``, and hold the answer to its status."""

    def call(method, path, by="tanguy", payload=None, status=200, files=None, **options):
        if by:
            client.force_login(house[by])
        else:
            client.logout()
        if files is not None:
            options["data"] = {"files": files, **(payload or {})}
        elif payload is not None:
            options |= {"data": json.dumps(payload), "content_type": "application/json"}
        answer = getattr(client, method)(f"/api/lens{path}", **options)
        assert answer.status_code == status, answer.content
        if status >= 400:
            assert answer["Content-Type"] == "application/problem+json"
        return answer.json() if "json" in answer["Content-Type"] else answer

    return call


@pytest.fixture
def bring(ask):
    """Bring the accounts of the nectar house in."""

    def call(*lines, by="tanguy", status=201, structure="nectar", **options):
        payload = {"structure": structure, **options}
        return ask("post", "/imports", by, payload, status, files=[fec(*lines)])

    return call


def test_a_check_gives_the_verdict_and_keeps_nothing(ask):
    found = ask("post", "/checks", "zoe", {}, files=[fec(*sale(1, 120))])

    assert (found["verdict"], found["lines"], found["debit"], found["balanced"]) == (
        "accepted", 2, 12000, True,
    )  # fmt: skip
    assert found["name"] == NAME
    report = check([fec(*sale(1, 120)[:1]).read()], name=NAME).as_json("fr")
    broken = ask("post", "/checks", "zoe", {}, files=[fec(*sale(1, 120)[:1])])
    assert not broken["balanced"]
    assert {each["rule"] for each in report["warnings"]} <= {
        each["rule"] for each in broken["warnings"]
    }
    assert all(each["todo"] for each in broken["findings"])
    assert not StoredFile.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_large_check_is_a_job_that_its_key_may_follow(client, house, monkeypatch):
    monkeypatch.setattr(uploads, "AT_ONCE", 10)
    key = tokens.create_token(user=house["zoe"], scopes=["lens.check_fec"], by=BY)[1]
    headers = {"Authorization": f"Bearer {key}"}

    answer = client.post("/api/lens/checks", {"files": [fec(*sale(1, 120))]}, headers=headers)

    assert answer.status_code == 202
    job = answer.json()["id"]
    followed = client.get(f"/api/core/jobs/{job}", headers=headers)
    assert followed.json()["state"] == "done"
    result = client.get(f"/api/lens/checks/{job}", headers=headers)
    assert result.json()["verdict"] == "accepted"
    other = tokens.create_token(user=house["zoe"], scopes=["lens"], by=BY)[1]
    refused = client.get(f"/api/core/jobs/{job}", headers={"Authorization": f"Bearer {other}"})
    assert refused.status_code == 403


def test_a_file_comes_in_once(ask, bring):
    made = bring(*sale(1, 120), *sale(2, 30))

    number = made.pop("id")
    assert made == {
        "structure": "nectar", "entries": 2, "lines": 4, "debit": 15000, "credit": 15000,
        "already": False, "added": 2, "reversed": 0, "kept": 0,
    }  # fmt: skip
    again = bring(*sale(1, 120), *sale(2, 30), status=200)
    assert (again["id"], again["already"], again["added"]) == (number, True, 0)
    assert Line.objects.count() == 4
    listed = ask("get", "/imports")
    assert (len(listed["items"]), listed["next"]) == (1, None)
    whole = ask("get", f"/imports/{number}?", "nora")
    assert whole["year"] == {"start": "2023-01-01", "end": "2023-12-31", "closed": False}
    assert (whole["name"], whole["by"], whole["replaces"]) == (NAME, "tanguy@exemple.test", None)


def test_the_parts_of_a_file_come_in_together(ask):
    parts = [
        fec(*sale(1, 120), name="732829320FEC20231231_1.txt"),
        fec(*sale(2, 30), name="732829320FEC20231231_2.txt"),
    ]

    made = ask("post", "/imports", "nora", {"structure": "nectar"}, 201, files=parts)

    assert (made["entries"], made["debit"]) == (2, 15000)


def test_another_export_of_the_year_shows_the_difference_and_takes_over_when_told(bring):
    bring(*sale(1, 120), *sale(2, 30))

    problem = bring(*sale(1, 120), *sale(2, 35), status=409)

    assert problem["code"] == "lens.fec-year-already-imported"
    difference = problem["data"]["difference"]
    assert (difference["added"], difference["removed"], difference["kept"]) == (1, 1, 1)
    assert difference["by_account"] == {"411000": 500, "701000": -500}
    assert Line.objects.count() == 4
    done = bring(*sale(1, 120), *sale(2, 35), replace="true")
    assert (done["added"], done["reversed"], done["kept"]) == (1, 1, 1)
    sums = Line.objects.filter(account__code="411000").values_list("amount", flat=True)
    assert sum(sums) == 15500


def test_a_large_import_is_a_job(bring, monkeypatch):
    monkeypatch.setattr(uploads, "AT_ONCE", 10)

    job = bring(*sale(1, 120), status=202)

    assert job["kind"] == "lens.import"
    assert Job.objects.get(pk=job["id"]).state == "done"
    assert FecImport.objects.get().entries == 1
    bring(*sale(1, 120), status=200, background="false")


@pytest.mark.parametrize(
    ("lines", "options", "status"),
    [
        (sale(1, 120)[:1], {}, 422),
        (sale(1, 120), {"replace": "perhaps"}, 422),
        (sale(1, 120), {"structure": "rien"}, 404),
    ],
)
def test_what_cannot_be_booked_changes_nothing(bring, lines, options, status):
    problem = bring(*lines, status=status, **options)

    assert problem["title"]
    assert not FecImport.objects.exists()
    assert not Line.objects.exists()


def test_a_year_goes_out_as_the_file_of_the_law(ask, bring):
    bring(*sale(1, 120))

    answer = ask("get", "/books/nectar/fec/2023", "nora")

    assert NAME in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    assert check(content, name=NAME).verdict == "accepted"
    assert content.count(b"\n") >= 2
    assert ask("get", "/books/nectar/fec/1999", "nora", status=404)["code"] == "not-found"


def test_books_are_listed_for_those_who_may_see_them(ask, bring):
    bring(*sale(1, 120))

    nectar = {
        "structure": "nectar",
        "name": "Nectar",
        "siren": "732829320",
        "chart": "pcg",
        "years": [{"start": "2023-01-01", "end": "2023-12-31", "closed": False}],
    }
    assert ask("get", "/books", "nora") == [nectar]
    assert ask("get", "/books/nectar", "nora") == nectar
    ask("get", "/books/compost", "colin", status=404)


def test_rules_are_previewed_then_applied_and_read_back(ask, bring):
    bring(*sale(1, 120))
    assert ask("get", "/rules", "nora")["version"] == 0

    tried = ask("put", "/rules", "nora", {"rules": RULES, "preview": True})

    assert tried["rules"] == [{"name": "ventes", "lines": 1, "debit": 0, "credit": 12000}]
    assert (tried["attributed"], tried["unattributed"], tried["changed"]) == (1, 1, 1)
    assert not RuleSet.objects.exists()
    assert Line.objects.count() == 2
    done = ask("put", "/rules", "nora", {"rules": RULES, "note": "Assemblée"})
    assert done == tried
    held = ask("get", "/rules", "nora")
    assert (held["version"], held["note"], held["by"]) == (1, "Assemblée", "nora@exemple.test")
    assert [
        {name: value for name, value in rule.items() if value is not None} for rule in held["rules"]
    ] == RULES
    text = ask("get", "/rules.toml", "nora")
    assert text["Content-Type"] == "application/toml"
    again = ask("put", "/rules", "nora", {"toml": text.content.decode()})
    assert again["changed"] == 0
    assert RuleSet.objects.count() == 1
    runs = ask("get", "/runs", "nora")["items"]
    assert [(run["version"], run["changed"]) for run in runs] == [(1, 1), (1, 0)]
    assert ask("get", f"/runs/{runs[0]['id']}", "nora")["report"] == done


def test_rules_for_many_lines_are_applied_by_a_job(ask, bring):
    bring(*sale(1, 120))

    job = ask("put", "/rules", "nora", {"rules": RULES, "background": True}, status=202)

    assert Job.objects.get(pk=job["id"]).state == "done"
    parts = Line.objects.filter(resource__slug="verger", account__code="701000")
    assert [part.amount for part in parts] == [-7200]


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "rules"),
        ({"rules": RULES, "toml": ""}, "rules"),
        ({"toml": "[[rule]"}, "toml"),
        ({"toml": '[[rule]]\nname = "x"\nlabel = "(a+)+$"\nshares = { verger = 1 }\n'}, "toml"),
        ({"rules": [{"name": "x", "shares": {"rien": 1}}]}, "rules"),
        ({"rules": [{"name": "x", "shares": {"verger": 0}}]}, "rules"),
        ({"rules": [{"name": "x", "structure": ["rien"], "shares": {"verger": 1}}]}, "rules"),
        ({"rules": [{"name": "x", "moon": 1, "shares": {}}]}, "body.payload.rules.0.moon"),
    ],
)
def test_wrong_rules_are_named_and_nothing_changes(ask, bring, payload, field):
    bring(*sale(1, 120))

    problem = ask("put", "/rules", "nora", payload, status=422)

    assert problem["errors"][0]["field"] == field
    assert not RuleSet.objects.exists()
    assert Line.objects.count() == 2


def test_a_person_attributes_lines_above_the_rules(ask, bring):
    bring(*sale(1, 120))
    line = Line.objects.get(account__code="701000")

    done = ask("post", "/attributions", "nora", {"lines": [line.pk], "shares": {"verger": 1}})

    assert done == {"changed": 1}
    found = ask("get", f"/lines?{YEAR}&account=701000&resource=verger", "nora")
    assert [(row["id"], row["credit"]) for row in found["items"]] == [(line.pk, 12000)]
    assert (found["count"], found["debit"], found["credit"]) == (1, 0, 12000)
    back = ask("post", "/attributions", "nora", {"lines": [line.pk], "shares": {}})
    assert back == {"changed": 1}


@pytest.mark.parametrize(
    "payload",
    [
        {"lines": [], "shares": {"verger": 1}},
        {"lines": [999999], "shares": {"verger": 1}},
        {"lines": ["line"], "shares": {"verger": 0}},
        {"lines": ["line"], "shares": {"rien": 1}},
    ],
)
def test_a_wrong_word_on_a_line_is_refused(ask, bring, payload):
    bring(*sale(1, 120))
    line = Line.objects.order_by("pk").last().pk
    payload = {**payload, "lines": [line if each == "line" else each for each in payload["lines"]]}

    ask("post", "/attributions", "nora", payload, status=422)

    assert not HandAttribution.objects.exists()
    assert Line.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "options"),
    [
        (f"by=resource&{YEAR}", ["--by", "resource"]),
        (f"by=structure&{YEAR}", ["--by", "structure"]),
        (f"by=resource&resource=verger&{YEAR}", ["--by", "resource", "--resource", "verger"]),
        (f"by=structure&structure=nectar&{YEAR}", ["--by", "structure", "--structure", "nectar"]),
    ],
)
def test_a_statement_is_what_the_command_line_says(ask, bring, query, options):
    bring(*sale(1, 120), *sale(2, 35))
    ask("put", "/rules", "nora", {"rules": RULES})
    arguments = [*options, "--from", "2023-01-01", "--to", "2023-12-31", "--json"]

    found = ask("get", f"/statement?{query}", "nora", headers={"Accept-Language": "fr"})

    said = CliRunner().invoke(cli.statement, arguments)
    assert found == json.loads(said.stdout)
    assert found["reconciled"]
    assert found["from"] == "2023-01-01"
    assert found["groups"]


def test_a_statement_can_be_asked_as_known_on_a_day(ask, bring):
    bring(*sale(1, 120))

    then = ask("get", f"/statement?by=structure&{YEAR}&known_on=2023-12-31", "nora")
    now = ask("get", f"/statement?by=structure&{YEAR}&known_on=9999-12-31", "nora")

    assert then["groups"] == []
    assert [group["income"] for group in now["groups"]] == [12_000]


def test_a_treasurer_reads_statements_of_their_own_structures_only(ask, bring):
    bring(*sale(1, 120))
    bring(*sale(1, 500), structure="compost")

    groups = ask("get", f"/statement?by=structure&{YEAR}", "nora")["groups"]

    assert [group["key"] for group in groups] == ["nectar"]
    both = ask("get", f"/statement?by=structure&{YEAR}", "tanguy")["groups"]
    assert [group["key"] for group in both] == ["compost", "nectar"]
    ask("get", f"/statement?by=structure&structure=compost&{YEAR}", "nora", status=403)
    ask("get", f"/lines?structure=compost&{YEAR}", "nora", status=403)
    rows = ask("get", f"/lines?{YEAR}", "nora")["items"]
    assert {row["structure"] for row in rows} == {"nectar"}


@pytest.mark.parametrize(
    "path",
    [
        "/statement?by=resource",
        f"/statement?by=moon&{YEAR}",
        "/statement?by=resource&from=2023-12-31&to=2023-01-01",
        "/lines?from=2023-12-31&to=2023-01-01",
        "/lines?from=yesterday&to=2023-01-01",
        "/imports?size=0",
    ],
)
def test_a_wrong_question_is_said_to_be_so(ask, bring, path):
    bring(*sale(1, 120))

    assert ask("get", path, status=422)["errors"]


def test_lines_come_in_pages_by_day(ask, bring):
    bring(*sale(1, 120), *sale(2, 35), *sale(3, 10))

    first = ask("get", f"/lines?{YEAR}&account=411000&size=2")
    rest = ask("get", f"/lines?{YEAR}&account=411000&size=2&after={first['next']}")

    assert [row["amount"] for row in first["items"]] == [12000, 3500]
    assert [row["amount"] for row in rest["items"]] == [1000]
    assert rest["next"] is None
    assert first["debit"] == rest["debit"] == 16500
    assert ask("get", f"/lines?{YEAR}&account=411000&after=99999999999999999999")["items"] == []
    ask("get", f"/lines?{YEAR}&resource=rien", status=404)
    assert first["items"][0] | {"id": 0, "entry": 0} == {
        "id": 0, "entry": 0, "structure": "nectar", "journal": "VE", "number": "1",
        "day": "2023-01-05", "account": "411000", "account_label": "Compte 411000",
        "auxiliary": None, "auxiliary_label": "", "label": "Vente",
        "piece": "F1", "unit": "EUR", "amount": 12000, "side": "D", "debit": 12000, "credit": 0,
    }  # fmt: skip


def test_what_a_structure_discloses_is_for_everybody(ask, bring):
    bring(*sale(1, 120))
    ask("put", "/rules", "nora", {"rules": RULES})
    assert ask("get", "/resources/verger/figures", by=None) == []

    made = ask("post", "/disclosures", "nora", {"structure": "nectar", "level": "class"},
               status=201)  # fmt: skip

    assert (made["resource"], made["level"], made["by"]) == (None, "class", "nora@exemple.test")
    assert [row["level"] for row in ask("get", "/disclosures", "nora")] == ["class"]
    (figures,) = ask("get", "/resources/verger/figures", by=None)
    assert (figures["structure"], figures["first"]) == ("nectar", "2023-01-01")
    assert [(row["account"], row["amount"]) for row in figures["figures"]] == [("7", -7200)]
    ask("post", "/disclosures", "nora", {"structure": "nectar", "level": "lines"}, status=422)
    ask("get", "/resources/rien/figures", by=None, status=404)


READS = [
    "/books", "/books/nectar", "/books/nectar/fec/2023", "/imports", "/rules", "/rules.toml",
    "/runs", "/runs/1", f"/statement?by=resource&{YEAR}", f"/lines?{YEAR}", "/disclosures",
    "/imports/1",
]  # fmt: skip
WRITES = [
    ("put", "/rules", {"rules": RULES}),
    ("put", "/rules", {"rules": RULES, "preview": True}),
    ("post", "/attributions", {"lines": [1], "shares": {"verger": 1}}),
    ("post", "/disclosures", {"structure": "nectar", "level": "account"}),
]


def nothing_happened():
    return not any(
        model.objects.exists() for model in (RuleSet, AttributionRun, HandAttribution, Disclosure)
    ) and (FecImport.objects.count(), Line.objects.count(), StoredFile.objects.count()) == (1, 2, 0)


@pytest.mark.parametrize("path", READS)
def test_accounts_are_for_those_who_answer_for_them(ask, bring, path):
    bring(*sale(1, 120))

    assert ask("get", path, by=None, status=401)["code"] == "unauthenticated"
    assert ask("get", path, by="zoe", status=403)["code"] == "forbidden"


@pytest.mark.parametrize(("method", "path", "payload"), WRITES)
def test_who_has_no_right_changes_nothing(ask, bring, method, path, payload):
    bring(*sale(1, 120))

    ask(method, path, None, payload, status=401)
    ask(method, path, "zoe", payload, status=403)
    if "rules" not in path:
        return
    bring(*sale(1, 5), structure="compost")
    ask(method, path, "nora", payload, status=403)  # another structure is touched too
    assert not RuleSet.objects.exists()


def test_a_line_of_another_structure_is_not_attributed(ask, bring):
    bring(*sale(1, 120))
    bring(*sale(1, 500), structure="compost")
    line = Line.objects.filter(book__structure__slug="compost").first()

    ask("post", "/attributions", "nora", {"lines": [line.pk], "shares": {"verger": 1}}, status=403)

    assert not HandAttribution.objects.exists()


@pytest.mark.parametrize("by", [None, "zoe", "colin"])
def test_nobody_else_brings_accounts_in(ask, bring, by):
    bring(*sale(1, 120))

    bring(*sale(2, 30), by=by, status=403 if by else 401)
    ask("post", "/checks", by, {"structure": "nectar"}, 403 if by else 401,
        files=[fec(*sale(1, 5))])  # fmt: skip

    assert nothing_happened()


def test_a_key_does_what_its_scope_says_and_never_more_than_its_person(client, house):
    def key(name, *scopes):
        secret = tokens.create_token(user=house[name], scopes=scopes, by=BY)[1]
        return {"Authorization": f"Bearer {secret}"}

    def send(headers, structure="nectar"):
        data = {"files": [fec(*sale(1, 120))], "structure": structure}
        return client.post("/api/lens/imports", data, headers=headers).status_code

    assert send(key("zoe", "*")) == 403
    assert send(key("nora", "*"), "compost") == 403
    assert send(key("nora", "lens.read_books")) == 403
    assert not Book.objects.exists()
    assert send(key("nora", "lens.import_fec")) == 201
    reading = key("nora", "lens.read_books")
    assert client.get("/api/lens/books", headers=reading).status_code == 200
    assert client.get("/api/lens/rules", headers=reading).status_code == 403
    assert client.get("/api/lens/books", headers=key("zoe", "lens")).status_code == 403
    rules = json.dumps({"rules": RULES})
    put = {"data": rules, "content_type": "application/json"}
    assert client.put("/api/lens/rules", headers=key("nora", "lens"), **put).status_code == 200
    assert Line.objects.filter(resource__slug="verger").exists()


def test_a_result_that_is_not_there_is_not_found(ask):
    with transaction.atomic():
        ask("get", f"/checks/{uuid.UUID(int=1)}", "nora", status=404)
        ask("get", "/imports/99", "tanguy", status=403)
