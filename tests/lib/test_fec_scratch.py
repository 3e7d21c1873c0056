"""The private database of one piece of work."""

import tempfile
from pathlib import Path

from chambre.lib.fec.scratch import scratch


def test_it_is_on_disk_and_nothing_of_it_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    base = scratch()
    base.execute("CREATE TABLE line (text TEXT)")
    base.executemany("INSERT INTO line VALUES (?)", [("x" * 1000,)] * 1000)

    # A database that some builds of SQLite would keep in memory has no file.
    assert Path(base.execute("PRAGMA database_list").fetchone()[2]).parent == tmp_path
    assert base.execute("SELECT sum(length(text)) FROM line").fetchone() == (1_000_000,)
    base.close()
    assert list(tmp_path.iterdir()) == []
