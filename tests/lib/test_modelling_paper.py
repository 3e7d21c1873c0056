"""What people read: sentences, drawings with their tables, and the four pages."""

import datetime as dt
import io
import re
from functools import cache

import pypdf
import pytest
from charts_support import assert_sound
from modelling_support import shop

from chambre.lib.modelling import simulate
from chambre.lib.modelling.explaining import explain, lever_name
from chambre.lib.modelling.picturing import (
    cash_chart,
    flows_chart,
    levers_chart,
    sharing_chart,
    years_chart,
)
from chambre.lib.modelling.presenting import present
from chambre.lib.modelling.presets import SLUGS, preset
from chambre.lib.modelling.sharing import compare
from chambre.lib.modelling.tables import rows
from chambre.lib.modelling.wording import figure, money, permille
from chambre.lib.reciprocity import templates

ISSUED = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


@cache
def simulated(slug):
    model = preset(slug)
    result = simulate(model, 400, 1)
    contracts = [templates.contract(name) for name in ("contributive-commons", "consigne-usagers")]
    return model, result, compare(model, result, contracts)


def words_of(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_is_presented_on_four_pages(slug, language):
    pages = words_of(present(*simulated(slug), language=language, issued=ISSUED))

    assert len(pages) == 4
    first, figures, simulation, sharing = pages
    title = preset(slug).title.in_language(language)
    assert title.split()[0] in first
    assert ("Le modèle en chiffres" if language == "fr" else "The model in figures") in figures
    assert ("La simulation" if language == "fr" else "The simulation") in simulation
    assert ("Ce qui est demandé" if language == "fr" else "What is asked") in sharing


def test_a_model_without_contract_or_funding_is_presented_too():
    model = shop()
    pages = words_of(present(model, simulate(model, 9, 1), issued=ISSUED))
    assert len(pages) == 4
    assert "Aucun contrat" in " ".join(pages[3].split())


def test_the_same_presentation_has_the_same_bytes():
    model = shop(opening={"low": 0, "high": 10_000})
    result = simulate(model, 9, 1)
    assert present(model, result, issued=ISSUED) == present(model, result, issued=ISSUED)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_every_drawing_is_sound_and_has_its_table(slug, language):
    model, result, comparison = simulated(slug)
    for number, spec in enumerate(
        [
            cash_chart(model, result, language),
            years_chart(model, result, language),
            levers_chart(result, language),
            flows_chart(model, language),
            sharing_chart(comparison, "EUR", language),
        ]
    ):
        for width in (960, 360):
            chart = spec.draw(prefix=f"c{number}", width=width)
            assert_sound(chart)
            assert chart.table.rows


def test_what_flows_in_a_usual_year_balances():
    for slug in SLUGS:
        links = flows_chart(preset(slug)).links
        come = sum(link.value for link in links if link.target == "resource")
        assert come == sum(link.value for link in links if link.source == "resource") > 0


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_sentences_are_whole_in_both_languages(slug, language):
    model, result, _comparison = simulated(slug)
    told = explain(model, result, language)

    assert {"cash", "volunteers", "lever", "assumptions"} <= set(told)
    for sentence in told.values():
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "None" not in sentence
        if language == "fr":
            assert not re.search(r"\S [:;!?€%»]|à partir de [ao]", sentence), sentence


def test_sentences_say_what_was_found():
    model = shop(price=[{"slug": "u", "name": "U", "amount": 600}])
    told = explain(model, simulate(model, 20, 1), "en")

    assert told["known"].startswith("After 2 years, cash is −€920. No number of the model")
    assert "In 100% of the runs, cash falls below zero" in told["below"]
    assert "December 2028, with −€920 in hand" in told["below"]
    assert told["shortfall"].startswith("With €1,000 more at the start")
    assert told["even-never"]


def test_french_months_are_elided():
    model = shop(starts=dt.date(2027, 9, 1), horizon=36)
    told = explain(model, simulate(model, 3, 1), "fr")
    assert "à partir d’août 2028" in told["even-sure"]


def test_figures_are_written_with_their_ranges():
    ranged = shop(
        segment=[{"slug": "a", "name": "A", "start": {"min": 8, "likely": 12, "max": 18}}],
        opening={"low": 100_000, "high": 250_050},
    )
    assert figure(ranged.segments[0].start, "EUR", "fr") == "12 (8 à 18)"
    assert figure(ranged.opening, "EUR", "en") == "€1,000 to €2,501"
    assert money(-1_250, "EUR", "fr", exact=True) == "−12,50\u00a0€"
    assert money(-40, "EUR", "fr") == "0\u00a0€"


def test_a_small_chance_is_never_written_as_none():
    assert permille(4, "en") == "less than 1%"
    assert permille(996, "fr") == "plus de 99\u00a0%"
    assert permille(0, "en") == "0%"


def test_every_number_of_a_model_is_in_its_rows():
    model = preset("deposit-scheme")
    found = {section.key: [row.name for row in listed] for section, listed in rows(model, "fr")}
    assert found["grant"] == ["Subvention d’équipement", "Appel à communs de l’ADEME"]
    assert found["upkeep"] == ["Entretien"]
    assert all(row.figures for _section, listed in rows(model, "en") for row in listed)


def test_a_lever_is_called_by_its_owner_and_its_field():
    _model, result, _comparison = simulated("hemp-decorticator")
    names = {lever.key: lever_name(lever, "fr") for lever in result.levers}
    assert names["segment.farms.arrivals"] == "Fermes, arrivées par mois"
    assert names["indexing.costs"] == "Hausse des prix, coûts, par an"
