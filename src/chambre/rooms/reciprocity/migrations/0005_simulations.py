import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0004_signing"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="Simulation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "slug",
                            models.SlugField(max_length=60, unique=True, verbose_name="short name"),
                        ),
                        ("name", models.CharField(max_length=140, verbose_name="name")),
                        (
                            "chamber",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.agent",
                            ),
                        ),
                        (
                            "resource",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.resource",
                                verbose_name="resource",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.agent",
                            ),
                        ),
                        (
                            "public",
                            models.BooleanField(default=False, verbose_name="anybody may read it"),
                        ),
                        (
                            "number",
                            models.PositiveIntegerField(
                                default=1, verbose_name="number of the version"
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("blank", "begun from nothing"),
                                    ("preset", "begun from an example"),
                                    ("file", "brought in as a file"),
                                    ("copy", "copied from another model"),
                                    ("ledger", "begun from the books"),
                                ],
                                max_length=8,
                                verbose_name="how it began",
                            ),
                        ),
                        (
                            "preset",
                            models.CharField(
                                blank=True, default="", max_length=60, verbose_name="example"
                            ),
                        ),
                        (
                            "copied_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="copies",
                                to="reciprocity.simulation",
                            ),
                        ),
                        (
                            "archived_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="put away"),
                        ),
                        (
                            "key",
                            models.CharField(
                                max_length=120, unique=True, verbose_name="idempotency key"
                            ),
                        ),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "verbose_name": "economic model",
                        "ordering": ["name", "id"],
                        "indexes": [
                            models.Index(
                                fields=["resource", "name"], name="recip_model_of_resource"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SimulationVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "simulation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="reciprocity.simulation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        ("text", models.TextField(verbose_name="model")),
                        ("digest", models.CharField(max_length=80, verbose_name="digest")),
                        ("seed", models.PositiveIntegerField(default=1, verbose_name="seed")),
                        (
                            "note",
                            models.CharField(
                                blank=True, default="", max_length=500, verbose_name="what changed"
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                max_length=120, unique=True, verbose_name="idempotency key"
                            ),
                        ),
                        ("by", models.CharField(max_length=254)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "verbose_name": "version of an economic model",
                        "ordering": ["simulation_id", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("simulation", "number"), name="recip_model_version"
                            )
                        ],
                    },
                ),
            ]
        ),
        *(ProtectTable(model) for model in ("SimulationVersion",)),
    ]
