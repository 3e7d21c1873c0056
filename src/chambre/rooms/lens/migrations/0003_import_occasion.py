from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable


class Migration(migrations.Migration):
    """The same content may come back after another export took over from it."""

    dependencies = [("lens", "0002_imported_file")]

    operations = [
        migrations.RemoveConstraint(model_name="fecimport", name="fecimport_content_once"),
        migrations.AddField(
            model_name="fecimport",
            name="occasion",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="times it was replaced before"
            ),
        ),
        migrations.AddConstraint(
            model_name="fecimport",
            constraint=models.UniqueConstraint(
                fields=("book", "digest", "occasion"), name="fecimport_content_once"
            ),
        ),
        ProtectTable("FecImport"),
    ]
