"""May I use it, for what, and what do I owe: questions one by one, then an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from chambre.lib.reciprocity import Party, read
from chambre.lib.reciprocity import templates as shelf
from chambre.lib.reciprocity.eligibility import Eligibility, answer
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.gathering import Gathered
from chambre.lib.reciprocity.interview import VERDICTS, Answer, interview
from chambre.lib.reciprocity.model import USES
from chambre.lib.reciprocity.questions import Question
from chambre.lib.reciprocity.readings import plain_reading

NO_BREAK, NARROW = "\u00a0", "\u202f"
NUMBERS = {
    "count": ["0", "1", "100000"],
    "quantity": ["0", "1", "1000"],
    "money": ["0", "1000000"],
    "text": ["", "59000"],
}


def ask(slug: str, **answers: str) -> Question | Answer:
    """The state of an interview on a template, in French."""
    return interview(shelf.contract(slug), {_key(key): each for key, each in answers.items()})


def _key(word: str) -> str:
    return word.replace("__", ":")


def told(slug: str, **answers: str) -> Answer:
    """The answer of an interview that is over."""
    found = ask(slug, **answers)
    assert isinstance(found, Answer), found
    return found


def asked(slug: str, **answers: str) -> Question:
    """The question of an interview that is not over."""
    found = ask(slug, **answers)
    assert isinstance(found, Question), found
    return found


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ").replace(NARROW, " ")


def test_three_diffusions_are_a_hundred_and_fifty_euros() -> None:
    first = asked("redevance-diffusion")
    assert (first.key, first.shape) == ("use", "one")
    assert [option.value for option in first.options] == list(USES)
    second = asked("redevance-diffusion", use="commercial")
    assert plain(second.text) == "Combien de diffusions, par an ?"
    assert second.anchors == ("counterpart-redevance",)

    found = told("redevance-diffusion", use="commercial", quantity__diffusion="3")

    assert found.verdict == "owes"
    assert [(each.clause, plain(each.amount), each.quantity) for each in found.due] == [
        ("redevance", "150,00 €", "150.00")
    ]
    assert plain(found.due[0].rule) == "50,00 € pour chaque diffusion."
    assert [each.anchor for each in found.because] == ["use-2", "counterpart-redevance"]
    assert found.conditions == ("Citer les auteurs et la source.",)
    assert [(plain(asked_), plain(given)) for asked_, given in found.said] == [
        ("Que voulez-vous faire de la ressource ?", "en faire commerce"),
        ("Combien de diffusions, par an ?", "3 diffusions"),
    ]


def test_what_is_free_for_everybody_is_answered_after_one_question() -> None:
    found = told("production-entre-pairs", use="study")

    assert (found.verdict, found.headline) == ("free", "Oui, c’est libre.")
    assert not (found.due or found.to_show or found.openings)


def test_a_worker_coop_that_is_known_is_asked_nothing_more() -> None:
    found = told("production-entre-pairs", use="commercial", party="atelier-des-quais")

    assert found.verdict == "free"
    assert [each.anchor for each in found.because] == ["use-2", "class-coop-de-travail"]
    assert plain(found.to_show[0]) == "Déjà connu : statuts déposés, liste des associés."


def test_a_business_is_refused_and_told_who_is_not() -> None:
    found = told("production-entre-pairs", use="commercial", party="-", status="-")

    assert found.verdict == "refused"
    assert [(each.name, each.verdict) for each in found.openings] == [("coop-de-travail", "free")]
    assert found.openings[0].how[-1] == (
        f"À montrer{NO_BREAK}: les statuts, et une décision qui partage tout le gain entre les "
        "associés-travailleurs."
    )


def test_the_ladder_goes_down_rung_by_rung() -> None:
    slug, coop = (
        "echelle-alternatives",
        {"use": "commercial", "party": "-", "status": "worker-coop"},
    )
    question = asked(slug, **coop)
    assert question.key == "accept:2"
    assert told(slug, **coop, accept__2="yes").verdict == "free"

    down = told(slug, **coop, accept__2="no")
    assert (down.verdict, plain(down.due[0].amount)) == ("owes", "100 000,00 £")

    nobody = told(slug, use="commercial", party="-", status="")
    assert plain(nobody.due[0].amount) == "100 000,00 £"
    assert [each.name for each in nobody.openings] == ["coop-de-travail", "partage"]

    gives_back = told(
        slug, use="commercial", party="-", status="gives-back", accept__3="yes"
    )  # fmt: skip
    assert gives_back.because[0].anchor == "use-3"
    assert "Rendre ses modifications même à travers un réseau." in gives_back.conditions


def test_who_falls_short_of_a_contribution_owes_a_part_of_the_sales() -> None:
    common = {"use": "service", "party": "-", "status": ""}
    slug = "contributive-commons"

    short = told(slug, **common, contributed__h__12="7,5", sales="30 000 €")
    enough = told(slug, **common, contributed__h__12="8")

    assert (short.verdict, short.due[0].quantity) == ("owes", "1450.00")
    assert [each.name for each in short.openings] == ["communs", "contributeurs", "public"]
    assert enough.verdict == "free"
    assert enough.to_show == ("Huit heures notées et reconnues dans les douze derniers mois.",)


def test_bands_a_margin_and_things_owed_in_kind() -> None:
    bands = told("colleges", use="commercial", party="sentinelle", sales="80000")
    margin = told("semences", use="commercial", sales="850", costs="300")
    nothing = told("semences", use="commercial", sales="200", costs="300")
    kind = told("semences", use="internal", quantity__sachet="5")
    access = told("hebergement", use="service", party="radio-du-quai")

    assert bands.due[0].quantity == "3400.00"
    assert margin.due[0].quantity == "82.50"
    assert (plain(nothing.due[0].amount), nothing.due[0].quantity) == ("0,00 €", "0")
    assert plain(kind.due[0].amount) == "10 sachets"
    assert access.due[0].amount == "donner un accès ouvert à ce que cela produit"


def test_an_answer_that_cannot_be_read_makes_its_question_come_again() -> None:
    many = asked("redevance-diffusion", use="commercial", quantity__diffusion="beaucoup")
    fine = asked("redevance-diffusion", use="commercial", quantity__diffusion="0,0000001")
    less = asked("redevance-diffusion", use="commercial", quantity__diffusion="-1")
    other = asked("redevance-diffusion", use="voler")
    wrong = asked("coopyleft", use="commercial", party="-", status="roi")

    assert "beaucoup" in many.error
    assert fine.error == "Six décimales au plus."
    assert less.error == "Zéro ou plus."
    assert (other.key, other.error) == ("use", "Choisissez une réponse.")
    assert (wrong.key, wrong.error) == ("status", "Choisissez dans la liste.")


def test_english_asks_and_reads_in_english() -> None:
    contract = shelf.contract("redevance-diffusion")

    question = interview(contract, {"use": "commercial"}, language="en")
    found = interview(contract, {"use": "commercial", "quantity:diffusion": "1,200"}, language="en")

    assert isinstance(question, Question)
    assert question.text == "How many diffusions, a year?"
    assert isinstance(found, Answer)
    assert found.headline == "Yes, against what is owed."
    assert found.due[0].amount == "€60,000.00"


NEIGHBOURS = """
slug = "voisins"
[[class]]
name = "voisins"
all = [{ territory = ["59*"] }, { size_at_most = 10 }, { member_months = 3 }]
none = [{ used = { at_least = "100", unit = "EUR", months = 6 } }]
[[use]]
kinds = ["internal"]
by = ["voisins", "ana"]
[[party]]
name = "ana"
"""


def test_size_place_and_membership_are_asked_in_turn_and_a_known_party_is_not() -> None:
    contract = read(NEIGHBOURS)
    given = {"use": "internal", "party": "-"}
    keys = []
    for value in ("59350", "10", "3", "99,99"):
        question = interview(contract, given)
        assert isinstance(question, Question)
        keys.append(question.key)
        given[question.key] = value

    found = interview(contract, given)
    assert keys == ["territory", "size", "member", "used:EUR:6"]
    assert isinstance(found, Answer)
    assert found.verdict == "free"
    too_much = interview(contract, given | {"used:EUR:6": "100"})
    assert isinstance(too_much, Answer)
    assert (too_much.verdict, too_much.because) == ("ask", ())
    assert too_much.headline == f"Le contrat n’en dit rien{NO_BREAK}: demandez d’abord."
    by_name = interview(contract, {"use": "internal", "party": "ana"})
    assert isinstance(by_name, Answer)
    assert by_name.verdict == "free"


def test_parties_of_the_caller_are_known_with_their_day_of_joining() -> None:
    contract = read(NEIGHBOURS)
    bo = Party("bo", territory="59000", size=2, since=dt.date(2025, 1, 31))
    given = {"use": "internal", "party": "bo", "used:EUR:6": "0"}

    in_time = interview(contract, given, parties=[bo], today=dt.date(2025, 4, 29))
    early = interview(contract, given, parties=[bo], today=dt.date(2025, 4, 28))

    assert isinstance(in_time, Answer)
    assert in_time.verdict == "free"
    assert isinstance(early, Answer)
    assert early.verdict == "ask"


def test_among_many_known_parties_the_name_is_typed() -> None:
    contract = read(NEIGHBOURS)
    many = [Party(f"p{number}", label=f"Ferme {number}") for number in range(200)]
    many.append(Party("bo", "La ferme de Bo", territory="59000", size=2))

    question = interview(contract, {"use": "internal"}, parties=many)
    known = interview(contract, {"use": "internal", "party": "ANA"}, parties=many)

    assert isinstance(question, Question)
    assert (question.key, question.shape) == ("party", "text")
    assert isinstance(known, Answer)
    assert known.verdict == "free"


def _samples(question: Question) -> list[str]:
    """Answers that take every way on."""
    values = [option.value for option in question.options]
    if question.shape == "many":
        return ["-", *values, ",".join(values)]
    return values or NUMBERS[question.shape]


def _every_way(slug: str, language: str) -> Iterator[Answer]:
    contract = shelf.contract(slug)
    anchors = {clause.anchor for clause in plain_reading(contract, language).clauses()}
    todo: list[dict[str, str]] = [{}]
    while todo:
        answers = todo.pop()
        found = interview(contract, answers, language=language)
        if isinstance(found, Answer):
            assert {each.anchor for each in found.because} <= anchors
            assert {each.anchor for each in found.due} <= anchors
            assert {each.anchor for each in found.openings} <= anchors
            assert len(found.said) == len(answers)
            yield found
            continue
        assert found.key not in answers, "a question that was answered comes again"
        assert not found.error
        assert set(found.anchors) <= anchors
        todo += [{**answers, found.key: value} for value in _samples(found)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", shelf.slugs())
def test_every_way_through_every_template_ends_in_an_answer(slug: str, language: str) -> None:
    found = list(_every_way(slug, language))

    assert len(found) >= len(USES)
    for each in found:
        assert each.verdict in VERDICTS
        assert each.headline
        assert (each.verdict == "owes") == bool(each.due)
        assert len(each.said) <= 6
        for due in each.due:
            assert due.amount
            assert due.title


@pytest.mark.parametrize("slug", shelf.slugs())
def test_the_interview_and_the_engine_find_the_same_rule(slug: str) -> None:
    """For parties that are known and gave nothing yet, who agree to whatever is asked."""
    contract = shelf.contract(slug)
    day = dt.date(2025, 12, 31)
    eligibility = Eligibility(contract, Gathered(contract, Facts.of([]), day, day))
    for party in contract.parties:
        for kind in USES:
            rule = answer(contract, eligibility, party.name, kind)
            answers = {"use": kind, "party": party.name}
            found = interview(contract, answers)
            while isinstance(found, Question):
                answers[found.key] = "yes" if found.key.startswith("accept") else "0"
                found = interview(contract, answers)
            if rule is None:
                assert (found.verdict, found.because) == ("ask", ())
            else:
                assert found.because[0].anchor == f"use-{contract.uses.index(rule) + 1}"
