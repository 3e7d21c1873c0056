"""The models to start from: complete in both languages, each number with its origin."""

import pytest

from chambre.lib.modelling import ModelRefusal, read_model, simulate, write_model
from chambre.lib.modelling.presets import SLUGS, preset, preset_text, presets


@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_is_complete_in_both_languages(slug):
    model = preset(slug)

    assert model.slug == slug
    for text in (model.title, model.resource, model.need, model.summary, model.ask):
        assert text.fr
        assert text.en
        assert text.fr != text.en
    for each in model.figures():
        if each.owner:
            assert each.owner.fr
            assert each.owner.en


@pytest.mark.parametrize("slug", SLUGS)
def test_every_range_of_a_preset_says_where_it_comes_from(slug):
    for each in preset(slug).ranges():
        assert each.figure.source or each.figure.assumption, each.key


@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_is_neither_without_hope_nor_without_risk(slug):
    result = simulate(preset(slug), 500, 1)

    assert 0 < result.below_zero.share < 500
    assert result.cash[-1].p50 > 0
    assert result.years[-1].surplus.p50 > 0


@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_survives_being_written_and_read(slug):
    assert read_model(write_model(preset(slug))) == preset(slug)
    assert "assumption" in preset_text(slug)


def test_there_are_no_others():
    assert [model.slug for model in presets()] == list(SLUGS)
    with pytest.raises(ModelRefusal, match="There is no model"):
        preset("../secret")
