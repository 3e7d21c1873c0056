"""What the doctor sees in the register."""

import pytest
from django.db import connection

from chambre.core.db import guards
from chambre.registry import api, health
from chambre.registry.models import Resource

pytestmark = pytest.mark.django_db


def test_a_chamber_without_an_administrator_is_noticed(chamber, person):
    assert health.administrator().level == "warning"
    anne = person("anne", "administrator")
    assert health.administrator().facts == {"administrators": 1}

    anne.user.is_active = False
    anne.user.save()
    assert health.administrator().level == "warning"


def test_versions_that_stand_are_counted(verger, steward):
    api.change_resource(resource=verger, summary="S", by=steward)

    found = health.versions()

    assert (found.level, found.facts) == ("ok", {"versions": 5})


def test_a_version_that_was_tampered_with_is_named(verger):
    guards.remove_all(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_resourcerevision SET record = %s WHERE resource_id = %s",
            [verger.revisions.get().record.replace("land", "data"), verger.pk],
        )
    guards.install_all(connection)

    found = health.versions()

    assert (found.level, found.facts) == ("error", {"wrong": ["verger v1"]})
    _put_back(verger)


def _put_back(verger):
    guards.remove_all(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_resourcerevision SET record = %s WHERE resource_id = %s",
            [verger.revisions.get().record.replace("data", "land"), verger.pk],
        )
    guards.install_all(connection)


def test_a_record_without_its_newest_version_is_named(verger):
    Resource.objects.filter(pk=verger.pk).update(version=7)

    assert health.versions().facts == {"wrong": ["verger v7"]}
