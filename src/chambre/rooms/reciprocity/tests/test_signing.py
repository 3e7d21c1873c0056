"""Offering and signing: what is frozen, who may sign, how they show that it is they."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.reciprocity.models import (
    Contract,
    ContractLetter,
    Party,
    Signature,
    SigningCode,
    Turn,
    Version,
)
from chambre.rooms.reciprocity.queries.errors import BadCode, NotForParty, NotNow, OtherWords
from chambre.rooms.reciprocity.services import contracts, letters, offering, powers, signing
from chambre.rooms.reciprocity.services.offering import Bound
from chambre.rooms.reciprocity.tests.conftest import SYSTEM, Commons, words


def test_in_force_when_all_have_signed(commons: Commons) -> None:
    contract = commons.offered(Bound(commons.school), Bound(commons.press), Bound(commons.lou))

    commons.sign(contract, commons.school, commons.ines)
    commons.sign(contract, commons.lou, commons.lou)
    contract.refresh_from_db()
    assert contract.state == "signing"
    last = commons.sign(contract, commons.press, commons.omar)

    contract.refresh_from_db()
    assert contract.state == "in-force"
    assert (last.digest, last.means, last.capacity) == (
        contract.current.digest,
        "code",
        "trésorerie",
    )
    assert [turn.kind for turn in contract.turns.all()] == ["offered", "in-force"]


def test_only_those_who_may_bind_a_party_sign(commons: Commons) -> None:
    contract = commons.offered()
    party = commons.party(contract, commons.press)

    for by in (commons.by(commons.lou), commons.by(commons.ines), SYSTEM, Actor.of(None)):
        with pytest.raises(NotForParty):
            signing.new_code(party=party, by=by)
    machine = Actor("token", commons.by(commons.omar).user, "key", frozenset({"*"}))
    with pytest.raises(NotForParty):
        signing.new_code(party=party, by=machine)
    assert not SigningCode.objects.exists()


def test_a_power_lets_somebody_sign_while_it_lasts(commons: Commons) -> None:
    contract = commons.offered()
    with pytest.raises(Forbidden):
        powers.give_power(
            structure=commons.press, person=commons.lou, evidence="CA", by=commons.by(commons.ines)
        )
    mandate = powers.give_power(
        structure=commons.press, person=commons.lou, evidence="CA du 3 mars",
        by=commons.by(commons.omar),
    )  # fmt: skip
    powers.end_power(mandate=mandate, by=commons.by(commons.omar))
    with pytest.raises(NotForParty):
        commons.sign(contract, commons.press, commons.lou)

    powers.give_power(
        structure=commons.press, person=commons.lou, evidence="CA du 4 mars",
        by=commons.by(commons.omar), contract=contract,
    )  # fmt: skip

    signed = commons.sign(contract, commons.press, commons.lou)
    assert signed.capacity == "par pouvoir\u00a0: CA du 4 mars"
    other = commons.offered(slug="autre")
    with pytest.raises(NotForParty):
        commons.sign(other, commons.press, commons.lou)


def test_several_hands(commons: Commons) -> None:
    powers.set_hands(structure=commons.press, hands=2, by=commons.by(commons.omar), reason="Art. 9")
    contract = commons.offered()
    commons.sign(contract, commons.school, commons.ines)
    first = commons.sign(contract, commons.press, commons.omar)
    again = commons.sign(contract, commons.press, commons.omar)
    contract.refresh_from_db()
    assert again == first
    assert contract.state == "signing"

    zoe = commons.person("zoe", treasurer=commons.press)
    commons.sign(contract, commons.press, zoe)

    contract.refresh_from_db()
    assert contract.state == "in-force"
    third = commons.person("max", treasurer=commons.press)
    with pytest.raises(NotNow):
        commons.sign(contract, commons.press, third)


def test_a_code_is_good_once_for_these_words_and_for_some_minutes(commons: Commons) -> None:
    contract = commons.offered()
    party, by = commons.party(contract, commons.school), commons.by(commons.ines)
    other = commons.offered(slug="autre")
    foreign = signing.new_code(party=commons.party(other, commons.school), by=by)
    first = signing.new_code(party=party, by=by)
    second = signing.new_code(party=party, by=by)

    def sign(code: str, digest: str = "") -> Signature:
        digest = digest or party.version.digest
        return signing.sign_with_code(party=party, digest=digest, code=code, by=by)

    for code in (foreign, first, "", "12x"):
        if code != second:
            with pytest.raises(BadCode):
                sign(code)
    assert SigningCode.objects.get(party=party, tries=4)
    with pytest.raises(OtherWords):
        sign(second, "sha256:" + "0" * 64)
    assert not Signature.objects.exists()
    third = signing.new_code(party=party, by=by)
    SigningCode.objects.filter(used_at=None, party=party).update(expires_at=timezone.now())
    with pytest.raises(BadCode):
        sign(third)
    assert not Signature.objects.exists()


def test_a_code_is_not_guessed(commons: Commons) -> None:
    contract = commons.offered()
    party, by = commons.party(contract, commons.school), commons.by(commons.ines)
    code = signing.new_code(party=party, by=by)
    wrong = "000000" if code != "000000" else "000001"
    for _attempt in range(5):
        with pytest.raises(BadCode):
            signing.sign_with_code(party=party, digest=party.version.digest, code=wrong, by=by)
    with pytest.raises(BadCode):
        signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)
    assert not Signature.objects.exists()


def test_the_letter_with_the_code_says_what_is_signed(commons: Commons) -> None:
    contract = commons.offered()
    party, by = commons.party(contract, commons.school), commons.by(commons.ines)

    assert signing.send_code(party=party, by=by) == "ines@exemple.test"

    (letter,) = mail.outbox
    code = re.search(r"^ {4}(\d{6})$", letter.body, re.MULTILINE)
    assert code
    assert party.version.digest in letter.body
    signing.sign_with_code(party=party, digest=party.version.digest, code=code[1], by=by)
    assert Signature.objects.count() == 1


def test_a_passkey_must_be_theirs_and_have_answered_just_now(commons: Commons) -> None:
    contract = commons.offered()
    party, by = commons.party(contract, commons.school), commons.by(commons.ines)
    now = timezone.now()

    def key(**changed: Any) -> Any:
        user = commons.ines.user_id
        return SimpleNamespace(
            **{"user_id": user, "type": "webauthn", "last_used_at": now, **changed}
        )

    def sign(passkey: Any) -> Signature:
        return signing.sign_with_passkey(
            party=party, digest=party.version.digest, passkey=passkey, by=by
        )

    for bad in (
        key(user_id=commons.omar.user_id), key(type="totp"), key(last_used_at=None),
        key(last_used_at=now - dt.timedelta(minutes=6)),
    ):  # fmt: skip
        with pytest.raises(NotForParty):
            sign(bad)
    assert not Signature.objects.exists()
    assert sign(key()).means == "passkey"


def test_taking_back_frees_the_words_and_binds_nobody(commons: Commons) -> None:
    contract = commons.offered()
    commons.sign(contract, commons.school, commons.ines)
    by = commons.by(commons.ines)
    offering.take_back(contract=contract, by=by, reason="Un oubli")
    party = commons.party(contract, commons.press)
    with pytest.raises(NotNow):
        signing.new_code(party=party, by=commons.by(commons.omar))

    contracts.save_version(contract=contract, text=words(more='[change]\nby = "majority"'), by=by)
    offering.offer(contract=contract, parties=[Bound(commons.school), Bound(commons.press)], by=by)
    commons.sign(contract, commons.press, commons.omar)

    contract.refresh_from_db()
    assert contract.state == "signing"
    assert contract.current.number == 2


def test_a_party_says_no_and_why(commons: Commons) -> None:
    contract = commons.offered()
    party = commons.party(contract, commons.press)
    with pytest.raises(NotForParty):
        offering.decline(party=party, by=commons.by(commons.lou), reason="Trop cher")
    with pytest.raises(Invalid):
        offering.decline(party=party, by=commons.by(commons.omar), reason=" ")

    turn = offering.decline(party=party, by=commons.by(commons.omar), reason="Trop cher")

    contract.refresh_from_db()
    assert (contract.state, turn.about, turn.reason) == ("draft", commons.press, "Trop cher")


def test_what_cannot_be_offered(commons: Commons) -> None:
    by = commons.by(commons.ines)
    contract = contracts.draft(name="X", text=words(), by=by)
    with pytest.raises(Invalid):
        offering.offer(contract=contract, parties=[Bound(commons.school)], by=by)
    contract = contracts.settle(
        contract=contract, by=by, name="X", resource=commons.course, holder=None
    )
    for parties in (
        [],
        [Bound(commons.school), Bound(commons.school)],
        [Bound(commons.school, "x"), Bound(commons.press, "x")],
        [Bound(commons.school, hands=0)],
    ):
        with pytest.raises(Invalid):
            offering.offer(contract=contract, parties=parties, by=by)
    assert not Party.objects.exists()
    assert not Turn.objects.exists()


def test_everybody_concerned_gets_a_letter_once(commons: Commons) -> None:
    contract = commons.signed()

    assert letters.LETTERS.send_waiting() == 4
    assert letters.LETTERS.send_waiting() == 0

    told = [mail.to[0] for mail in mail.outbox]
    assert sorted(told) == [f"{who}@exemple.test" for who in ("ines", "ines", "omar", "omar")]
    assert mail.outbox[0].subject == "À signer\u00a0: Cours"
    assert f"/contrats/{contract.slug}/" in mail.outbox[0].body
    assert ContractLetter.objects.filter(sent_at=None).count() == 0


def test_signatures_and_versions_never_change(commons: Commons) -> None:
    contract = commons.signed()
    for rows, field in (
        (Signature.objects.all(), "digest"),
        (Version.objects.filter(contract=contract), "text"),
        (Party.objects.all(), "name"),
        (Turn.objects.all(), "reason"),
    ):
        with pytest.raises((IntegrityError, TypeError)), transaction.atomic():
            rows.update(**{field: "x"})
    assert not Signature.objects.filter(digest="x").exists()


def test_who_signs_for_the_chamber(commons: Commons) -> None:
    from chambre.registry import api as registry

    ada = commons.person("ada")
    registry.grant_role(agent=ada, kind="administrator", scope=commons.chamber, by=SYSTEM)
    contract = commons.offered(Bound(commons.chamber), Bound(commons.school))
    assert commons.sign(contract, commons.chamber, ada).capacity == "administration"


def test_a_role_that_ended_binds_nobody(commons: Commons) -> None:
    from chambre.registry import api as registry

    contract = commons.offered()
    role = registry.open_role(commons.omar, "treasurer", commons.press)
    assert role is not None
    with clock.pretend(registry.today()):
        registry.end_role(role=role, by=SYSTEM)
    with pytest.raises(NotForParty):
        commons.sign(contract, commons.press, commons.omar)
    assert Contract.objects.get().state == "signing"
