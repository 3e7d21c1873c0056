"""What the main job refuses: it says where, why and what to do, in both languages, and keeps
nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest

from chambre.project.tests.samples import HEAD, NAME, RULES, YEAR, entry, fec, line, put

BOMB = fec(600 * [line(1, "512000", "1,00", label="x" * 100_000)]).encode()


def zipped(*members):
    """A zip archive of names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


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
def test_a_wrong_rule_file_says_where_and_why(here, content, part):
    out = here.refused("attribute", put(here.folder, "fausses.toml", content))

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
def test_a_refused_file_says_where_and_why(here, content, parts):
    file = put(here.folder, "732829320FEC20231231.dat", content)

    out = here.refused("fec", "import", file, "--structure", "jardin")

    assert out["code"] == "lens.fec-refused"
    for part in parts:
        assert part in json.dumps(out, ensure_ascii=False), out
    for finding in out["findings"]:
        assert set(finding) == {"line", "column", "value", "rule", "message", "todo"}
        assert finding["todo"]


def test_wrong_usage_exits_with_2(here):
    file = str(here.folder / NAME)
    for words in (
        ["fec", "import", file],
        ["fec", "import", "--structure", "nectar"],
        ["fec", "import", "/nulle/part.txt", "--structure", "nectar"],
        ["fec", "check"],
        ["fec", "check", str(here.folder)],
        ["fec", "export", "--structure", "nectar"],
        ["fec", "export", "--structure", "nectar", "--year", "deux mille"],
        ["attribute"],
        ["statement", "--by", "moon", "--from", "2023-01-01", "--to", "2023-12-31"],
        ["statement", "--by", "resource", "--from", "2023-13-01", "--to", "2023-12-31"],
        ["statement", "--by", "resource", "--from", "2023-12-31", "--to", "2023-01-01"],
        ["structure", "create", "x", "--name", "X", "--chart", "bonsai"],
    ):
        assert here.run(*words, status=2) == "", words
    for words in (
        ["fec", "import", file, "--structure", "nobody"],
        ["statement", "--by", "resource", "--resource", "rien", "--from", "2023-01-01",
         "--to", "2023-12-31"],
        ["structure", "create", "nectar", "--name", "Nectar"],
        ["structure", "create", "faux", "--name", "Faux", "--siren", "732829321"],
    ):  # fmt: skip
        assert json.loads(here.run(*words, "--json", status=1))["ok"] is False
