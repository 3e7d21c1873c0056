"""What machines can do and read beside acts: labels, devices, statements, figures, costs."""

import datetime as dt

import pypdfium2
import pytest
from django.test import Client

from chambre.core import clock
from chambre.core.models import AuditEntry
from chambre.lib.devices import broker_password
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Costs, Device, Item, PartnerStatement
from chambre.rooms.deposit.queries.devices import availability
from chambre.rooms.deposit.services import caring, schemes, stock
from chambre.rooms.deposit.services.asking import Condition

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
SCHEME = "/api/deposit/schemes/bocaux"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def treasurer(house, make_user):
    """Who keeps the scheme's money."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return signed_in(user)


@pytest.fixture
def stranger(make_user):
    return signed_in(make_user("ines@exemple.test"))


def post(client, address, said, status):
    answer = client.post(address, said, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_labels_are_a_pdf_of_the_objects_that_were_asked_for(house, treasurer, stranger):
    codes = house.jars(3)
    address = "/api/deposit/types/bocal/labels"
    answer = treasurer.get(address, {"format": "50x30", "first": 1, "codes": codes})

    assert answer["Content-Type"] == "application/pdf"
    assert len(pypdfium2.PdfDocument(answer.content)) == 2
    assert AuditEntry.objects.get(action="deposit.labels.printed").data["count"] == 2
    for wrong in ({"format": "a5"}, {"lot": "mai"}, {"skip": 24}, {"count": 0}):
        assert treasurer.get(address, wrong).status_code == 422
    assert stranger.get(address).status_code == 403
    assert treasurer.get("/api/deposit/types/nul/labels").status_code == 404
    assert AuditEntry.objects.filter(action="deposit.labels.printed").count() == 1


def test_a_device_is_enrolled_given_another_key_and_revoked(house, treasurer, stranger):
    said = {"name": "borne-1", "place": "halle", "issues": True}
    made = post(treasurer, "/api/deposit/devices", said, 201)
    assert (made["scheme"], made["site"]) == ("bocaux", "halle")
    assert made["password"] == broker_password(made["key"])
    post(treasurer, "/api/deposit/devices", said, 422)
    post(treasurer, "/api/deposit/devices", said | {"name": "chambre-x"}, 422)
    post(treasurer, "/api/deposit/devices", said | {"name": "b2", "kind": "ed25519"}, 422)
    post(treasurer, "/api/deposit/devices", said | {"name": "b2", "place": "nulle"}, 404)

    other = post(treasurer, "/api/deposit/devices/borne-1/key", {}, 200)
    assert other["key"] != made["key"]
    (row,) = treasurer.get(f"{SCHEME}/devices").json()
    assert (row["name"], row["issues"], row["revoked_at"]) == ("borne-1", True, None)

    assert stranger.get(f"{SCHEME}/devices").status_code == 403
    for act in ("key", "revoke"):
        post(stranger, f"/api/deposit/devices/borne-1/{act}", {}, 404)
    post(stranger, "/api/deposit/devices", said | {"name": "b2"}, 403)
    assert Device.objects.get().is_active

    gone = post(treasurer, "/api/deposit/devices/borne-1/revoke", {}, 200)
    assert gone["revoked_at"] is not None
    assert post(treasurer, "/api/deposit/devices/borne-1/revoke", {}, 200) == gone
    post(treasurer, "/api/deposit/devices/borne-1/key", {}, 409)


def test_a_device_is_available_when_it_was_heard_and_is_in_order(house):
    now = dt.datetime.now(dt.UTC)
    states = (("a", now, "online"), ("b", now, "fault"), ("c", None, ""),
              ("d", now - dt.timedelta(days=2), "online"))  # fmt: skip
    for name, seen_at, status in states:
        Device.objects.create(name=name, scheme=house.scheme, place=house.place, by="x",
                              seen_at=seen_at, status=status)  # fmt: skip
    Device.objects.create(name="e", scheme=house.scheme, place=house.place, by="x", seen_at=now,
                          revoked_at=now)  # fmt: skip

    assert availability(house.scheme) == (4, 1)


def test_a_partners_month_is_settled_and_read(house, treasurer, stranger):
    partner = registry.create_structure(slug="epicerie", name="L’épicerie", by=SYSTEM)
    schemes.create_place(slug="rayon", scheme=house.scheme, name="R", partner=partner, by=SYSTEM)
    one, two = house.jars(2)
    house.out(one, two, place="rayon")
    house.back(one, place="rayon")
    (now,) = treasurer.get(f"{SCHEME}/partners").json()
    assert (now["partner"], now["balance"]) == ("epicerie", 200)
    assert now["issued"] == {"amount": 400, "objects": 2}
    assert now["returned"] == {"amount": 200, "objects": 1}

    today = clock.today()
    said = {"partner": "epicerie", "year": today.year, "month": today.month}
    post(treasurer, f"{SCHEME}/statements", said, 422)
    with clock.pretend(today + dt.timedelta(days=40)):
        made = post(treasurer, f"{SCHEME}/statements", said, 201)
        assert post(treasurer, f"{SCHEME}/statements", said, 201) == made
        post(stranger, f"{SCHEME}/statements", said, 403)
        post(treasurer, f"{SCHEME}/statements", said | {"partner": "nulle"}, 404)
    assert (made["balance"], made["issued"]["objects"]) == (200, 2)
    assert treasurer.get(f"{SCHEME}/statements").json() == [made]
    assert stranger.get(f"{SCHEME}/statements").status_code == 403
    paper = f"{SCHEME}/statements/{made['number']}/papers/F-1"
    assert treasurer.get(paper).status_code == 404  # this structure writes no invoices
    assert stranger.get(paper).status_code == 403
    assert PartnerStatement.objects.count() == 1


def test_the_figures_are_those_of_the_scheme(house, treasurer, stranger):
    one, two, three, _unused = house.jars(4)
    house.out(one, two, three)
    house.back(one)
    house.back(two, condition=Condition.DAMAGED, means="gift")
    house.back("https://lysse.test/consigne/o/INCONNU")
    caring.care(codes=[three], step="lose", by=SYSTEM, scheme=house.scheme)

    told = treasurer.get(f"{SCHEME}/figures").json()
    assert (told["open_contracts"], told["equal"]) == (2, True)
    assert told["held"] == told["ledger_4196"] == 400
    (month,) = told["cohorts"]
    assert (month["issued"], month["back"]) == (3, 1)
    assert told["whole"]["rate"] == pytest.approx(1 / 3)
    assert (told["period"]["issued"], told["period"]["returned"]) == (3, 1)
    assert told["period"]["lost"] == 1
    assert told["rotations"]["loops"] == 1
    assert told["rotations"]["counts"] == {"0": 3, "1": 1}
    assert told["fleet"] == {"active": 2, "unused": 1, "retired": 0, "lost": 1}
    assert sum(row["objects"] for row in told["stock"]) == Item.objects.count()
    assert told["refunds"] == {"cash": 200}
    assert {row["kind"]: row["open"] for row in told["cases"]} == {"damaged": 1, "unknown": 1}
    assert told["not_done"] == {"damaged": 1, "unknown": 1}
    assert [row["type"] for row in told["cycles"]] == ["bocal"]
    assert told["devices"] == {"enrolled": 0, "available": 0}
    assert stranger.get(f"{SCHEME}/figures").status_code == 403


def test_figures_of_a_time_in_which_nothing_happened_are_nothing(house, treasurer):
    house.out(*house.jars(2))
    said = {"first": "2019-12-31", "last": "2019-01-01"}  # either way round
    told = treasurer.get(f"{SCHEME}/figures", said).json()

    assert (told["first"], told["last"]) == ("2019-01-01", "2019-12-31")
    assert (told["cohorts"], told["whole"], told["period"]["rate"]) == ([], None, None)
    assert treasurer.get(f"{SCHEME}/figures", {"first": "0001-01-01"}).status_code == 422


def test_costs_say_after_how_many_uses_a_type_has_paid_for_itself(house, treasurer, stranger):
    crate = schemes.create_type(slug="caisse", scheme=house.scheme, by=SYSTEM, unit_cost=1_000)
    code, _other = stock.commission(type_=crate, count=2, by=SYSTEM)
    house.out(code)
    address = f"{SCHEME}/costs"
    assert treasurer.get(address).json() == []
    said = {"wash": 20, "instead": 70, "reason": "Devis", "type": "caisse"}
    made = post(treasurer, address, said, 201)
    assert (made["wash"], made["type"]) == (20, "caisse")

    (row,) = treasurer.get(address).json()
    assert (row["needed"], row["objects"], row["uses"], row["mean"]) == (20, 2, 1, 0.5)
    assert row["saved"] == 70 - 20 - 2_000
    post(treasurer, address, said | {"type": "nulle"}, 404)
    post(treasurer, address, said | {"wash": -1}, 422)
    post(stranger, address, said, 403)
    assert Costs.objects.count() == 1
