import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

from chambre.core.db.append_only import ProtectTable, ReleaseTable


def second_words_confirm(apps, schema_editor):
    """The second of two voices was what is now a confirmation of the first."""
    voices = apps.get_model("deposit", "CaseVoice").objects.using(schema_editor.connection.alias)
    first = voices.filter(case=OuterRef("case"), pk__lt=OuterRef("pk")).order_by("pk")
    later = voices.annotate(first=Subquery(first.values("pk")[:1])).filter(first__isnull=False)
    for pk, about in list(later.order_by().values_list("pk", "first")):
        voices.filter(pk=pk).update(kind="confirmed", about_id=about)


class Migration(migrations.Migration):

    dependencies = [
        ("deposit", "0007_recount"),
    ]

    operations = [
        ReleaseTable("CaseVoice"),
        migrations.RemoveConstraint(model_name="casevoice", name="casevoice_once"),
        migrations.RemoveConstraint(model_name="casevoice", name="casevoice_pays"),
        migrations.AddField(
            model_name="casevoice",
            name="kind",
            field=models.CharField(choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("withdrawn", "withdrawn")], default="proposed", max_length=9, verbose_name="what was said"),
        ),
        migrations.AddField(
            model_name="casevoice",
            name="about",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="deposit.casevoice", verbose_name="the proposal that it confirms or withdraws"),
        ),
        migrations.AddField(
            model_name="casevoice",
            name="contract",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposit.contract", verbose_name="the deposit that it is about"),
        ),
        migrations.AlterField(
            model_name="casevoice",
            name="channel",
            field=models.CharField(blank=True, max_length=10, verbose_name="how"),
        ),
        migrations.AlterField(
            model_name="casevoice",
            name="words",
            field=models.CharField(blank=True, max_length=500, verbose_name="why"),
        ),
        migrations.RunPython(second_words_confirm, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="casevoice",
            constraint=models.UniqueConstraint(fields=("about",), name="casevoice_answered_once"),
        ),
        migrations.AddConstraint(
            model_name="casevoice",
            constraint=models.CheckConstraint(condition=Q(("about__isnull", True), ("kind", "proposed")) | Q(Q(("kind", "proposed"), _negated=True), ("about__isnull", False)), name="casevoice_answers_a_proposal"),
        ),
        migrations.AlterField(
            model_name="casedecision",
            name="outcome",
            field=models.CharField(choices=[("paid", "paid"), ("kept", "the deposit is kept"), ("refused", "nothing is paid"), ("closed", "nothing to do")], max_length=8, verbose_name="decision"),
        ),
        ProtectTable("CaseVoice"),
    ]
