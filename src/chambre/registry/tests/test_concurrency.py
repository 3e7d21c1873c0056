"""Several people at once: nothing is lost, nothing is doubled."""

import threading

import pytest
from django.db import connection

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.registry import api
from chambre.registry.models import Agent, Resource, ResourceRevision, Role
from chambre.registry.versions import latest_record

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("test")


def at_once(count, act):
    """Run ``act(number)`` in threads that start together; each result, or the refusal's code."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(number):
        try:
            barrier.wait(timeout=20)
            results[number] = act(number)
        except ChambreError as error:
            results[number] = error.code
        except Exception as error:  # shown by the test that looks at the results
            results[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_one_home_chamber_however_many_ask_first():
    found = at_once(6, lambda number: api.home_chamber(f"Chambre {number}").pk)

    assert len(set(found)) == 1
    assert Agent.objects.filter(kind="chamber").count() == 1
    assert Agent.objects.get().revisions.count() == 1


def test_two_creations_of_one_short_name():
    api.home_chamber()

    results = at_once(
        4, lambda n: api.create_resource(slug="verger", name=f"V{n}", by=BY, keywords=["a"]).name
    )

    assert sorted(results)[1:] == ["registry.slug-taken"] * 3
    made = Resource.objects.get()
    assert made.name == sorted(results)[0]
    assert (ResourceRevision.objects.count(), made.term_rows.count()) == (1, 1)


def test_two_structures_of_one_short_name_or_number():
    api.home_chamber()

    results = at_once(
        4,
        lambda n: (
            api.create_structure(slug=f"nectar{n % 2}", name="N", siren="732829320", by=BY).slug
        ),
    )

    made = [result for result in results if result.startswith("nectar")]
    assert len(made) == 1
    assert set(results) - set(made) <= {"registry.slug-taken", "registry.identifier-taken"}
    assert Agent.objects.filter(siren="732829320").count() == 1


def test_the_same_role_granted_twice_at_once():
    chamber = api.home_chamber()
    ada = api.create_person(email="ada@exemple.test", name="Ada", by=BY)

    results = at_once(
        4, lambda n: api.grant_role(agent=ada, kind="member", scope=chamber, by=BY).kind
    )

    assert sorted(results) == ["member"] + ["registry.role-overlap"] * 3
    assert Role.objects.count() == 1


def test_two_terms_that_overlap_at_once():
    chamber = api.home_chamber()
    ada = api.create_person(email="ada@exemple.test", name="Ada", by=BY)
    today = api.today()

    def grant(number):
        until = today.replace(year=today.year + 1 + number)
        return api.grant_role(agent=ada, kind="member", scope=chamber, until=until, by=BY).kind

    results = at_once(3, grant)

    assert sorted(results) == ["member"] + ["registry.role-overlap"] * 2
    assert Role.objects.count() == 1


def test_two_administrators_cannot_both_leave():
    chamber = api.home_chamber()
    roles = []
    for name in ("ada", "bob"):
        agent = api.create_person(email=f"{name}@exemple.test", name=name, by=BY)
        roles.append(api.grant_role(agent=agent, kind="administrator", scope=chamber, by=BY))

    results = at_once(2, lambda n: str(api.end_role(role=roles[n], by=BY).until))

    assert results.count("registry.last-administrator") == 1, results
    assert Role.objects.filter(kind="administrator", until=None).count() == 1, results


def test_two_edits_of_one_version():
    api.home_chamber()
    made = api.create_resource(slug="verger", name="V", by=BY)

    results = at_once(
        4,
        lambda n: api.change_resource(resource=made, summary=f"S{n}", version=1, by=BY).summary,
    )

    assert sorted(results)[1:] == ["registry.stale-version"] * 3
    made.refresh_from_db()
    assert (made.summary, made.version) == (sorted(results)[0], 2)
    assert latest_record(made)["summary"] == made.summary


def test_edits_without_a_version_follow_each_other():
    api.home_chamber()
    made = api.create_resource(slug="verger", name="V", by=BY)

    at_once(4, lambda n: api.change_resource(resource=made, keywords=[f"k{n}"], by=BY).version)

    made.refresh_from_db()
    assert made.version == 5
    assert list(made.revisions.values_list("number", flat=True)) == [5, 4, 3, 2, 1]
    assert made.term_rows.count() == 1


def test_needs_get_different_numbers():
    api.home_chamber()
    made = api.create_resource(slug="verger", name="V", by=BY)

    numbers = at_once(
        4,
        lambda n: (
            api.add_wish(resource=made, kind="need", category="time", title=f"T{n}", by=BY).position
        ),
    )

    assert sorted(numbers) == [1, 2, 3, 4]


def test_two_parts_do_not_become_each_others_whole():
    api.home_chamber()
    a = api.create_resource(slug="a", name="A", by=BY)
    b = api.create_resource(slug="b", name="B", by=BY)
    pair = [(a, "b"), (b, "a")]

    results = at_once(
        2,
        lambda n: api.change_resource(resource=pair[n][0], part_of=pair[n][1], by=BY).slug,
    )

    assert sorted(results)[1] == "invalid"
    assert Resource.objects.filter(part_of__isnull=True).count() == 1


def test_an_import_is_applied_once_however_often_it_is_clicked():
    api.home_chamber()
    row = api.preview_import(name="r.csv", content=b"slug;name\nv;V\nw;W\n", by=BY)

    results = at_once(3, lambda n: api.apply_import(row=row, by=BY).report["created"])

    assert sorted(map(str, results)) == ["2"] + ["registry.import-applied"] * 2
    assert ResourceRevision.objects.count() == 2
