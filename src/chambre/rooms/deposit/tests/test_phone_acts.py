"""What a phone may do: at the counter by one's rights, from anywhere only as the rules allow."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Act, Case, Contract, Part
from chambre.rooms.deposit.services import schemes

SYSTEM = Actor.system("test")
ACTS = "/consigne/scan/actes/"


@pytest.fixture(autouse=True)
def _nothing_counted(db):
    cache.clear()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "fr"})


@pytest.fixture
def steward(house, make_user):
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return user


@pytest.fixture
def at_work(client, steward):
    client.force_login(steward)
    return client


def act(*codes, key="k", kind="return", counter=True, place="halle", means="cash", **more):
    return {"key": key, "kind": kind, "codes": list(codes), "place": place, "means": means,
            "counter": counter, **more}  # fmt: skip


def send(client, *acts):
    response = client.post(ACTS, json.dumps({"acts": acts}), content_type="application/json")
    return response.json().get("answers", response)


def test_at_the_counter_a_return_is_paid_in_cash_and_sent_twice_paid_once(at_work, jar):
    (first,) = send(at_work, act(jar))
    (again,) = send(at_work, act(jar))

    assert first["status"] == 200
    assert (first["answer"]["title"], first["answer"]["amount"]) == ("Remboursé", "2,00\xa0€")
    assert first == again
    assert Contract.objects.get().state == "closed"
    assert Act.objects.get(key="k").by == "bruno@exemple.test"


def test_objects_are_issued_and_taken_back_many_at_once(at_work, house):
    jars = house.jars(3)
    issued, back = send(
        at_work, act(*jars, key="a", kind="issue"), act(*jars, "https://x.test/y", key="b")
    )

    assert issued["answer"]["title"] == "3 objets sortis"
    assert (back["answer"]["paid"], back["answer"]["amount"]) == (3, "6,00\xa0€")
    assert [line["outcome"] for line in back["answer"]["lines"]] == ["refunded"] * 3 + ["case"]


def test_a_scan_that_waited_counts_as_of_when_it_was_made(at_work, jar):
    send(at_work, act(jar, waited=3600))

    waited = Act.objects.get(key="k").at
    assert 3590 < (timezone.now() - waited).total_seconds() < 3660


def test_without_signing_in_nothing_is_paid_at_a_counter(client, jar):
    (told,) = send(client, act(jar))

    assert told["status"] == 401
    assert Contract.objects.get().state == "open"
    assert not Act.objects.filter(kind="return").exists()


def test_somebody_who_does_not_work_there_is_refused(client, jar, make_user):
    client.force_login(make_user("chloe@exemple.test"))
    returned, issued = send(client, act(jar), act(jar, key="b", kind="issue", counter=False))

    assert (returned["status"], issued["status"]) == (403, 403)
    assert Contract.objects.get().state == "open"


def test_from_anywhere_a_code_alone_pays_no_more_than_the_scheme_allows(client, house, jar):
    (told,) = send(client, act(jar, counter=False, means="voucher"))

    assert told["answer"]["outcome"] == "case"
    assert told["answer"]["reason"] == "distance"
    assert Case.objects.get().kind == "distance"
    assert Contract.objects.get().state == "open"

    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", distance_limit=200)
    (told,) = send(client, act(jar, key="b", counter=False, means="voucher"))
    assert told["answer"]["amount"] == "2,00\xa0€"
    assert told["answer"]["slip_words"].count("-") == 3
    assert Act.objects.get(key="b").device.startswith("phone:")


@pytest.mark.parametrize("more", [{"means": "cash"}, {"means": "card"}, {"codes": ["a", "b"]}])
def test_from_anywhere_it_is_one_object_and_never_cash(client, house, jar, more):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", distance_limit=200)
    (told,) = send(client, {**act(jar, counter=False, means="voucher"), **more})

    assert told["status"] == 422
    assert not Act.objects.filter(kind="return").exists()


def test_tries_from_one_address_are_counted(client, house):
    answers = [
        send(client, act(f"x{at}", key=f"x{at}", counter=False, means="voucher"))[0]
        for at in range(21)
    ]

    assert [answer["status"] for answer in answers] == [200] * 20 + [429]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"acts": []}', b'{"acts": 3}', b'{"acts": [' + b"{}," * 50 + b"{}]}"],
)
def test_what_is_no_list_of_acts_is_refused_whole(at_work, body):
    response = at_work.post(ACTS, body, content_type="application/json")
    assert response.status_code == 422


@pytest.mark.parametrize(
    "broken",
    [3, None, [], {}, {"key": "", "kind": "return"}, {"key": 3}, {"kind": "sell"},
     {"codes": "abc"}, {"codes": [1]}, {"codes": []}, {"condition": "eaten"}, {"place": "nowhere"},
     {"key": "k" * 201}, {"means": None}, {"key": "a\0b"}, {"iban": "FR00"}],
)  # fmt: skip
def test_one_act_that_makes_no_sense_leaves_the_others_alone(at_work, jar, broken):
    wrong = {**act("x"), **broken, "counter": True} if isinstance(broken, dict) else broken
    if isinstance(broken, dict) and "iban" in broken:
        wrong["means"] = "sepa"

    told, good = send(at_work, wrong, act(jar, key="good"))

    assert told["status"] in (200, 404, 422) or "iban" in str(broken)
    assert good["answer"]["outcome"] == "refunded"


def test_a_forged_request_does_nothing(steward, jar):
    client = Client(enforce_csrf_checks=True)
    client.force_login(steward)

    assert client.post(ACTS, b"{}", content_type="application/json").status_code == 403
    token = client.get("/consigne/scan/moi/").json()["csrf"]
    body = json.dumps({"acts": [act(jar)]})
    good = client.post(ACTS, body, content_type="application/json", headers={"x-csrftoken": token})
    assert good.json()["answers"][0]["status"] == 200


def test_a_phone_is_told_where_its_person_works(client, at_work, house):
    told = at_work.get("/consigne/scan/moi/").json()

    assert [place["slug"] for place in told["places"]] == ["halle"]
    stranger = Client().get("/consigne/scan/moi/").json()
    assert (stranger["signed_in"], stranger["places"], stranger["who"]) == (False, [], "")


def test_anybody_looks_an_object_up_by_any_form_of_its_code(client, jar):
    told = client.get("/consigne/scan/objet/", {"code": jar}).json()
    serial = jar.rpartition("/")[2]

    assert (told["state"], told["held"], told["at_a_distance"]) == ("out", 200, False)
    assert client.get("/consigne/scan/objet/", {"code": serial.lower()}).json() == told
    assert client.get("/consigne/scan/objet/", {"code": "x"}).status_code == 404
    assert not Act.objects.filter(kind="return").exists()


def test_the_page_and_its_answers_are_in_the_language_of_the_address(at_work, jar):
    assert '<html lang="en"' in at_work.get("/consigne/scan/?langue=en").content.decode()
    body = json.dumps({"acts": [act(jar)]})
    answer = at_work.post(f"{ACTS}?langue=en", body, content_type="application/json").json()
    assert answer["answers"][0]["answer"]["title"] == "Paid back"


def test_the_page_works_without_a_script(at_work, jar):
    form = {"key": "form", "kind": "return", "codes": jar, "place": "halle", "means": "cash",
            "condition": "good", "counter": "1"}  # fmt: skip
    html = at_work.post("/consigne/scan/", form).content.decode()

    assert "Remboursé" in html
    assert "2,00\xa0€" in html
    again = at_work.post("/consigne/scan/", {**form, "key": "other"}).content.decode()
    assert "Déjà rapporté" in again


def test_only_the_scanning_page_may_use_the_camera_and_only_the_decoder_runs_compiled_code(
    client, db
):
    page = client.get("/consigne/scan/")
    decoder = client.get("/consigne/scan/decodeur.js")

    assert "camera=(self)" in page["Permissions-Policy"]
    assert "camera=()" in client.get("/")["Permissions-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in decoder["Content-Security-Policy"]
    assert "default-src 'none'" in decoder["Content-Security-Policy"]


def test_the_page_can_be_put_on_a_phone(client, db):
    manifest = client.get("/consigne/scan/manifeste.webmanifest").json()
    worker = client.get("/consigne/scan/sw.js")

    assert manifest["start_url"] == manifest["scope"] == "/consigne/scan/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/static/deposit/scan" in worker.content.decode()
    assert 'const KIND = "consigne' in worker.content.decode()


def ways():
    rows = Part.objects.filter(amount__gt=0).order_by("channel")
    return list(rows.values_list("channel", "amount"))


def test_a_part_is_given_and_the_rest_paid_in_cash(at_work, jar):
    (first,) = send(at_work, act(jar, part="0,50", part_means="gift"))
    (again,) = send(at_work, act(jar, part="0,50", part_means="gift"))

    assert first["answer"]["shared"] == ("0,50\xa0€ (un don au commun) · 1,50\xa0€ (espèces)")
    assert first == again
    assert ways() == [("cash", 150), ("gift", 50)]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"part": "0", "part_means": "gift"}, 422),
        ({"part": "-1", "part_means": "gift"}, 422),
        ({"part": "0,505", "part_means": "gift"}, 422),
        ({"part": "un", "part_means": "gift"}, 422),
        ({"part": "0,50", "part_means": "cash"}, 422),
        ({"part": 50, "part_means": "gift"}, 422),
        ({"part": "2,01", "part_means": "gift"}, 200),
        ({"part": "0,50", "part_means": "gold"}, 200),
        ({"part": "0,50", "part_means": "voucher", "means": "sepa"}, 200),
    ],
)
def test_a_part_that_makes_no_sense_pays_nothing(at_work, jar, more, status):
    (told,) = send(at_work, act(jar, **more))

    assert told["status"] == status
    if status == 200:
        assert told["answer"]["outcome"] == "refused"
    assert ways() == []
    assert Contract.objects.get().state == "open"


def test_of_many_at_once_the_part_is_of_all_their_deposits(at_work, house):
    jars = house.jars(3)
    house.out(*jars)
    (told,) = send(at_work, act(*jars, part="2,50", part_means="suspended"))

    assert (told["answer"]["paid"], told["answer"]["amount"]) == (3, "6,00\xa0€")
    assert ways() == [("cash", 350), ("suspended", 250)]


def test_from_anywhere_a_part_is_given_but_never_cash(client, house, jar):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", distance_limit=200)
    away = {"counter": False, "means": "voucher", "part": "1,50"}
    (cash,) = send(client, act(jar, **away, part_means="cash"))
    assert cash["status"] == 422
    (told,) = send(client, act(jar, key="b", **away, part_means="gift"))

    assert told["answer"]["outcome"] == "refunded"
    assert ways() == [("gift", 150), ("voucher", 50)]


def test_without_a_script_a_part_goes_another_way_too(at_work, jar):
    form = {"key": "p", "kind": "return", "place": "halle", "means": "cash", "counter": "1",
            "codes": jar, "condition": "good", "part": "0,50", "part_means": "gift"}  # fmt: skip
    assert "1,50" in at_work.post("/consigne/scan/", form).content.decode()
    assert ways() == [("cash", 150), ("gift", 50)]
