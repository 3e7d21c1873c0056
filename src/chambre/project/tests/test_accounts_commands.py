"""The main job at the command line, as others run it: names, keys, types and exit status."""

from __future__ import annotations

import gzip
import hashlib

import pytest

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
RULES = """
[[rule]]
name = "ventes de nectar"
structure = "nectar"
account = ["701*", "708*"]
label = "(?i)fraise"
from = 2022-01-01
shares = { verger = 60, presse = 40 }

[[rule]]
name = "loyer"
account = "613*"
shares = { verger = 1, "-" = 2 }
"""


def line(number, account, debit="0,00", credit="0,00", label="Nectar de fraise", day="20230105"):
    return (
        f"VE\tVentes\t{number}\t{day}\t{account}\tCompte {account}\t\t\tF{number}\t{day}\t"
        f"{label}\t{debit}\t{credit}\t\t\t20240331\t\t"
    )


def entry(number, euros, account="701000", day="20230105"):
    """Money in from a sale, or out for an expense."""
    amount = f"{euros},01"
    if account.startswith("7"):
        return [
            line(number, "512000", debit=amount, day=day),
            line(number, account, credit=amount, day=day),
        ]
    return [
        line(number, account, debit=amount, day=day),
        line(number, "512000", credit=amount, day=day),
    ]


def fec(*entries):
    return "\r\n".join([HEAD, *(each for lines in entries for each in lines), ""])


YEAR = fec(entry(1, 100), entry(2, 30, "613000"), entry(3, 7, "708000", "20231231"))
NAME = "732829320FEC20231231.txt"


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


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


def test_the_same_content_in_another_form_is_there_already(books):
    half = YEAR.split("\r\n")
    first = "\r\n".join([*half[:5], ""])
    second = "\r\n".join([half[0], *half[5:]])
    forms = [
        [put(books.folder, "autre-nom.txt", YEAR)],
        [put(books.folder, "732829320FEC20231231.gz", gzip.compress(YEAR.encode()))],
        [put(books.folder, "barres.txt", YEAR.replace("\t", "|"))],
        [put(books.folder, "bom.txt", YEAR.encode("utf-8-sig"))],
        [
            put(books.folder, "732829320FEC20231231_2.txt", second),
            put(books.folder, "732829320FEC20231231_1.txt", first),
        ],
    ]
    before = kept(books)
    for files in forms:
        out = books.json("fec", "import", *files, "--structure", "nectar")
        assert out == {**books.imported, "already": True}
        assert NAME in books.said
    assert kept(books) == before


def test_an_export_is_the_file_that_was_brought_in(books, tmp_path):
    books.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(tmp_path))
    written = tmp_path / NAME
    out = books.run("fec", "export", "--structure", "nectar", "--year", "2023")

    assert written.read_bytes().decode() == YEAR
    assert out.replace("\r\n", "\n") == YEAR.replace("\r\n", "\n")
    assert books.json("fec", "check", str(written))["verdict"] == "accepted"
    again = books.json("fec", "import", str(written), "--structure", "nectar")
    assert again["already"] is True
    other = tmp_path / "compta.txt"
    books.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(other))
    assert NAME in books.said
    books.run("fec", "export", "--structure", "nectar", "--year", "1999", status=1)
    nowhere = str(tmp_path / "nulle-part" / "x.txt")
    books.run(
        "fec", "export", "--structure", "nectar", "--year", "2023", "--out", nowhere, status=2
    )


def test_a_large_year_is_read_month_by_month_into_the_same_file(books, tmp_path, monkeypatch):
    from chambre.rooms.lens.services import exporting

    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    books.run("fec", "export", "--structure", "nectar", "--year", "2023", "--out", str(tmp_path))

    assert (tmp_path / NAME).read_bytes().decode() == YEAR


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


def test_several_years_come_in_with_one_command_all_or_none(books):
    first = put(books.folder, "732829320FEC20211231.txt", fec(entry(1, 10, day="20210301")))
    second = put(books.folder, "732829320FEC20221231.txt", fec(entry(1, 20, day="20220301")))
    third = put(books.folder, "732829320FEC20201231.txt", fec([line(1, "512000", debit="1,00")]))
    before = kept(books)

    books.json("fec", "import", second, first, third, "--structure", "jardin", status=1)
    assert kept(books) == before
    out = books.json("fec", "import", second, first, "--structure", "jardin")
    assert (out["entries"], out["debit"], out["already"]) == (2, 3002, False)
    for year in ("2021", "2022"):
        books.run("fec", "export", "--structure", "jardin", "--year", year)
