"""Accounts in units know their auxiliary account; a function makes a payment in one call (PostgreSQL)."""

import django.db.models.deletion
from django.db import migrations, models


def find_auxiliaries(apps, schema_editor):
    """Where the book of the chamber has each account that is there."""
    auxiliaries = apps.get_model("ledger", "Auxiliary")
    for account in apps.get_model("treasury", "CreditAccount").objects.iterator():
        found = auxiliaries.objects.filter(
            book__structure=account.chamber_id, code=f"U{account.number:06d}"
        ).first()
        if found is not None:
            account.auxiliary_id = found.pk
            account.save(update_fields=["auxiliary"])


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_guards_by_key"),
        ("treasury", "0007_credit_bounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="creditaccount",
            name="auxiliary",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.auxiliary",
            ),
        ),
        migrations.RunPython(find_auxiliaries, migrations.RunPython.noop),
    ]
