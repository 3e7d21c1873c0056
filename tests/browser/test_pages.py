"""The house's own pages, in both languages, light and dark, on a phone and on a desktop screen."""

from __future__ import annotations

import pytest

from tests.browser.harness import assert_accessible, assert_zooms, shoot

LOOKS = [("fr", "light"), ("fr", "dark"), ("en", "light"), ("en", "dark")]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize(("name", "path"), [("home", "/"), ("sign-in", "/compte/login/")])
def test_pages_for_everybody(visitor, name, path, language, theme):
    page = visitor.open(path, language=language, theme=theme)

    assert page.locator("html").get_attribute("lang") == language
    shoot(page, f"{name}-{language}-{theme}")
    assert_accessible(page)
    assert_zooms(page)
