"""Recognition by peers, rate grids, budgets, and what happens when more is asked for than is there."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.contributing import budgets, overrun, rates, recognition
from chambre.lib.contributing.closing import Claim, Rest, Rule, close
from chambre.lib.contributing.measures import Measure, parse_measure, write_measure
from chambre.lib.contributing.overrun import Act, Position, Stage, act_on
from chambre.lib.contributing.recognition import Kind, State, Terms, Voice, Way, standing
from chambre.lib.contributing.wording import ContributingRefusal

DAY = dt.date(2024, 3, 1)
TERMS = Terms(needed=2, silence_days=30, reply_days=7)


def on(days):
    return DAY + dt.timedelta(days=days)


def said(*voices):
    return [Voice(who, kind, on(day), *about) for who, kind, day, *about in voices]


def stands(voices, today=0, terms=TERMS):
    return standing(by="ada", since=DAY, voices=voices, terms=terms, today=on(today))


def refused(code, act, *args, **kwargs):
    with pytest.raises(ContributingRefusal) as refusal:
        act(*args, **kwargs)
    assert refusal.value.code == code
    assert refusal.value.fr and refusal.value.en
    return refusal.value


# Recognition


def test_two_others_recognise_and_the_own_voice_counts_for_nothing():
    voices = said(("ada", Kind.SEEN, 0), ("bruno", Kind.SEEN, 1))
    now = stands(voices, 1)
    assert (now.state, now.seen, now.due) == (State.WAITING, ("bruno",), on(30))
    now = stands([*voices, *said(("chloe", Kind.SEEN, 2))], 2)
    assert (now.state, now.on, now.way) == (State.RECOGNISED, on(2), Way.PEERS)


def test_silence_recognises_after_its_delay():
    assert stands([], 29).state is State.WAITING
    now = stands([], 30)
    assert (now.state, now.on, now.way) == (State.RECOGNISED, on(30), Way.SILENCE)
    assert stands([], 3000, Terms(2, silence_days=0)).state is State.WAITING
    assert stands([], 0, Terms(needed=0)).state is State.RECOGNISED


def test_an_objection_holds_it_up_until_it_is_taken_back():
    voices = said(("bruno", Kind.OBJECTION, 1), ("chloe", Kind.SEEN, 1), ("dris", Kind.SEEN, 2))
    now = stands(voices, 300)
    assert (now.state, now.objecting, now.due) == (State.CONTESTED, ("bruno",), None)
    now = stands([*voices, *said(("bruno", Kind.TAKEN_BACK, 5))], 5)
    assert (now.state, now.on) == (State.RECOGNISED, on(5))


def test_an_answer_lifts_an_objection_that_is_not_maintained():
    voices = said(
        ("bruno", Kind.OBJECTION, 1), ("chloe", Kind.SEEN, 1), ("dris", Kind.SEEN, 2),
        ("ada", Kind.ANSWER, 3, "bruno"),
    )  # fmt: skip
    now = stands(voices, 9)
    assert (now.state, now.answered, now.due) == (State.ANSWERED, ("bruno",), on(10))
    assert stands(voices, 10).on == on(10)
    kept = [*voices, *said(("bruno", Kind.OBJECTION, 8))]
    assert stands(kept, 400).state is State.CONTESTED
    decided = [*kept, *said(("eve", Kind.ACCEPTED, 20))]
    assert stands(decided, 20).way is Way.DECISION
    against = [*kept, *said(("eve", Kind.DECLINED, 20))]
    assert (stands(against, 20).state, stands(against, 20).on) == (State.DECLINED, on(20))


def test_silence_runs_again_from_the_end_of_an_objection():
    voices = said(("bruno", Kind.OBJECTION, 1), ("bruno", Kind.TAKEN_BACK, 20))
    assert stands(voices, 49).due == on(50)
    assert stands(voices, 50).way is Way.SILENCE


def test_what_comes_after_recognition_counts_for_nothing():
    voices = said(("bruno", Kind.SEEN, 1), ("chloe", Kind.SEEN, 1), ("dris", Kind.OBJECTION, 2))
    now = stands(voices, 9)
    assert (now.state, now.on, now.late) == (State.RECOGNISED, on(1), 1)
    late = said(("dris", Kind.OBJECTION, 30))
    assert (stands(late, 31).state, stands(late, 31).late) == (State.RECOGNISED, 1)


def test_voices_that_may_not_be_raised():
    now = stands([])
    roll = {"ada", "bruno", "chloe"}

    def check(who, kind, reason="", about="", here=now):
        recognition.check_voice(
            Voice(who, kind, DAY, about), by="ada", roll=roll, now=here, reason=reason
        )

    check("bruno", Kind.SEEN)
    refused("own-voice", check, "ada", Kind.SEEN)
    refused("not-on-roll", check, "zoe", Kind.SEEN)
    refused("reason-needed", check, "bruno", Kind.OBJECTION, "  ")
    refused("no-objection", check, "ada", Kind.ANSWER, "Voilà", "bruno")
    refused("no-objection", check, "bruno", Kind.TAKEN_BACK)
    held = stands(said(("bruno", Kind.OBJECTION, 0)))
    check("ada", Kind.ANSWER, "Voilà", "bruno", here=held)
    refused("not-the-contributor", check, "chloe", Kind.ANSWER, "Non", "bruno", here=held)
    refused("already-settled", check, "bruno", Kind.SEEN, here=stands([], 30))
    check("zoe", Kind.ACCEPTED, "Décidé en assemblée")
    assert not recognition.reachable(Terms(2, 0), {"ada", "bruno"}, "ada")
    assert recognition.reachable(TERMS, {"ada"}, "ada")


PEOPLE = st.sampled_from(["ada", "bruno", "chloe", "dris"])
VOICES = st.lists(
    st.builds(
        Voice, PEOPLE, st.sampled_from([Kind.SEEN, Kind.OBJECTION, Kind.TAKEN_BACK, Kind.ANSWER]),
        st.integers(0, 60).map(on), PEOPLE,
    ),
    max_size=12,
).map(lambda rows: sorted(rows, key=lambda each: each.day))  # fmt: skip


@given(VOICES, st.integers(0, 90), st.integers(0, 200))
def test_once_recognised_it_stays_so(voices, today, later):
    heard = [voice for voice in voices if voice.day <= on(today)]
    before, after = stands(heard, today), stands(voices, max(today, 60) + later)
    if before.state is State.RECOGNISED:
        assert (after.state, after.on) == (State.RECOGNISED, before.on)
    if before.due is not None:
        assert before.due > on(today)
        assert stands(heard, (before.due - DAY).days).on == before.due


@given(st.sets(PEOPLE), st.randoms())
def test_the_order_of_those_who_have_seen_is_irrelevant(people, random):
    voices = [Voice(who, Kind.SEEN, on(1)) for who in sorted(people)]
    mixed = random.sample(voices, len(voices))
    one, other = stands(voices, 5), stands(mixed, 5)
    assert (one.state, one.on) == (other.state, other.on)


# Rates


def test_a_grid_proposes_and_imposes_nothing():
    grid = [
        rates.Rate("accueil", "", 1500, DAY),
        rates.Rate("développement", "en vit", 4000, DAY, on(100)),
        rates.Rate("développement", "en vit", 4500, on(100)),
    ]
    assert [rate.minor for rate in rates.rates_on(grid, on(99))] == [1500, 4000]
    assert [rate.minor for rate in rates.rates_on(grid, on(100))] == [1500, 4500]
    assert rates.value_of(50, 1500) == 1250
    assert rates.value_of(1, 1530) == 26  # 25.5 cents
    shown = rates.compare(10_000, 120, rates.rates_on(grid, DAY))
    assert (shown.lowest, shown.highest, str(shown.beside)) == (3000, 8000, "above")
    assert str(rates.compare(10_000, 120, []).beside) == "no-grid"
    refused("amount-negative", rates.Rate, "x", "", -1, DAY)
    refused("amount-negative", rates.value_of, -1, 5)


# Budgets


def test_a_budget_says_what_is_left_and_warns():
    asked = [
        budgets.Asked("ada", "web", 250_000, paid=100_000),
        budgets.Asked("bruno", "", 90_000),
        budgets.Asked("ada", "", 20_000),
    ]
    now = budgets.stand(400_000, {"web": 200_000}, asked, elapsed=50)
    assert (now.total, now.asked, now.paid, now.left, now.over) == (
        400_000, 360_000, 100_000, 40_000, 0,
    )  # fmt: skip
    assert [(part.name, part.amount, part.left) for part in now.parts] == [
        ("web", 200_000, -50_000), ("", 200_000, 90_000),
    ]  # fmt: skip
    assert now.people == (("ada", 270_000), ("bruno", 90_000))
    assert [(str(kind), name) for kind, name in now.warnings] == [
        ("near", ""), ("ahead", ""), ("part-over", "web"),
    ]  # fmt: skip
    more = budgets.stand(400_000, {}, [budgets.Asked("ada", "", 400_001)])
    assert (more.over, str(more.warnings[0][0])) == (1, "over")
    refused("envelopes-over", budgets.check_parts, 100, {"a": 60, "b": 41})
    refused("amount-negative", budgets.Asked, "a", "", 5, 6)
    year = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    assert [budgets.elapsed_percent(*year, day) for day in (
        dt.date(2023, 1, 1), dt.date(2024, 7, 1), dt.date(2025, 1, 1))] == [0, 50, 100]  # fmt: skip


# Closing


OPTEOS = [
    Claim("ada", 450_000, keeps=300_000, rest=Rest.CARRY),
    Claim("bruno", 400_000, keeps=250_000, rest=Rest.GIVE),
    Claim("chloe", 350_000, keeps=250_000),
    Claim("dris", 200_000),
    Claim("eve", 100_000, keeps=0, rest=Rest.GIVE),
]
"""15,000 € asked for, 10,000 € there, as in the closing of a cooperative's budget of 2023."""


@pytest.mark.parametrize(
    ("rule", "paid", "carried", "given", "waived"),
    [
        (Rule.PRO_RATA, [300_000, 266_667, 233_333, 133_333, 66_667], 150_000, 166_666, 183_334),
        (Rule.CAP, [233_334, 233_333, 233_333, 200_000, 100_000], 216_666, 166_667, 116_667),
        (Rule.CARRY, [300_000, 266_667, 233_333, 133_333, 66_667], 500_000, 0, 0),
        (Rule.VOLUNTEER, [300_000, 266_667, 233_333, 133_333, 66_667], 0, 500_000, 0),
        (Rule.LOWERED, [300_000, 250_000, 250_000, 200_000, 0], 150_000, 250_000, 100_000),
    ],
)
def test_fifteen_thousand_asked_and_ten_thousand_there(rule, paid, carried, given, waived):
    outcomes = close(rule, 1_000_000, OPTEOS)
    assert [each.paid for each in outcomes] == paid
    assert sum(paid) == 1_000_000
    assert sum(each.carried for each in outcomes) == carried
    assert sum(each.given for each in outcomes) == given
    assert sum(each.waived for each in outcomes) == waived


CLAIMS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4), st.integers(0, 10**9), min_size=1, max_size=9
).flatmap(
    lambda rows: st.tuples(*[
        st.builds(
            Claim, st.just(who), st.just(minor), st.none() | st.integers(0, minor),
            st.sampled_from(Rest),
        )
        for who, minor in rows.items()
    ])
)  # fmt: skip


@given(CLAIMS, st.integers(0, 10**10), st.sampled_from(Rule), st.none() | st.sampled_from(Rest))
def test_nothing_is_lost_and_the_cap_is_kept(claims, available, rule, rest):
    outcomes = close(rule, available, claims, rest)
    for each in outcomes:
        assert each.asked == each.paid + each.carried + each.given + each.waived
        assert min(each.paid, each.carried, each.given, each.waived) >= 0
    paid = sum(each.paid for each in outcomes)
    wanted = sum(
        claim.asked if rule is not Rule.LOWERED or claim.keeps is None else claim.keeps
        for claim in claims
    )
    assert paid == min(available, wanted)


@given(CLAIMS, st.integers(0, 10**10), st.sampled_from(Rule), st.randoms())
def test_the_order_of_the_claims_is_irrelevant(claims, available, rule, random):
    mixed = random.sample(claims, len(claims))
    assert close(rule, available, claims) == close(rule, available, mixed)


@given(CLAIMS, st.integers(0, 10**10))
def test_a_cap_is_the_same_for_all(claims, available):
    outcomes = close(Rule.CAP, available, claims)
    short = [each.paid for each in outcomes if each.paid < each.asked]
    if short:
        assert max(short) - min(short) <= 1
        assert all(each.paid <= min(short) + 1 for each in outcomes)


def test_claims_that_make_no_sense():
    refused("lowered-above", Claim, "a", 5, 6)
    refused("amount-negative", Claim, "a", -1)
    refused("amount-negative", close, Rule.CAP, -1, [])
    with pytest.raises(ValueError):
        close(Rule.CAP, 1, [Claim("a", 1), Claim("a", 2)])


# The procedure


def opened():
    return overrun.begin(
        1_000_000, {claim.who: claim.asked for claim in OPTEOS},
        fallback=Rule.PRO_RATA, deadline=on(30),
    )  # fmt: skip


def acted(state, *acts, day=0):
    for kind, who, *more in acts:
        state = act_on(state, Act(kind, who, on(day), *more))
    return state


def up_to_proposals():
    state = acted(opened(), ("go-on", ""))
    state = acted(state, *(("feel", who) for who in state.claims), ("go-on", ""), ("go-on", ""))
    positions = [
        ("position", claim.who, claim.asked if claim.keeps is None else claim.keeps, claim.rest)
        for claim in OPTEOS
    ]
    return acted(state, *positions, ("go-on", ""))


def test_the_procedure_ends_by_consent():
    state = acted(up_to_proposals(), ("propose", "ada", 0, "", "pro-rata"))
    state = acted(state, ("consent", "ada"), ("object", "dris"))
    assert (state.stage, sorted(state.missing())) == (Stage.PROPOSALS, ["bruno", "chloe", "eve"])
    state = acted(state, ("propose", "chloe", 0, "", "lowered"))
    assert not state.consents and not state.objections
    state = acted(state, *(("consent", who) for who in state.claims))
    assert (state.stage, state.by_rule) == (Stage.PRACTICE, False)
    assert state.outcomes == close(Rule.LOWERED, 1_000_000, OPTEOS)
    state = acted(state, *(("practice", who) for who in state.claims), ("go-on", ""))
    assert state.stage is Stage.DONE
    refused("wrong-stage", acted, state, ("go-on", ""))


def test_without_consent_the_agreed_rule_decides_from_its_day_on():
    state = up_to_proposals()
    refused("no-proposal", acted, state, ("consent", "ada"))
    refused("wrong-stage", acted, state, ("go-on", ""))
    refused("too-early", acted, state, ("fallback", "ada"), day=29)
    state = acted(state, ("fallback", "ada"), day=30)
    assert state.by_rule and state.outcomes == close(Rule.PRO_RATA, 1_000_000, OPTEOS)


def test_everybody_is_heard_or_excused():
    state = acted(opened(), ("go-on", ""), ("feel", "ada"))
    told = refused("not-heard", acted, state, ("go-on", ""))
    assert told.data["who"] == ["bruno", "chloe", "dris", "eve"]
    state = acted(
        state, *(("excuse", who) for who in told.data["who"]), ("go-on", ""), ("go-on", "")
    )
    state = acted(state, *(("excuse", who) for who in state.claims))
    state = acted(state, ("position", "ada", 0, "give", "cap"))
    assert state.positions["ada"] == Position(0, Rest.GIVE, Rule.CAP)
    assert "ada" not in state.excused
    refused("not-a-claimant", acted, state, ("position", "zoe", 0))
    refused("lowered-above", acted, state, ("position", "ada", 450_001))
    refused("wrong-stage", acted, state, ("feel", "ada"))


def test_going_back_makes_old_proposals_void():
    state = acted(up_to_proposals(), ("propose", "ada", 0, "", "lowered"), ("consent", "ada"))
    state = acted(state, ("go-back", ""), ("position", "dris", 50_000), ("go-on", ""))
    refused("no-proposal", acted, state, ("consent", "ada"))
    state = acted(state, ("propose", "ada", 0, "carry", "lowered"))
    paid = {each.who: each.paid for each in state.proposals[-1].outcomes}
    assert paid["dris"] == 50_000 and sum(paid.values()) == 850_000


def test_there_is_no_overrun_where_it_is_enough():
    refused("no-overrun", overrun.begin, 10, {"a": 10}, fallback=Rule.CAP, deadline=DAY)
    refused("amount-negative", overrun.begin, -1, {"a": 1}, fallback=Rule.CAP, deadline=DAY)
    state = overrun.begin(0, {"a": 1, "b": 0}, fallback=Rule.CAP, deadline=DAY)
    assert (state.over, dict(state.claims)) == (1, {"a": 1})


# How much, as it is typed


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("2 h 30", Measure(minutes=150)), ("2h", Measure(minutes=120)), ("1:05", Measure(minutes=65)),
        ("45 min", Measure(minutes=45)), ("1,5 heures", Measure(minutes=90)),
        ("25 €", Measure(cents=2_500)), ("€ 25,50", Measure(cents=2_550)),
        ("1 200 euros", Measure(cents=120_000)),
        ("12,5 kg", Measure(quantity=Decimal("12.5"), unit="kg")),
        ("3 jeunes arbres", Measure(quantity=Decimal(3), unit="jeunes arbres")),
    ],
)  # fmt: skip
def test_one_box_reads_times_amounts_and_quantities(text, measure):
    assert parse_measure(text) == measure


@pytest.mark.parametrize(
    "text", ["", "h", "deux heures", "12", "1,001 h", "1 " + "x" * 25, "0,001 €"]
)
def test_what_is_no_measure(text):
    refused("not-a-measure", parse_measure, text)


@given(
    st.integers(1, 10**6).map(lambda minutes: Measure(minutes=minutes))
    | st.integers(1, 10**11).map(lambda cents: Measure(cents=cents))
    | st.builds(
        Measure, quantity=st.integers(1, 10**12).map(lambda n: Decimal(n).scaleb(-6)),
        unit=st.sampled_from(["kg", "arbres", "jours"]),
    ),
    st.sampled_from(["fr", "en"]),
)  # fmt: skip
def test_what_is_written_is_read_again(measure, language):
    assert parse_measure(write_measure(measure, language), language) == measure
