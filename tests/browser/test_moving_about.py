"""Menus, switches and refusals, as a person meets them."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString
from playwright.sync_api import expect
from tests.browser.harness import PHONE, assert_accessible, shoot

from chambre.core.ui import slots
from chambre.core.ui.slots import DemoPerson, MenuEntry, Panel

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def menu(monkeypatch):
    """A main menu as full as it will be."""
    entries = [
        MenuEntry(label, url, section=section, order=order, icon=icon)
        for order, (label, url, section, icon) in enumerate(
            [
                ("Ressources", "ui:source", "register", "resource"),
                ("Structures", "account_email", "register", "structure"),
                ("Chambres", "mfa_index", "register", "chamber"),
                ("États", "ui:kit", "accounts", "statement"),
                ("Règles", "account_change_password", "accounts", "rule"),
                ("Travaux", "ui:legal", "house", "job"),
            ]
        )
    ]
    monkeypatch.setattr(slots, "_menu", entries)


@pytest.fixture
def people(monkeypatch, make_user):
    """The four invented people."""
    four = [
        DemoPerson("ada@exemple.test", "Ada Marchal", "Tient les comptes du Verger partagé."),
        DemoPerson("noe@exemple.test", "Noé Lemoine", "Anime la chambre et confie les rôles."),
        DemoPerson("ines@exemple.test", "Inès Fabre", "Membre : lit, propose, ne change rien."),
        DemoPerson("luc@exemple.test", "Luc Perrin", "S’occupe de la machine."),
    ]
    for person in four:
        make_user(person.email, name=person.name)
    monkeypatch.setattr(slots, "_demo", [lambda: four])
    return four


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_four_people_are_at_the_door(visitor, people, theme):
    page = visitor.open("/", theme=theme)

    shoot(page, f"home-people-{theme}")
    assert_accessible(page)
    page.get_by_role("button", name="Entrer comme Inès Fabre").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour, Inès Fabre")


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_the_dashboard(visitor, menu, make_user, monkeypatch, language, theme):
    person = make_user(name="Ada Marchal")
    page = visitor.open("/", user=person, language=language, theme=theme)
    shoot(page, f"dashboard-empty-{language}-{theme}")
    assert_accessible(page)

    panel = Panel("waiting", lambda request: SafeString("<h2>Trois choses</h2>"))
    monkeypatch.setattr(slots, "_panels", [panel])
    page.reload()

    shoot(page, f"dashboard-{language}-{theme}")
    assert_accessible(page)


def test_menus_open_one_at_a_time_and_close_with_escape(visitor, menu, make_user):
    page = visitor.open("/ui/", user=make_user(name="Ada Marchal"))
    wide = page.locator(".menu-wide")

    wide.get_by_text("Registre").click()
    expect(wide.get_by_role("link", name="Structures")).to_be_visible()
    page.screenshot(path="test-results/menu-1280.png")
    wide.get_by_text("Comptes").click()
    expect(wide.get_by_role("link", name="Structures")).to_be_hidden()
    expect(wide.get_by_role("link", name="États")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")

    expect(wide.get_by_role("link", name="États")).to_be_hidden()
    expect(wide.get_by_text("Comptes")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_phone_needs_no_script(visitor, menu, make_user, scripts):
    page = visitor.open("/", user=make_user(name="Ada"), width=PHONE, scripts=scripts)

    page.locator(".menu-phone > summary").click()

    expect(page.locator(".menu-phone").get_by_role("link", name="Chambres")).to_be_visible()
    page.screenshot(path=f"test-results/menu-{PHONE}.png")


@pytest.mark.parametrize("scripts", [True, False])
def test_language_and_theme_are_kept_without_a_script(visitor, scripts):
    page = visitor.open("/mentions-legales/", scripts=scripts)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Legal notice and privacy")

    page.locator("summary", has_text="Light or dark").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/code-source/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_reaches_the_content_at_once(visitor):
    page = visitor.open("/code-source/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_tabs_change_in_place_and_each_has_its_address(visitor):
    page = visitor.open("/ui/")
    page.evaluate("window.stayed = true")

    page.get_by_role("link", name="Règles", exact=True).click()
    expect(page.get_by_text("Ce qui a été convenu.")).to_be_visible()
    assert page.evaluate("window.stayed")
    assert page.url.endswith("/ui/?tab=rules")
    page.go_back()
    expect(page.get_by_text("Qui s’en est servi, et quand.")).to_be_visible()

    bare = visitor.open("/ui/?tab=rules", scripts=False)
    expect(bare.get_by_text("Ce qui a été convenu.")).to_be_visible()


def test_an_unknown_address(visitor):
    visitor.expected.add(404)
    page = visitor.open("/rien-ici/")

    shoot(page, "problem-404")
    assert_accessible(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Il n’y a rien ici")


def test_a_statement_prints_without_the_furniture_of_the_site(visitor):
    page = visitor.open("/ui/", theme="dark")
    page.emulate_media(media="print")

    assert not page.locator(".site-head").is_visible()
    assert not page.locator(".demo-banner").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.pdf(path="test-results/print.pdf", format="A4", prefer_css_page_size=True)


def test_strong_contrast_and_forced_colours(visitor):
    page = visitor.open("/ui/", contrast="more")
    assert_accessible(page)

    forced = visitor.open("/ui/", forced_colors="active")
    forced.screenshot(path="test-results/kit-forced-1280.png")
