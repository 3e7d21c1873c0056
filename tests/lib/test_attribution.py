"""Rules that say which lines concern which resource."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.attribution import (
    Matcher,
    PatternError,
    Rule,
    RuleFileError,
    check_expression,
    parse_rules,
    split_amount,
    write_rules,
)

FILE = """
[[rule]]
name = "ventes de nectar"
structure = "nectar"
account = ["701*", "708*"]
label = "(?i)fraise"
from = 2022-01-01
to = 2022-12-31
shares = { verger = 60, presse = 40 }

[[rule]]
name = "le reste"
shares = { "-" = 1 }
"""


def problems(text, **known):
    with pytest.raises(RuleFileError) as caught:
        parse_rules(text, **known)
    return [(p.line, p.rule, p.field, p.code) for p in caught.value.problems]


def test_a_file_is_read_in_order():
    first, second = parse_rules(FILE, resources=["verger", "presse"], structures=["nectar"])

    assert first == Rule(
        name="ventes de nectar",
        shares={"verger": 60, "presse": 40},
        structure=("nectar",),
        account=("701*", "708*"),
        label="(?i)fraise",
        since=dt.date(2022, 1, 1),
        until=dt.date(2022, 12, 31),
    )
    assert second == Rule(name="le reste", shares={"-": 1})
    assert parse_rules(write_rules([first, second])) == [first, second]


def test_every_mistake_is_named_at_its_place():
    text = """[[rule]]
name = "a"
shares = { verger = 0 }
[[rule]]
name = "a"
acount = "7*"
label = "(("
shares = { verger = -3, presse = 1.5, inconnue = 2 }
[[rule]]
structure = "personne"
from = 2022-12-31
to = 2022-01-01
shares = {}
"""
    assert problems(text, resources=["verger", "presse"], structures=["nectar"]) == [
        (1, "a", "shares", "weight"),
        (4, "a", "name", "name-twice"),
        (4, "a", "acount", "unknown-word"),
        (4, "a", "shares", "weight"),
        (4, "a", "shares", "weight"),
        (4, "a", "shares", "unknown-resource"),
        (4, "a", "label", "bad-expression"),
        (9, "3", "name", "name-missing"),
        (9, "3", "structure", "unknown-structure"),
        (9, "3", "shares", "shares-missing"),
        (9, "3", "to", "order"),
    ]


def test_what_is_not_toml_says_where():
    assert problems("[[rule]]\nname = \n") == [(2, "-", "", "syntax")]
    assert problems("") == [(0, "-", "", "no-rules")]


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        (
            "",
            "aucune règle\u202f; écrivez au moins un bloc [[rule]]",
            "no rule; write at least one",
        ),
        ("[[rule]]\nname = \n", "ligne 2 : le fichier n’est pas", "line 2: the file is not TOML"),
        (
            "[[rule]]\nname = 'a'\nshares = {}",
            "ligne 1, règle « a », shares : ",
            "line 1, rule “a”, shares: ",
        ),
        ("rules = 1", "rules : mot inconnu", "rules: unknown word"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_that_is_not_known(text, french, english):
    with pytest.raises(RuleFileError) as caught:
        parse_rules(text)
    (problem,) = caught.value.problems
    assert problem.message("fr").startswith(french)
    assert problem.message("en").startswith(english)


@pytest.mark.parametrize("weight", ["true", "0", "-1", "1.0", '"1"', "10000000000"])
def test_weights_are_whole_and_positive(weight):
    found = problems(f'[[rule]]\nname = "a"\nshares = {{ v = {weight} }}')
    assert found == [(1, "a", "shares", "weight")]


@pytest.mark.parametrize(
    "expression", ["(a+)+$", "(a*)*", "(.*)*x", "(a|a)*b", "(a|aa)+$", "((x+)?)+", "(\\w+\\s?)+$"]
)
def test_catastrophic_expressions_are_refused(expression):
    with pytest.raises(PatternError) as caught:
        check_expression(expression)
    assert caught.value.code == "catastrophic"


@pytest.mark.parametrize("expression", ["(", "[z-a]", "(?<=a)b", "(a)\\1", "a{2,1}", "*"])
def test_expressions_that_cannot_run_are_refused(expression):
    with pytest.raises(PatternError) as caught:
        check_expression(expression)
    assert caught.value.code == "bad-expression"


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("(?i)fraise", "VENTE NECTAR FRAISE", True),
        ("fraise", "VENTE NECTAR FRAISE", False),
        ("^VENTE (NECTAR|JUS) ", "VENTE JUS POMME", True),
        ("([A-Z]+ )+POMME", "VENTE JUS POMME", True),
        ("loyer|bail", "bail rural", True),
        ("[0-9]{4}-[0-9]+", "n° 2022-17", True),
    ],
)
def test_ordinary_expressions_work(expression, text, expected):
    assert check_expression(expression)(text) is expected


def test_no_expression_is_slow():
    matches = check_expression("(x+x+)y|(a?){20}a{20}")
    start = time.perf_counter()
    assert matches("x" * 20000) is False
    assert time.perf_counter() - start < 5


def test_the_first_rule_that_matches_takes_the_line():
    rules = parse_rules(FILE)
    matcher = Matcher(rules)
    june = dt.date(2022, 6, 1)

    def take(structure, account, label, day=june):
        candidates = matcher.candidates(structure, account, "", "VE")
        return matcher.first(candidates, label, "", day)

    assert take("nectar", "70100000", "Nectar FRAISE") == 0
    assert take("nectar", "70100000", "Nectar pomme") == 1
    assert take("nectar", "60100000", "fraise") == 1
    assert take("autre", "70100000", "fraise") == 1
    assert take("nectar", "70100000", "fraise", dt.date(2023, 1, 1)) == 1


def test_auxiliary_journal_and_piece_are_patterns():
    rule = Rule(
        name="r", shares={"v": 1}, auxiliary=("AUX*",), journal=("V?",), piece=("FA-2022-*",)
    )
    matcher = Matcher([rule])
    day = dt.date(2022, 1, 1)

    hit = matcher.candidates("s", "411", "AUX1", "VE")
    assert matcher.first(hit, "", "FA-2022-8", day) == 0
    assert matcher.first(hit, "", "FA-2021-8", day) is None
    assert matcher.candidates("s", "411", "", "VE") == ()
    assert matcher.candidates("s", "411", "AUX1", "BQ1") == ()


def test_a_split_is_exact_and_stable():
    assert split_amount(100, {"b": 1, "a": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert split_amount(-100, {"b": 1, "a": 1, "c": 1}) == {"a": -34, "b": -33, "c": -33}
    assert split_amount(1, {"a": 1, "b": 999}) == {"b": 1}
    assert split_amount(12_345, {"verger": 60, "presse": 40}) == {"verger": 7407, "presse": 4938}


@given(
    amount=st.integers(-(10**15), 10**15),
    weights=st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 10**6), min_size=1),
)
def test_a_split_loses_nothing(amount, weights):
    parts = split_amount(amount, weights)
    total = sum(weights.values())

    assert sum(parts.values()) == amount
    assert split_amount(amount, dict(reversed(weights.items()))) == parts
    assert split_amount(-amount, weights) == {key: -part for key, part in parts.items()}
    for key, weight in weights.items():
        assert abs(parts.get(key, 0) * total - amount * weight) < total


_slug = st.from_regex(r"\A[a-z]{1,6}\Z")
_rule = st.builds(
    Rule,
    name=st.text(min_size=1, max_size=12).filter(lambda s: s.strip()),
    shares=st.dictionaries(_slug | st.just("-"), st.integers(1, 1000), min_size=1, max_size=4),
    structure=st.lists(_slug, max_size=2).map(tuple),
    account=st.lists(st.from_regex(r"\A[0-9*?]{1,5}\Z"), max_size=3).map(tuple),
    label=st.sampled_from(["", "(?i)fraise", "loyer|bail", "^A", 'dit "oui"', "a\\.b"]),
    since=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2020, 1, 1)),
    until=st.none() | st.dates(dt.date(2020, 1, 2), dt.date(2040, 1, 1)),
)


@given(st.lists(_rule, min_size=1, max_size=6, unique_by=lambda rule: rule.name))
def test_a_written_file_reads_back_equal(rules):
    assert parse_rules(write_rules(rules)) == rules


@given(
    rules=st.lists(_rule, min_size=1, max_size=6, unique_by=lambda rule: rule.name),
    structure=_slug,
    account=st.from_regex(r"\A[0-9]{3,5}\Z"),
    label=st.sampled_from(["Fraise", "loyer", "Autre", "A"]),
    day=st.dates(dt.date(1999, 1, 1), dt.date(2041, 1, 1)),
)
def test_matching_equals_the_obvious_reading(rules, structure, account, label, day):
    import fnmatch
    import re

    def obvious():
        for index, rule in enumerate(rules):
            if (
                (not rule.structure or structure in rule.structure)
                and (not rule.account or any(fnmatch.fnmatchcase(account, p) for p in rule.account))
                and (not rule.label or re.search(rule.label, label))
                and (rule.since is None or day >= rule.since)
                and (rule.until is None or day <= rule.until)
            ):
                return index
        return None

    matcher = Matcher(rules)
    candidates = matcher.candidates(structure, account, "", "")
    assert matcher.first(candidates, label, "", day) == obvious()
