"""Attribution through its pages, as a treasurer does it, without a script."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from chambre.core.actors import Actor
from chambre.ledger.models import JournalEntry, Line
from chambre.rooms.lens import services
from chambre.rooms.lens.models import HandAttribution, RuleDraft, RuleSet, SuggestionAnswer
from chambre.rooms.lens.tests.attribution_samples import rule, treasurer_of, world

PRESS = {
    "name": "presse",
    "label": "(?i)presse",
    "account": "6*, 7*",
    "shares-resource": ["presse", "", ""],
    "shares-weight": ["1", "", ""],
}
TEXT = '[[rule]]\nname = "ventes"\naccount = "701*"\nshares = { verger = 60, "-" = 40 }\n'
PAGES = [
    "/attribution/",
    "/attribution/regles/nouvelle/",
    "/attribution/regles/0/",
    "/attribution/changements/",
    "/attribution/texte/",
    "/attribution/texte/regles.toml",
    "/attribution/lignes/",
    "/attribution/lignes/1/",
    "/attribution/reste/",
    "/attribution/propositions/",
    "/attribution/historique/",
    "/attribution/historique/1/",
]
POSTS = [
    "/attribution/regles/nouvelle/",
    "/attribution/regles/0/",
    "/attribution/regles/0/changer/",
    "/attribution/regles/essai/",
    "/attribution/appliquer/",
    "/attribution/relancer/",
    "/attribution/compter/",
    "/attribution/texte/",
    "/attribution/lignes/",
    "/attribution/propositions/",
    "/attribution/historique/1/",
]


@pytest.fixture(scope="module")
def home(once):
    return once(world, Actor.system("test"))


@pytest.fixture
def chamber(home, db):
    cache.clear()
    return deepcopy(home)


@pytest.fixture
def browsing(client, chamber, system):
    both = treasurer_of("nectar", "cuma", email="bruno@exemple.test", system=system)
    client.force_login(both.user)
    client.actor = both
    return client


@pytest.fixture
def narrow(client, chamber, system):
    nectar = treasurer_of("nectar", email="nadia@exemple.test", system=system)
    client.force_login(nectar.user)
    client.actor = nectar
    return client


def apply(chamber, by, *data):
    rules = services.check_rules(list(data), chamber=chamber)
    return services.apply_rules(rules=rules, chamber=chamber, by=by)


def text_of(page):
    return page.content.decode()


def attributions():
    return JournalEntry.objects.filter(kind="attribution").count()


def test_a_rule_is_written_tried_kept_compared_and_applied(browsing):
    tried = browsing.post("/attribution/regles/nouvelle/", {**PRESS, "try": "1"})
    assert (tried.status_code, tried.context["trial"].lines) == (200, 3)
    assert not RuleDraft.objects.exists()

    kept = browsing.post("/attribution/regles/nouvelle/", {**PRESS, "save": "1"}, follow=True)
    assert kept.context["rows"][0]["taken"].lines == 3
    compared = browsing.get("/attribution/changements/")
    assert (compared.context["found"].changed, attributions()) == (3, 0)

    browsing.post("/attribution/appliquer/", {"apply": "1", "note": "pour voir"})

    assert RuleSet.objects.get().note == "pour voir"
    assert Line.objects.filter(resource__slug="presse", account__is_link=False).count() == 3
    assert not RuleDraft.objects.exists()


def test_the_live_count_is_a_part_of_the_page(browsing):
    part = browsing.post("/attribution/regles/essai/", {**PRESS, "place": ""})

    assert part.status_code == 200
    assert "<html" not in text_of(part)
    assert part.context["trial"].lines == 3
    wrong = browsing.post("/attribution/regles/essai/", {**PRESS, "label": "("})
    assert "trial" not in wrong.context
    assert wrong.context["trial_problems"]


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("label", "(a+)+b", "label"),
        ("label", "(x", "label"),
        ("name", "", "name"),
        ("shares-weight", ["0", "", ""], "shares"),
        ("shares-weight", ["-3", "", ""], "shares"),
        ("shares-weight", ["1,5", "", ""], "shares"),
        ("shares-resource", ["inconnue", "", ""], "shares"),
        ("shares-resource", ["", "", ""], "shares"),
        ("until", "2001-01-01", "until"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_kept(browsing, field, value, where):
    typed = {**PRESS, "since": "2023-01-01", "save": "1", field: value}

    page = browsing.post("/attribution/regles/nouvelle/", typed)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [where]
    assert not RuleDraft.objects.exists()


def test_more_rows_for_shares_come_without_losing_what_was_typed(browsing):
    page = browsing.post("/attribution/regles/nouvelle/", {**PRESS, "name": "", "more": "1"})

    assert page.status_code == 200
    assert text_of(page).count('name="shares-resource"') == 6
    assert 'value="(?i)presse"' in text_of(page)
    assert "field-invalid" not in text_of(page)


def test_rules_move_and_go_in_the_draft(browsing, chamber):
    apply(chamber, browsing.actor, rule("a", {"verger": 1}), rule("b", {"presse": 1}))

    browsing.post("/attribution/regles/1/changer/", {"was": "b", "to": "0"})
    assert [each["name"] for each in RuleDraft.objects.get().rules] == ["b", "a"]
    browsing.post("/attribution/regles/1/changer/", {"was": "a", "drop": "1"})
    assert [each["name"] for each in RuleDraft.objects.get().rules] == ["b"]
    browsing.post("/attribution/appliquer/", {"discard": "1"})

    assert not RuleDraft.objects.exists()
    assert [each.name for each in services.current_rules(chamber)] == ["a", "b"]


def test_who_answers_for_one_structure_chooses_it_and_sees_no_rule_of_others(
    narrow, chamber, system
):
    apply(chamber, system, rule("secret", {"presse": 1}, structure=["cuma"], label="Banque"))

    listed = text_of(narrow.get("/attribution/"))
    assert "secret" not in listed
    assert "Banque" not in listed
    assert narrow.get("/attribution/regles/0/").status_code == 404
    assert narrow.get("/attribution/texte/").status_code == 403
    assert "secret" not in text_of(narrow.get("/attribution/historique/"))
    assert "secret" not in text_of(narrow.get("/attribution/historique/1/"))

    page = narrow.post("/attribution/regles/nouvelle/", {**PRESS, "save": "1"})
    assert list(page.context["form"].errors) == ["structure"]
    narrow.post("/attribution/regles/nouvelle/", {**PRESS, "structure": "nectar", "save": "1"})
    narrow.post("/attribution/appliquer/", {"apply": "1"})

    assert [each.name for each in services.current_rules(chamber)] == ["secret", "presse"]
    assert Line.objects.filter(resource__slug="presse", account__code="613200").exists()


def test_the_text_of_the_rules_goes_out_and_comes_in(browsing, chamber):
    compared = browsing.post("/attribution/texte/", {"text": TEXT}, follow=True)

    assert compared.context["found"].changed == 1
    browsing.post("/attribution/appliquer/", {"apply": "1"})
    text = text_of(browsing.get("/attribution/texte/regles.toml"))
    assert 'name = "ventes"' in text
    file = SimpleUploadedFile("r.toml", text.replace("60", "70").encode())
    browsing.post("/attribution/texte/", {"file": file})
    assert RuleDraft.objects.get().rules[0]["shares"] == {"verger": 70, "-": 40}


def test_every_mistake_of_a_text_is_named_and_nothing_changes(browsing):
    wrong = '[[rule]]\nname = "x"\nlabel = "(a+)+b"\nshares = { rien = 0 }\n'

    page = browsing.post("/attribution/texte/", {"text": wrong})

    assert page.status_code == 422
    assert len(page.context["problems"]) == 3
    assert not RuleDraft.objects.exists()


def test_lines_are_found_chosen_and_attributed_by_hand(browsing):
    found = browsing.get("/attribution/lignes/", {"structure": "nectar", "text": "presse"})
    ids = [row["line"].id for row in found.context["rows"]]
    assert len(ids) == 2

    said = {"line": ids[:1], "reason": "vu avec la Cuma", "say": "1"}
    said |= {"shares-resource": ["presse", "-"], "shares-weight": ["2", "1"]}
    browsing.post("/attribution/lignes/?structure=nectar&text=presse", said)

    word = HandAttribution.objects.get()
    assert (word.shares, word.reason) == ({"presse": 2, "-": 1}, "vu avec la Cuma")
    shown = text_of(browsing.get(f"/attribution/lignes/{ids[0]}/"))
    assert "vu avec la Cuma" in shown
    assert "bruno@exemple.test" in shown
    browsing.post("/attribution/lignes/", {"line": ids[:1], "back": "1"})
    assert [each.shares for each in HandAttribution.objects.all()][-1] == {}
    assert browsing.get("/attribution/lignes/", {"state": "hand"}).context["rows"] == []


def test_all_lines_that_a_filter_finds_are_attributed_together(browsing):
    said = {"all": "1", "shares-resource": ["verger"], "shares-weight": ["1"], "say": "1"}

    browsing.post("/attribution/lignes/?account=401&state=left", said)

    assert HandAttribution.objects.count() == 3
    assert browsing.get("/attribution/lignes/?account=401&state=left").context["rows"] == []


def test_nothing_is_said_about_no_line_or_without_shares(browsing):
    for typed in (
        {"say": "1", "shares-resource": ["verger"], "shares-weight": ["1"]},
        {"line": "1"},
    ):
        assert browsing.post("/attribution/lignes/", typed).status_code == 422

    assert not HandAttribution.objects.exists()


def test_lines_are_found_by_rule_and_pages_follow_one_another(browsing, chamber, monkeypatch):
    monkeypatch.setattr("chambre.rooms.lens.views.handwork.PER_PAGE", 2)
    apply(chamber, browsing.actor, rule("presse", {"presse": 1}, label="(?i)presse"))

    first = browsing.get("/attribution/lignes/", {"rule": "presse"})
    second = browsing.get(
        "/attribution/lignes/", {"rule": "presse", "below": first.context["found"].below}
    )

    ids = [row["line"].id for page in (first, second) for row in page.context["rows"]]
    assert len(ids) == 4
    assert ids == sorted(ids, reverse=True)
    assert not any(row["waits"] for row in first.context["rows"])


def test_lines_and_words_of_a_foreign_structure_are_not_shown(narrow):
    foreign = Line.objects.filter(book__structure__slug="cuma").first()

    assert narrow.get(f"/attribution/lignes/{foreign.pk}/").status_code == 403
    rows = narrow.get("/attribution/lignes/").context["rows"]
    assert {row["line"].structure for row in rows} == {"nectar"}
    said = {"line": [foreign.pk], "shares-resource": ["verger"], "shares-weight": ["1"]}
    assert narrow.post("/attribution/lignes/", said).status_code == 422
    assert not HandAttribution.objects.exists()


def test_suggestions_are_accepted_and_refused_on_their_page(browsing, chamber):
    apply(
        chamber, browsing.actor, rule("presse", {"presse": 1}, label="(?i)presse", account=["6*"])
    )
    rows = browsing.get("/attribution/propositions/").context["rows"]
    first, second = (row["proposal"] for row in rows[:2])

    def sent(proposal, answer):
        group = proposal.group
        return {
            "structure": group.structure,
            "group": group.key,
            "account": group.account,
            "third": group.third,
            "share": [f"{slug}={weight}" for slug, weight in proposal.suggestion.shares],
            "answer": answer,
        }

    browsing.post("/attribution/propositions/", sent(first, "hand"))
    browsing.post("/attribution/propositions/", sent(second, "no"))

    answers = SuggestionAnswer.objects.order_by("id").values_list("accepted", flat=True)
    assert list(answers) == [True, False]
    keys = {
        row["proposal"].group.key
        for row in browsing.get("/attribution/propositions/").context["rows"]
    }
    assert not keys & {first.group.key, second.group.key}


def test_the_history_shows_versions_and_goes_back_through_a_comparison(browsing, chamber):
    apply(chamber, browsing.actor, rule("a", {"verger": 1}, account=["7*"]))
    apply(chamber, browsing.actor, rule("a", {"presse": 1}, account=["7*"]))

    listed = browsing.get("/attribution/historique/").context["versions"]
    assert [(each["version"].number, each["changes"]["changed"]) for each in listed] == [
        (2, 1),
        (1, 0),
    ]
    back = browsing.post("/attribution/historique/1/", follow=True)
    assert back.context["found"].changed == 2
    browsing.post("/attribution/appliquer/", {"apply": "1", "note": "retour"})

    assert RuleSet.objects.first().number == 3
    assert services.current_rules(chamber)[0].shares == {"verger": 1}


def test_rules_are_run_again_from_their_page(browsing, chamber):
    apply(chamber, browsing.actor, rule("a", {"verger": 1}))
    posted = attributions()

    page = browsing.post("/attribution/relancer/", follow=True)

    assert page.status_code == 200
    assert attributions() == posted


def test_many_lines_are_counted_in_the_background_first(browsing, chamber, monkeypatch):
    apply(chamber, browsing.actor, rule("a", {"verger": 1}))
    monkeypatch.setattr("chambre.rooms.lens.services.surveying.LIVE_LINES", 3)
    cache.clear()

    waiting = browsing.get("/attribution/reste/")
    assert waiting.context["survey"] is None
    assert browsing.get("/attribution/propositions/").context["uncounted"]
    assert browsing.get("/attribution/").status_code == 200
    browsing.post("/attribution/compter/", {"what": "left"})

    assert browsing.get("/attribution/reste/").context["total"]["lines"] == 12
    line = Line.objects.get(account__code="616000", source_line__isnull=True)
    services.attribute_by_hand(lines=[line.pk], shares={"verger": 1}, by=browsing.actor)
    assert browsing.get("/attribution/reste/").context["survey"].stale


def test_suggestions_from_many_lines_stay_without_those_that_were_answered(
    browsing, chamber, monkeypatch
):
    apply(
        chamber, browsing.actor, rule("presse", {"presse": 1}, label="(?i)presse", account=["6*"])
    )
    monkeypatch.setattr("chambre.rooms.lens.services.surveying.LIVE_LINES", 3)
    cache.clear()
    browsing.post("/attribution/compter/", {"what": "suggestions"})
    fresh = browsing.get("/attribution/propositions/").context
    first = fresh["rows"][0]["proposal"]
    assert not fresh["stale"]

    services.answer_suggestion(
        structure=next(each for each in fresh["desk"].mine if each.slug == first.group.structure),
        group=first.group.key,
        account=first.group.account,
        third=first.group.third,
        shares=dict(first.suggestion.shares),
        accepted=True,
        by=browsing.actor,
    )

    after = browsing.get("/attribution/propositions/").context
    assert after["stale"]
    assert len(after["rows"]) == len(fresh["rows"]) - 1


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_not_for_people_without_books(client, chamber, make_user, path):
    assert client.get(path).status_code in (302, 403)
    client.force_login(make_user("zoe@exemple.test"))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_for_people_without_books(client, chamber, make_user, path):
    assert client.post(path, {**PRESS, "save": "1"}).status_code in (302, 403)
    client.force_login(make_user("zoe@exemple.test"))
    assert client.post(path, {**PRESS, "save": "1"}).status_code == 403
    assert not RuleDraft.objects.exists()
    assert not RuleSet.objects.exists()
    assert not HandAttribution.objects.exists()


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_the_database_little(
    browsing, chamber, path, django_assert_max_num_queries, monkeypatch
):
    apply(chamber, browsing.actor, rule("a", {"verger": 1}, account=["7*"]))
    services.put_rule(
        rule=rule("b", {"presse": 1}), place=None, was="", chamber=chamber, by=browsing.actor
    )
    cache.clear()

    with django_assert_max_num_queries(15):
        assert browsing.get(path).status_code in (200, 404)
