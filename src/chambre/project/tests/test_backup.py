"""A backup restores whole, on either database, or is refused and nothing changes."""

from __future__ import annotations

import json
import stat
import zipfile

import pytest

from chambre.project.tests.conftest import TEST_DB

OTHER = "postgres" if TEST_DB == "sqlite" else "sqlite"
SNIPPET = """
import django, io, sys
django.setup()
from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.models import User
by = Actor.system("test")
odd = "tab\\tnew\\nline \\\\N back\\\\slash « é » \\x7f"
user = User.objects.create_user("zoe@exemple.test", name=odd)
files.store(io.BytesIO(b"JournalCode\\n" * 1000), name="fec.txt", purpose="test.fec", by=by)
"""
READ = """
import django, json
django.setup()
from django.contrib.sessions.models import Session
from django.db import connection
from chambre.core import files
from chambre.core.db import guards
from chambre.core.models import AuditEntry, StoredFile, User
user = User.objects.get(email="zoe@exemple.test")
file = StoredFile.objects.get()
User.objects.create_user("next@exemple.test").delete()  # numbers go on after the last one
print(json.dumps({
    "name": user.name, "joined": user.joined_at.isoformat(), "intact": files.is_intact(file),
    "id": str(file.pk), "sessions": Session.objects.count(), "missing": guards.missing(connection),
    "audit": [[e.action, e.at.isoformat(), e.data] for e in AuditEntry.objects.order_by("pk")
              if not e.action.startswith("core.backup")],
    "vendor": connection.vendor,
}))
"""


@pytest.fixture(scope="module")
def full(homes):
    """A home with a person whose name is hard to write, and a file."""
    home = homes(ready=True)
    home.python(SNIPPET)
    return home


@pytest.fixture(scope="module")
def backup(full, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "house.zip"
    made = full.json("backup", str(path), "--with-secret")
    assert (made["files"], made["with_secret"], made["size"]) == (1, True, path.stat().st_size)
    return path


@pytest.mark.parametrize("database", [TEST_DB, OTHER])
def test_a_restored_house_is_the_same(full, backup, make_home, database):
    there = make_home("there", database=database)

    done = there.json("restore", str(backup))

    assert done["ok"] is True
    assert (there.path / "secret-key").read_text() == (full.path / "secret-key").read_text()
    assert stat.S_IMODE((there.path / "secret-key").stat().st_mode) == 0o600
    before, after = json.loads(full.python(READ)), json.loads(there.python(READ))
    assert after["vendor"] == ("sqlite" if database == "sqlite" else "postgresql")
    del before["vendor"], after["vendor"]
    assert after == before
    assert after["intact"] is True
    assert after["missing"] == []
    assert after["name"].startswith("tab\tnew\nline \\N back\\slash")
    assert there.json("doctor")["ok"] is True
    assert not list(there.path.glob(".restore-*"))
    # and a backup of the restored house restores again
    again = make_home("again", database=TEST_DB)
    there.run("backup", str(backup.with_name("again.zip")))
    assert again.json("restore", str(backup.with_name("again.zip")))["ok"] is True


def test_only_the_owner_reads_it_and_it_says_what_is_in_it(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {*manifest["parts"], "manifest.json"}
    assert manifest["format"] == 1
    assert manifest["rows"]["core_user"] == 1
    assert manifest["rows"]["django_session"] == 0


def _changed(backup, tmp_path, change):
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as copy:
        for item in source.infolist():
            name, content = change(item.filename, source.read(item))
            if name:
                copy.writestr(name, content)
    return target


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: (
            name,
            content[:-1] + b"?" if name.startswith("uploads/") else content,
        ),
        lambda name, content: (None if name.startswith("uploads/") else name, content),
        lambda name, content: (
            name,
            content.replace(b"uploads/", b"../outside/") if name == "manifest.json" else content,
        ),
        lambda name, content: (
            name,
            content.replace(b'"core_user": 1', b'"core_user": 2')
            if name == "manifest.json"
            else content,
        ),
        lambda name, content: (
            name,
            content.replace(b'"format": 1', b'"format": 2') if name == "manifest.json" else content,
        ),
        lambda name, content: (
            name,
            content.replace(b'"core.0002_work"', b'"core.0999_future"')
            if name == "manifest.json"
            else content,
        ),
    ],
    ids=["damaged", "incomplete", "outside", "rows", "format", "newer"],
)
def test_a_bad_backup_is_refused_and_nothing_changes(backup, make_home, tmp_path, change):
    there = make_home("there")

    refused = there.json("restore", str(_changed(backup, tmp_path, change)), status=1)

    assert refused["code"] == "backup.bad"
    assert there.tables() == []
    assert not (tmp_path / "outside").exists()
    assert not (there.path / "uploads").exists()


def test_what_is_no_backup_is_refused(home, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Bonjour")

    assert home.json("restore", str(path), status=1)["code"] == "backup.bad"
    home.run("restore", str(tmp_path / "absent.zip"), status=2)


def test_a_backup_without_a_name_goes_into_the_home_and_leaves_the_secret_out(full):
    made = full.json("backup")

    assert made["file"].startswith(str(full.path / "backups" / "chambre-"))
    with zipfile.ZipFile(made["file"]) as archive:
        assert "secret-key" not in archive.namelist()


def test_a_house_in_use_is_not_replaced_without_force(full, backup):
    assert full.json("restore", str(backup), status=1)["code"] == "backup.not-empty"
    full.run("person", "create", "later@exemple.test")

    assert full.json("restore", str(backup), "--force")["ok"] is True

    emails = [one["email"] for one in full.json("person", "list")["people"]]
    assert emails == ["zoe@exemple.test"]
    if TEST_DB == "sqlite":
        assert len(list(full.path.glob("before-restore-*.sqlite3"))) == 1
