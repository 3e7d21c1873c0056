"""Tags, slots, the style sheet and what is shipped with the pages."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chambre.core.actors import Actor
from chambre.core.ui import kit, slots, text
from chambre.lib.charts import Bar, Bars, stylesheet

STATIC = Path(text.__file__).resolve().parents[1] / "static"
CSS = (STATIC / "ui" / "chambre.css").read_text(encoding="utf-8")


def render(source, **context):
    return Template(source).render(Context(context))


@pytest.fixture
def empty_slots(monkeypatch):
    monkeypatch.setattr(slots, "_menu", [])
    monkeypatch.setattr(slots, "_panels", [])
    monkeypatch.setattr(slots, "_tabs", {})
    monkeypatch.setattr(slots, "_demo", [])


def request_of(user=None, path="/", **query):
    request = RequestFactory().get(path, query)
    request.user = user or AnonymousUser()
    request.actor = Actor.of(request.user)
    return request


# What people write ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://ailleurs.test/pixel.png)",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="https://x.test" style="color:red" onclick="x()">x</a>',
    ],
)
def test_markdown_runs_nothing_and_loads_nothing(attack):
    html = text.markdown(attack)

    tags = re.findall(r"<[^>]*>", html)
    assert not any(
        bad in tag
        for tag in tags
        for bad in ("script", "img", "javascript:", "data:", "onerror", "style", "onclick")
    )


def test_markdown_headings_stay_below_the_page_s_own():
    assert text.markdown("# Un\n\n## Deux") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    assert render("{{ t|markdown:3 }}", t="# Un") == "<h4>Un</h4>\n"
    assert text.markdown("###### Six") == "<h6>Six</h6>\n"


def test_markdown_keeps_tables_and_links():
    html = text.markdown("[Verger](/ressources/verger/)\n\n| a | b |\n|---|---|\n| 1 | 2 |")

    assert 'href="/ressources/verger/"' in html
    assert "<td>2</td>" in html


# Tags -------------------------------------------------------------------------------------


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "book" %}')
    labelled = render("{% icon 'book' label %}", label='Livre "vert"')
    assert 'role="img" aria-label="Livre &quot;vert&quot;"' in labelled


def test_every_icon_named_anywhere_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "ui" / "icons.svg").read_text()))
    package = STATIC.parents[1]
    named = {
        name
        for page in package.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon ["\']([\w-]+)["\']', page.read_text(encoding="utf-8"))
    }

    assert set(kit.ICONS) == drawn
    assert named - drawn == set()
    assert {entry.icon for entry in slots._menu if entry.icon} - drawn == set()


def test_plain_words_come_first_and_the_term_beside_them():
    html = render('{% plain_term "ce que le verger possède" "actif" %}')

    assert html.index("possède") < html.index("actif")
    assert 'class="term"' in html


def test_a_chart_never_goes_without_its_numbers():
    drawn = Bars(
        title="Charges <2026>",
        description="d",
        empty="e",
        header=("Poste", "Montant"),
        bars=[Bar("Énergie & eau", 12050, href="/lignes/")],
        format=str,
    ).draw(prefix="c")

    html = render("{% chart c %}", c=drawn)

    assert html.count("<svg") == 1
    assert '<td class="num"><a href="/lignes/">12050</a></td>' in html or "12050</a>" in html
    assert "Charges &lt;2026&gt;" in html
    assert "style=" not in html
    assert "<details" in html
    assert "open" in render("{% chart c open=True %}", c=drawn).split("<summary")[0]


def test_a_pager_keeps_the_filters():
    page = Paginator(range(500), 10).page(25)

    html = render("{% pager page %}", page=page, request=request_of(q="verger", page="25"))

    assert "241 à 250 sur 500" in html
    assert re.search(r'href="\?q=verger&amp;page=24"\s+rel="prev"', html)
    assert 'aria-current="page">25<' in html


def test_a_list_of_one_page_has_no_links():
    page = Paginator(range(5), 10).page(1)

    assert "<a " not in render("{% pager page %}", page=page, request=request_of())


def test_a_query_string_with_changes():
    request = request_of(q="a b", tab="x", page="3")

    assert render("{% with_query page=1 tab=None %}", request=request) == "?q=a+b&amp;page=1"


# Slots ------------------------------------------------------------------------------------


def test_the_menu_shows_what_may_be_followed(empty_slots):
    slots.add_menu(slots.MenuEntry("Source", "ui:source", section="house"))
    slots.add_menu(slots.MenuEntry("Secret", "ui:legal", permission="core.nobody_has_this"))
    slots.add_menu(slots.MenuEntry("Accueil", "home", section="register"))

    sections = slots.menu_sections(Actor.of(None), "/code-source/")

    assert [section.name for section in sections] == ["register", "house"]
    assert [link.current for section in sections for link in section.links] == [False, True]


def test_only_the_open_tab_is_rendered(empty_slots):
    rendered = []

    def tab(name, shown=None):
        def body(request, obj):
            rendered.append(name)
            return format_html("<p>{} of {}</p>", name, obj)

        return slots.Tab(name, name.title(), body, shown=shown)

    slots.add_tab("thing", tab("uses"))
    slots.add_tab("thing", tab("rules"))
    slots.add_tab("thing", tab("secret", shown=lambda request, obj: False))

    html = render('{% tabs "thing" obj %}', obj="it", request=request_of(tab="rules"))

    assert rendered == ["rules"]
    assert "<p>rules of it</p>" in html
    assert "Secret" not in html
    assert render('{% tabs "thing" obj %}', obj="it", request=request_of(tab="secret")).count(
        "uses of it"
    )
    assert render('{% tabs "nothing" obj %}', obj="it", request=request_of()) == ""


def test_strangers_get_the_public_panels_only(empty_slots, make_user):
    slots.add_panel(slots.Panel("mine", lambda request: SafeString("<h2>Mine</h2>")))
    slots.add_panel(slots.Panel("all", lambda request: SafeString("<h2>All</h2>"), public=True))
    slots.add_panel(slots.Panel("none", lambda request: "", public=True))

    stranger = render("{% panels %}", request=request_of())
    member = render("{% panels %}", request=request_of(make_user()))

    assert "<h2>All</h2>" in stranger
    assert "Mine" not in stranger
    assert "Mine" in member
    assert "panel-none" not in member


# What is shipped --------------------------------------------------------------------------


def test_what_others_made_is_what_we_say_it_is():
    vendor = STATIC / "vendor"
    listed = tomllib.loads((vendor / "vendor.toml").read_text(encoding="utf-8"))["package"]

    for package in listed:
        folder = vendor / package["folder"]
        found = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
        }
        assert found == package["sha256"]
        assert (folder / package["licence_file"]).is_file()
    assert {path.name for path in vendor.iterdir() if path.is_dir()} == {
        package["folder"] for package in listed
    }


def test_the_style_of_charts_is_the_one_that_the_library_gives():
    css = (STATIC / "ui" / "charts.css").read_text(encoding="utf-8")

    body = "\n".join(f"  {line}" if line else line for line in stylesheet().splitlines())
    assert css.endswith(f"@layer charts {{\n{body}\n}}\n")


def test_every_file_named_in_the_style_sheet_is_there():
    for address in re.findall(r'url\("([^"]+)"\)', CSS):
        assert (STATIC / "ui" / address).resolve().is_file(), address
    assert "http" not in CSS


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}, #\w{6})\)", CSS))
TEXT_ON = [
    (ink, ground)
    for ink in ("ink", "ink-2", "accent", "accent-strong", "good", "warn", "danger")
    for ground in ("paper", "sheet", "sunk")
] + [
    ("on-accent", "accent"),
    ("on-accent", "danger"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("danger", "danger-soft"),
    ("accent-strong", "accent-soft"),
    ("ink", "warn-soft"),
]


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
@pytest.mark.parametrize("theme", [0, 1])
def test_text_can_be_read_on_every_ground(ink, ground, theme):
    colours = [TOKENS[name].split(", ")[theme] for name in (ink, ground)]

    assert contrast(*colours) >= 4.5


@pytest.mark.parametrize("name", ["rule-strong", *(f"series-{n}" for n in range(1, 9))])
@pytest.mark.parametrize("theme", [0, 1])
def test_lines_and_series_stand_out(name, theme):
    colour, paper = (TOKENS[token].split(", ")[theme] for token in (name, "paper"))

    assert contrast(colour, paper) >= 3


def test_a_browser_without_light_dark_gets_the_light_colours():
    light = dict(re.findall(r"^    --([a-z0-9-]+): (#\w{6});", CSS, re.MULTILINE))

    for name, pair in TOKENS.items():
        assert light[name] == pair.split(", ")[0], name


def test_no_page_carries_style_or_script_of_its_own():
    package = STATIC.parents[1]

    for page in package.rglob("templates/**/*.html"):
        source = page.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=[\"']", source), page
        for attributes in re.findall(r"<script([^>]*)>", source):
            data = "application/json" in attributes or "application/ld+json" in attributes
            assert "src=" in attributes or data, page
