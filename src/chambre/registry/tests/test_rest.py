"""The register for machines."""

import datetime as dt
import json

import pytest
from django.urls import get_resolver

from chambre.core import tokens
from chambre.core.actors import Actor
from chambre.registry import api
from chambre.registry import record as schema
from chambre.registry.models import Agent, Resource, ResourceRevision, Role, Wish
from chambre.registry.tests.conftest import agent_of
from chambre.registry.tests.samples import FULL

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    """Ask the interface as somebody: ``ask("get", "/chamber", by=steward)``."""

    def call(method, path, payload=None, by=None, status=200):
        if by is not None and by.user is not None:
            client.force_login(by.user)
        else:
            client.logout()
        options = {} if payload is None else {
            "data": json.dumps(payload), "content_type": "application/json"
        }  # fmt: skip
        response = getattr(client, method)(f"/api/registry{path}", **options)
        assert response.status_code == status, response.content
        return response.json()

    return call


def test_anybody_finds_and_reads_resources(ask, verger):
    found = ask("get", "/resources?q=VERGERS&kind=land")

    assert (found["total"], found["pages"]) == (1, 1)
    assert found["items"][0] == {
        "slug": "verger",
        "name": "Verger partagé",
        "summary": "",
        "kind": "land",
        "standing": "candidate",
        "stage": "",
        "owner": "nectar",
        "custodian": "",
        "version": 1,
        "url": "http://testserver/ressources/verger/",
    }
    record = ask("get", "/resources/verger")
    assert set(record) == {
        "slug", "uid", "uri", "chamber", "standing", "version", "url", "assessments",
        *schema.fields(),
    }  # fmt: skip
    assert record["keywords"] == ["pommes", "haies"]
    assert ask("get", "/resources/rien", status=404)["code"] == "not-found"
    assert ask("get", "/resources?page=2")["items"] == []
    assert ask("get", "/resources?kind=spaceship")["total"] == 0


def test_a_member_brings_a_resource_in_with_all_of_its_record(ask, member, nectar):
    made = ask(
        "post", "/resources", {"slug": "tout", "name": "Tout", **FULL}, by=member, status=201
    )

    assert {name: made[name] for name in FULL} == FULL
    assert (made["standing"], made["version"]) == ("candidate", 1)
    again = ask("post", "/resources", {"slug": "TOUT", "name": "X"}, by=member, status=409)
    assert (again["code"], again["data"]) == ("registry.slug-taken", {"slug": "TOUT"})
    assert Resource.objects.count() == 1


def test_a_change_says_its_version(ask, steward, verger):
    changed = ask(
        "patch", "/resources/verger", {"summary": "S", "version": 1, "keywords": []}, by=steward
    )

    assert (changed["version"], changed["summary"], changed["keywords"]) == (2, "S", [])
    stale = ask("patch", "/resources/verger", {"summary": "T", "version": 1}, by=steward,
                status=409)  # fmt: skip
    assert stale["code"] == "registry.stale-version"
    assert stale["data"] == {"version": 2, "yours": 1, "changed": ["summary"]}
    assert ask("get", "/resources/verger")["summary"] == "S"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"kind": "spaceship"}, "kind"),
        ({"places": [{"name": "Brest", "latitude": "95"}]}, "places/1/latitude"),
        ({"places": [{"name": 5}]}, "body.payload.places.0.name"),
        ({"moon": 1}, "body.payload.moon"),
        ({"wishes": []}, "body.payload.wishes"),
        ({"standing": "commons"}, "body.payload.standing"),
        ({"owner": ""}, "reason"),
        ({"summary": "a\x00b"}, "summary"),
        ({"keywords": "pommes"}, "body.payload.keywords"),
    ],
)
def test_what_is_wrong_is_said_where(ask, steward, verger, payload, field):
    problem = ask("patch", "/resources/verger", payload, by=steward, status=422)

    assert [error["field"] for error in problem["errors"]] == [field]
    assert ResourceRevision.objects.filter(resource=verger).count() == 1


WRITES = [
    ("post", "/resources", {"slug": "x", "name": "X"}, "member"),
    ("patch", "/resources/verger", {"summary": "!"}, "steward"),
    ("post", "/resources/verger/standing", {"standing": "commons", "reason": "x"}, "administrator"),
    ("post", "/resources/verger/versions/1/restore", {"reason": "x"}, "steward"),
    ("post", "/resources/verger/wishes", {"kind": "need", "category": "time", "title": "T"},
     "steward"),
    ("post", "/resources/verger/assessments", {"principle": 1, "answer": 2}, "steward"),
    ("post", "/agents", {"slug": "x", "name": "X"}, "facilitator"),
    ("patch", "/agents/nectar", {"place": "Ailleurs"}, "treasurer"),
    ("post", "/people", {"email": "x@exemple.test", "name": "X"}, "facilitator"),
    ("post", "/roles", {"person": "zoe", "kind": "member", "resource": "verger"}, "administrator"),
    ("post", "/imports", {"name": "r", "content": "slug;name\nx;X\n"}, "facilitator"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "payload", "who"), WRITES)
def test_writing_needs_a_right(request, ask, verger, nectar, stranger, method, path, payload, who):
    def written():
        return (
            list(ResourceRevision.objects.values_list("pk", flat=True)),
            list(Agent.objects.values_list("slug", "place")),
            list(Role.objects.values_list("pk", "until")),
            Wish.objects.count(),
        )

    by = request.getfixturevalue(who)
    before = written()
    assert ask(method, path, payload, status=401)["code"] == "unauthenticated"
    assert ask(method, path, payload, by=stranger, status=403)["code"] == "forbidden"
    assert written() == before

    client_status = 201 if method == "post" else 200
    if path.endswith(("standing", "restore")):
        client_status = 200
    ask(method, path, payload, by=by, status=client_status)


def test_a_key_acts_within_its_scopes(client, steward, verger, system):
    def patch(scope):
        _row, key = tokens.create_token(user=steward.user, scopes=[scope], by=system)
        return client.patch(
            "/api/registry/resources/verger",
            data=json.dumps({"summary": scope}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        ).status_code

    assert patch("lens") == 403
    assert patch("registry.create_resource") == 403
    verger.refresh_from_db()
    assert verger.version == 1
    assert patch("registry.change_resource") == 200
    assert patch("registry") == 200
    verger.refresh_from_db()
    assert verger.summary == "registry"


def test_versions_are_listed_and_read_without_saying_who(ask, steward, verger):
    api.change_resource(resource=verger, summary="S", reason="AG", by=steward)

    listed = ask("get", "/resources/verger/versions")

    assert [(row["number"], row["action"], row["changed"]) for row in listed] == [
        (2, "changed", ["summary"]),
        (1, "created", []),
    ]
    assert "Soizic" not in json.dumps(listed)
    first = ask("get", "/resources/verger/versions/1")
    assert (first["record"]["summary"], first["digest"]) == ("", listed[1]["digest"])
    ask("get", "/resources/verger/versions/9", status=404)


def test_needs_are_added_changed_and_closed(ask, steward, verger):
    path = "/resources/verger/wishes"
    day = (api.today() + dt.timedelta(days=5)).isoformat()
    made = ask(
        "post", path, {"kind": "need", "category": "time", "title": "Bras", "expires": day},
        by=steward, status=201,
    )  # fmt: skip

    assert (made["number"], made["expires"], made["closed"]) == (1, day, None)
    assert ask("get", "/wishes?kind=need")["items"][0]["resource"] == "verger"
    assert ask("patch", f"{path}/1", {"expires": None}, by=steward)["expires"] is None
    assert ask("post", f"{path}/1/close", {"outcome": "venus"}, by=steward)["outcome"] == "venus"
    assert ask("post", f"{path}/1/close", {"outcome": "x"}, by=steward, status=409)
    assert ask("get", "/wishes")["total"] == 0
    assert len(ask("get", path)) == 1
    ask("post", f"{path}/7/close", {"outcome": "x"}, by=steward, status=404)
    ask("get", "/wishes?kind=dream", status=422)


def test_structures_are_public_and_people_are_not(ask, nectar, member, stranger, administrator):
    listed = ask("get", "/agents?q=nectar")
    assert [row["slug"] for row in listed["items"]] == ["nectar"]
    assert ask("get", "/agents/nectar")["siren"] == "732829320"
    assert ask("get", "/agents?kind=person")["items"] == []
    ask("get", "/agents/mael", status=404)
    ask("get", "/agents/mael", by=administrator, status=404)
    ask("get", "/people", status=401)
    assert [row["name"] for row in ask("get", "/people", by=stranger)] == ["Zoe"]
    assert len(ask("get", "/people", by=administrator)) == 3
    body = json.dumps(ask("get", "/people", by=administrator))
    assert "@" not in body
    # Somebody who may not know a person learns nothing from trying to change them.
    ask("patch", "/agents/anne", {"name": "X"}, by=stranger, status=404)


def test_roles_are_seen_given_and_ended(ask, administrator, member, stranger, chamber):
    ask("get", "/roles", status=401)
    ask("get", "/roles", by=stranger, status=403)
    given = ask(
        "post", "/roles", {"person": "zoe", "kind": "facilitator", "agent": chamber.slug},
        by=administrator, status=201,
    )  # fmt: skip
    seen = {(row["person"], row["kind"]) for row in ask("get", "/roles", by=member)}
    assert seen == {("anne", "administrator"), ("mael", "member"), ("zoe", "facilitator")}
    ask("post", f"/roles/{given['id']}/end", {}, by=member, status=403)
    ended = ask("post", f"/roles/{given['id']}/end", {"reason": "fin"}, by=administrator)
    assert (ended["until"], ended["end_reason"]) == (api.today().isoformat(), "fin")
    ask("post", f"/roles/{given['id']}/end", {}, by=administrator, status=409)
    last = Role.objects.get(kind="administrator")
    assert ask("post", f"/roles/{last.pk}/end", {}, by=administrator, status=409)["code"] == (
        "registry.last-administrator"
    )
    ask("post", "/roles", {"person": "zoe", "kind": "member"}, by=administrator, status=422)


def test_an_import_is_looked_at_then_applied(ask, facilitator, member):
    content = "slug;name;kind\nverger;Verger;land\nx;X;spaceship\n"

    preview = ask(
        "post", "/imports", {"name": "r.csv", "content": content}, by=facilitator, status=201
    )

    assert (preview["created"], preview["refused"], preview["applied"]) == (1, 1, False)
    assert not Resource.objects.exists()
    ask("post", f"/imports/{preview['id']}/apply", by=member, status=404)
    done = ask("post", f"/imports/{preview['id']}/apply", by=facilitator)
    assert (done["applied"], Resource.objects.get().slug) == (True, "verger")
    ask("post", f"/imports/{preview['id']}/apply", by=facilitator, status=409)
    bad = ask("post", "/imports", {"name": "r", "content": "{"}, by=facilitator, status=422)
    assert bad["code"] == "registry.unreadable-file"


def test_the_chamber_and_its_units(ask, chamber):
    assert ask("get", "/chamber")["name"] == chamber.name
    units = {row["id"]: row for row in ask("get", "/units")}
    assert (units["kilogram"]["factor"], units["kilogram"]["parts"]) == ("1", 1000)


def test_people_are_hidden_in_records(ask, verger, stranger, administrator):
    slug = agent_of(stranger).slug
    api.change_resource(resource=verger, custodian=slug, reason="AG", by=administrator)

    assert ask("get", "/resources/verger")["custodian"] == "~"
    assert ask("get", "/resources/verger/versions/2")["record"]["custodian"] == "~"
    assert ask("get", "/resources")["items"][0]["custodian"] == "~"
    assert ask("get", "/resources/verger", by=administrator)["custodian"] == slug


@pytest.mark.parametrize(
    "path",
    [
        "/resources/a%00b", "/resources/%ff", "/agents/..%2f", "/resources?agent=%00&q=%00",
        "/resources?keyword=%00&language=%00&place=%00&licence=%00", "/agents?q=%00",
        "/resources/verger/versions/99999999999999999999", "/agents?q=12345678901234",
    ],
)  # fmt: skip
def test_odd_addresses_never_break(client, verger, path):
    assert client.get(f"/api/registry{path}").status_code in (200, 400, 404, 422)


def test_every_operation_declares_what_it_may_answer(client):
    document = client.get("/api/openapi.json").json()

    paths = {path: item for path, item in document["paths"].items() if "/registry/" in path}
    assert len(paths) >= 20
    for path, item in paths.items():
        for method, operation in item.items():
            assert operation["operationId"].startswith("registry_"), (path, method)
            assert operation["summary"], (path, method)
            assert {"401", "403"} <= set(operation["responses"]), (path, method)
    assert get_resolver()


def test_the_machine_itself_is_never_asked_who_it_is(ask, verger):
    assert Actor.of(None).kind == "anonymous"
    assert ask("get", "/resources/verger")["slug"] == "verger"
