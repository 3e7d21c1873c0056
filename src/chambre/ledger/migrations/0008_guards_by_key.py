"""Nothing changes in the tables: after every ``migrate`` the guards are installed anew.

Those of databases made before could walk a whole index for every row.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_guards_by_name")]
    operations = []
