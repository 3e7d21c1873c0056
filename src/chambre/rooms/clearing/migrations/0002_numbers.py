from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("clearing", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", "invoice"), ("state__in", ["proposed", "accepted"])),
                fields=("debtor", "creditor", "reference"),
                name="clearing_number_once",
            ),
        ),
    ]
