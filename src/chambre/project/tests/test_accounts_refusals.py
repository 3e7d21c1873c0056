"""What the main job refuses: it says where, why and what to do, in both languages, and keeps
nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.utils import translation

from chambre.project.cli import root, set_up
from chambre.project.tests.test_accounts_commands import (
    HEAD,
    NAME,
    RULES,
    YEAR,
    entry,
    fec,
    line,
    put,
)
from chambre.registry import api

BOMB = fec(600 * [line(1, "512000", "1,00", label="x" * 100_000)]).encode()


@pytest.fixture
def books(db, system, tmp_path):
    """Two structures, two resources, one year of one of them, and a command line in this process."""
    set_up()
    api.home_chamber("Chambre")
    for slug in ("nectar", "jardin"):
        api.create_structure(slug=slug, name=slug.title(), by=system)
    for slug in ("verger", "presse"):
        api.create_resource(slug=slug, name=slug.title(), by=system)
    books = Books(tmp_path)
    books.run("fec", "import", put(tmp_path, NAME, YEAR), "--structure", "nectar")
    return books


def zipped(*members):
    """A zip archive of names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


class Books:
    def __init__(self, folder):
        self.folder = folder

    def run(self, *words, status=0, language="fr"):
        with translation.override(language):
            result = CliRunner().invoke(root, words)
        assert result.exit_code == status, (words, result.output, result.exception)
        self.said = result.stderr
        return result.stdout

    def refused(self, *words):
        """The refusal in French; both languages say it, in words and for machines."""
        before = self.kept()
        french, english = (
            json.loads(self.run(*words, "--json", status=1, language=language))
            for language in ("fr", "en")
        )
        assert self.kept() == before
        assert french["ok"] is english["ok"] is False
        assert french["code"] == english["code"]
        assert french["message"] != english["message"]
        self.run(*words, status=1)
        assert french["message"] in self.said
        assert self.kept() == before
        return french

    @staticmethod
    def kept():
        """How many rows there are of everything that is recorded."""
        models = [
            model
            for label in ("registry", "ledger", "lens")
            for model in apps.get_app_config(label).get_models()
        ]
        return {model.__name__: model.objects.count() for model in models}


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (RULES.replace("verger = 60", "vergers = 60"), "vergers"),
        (RULES.replace('"nectar"', '"nectars"', 1), "nectars"),
        (RULES.replace("(?i)fraise", "(fraise"), "label"),
        (RULES.replace("(?i)fraise", "(a+)+$"), "label"),
        (RULES.replace("verger = 60", "verger = 0"), "verger"),
        (RULES.replace("verger = 60", "verger = -60"), "verger"),
        (RULES.replace("verger = 60", "verger = 0.6"), "verger"),
        (RULES.replace("verger = 60", 'verger = "60"'), "verger"),
        (RULES.replace("verger = 60", "verger = true"), "verger"),
        (RULES.replace("2022-01-01", '"hier"'), "from"),
        (RULES.replace('"613*"', "613"), "account"),
        (RULES.replace("account", "compte"), "compte"),
        (RULES.replace("[[rule]]", "[rule]"), "rule"),
        ("[[rule]", "TOML"),
        ("", "rule"),
        ("é".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_wrong_rule_file_says_where_and_why(books, content, part):
    out = books.refused("attribute", put(books.folder, "fausses.toml", content))

    assert part in json.dumps(out, ensure_ascii=False), out


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (fec(entry(1, 5), [line(2, "701000")[:-2]]), ["ligne 4", "16", "18"]),
        (YEAR.encode("utf-16"), ["UTF-16"]),
        (YEAR.replace("Nectar", "Nectère").encode("cp850"), ["0x8A (CP850 ?)", "igne 2"]),
        (fec([line(1, "512000", debit="5,00")]), ["5,00", "VE 1", "ligne 2"]),
        (fec(entry(1, 5), entry(2, 5, day="20210105")), ["05/01/2021", "igne 4"]),
        (YEAR.replace("100,01", "100.01"), ["100.01", "igne 2", "virgule"]),
        (YEAR.replace("\tCompteNum", ""), ["CompteNum"]),
        (YEAR.replace("20230105", "20231305"), ["20231305", "EcritureDate", "igne 2"]),
        (YEAR.replace("\t", ";"), ["trouvé\u00a0: ;"]),
        (HEAD + "\r\n", ["aucune ligne"]),
        (b"", ["aucune ligne"]),
        (b"%PDF-1.7 binary", ["PDF"]),
        (gzip.compress(BOMB), ["200 fois"]),
        (zipped(("a.txt", BOMB)), ["200 fois"]),
        (zipped(("b.zip", zipped((NAME, YEAR)))), ["autre archive", "b.zip"]),
        (zipped(*((f"{n}.txt", "x") for n in range(300))), ["300 fichiers"]),
        (zipped(("a.txt", YEAR), ("b.txt", YEAR)), ["a.txt, b.txt"]),
        (zipped((NAME, YEAR)).replace(b"PK\x01\x02", b"PK\x01\x03"), ["déplié"]),
        (zipped((NAME, YEAR))[:200], ["déplié"]),
        (gzip.compress(gzip.compress(YEAR.encode())), ["archive"]),
        (gzip.compress(YEAR.encode())[:-30], ["déplié"]),
    ],
    ids=["broken line", "UTF-16", "CP850", "unbalanced", "outside the year", "point",
         "missing column", "month 13", "semicolons", "no line", "empty", "PDF", "gzip bomb",
         "zip bomb", "zip in zip", "many files", "two files", "broken zip", "cut zip",
         "gzip in gzip", "cut gzip"],
)  # fmt: skip
def test_a_refused_file_says_where_and_why(books, content, parts):
    file = put(books.folder, "732829320FEC20231231.dat", content)

    out = books.refused("fec", "import", file, "--structure", "jardin")

    assert out["code"] == "lens.fec-refused"
    for part in parts:
        assert part in json.dumps(out, ensure_ascii=False), out
    for finding in out["findings"]:
        assert set(finding) == {"line", "column", "value", "rule", "message", "todo"}
        assert finding["todo"]


def test_wrong_usage_exits_with_2(books):
    file = str(books.folder / NAME)
    for words in (
        ["fec", "import", file],
        ["fec", "import", "--structure", "nectar"],
        ["fec", "import", "/nulle/part.txt", "--structure", "nectar"],
        ["fec", "check"],
        ["fec", "check", str(books.folder)],
        ["fec", "export", "--structure", "nectar"],
        ["fec", "export", "--structure", "nectar", "--year", "deux mille"],
        ["attribute"],
        ["statement", "--by", "moon", "--from", "2023-01-01", "--to", "2023-12-31"],
        ["statement", "--by", "resource", "--from", "2023-13-01", "--to", "2023-12-31"],
        ["statement", "--by", "resource", "--from", "2023-12-31", "--to", "2023-01-01"],
        ["structure", "create", "x", "--name", "X", "--chart", "bonsai"],
    ):
        assert books.run(*words, status=2) == "", words
    for words in (
        ["fec", "import", file, "--structure", "nobody"],
        ["statement", "--by", "resource", "--resource", "rien", "--from", "2023-01-01",
         "--to", "2023-12-31"],
        ["structure", "create", "nectar", "--name", "Nectar"],
        ["structure", "create", "faux", "--name", "Faux", "--siren", "732829321"],
    ):  # fmt: skip
        assert json.loads(books.run(*words, "--json", status=1))["ok"] is False
