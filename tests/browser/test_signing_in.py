"""Coming in by code, by password and by passkey, in a real browser under the real policy."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Page, expect
from tests.browser.harness import PHONE, assert_accessible, shoot, with_authenticator

from chambre.core.models import User

ADDRESS = "ada@exemple.test"


@pytest.fixture
def ada(make_user):
    """Ada, whose address is confirmed."""
    person = make_user(ADDRESS, name="Ada Marchal", password="une longue phrase à elle")
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True, primary=True)
    return person


def code_of(message) -> str:
    """The code in a letter, as a person would copy it."""
    return re.search(r"^ {4}(\S+)$", message.body, re.MULTILINE)[1]


def ask_for_a_code(page: Page) -> str:
    page.get_by_label("Votre adresse électronique").fill(ADDRESS)
    page.get_by_role("button", name="M’envoyer un code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saisissez le code")
    return code_of(mail.outbox[-1])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_code_by_mail(visitor, ada, scripts):
    page = visitor.open("/compte/login/?next=/code-source/", width=PHONE, scripts=scripts)
    code = ask_for_a_code(page)
    letter = mail.outbox[-1]
    assert letter.to == [ADDRESS]
    assert letter.subject == f"{code} est votre code de connexion"
    assert letter.body.startswith("Bonjour,\n\nVoici votre code.")
    assert "Chambre, sur localhost" in letter.body
    if scripts:
        shoot(page, "sign-in-code")
        assert_accessible(page)

    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Se connecter").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Code source")
    expect(page.get_by_text("Ada Marchal").first).to_be_attached()


def test_a_wrong_code_is_refused_beside_the_field(visitor, ada):
    page = visitor.open("/compte/login/")
    ask_for_a_code(page)

    page.locator("input[name=code]").fill("FAUX00")
    page.locator("form.form").get_by_role("button", name="Se connecter").click()

    expect(page.locator(".field-error")).to_be_visible()
    expect(page.locator("input[name=code]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[name=code]")).to_have_value("FAUX00")
    shoot(page, "sign-in-wrong-code")
    assert_accessible(page)


def test_a_password(visitor, ada):
    page = visitor.open("/compte/login/")
    page.get_by_text("Utiliser un mot de passe").click()
    shoot(page, "sign-in-password")

    page.get_by_label("Mot de passe", exact=True).fill("une longue phrase à elle")
    page.locator("input[name=login]").fill(ADDRESS)
    page.get_by_role("button", name="Se connecter avec le mot de passe").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour, Ada Marchal")


def test_a_new_account_with_nothing_but_an_address(visitor, transactional_db):
    page = visitor.open("/compte/signup/")
    page.get_by_label("Votre nom").fill("Inès Fabre")
    page.locator("input[name=email]").fill("ines@exemple.test")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saisissez le code")

    page.locator("input[name=code]").fill(code_of(mail.outbox[-1]))
    page.get_by_role("button", name="Confirmer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour, Inès Fabre")
    assert not User.objects.get(email="ines@exemple.test").has_usable_password()


def test_a_passkey_is_added_and_then_opens_the_door(visitor, ada, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    page = visitor.open("/compte/login/")
    with_authenticator(page)
    code = ask_for_a_code(page)
    page.locator("input[name=code]").fill(code)
    page.locator("form.form").get_by_role("button", name="Se connecter").click()

    page.goto("/compte/2fa/")
    shoot(page, "security")
    assert_accessible(page)
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce toujours vous\u202f?")
    shoot(page, "reauthenticate")
    assert_accessible(page)
    page.locator("input[name=password]").fill("une longue phrase à elle")
    page.get_by_role("button", name="Confirmer").click()
    shoot(page, "passkey-add")
    expect(page.locator("input[name=passwordless]")).to_be_checked()
    page.get_by_role("button", name="Ajouter cette clé d’accès").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de récupération")
    shoot(page, "recovery-codes")
    assert_accessible(page)
    page.goto("/compte/2fa/webauthn/")
    shoot(page, "passkeys")
    assert_accessible(page)

    page.locator("summary", has_text="Ada Marchal").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto("/compte/login/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour, Ada Marchal")


def test_a_passkey_that_is_not_there_says_so(visitor, ada):
    page = visitor.open("/compte/login/")
    page.evaluate("void (navigator.credentials.get = () => Promise.reject(new Error('none')))")

    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_role("alert")).to_contain_text("La clé d’accès n’a pas fonctionné")


@pytest.mark.parametrize(
    ("name", "path"),
    [("addresses", "email/"), ("password", "password/change/"), ("totp", "2fa/totp/activate/")],
)
@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_the_pages_of_an_account(visitor, ada, name, path, language, theme):
    page = visitor.open(f"/compte/{path}", user=ada, language=language, theme=theme)

    shoot(page, f"account-{name}-{language}-{theme}")
    assert_accessible(page)
