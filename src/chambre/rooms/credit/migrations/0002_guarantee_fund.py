"""A guarantee fund: what the rules say of it, what members gave, what it paid of debts that were lost."""

import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together

KEY = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


def to(model, related="+", **more):
    """A foreign key that keeps what it names."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model, **more
    )


def one(model, related="+", **more):
    """The same, once."""
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0001_initial"),
        ("treasury", "0008_paying_in_one_call"),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name="FundMonth",
                fields=[
                    ("id", KEY.clone()),
                    ("month", models.DateField(verbose_name="first day of the month")),
                    ("rules", to("credit.rules")),
                    ("total", models.BigIntegerField(verbose_name="taken")),
                    ("by", models.CharField(max_length=254)),
                    ("at", models.DateTimeField(auto_now_add=True)),
                    ("community", to("credit.community", "fund_months")),
                ],
                options={
                    "verbose_name": "month of the guarantee fund",
                    "ordering": ["community_id", "-month"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("community", "month"), name="credit_fund_month_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Contribution",
                fields=[
                    ("id", KEY.clone()),
                    ("account", to("treasury.creditaccount")),
                    ("due", models.BigIntegerField(verbose_name="due")),
                    ("taken", models.BigIntegerField(verbose_name="taken")),
                    ("move", one("treasury.creditmove", null=True)),
                    ("month", to("credit.fundmonth", "contributions")),
                    ("received", models.BigIntegerField(verbose_name="received in the month")),
                ],
                options={
                    "verbose_name": "contribution to the guarantee fund",
                    "ordering": ["id"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("month", "account"), name="credit_contributed_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("taken__gte", 0), ("taken__lte", models.F("due"))
                            ),
                            name="credit_contribution_at_most_due",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Guaranteed",
                fields=[
                    ("id", KEY.clone()),
                    ("leaving", one("credit.leaving", "guaranteed")),
                    ("decision", one("credit.decision")),
                    ("debt", models.BigIntegerField(verbose_name="owed")),
                    ("amount", models.BigIntegerField(verbose_name="paid by the fund")),
                    ("move", one("treasury.creditmove")),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "verbose_name": "debt paid by the guarantee fund",
                    "ordering": ["id"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount__gt", 0), ("amount__lte", models.F("debt"))
                            ),
                            name="credit_guaranteed_of_a_debt",
                        )
                    ],
                },
            ),
        ]),
        migrations.AddField(
            model_name="rules",
            name="fund_share",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="for the guarantee fund of what one receives"
            ),
        ),
        migrations.AddField(
            model_name="rules",
            name="fund_flat",
            field=models.BigIntegerField(
                default=0, verbose_name="for the guarantee fund each month"
            ),
        ),
        migrations.AddField(
            model_name="rules",
            name="fund_cover",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="the guarantee fund pays of a lost debt, percent"
            ),
        ),
        migrations.AddField(
            model_name="rules",
            name="fund_most",
            field=models.BigIntegerField(
                null=True, verbose_name="the guarantee fund pays at most for one"
            ),
        ),
        migrations.AddConstraint(
            model_name="rules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fund_cover__lte", 100),
                    ("fund_flat__gte", 0),
                    ("fund_share__lte", 10_000),
                    models.Q(("fund_most__isnull", True), ("fund_most__gte", 0), _connector="OR"),
                ),
                name="credit_fund_makes_sense",
            ),
        ),
        *(ProtectTable(model) for model in ("FundMonth", "Contribution", "Guaranteed")),
    ]
