"""Nothing changes in the tables: after every ``migrate`` the guards are installed anew.

Those of databases made before looked for tables where the session looks for them.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_seals")]
    operations = []
