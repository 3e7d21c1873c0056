"""A contract from a template to a signed copy, on a phone; every page at both sizes, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.harness import (
    PHONE,
    Visitor,
    assert_accessible,
    assert_zooms,
    enter_with_a_passkey,
    shoot,
)

from chambre.rooms.reciprocity.models import Contract, Signature
from chambre.rooms.reciprocity.services import changing
from chambre.rooms.reciprocity.tests.conftest import Commons, words
from chambre.rooms.reciprocity.tests.test_standing import BREACH


def address(name: str, *args: Any) -> str:
    return reverse(f"reciprocity:{name}", args=args)


@pytest.fixture
def commons(transactional_db: Any) -> Commons:
    """A course and those who may agree on it."""
    return Commons()


def code_in_the_letter() -> str:
    found = re.search(r"^ {4}(\d{6})$", mail.outbox[-1].body, re.MULTILINE)
    assert found
    return found[1]


def sign_with_a_code(page: Page, whom: str) -> None:
    page.get_by_role("link", name=f"Signer pour {whom}").click()
    expect(page.locator(".digest").first).to_contain_text("sha256:")
    page.get_by_role("button", name="M’envoyer un code").click()
    page.get_by_label("Le code de la lettre").fill(code_in_the_letter())
    page.get_by_role("button", name="Signer", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_template_to_a_signed_copy_on_a_phone(
    visitor: Visitor, commons: Commons, scripts: bool
) -> None:
    visitor.expected.add(422)
    ines = visitor.open("/contrats/", user=commons.ines.user, width=PHONE, scripts=scripts)
    ines.get_by_role("link", name="Choisir un modèle").first.click()
    ines.get_by_role("link", name="Commencer par lui – Redevance par diffusion").click()
    ines.get_by_label("Nom", exact=True).fill("Redevance du cours")
    ines.get_by_label("Ressource dont il s’agit").select_option(label="Le cours")
    ines.get_by_label("Structure qui tient l’argent").select_option(label="École des communs")
    ines.get_by_role("button", name="Faire le brouillon").click()

    expect(ines.get_by_role("heading", level=1)).to_have_text("Écrire le contrat")
    ines.locator("#counterpart-0 > summary").click()
    ines.locator("#counterpart-0-rate").fill("quarante")
    ines.get_by_role("button", name="Enregistrer").last.click()
    expect(ines.locator("#counterpart-0-rate-error")).to_be_visible()
    expect(ines.locator("#counterpart-0-rate")).to_have_value("quarante")
    ines.locator("#counterpart-0-rate").fill("40,00")
    ines.locator("#step-1 > summary").click()
    ines.locator("#step-1").get_by_role("button", name="Monter").click()
    expect(ines.locator("#step-0-name")).to_have_value("auteurs")
    ines.get_by_role("button", name="Enregistrer").last.click()
    expect(ines.get_by_text("40,00 € pour chaque diffusion").first).to_be_visible()

    ines.get_by_role("link", name="Proposer à la signature").click()
    ines.get_by_role("button", name="Une autre partie").click()
    ines.get_by_label("Qui", exact=True).nth(1).select_option(label="La Presse libre")
    ines.get_by_role("button", name="Le proposer").last.click()
    sign_with_a_code(ines, "École des communs")
    expect(ines.get_by_text("Il sera en vigueur quand tout le monde aura signé")).to_be_visible()

    omar = visitor.open(
        address("contract", "redevance-du-cours"),
        user=commons.omar.user,
        width=PHONE,
        scripts=scripts,
    )
    sign_with_a_code(omar, "La Presse libre")
    expect(omar.get_by_text("le contrat est en vigueur").first).to_be_visible()
    with omar.expect_download() as paper:
        omar.get_by_role("link", name="Exemplaire (PDF)").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    assert Contract.objects.get().state == "in-force"
    assert Signature.objects.count() == 2


def test_signing_with_a_passkey(visitor: Visitor, commons: Commons, settings: Any) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user: Any = commons.ines.user
    commons.offered()
    page = enter_with_a_passkey(visitor, user)
    page.goto(address("contract", "cours"))
    page.get_by_role("link", name="Signer pour École des communs").click()
    shoot(page, "contract-sign-passkey")
    assert_accessible(page)
    page.get_by_role("button", name="Signer avec la clé d’accès").click()

    expect(page.get_by_text("Il sera en vigueur quand tout le monde aura signé")).to_be_visible()
    assert Signature.objects.get().means == "passkey"


@pytest.mark.parametrize(("language", "theme"), [("fr", "light"), ("en", "dark")])
def test_every_page_is_seen_and_heard(
    visitor: Visitor, commons: Commons, language: str, theme: str
) -> None:
    signed = commons.signed(more=BREACH)
    commons.draft("brouillon")
    offered = commons.offered(slug="propose")
    other = words(more=BREACH).replace("5000", "6000")
    changing.propose(
        contract=signed, text=other, reason="Le prix monte", by=commons.by(commons.omar)
    )
    pages = {
        "list": address("contracts"),
        "templates": address("contract_templates"),
        "template": address("contract_template", "consigne-usagers"),
        "new": address("contract_new") + "?modele=semences",
        "upload": address("contract_upload"),
        "verify": address("contract_verify") + f"?empreinte={signed.current.digest}",
        "powers": address("contract_powers"),
        "signed": address("contract", "cours"),
        "draft": address("contract", "brouillon"),
        "version": address("contract_version", "cours", 2),
        "settle": address("contract_settle", "brouillon"),
        "write": address("contract_write", "brouillon"),
        "write-text": address("contract_write_text", "brouillon"),
        "offer": address("contract_offer", "brouillon"),
        "sign": address("contract_sign", "propose", commons.party(offered, commons.school).pk)
        + "?code=1",
        "ask": address("contract_ask", "cours"),
        "answer": address("contract_ask", "cours") + "?use=study",
        "uses": address("contract_uses", "cours"),
        "watch": address("contract_watch", "cours"),
        "propose": address("contract_propose", "propose"),
        "resource": reverse("registry:resource", args=["cours"]) + "?tab=contracts",
    }
    page = visitor.open("/", user=commons.ines.user, language=language, theme=theme)
    for name, where in pages.items():
        page.goto(where)
        for folded in page.locator("details.disclose, details.contract-row").all():
            folded.evaluate("each => { each.open = true }")
        shoot(page, f"contract-{name}-{language}")
        assert_accessible(page)
        assert_zooms(page)
