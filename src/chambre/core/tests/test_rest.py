"""The REST frame: who calls, what is refused and how it is said."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse
from ninja import Router, Schema

from chambre.core import jobs, tokens
from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.models import AuditEntry, Token
from chambre.core.rest import SIGNED_IN, PageQuery, page_by_id, problems
from chambre.core.rest.frame import HouseAPI

pytestmark = pytest.mark.django_db
BY = Actor.system("test")


@pytest.fixture
def ada(make_user):
    return make_user("ada@exemple.test", name="Ada")


def key_for(user, *scopes, **options):
    return tokens.create_token(user=user, scopes=scopes, by=BY, **options)[1]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def test_a_key_acts_in_the_name_of_its_person(client, ada):
    answer = client.get("/api/core/me", headers=bearer(key_for(ada, "core")))

    assert answer.json() == {
        "kind": "token",
        "email": "ada@exemple.test",
        "name": "Ada",
        "scopes": ["core"],
        "administrator": False,
    }


def test_a_stranger_may_ask_who_they_are(client):
    assert client.get("/api/core/me").json()["kind"] == "anonymous"


@pytest.mark.parametrize("key", ["", "chb_", "chb_abc_def", "nonsense", "chb_000000000000_x", "é"])
def test_a_wrong_key_is_refused_and_nothing_else_is_tried(client, ada, key):
    client.force_login(ada)

    answer = client.get("/api/core/me", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


def test_revoked_ended_and_foreign_keys_do_not_work(client, ada, make_user):
    now = dt.datetime.now(dt.UTC)
    revoked, ended = (
        key_for(ada, "core"),
        key_for(ada, "core", expires_at=now + dt.timedelta(days=1)),
    )
    tokens.revoke_token(Token.objects.get(public=revoked.split("_")[1]), by=BY)
    Token.objects.filter(public=ended.split("_")[1]).update(expires_at=now)
    idle = key_for(make_user("idle@exemple.test", is_active=False), "core")

    for key in (revoked, ended, idle, key_for(ada, "core")[:-1]):
        assert client.get("/api/core/me", headers=bearer(key)).status_code == 401


def test_the_secret_is_not_kept(ada):
    row, key = tokens.create_token(user=ada, scopes=["core"], by=BY)

    kept = " ".join(str(value) for value in Token.objects.values_list().get(pk=row.pk))
    assert key.split("_", 2)[2] not in kept
    assert key.split("_", 2)[2] not in str(AuditEntry.objects.latest("id").data)


def test_a_key_never_goes_beyond_its_scopes_nor_its_person(client, ada, make_user):
    mine = jobs.start_job("core.test-count", Actor.of(ada), to=1)
    narrow = key_for(ada, "core.see_jobs")
    other = key_for(make_user("zoe@exemple.test"), "*")

    assert client.get("/api/core/jobs", headers=bearer(narrow)).status_code == 200
    assert client.get(f"/api/core/jobs/{mine.pk}", headers=bearer(narrow)).status_code == 403
    assert client.get(f"/api/core/jobs/{mine.pk}", headers=bearer(other)).status_code == 403
    assert (
        client.get(f"/api/core/jobs/{mine.pk}", headers=bearer(key_for(ada, "core"))).status_code
        == 200
    )


@jobs.job("core.test-count", title="Count")
def _count(run, *, to):
    run.progress(to, to)


def test_a_person_makes_and_ends_their_own_keys_only(ada, make_user):
    zoe = Actor.of(make_user("zoe@exemple.test"))
    row, key = tokens.create_token(user=ada, scopes=["core"], by=Actor.of(ada))

    with pytest.raises(Forbidden):
        tokens.create_token(user=ada, scopes=["core"], by=zoe)
    with pytest.raises(Forbidden):
        tokens.revoke_token(row, by=zoe)
    with pytest.raises(Forbidden):  # a key makes no keys
        tokens.create_token(user=ada, scopes=["*"], by=tokens.actor_of_token(key))
    assert Token.objects.count() == 1
    row.refresh_from_db()
    assert row.revoked_at is None


def test_unknown_scopes_and_past_ends_are_refused(ada):
    with pytest.raises(Invalid) as refused:
        tokens.create_token(user=ada, scopes=["core", "nope.do"], by=BY)
    assert "nope.do" in str(refused.value)
    with pytest.raises(Invalid):
        tokens.create_token(user=ada, scopes=[], by=BY)
    with pytest.raises(Invalid):
        past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        tokens.create_token(user=ada, scopes=["core"], by=BY, expires_at=past)
    assert not Token.objects.exists()


def test_a_session_writes_only_with_the_forms_token(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    job = jobs.start_job("core.test-count", Actor.of(ada), to=1)
    path = f"/api/core/jobs/{job.pk}/cancel"

    refused = client.post(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")

    client.get("/compte/email/")
    token = client.cookies["csrftoken"].value
    assert client.post(path, headers={"X-CSRFToken": token}).json()["code"] == "conflict"


def test_writing_needs_somebody(client):
    answer = client.post("/api/core/jobs/00000000-0000-0000-0000-000000000001/cancel")

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nothing", 404, "not-found"),
    ],
)
def test_an_unknown_address_is_a_problem_too(client, path, status, code):
    answer = client.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert int(answer["Content-Length"]) == len(answer.content)  # else programs wait for more


def test_a_wrong_method_is_a_problem_that_says_which_are_right(client):
    answer = client.delete("/api/core/me")

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer.json()["title"]
    assert int(answer["Content-Length"]) == len(answer.content)


class Jar(Schema):
    name: str
    count: int


def _api():
    api = HouseAPI(title="Test")
    router = Router(tags=["test"])

    def raiser(error):
        def view(request):
            raise error

        return view

    errors = {
        "conflict": Conflict("Somebody was faster.", jar=3),
        "fields": Invalid(fields={"name": ["Too long.", "Too odd."]}),
        "integrity": IntegrityError("UNIQUE constraint failed: secret_table.column"),
        "locked": OperationalError("database is locked"),
        "fault": ZeroDivisionError("secret figure 12"),
        "big": OverflowError("too large"),
        "forbidden": Forbidden(),
    }
    for name, error in errors.items():
        router.get(f"/{name}", response={200: Jar, **problems(409)})(raiser(error))

    @router.post("/jars/{number}", response=Jar)
    def jars(request, number: int, payload: Jar):
        """Keep jars.

        Args:
            number: For programmers.
        """
        return payload

    api.add_router("/t/", router)
    return api


@pytest.fixture
def api_client(settings, client, ada):
    from types import ModuleType

    from django.urls import clear_url_caches, include, path

    module = ModuleType("urls_of_test")
    api = _api()
    module.urlpatterns = [
        path("api/", api.urls),
        path("", include("chambre.core.ui.urls")),
        path("compte/", include("allauth.urls")),
        path("", include("chambre.core.urls")),
    ]
    module.api = api
    settings.ROOT_URLCONF = module
    clear_url_caches()
    client.force_login(ada)
    client.api = api
    yield client
    clear_url_caches()


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("fields", 422, "invalid"),
        ("integrity", 409, "conflict"),
        ("locked", 503, "service-unavailable"),
        ("fault", 500, "fault"),
        ("big", 422, "invalid"),
        ("forbidden", 403, "forbidden"),
    ],
)
def test_every_error_is_a_problem_document(api_client, name, status, code):
    answer = api_client.get(f"/api/t/{name}")

    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"] == f"/api/problems#{code}"
    assert body["instance"] == answer["X-Request-Id"]
    assert "secret" not in answer.content.decode()


def test_a_refusal_carries_its_facts_and_fields(api_client):
    conflict = api_client.get("/api/t/conflict").json()
    assert (conflict["title"], conflict["data"]) == ("Somebody was faster.", {"jar": 3})

    assert api_client.get("/api/t/fields").json()["errors"] == [
        {"field": "name", "message": "Too long.", "code": ""},
        {"field": "name", "message": "Too odd.", "code": ""},
    ]


def test_what_is_sent_is_checked_field_by_field(api_client):
    answer = api_client.post(
        "/api/t/jars/3", {"name": 5, "count": "many"}, content_type="application/json"
    )

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("body.payload.name", "string_type"),
        ("body.payload.count", "int_parsing"),
    ]


def test_what_is_no_json_cannot_be_read(api_client):
    answer = api_client.post("/api/t/jars/3", "{", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


def test_the_document_declares_what_the_frame_may_answer(api_client):
    document = api_client.api.get_openapi_schema(path_prefix="api/")
    post = document["paths"]["/api/t/jars/{number}"]["post"]

    assert [str(status) for status in post["responses"]] == [
        "200",
        "400",
        "401",
        "403",
        "404",
        "422",
        "503",
    ]
    assert post["responses"][422]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert post["description"] == "Keep jars."
    assert set(post["security"][0]) == {"AccessKey"}
    assert "FieldError" in document["components"]["schemas"]


def test_pages_of_a_long_list_hang_together(make_user):
    from chambre.core.models import User

    people = [make_user(f"p{number}@exemple.test").pk for number in range(5)]
    seen, after = [], ""
    for _page in range(4):
        page = page_by_id(User.objects, PageQuery(after=after, size=2))
        seen += [user.pk for user in page["items"]]
        after = page["next"] or ""
        if not after:
            break

    assert seen == people
    assert page_by_id(User.objects, PageQuery(after="9" * 80, size=2)) == {
        "items": [],
        "next": None,
    }
    assert len(page_by_id(User.objects, PageQuery(after="nonsense", size=2))["items"]) == 2


def test_signed_in_is_a_list_without_readers():
    assert [type(one).__name__ for one in SIGNED_IN] == ["AccessKey", "Session"]


def test_the_document_and_its_pages_name_no_other_host(client):
    for path in ("/api/openapi.json", reverse("api_docs"), reverse("api_problems")):
        text = client.get(path).content.decode()
        assert "https://" not in text.replace("https://www.w3.org", "")
        assert "http://" not in text.replace("http://www.w3.org", "")


def test_an_act_widens_a_key_for_what_it_needs_and_nobody_elses_rights(ada):
    key = Actor("token", ada, "ada (1)", frozenset({"lens.import_fec"}))

    assert not key.may("core.see_jobs")
    assert key.also("core").may("core.see_jobs")
    assert not key.also("core").may("core.administer")
    assert Actor.of(ada).also("core").scopes == frozenset()
    assert not Actor.of(None).also("core").may("core.see_jobs")
