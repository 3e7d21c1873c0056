"""PostgreSQL refuses two bookings that hold for one place of one thing and meet.

Ranges of numbers that hold one number stand for equality, so that no extension is needed
(``btree_gist`` is not everywhere). SQLite has triggers of the same effect, put in place after every
``migrate`` like the other guards, because its ``ALTER TABLE`` drops them.
"""

from django.db import migrations

HOLDING = "('asked', 'held', 'confirmed', 'out', 'done')"


def hold(apps, schema_editor):
    """Add the exclusion constraint."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE access_booking ADD CONSTRAINT access_never_twice EXCLUDE USING gist ("
            "int8range(resource_id, resource_id, '[]') WITH &&,"
            " int4range(seat, seat, '[]') WITH &&,"
            " tstzrange(starts_at, busy_until, '[)') WITH &&"
            f") WHERE (state IN {HOLDING})",
            params=None,
        )


def let_go(apps, schema_editor):
    """Take it away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE access_booking DROP CONSTRAINT access_never_twice")


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunPython(hold, let_go)]
