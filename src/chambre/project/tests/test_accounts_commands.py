"""The main job at the command line, as others run it: names, keys, types and exit status."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from chambre.project.tests.samples import NAME, RULES, YEAR, entry, fec, line, put


def kept(home):
    """How many rows there are in every table that matters."""
    floors = ("registry_", "ledger_", "lens_", "core_audit")
    tables = [name for name in home.tables() if name.startswith(floors)]
    return {name: home.rows(f"SELECT count(*) FROM {name}")[0][0] for name in tables}


@pytest.fixture(scope="module")
def books(homes, tmp_path_factory):
    """A home with two structures and two resources; one year of one of them."""
    home = homes(ready=True)
    home.run("structure", "create", "nectar", "--name", "Nectar", "--siren", "732829320")
    home.run("structure", "create", "jardin", "--name", "Jardin", "--chart", "associatif")
    home.run("resource", "create", "verger", "--name", "Verger")
    home.run("resource", "create", "presse", "--name", "Presse")
    home.folder = tmp_path_factory.mktemp("files")
    home.fec = put(home.folder, NAME, YEAR)
    home.imported = home.json("fec", "import", home.fec, "--structure", "nectar")
    return home


def test_the_file_of_an_import_is_kept_so_that_a_figure_leads_back_to_it(books):
    content = YEAR.encode()

    rows = books.rows("SELECT name, sha256, size FROM lens_importedfile")

    assert (NAME, hashlib.sha256(content).hexdigest(), len(content)) in [tuple(r) for r in rows]


def test_an_import_says_exactly_what_it_brought(books):
    assert books.imported == {
        "structure": "nectar",
        "entries": 3,
        "lines": 6,
        "debit": 13703,
        "credit": 13703,
        "already": False,
    }


def test_a_check_says_exactly_what_it_found(books):
    assert books.json("fec", "check", books.fec) == {
        "verdict": "accepted",
        "lines": 6,
        "debit": 13703,
        "credit": 13703,
        "balanced": True,
        "errors": [],
        "warnings": [],
    }
    wrong = put(books.folder, "732829320FEC20241231.txt", fec([line(1, "7", debit="1.00")]))
    found = books.json("fec", "check", wrong)
    assert (found["verdict"], found["balanced"]) == ("rejected", False)
    (error,) = found["errors"]
    assert error == {
        "line": 2,
        "column": "Debit",
        "rule": "E_DOT_IN_NUMBER",
        "message": "Ligne 2, Debit «\u00a01.00\u00a0»\u00a0: la virgule est attendue, pas le point.",
    }
    assert {tuple(each) for each in found["warnings"]} == {("line", "column", "rule", "message")}
    assert {each["rule"] for each in found["warnings"]} >= {"A_ACCOUNT", "W_UNBALANCED_ENTRY"}


def test_rules_and_statements_speak_in_exact_keys(books):
    file = put(books.folder, "regles.toml", RULES)
    out = books.json("attribute", file)

    assert out == {
        "rules": [
            {"name": "ventes de nectar", "lines": 2, "debit": 0, "credit": 10702},
            {"name": "loyer", "lines": 1, "debit": 3001, "credit": 0},
        ],
        "attributed": 3,
        "unattributed": 3,
    }
    period = ("--from", "2023-01-01", "--to", "2023-12-31")
    read = books.json("statement", "--by", "resource", *period)
    assert {
        name: read[name]
        for name in ("by", "from", "to", "unit", "eliminated", "reconciled", "difference")
    } == {
        "by": "resource",
        "from": "2023-01-01",
        "to": "2023-12-31",
        "unit": "EUR",
        "eliminated": [],
        "reconciled": True,
        "difference": 0,
    }
    assert read["provisional"] is True
    groups = {group["key"]: group for group in read["groups"]}
    assert set(groups) == {"verger", "presse", None}
    figures = ("assets", "liabilities", "equity", "income", "expenses", "result")
    assert set(groups["verger"]) == {"key", "name", "accounts", *figures}
    assert [groups["verger"][name] for name in ("income", "expenses", "result")] == [
        6422,
        1000,
        5422,
    ]
    assert groups["presse"]["income"] == 4280
    (account,) = (each for each in groups["presse"]["accounts"] if each["account"] == "701000")
    assert account == {
        "account": "701000",
        "label": "Compte 701000",
        "opening": 0,
        "debit": 0,
        "credit": 4000,
        "closing": -4000,
    }
    one = books.json("statement", "--by", "structure", "--structure", "nectar", *period)
    assert [(group["key"], group["result"]) for group in one["groups"]] == [("nectar", 7701)]
    assert books.json("ledger", "verify")["ok"] is True


# What follows is about what commands do, and not about processes: they run in this one.


def test_the_same_content_in_another_form_is_there_already(here):
    half = YEAR.split("\r\n")
    first = "\r\n".join([*half[:5], ""])
    second = "\r\n".join([half[0], *half[5:]])
    forms = [
        [put(here.folder, "autre-nom.txt", YEAR)],
        [put(here.folder, "732829320FEC20231231.gz", gzip.compress(YEAR.encode()))],
        [put(here.folder, "barres.txt", YEAR.replace("\t", "|"))],
        [put(here.folder, "bom.txt", YEAR.encode("utf-8-sig"))],
        [
            put(here.folder, "732829320FEC20231231_2.txt", second),
            put(here.folder, "732829320FEC20231231_1.txt", first),
        ],
    ]
    before = here.kept()
    for files in forms:
        out = here.json("fec", "import", *files, "--structure", "nectar")
        assert out == {**here.imported, "already": True}
        assert NAME in here.said
    assert here.kept() == before


def test_people_read_words_and_amounts(here):
    def plain(text):
        return text.replace("\u00a0", " ").replace("\u202f", " ").splitlines()

    period = ("--from", "2023-01-01", "--to", "2023-12-31")
    rules = plain(here.run("attribute", put(here.folder, "regles.toml", RULES)))
    read = plain(here.run("statement", "--by", "resource", *period))
    here.run("statement", "--by", "resource", "--from", "hier", "--to", "2023-12-31", status=2)

    assert rules == [
        "ventes de nectar : 2 lignes",
        "loyer : 1 ligne",
        "Lignes attribuées : 3 sur 6.",
    ]
    assert "Verger : produits 64,22 €, charges 10,00 €, résultat 54,22 €" in read
    assert (
        read[-1] == "[provisoire] Certains de ces jours sont dans un exercice qui n’est pas clos."
    )
    assert "« hier » n’est pas un jour : AAAA-MM-JJ." in plain(here.said)[-1]


def test_an_export_is_the_file_that_was_brought_in(here, tmp_path):
    to = tmp_path / "written"
    to.mkdir()
    here.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(to))
    written = to / NAME
    out = here.run("fec", "export", "--structure", "nectar", "--year", "2023")

    assert written.read_bytes().decode() == YEAR
    assert out.replace("\r\n", "\n") == YEAR.replace("\r\n", "\n")
    assert here.json("fec", "check", str(written))["verdict"] == "accepted"
    again = here.json("fec", "import", str(written), "--structure", "nectar")
    assert again["already"] is True
    other = tmp_path / "compta.txt"
    here.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(other))
    assert NAME in here.said
    here.run("fec", "export", "--structure", "nectar", "--year", "1999", status=1)
    nowhere = str(tmp_path / "nulle-part" / "x.txt")
    here.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", nowhere, status=2)


def test_a_large_year_is_read_month_by_month_into_the_same_file(here, tmp_path, monkeypatch):
    from chambre.rooms.lens.services import exporting

    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    to = tmp_path / "written"
    to.mkdir()
    here.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(to))

    assert (to / NAME).read_bytes().decode() == YEAR


def test_several_years_come_in_with_one_command_all_or_none(here):
    first = put(here.folder, "732829320FEC20211231.txt", fec(entry(1, 10, day="20210301")))
    second = put(here.folder, "732829320FEC20221231.txt", fec(entry(1, 20, day="20220301")))
    third = put(here.folder, "732829320FEC20201231.txt", fec([line(1, "512000", debit="1,00")]))
    before = here.kept()

    here.json("fec", "import", second, first, third, "--structure", "jardin", status=1)
    assert here.kept() == before
    out = here.json("fec", "import", second, first, "--structure", "jardin")
    assert (out["entries"], out["debit"], out["already"]) == (2, 3002, False)
    for year in ("2021", "2022"):
        here.run("fec", "export", "--structure", "jardin", "--year", year)
