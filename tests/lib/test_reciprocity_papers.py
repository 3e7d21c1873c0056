"""A contract on paper: signatures, digest, the words attached; the same contract, the same bytes."""

from __future__ import annotations

import datetime as dt
import io

import pypdfium2
import pytest

from chambre.lib.reciprocity import digest, read, templates
from chambre.lib.reciprocity.papers import PaperParty, Signed, contract_pdf

AT = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
INES = Signed("Inès Fabre", "trésorerie", "clé d’accès", AT)


def paper(slug: str, *parties: PaperParty, language: str = "fr") -> bytes:
    text = templates.text(slug)
    return contract_pdf(
        read(text), text, parties, title="Le four", subject="Four du moulin", number=2, issued=AT,
        language=language, verify="https://chambre.test/contrats/verifier/",
    )  # fmt: skip


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return " ".join(page.get_textpage().get_text_range() for page in document)


def test_a_copy_shows_who_signed_and_carries_the_words():
    content = paper(
        "semences", PaperParty("École", "ecole", (INES,)), PaperParty("Presse", missing=2)
    )

    found = words_of(content)
    assert "Inès Fabre, trésorerie, par clé d’accès" in found
    assert "encore 2 à signer" in found
    assert "Il manque une signature" in found
    assert digest(templates.contract("semences"))[7:15] in found
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    assert document.count_attachments() == 1
    attached = document.get_attachment(0)
    assert attached.get_name() == "contract.toml"
    assert bytes(attached.get_data()).decode() == templates.text("semences")


def test_a_signed_copy_is_not_called_provisional_and_is_the_same_each_time():
    party = PaperParty("École", signed=(INES,))
    assert paper("vierge", party) == paper("vierge", party)
    assert "signature" not in words_of(paper("vierge", party)).split("Signatures")[0]


@pytest.mark.parametrize("slug", templates.slugs())
def test_every_template_goes_on_paper_in_both_languages(slug: str):
    for language in ("fr", "en"):
        assert paper(slug, language=language).startswith(b"%PDF-1.7")
