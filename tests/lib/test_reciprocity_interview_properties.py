"""For any contract: it can be said in both languages, and its interview ends in an answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.reciprocity import read_data
from chambre.lib.reciprocity.interview import VERDICTS, Answer, interview
from chambre.lib.reciprocity.model import USES
from chambre.lib.reciprocity.questions import Question
from chambre.lib.reciprocity.readings import plain_reading

UNITS = ["", "h", "EUR", "GBP", "sachet"]
NAMES = ["ana", "bo"]
CLASSES = ["k0", "k1", "k2"]

thresholds = st.fixed_dictionaries(
    {"unit": st.sampled_from(UNITS)},
    optional={"at_least": st.sampled_from([1, "2.5"]), "months": st.integers(1, 24)},
)
tests = st.one_of(
    st.sampled_from(["ess", "commons", "fablab"]).map(lambda word: {"status": [word]}),
    st.sampled_from(NAMES).map(lambda name: {"named": [name]}),
    st.sampled_from(["59*", "62000"]).map(lambda place: {"territory": [place]}),
    st.integers(0, 300).map(lambda size: {"size_at_most": size}),
    st.integers(0, 300).map(lambda size: {"size_at_least": size}),
    st.integers(0, 36).map(lambda months: {"member_months": months}),
    thresholds.map(lambda each: {"contributed": each}),
    thresholds.map(lambda each: {"used": each}),
)
groups = st.sampled_from(["all", "any", "none"])
who = st.lists(st.sampled_from(["everyone", *CLASSES, *NAMES]), min_size=1, max_size=3)
percents = st.fixed_dictionaries(
    {"trigger": st.sampled_from(["sale", "margin"]), "rate": st.sampled_from(["2.5%", "100%"])}
)
quantities = st.fixed_dictionaries(
    {
        "trigger": st.sampled_from(["use", "period"]),
        "kind": st.sampled_from(["money", "hours", "in-kind"]),
        "rate": st.sampled_from([0, 3, "0.5"]),
        "of": st.sampled_from(["", "diffusion", "EUR"]),
    },
    optional={"above": st.integers(0, 5), "floor": st.integers(0, 2), "cap": st.integers(2, 9)},
)
bands = st.just({"trigger": "use", "steps": [{"above": 0, "rate": 1}, {"above": 9, "rate": 2}]})
gestures = st.fixed_dictionaries(
    {"kind": st.sampled_from(["improvement", "attribution", "access"])}
)
counterparts = st.one_of(percents, quantities, bands, gestures)


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """Data of a contract that can be read."""
    classes = []
    for name in CLASSES:
        each: dict[str, Any] = {"name": name, "all": []}
        for group, test in draw(st.lists(st.tuples(groups, tests), max_size=4)):
            each.setdefault(group, []).append(test)
        classes.append(each)
    classes[0].setdefault("any", []).append({"class": draw(st.sampled_from(["k1", "k2"]))})
    owed = draw(
        st.lists(st.tuples(counterparts, who, st.lists(st.sampled_from(CLASSES))), max_size=3)
    )
    table = [
        {"name": f"c{place}", **each, "by": by, **({"exempt": exempt} if exempt else {})}
        for place, (each, by, exempt) in enumerate(owed)
    ]
    uses = []
    conditions = st.lists(st.sampled_from(["attribution", "share-alike", "own-words"]))
    for _place in range(draw(st.integers(1, 4))):
        answer = draw(st.sampled_from([*VERDICTS] if table else ["free", "ask", "refused"]))
        use: dict[str, Any] = {
            "kinds": draw(st.lists(st.sampled_from(USES), min_size=4)),
            "by": draw(who),
            "answer": answer,
        }
        if terms := draw(conditions):
            use["conditions"] = terms
        if answer == "owes":
            use["owes"] = [draw(st.sampled_from(table))["name"]]
        uses.append(use)
    parties = [{"name": "ana", "status": ["ess"], "size": 3}, {"name": "bo"}]
    return {"slug": "any", "class": classes, "counterpart": table, "use": uses, "party": parties}


@given(data=contracts(), draw=st.data(), language=st.sampled_from(["fr", "en"]))
def test_any_interview_ends_in_an_answer(
    data: dict[str, Any], draw: st.DataObject, language: str
) -> None:
    contract = read_data(data)
    anchors = {clause.anchor for clause in plain_reading(contract, language).clauses()}
    answers: dict[str, str] = {}
    found = interview(contract, answers, language=language)
    while isinstance(found, Question):
        assert found.key not in answers
        assert not found.error
        assert found.text
        assert set(found.anchors) <= anchors
        values = [option.value for option in found.options] or ["0", "1", "1000"]
        answers[found.key] = draw.draw(st.sampled_from(values))
        found = interview(contract, answers, language=language)

    assert isinstance(found, Answer)
    assert found.verdict in VERDICTS
    assert (found.verdict == "owes") == bool(found.due)
    assert {each.anchor for each in found.because} <= anchors
    assert {each.anchor for each in found.openings} <= anchors
    assert len(found.said) == len(answers)
    assert interview(contract, answers, language=language) == found
