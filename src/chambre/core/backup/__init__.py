"""Backups: the whole house in one file, which restores on either database.

The file is a zip: ``manifest.json`` (what is in it, with a SHA-256 for each part and a number of rows
for each table), the database, the uploads and the administrator's own pages. From SQLite the database
is a consistent copy made by SQLite itself; from PostgreSQL it is every table in COPY text form, read in
one snapshot. A backup of one restores on the other: that is also how a house moves to PostgreSQL.

Sessions, the cache, rate limits and signs of life of workers stay out: they are nobody's memory, and a
session in a stolen backup would open the house.
"""

from chambre.core.backup.make import make_backup
from chambre.core.backup.restore import restore_backup

__all__ = ["make_backup", "restore_backup"]
