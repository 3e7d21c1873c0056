"""Letters about exchanges: to whom, about what, once, and not when it is of no use any more."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from chambre.core import choosing, clock
from chambre.rooms.exchange.models import ExchangeLetter
from chambre.rooms.exchange.services import depositing, disputing, letters, offering, settling

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"


def sent() -> dict[str, str]:
    """The subjects that went out since the last time, by who got them."""
    mail.outbox.clear()
    letters.LETTERS.send_waiting()
    return {one.to[0].partition("@")[0]: one.subject.partition(NBSP)[0] for one in mail.outbox}


def body_of(name: str) -> str:
    (found,) = [one.body for one in mail.outbox if one.to == [f"{name}@exemple.test"]]
    return str(found)


def test_who_must_sign_is_told_and_who_offered_it_knows(world):
    exchange = world.offered()

    assert sent() == {"bruno": "À signer", "dris": "À signer"}
    assert "– Signer pour Les Vergers." in body_of("bruno")
    assert f"/echanges/{exchange.slug}/" in body_of("bruno")
    assert sent() == {}


def test_who_has_signed_before_the_letter_goes_gets_none(world):
    exchange = world.offered()
    world.sign(exchange, world.vergers, world.bruno)

    assert sent() == {"dris": "À signer"}
    row = ExchangeLetter.objects.get(person=world.bruno)
    assert row.error == "done already"


def test_who_is_asked_to_sign_what_all_have_signed_is_told_that_instead(world):
    world.opened()

    assert set(sent().values()) == {"Signé par tous"}
    assert len(mail.outbox) == 4


def test_who_wants_no_letters_to_sign_is_still_told_that_it_binds_them(world):
    choosing.choose(
        user=world.bruno.user, paces={"exchange.signature": "never"}, by=world.by(world.bruno)
    )
    exchange = world.offered()

    assert sent() == {"dris": "À signer"}
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    world.sign(exchange, world.lou, world.lou)
    assert sent()["bruno"] == "Signé par tous"


def test_one_change_and_all_are_told_that_they_sign_again(world):
    exchange = world.offered()
    world.sign(exchange, world.vergers, world.bruno)
    sent()

    offering.take_back(exchange=exchange, by=world.by(world.dris), reason="Plus de pommes")
    assert sent() == {"bruno": "Repris", "lou": "Repris"}
    assert f"Pourquoi{NBSP}: Plus de pommes" in body_of("bruno")
    exchange.refresh_from_db()
    offering.offer(exchange=exchange, by=world.by(world.lou))
    assert sent() == {"bruno": "Modifié, à signer à nouveau", "dris": "Modifié, à signer à nouveau"}


def test_a_draft_that_nobody_saw_is_given_up_in_silence(world):
    offering.abandon(exchange=world.draft(), by=world.by(world.lou))
    assert not ExchangeLetter.objects.exists()

    offering.abandon(exchange=world.offered(title="Autre"), by=world.by(world.lou))
    assert set(sent().values()) == {"Abandonné"}


def test_each_reads_what_they_deposit_and_tell_once_all_have_signed(world):
    condition = (
        f'\n[[condition]]\nname = "sain"\nkind = "inspector"\nwho = "{world.ines.slug}"\n'
        'what = "les pommes sont saines"\nafter = ["pommes"]\n'
    )
    exchange = world.opened(conditions=condition)

    assert {"lou", "bruno", "dris", "ada", "ines"} == set(sent())
    assert f"– Verser pour Lou{NBSP}: 250{NBSP}€." in body_of("lou")
    assert "Dire quand La Toile l’a fait" in body_of("bruno")
    assert "Dire quand c’est sur place" in body_of("ada")
    assert "Ce qui vous est demandé" not in body_of("ines")

    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    assert sent() == {"ines": "C’est à vous"}
    assert "les pommes sont saines" in body_of("ines")


def test_how_it_ended_is_told_to_everybody_with_what_they_get(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    sent()
    settling.settle(exchange=exchange, by=world.by(world.lou))

    assert set(sent().values()) == {"Réglé"}
    assert f"– Lou reçoit{NBSP}: 40{NBSP}kg de pommes (de Les Vergers)" in body_of("lou")
    assert "dès qu’un compte bancaire est connu" in body_of("dris")
    settling.settle(exchange=exchange, by=world.by(world.lou))
    assert sent() == {}


def test_a_last_day_that_passed_is_one_letter_that_says_so(world):
    exchange = world.opened()
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    sent()
    with clock.pretend(dt.date(2026, 7, 1)):
        assert settling.follow(exchange) == "returned"
        assert sent() == dict.fromkeys(("lou", "bruno", "dris", "ada"), "Tout est rendu")
    assert "La dernière journée est passée." in body_of("bruno")
    assert "– Les Vergers récupère" in body_of("bruno")
    assert "récupère" not in body_of("ada")


def test_a_dispute_is_told_with_its_reason_and_asked_of_the_mediator(world):
    exchange = world.opened(
        more=f'\n[mediator]\nagent = "{world.ines.slug}"\nmay = ["return"]\ndays = 10\n'
    )
    world.deposit_all(exchange)
    sent()
    disputing.dispute(
        exchange=exchange, agent=world.toile, reason="Pommes gâtées", by=world.by(world.dris)
    )
    assert sent() == dict.fromkeys(("lou", "bruno", "ines", "ada"), "Quelque chose ne va pas")
    assert "Pommes gâtées" in body_of("lou")
    assert f"11{NBSP}juin 2026" in body_of("ines")
    assert "– Trancher le différend." in body_of("ines")
    assert "Trancher" not in body_of("lou")

    disputing.decide(
        exchange=exchange, decision="return", reason="Chacun reprend", by=world.by(world.ines)
    )
    assert set(sent().values()) == {"Tout est rendu"}
    assert f"Le médiateur a tranché{NBSP}: Chacun reprend" in body_of("lou")


def test_more_time_is_asked_of_those_who_have_not_answered(world):
    exchange = world.opened()
    sent()
    row = disputing.propose_extension(
        exchange=exchange, agent=world.lou, until=dt.date(2026, 7, 15), by=world.by(world.lou)
    )
    assert sent() == dict.fromkeys(("bruno", "dris"), "Un délai est demandé")
    assert f"15{NBSP}juillet 2026" in body_of("dris")
    disputing.speak(extension=row, agent=world.vergers, yes=False, by=world.by(world.bruno))
    assert sent() == dict.fromkeys(("lou", "dris"), "Pas de délai")


def test_a_near_last_day_is_told_once_to_those_who_have_something_to_do(world):
    exchange = world.opened()
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    sent()
    assert letters.remind() == 0
    with clock.pretend(dt.date(2026, 6, 28)):
        letters.remind()
        assert sent() == dict.fromkeys(("lou", "bruno"), "Bientôt la dernière journée")
        letters.remind()
        assert sent() == {}


def test_letters_are_in_the_language_of_who_reads_them(world):
    world.bruno.user.language = "en"
    world.bruno.user.save()
    world.offered()

    sent()
    assert "– Sign for Les Vergers." in body_of("bruno")
