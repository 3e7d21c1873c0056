"""Several at the same moment: two last signers, one code typed twice, one use told twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from chambre.core.errors import ChambreError
from chambre.rooms.reciprocity.models import Contract, ContractLetter, Signature, Turn, Use
from chambre.rooms.reciprocity.services import signing, using
from chambre.rooms.reciprocity.services.offering import Bound
from chambre.rooms.reciprocity.tests.conftest import Commons

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things at once; what came of each, refusals as their code."""
    barrier = threading.Barrier(len(acts))
    told: list[Any] = [None] * len(acts)

    def run(at: int) -> None:
        try:
            barrier.wait()
            told[at] = acts[at]()
        except ChambreError as refusal:
            told[at] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def ready(commons: Commons, contract: Contract, agent: Any, signer: Any) -> Callable[[], Any]:
    """A signature that only has to be given."""
    by, party = commons.by(signer), commons.party(contract, agent)
    code = signing.new_code(party=party, by=by)
    digest = party.version.digest
    return lambda: signing.sign_with_code(party=party, digest=digest, code=code, by=by).pk


def test_two_last_signers_bring_it_into_force_once(transactional_db: Any) -> None:
    commons = Commons()
    for round_ in range(6):
        contract = commons.offered(
            Bound(commons.school), Bound(commons.press), Bound(commons.lou), slug=f"c{round_}"
        )
        commons.sign(contract, commons.lou, commons.lou)

        together(
            ready(commons, contract, commons.school, commons.ines),
            ready(commons, contract, commons.press, commons.omar),
        )

        contract.refresh_from_db()
        assert contract.state == "in-force"
        assert Turn.objects.filter(contract=contract, kind="in-force").count() == 1
        assert ContractLetter.objects.filter(contract=contract, kind="in-force").count() == 3


def test_a_code_typed_twice_at_once_signs_once(transactional_db: Any) -> None:
    commons = Commons()
    for round_ in range(6):
        contract = commons.offered(slug=f"c{round_}")
        act = ready(commons, contract, commons.school, commons.ines)

        told = together(act, act, act)

        assert Signature.objects.filter(party__version__contract=contract).count() == 1
        assert sum(isinstance(each, int) for each in told) == 1


def test_more_hands_than_asked_for(transactional_db: Any) -> None:
    commons = Commons()
    others = [commons.person(f"tr{n}", treasurer=commons.press) for n in range(3)]
    contract = commons.offered(Bound(commons.school), Bound(commons.press, hands=2))

    together(*(ready(commons, contract, commons.press, one) for one in others))

    party = commons.party(contract, commons.press)
    assert party.signatures.count() == 2


def test_a_use_told_twice_at_once_counts_once(transactional_db: Any) -> None:
    commons = Commons()
    contract = commons.signed()

    def tell() -> int:
        return using.tell_use(
            contract=contract, user=commons.press, quantity=Decimal(2), unit="diffusion",
            key="same", by=commons.by(commons.omar),
        ).pk  # fmt: skip

    told = together(tell, tell, tell, tell)

    assert len(set(told)) == 1
    assert Use.objects.count() == 1
