"""Resources: their record, its versions, their standing."""

import hashlib
import uuid

import pytest

from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.models import AuditEntry, OutboxEvent
from chambre.lib.canonical import canonical
from chambre.registry import api
from chambre.registry import record as schema
from chambre.registry.errors import SlugTaken, StaleVersion
from chambre.registry.models import Resource, ResourceRevision
from chambre.registry.services.resources import full_record
from chambre.registry.tests.conftest import agent_of
from chambre.registry.tests.samples import FULL
from chambre.registry.versions import latest_record, record_of

pytestmark = pytest.mark.django_db


def test_a_resource_begins_as_a_candidate_with_its_first_version(verger, chamber):
    assert (verger.standing, verger.version, verger.chamber) == ("candidate", 1, chamber)
    assert verger.owner.slug == "nectar"
    assert verger.custodian is None
    record = latest_record(verger)
    assert record == full_record(verger)
    assert (record["slug"], record["owner"], record["keywords"]) == (
        "verger",
        "nectar",
        ["pommes", "haies"],
    )
    assert uuid.UUID(record["uid"]) == verger.uid


def test_the_record_has_twelve_blocks_and_each_field_once():
    names = [field.name for block in schema.BLOCKS for field in block.fields]

    assert [block.number for block in schema.BLOCKS] == list(range(1, 13))
    assert len(names) == len(set(names)) == len(schema.fields())


def test_every_column_of_a_resource_is_in_its_record_or_is_about_it():
    about = {
        "id", "uid", "slug", "chamber", "uri", "standing", "version", "created_at", "changed_at",
        "sort_name", "search_name", "search_terms", "search_text",
    }  # fmt: skip
    columns = {field.name for field in Resource._meta.concrete_fields}

    assert columns - about == {column.name for column in schema.columns()}


def test_all_of_the_record_is_kept_as_it_was_said(system, nectar):
    made = api.create_resource(slug="tout", name="Tout", by=system, fields=FULL)

    record = latest_record(made)
    assert {name: record[name] for name in FULL} == FULL
    assert full_record(made) == record
    assert set(FULL) | {"name", "image", "part_of"} == set(schema.fields())


def test_who_may_bring_a_resource_in_and_becomes_its_steward(
    administrator, member, treasurer, stranger, anonymous
):
    for number, by in enumerate((administrator, member, treasurer)):
        made = api.create_resource(slug=f"r{number}", name="R", by=by)
        assert api.has_role(by.user, "steward", made)
    for by in (stranger, anonymous):
        with pytest.raises(Forbidden):
            api.create_resource(slug="x", name="X", by=by)
    assert not Resource.objects.filter(slug="x").exists()


@pytest.mark.parametrize("slug", ["verger", "Verger"])
def test_a_short_name_is_given_once(system, verger, slug):
    with pytest.raises(SlugTaken):
        api.create_resource(slug=slug, name="Autre", by=system)
    assert Resource.objects.count() == 1
    assert ResourceRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"kind": "spaceship"}, "kind"),
        ({"name": ""}, "name"),
        ({"summary": "x" * 241}, "summary"),
        ({"summary": ["x"]}, "summary"),
        ({"description": "x" * 20_001}, "description"),
        ({"description": "\x07"}, "description"),
        ({"members_count": -1}, "members_count"),
        ({"members_count": True}, "members_count"),
        ({"members_count": 1.5}, "members_count"),
        ({"members_count": "many"}, "members_count"),
        ({"since": "hier"}, "since"),
        ({"since": "2020", "until": "2019-12"}, "until"),
        ({"keywords": "pommes"}, "keywords"),
        ({"keywords": ["x" * 121]}, "keywords"),
        ({"keywords": [str(n) for n in range(101)]}, "keywords"),
        ({"places": {}}, "places"),
        ({"places": ["Brest"]}, "places/1"),
        ({"places": [{"postcode": "29000"}]}, "places/1/name"),
        ({"places": [{"name": "x"}, {"name": "Brest", "latitude": "91"}]}, "places/2/latitude"),
        ({"places": [{"name": "Brest", "latitude": "4.1234567"}]}, "places/1/latitude"),
        ({"places": [{"name": "Brest", "moon": "1"}]}, "places/1/moon"),
        ({"links": [{"relation": "data", "url": "javascript:alert(1)"}]}, "links/1/url"),
        ({"rights": [{"holder": "user", "act": "sell", "answer": "no"}] * 2}, "rights"),
        ({"wishes": [{"kind": "need", "category": "time", "title": "T", "since": "x"}]},
         "wishes/1/since"),
        ({"owner": "personne"}, "owner"),
        ({"part_of": "rien"}, "part_of"),
        ({"standing": "commons"}, "standing"),
        ({"image": "x"}, "image"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(system, chamber, fields, where):
    with pytest.raises(Invalid) as refusal:
        api.create_resource(slug="x", name=fields.pop("name", "X"), by=system, fields=fields)

    assert list(refusal.value.data["fields"]) == [where]
    assert not Resource.objects.exists()


def test_text_is_kept_clean(system, chamber):
    made = api.create_resource(
        slug="x",
        name="  Le\u00a0 verger\n",
        description="Un.\r\n\r\nDeux.   \nE\u0301te\u0301\n\n",
        keywords=["pommes", " pommes ", "", "haies"],
        places=[{"name": "", "postcode": None}, {"name": "Brest", "latitude": "48,390"}],
        by=system,
    )

    record = latest_record(made)
    assert record["name"] == "Le verger"
    assert record["description"] == "Un.\n\nDeux.\nÉté"
    assert record["keywords"] == ["pommes", "haies"]
    assert [place["latitude"] for place in record["places"]] == ["48.39"]
    assert made.place_rows.get().latitude == 48_390_000


def test_a_change_says_what_changed_and_keeps_what_was(steward, verger):
    changed = api.change_resource(
        resource=verger,
        summary="Pommiers d’autrefois",
        keywords=["pommes"],
        kind="land",
        version=1,
        reason="après la visite",
        by=steward,
    )

    revision = changed.revisions.get(number=2)
    assert (changed.version, revision.changed) == (2, ["summary", "keywords"])
    assert (revision.reason, revision.user) == ("après la visite", steward.user)
    assert record_of(changed.revisions.get(number=1))["keywords"] == ["pommes", "haies"]
    event = OutboxEvent.objects.get(name="registry.resource.changed")
    assert event.payload == {
        "resource": verger.pk,
        "version": 2,
        "fields": ["summary", "keywords"],
    }
    entry = AuditEntry.objects.filter(action="registry.resource.changed").get()
    assert (entry.user, entry.data["fields"]) == (steward.user, ["summary", "keywords"])


def test_versions_are_canonical_and_can_be_checked(verger):
    row = verger.revisions.get()

    assert row.record.encode() == canonical(record_of(row))
    assert row.digest == hashlib.sha256(row.record.encode()).hexdigest()


def test_the_same_again_writes_no_version(system, verger):
    again = api.change_resource(
        resource=verger, fields={**latest_record_fields(verger)}, version=1, by=system
    )

    assert again.version == 1


def latest_record_fields(resource):
    record = latest_record(resource)
    return {name: record[name] for name in schema.fields() if name not in schema.EDITED_APART}


def test_two_people_who_edit_at_once_do_not_lose_anything(steward, administrator, verger):
    api.change_resource(resource=verger, summary="Un", version=1, by=steward)

    with pytest.raises(StaleVersion) as refusal:
        api.change_resource(
            resource=verger, summary="Deux", obtain="Sur place", version=1, by=administrator
        )

    assert refusal.value.data == {"version": 2, "yours": 1, "changed": ["obtain", "summary"]}
    verger.refresh_from_db()
    assert (verger.summary, verger.obtain, verger.version) == ("Un", "", 2)


def test_who_may_change_a_record(
    system, verger, steward, facilitator, administrator, member, treasurer, stranger, anonymous
):
    for number, by in enumerate((steward, facilitator, administrator, system)):
        assert api.change_resource(resource=verger, summary=str(number), by=by).summary == str(
            number
        )
    other = api.create_resource(slug="presse", name="Presse", by=system)
    for by, thing in (
        (member, verger), (treasurer, verger), (stranger, verger), (anonymous, verger),
        (steward, other),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            api.change_resource(resource=thing, summary="!", by=by)
    verger.refresh_from_db()
    other.refresh_from_db()
    assert (verger.summary, other.version) == ("3", 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": ""},
        {"custodian": "nectar"},
        {"licences": [{"name": "CC-BY-NC", "version": "4.0"}]},
        {"rights": [{"holder": "owner", "act": "sell", "answer": "yes"}]},
        {"rule_change": "le président seul"},
    ],
)
def test_where_enclosures_begin_a_reason_is_needed(steward, verger, fields):
    with pytest.raises(Invalid) as refusal:
        api.change_resource(resource=verger, by=steward, fields=fields)
    assert list(refusal.value.data["fields"]) == ["reason"]
    verger.refresh_from_db()
    assert verger.version == 1

    changed = api.change_resource(resource=verger, by=steward, fields=fields, reason="AG du 3 mai")

    assert changed.revisions.get(number=2).reason == "AG du 3 mai"


def test_standing_is_decided_and_says_why(administrator, verger):
    changed = api.change_standing(
        resource=verger, standing="commons", reason="assemblée du 12 mai", by=administrator
    )

    assert changed.standing == "commons"
    revision = changed.revisions.get(number=2)
    assert (revision.action, revision.changed, revision.reason) == (
        "standing",
        ["standing"],
        "assemblée du 12 mai",
    )
    assert OutboxEvent.objects.get(name="registry.resource.standing").payload == {
        "resource": verger.pk,
        "before": "candidate",
        "after": "commons",
    }
    with pytest.raises(Conflict):
        api.change_standing(resource=verger, standing="commons", reason="encore", by=administrator)


def test_standing_is_refused_without_reason_or_right(administrator, steward, facilitator, verger):
    for reason, standing in (("", "commons"), ("  ", "commons"), ("x", "royal")):
        with pytest.raises(Invalid):
            api.change_standing(resource=verger, standing=standing, reason=reason, by=administrator)
    for by in (steward, facilitator):
        with pytest.raises(Forbidden):
            api.change_standing(resource=verger, standing="commons", reason="moi", by=by)
        with pytest.raises(Invalid):
            api.change_resource(resource=verger, by=by, standing="commons")
    verger.refresh_from_db()
    assert (verger.standing, verger.version) == ("candidate", 1)


def test_a_part_is_never_its_own_whole(system, verger):
    haie = api.create_resource(slug="haie", name="Haie", part_of="verger", by=system)
    nid = api.create_resource(slug="nid", name="Nid", part_of="haie", by=system)

    for whole in ("verger", "haie", "nid"):
        with pytest.raises(Invalid):
            api.change_resource(resource=verger, part_of=whole, by=system)
    assert [part.slug for part in verger.parts.all()] == ["haie"]
    assert api.change_resource(resource=nid, part_of="verger", by=system).part_of == verger
    assert haie.part_of == verger


def test_a_person_may_own_and_only_those_who_know_them_name_them(
    system, steward, administrator, stranger, verger
):
    owner = agent_of(stranger)
    with pytest.raises(Invalid):
        api.change_resource(resource=verger, owner=owner.slug, reason="don", by=steward)

    api.change_resource(resource=verger, owner=owner.slug, reason="don", by=administrator)

    assert api.resource_record(verger, administrator)["owner"] == owner.slug
    assert api.resource_record(verger, steward)["owner"] == "~"
    changed = api.change_resource(resource=verger, owner=owner.slug, summary="S", by=steward)
    assert (changed.owner, changed.version) == (owner, 3)  # it stays where it was


def test_an_earlier_version_comes_back_as_a_new_one(steward, verger):
    api.change_resource(resource=verger, summary="Faux", keywords=[], by=steward)

    restored = api.restore_version(resource=verger, number=1, reason="vandalisme", by=steward)

    assert restored.version == 3
    first, third = (record_of(restored.revisions.get(number=n)) for n in (1, 3))
    assert first == third
    assert restored.revisions.get(number=3).action == "restored"
    for number, reason in ((9, "x"), (1, "")):
        with pytest.raises(Invalid):
            api.restore_version(resource=verger, number=number, reason=reason, by=steward)


def test_restoring_is_for_those_who_may_change(member, verger):
    with pytest.raises(Forbidden):
        api.restore_version(resource=verger, number=1, reason="x", by=member)
