"""SQLite holds few pages during a long act, and as many as before after it."""

import pytest
from django.db import connection, transaction

from chambre.core.db.lean import LEAN, lean

pytestmark = pytest.mark.django_db


def held():
    """Pages that SQLite may hold; nothing that is ours on PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT 0")
        else:
            cursor.execute("PRAGMA cache_size")
        return cursor.fetchone()[0]


def test_few_pages_meanwhile_and_as_many_as_before_also_when_it_fails():
    before, few = held(), -LEAN if connection.vendor == "sqlite" else 0
    with lean():
        assert held() == few
        with lean(many=False):
            assert held() == few
    assert held() == before

    with pytest.raises(ZeroDivisionError), lean(), transaction.atomic():
        _wrong = 1 // 0
    assert held() == before
