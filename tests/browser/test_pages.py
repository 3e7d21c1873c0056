"""The house's own pages, in both languages, light and dark, on a phone and on a desktop screen."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

PUBLIC = {
    "home": "/",
    "sign-in": "/compte/login/",
    "sign-up": "/compte/signup/",
    "kit": "/ui/",
    "source": "/code-source/",
    "accessibility": "/accessibilite/",
    "legal": "/mentions-legales/",
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PUBLIC)
def test_pages_for_everybody(visitor, demo, name, language):
    page = visitor.open(PUBLIC[name], language=language)

    assert page.locator("html").get_attribute("lang") == language
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        shoot(page, f"{name}-{language}-{theme}")
        assert_accessible(page)
    assert_zooms(page)
