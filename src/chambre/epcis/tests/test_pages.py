"""The pages: who sees them, what they say, sending a document in by hand, ending a subscription."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.epcis import api
from chambre.epcis.models import CaptureJob, Event, Subscription
from chambre.epcis.services import asking
from chambre.epcis.tests.samples import CRATE, JAR, SHOP, packed, seen
from chambre.epcis.tests.test_capturing import a_document
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db
INDEX = "/tracabilite/"


@pytest.fixture
def steward(make_user, system):
    user = make_user("sol@exemple.test")
    person = registry.create_person(email=user.email, name="Sol", by=system)
    jars = registry.create_resource(slug="bocaux", name="Bocaux", by=system)
    registry.grant_role(agent=person, kind="steward", scope=jars, by=system)
    return user


@pytest.fixture
def member(make_user, system):
    user = make_user("ana@exemple.test")
    person = registry.create_person(email=user.email, name="Ana", by=system)
    registry.grant_role(agent=person, kind="member", scope=registry.home_chamber(), by=system)
    return user


def record(*events, key="k"):
    return api.record_events(events=events, by=Actor.system("deposit"), key=key)


def test_who_sees_what(client, make_user, member):
    [stored] = record(seen(1))
    pages = [
        INDEX,
        f"{reverse('epcis:object')}?id={JAR % 1}",
        reverse("epcis:event", args=[stored.number]),
        reverse("epcis:captures"),
        reverse("epcis:subscriptions"),
    ]
    for page in pages:
        assert client.get(page).status_code == 302, page
    client.force_login(make_user("dris@exemple.test"))
    for page in pages:
        assert client.get(page).status_code == 403, page
    client.force_login(member)
    for page in pages:
        assert client.get(page).status_code == 200, page
    sent = client.post(reverse("epcis:captures"), {"behaviour": "rollback"})
    assert sent.status_code == 403
    assert "enctype" not in client.get(reverse("epcis:captures")).content.decode()


def test_the_life_of_an_object(client, member):
    client.force_login(member)
    record(seen(1, disposition="active", bizLocation={"id": SHOP}), packed(1), key="a")
    wrong = seen(1, at="2026-05-03T10:00:00Z", bizStep="repairing")
    [mistaken] = record(wrong, key="b")
    declaration = {"declarationTime": "2026-05-04T10:00:00Z", "reason": "did_not_occur"}
    record(wrong | {"eventID": mistaken.event_id, "errorDeclaration": declaration}, key="c")

    page = client.get(reverse("epcis:object"), {"id": "urn:epc:id:grai:3760123.45678.JAR-1"})
    text = page.content.decode()
    assert "contrôle" in text
    assert "emballage" in text
    assert "déclaré faux" in text
    assert "https://id.gs1.org/8003/03760123456784JAR-1" in text
    assert api.canonical(CRATE) in text
    crate = client.get(reverse("epcis:object"), {"id": CRATE}).content.decode()
    assert "Dedans ou dessus" in crate
    event = client.get(reverse("epcis:event", args=[mistaken.number])).content.decode()
    assert "déclaré faux" in event
    assert "Déclaration d’erreur" in event
    nothing = client.get(reverse("epcis:object"), {"id": "urn:x:<script>"})
    assert nothing.status_code == 404
    assert "<script>" not in nothing.content.decode()
    assert client.get(reverse("epcis:event", args=[10**9])).status_code == 404


def test_a_document_is_sent_in_by_hand(client, steward):
    client.force_login(steward)
    address = reverse("epcis:captures")

    def send(content, behaviour="rollback"):
        file = SimpleUploadedFile("lavage.json", content, content_type="application/json")
        return client.post(address, {"document": file, "behaviour": behaviour})

    refused = send(b"{}")
    assert refused.status_code == 422
    assert not CaptureJob.objects.exists()
    sent = send(a_document(seen(1), seen(2)))
    row = CaptureJob.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, reverse("epcis:capture", args=[row.pk]))
    assert "Tous les événements sont là" in client.get(sent["Location"]).content.decode()
    part = send(a_document(seen(3), {"type": "ObjectEvent"}), "proceed")
    shown = client.get(part["Location"]).content.decode()
    assert "Certains événements" in shown
    assert "eventTime" in shown
    assert Event.objects.count() == 3


def test_a_capture_is_its_senders_business(client, steward, member):
    from chambre.epcis.services import capturing

    row = capturing.receive(source=[a_document(seen(1))], by=Actor.of(steward))
    client.force_login(member)
    assert client.get(reverse("epcis:capture", args=[row.pk])).status_code == 404
    assert str(row.pk) not in client.get(INDEX).content.decode()


def test_a_subscription_is_ended_by_who_made_it(client, steward, member):
    query = asking.name_query(
        name="départs", query={"EQ_bizStep": ["shipping"]}, by=Actor.of(steward)
    )
    row = asking.subscribe(
        query=query,
        wanted={"dest": "https://exemple.org/rappel", "stream": True},
        epc_format="Never_Translates",
        by=Actor.of(steward),
    )
    end = reverse("epcis:subscription_end", args=[row.pk])
    client.force_login(member)
    assert "exemple.org" in client.get(reverse("epcis:subscriptions")).content.decode()
    assert client.post(end).status_code == 403
    client.force_login(steward)
    assert client.get(end).status_code == 200
    assert Subscription.objects.exists()
    assert client.post(end).status_code == 302
    assert not Subscription.objects.exists()
