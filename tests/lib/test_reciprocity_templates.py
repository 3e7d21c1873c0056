"""The templates: each reads, says all in both languages, and says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chambre.lib.reciprocity import Text, digest, read, write
from chambre.lib.reciprocity import templates as shelf
from chambre.lib.reciprocity.values import write_decimal


@pytest.mark.parametrize("slug", shelf.slugs())
def test_a_template_says_all_in_both_languages(slug: str) -> None:
    contract = shelf.contract(slug)

    texts = list(_texts(contract))

    assert contract.slug == slug
    assert contract.title
    assert contract.summary
    assert contract.fits
    for text in texts:
        assert bool(text.fr) == bool(text.en), text
        if text and len(text.fr) > 20:
            assert text.fr != text.en
    labels = {step.name: step.label for step in contract.steps}
    labels |= {owed.name: owed.label for owed in contract.counterparts}
    labels |= {each.name: each.label for each in contract.classes}
    for name, label in labels.items():
        assert label, name
    for each in contract.classes:
        if any(test.word != "class" for test in (*each.all, *each.any)):
            assert each.evidence, each.name


def _texts(value: Any) -> Iterator[Text]:
    """Every text for people within a contract."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))


@pytest.mark.parametrize("slug", shelf.slugs())
def test_a_template_survives_being_written_anew(slug: str) -> None:
    contract = shelf.contract(slug)

    assert digest(read(write(contract))) == digest(contract)


def test_all_but_the_blank_one_name_their_source() -> None:
    found = shelf.templates()

    assert [each.slug for each in found] == list(shelf.slugs())
    assert found[-1].slug == shelf.BLANK
    assert not found[-1].source
    for each in found[:-1]:
        assert each.source
        assert each.url.startswith("http")
        source = shelf.contract(each.slug).source
        assert source is not None
        assert "Repris" in source.note.fr


def test_the_figures_of_the_sources() -> None:
    royalty = shelf.contract("redevance-diffusion").counterparts[0]
    ladder = shelf.contract("echelle-alternatives")
    founders = shelf.contract("fondateurs-rembourses")
    host = shelf.contract("hebergement").step("accueil")

    assert royalty.rate is not None
    assert (write_decimal(royalty.rate.value), royalty.of) == ("5000", "diffusion")
    assert ladder.counterparts[0].rate is not None
    assert write_decimal(ladder.counterparts[0].rate.value) == "10000000"
    assert ladder.unit == "GBP"
    assert founders.step("fondateurs").cap == 25_000_000
    labour, use = founders.step("travail").share, founders.step("usage").share
    assert (labour, (1 - labour) * use) == (labour, labour)
    assert (1 - labour) * (1 - use) * 100 == 30
    assert host.share * 100 == 8


def test_no_template_of_that_name() -> None:
    with pytest.raises(KeyError):
        shelf.text("../pyproject")
    with pytest.raises(KeyError):
        shelf.facts("inconnu")
