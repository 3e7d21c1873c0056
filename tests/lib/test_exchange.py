"""Exchanges as texts: what they say, every mistake at its line, and what could never be settled."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib import exchange as lib
from chambre.lib.charts import draw_pair
from chambre.lib.charts.text import text_width
from chambre.lib.exchange.model import CONDITION_KINDS, KINDS
from chambre.lib.exchange.picture import ExchangePicture
from chambre.lib.exchange.possible import circles

TEXT = """\
title = "Jus, toile et pommes"
deadline = 2026-12-20

[[party]]
name = "vergers"
label = "Les Vergers"
[[party]]
name = "jus"
[[party]]
name = "toile"

[[leg]]
name = "pommes"
from = "vergers"
to = "jus"
kind = "goods"
amount = 500
unit = "kg"
what = "pommes"
[[leg]]
name = "site"
from = "toile"
to = "vergers"
kind = "service"
what = "site web"
after = ["pommes"]
[[leg]]
name = "argent"
from = "jus"
to = "toile"
kind = "euros"
amount = 60000
"""


def codes(text: str) -> list[str]:
    return [problem.code for problem in lib.examine(text).problems]


def test_a_text_says_who_gives_what_to_whom():
    found = lib.read(TEXT)

    assert [(leg.giver, leg.taker, leg.kind, leg.amount) for leg in found.legs] == [
        ("vergers", "jus", "goods", 500),
        ("toile", "vergers", "service", 1),
        ("jus", "toile", "euros", 60_000),
    ]
    assert found.deadline == dt.date(2026, 12, 20)
    assert found.otherwise == "return"
    assert lib.examine(TEXT).can_settle


def test_the_same_words_have_the_same_digest_however_they_are_laid_out():
    spaced = TEXT.replace("\n[[", "\n\n# une remarque\n[[")

    assert lib.digest(lib.read(spaced)) == lib.digest(lib.read(TEXT))
    assert lib.digest(lib.read(TEXT.replace("60000", "60001"))) != lib.digest(lib.read(TEXT))


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("amount = 60000", "amount = 0", "range", 32),
        ("amount = 60000", "", "wanted", 27),
        ('to = "toile"', 'to = "nobody"', "no-party", 30),
        ('to = "toile"', 'to = "jus"', "to-oneself", 30),
        ('kind = "euros"', 'kind = "euro"', "choice", 31),
        ('after = ["pommes"]', 'after = ["poires"]', "no-such", 26),
        ('name = "argent"', 'name = "site"', "name-taken", 28),
        ("deadline = 2026-12-20", 'deadline = "Noël"', "kind", 2),
        ("deadline = 2026-12-20", "", "missing", 1),
        ("amount = 500", "amuont = 500", "unknown-word", 17),
    ],
)
def test_a_mistake_is_told_at_its_line(old, new, code, line):
    report = lib.examine(TEXT.replace(old, new))

    assert (report.valid, report.can_settle) == (False, False)
    assert (code, line) in [(each.code, each.line) for each in report.problems]
    with pytest.raises(lib.ExchangeError):
        lib.read(TEXT.replace(old, new))


def test_legs_that_wait_for_each_other_can_never_settle():
    circular = TEXT.replace('what = "pommes"\n', 'what = "pommes"\nafter = ["argent"]\n').replace(
        "amount = 60000", 'amount = 60000\nafter = ["site"]'
    )
    report = lib.examine(circular)

    assert (report.valid, report.can_settle) == (True, False)
    assert [problem.code for problem in report.problems] == ["circular"]
    assert report.problems[0].data["path"] == "pommes → argent → site → pommes"
    assert "une attente en rond" in report.problems[0].message("fr")


def test_a_leg_that_waits_for_itself_is_found():
    assert codes(TEXT.replace('after = ["pommes"]', 'after = ["site"]')) == ["waits-for-itself"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ('kind = "confirm"\nof = ["jus", "toile"]\nneeded = 3', "too-many-needed"),
        ('kind = "inspector"\nwho = "jus"', "inspector-is-party"),
        ('kind = "date"\nfrom = 2026-12-21', "after-deadline"),
        ('kind = "document"\nby = 2027-01-01', "after-deadline"),
        ('kind = "date"\nfrom = 2026-12-10\nuntil = 2026-12-01', "backwards"),
        ('kind = "all"\nof = ["c"]', "waits-for-itself"),
        ('kind = "document"\nafter = ["c"]', "waits-for-itself"),
    ],
)
def test_a_condition_that_can_never_hold_is_found(condition, code):
    report = lib.examine(f'{TEXT}\n[[condition]]\nname = "c"\n{condition}\n')

    assert (report.valid, report.can_settle) == (True, False)
    assert code in [problem.code for problem in report.problems]


def test_a_leg_due_before_what_it_waits_for_is_found():
    late = TEXT.replace('after = ["pommes"]', 'after = ["ouverture"]\nby = 2026-12-01')
    condition = '\n[[condition]]\nname = "ouverture"\nkind = "date"\nfrom = 2026-12-05\n'

    assert codes(late + condition) == ["never-leg"]
    assert codes(late.replace("2026-12-01", "2026-12-05") + condition) == []


def test_days_that_exclude_each_other_are_found():
    two = (
        '\n[[condition]]\nname = "tard"\nkind = "date"\nfrom = 2026-12-10\n'
        '[[condition]]\nname = "tot"\nkind = "date"\nuntil = 2026-12-09\n'
    )
    assert codes(TEXT + two) == ["never-together"]
    either = '[[condition]]\nname = "ou"\nkind = "any"\nof = ["tard", "tot"]\n'
    assert codes(TEXT + two + either) == []


def test_an_alternative_gets_around_a_circle():
    text = TEXT + (
        '\n[[condition]]\nname = "ou"\nkind = "any"\nof = ["rond", "papier"]\n'
        '[[condition]]\nname = "rond"\nkind = "document"\nafter = ["rond"]\n'
        '[[condition]]\nname = "papier"\nkind = "document"\n'
    )
    report = lib.examine(text)

    assert lib.reach(report.exchange).day is not None
    assert "circular" not in [problem.code for problem in report.problems]


def test_mediator_and_keeper_are_no_parties():
    mediator = TEXT.replace("[[party]]", '[mediator]\nagent = "jus"\n[[party]]', 1)
    assert codes(mediator) == ["mediator-is-party"]
    assert codes(TEXT.replace('unit = "kg"', 'unit = "kg"\nkeeper = "jus"')) == ["keeper-is-party"]


def test_parts_and_mediation_have_to_be_written():
    head = TEXT.replace("deadline", 'otherwise = "parts"\ndeadline', 1)
    assert codes(head) == ["parts-missing"]
    assert codes(f'{head}\n[[part]]\nname = "a"\nlegs = ["pommes", "site"]\n') == []
    twice = f'{head}\n[[part]]\nname = "a"\nlegs = ["pommes"]\n[[part]]\nname = "b"\nlegs = ["pommes"]\n'
    assert codes(twice) == ["part-overlaps"]


def test_it_is_read_back_in_plain_words():
    french = "\n".join(
        sentence
        for section in lib.plain_reading(lib.read(TEXT), "fr")
        for sentence in section.sentences
    )
    assert "Les Vergers donne à jus\u00a0: 500\u00a0kg de pommes." in french
    assert "jus donne à toile\u00a0: 600\u00a0€." in french
    assert "20 décembre 2026" in french
    english = lib.plain_reading(lib.read(TEXT), "en")[0].sentences
    assert english[1] == "toile gives Les Vergers: site web, only after “pommes”."


def test_a_picture_has_every_leg_in_its_table():
    said = lib.read(TEXT)
    picture = ExchangePicture(
        title="Qui donne quoi", description="d", empty="rien", exchange=said, language="fr",
        header=("n°", "de", "à", "quoi", "où"), states={"pommes": "déposé"},
        done=frozenset({"pommes"}),
    )  # fmt: skip
    drawn = draw_pair(picture, prefix="x")

    assert [row[3].text for row in drawn.table.rows] == [
        "500\u00a0kg de pommes",
        "site web",
        "600\u00a0€",
    ]
    assert drawn.table.rows[0][4].text == "déposé"
    assert drawn.wide.svg.count("<path") == 6  # an arrow and its head for each leg
    assert " style=" not in drawn.svg


@pytest.mark.parametrize("parties", [2, 3, 4, 6])
def test_what_is_written_beside_arrows_does_not_lie_on_other_words(parties):
    """Everybody gives to the next one, and to the one before."""
    who = [f"p{number}" for number in range(parties)]
    text = 'title = "Ronde"\ndeadline = 2026-12-20\n'
    text += "".join(f'[[party]]\nname = "{one}"\n' for one in who)
    for at, one in enumerate(who):
        for way, other in (("a", who[(at + 1) % parties]), ("r", who[at - 1])):
            text += f'[[leg]]\nname = "{way}{at}"\nfrom = "{one}"\nto = "{other}"\n'
            text += (
                'kind = "goods"\namount = 12\nunit = "kg"\nwhat = "pommes"\nplace = "La Halle"\n'
            )
    picture = ExchangePicture(
        title="t", description="d", empty="rien", exchange=lib.read(text), language="fr",
        header=("n°", "de", "à", "quoi", "où"), states={},
    )  # fmt: skip
    svg = draw_pair(picture, prefix="x").wide.svg
    found = re.findall(r'<text x="([\d.-]+)" y="([\d.-]+)" font-size="13"[^>]*?'
                       r'text-anchor="(\w+)"[^>]*>([^<]*)<', svg)  # fmt: skip
    areas = []
    for x, y, side, words in found:
        width = text_width(words, 13.0)
        left = float(x) - {"start": 0.0, "middle": width / 2, "end": width}[side]
        areas.append((left, left + width, float(y)))
    assert len(areas) == 2 * parties
    for one, two in itertools.combinations(areas, 2):
        assert one[1] <= two[0] or two[1] <= one[0] or abs(one[2] - two[2]) >= 15, (one, two)


names = st.text("abcdefghij", min_size=1, max_size=3)
days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1))


@st.composite
def exchanges(draw):
    """Any exchange that can be read."""
    parties = draw(st.lists(names, min_size=2, max_size=4, unique=True))
    two = st.permutations(parties).map(lambda order: (order[0], order[1]))
    labels = draw(st.lists(names, min_size=1, max_size=8, unique=True))
    cut = draw(st.integers(1, len(labels)))
    after = st.lists(st.sampled_from(labels), max_size=2, unique=True).map(tuple)
    maybe = st.none() | days
    legs = []
    for name in labels[:cut]:
        giver, taker = draw(two)
        kind = draw(st.sampled_from(KINDS))
        legs.append(
            lib.Leg(
                name, giver, taker, kind, draw(st.integers(1, 10**6)), what="x", by=draw(maybe),
                after=draw(after),
            )
        )  # fmt: skip
    conditions = []
    for name in labels[cut:]:
        kind = draw(st.sampled_from(CONDITION_KINDS))
        more: dict = {"after": draw(after)}
        if kind == "date":
            more |= {"since": draw(days), "until": draw(maybe)}
        elif kind == "leg":
            more["leg"] = draw(st.sampled_from(labels[:cut]))
        elif kind == "confirm":
            more |= {"of": tuple(parties[:2]), "needed": draw(st.integers(0, 3))}
        elif kind == "inspector":
            more["who"] = draw(st.sampled_from(["ines", *parties]))
        elif kind in ("all", "any"):
            inner = st.lists(st.sampled_from(labels), min_size=1, max_size=3, unique=True)
            more["of"] = tuple(draw(inner))
        conditions.append(lib.Condition(name, kind, **more))
    return lib.Exchange(
        slug="", title="t", deadline=draw(days), parties=tuple(lib.Party(each) for each in parties),
        legs=tuple(legs), conditions=tuple(conditions),
    )  # fmt: skip


@given(exchanges())
def test_what_is_written_reads_back_equal(said):
    assert lib.read(lib.write(said)) == said
    assert lib.read_data(lib.as_data(said)) == said


@given(exchanges())
def test_what_can_be_reached_is_reached_by_going_there_day_by_day(said):
    """A second way to the same answer: try each day in turn, one thing at a time, as people would."""
    facts = lib.Facts()
    settled = None
    day = dt.date(2025, 12, 31)
    slugs = {party.name for party in said.parties}
    while day <= said.deadline:
        changed = True
        while changed:
            changed = False
            for leg in said.legs:
                now = all(lib.holds(said, name, day, facts) for name in leg.after)
                if now and leg.name not in facts.deposited and day <= (leg.by or said.deadline):
                    facts.deposited.add(leg.name)
                    changed = True
            for each in said.conditions:
                told = each.kind == "document" or (
                    each.kind == "confirm" and each.quorum <= len(each.of)
                )
                told = told or (each.kind == "inspector" and each.who not in slugs)
                now = told and all(lib.holds(said, name, day, facts) for name in each.after)
                if now and each.name not in facts.told and day <= (each.by or said.deadline):
                    facts.told.add(each.name)
                    changed = True
        if settled is None and not lib.missing(said, day, facts):
            settled = day
        day += dt.timedelta(days=1)

    reached = lib.reach(said)
    assert (reached.day is not None) == (settled is not None)
    if reached.day is None:
        assert lib.examine_data(lib.as_data(said)).obstacles  # and the reason is told


@given(st.dictionaries(names, st.lists(names, max_size=3), max_size=6))
def test_circles_are_circles(graph):
    for circle in circles(graph):
        for name, after in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert after in graph[name]


@given(exchanges())
def test_reading_never_fails(said):
    for language in ("fr", "en"):
        assert lib.plain_reading(replace(said, otherwise="return"), language)
