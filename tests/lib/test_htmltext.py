"""Text of web pages as Markdown: what it says stays, what runs or is loaded goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.htmltext import html_to_markdown, html_to_text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Cueillies <b>mûres</b>.</p><p>Du <em>verger</em></p>",
         "Cueillies **mûres**.\n\nDu *verger*"),
        ("<h2>Conseil</h2>À garder<br>au frais", "## Conseil\n\nÀ garder\\\nau frais"),
        ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
        ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
        ('<a href="https://ferme.test/a">ici</a>', "[ici](https://ferme.test/a)"),
        ("a\n\nb", "a\n\nb"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_it_says_stays(html, markdown):
    assert html_to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<script>alert(1)</script>pommes", "pommes"),
        ("<style>p{}</style><img src=x onerror=alert(1)>poires", "poires"),
        ('<a href="javascript:alert(1)">ici</a>', "ici"),
        ('<a href="https://a.test/) [x](javascript:1">ici</a>', "ici"),
        ("&lt;script&gt;1&lt;/script&gt;", "\\<script\\>1\\</script\\>"),
        ("<iframe src='//x'></iframe>", ""),
    ],
)
def test_what_runs_goes(html, markdown):
    assert html_to_markdown(html) == markdown


def test_signs_mean_what_they_are():
    assert html_to_markdown("<p>2 * 3 * 4, a_b_c</p><p># 1</p>") == (
        "2 \\* 3 \\* 4, a\\_b\\_c\n\n\\# 1"
    )


def test_marks_are_tight_and_never_around_nothing():
    assert html_to_markdown("a <b> x </b>y <i></i>") == "a  **x** y"
    assert html_to_markdown("<b>open") == "open"


def test_plain_text_has_no_marks():
    assert html_to_text("<p>Des <b>pommes</b> &amp; poires</p><p>* bio</p>") == (
        "Des pommes & poires\n\n* bio"
    )


@given(st.text())
def test_anything_can_be_read(html):
    assert "\x00" not in html_to_markdown(html) + html_to_text(html)
