"""The language of contracts: what is read, what is refused and where, what is written back."""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction

import pytest

from chambre.lib.reciprocity import (
    Contract,
    ContractError,
    Step,
    Text,
    as_data,
    digest,
    read,
    read_data,
    write,
)
from chambre.lib.reciprocity.model import (
    Criterion,
    Rate,
    Share,
    Threshold,
)

FULL = """\
# An orchard and those who live by it.
format = 1
slug = "cooperation-verger"
unit = "EUR"
resources = ["verger", "presse"]
rounding = "cumulative"
period = "quarter"
summary = "Le verger partagé"

[title]
fr = "Coopération autour du verger"
en = "Working around the orchard"

[source]
name = "Code social"
url = "https://example.org/code"

[lineage]
from = "redevance"
digest = "sha256:%s"
changed = ["step.amont.share"]

[[party]]
name = "coop-des-halles"
status = ["worker-coop", "ess"]
size = 12
territory = "59350"
since = 2024-01-01

[[class]]
name = "actifs"
label = { fr = "Actifs", en = "Active" }
all = [{ contributed = { at_least = "1.5", unit = "h", months = 12 } }]
any = [{ status = "ess" }, { size_at_most = 50 }, { named = ["ana", "bo"] }]
none = [{ class = "everyone" }, { territory = ["75*"] }]

[[use]]
kinds = ["commercial", "service"]
by = ["actifs"]
owes = ["redevance"]
conditions = ["share-alike", "attribution"]

[[counterpart]]
name = "redevance"
label = { fr = "Redevance", en = "Royalty" }
by = ["actifs"]
exempt = ["coop-des-halles"]
trigger = "sale"
steps = [{ above = 0, rate = 0 }, { above = 1000000, rate = "2.5%%" }]
cap = 250000

[[step]]
name = "fondateurs"
how = "fixed"
share = "1/3"
cap = 25000000
to = { bo = 40, ana = 60 }

[[step]]
name = "travail"
how = "contribution"
count = [{ unit = "h", rate = "12.5" }, { kind = "contribution" }]
months = 12
each_at_most = { ana = 0, bo = 500 }

[term]
since = 2026-01-01
until = 2030-12-31

[breach]

[survives]
clauses = ["fondateurs"]
""" % ("a" * 64)


def problems(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(ContractError) as caught:
        read(text)
    return [(each.line, each.column, each.code) for each in caught.value.problems]


def test_a_whole_contract_is_read() -> None:
    contract = read(FULL)
    assert contract.title == Text("Coopération autour du verger", "Working around the orchard")
    assert contract.summary == Text("Le verger partagé", "Le verger partagé")
    assert contract.parties[0].since == dt.date(2024, 1, 1)
    active = contract.classes[0]
    assert active.all == (
        Criterion("contributed", threshold=Threshold(Fraction(3, 2), unit="h", months=12)),
    )
    assert active.any[1] == Criterion("size_at_most", number=50)
    assert contract.uses[0].answer == "owes"
    assert contract.counterparts[0].label == Text("Redevance", "Royalty")
    assert contract.counterparts[0].bands[1].rate == Rate(Fraction(1, 40), percent=True)
    first, second = contract.steps
    assert first.share == Fraction(1, 3)
    assert first.to == (Share("ana", 60), Share("bo", 40))
    assert second.count[0].rate == Fraction(25, 2)
    assert second.each_caps == (Share("ana", 0), Share("bo", 500))
    assert second.each_at_most is None
    assert contract.breach is not None
    assert contract.breach.delay_days == 30


def test_it_is_written_canonically_and_read_back_equal() -> None:
    contract = read(FULL)
    written = write(contract)
    assert read(written) == contract
    assert write(read(written)) == written
    assert read_data(as_data(contract)) == contract
    assert pickle.loads(pickle.dumps(contract)) == contract


def test_the_digest_is_of_what_is_said_and_not_of_how() -> None:
    contract = read(FULL)
    same = read(
        FULL.replace("# An orchard and those who live by it.\n", "")
        .replace("{ bo = 40, ana = 60 }", "{ ana = 60, bo = 40 }")
        .replace('"12.5"', '"12.50"')
        .replace("\n", "\r\n")
    )
    assert digest(same) == digest(contract)
    assert digest(contract).startswith("sha256:")
    assert len(digest(contract)) == 71
    assert digest(read(FULL.replace("bo = 40", "bo = 41"))) != digest(contract)


def test_every_mistake_is_named_at_its_place() -> None:
    assert problems(
        'format = 1\nslug = "Un Nom"\nperiod = "yaer"\n'
        '[[step]]\nname = "a"\nhow = "fixd"\n'
        '[[step]]\nname = "a"\nhow = "fixed"\nto = { ana = 60, bo = 0 }\nshare = 0.5\ncapp = 3\n'
    ) == [
        (2, 8, "slug"),
        (3, 10, "choice"),
        (6, 7, "choice"),
        (8, 8, "twice"),
        (10, 23, "kind"),
        (11, 9, "float"),
        (12, 1, "unknown-word"),
    ]


def test_an_unknown_word_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ContractError) as caught:
        read('slug = "a"\n[[step]]\nname = "b"\nhow = "keep"\nshar = "5%"\n')
    (problem,) = caught.value.problems
    assert problem.message("en").endswith("did you mean “share”?")
    assert problem.message("fr").startswith("ligne 5, colonne 1 : mot inconnu « shar »")
    assert problem.message("fr").endswith("vouliez-vous « share » ?")
    assert problem.path == "step[1].shar"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("slug = ", (1, 8)),
        ('slug = "a"\nslug = "b"', (2, 11)),
        ('slug = "a"\n[[step]\n', (2, 7)),
        ('slug = "a', (1, 10)),
        ('resources = ["a",\n"b"\nslug = "c"', (3, 1)),
    ],
)
def test_what_is_no_toml_is_refused_at_its_place(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(ContractError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.code == "syntax"
    assert (problem.line, problem.column) == place
    assert problem.message("fr") != problem.message("en")


STEP = 'slug = "a"\n[[step]]\nname = "b"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('slug = "a"\n', [(1, 1, "no-clauses")]),
        (STEP + 'how = "fund"\nto = ["x", "y"]\n', [(5, 6, "one-fund")]),
        (STEP + 'how = "keep"\ntarget = 5\n', [(5, 1, "not-for")]),
        (STEP + 'how = "fixed"\n', [(2, 1, "needed-for")]),
        (STEP + 'how = "keep"\nat_least = 9\nat_most = 5\n', [(5, 12, "more-than")]),
        (STEP + 'how = "keep"\nshare = "100.1%"\n', [(5, 9, "share")]),
        (STEP + 'how = "contribution"\ncount = [{ unit = "h" }]\n', [(5, 10, "count-rate")]),
        (
            STEP + 'how = "contribution"\ncount = [{}]\nlasting = "once"\nmonths = 3\n',
            [(7, 10, "window")],
        ),
        ('slug = "a"\n[[use]]\nkinds = ["studdy"]\n', [(3, 10, "choice")]),
        ('slug = "a"\n[[use]]\nkinds = ["study"]\nby = "x"\n', [(4, 6, "unknown-name")]),
        ('slug = "a"\n[[use]]\nkinds = ["study"]\nanswer = "owes"\n', [(4, 10, "answer-owes")]),
        (
            'slug = "a"\n[[counterpart]]\nname = "c"\nrate = "2%"\n',
            [(4, 8, "percent-of")],
        ),
        ('slug = "a"\n[[counterpart]]\nname = "c"\n', [(2, 1, "no-rate")]),
        (
            STEP + 'how = "keep"\n[[class]]\nname = "k"\nall = [{ class = "k" }]\n',
            [(5, 1, "class-cycle")],
        ),
        (
            STEP + 'how = "keep"\n[[class]]\nname = "k"\nall = [{ status = "a", named = "b" }]\n',
            [(7, 8, "one-word")],
        ),
        (
            STEP + 'how = "keep"\n[term]\nsince = 2026-02-01\nuntil = 2026-01-01\n',
            [(7, 9, "order")],
        ),
        ('format = 2\nslug = "a"\n', [(1, 10, "format")]),
        ('unit = "EURO"\n' + STEP + 'how = "keep"\n', [(1, 8, "unit")]),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, found: list[tuple[int, int, str]]) -> None:
    assert problems(text) == found


def test_data_without_text_has_paths_instead_of_places() -> None:
    with pytest.raises(ContractError) as caught:
        read_data({"slug": "a", "step": [{"name": "b", "how": "keep", "share": "0%"}]})
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (0, "step[1].share")
    assert problem.message("en").startswith("step[1].share: “0%” is no share")


def test_strange_spellings_of_toml_keep_their_places() -> None:
    text = (
        "\ufeff\"slug\" = 'a'\n"
        'summary = """one ""two\\\n  three"""\n'
        "step = [ # inline\n"
        '  { name = "b", how = "keep", "label".fr = "x", nope = 1 },\n'
        "]\n"
        "term.since = 2026-01-01\n"
        "term.untl = 2027-01-01\n"
    )
    assert problems(text) == [(5, 49, "unknown-word"), (8, 6, "unknown-word")]


def test_the_smallest_contract() -> None:
    contract = read('slug = "a"\n[[step]]\nname = "b"\nhow = "keep"\n')
    assert contract == Contract(slug="a", steps=(Step("b", "keep"),))
    assert write(contract) == (
        'format = 1\nslug = "a"\nunit = "EUR"\nresources = ["*"]\n'
        'rounding = "largest-remainder"\nperiod = "year"\n\n'
        '[[step]]\nname = "b"\nhow = "keep"\n'
    )
