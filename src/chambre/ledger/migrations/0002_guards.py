"""Protect the ledger's rows, and give PostgreSQL the sequences that its ids are drawn from.

The triggers that prove entries (``chambre.ledger.guards``) are installed after every ``migrate``.
"""

from django.db import migrations

from chambre.core.db.append_only import ProtectTable


def make_sequences(apps, schema_editor):
    """Ids are drawn by the ledger: several at once, in order, without a gap inside a batch."""
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite: one writer at a time, the next id is the highest plus one
    schema_editor.execute("CREATE SEQUENCE IF NOT EXISTS ledger_entry_ids")
    schema_editor.execute("CREATE SEQUENCE IF NOT EXISTS ledger_line_ids")


def drop_sequences(apps, schema_editor):
    """Take the sequences away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE IF EXISTS ledger_entry_ids")
        schema_editor.execute("DROP SEQUENCE IF EXISTS ledger_line_ids")


def drop_line_entry_key(apps, schema_editor):
    """PostgreSQL: the deferred trigger of the guards takes the place of this foreign key.

    It also refuses a line that arrives while its entry is being written by somebody else, and
    locks no row.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint c JOIN pg_attribute a"
            " ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
            " WHERE c.conrelid = 'ledger_line'::regclass AND c.contype = 'f'"
            " AND a.attname = 'entry_id'"
        )
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f'ALTER TABLE ledger_line DROP CONSTRAINT "{name}"')


def nothing(apps, schema_editor):
    """The foreign key is not put back: the guards hold it."""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunPython(make_sequences, drop_sequences),
        ProtectTable("JournalEntry"),
        ProtectTable("Line"),
        ProtectTable("Seal"),
        migrations.RunPython(drop_line_entry_key, nothing),
    ]
