"""Pages on which objects are handed from place to place, and tags that sign are fixed."""

import re

import pytest
from django.urls import reverse

from chambre.core.models import AuditEntry
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Handover, Item, ItemType, Tag
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import schemes

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
UID = "04de5f1eacc040"


@pytest.fixture
def steward(house, make_user, client):
    """Somebody who keeps the scheme's money, signed in; the scheme has a second place."""
    schemes.create_place(slug="ferme", scheme=house.scheme, name="La ferme", by=SYSTEM)
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


@pytest.fixture
def handing(steward):
    """The page, and a form that is filled in but for what goes."""
    page = reverse("deposit:handovers", args=["bocaux"])
    text = steward.get(page).content.decode()
    key = re.search(r'name="key" value="([0-9a-f]{32})"', text)
    assert key is not None
    return page, {"key": key[1], "origin": "halle", "target": "ferme"}


def test_objects_go_from_one_place_to_another_once(
    house, steward, handing, django_assert_max_num_queries
):
    page, form = handing
    codes = house.jars(2)
    sent = form | {"codes": f"{codes[0]}\r\n {codes[1]}\n{codes[0]}"}
    assert steward.post(page, sent).status_code == 302
    assert steward.post(page, sent).status_code == 302

    row = Handover.objects.get()
    assert (row.origin.slug, row.target.slug, row.quantity, row.amount) == ("halle", "ferme", 2, 0)
    assert {item.place.slug for item in Item.objects.all()} == {"ferme"}
    with django_assert_max_num_queries(15):
        text = steward.get(page).content.decode()
    assert "La ferme" in text
    assert page in steward.get(reverse("deposit:places", args=["bocaux"])).content.decode()
    assert page in steward.get(reverse("deposit:partners", args=["bocaux"])).content.decode()


def test_what_is_only_counted_goes_by_number(house, steward, handing):
    page, form = handing
    schemes.create_type(slug="verre", scheme=house.scheme, by=SYSTEM, counting="class")
    assert ItemType.objects.get(slug="verre").counting == "class"
    assert steward.post(page, form | {"type": "verre"}).status_code == 422
    assert steward.post(page, form | {"type": "verre", "count": "12"}).status_code == 302
    row = Handover.objects.get()
    assert (row.type.slug, row.quantity) == ("verre", 12)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"codes": ""}, 422),
        ({"target": "halle"}, 422),
        ({"codes": "INCONNU-1"}, 404),
        ({"target": "ailleurs"}, 422),
    ],
)
def test_what_cannot_go_stays_and_the_form_keeps_what_was_typed(
    house, steward, handing, change, status
):
    page, form = handing
    (jar,) = house.jars()
    answer = steward.post(page, form | {"codes": jar} | change)
    assert answer.status_code == status
    assert change.get("codes", jar) in answer.content.decode()
    assert not Handover.objects.exists()


def test_an_object_that_is_out_goes_nowhere(house, jar, steward, handing):
    page, form = handing
    assert steward.post(page, form | {"codes": jar}).status_code == 409
    assert not Handover.objects.exists()
    assert holding().equal


def test_a_tag_is_fixed_read_again_and_trusted_no_longer(
    house, jar, steward, django_assert_max_num_queries
):
    serial = Item.objects.get(uri=jar).serial
    item = reverse("deposit:item", args=["bocaux", serial])
    fix = reverse("deposit:tag_enrol", args=["bocaux", serial])
    assert fix in steward.get(item).content.decode()
    assert steward.post(fix, {"uid": "04"}).status_code == 422
    assert not Tag.objects.exists()

    answer = steward.post(fix, {"uid": UID})
    tag = Tag.objects.get()
    assert (answer.status_code, tag.uid) == (200, UID.upper())
    assert "no-store" in answer["Cache-Control"]
    keys = re.findall(r"<code>([0-9A-F]{32})</code>", answer.content.decode())
    assert len(keys) == 2
    assert steward.post(fix, {"uid": UID}).status_code == 422

    again = reverse("deposit:tag_keys", args=["bocaux", serial, tag.uid])
    assert steward.get(again).status_code == 405
    assert re.findall(r"<code>([0-9A-F]{32})</code>", steward.post(again).content.decode()) == keys
    assert AuditEntry.objects.filter(action="deposit.tag.keys-read").count() == 1
    with django_assert_max_num_queries(15):
        text = steward.get(item).content.decode()
    assert tag.uid in text
    assert keys[0] not in text

    revoke = reverse("deposit:tag_revoke", args=["bocaux", serial, tag.uid])
    assert "ne paie plus rien" in steward.get(revoke).content.decode()
    assert Tag.objects.get().revoked_at is None
    assert steward.post(revoke).status_code == 302
    assert Tag.objects.get().revoked_at is not None
    assert "plus, depuis le" in steward.get(item).content.decode()


def test_tags_are_for_those_who_manage_the_scheme(house, jar, steward, client, make_user):
    serial = Item.objects.get(uri=jar).serial
    fix = reverse("deposit:tag_enrol", args=["bocaux", serial])
    steward.post(fix, {"uid": UID})
    client.force_login(make_user("passant@exemple.test"))
    assert client.get(fix).status_code == 403
    for name in ("tag_keys", "tag_revoke"):
        page = reverse(f"deposit:{name}", args=["bocaux", serial, UID.upper()])
        assert client.post(page).status_code == 403
    assert client.get(reverse("deposit:handovers", args=["bocaux"])).status_code == 403
    assert Tag.objects.get().revoked_at is None
