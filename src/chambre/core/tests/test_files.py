"""Files are kept once, given only to those who may read them, and never shown as pages."""

from __future__ import annotations

import hashlib
import io
import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound, TooLarge
from chambre.core.models import AuditEntry, StoredFile

pytestmark = pytest.mark.django_db
BY = Actor.system("test")


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.CHAMBRE_HOME = tmp_path


def keep(content=b"12,50", name="fec.txt", by=BY, **options):
    return files.store(io.BytesIO(content), name=name, purpose="test.fec", by=by, **options)


def contents():
    return sorted(path.name for path in files.folder().glob("*/*/*") if path.is_file())


def test_a_content_is_kept_once_and_remembers_who_brought_it(make_user):
    ada = Actor.of(make_user("ada@exemple.test"))
    first, second = keep(by=ada), keep(name="again.txt")

    digest = hashlib.sha256(b"12,50").hexdigest()
    assert (first.digest, first.size, first.actor, first.name) == (
        digest,
        5,
        "ada@exemple.test",
        "fec.txt",
    )
    assert contents() == [digest]
    assert first.pk != second.pk
    assert files.open_file(second).read() == b"12,50"
    assert files.is_intact(first)
    assert AuditEntry.objects.filter(action="core.file.stored").count() == 2
    assert oct(files.path_of(digest).stat().st_mode)[-3:] == "600"


def test_uploads_and_pieces_are_kept_alike():
    upload = SimpleUploadedFile("fec.txt", b"12,50")
    a = files.store(upload, name="a", purpose="test.fec", by=BY)
    b = files.store([b"12", b",50"], name="b", purpose="test.fec", by=BY)

    assert a.digest == b.digest == hashlib.sha256(b"12,50").hexdigest()


def test_what_is_too_large_is_refused_and_not_kept():
    with pytest.raises(TooLarge) as refused:
        keep(b"x" * 11, limit=10)

    assert refused.value.data == {"limit": 10}
    assert not StoredFile.objects.exists()
    assert contents() == []
    assert list((files.folder() / "incoming").iterdir()) == []
    assert keep(b"x" * 10, limit=10).size == 10


def test_the_houses_limit_holds_by_default(settings):
    settings.CHAMBRE_UPLOAD_LIMIT = 4

    with pytest.raises(TooLarge):
        keep(b"12345")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\comptes\\fec.txt", "fec.txt"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        (".hidden", "hidden"),
        ("é" * 300, "é" * 200),
    ],
)
def test_names_cannot_mislead(name, clean):
    assert keep(name=name).name == clean


def test_a_file_is_given_to_who_brought_it_as_a_download(client, make_user):
    ada = make_user("ada@exemple.test")
    row = keep(b"<script>alert(1)</script>", "page.html", Actor.of(ada), content_type="text/html")
    client.force_login(ada)

    answer = client.get(row.get_absolute_url())

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert AuditEntry.objects.filter(action="core.file.read", user=ada).count() == 1


def test_others_do_not_even_learn_that_it_is_there(client, make_user):
    row = keep(by=Actor.of(make_user("ada@exemple.test")))
    assert client.get(row.get_absolute_url()).status_code == 302

    client.force_login(make_user("zoe@exemple.test"))
    assert client.get(row.get_absolute_url()).status_code == 404
    assert not AuditEntry.objects.filter(action="core.file.read").exists()

    client.force_login(make_user("root@exemple.test", is_admin=True))
    assert client.get(row.get_absolute_url()).status_code == 200


def test_a_room_says_who_else_may_read_its_files(make_user):
    zoe = Actor.of(make_user("zoe@exemple.test"))
    row = keep()
    assert not files.may_read(zoe, row)

    files.readable_by("test.fec")(lambda actor, file: actor.label == "zoe@exemple.test")
    try:
        assert files.may_read(zoe, row)
    finally:
        del files._readers["test.fec"]


def test_a_damaged_or_missing_content_is_noticed(client):
    row = keep()
    files.path_of(row.digest).write_bytes(b"12,51")
    assert not files.is_intact(row)

    files.path_of(row.digest).unlink()
    assert not files.is_intact(row)
    with pytest.raises(NotFound):
        files.open_file(row)


def test_only_contents_that_nobody_has_are_swept_and_only_after_a_day(make_user):
    kept, gone = keep(b"kept"), keep(b"gone")
    with pytest.raises(Forbidden):
        files.discard(gone, Actor.of(make_user()))
    files.discard(gone, BY)
    assert files.sweep() == 0

    old = time.time() - files.FORGOTTEN_AFTER - 1
    for path in files.folder().rglob("*"):
        os.utime(path, (old, old))
    (files.folder() / "incoming" / "half").write_bytes(b"x")
    os.utime(files.folder() / "incoming" / "half", (old, old))

    assert files.sweep() == 2
    assert contents() == [kept.digest]
