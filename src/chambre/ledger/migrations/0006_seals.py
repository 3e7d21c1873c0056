"""Seals of every kind of record, each with the list of what it covers; closings as facts."""

import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable, guard_sql


def seal_again(apps, schema_editor):
    """Seals of the form before the first release covered less; the next sealing makes new ones."""
    install, remove = guard_sql(schema_editor.connection.vendor, "ledger_seal")
    for statement in (*remove, "DELETE FROM ledger_seal", *install):
        schema_editor.execute(statement, params=None)


def say_closed(apps, schema_editor):
    """Years that were closed before closings were facts of their own."""
    year_model = apps.get_model("ledger", "FinancialYear")
    closing = apps.get_model("ledger", "YearClosing")
    for year in year_model.objects.filter(closed_at__isnull=False).order_by("closed_at", "pk"):
        closing.objects.create(
            year=year, start=year.start, end=year.end, closed_at=year.closed_at, differences=[]
        )


def nothing(apps, schema_editor):
    """The tables go away by themselves."""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_reading_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ids', models.BinaryField(verbose_name='ids')),
                ('hashes', models.BinaryField(verbose_name='hashes of the leaves')),
                ('seal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealed', to='ledger.seal')),
            ],
            options={
                'verbose_name': 'list of what was sealed',
                'ordering': ['seal'],
            },
        ),
        migrations.CreateModel(
            name='YearClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField(verbose_name='from')),
                ('end', models.DateField(verbose_name='to')),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('differences', models.JSONField(default=list, verbose_name='differences')),
                ('year', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closing', to='ledger.financialyear')),
            ],
            options={
                'verbose_name': 'closing of a financial year',
                'ordering': ['id'],
            },
        ),
        migrations.RunPython(seal_again, nothing),
        migrations.RunPython(say_closed, nothing),
        ProtectTable("SealedList"),
        ProtectTable("YearClosing"),
    ]
