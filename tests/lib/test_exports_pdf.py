"""Paper: what is on it, that words are never markup, that it is the same everywhere."""

import re
from dataclasses import replace

import pytest
from exports_support import ASSETS, HOURS, ISSUED, SEAL, pages, report, words
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.charts import Bar, Bars
from chambre.lib.exports import (
    Column,
    ExportError,
    Figure,
    Kind,
    PaperRefusal,
    Row,
    Table,
    compile_paper,
    frame_data,
    page_images,
    pdf_bytes,
)
from chambre.lib.exports.fitting import LANDSCAPE, PORTRAIT, column_widths, cut_columns
from chambre.lib.exports.glyphs import _UNUSUAL, _shows
from chambre.lib.exports.pdf import MOST_ROWS


def chart():
    return Bars(
        title="Charges", description="…", empty="…", header=("Poste", "Montant"),
        bars=[Bar("Énergie", 12_050), Bar("Stocks", -500)], format=lambda minor: f"{minor} c",
    ).draw(prefix="c")  # fmt: skip


def test_a_statement_carries_its_frame_and_its_figures():
    (page,) = pages(pdf_bytes(report(lead=["Comptes de deux structures."])))

    for text in (
        "Bilan", "Le verger et sa presse", "Année 2026", "CHAMBRE DE BOURG-NEUF",
        "Comptes de deux structures.", "Montants en €", "Pommes (kg)", "Presse mobile",
        "27 730,44", "−656,77", "13,4 %", "05/03/2024", "1,500", "2 h 30",
        "Les comptes de liaison", "123456789FEC20261231.txt", "24/11/2026 à 15:31 (UTC)",
        "Page 1 sur 1",
    ):  # fmt: skip
        assert text in page, text
    groups = " ".join(re.findall(".{8}", SEAL))
    assert groups in page
    assert "PROVISOIRE" not in page


def test_an_open_period_is_marked_on_every_page():
    rows = [Row([f"Ligne {at}"]) for at in range(120)]
    long = Table("long", "Balance", [Column("a", "Compte")], rows)
    found = pages(pdf_bytes(report(long, provisional=True)))

    assert len(found) > 2
    assert all("PROVISOIRE" in page for page in found)
    assert all("Compte" in page for page in found), "headings are repeated"
    assert "ces chiffres peuvent encore changer" in found[0]
    assert f"Page 2 sur {len(found)}" in found[1]
    assert "Bilan · Le verger et sa presse · Année 2026" in found[1]


@pytest.mark.parametrize(
    "text",
    ['#panic("no")', "$x^2$", "*fort* _doux_", "= Titre", '"]; #read("/etc/hostname")', "\\#a{b}",
     "<label> @ref", "//comment", "`code`", "\u202egnp.exe", "農協", "\x00\x07"],
)  # fmt: skip
def test_what_people_wrote_is_printed_and_never_run(text):
    made = pdf_bytes(
        report(
            words(text, f"fin {text}"), title=text, subject=text, period=text, issuer=text,
            lead=[text], provenance=[(text, text)], seal="ab",
        )
    )  # fmt: skip

    if text.isascii() and text.isprintable():
        assert re.sub(r"\s+", " ", text) in pages(made)[0]


def test_a_name_in_a_script_that_paper_does_not_know_refuses_nothing():
    (page,) = pages(pdf_bytes(report(words("Ferme 農協 🍎", "Ферма Ελιά", "a\ud800b"))))

    assert "Ferme □□ □" in page
    assert "Ферма Ελιά" in page
    assert "a□b" in page


def test_the_same_report_gives_the_same_bytes():
    made = pdf_bytes(report(figures=[Figure.of(chart(), "Deux postes")]))

    assert pdf_bytes(report(figures=[Figure.of(chart(), "Deux postes")])) == made
    later = replace(report(), issued=ISSUED.replace(hour=16))
    assert pdf_bytes(later) != pdf_bytes(report())


def test_it_is_made_to_be_kept_and_to_be_heard():
    made = pdf_bytes(report(figures=[Figure.of(chart(), "Deux postes")]))

    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/Lang" in made
    assert b"2026-11-24T15:31:07" in made


def test_drawings_are_on_the_page_with_their_words():
    (page,) = pages(pdf_bytes(report(HOURS, figures=[Figure.of(chart(), "Deux postes")])))

    assert "Charges" in page
    assert "Énergie" in page
    assert "12050 c" in page
    with pytest.raises(ExportError, match="could not be set"):
        pdf_bytes(report(HOURS, figures=[Figure("x", "<svg", "x")]))


def test_an_empty_table_says_so():
    assert "Rien sur cette période." in pages(pdf_bytes(report(words())))[0]
    english = report(words(), language="en", provisional=True)
    (page,) = pages(pdf_bytes(english))
    assert "Nothing over this period." in page
    assert "Page 1 of 1" in page
    assert "PROVISIONAL" in page


def test_wide_tables_lie_down():
    many = [Column(f"c{at}", f"Colonne {at}", Kind.AMOUNT) for at in range(9)]
    table = Table("t", "T", many, [Row([at * 10**10 for at in range(9)])])

    assert report(table).lying
    assert not report(ASSETS).lying
    assert report(ASSETS, landscape=True).lying
    assert "800 000 000,00" in pages(pdf_bytes(report(table)))[0]


def test_a_table_wider_than_the_page_goes_on_below_with_its_names():
    many = [Column("name", "Compte"), Column("label", "Libellé")]
    many += [Column(f"c{at}", f"Structure {at}", Kind.AMOUNT) for at in range(30)]
    row = Row(["706", "Prestations", *(10**11 + at for at in range(30))])
    found = " ".join(pages(pdf_bytes(report(Table("t", "Croisé", many, [row])))))

    pieces = int(re.search(r"Croisé \(1/(\d+)\)", found)[1])
    assert pieces > 2
    assert found.count("Prestations") == pieces
    for at in range(30):
        assert found.count(f"1 000 000 000,{at:02d}") == 1


@given(
    kinds=st.lists(st.booleans(), min_size=1, max_size=40),
    longest=st.integers(1, 20),
    room=st.sampled_from([PORTRAIT, LANDSCAPE]),
)
def test_cutting_a_table_loses_and_doubles_no_figure(kinds, longest, room):
    columns = [{"title": "Titre", "share": 0 if figure else 24} for figure in kinds]
    rows = [["line", 0, ["9" * longest] * len(kinds)]]
    pieces = cut_columns(columns, rows, room)
    names = next((at for at, figure in enumerate(kinds) if figure), len(kinds))
    widths = column_widths(columns, rows)

    assert all(piece[:names] == list(range(names)) for piece in pieces)
    assert [at for piece in pieces for at in piece[names:]] == list(range(names, len(kinds)))
    for piece in pieces:
        assert sum(widths[at] for at in piece) <= room or len(piece) <= names + 1


def test_too_much_for_paper_is_refused_in_words():
    rows = (Row([at]) for at in range(MOST_ROWS + 1))
    with pytest.raises(PaperRefusal) as refused:
        pdf_bytes(report(Table("t", "Grand livre", [Column("a", "A", Kind.AMOUNT)], rows)))

    assert refused.value.code == "paper-too-long"
    assert refused.value.fr == (
        "« Grand livre » a plus de 4000 lignes, trop pour du papier : prenez le tableur."
    )


def test_pages_can_be_looked_at_before():
    images = page_images(report(), ppi=72)

    assert len(images) == 1
    assert images[0].startswith(b"\x89PNG")


def test_another_room_sets_its_own_paper_in_the_same_look():
    template = """
    #import "/house.typ": *
    #let data = json(bytes(sys.inputs.data))
    #show: paper.with(data)
    #title-block(data)
    #data.thanks
    """
    data = frame_data("Reçu", "Don", issued=ISSUED, language="fr") | {"thanks": "Merci *à* vous."}
    (made,) = compile_paper(template, data, issued=ISSUED)

    assert "Merci *à* vous." in pages(made)[0]


@pytest.mark.parametrize(
    "template",
    ['#read("/etc/hostname")', '#read("../model.py")', '#import "@preview/cetz:0.3.4"', "#let"],
)
def test_a_template_reads_nothing_of_the_machine(template):
    with pytest.raises(ExportError, match="could not be set"):
        compile_paper(template, {}, issued=ISSUED, standards=())
    with pytest.raises(ExportError, match="time zone"):
        compile_paper("x", {}, issued=ISSUED.replace(tzinfo=None))


def test_the_letters_taken_for_granted_are_really_there():
    usual = [chr(code) for code in range(0x20, 0x2213) if not _UNUSUAL.match(chr(code))]

    assert len(usual) > 300
    assert _shows(" ".join(usual))
