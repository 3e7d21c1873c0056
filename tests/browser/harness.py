"""Looking at pages in a real browser: pictures, axe, and what must never happen."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

from axe_playwright_python.base import AXE_SCRIPT as AXE
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
PICTURES = os.environ.get("CHAMBRE_PICTURES") == "1"
PHONE, DESKTOP = 390, 1280
WIDTHS = {PHONE: 844, DESKTOP: 900}
"""Width and height of the two screens for which every page is designed, in CSS pixels."""

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def find_chromium() -> str | None:
    """Where a Chromium is on this machine, or None. ``CHAMBRE_CHROMIUM`` decides when set."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    given = os.environ.get("CHAMBRE_CHROMIUM")
    return given or next((found for name in names if (found := shutil.which(name))), None)


def sandbox() -> list[str]:
    """Arguments that root needs: it has to give the browser's sandbox up."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


@contextmanager
def start_chromium(executable: str) -> Iterator[Browser]:
    """A browser without a window; as root it has to give its sandbox up."""
    # Playwright's loop runs in this thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=sandbox())
        yield browser
        browser.close()


Kind = tuple[str, str, bool]
"""Language, theme, and whether scripts run: what is decided when a screen is made."""
SPENT: WeakSet[BrowserContext] = WeakSet()
"""Screens on which something was installed that the next person should not find there."""


class Visitor:
    """Somebody at a screen. What goes wrong meanwhile is kept and told at the end.

    A screen that did nothing unusual is wiped afterwards and lent to the next one who needs such a
    one: starting one, and fetching what all pages share, takes longer than most pages.

    Attributes:
        troubles: Errors on the console, failed and foreign requests, one line each.
    """

    def __init__(self, browser: Browser, base: str, idle: dict[Kind, list[Page]]) -> None:
        self.browser = browser
        self.base = base
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        self._idle = idle
        self._lent: list[tuple[Kind, Page]] = []
        self._contexts: list[BrowserContext] = []
        self._ears: list[tuple[Page, dict[Any, Any]]] = []

    def open(
        self,
        path: str = "/",
        *,
        language: str = "fr",
        theme: str = "light",
        width: int = DESKTOP,
        user: Any = None,
        scripts: bool = True,
        **context: Any,
    ) -> Page:
        """Open a page of the Chamber on a screen of its own.

        Args:
            path: Address below the server's.
            language: Language that the browser asks for.
            theme: ``light`` or ``dark``: what the system prefers.
            width: Of the screen; see :data:`WIDTHS`.
            user: Sign in as this person first.
            scripts: Whether JavaScript runs.
            **context: Anything else for Playwright's ``new_context``.
        """
        kind = (language, theme, scripts)
        page = self._idle[kind].pop() if self._idle[kind] and not context else None
        page = page or self._make(kind, context)
        if not context:
            self._lent.append((kind, page))
        page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 900)})
        if user is not None:
            page.context.add_cookies([self._session_of(user)])
        self._watch(page)
        page.goto(path)
        return page

    def _make(self, kind: Kind, context: dict[str, Any]) -> Page:
        language, theme, scripts = kind
        opened = self.browser.new_context(
            base_url=self.base,
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
            timezone_id="Europe/Paris",
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
            **context,
        )
        self._contexts.append(opened)
        return opened.new_page()

    def _session_of(self, user: Any) -> Any:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": client.cookies[name].value, "url": self.base}

    def _watch(self, page: Page) -> None:
        own = urlsplit(self.base).netloc

        def heard(message: Any) -> None:
            expected = any(f"status of {status}" in message.text for status in self.expected)
            if message.type in ("error", "warning") and not expected:
                self.troubles.append(f"console on {page.url}: {message.text}")

        def asked(request: Any) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob") and parts.netloc != own:
                self.troubles.append(f"request to another host: {request.url}")

        def answered(response: Any) -> None:
            if response.status >= 400 and response.status not in self.expected:
                self.troubles.append(f"{response.status} for {response.url}")

        def broke(error: Any) -> None:
            self.troubles.append(f"script: {error}")

        listening = {"console": heard, "pageerror": broke, "request": asked, "response": answered}
        for name, listener in listening.items():
            page.on(name, listener)
        self._ears.append((page, listening))

    def close(self) -> None:
        """Wipe the screens that can be lent again, and close the others."""
        wiped = set()
        for kind, page in self._lent:
            if self._wipe(kind, page):
                wiped.add(page.context)
                self._idle[kind].append(page)
        for page, listening in self._ears:
            for name, listener in listening.items():
                page.remove_listener(name, listener)
        for context in [page.context for _kind, page in self._lent] + self._contexts:
            if context not in wiped:
                context.close()

    def _wipe(self, kind: Kind, page: Page) -> bool:
        """Make a screen as new; False where somebody left more on it than can be taken away."""
        context = page.context
        if context in SPENT or context.pages != [page] or context.service_workers:
            return False
        if page.url.startswith(self.base):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.goto("about:blank")
        page.emulate_media(media="null", color_scheme=kind[1])
        context.clear_cookies()
        return True


def with_authenticator(page: Page) -> None:
    """A fingerprint reader that always recognises its owner."""
    SPENT.add(page.context)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter_with_a_passkey(visitor: Visitor, user: Any) -> Page:
    """Sign in with a code sent by e-mail and add a passkey, on a device that has a fingerprint reader."""
    page = visitor.open("/compte/login/")
    with_authenticator(page)
    page.get_by_label("Votre adresse électronique").fill(user.email)
    page.get_by_role("button", name="M’envoyer un code").click()
    code = re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE)
    assert code
    page.locator("input[name=code]").fill(code[1])
    page.locator("form.form").get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile(r"^(?!.*/login/)"))
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Nom de cette clé").fill("Téléphone")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/2fa/(?!webauthn/add/)"))
    return page


def shoot(page: Page, name: str) -> None:
    """Show the whole page on a phone and on a desktop screen; it may not be wider than either.

    With ``CHAMBRE_PICTURES=1`` pictures to look at are kept in ``test-results/``.
    """
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("window.scrollTo(0, 0)")
        assert_fits(page)
        if PICTURES:
            RESULTS.mkdir(exist_ok=True)
            page.screenshot(path=RESULTS / f"{name}-{width}.png", full_page=True)


def assert_for_everybody(page: Page, path: str, picture: str) -> None:
    """Go there: it is accessible, stays within reach zoomed, and fits the screens of :func:`shoot`."""
    page.goto(path)
    assert_accessible(page)
    assert_zooms(page)
    shoot(page, picture)


def assert_fits(page: Page) -> None:
    """No sideways scrolling of the whole page, whatever the width of the screen."""
    wide = page.evaluate(
        "() => { const room = document.documentElement.clientWidth;"
        " if (document.documentElement.scrollWidth <= room) return [];"
        " return [...document.querySelectorAll('body *')]"
        "  .filter(e => e.getBoundingClientRect().right > room + 1)"
        "  .slice(0, 5).map(e => e.tagName + '.' + e.className); }"
    )
    assert not wide, f"{page.url} is wider than the screen: {wide}"


def assert_zooms(page: Page) -> None:
    """Everything stays within reach at 400 %: 1280 pixels zoomed are a screen of 320."""
    page.set_viewport_size({"width": 320, "height": 256})
    assert_fits(page)
    page.set_viewport_size({"width": DESKTOP, "height": WIDTHS[DESKTOP]})


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, by WCAG 2.2 AA and its own good practice."""
    # Half-way through a transition colours are those of neither state.
    page.evaluate(
        "() => Promise.allSettled(document.getAnimations()"
        ".filter(each => each instanceof CSSTransition).map(each => each.finished))"
    )
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run({json.dumps(AXE_OPTIONS)}).then(found => found.violations)")
    told = [
        f"{violation['id']}: {violation['help']}\n"
        + "\n".join(f"    {node['html'][:160]}" for node in violation["nodes"][:4])
        for violation in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
