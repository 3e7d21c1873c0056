"""HTML exports: one file that stands alone and says nothing that was not escaped."""

import datetime as dt
import re

from chambre.lib import exports
from chambre.lib.exports import Column, Kind, Report, Role, Row, Table

AT = dt.datetime(2025, 3, 1, 10, 0, tzinfo=dt.UTC)


def report(**more):
    table = Table(
        "cash",
        "Argent",
        [Column("what", "Poste"), Column("net", "Net", kind=Kind.AMOUNT, dash=True)],
        [
            Row(("<b>Ventes</b>", 123_456), level=1),
            Row(("Titre", None), role=Role.HEADING),
            Row(("Rien", 0)),
        ],
        [Row(("Ensemble", -5), role=Role.TOTAL)],
        notes=["À savoir"],
    )
    return Report(title="Comptes", subject="Verger", tables=[table], issued=AT, **more)


def test_a_page_says_every_figure_and_escapes_every_word():
    html = exports.html_bytes(report()).decode()

    assert '<tr class="l1"><th scope="row">&lt;b&gt;Ventes&lt;/b&gt;</th>' in html
    assert '<td class="num">1 234,56</td>' in re.sub("[\u202f\u00a0]", " ", html)
    assert '<tr class="total"><th scope="row">Ensemble</th><td class="num">−0,05</td>' in html
    assert "Montants en €" in html
    assert '<html lang="fr">' in html


def test_a_page_needs_nothing_from_elsewhere_and_is_the_same_each_time():
    html = exports.html_bytes(report()).decode()

    assert not re.search(r"<script|<link|<img|https?://|@import", html)
    assert exports.html_bytes(report()) == exports.html_bytes(report())


def test_open_years_are_marked():
    assert 'class="mark"' not in exports.html_bytes(report()).decode()
    assert 'class="mark"' in exports.html_bytes(report(provisional=True)).decode()


def test_an_empty_table_says_so():
    table = Table("t", "Rien", [Column("what", "Poste")], [])
    html = exports.html_bytes(
        Report(title="T", subject="S", tables=[table], issued=AT, language="en")
    ).decode()

    assert "Nothing over this period." in html
