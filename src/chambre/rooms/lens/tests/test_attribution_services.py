"""Attribution: who may change which rules, drafts, comparisons, versions, hand, suggestions."""

from __future__ import annotations

import threading

import pytest
from django.core.cache import cache
from django.db import connection

from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.models import AuditEntry
from chambre.ledger.models import JournalEntry, Line
from chambre.lib.attribution import RuleFileError
from chambre.registry import api
from chambre.rooms.lens import services
from chambre.rooms.lens.models import (
    AttributionRun,
    HandAttribution,
    RuleDraft,
    RuleSet,
    SuggestionAnswer,
)
from chambre.rooms.lens.tests.attribution_samples import (
    NECTAR,
    bring,
    entry,
    rule,
    treasurer_of,
    world,
)

SALES = rule("ventes", {"verger": 60, "presse": 40}, structure=["nectar"], account=["701*"])
PRESS = rule("presse", {"presse": 1}, label="(?i)presse", account=["6*", "7*"])


@pytest.fixture
def chamber(db, system):
    cache.clear()
    return world(system)


@pytest.fixture
def nectar(chamber, system):
    return treasurer_of("nectar", email="nadia@exemple.test", system=system)


@pytest.fixture
def both(chamber, system):
    return treasurer_of("nectar", "cuma", email="bruno@exemple.test", system=system)


def read(*data, chamber):
    return services.check_rules(list(data), chamber=chamber)


def apply(*data, chamber, by, **options):
    return services.apply_rules(
        rules=read(*data, chamber=chamber), chamber=chamber, by=by, **options
    )


def held(resource):
    lines = Line.objects.filter(resource__slug=resource, account__is_link=False)
    return sorted(lines.values_list("account__code", "amount"))


def attributions():
    return JournalEntry.objects.filter(kind="attribution").count()


def test_who_answers_for_one_structure_makes_rules_for_it_alone(chamber, nectar):
    report = apply(SALES, chamber=chamber, by=nectar)

    assert (report.attributed, report.unattributed) == (1, 5)
    assert held("verger") == [("701000", -6000)]
    assert AttributionRun.objects.first().report["structures"] == ["nectar"]


def test_a_rule_that_others_would_feel_is_refused_and_nothing_happens(chamber, nectar):
    for data in (PRESS, rule("la cuma", {"presse": 1}, structure=["cuma"])):
        with pytest.raises(Forbidden) as refused:
            apply(data, chamber=chamber, by=nectar)
        assert refused.value.data["structures"] == ["Cuma"]

    assert not RuleSet.objects.exists()
    assert attributions() == 0


def test_who_answers_for_one_structure_leaves_the_rules_of_others_where_they_are(
    chamber, nectar, system
):
    apply(PRESS, chamber=chamber, by=system)

    apply(SALES, PRESS, chamber=chamber, by=nectar)

    assert [each.name for each in services.current_rules(chamber)] == ["ventes", "presse"]
    with pytest.raises(Forbidden):
        apply(SALES, chamber=chamber, by=nectar)
    with pytest.raises(Forbidden):
        apply(rule("presse", {"presse": 1}, label="(?i)x"), chamber=chamber, by=nectar)
    assert RuleSet.objects.count() == 2


def test_somebody_without_books_changes_nothing(chamber, make_user):
    from chambre.core.actors import Actor

    by = Actor.of(make_user("zoe@exemple.test"))

    for attempt in (
        lambda: apply(SALES, chamber=chamber, by=by),
        lambda: services.preview(rules=read(SALES, chamber=chamber), chamber=chamber, by=by),
        lambda: services.put_rule(rule=SALES, place=None, was="", chamber=chamber, by=by),
        lambda: services.suggest(chamber=chamber, by=by),
        lambda: services.count_survey(chamber=chamber, by=by),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert not RuleDraft.objects.exists()
    assert not RuleSet.objects.exists()


def test_a_draft_is_made_step_by_step_and_changes_nothing_before_it_is_applied(chamber, both):
    services.put_rule(rule=PRESS, place=None, was="", chamber=chamber, by=both)
    services.put_rule(rule=SALES, place=None, was="", chamber=chamber, by=both)
    working = services.move_rule(place=1, was="ventes", to=0, chamber=chamber, by=both)

    assert [each.name for each in working.rules] == ["ventes", "presse"]
    assert (working.drafted, working.version, working.base) == (True, 0, 0)
    assert attributions() == 0
    found = services.compare_rules(rules=working.rules, chamber=chamber, by=both)
    assert (found.changed, found.size) == (4, 10000 + 3300 + 3300 + 1200)
    assert [each.lines for each in found.after.rules] == [1, 3]

    services.apply_rules(rules=working.rules, chamber=chamber, by=both, base=0)

    assert not RuleDraft.objects.exists()
    assert held("presse") == [
        ("602000", 1200), ("613200", 3300), ("701000", -4000), ("706000", -3300),
    ]  # fmt: skip


def test_a_draft_with_a_mistake_is_refused_and_stays_as_it_was(chamber, both):
    services.put_rule(rule=SALES, place=None, was="", chamber=chamber, by=both)

    for wrong, code in (
        (rule("x", {"verger": 0}), "weight"),
        (rule("x", {"verger": 1}, label="(a+)+b"), "catastrophic"),
        (rule("x", {"inconnue": 1}), "unknown-resource"),
        (rule("ventes", {"verger": 1}), "name-twice"),
    ):
        with pytest.raises(RuleFileError) as refused:
            services.put_rule(rule=wrong, place=None, was="", chamber=chamber, by=both)
        assert [each.code for each in refused.value.problems] == [code]
    assert [each["name"] for each in RuleDraft.objects.get().rules] == ["ventes"]


def test_a_rule_that_was_moved_in_another_tab_is_not_mistaken_for_another(chamber, both):
    for data in (SALES, PRESS):
        services.put_rule(rule=data, place=None, was="", chamber=chamber, by=both)

    with pytest.raises(Conflict):
        services.drop_rule(place=0, was="presse", chamber=chamber, by=both)

    assert len(RuleDraft.objects.get().rules) == 2


def test_rules_that_were_applied_meanwhile_are_not_overwritten(chamber, both, system):
    services.put_rule(rule=SALES, place=None, was="", chamber=chamber, by=both)
    apply(PRESS, chamber=chamber, by=system)
    working = services.working_rules(chamber=chamber, by=both)

    assert working.outdated
    with pytest.raises(services.RulesChanged):
        services.apply_rules(rules=working.rules, chamber=chamber, by=both, base=working.base)
    assert [each.name for each in services.current_rules(chamber)] == ["presse"]
    assert services.rebase_draft(chamber=chamber, by=both).base == 1


def test_the_trial_of_a_rule_says_what_it_takes_from_the_others(chamber, both):
    rules = read(SALES, PRESS, rule("charges", {"verger": 1}, account=["6*"]), chamber=chamber)

    press = services.try_rule(rules=rules, place=1, chamber=chamber, by=both)
    costs = services.try_rule(rules=rules, place=2, chamber=chamber, by=both)

    assert (press.lines, press.debit, press.credit) == (3, 4500, 3300)
    assert press.from_others == {"charges": 2, "": 1}
    assert (costs.lines, costs.earlier) == (2, {"presse": 2})
    assert attributions() == 0


def test_the_trial_of_a_change_says_what_the_rule_loses_and_to_whom(chamber, both):
    rules = read(
        rule("presse", {"presse": 1}, label="(?i)location", account=["6*"]),
        rule("charges", {"verger": 1}, account=["6*"], structure=["cuma"]),
        chamber=chamber,
    )
    before = read(rule("presse", {"presse": 1}, account=["6*"]), chamber=chamber)[0]

    trial = services.try_rule(rules=rules, place=0, chamber=chamber, by=both, before=before)

    assert trial.lines == 1
    assert trial.lost == {"charges": 2, "": 1}


def test_figures_and_suggestions_show_nothing_of_structures_one_does_not_answer_for(
    chamber, nectar, system
):
    apply(PRESS, chamber=chamber, by=system)

    survey = services.count_survey(chamber=chamber, by=nectar)
    trial = services.try_rule(
        rules=services.current_rules(chamber), place=0, chamber=chamber, by=nectar
    )

    assert {structure for structure, _account in survey.accounts} == {"nectar"}
    assert {each.structure for each in survey.left.values()} == {"nectar"}
    assert [line.structure for line in trial.samples] == ["nectar"]
    for each in services.suggest(chamber=chamber, by=nectar):
        assert each.group.structure == "nectar"
        assert {why.known.structure for why in each.suggestion.reasons} == {"nectar"}


def test_what_is_left_is_counted_by_lines_and_amounts(chamber, both):
    apply(SALES, PRESS, chamber=chamber, by=both)

    survey = services.count_survey(chamber=chamber, by=both)

    assert (survey.report.attributed, survey.report.unattributed) == (4, 8)
    assert survey.report.coverage["7"] == [2, 2, 13300, 13300]
    assert survey.accounts["nectar", "401000"] == [2, 0, 8300, 0]
    largest = max(survey.left.values(), key=lambda each: each.size)
    assert (largest.account, largest.third, largest.lines, largest.debit) == (
        "411000", "C-CANTINE", 1, 10000,
    )  # fmt: skip


def test_an_import_is_attributed_by_the_rules_in_force(chamber, both):
    apply(SALES, PRESS, chamber=chamber, by=both)

    more = entry(9, "Nectar de pomme", "411000", "701000", 10, third="C-CANTINE", day="20240105")
    bring("nectar", more, by=both, year=2024)

    assert ("701000", -600) in held("verger")
    assert AttributionRun.objects.first().report["structures"] == ["nectar"]


def test_a_replaced_export_is_attributed_anew(chamber, both):
    apply(SALES, chamber=chamber, by=both)

    changed = [*entry(1, "Nectar de fraise", "411000", "701000", 200, third="C-CANTINE")]
    bring("nectar", [*changed, *NECTAR[2:]], by=both, replace=True)

    total = sum(amount for account, amount in held("verger") if account == "701000")
    assert total == -12000


def test_going_back_to_a_version_makes_a_new_one_and_undoes_what_came_after(chamber, both):
    apply(SALES, chamber=chamber, by=both, note="début")
    before = held("presse")
    apply(SALES, PRESS, chamber=chamber, by=both)

    first = RuleSet.objects.get(number=1)
    services.apply_rules(rules=services.rules_of(first), chamber=chamber, by=both, base=2)

    assert [each.number for each in RuleSet.objects.all()] == [3, 2, 1]
    sums: dict[str, int] = {}
    for account, amount in held("presse"):
        sums[account] = sums.get(account, 0) + amount
    assert {account: amount for account, amount in sums.items() if amount} == dict(before)


def test_running_again_posts_nothing(chamber, both):
    apply(SALES, PRESS, chamber=chamber, by=both)
    posted = attributions()

    report = services.apply_rules(rules=None, chamber=chamber, by=both)

    assert (report.changed, attributions(), RuleSet.objects.count()) == (0, posted, 1)


def test_a_word_by_hand_stands_above_the_rules_until_it_is_taken_back(chamber, both):
    apply(SALES, chamber=chamber, by=both)
    line = Line.objects.get(account__code="701000", source_line__isnull=True)

    assert services.attribute_by_hand(lines=[line.pk], shares={"verger": 1}, by=both) == 1
    survey = services.count_survey(chamber=chamber, by=both)
    assert (survey.report.by_hand.lines, survey.report.rules[0].lines) == (1, 0)
    services.attribute_by_hand(lines=[line.pk], shares={}, by=both, reason="erreur")

    words = HandAttribution.objects.filter(line=line)
    assert [(each.number, each.shares, each.by) for each in words] == [
        (1, {"verger": 1}, both.user),
        (2, {}, both.user),
    ]
    assert sum(amount for _account, amount in held("verger")) == -6000


def test_hand_attribution_of_a_foreign_line_is_refused_and_nothing_happens(chamber, nectar):
    foreign = Line.objects.get(account__code="706000")

    with pytest.raises(Forbidden):
        services.attribute_by_hand(lines=[foreign.pk], shares={"presse": 1}, by=nectar)
    with pytest.raises(Invalid):
        services.attribute_by_hand(lines=list(range(1, 5002)), shares={"presse": 1}, by=nectar)

    assert not HandAttribution.objects.exists()
    assert attributions() == 0


def proposals(chamber, by):
    return {
        (each.group.structure, each.group.account, each.group.third): each
        for each in services.suggest(chamber=chamber, by=by)
    }


def answer(proposal, *, by, **options):
    group = proposal.group
    return services.answer_suggestion(
        structure=api.structure(group.structure),
        group=group.key,
        account=group.account,
        third=group.third,
        shares=dict(proposal.suggestion.shares),
        by=by,
        **options,
    )


def test_the_other_half_of_an_attributed_entry_is_suggested(chamber, both):
    apply(PRESS, chamber=chamber, by=both)

    found = proposals(chamber, both)

    assert sorted(found) == [
        ("cuma", "401000", "F-HUILE"),
        ("cuma", "411000", "C-NECTAR"),
        ("nectar", "401000", "F-CUMA"),
    ]
    hire = found["nectar", "401000", "F-CUMA"].suggestion
    assert (dict(hire.shares), hire.percent, hire.sureness) == ({"presse": 1}, 75, "likely")
    assert [(why.known.account, why.known.label, why.words) for why in hire.reasons] == [
        ("613200", "Location de la presse mars", 100),
    ]


def test_an_accepted_suggestion_attributes_exactly_its_lines(chamber, both):
    apply(PRESS, chamber=chamber, by=both)
    proposal = proposals(chamber, both)["nectar", "401000", "F-CUMA"]

    result = answer(proposal, by=both, accepted=True)

    assert result.changed == 1
    assert ("401000", -3300) in held("presse")
    record = SuggestionAnswer.objects.get()
    assert (record.accepted, record.lines, record.shares) == (True, 1, {"presse": 1})
    with pytest.raises(Conflict):
        answer(proposal, by=both, accepted=True)
    assert SuggestionAnswer.objects.count() == 1


def test_a_refused_suggestion_does_not_come_back(chamber, both):
    apply(PRESS, chamber=chamber, by=both)
    posted = attributions()

    answer(proposals(chamber, both)["nectar", "401000", "F-CUMA"], by=both, accepted=False)

    assert ("nectar", "401000", "F-CUMA") not in proposals(chamber, both)
    assert attributions() == posted


def test_an_accepted_suggestion_can_become_a_rule_in_the_draft(chamber, both):
    apply(PRESS, chamber=chamber, by=both)

    result = answer(
        proposals(chamber, both)["nectar", "401000", "F-CUMA"],
        by=both,
        accepted=True,
        as_rule=True,
    )

    added = services.working_rules(chamber=chamber, by=both).rules[result.place]
    assert (added.structure, added.account, added.auxiliary) == (
        ("nectar",), ("401000",), ("F-CUMA",),
    )  # fmt: skip
    assert added.label == "(?i)Location.*presse"
    trial = services.try_rule(
        rules=services.working_rules(chamber=chamber, by=both).rules,
        place=result.place,
        chamber=chamber,
        by=both,
    )
    assert (trial.lines, trial.from_others) == (1, {"": 1})
    assert SuggestionAnswer.objects.get().rule == result.rule


def test_an_answer_for_a_foreign_structure_is_refused(chamber, both, nectar):
    apply(PRESS, chamber=chamber, by=both)
    proposal = proposals(chamber, both)["cuma", "411000", "C-NECTAR"]

    with pytest.raises(Forbidden):
        answer(proposal, by=nectar, accepted=True)

    assert not SuggestionAnswer.objects.exists()


def test_every_change_is_in_the_audit_trail(chamber, both):
    services.put_rule(rule=PRESS, place=None, was="", chamber=chamber, by=both)
    working = services.working_rules(chamber=chamber, by=both)
    services.apply_rules(rules=working.rules, chamber=chamber, by=both, base=0)
    answer(proposals(chamber, both)["nectar", "401000", "F-CUMA"], by=both, accepted=True)

    actions = set(AuditEntry.objects.filter(actor=both.label).values_list("action", flat=True))

    assert {
        "lens.rules.drafted",
        "lens.attribution.run",
        "lens.attribution.by_hand",
        "lens.suggestion.answered",
    } <= actions


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_the_same_suggestion_at_once_one_is_told(system):
    cache.clear()
    chamber = world(system)
    by = treasurer_of("nectar", "cuma", email="ada@exemple.test", system=system)
    apply(PRESS, chamber=chamber, by=by)
    proposal = proposals(chamber, by)["nectar", "401000", "F-CUMA"]
    barrier = threading.Barrier(2)
    outcomes = []

    def go():
        barrier.wait()
        try:
            answer(proposal, by=by, accepted=True)
            outcomes.append("accepted")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["accepted", "told"]
    assert SuggestionAnswer.objects.count() == HandAttribution.objects.count() == 1
    assert held("presse").count(("401000", -3300)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_at_once_from_the_same_version_one_is_told(system):
    cache.clear()
    chamber = world(system)
    people = [
        treasurer_of("nectar", "cuma", email=f"{name}@exemple.test", system=system)
        for name in ("ada", "bo")
    ]
    barrier = threading.Barrier(2)
    outcomes = []

    def go(by, data):
        barrier.wait()
        try:
            apply(data, chamber=chamber, by=by, base=0)
            outcomes.append("applied")
        except services.RulesChanged:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=go, args=each) for each in zip(people, (SALES, PRESS), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["applied", "told"]
    assert [each.number for each in RuleSet.objects.all()] == [1]
    assert AttributionRun.objects.filter(ruleset__number=1).count() == 1


def test_lines_wait_only_until_the_rules_have_run_over_their_structure(chamber, both):
    from chambre.rooms.lens.queries import attributable_structures, attributing

    mine = attributable_structures(chamber, both)
    assert attributing.lines_waiting(mine) == 12
    apply(SALES, chamber=chamber, by=both)
    assert attributing.lines_waiting(mine) == 0
    more = entry(9, "Nectar de pomme", "411000", "701000", 10, day="20240105")
    bring("nectar", more, by=both, year=2024)
    assert attributing.lines_waiting(mine) == 0
