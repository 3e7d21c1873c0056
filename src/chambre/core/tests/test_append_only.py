"""Rows that are written once cannot be changed, whoever asks the database."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core.audit import audit
from chambre.core.db import guards
from chambre.core.db.append_only import guard_sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_auditentry SET actor = 'somebody else'",
        "DELETE FROM core_auditentry",
    ],
)
def test_a_written_row_stays(system, attack):
    entry = audit(system, "test.thing.done", amount=12)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)

    entry.refresh_from_db()
    assert (entry.actor, entry.data) == ("test", {"amount": 12})


def test_replace_does_not_replace(system):
    if connection.vendor != "sqlite":
        return  # PostgreSQL has no REPLACE; ON CONFLICT DO UPDATE is an update, refused above
    entry = audit(system, "test.thing.done")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO core_auditentry (id, at, actor_kind, actor, action, object_type,"
            " object_id, object_label, data, request_id)"
            " VALUES (%s, '2026-01-01', 'x', 'x', 'x', '', '', '', '{}', '')",
            [entry.pk],
        )

    entry.refresh_from_db()
    assert entry.action == "test.thing.done"


def test_every_guard_is_in_place(db):
    assert guards.missing(connection) == []


@pytest.mark.parametrize(
    ("vendor", "digest"),
    [
        ("sqlite", "1d90ab8552735db4b80dccb0564067404ba4e01c566aa7ab4d2eabbd441c9a81"),
        ("postgresql", "641f474527c5ae1a7f36925b7367ef5703b201db8be819a0ad95dc61b08f397f"),
    ],
)
def test_what_migrations_wrote_stays_as_it_was_written(vendor, digest):
    """Migrations import this text: a change of it needs a migration, not an edit."""
    install, remove = guard_sql(vendor, "app_thing", [("id",), ("chamber_id", "key")])
    text = "\n".join([*install, "--", *remove])

    assert hashlib.sha256(text.encode()).hexdigest() == digest, text
