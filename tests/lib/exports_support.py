"""A small report that the tests of every format share, and how to read the formats back."""

import re
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO

import pypdfium2
from hypothesis import strategies as st

from chambre.lib.exports import Column, Kind, Report, Role, Row, Table

ISSUED = datetime(2026, 11, 24, 15, 31, 7, tzinfo=UTC)
SEAL = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

ASSETS = Table(
    "assets",
    "Bilan : actif",
    [
        Column("label", "Poste", width=40),
        Column("net", "Net 2026", Kind.AMOUNT, dash=True),
        Column("before", "Net 2025", Kind.AMOUNT, dash=True),
        Column("part", "Part", Kind.SHARE),
        Column("bought", "Acheté le", Kind.DATE),
        Column("weight", "Pommes", Kind.QUANTITY, unit="kg", decimals=3),
    ],
    [
        Row(["Actif immobilisé", None, None, None, None, None], 0, Role.HEADING),
        Row(["Presse mobile", 2_773_044, 3_100_000, 866, date(2024, 3, 5), 1_500], 1),
        Row(["Liaison (181)", -65_677, 0, 134, None, None], 1),
    ],
    [Row(["Total", 2_707_367, 3_100_000, 1000, None, None], 0, Role.TOTAL)],
    notes=["Les comptes de liaison montrent ce que la ressource doit aux structures."],
)

HOURS = Table(
    "hours",
    "Temps donné",
    [Column("who", "Qui"), Column("time", "Temps", Kind.AMOUNT, unit="HUR")],
    [Row(["Équipe du pressage", 150])],
)


def report(*tables, **more):
    facts = {
        "title": "Bilan",
        "subject": "Le verger et sa presse",
        "period": "Année 2026",
        "issuer": "Chambre de Bourg-Neuf",
        "tables": tables or (ASSETS, HOURS),
        "issued": ISSUED,
        "seal": SEAL,
        "provenance": [("Fichiers", "123456789FEC20261231.txt")],
    }
    return Report(**{**facts, **more})


def words(*columns_and_rows, key="words"):
    """A table of one column of text."""
    return Table(key, "Mots", [Column("text", "Texte")], [Row([text]) for text in columns_and_rows])


def entries(archive):
    """Name → content of a zip."""
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def pages(pdf):
    """The text of each page, spaces made plain."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        re.sub(r"\s+", " ", document[at].get_textpage().get_text_bounded())
        for at in range(len(document))
    ]


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
amounts = st.integers(-(10**18), 10**18)


@st.composite
def tables(draw):
    """Tables of any kind of column with values that fit."""
    kinds = draw(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5))
    columns = [
        Column(f"c{at}", draw(texts), kind, decimals=draw(st.integers(0, 4)))
        for at, kind in enumerate(kinds)
    ]
    values = {
        Kind.TEXT: texts,
        Kind.DATE: st.dates(),
    }
    row = st.tuples(*(st.none() | values.get(kind, amounts) for kind in kinds))
    rows = draw(st.lists(row, max_size=8))
    totals = draw(st.lists(row, max_size=2))
    return Table(
        "any", "Tout", columns, [Row(r) for r in rows], [Row(r, 0, Role.TOTAL) for r in totals]
    )
