"""Structures and people come into the register, and change with a history."""

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core.errors import Forbidden, Invalid, NotFound
from chambre.core.models import AuditEntry, OutboxEvent, User
from chambre.registry import api
from chambre.registry.errors import AccountTaken, IdentifierTaken, SlugTaken, StaleVersion
from chambre.registry.models import Agent, AgentRevision
from chambre.registry.tests.conftest import agent_of
from chambre.registry.versions import latest_record, record_of

pytestmark = pytest.mark.django_db


def test_the_home_chamber_is_made_once_and_keeps_its_name():
    first = api.home_chamber("Chambre de Trébaol")

    assert api.home_chamber("Autre nom") == first
    assert (first.slug, first.name, first.kind) == (
        "chambre-de-trebaol",
        "Chambre de Trébaol",
        "chamber",
    )
    assert Agent.objects.count() == 1


def test_the_home_chamber_has_a_name_without_being_given_one():
    assert str(api.home_chamber())


def test_a_structure_is_brought_in_with_its_first_version(system, chamber):
    agent = api.create_structure(
        slug="nectar", name=" Nectar  d’Iroise ", siret="732 829 320 00074", by=system
    )

    assert (agent.name, agent.siren, agent.siret) == (
        "Nectar d’Iroise",
        "732829320",
        "73282932000074",
    )
    assert agent.chamber == chamber
    revision = agent.revisions.get()
    assert (revision.number, revision.action, revision.actor) == (1, "created", "test")
    assert record_of(revision)["siren"] == "732829320"
    assert AuditEntry.objects.filter(action="registry.agent.created").first().object_id == str(
        agent.pk
    )
    assert OutboxEvent.objects.filter(name="registry.agent.created").count() == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"siren": 732829320}, "siren"),
        ({"siren": "732829320", "siret": "40483304800014"}, "siret"),
        ({"rna": "X1"}, "rna"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"legal_form": "kingdom"}, "legal_form"),
        ({"commune_code": "29"}, "commune_code"),
        ({"since": "2019-13"}, "since"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"planet": "Mars"}, "planet"),
        ({"slug": "été"}, "slug"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(system, chamber, fields, wrong):
    values = {"slug": "nectar", "name": "Nectar", **fields}

    with pytest.raises(Invalid) as refusal:
        api.create_structure(
            slug=values.pop("slug"), name=values.pop("name"), by=system, fields=values
        )

    assert list(refusal.value.data["fields"]) == [wrong]
    assert Agent.objects.exclude(pk=chamber.pk).count() == 0


@pytest.mark.parametrize("slug", ["nectar", "Nectar", "NECTAR"])
def test_a_short_name_is_given_once_in_any_case(system, nectar, slug):
    with pytest.raises(SlugTaken):
        api.create_structure(slug=slug, name="Autre", by=system)

    assert Agent.objects.filter(kind="structure").count() == 1
    assert AgentRevision.objects.filter(agent=nectar).count() == 1


def test_one_siren_twice_only_as_two_establishments(system, nectar):
    with pytest.raises(IdentifierTaken) as refusal:
        api.create_structure(slug="nectar-2", name="Nectar", siren="732829320", by=system)
    assert refusal.value.data == {"held_by": "nectar"}

    other = api.create_structure(slug="nectar-2", name="N", siret="73282932000074", by=system)

    assert other.siren == nectar.siren


def test_who_may_bring_structures_in(administrator, facilitator, member, treasurer, stranger):
    for number, by in enumerate((administrator, facilitator)):
        api.create_structure(slug=f"s{number}", name="S", by=by)
    before = Agent.objects.count()
    for by in (member, treasurer, stranger):
        with pytest.raises(Forbidden):
            api.create_structure(slug="x", name="X", by=by)
        with pytest.raises(Forbidden):
            api.create_person(email="x@exemple.test", name="X", by=by)
    with pytest.raises(Forbidden):
        api.create_structure(slug="c", name="Autre chambre", kind="chamber", by=facilitator)
    assert Agent.objects.count() == before
    assert not User.objects.filter(email="x@exemple.test").exists()


def test_a_change_writes_a_version_that_says_what_changed(treasurer, nectar):
    changed = api.change_agent(
        agent=nectar, place="Trébaol", commune_code="29019", version=1, by=treasurer, reason="AG"
    )

    assert changed.version == 2
    revision = changed.revisions.get(number=2)
    assert (revision.changed, revision.reason) == (["place", "commune_code"], "AG")
    assert latest_record(changed)["place"] == "Trébaol"
    assert record_of(changed.revisions.get(number=1))["place"] == ""


def test_saying_the_same_again_writes_nothing(system, nectar):
    again = api.change_agent(agent=nectar, name="Nectar d’Iroise", by=system)

    assert again.version == 1
    assert again.revisions.count() == 1


def test_an_old_version_is_not_written_over(system, nectar):
    api.change_agent(agent=nectar, place="Brest", version=1, by=system)

    with pytest.raises(StaleVersion) as refusal:
        api.change_agent(agent=nectar, place="Quimper", version=1, by=system)

    assert refusal.value.data == {"version": 2, "yours": 1, "changed": ["place"]}
    nectar.refresh_from_db()
    assert nectar.place == "Brest"


def test_another_siren_takes_the_old_siret_away(system, nectar):
    api.change_agent(agent=nectar, siret="73282932000074", by=system)

    changed = api.change_agent(agent=nectar, siren="404 833 048", by=system)

    assert (changed.siren, changed.siret) == ("404833048", "")
    assert api.change_agent(agent=changed, siret="73282932000074", by=system).siren == "732829320"


def test_who_may_change_a_structure(nectar, treasurer, member, stranger, steward, anonymous):
    for by in (member, stranger, steward, anonymous):
        with pytest.raises(Forbidden):
            api.change_agent(agent=nectar, place="Ailleurs", by=by)
    nectar.refresh_from_db()
    assert (nectar.place, nectar.version) == ("", 1)
    assert api.change_agent(agent=nectar, place="Ici", by=treasurer).place == "Ici"


def test_a_person_has_an_account_and_nothing_but_a_name(system, chamber):
    ada = api.create_person(email=" Ada.L@Exemple.test ", name="Ada Lœvel", by=system)

    assert (ada.slug, ada.kind, ada.user.email) == ("ada-loevel", "person", "ada.l@exemple.test")
    assert api.person("ADA.L@exemple.test") == ada
    with pytest.raises(Invalid):
        api.change_agent(agent=ada, place="Brest", by=system)
    with pytest.raises(AccountTaken):
        api.create_person(email="ada.l@exemple.test", name="Autre", by=system)
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@exemple.test", f"{'a' * 250}@x.test"])
def test_an_address_that_is_none(system, chamber, email):
    with pytest.raises(Invalid):
        api.create_person(email=email, name="Ada", by=system)
    assert not User.objects.exists()


def test_two_people_of_one_name_have_two_short_names(system, chamber):
    slugs = [
        api.create_person(email=f"{n}@exemple.test", name="Ada", by=system).slug for n in range(3)
    ]

    assert slugs == ["ada", "ada-2", "ada-3"]


def test_somebody_who_signed_up_comes_into_the_register_without_a_role(make_user, chamber):
    user = make_user("ada@exemple.test", name="Ada")

    agent = api.person_of(user)

    assert api.person_of(user) == agent
    assert (agent.name, agent.roles.count()) == ("Ada", 0)


def test_people_change_their_own_name_and_nobody_elses(member, stranger, administrator):
    api.change_agent(agent=agent_of(member), name="Maël B.", by=member)

    with pytest.raises(Forbidden):
        api.change_agent(agent=agent_of(member), name="Moqué", by=stranger)
    assert agent_of(member).name == "Maël B."
    assert User.objects.get(pk=member.user.pk).name == "Maël B."


def test_people_are_seen_by_few(system, administrator, member, stranger, treasurer, anonymous):
    def names(by):
        return sorted(agent.name for agent in api.people_visible_to(by))

    assert names(system) == names(administrator) == ["Anne", "Mael", "Tanguy", "Zoe"]
    assert names(member) == ["Anne", "Mael", "Tanguy"]  # those who hold an office, and themself
    assert names(stranger) == ["Zoe"]
    assert names(anonymous) == []


def test_whose_books_somebody_may_see(
    system, administrator, facilitator, treasurer, member, anonymous, nectar, chamber
):
    api.create_structure(slug="autre", name="Autre", by=system)

    def slugs(by):
        return sorted(agent.slug for agent in api.structures_readable_by(by))

    assert slugs(treasurer) == ["nectar"]
    assert slugs(administrator) == slugs(system) == sorted(["autre", "nectar", chamber.slug])
    assert slugs(facilitator) == slugs(member) == slugs(anonymous) == []


def test_somebody_who_was_shut_out_sees_no_books(treasurer):
    User.objects.filter(pk=treasurer.user.pk).update(is_active=False)
    treasurer.user.refresh_from_db()

    assert list(api.structures_readable_by(treasurer)) == []


def test_lookups_say_what_is_not_there(chamber, member):
    for look, word in ((api.structure, "rien"), (api.resource, "rien"), (api.person, "x@y.test")):
        with pytest.raises(NotFound):
            look(word)
    with pytest.raises(NotFound):
        api.structure("mael")  # a person is no structure


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_agentrevision SET record = '{}'",
        "DELETE FROM registry_agentrevision",
        "UPDATE registry_resourcerevision SET reason = 'x'",
        "DELETE FROM registry_resourcerevision",
        "DELETE FROM registry_assessment",
    ],
)
def test_versions_cannot_be_rewritten_in_sql(verger, steward, statement):
    api.assess(resource=verger, principle=1, answer=2, by=steward)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
