"""Contributions: recorded once, recognised by others, corrected by new records, read as facts."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Contribution, Recognition, Terms, Voice, Words
from chambre.rooms.reciprocity.queries.contributing.errors import Replaced, Ruled
from chambre.rooms.reciprocity.queries.contributing.finding import (
    grid_on,
    standing_of,
    to_look_at,
    visible_to,
)
from chambre.rooms.reciprocity.queries.recognised import recognised
from chambre.rooms.reciprocity.services.contributing import circle, erasing, recording, voicing
from chambre.rooms.reciprocity.services.contributing.recording import Given
from chambre.rooms.reciprocity.tests.contributing.conftest import SYSTEM

Kind = Voice.Kind


def say(orchard, row, name, kind, **more):
    return voicing.say(
        contribution=row, kind=kind, key=more.pop("key", orchard.key()), by=orchard.by(name), **more
    )


def facts(orchard):
    return [(each.id, each.kind, each.quantity, each.unit) for each in recognised(orchard.resource)]


def test_two_others_recognise_it_and_it_becomes_a_fact(orchard):
    row = orchard.gives("chloe", minutes=100)
    assert facts(orchard) == []
    assert to_look_at(orchard.by("dris")).get() == row
    say(orchard, row, "bruno", Kind.SEEN)
    say(orchard, row, "dris", Kind.SEEN)
    assert facts(orchard) == [(f"contribution:{row.pk}", "time", Fraction(5, 3), "h")]
    assert row.recognition.way == Recognition.Way.PEERS
    assert not to_look_at(orchard.by("eve")).exists()
    with pytest.raises(Ruled) as late:
        say(orchard, row, "eve", Kind.OBJECTION, words="Non")
    assert late.value.code == "reciprocity.already-settled"
    assert row.voices.count() == 2


def test_a_key_records_once(orchard):
    row = orchard.gives("chloe", key="once")
    assert orchard.gives("chloe", key="once") == row
    with pytest.raises(KeyReused):
        orchard.gives("chloe", key="once", minutes=5)
    assert orchard.gives("dris", key="once") != row
    assert (Contribution.objects.count(), Words.objects.count()) == (2, 2)
    one = say(orchard, row, "bruno", Kind.SEEN, key="v")
    assert say(orchard, row, "bruno", Kind.SEEN, key="v") == one


def test_nobody_recognises_their_own_and_outsiders_do_not(orchard):
    row = orchard.gives("chloe")
    with pytest.raises(Ruled) as own:
        say(orchard, row, "chloe", Kind.SEEN)
    assert own.value.code == "reciprocity.own-voice"
    with pytest.raises(Forbidden):
        say(orchard, row, "", Kind.SEEN)
    with pytest.raises(Forbidden):
        say(orchard, row, "chloe", Kind.ACCEPTED, words="Je décide")
    stranger = registry.create_person(email="zoe@exemple.test", name="Zoé", by=SYSTEM)
    with pytest.raises(Forbidden):
        recording.record(
            resource=orchard.resource, given=Given("time", "x", minutes=1), key="z",
            by=Actor.of(stranger.user),
        )  # fmt: skip
    assert not visible_to(Actor.of(stranger.user)).exists()
    assert not row.voices.exists()


def test_silence_recognises_after_its_days_in_the_background(orchard):
    row = orchard.gives("chloe")
    with clock.pretend(row.recorded_on + dt.timedelta(days=29)):
        assert voicing.settle_due() == 0
    with clock.pretend(row.recorded_on + dt.timedelta(days=30)):
        assert voicing.settle_due() == 1
        assert voicing.settle_due() == 0
    assert Recognition.objects.get().way == Recognition.Way.SILENCE
    assert len(facts(orchard)) == 1


def test_an_objection_is_answered_or_decided(orchard):
    row = orchard.gives("chloe")
    with pytest.raises(Ruled):
        say(orchard, row, "bruno", Kind.OBJECTION)
    say(orchard, row, "bruno", Kind.OBJECTION, words="Le mardi, il pleuvait.")
    say(orchard, row, "dris", Kind.SEEN)
    say(orchard, row, "eve", Kind.SEEN)
    assert standing_of(row).objecting == (str(orchard.people["bruno"].pk),)
    say(orchard, row, "chloe", Kind.ANSWER, words="Sous la serre.", about=orchard.people["bruno"])
    assert facts(orchard) == []
    with clock.pretend(row.recorded_on + dt.timedelta(days=7)):
        assert voicing.settle_due() == 1
    other = orchard.gives("chloe")
    say(orchard, other, "bruno", Kind.OBJECTION, words="Non.")
    say(orchard, other, "ada", Kind.DECLINED, words="Comptée deux fois.")
    assert not Recognition.objects.get(contribution=other).counts
    assert len(facts(orchard)) == 1


def test_a_correction_is_a_new_record_that_is_looked_at_anew(orchard):
    row = orchard.gives("chloe", minutes=60)
    for name in ("bruno", "dris"):
        say(orchard, row, name, Kind.SEEN)
    new = recording.correct(
        contribution=row, given=Given("time", "Taille", minutes=90), key="c", by=orchard.by("chloe")
    )
    assert facts(orchard) == [] and new.corrects == row
    again = recording.correct(
        contribution=row, given=Given("time", "Taille", minutes=90), key="c", by=orchard.by("chloe")
    )
    assert again == new
    with pytest.raises(Replaced):
        recording.withdraw(contribution=row, key="w", by=orchard.by("chloe"))
    with pytest.raises(Replaced):
        say(orchard, row, "eve", Kind.SEEN)
    with pytest.raises(Forbidden):
        recording.withdraw(contribution=new, key="w", by=orchard.by("dris"))
    gone = recording.withdraw(contribution=new, key="w", by=orchard.by("chloe"), why="Doublon")
    assert gone.withdrawn and recording.withdraw(
        contribution=new, key="w", by=orchard.by("chloe")
    ) == gone  # fmt: skip
    with clock.pretend(row.recorded_on + dt.timedelta(days=400)):
        assert voicing.settle_due() == 0
    assert facts(orchard) == []


def test_what_is_no_contribution(orchard):
    for wrong in (
        {"kind": "magic"}, {"what": " "}, {"minutes": 0}, {"minutes": 10**7}, {"cents": 5},
        {"until": dt.date(2999, 1, 1)}, {"kind": "money"}, {"minutes": None},
        {"minutes": None, "quantity": Decimal("1.0000001"), "unit": "kg"},
        {"minutes": None, "quantity": Decimal(3), "unit": " "}, {"asked": -1},
        {"day": dt.date(2024, 2, 2), "until": dt.date(2024, 2, 1)},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            recording.record(
                resource=orchard.resource,
                given=Given(**{"kind": "time", "what": "x", "minutes": 60, **wrong}),
                key=orchard.key(),
                by=orchard.by("chloe"),
            )
    assert not Contribution.objects.exists() and not Words.objects.exists()


def test_all_measures_become_facts(orchard):
    circle.set_terms(place=orchard.resource, needed=0, silence_days=0, by=orchard.by("ada"))
    orchard.gives("chloe", kind="money", cents=4_200)
    orchard.gives("dris", kind="goods", quantity=Decimal("12.5"), unit="kg", asked=900)
    rows = list(recognised([orchard.resource], until=registry.today()))
    assert [(each.amount, each.quantity, each.unit, each.asked) for each in rows] == [
        (4_200, None, "EUR", 0), (None, Fraction(25, 2), "kg", 900),
    ]  # fmt: skip
    assert not list(recognised(orchard.resource, since=registry.today() + dt.timedelta(days=1)))


def test_a_rule_holds_from_its_day_on(orchard):
    before = orchard.gives("chloe")
    with pytest.raises(Forbidden):
        circle.set_terms(place=orchard.resource, needed=0, silence_days=0, by=orchard.by("chloe"))
    circle.set_terms(
        place=orchard.resource, needed=1, silence_days=0, roll=Terms.Roll.RESOURCE,
        by=orchard.by("ada"),
    )  # fmt: skip
    after = orchard.gives("chloe")
    assert (before.needed, after.needed, after.roll) == (2, 1, "resource")
    with pytest.raises(Forbidden):  # Dris has nothing to do with the orchard
        say(orchard, after, "dris", Kind.SEEN)
    say(orchard, after, "ada", Kind.SEEN)
    assert [each[0] for each in facts(orchard)] == [f"contribution:{after.pk}"]


def test_a_grid_is_proposed_and_dated(orchard):
    grid = circle.propose_grid(
        place=orchard.resource, name="2026", key="g", by=orchard.by("ada"),
        lines=[("accueil", "", 1_500), ("taille", "en vit", 2_200)],
    )  # fmt: skip
    line = grid.lines.get(skill="taille")
    row = orchard.gives("chloe", minutes=90, rate=line)
    assert (row.asked, row.hourly) == (3_300, 2_200)
    own = orchard.gives("chloe", minutes=90, hourly=3_000)
    assert own.asked == 4_500
    assert grid_on(orchard.resource, orchard.chamber.pk, registry.today()) == grid
    yesterday = registry.today() - dt.timedelta(days=1)
    assert grid_on(orchard.resource, orchard.chamber.pk, yesterday) is None
    with pytest.raises(KeyReused):
        circle.propose_grid(
            place=orchard.resource, name="x", key="g", by=orchard.by("ada"), lines=[("a", "", 1)]
        )


def test_words_are_blanked_and_facts_stay(orchard):
    row = orchard.gives("chloe", why="Pour ma mère")
    say(orchard, row, "bruno", Kind.OBJECTION, words="Chloé exagère")
    with pytest.raises(Forbidden):
        erasing.blank_words(agent=orchard.people["chloe"], by=orchard.by("dris"))
    assert erasing.blank_words(agent=orchard.people["chloe"], by=orchard.by("chloe")) == 1
    row = Contribution.objects.select_related("words").get(pk=row.pk)
    assert (row.words.what, row.words.why, row.minutes) == ("", "", 120)
    assert row.voices.get().words.why == "Chloé exagère"


def test_facts_are_never_changed(orchard):
    row = orchard.gives("chloe")
    with pytest.raises(TypeError):
        Contribution.objects.filter(pk=row.pk).update(minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reciprocity_contribution SET minutes = 1")
