"""Models as files and forms: each mistake at its place, and nothing lost on the way back."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from modelling_support import MODELS, shop

from chambre.lib.modelling import (
    SECTIONS,
    ModelError,
    form_schema,
    form_values,
    model_from_data,
    model_from_form,
    read_model,
    write_model,
)

some = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

FILE = """format = 1
slug = "shop"
title = { fr = "Boutique", en = "Shop" }
starts = 2027-01-01
horizon = 24

[[segment]]
slug = "all"
name = "Tous"
start = 10
uses = { min = 1, likely = 2.5, max = 4, source = "counted in 2025" }

[[price]]
slug = "use"
name = "Usage"
amount = 1200
segments = ["all"]
first = 2027-03-15

[[loan]]
slug = "nef"
name = "Nef"
amount = 250000
rate = "3.5%"
"""


def problems(text):
    with pytest.raises(ModelError) as caught:
        read_model(text)
    return [(each.line, each.column, each.field, each.code) for each in caught.value.problems]


def mistakes(text):
    """What is wrong with a text, if anything is."""
    try:
        read_model(text)
    except ModelError as error:
        return error.problems
    return ()


def test_a_file_is_read_in_the_smallest_parts():
    model = read_model(FILE)

    assert (model.segments[0].uses.low, model.segments[0].uses.likely) == (1_000, 2_500)
    assert model.segments[0].uses.source.en == "counted in 2025"
    assert model.prices[0].amount.likely == 1_200
    assert model.prices[0].first == 3  # the month of that day
    assert model.loans[0].rate.likely == 35_000


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("min = 1,", "min = 3,", (11, 16, "segment.0.uses.min", "range-order")),
        ("max = 4", "max = 2", (11, 28, "segment.0.uses.likely", "range-order")),
        ("min = 1,", "", (11, 8, "segment.0.uses", "range-words")),
        ("likely = 2.5", "likely = 2.00001", (11, 28, "segment.0.uses.likely", "too-precise")),
        ("start = 10", "start = -1", (10, 9, "segment.0.start", "too-small")),
        ("start = 10", "start = true", (10, 9, "segment.0.start", "kind")),
        ("amount = 1200", "amount = 12.0", (16, 10, "price.0.amount", "kind")),
        ("amount = 1200", "amuont = 1200", (16, 1, "price.0.amuont", "unknown-word")),
        ('["all"]', '["al"]', (17, 13, "price.0.segments.0", "unknown-segment")),
        ("2027-03-15", "2030-01-01", (18, 9, "price.0.first", "month-outside")),
        ('"3.5%"', "3.5", (24, 8, "loan.0.rate", "kind")),
        ('"3.5%"', '"350%"', (24, 8, "loan.0.rate", "too-large")),
        ("horizon = 24", "horizon = 0", (5, 11, "horizon", "too-small")),
        ("2027-01-01", "2027-01-02", (4, 10, "starts", "first-day")),
        ('"shop"', '"Shop!"', (2, 8, "slug", "slug")),
        ("[[loan]]", "[[lone]]", (20, 3, "lone", "unknown-word")),
        ("format = 1", "format = 2", (1, 10, "format", "format")),
        ("start = 10", "start = ", (10, 9, "", "syntax")),
    ],
)
def test_each_mistake_has_its_line_and_column(old, new, where):
    assert where in problems(FILE.replace(old, new, 1))


def test_all_mistakes_are_told_at_once_in_both_languages():
    text = FILE.replace("min = 1,", "min = 3,").replace('"3.5%"', "3.5")
    with pytest.raises(ModelError) as caught:
        read_model(text)

    assert caught.value.message("en").splitlines() == [
        "line 11, column 16: Users 1, Uses a month, each: 3 is more than 2.5: "
        "the lowest value comes first",
        'line 24, column 8: Loans and contributions 1, Interest a year: a percentage such as "2.5%" '
        "is expected here",
    ]
    assert caught.value.message("fr").startswith("ligne 11, colonne 16 : Usagers 1, Usages par")


def test_a_word_that_is_missing_is_told_at_its_block():
    assert problems(FILE.replace("amount = 250000\n", "")) == [(20, 1, "loan.0.amount", "missing")]


def test_a_model_without_users_or_that_grows_without_end_is_refused():
    assert problems(FILE.split("[[segment]]", maxsplit=1)[0])[0][3] == "nobody"
    text = FILE.replace("start = 10", 'start = 1000000\ngrowth = "50%"').replace(
        "amount = 1200", "amount = 90000000000"
    )
    assert "too-big" in {each[3] for each in problems(text)}


def test_two_things_of_one_name_and_an_end_before_the_beginning():
    again = FILE + '\n[[loan]]\nslug = "nef"\nname = "B"\namount = 1\n'
    assert [each[2:] for each in problems(again)] == [("loan.1.slug", "slug-twice")]
    text = FILE.replace("first = 2027-03-15", "first = 4\nlast = 3")
    assert [each[2:] for each in problems(text)] == [("price.0.last", "order")]


@some
@given(MODELS)
def test_a_model_is_the_same_after_writing_and_reading(data):
    model = model_from_data(data)
    assert read_model(write_model(model)) == model


@some
@given(MODELS)
def test_a_model_is_the_same_after_a_form_in_either_language(data):
    model = model_from_data(data)
    for language in ("fr", "en"):
        assert model_from_form(form_values(model, language), language) == model


def test_a_form_says_which_field_is_wrong_and_in_which_item():
    values = form_values(shop(), "fr")
    values["cost.0.amount.value"] = "vingt"
    values["cost.7.slug"] = "late"
    values["segment.0.start.value"] = "-1"
    with pytest.raises(ModelError) as caught:
        model_from_form(values, "fr")

    found = {each.field: each.code for each in caught.value.problems}
    assert found["cost.0.amount.value"] == "number"
    assert found["cost.7.amount"] == "missing"
    assert found["segment.0.start.value"] == "too-small"


def test_a_form_reads_numbers_as_people_write_them():
    values = form_values(shop(), "fr") | {
        "cost.0.amount.value": "1 234,50 €",
        "segment.0.churn.value": "2,5 %",
        "grant.0.slug": "",
    }
    model = model_from_form(values, "fr")
    assert model.costs[0].amount.likely == 123_450
    assert model.segments[0].churn.likely == 25_000
    assert model.grants == ()


def test_what_the_documentation_shows_can_be_used():
    """The whole example of the language, and the two lines of the how-to."""
    docs = Path(__file__).parents[2] / "docs"
    blocks = re.compile(r"```toml\n(.*?)```", re.DOTALL)
    (example,) = blocks.findall((docs / "model-language.md").read_text(encoding="utf-8"))
    model = read_model(example)
    assert (model.segments[0].start.high, model.prices[0].amount.likely) == (20_000, 25)

    (lines,) = blocks.findall((docs / "howto" / "model.md").read_text(encoding="utf-8"))
    start, amount = lines.splitlines()
    text = FILE.replace("start = 10", start).replace("amount = 1200", amount)
    model = read_model(text)
    assert model.segments[0].start.assumption
    assert model.prices[0].amount.source.en == "three quotes, May 2026"


def test_every_field_has_its_words_in_both_languages():
    for section in SECTIONS:
        for field in section.fields:
            assert field.label.fr, field.key
            assert field.label.en, field.key
            assert bool(field.help.fr) == bool(field.help.en), field.key
            for _word, label in field.choices:
                assert label.fr
                assert label.en


def test_the_schema_of_the_form_is_data_and_has_every_field():
    import json

    found = json.loads(json.dumps(form_schema("fr")))
    names = [(section["key"], field["key"]) for section in found for field in section["fields"]]
    assert names == [(section.key, each.key) for section in SECTIONS for each in section.fields]
    loss = next(field for field in found[6]["fields"] if field["key"] == "loss")
    assert (loss["label"], loss["unit"], loss["high"], loss["ranged"]) == (
        "Perdus à chaque tour", "%", "100%", True,
    )  # fmt: skip


@some
@given(MODELS)
def test_nothing_in_a_broken_file_makes_the_reader_fail_otherwise(data):
    text = write_model(model_from_data(data))
    for cut in range(0, len(text), max(len(text) // 12, 1)):
        for each in mistakes(text[:cut] + text[cut + 3 :]):
            assert each.line
            assert each.column
            assert each.message("fr")
