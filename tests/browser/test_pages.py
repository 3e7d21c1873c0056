"""The house's own pages, in both languages, light and dark, on a phone and on a desktop screen."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

LOOKS = [("fr", "light"), ("fr", "dark"), ("en", "light"), ("en", "dark")]
PUBLIC = {
    "home": "/",
    "sign-in": "/compte/login/",
    "sign-up": "/compte/signup/",
    "kit": "/ui/",
    "source": "/code-source/",
    "accessibility": "/accessibilite/",
    "legal": "/mentions-legales/",
}


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("name", PUBLIC)
def test_pages_for_everybody(visitor, demo, name, language, theme):
    page = visitor.open(PUBLIC[name], language=language, theme=theme)

    assert page.locator("html").get_attribute("lang") == language
    shoot(page, f"{name}-{language}-{theme}")
    assert_accessible(page)
    assert_zooms(page)
