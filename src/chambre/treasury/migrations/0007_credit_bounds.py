"""Accounts in units have a kind, a unit, a ceiling and a share of prices; busy ones are marked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0001_initial"),
        ("treasury", "0006_words_of_orders"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="creditaccount", name="credit_account_once"),
        migrations.AddField(
            model_name="creditaccount",
            name="accepts",
            field=models.PositiveSmallIntegerField(
                default=100, verbose_name="share of a price taken in units"
            ),
        ),
        migrations.AddField(
            model_name="creditaccount",
            name="ceiling",
            field=models.BigIntegerField(null=True, verbose_name="holds at most"),
        ),
        migrations.AddField(
            model_name="creditaccount",
            name="is_busy",
            field=models.BooleanField(default=False, verbose_name="many pay it at once"),
        ),
        migrations.AddField(
            model_name="creditaccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("member", "a member’s"),
                    ("common", "the chamber’s own"),
                    ("partner", "another chamber’s"),
                ],
                default="member",
                max_length=8,
                verbose_name="whose",
            ),
        ),
        migrations.AddField(
            model_name="creditaccount",
            name="unit",
            field=models.CharField(default="CRD", max_length=16, verbose_name="unit"),
        ),
        migrations.RunSQL(
            "UPDATE treasury_creditaccount SET kind = 'common' WHERE agent_id = chamber_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="creditaccount",
            constraint=models.UniqueConstraint(
                fields=("chamber", "agent", "unit"), name="credit_account_one_a_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling__isnull", True),
                    models.Q(("ceiling__gte", 0), ("held__lte", models.F("ceiling"))),
                    _connector="OR",
                ),
                name="credit_not_too_much",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepts__lte", 100)), name="credit_accepts_a_share"
            ),
        ),
    ]
