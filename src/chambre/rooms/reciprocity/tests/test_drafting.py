"""Drafting contracts: words that can be read, versions, copies with their lineage."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.lib import reciprocity
from chambre.rooms.reciprocity.models import Contract, Version
from chambre.rooms.reciprocity.queries.contracts import contract_named, contracts_visible_to
from chambre.rooms.reciprocity.queries.errors import ContractRefused, NameTaken, NoContract, NotNow
from chambre.rooms.reciprocity.services import contracts
from chambre.rooms.reciprocity.tests.conftest import Commons, words


def test_a_draft_keeps_its_words_and_their_digest(commons: Commons) -> None:
    contract = commons.draft()

    version = contract.current
    assert (contract.slug, contract.state, version.number) == ("cours", "draft", 1)
    assert version.text == words()
    assert version.digest == reciprocity.digest(reciprocity.read(words()))


def test_words_that_make_no_contract_are_refused_with_their_place(commons: Commons) -> None:
    with pytest.raises(ContractRefused) as refused:
        contracts.draft(
            name="Cours", text='slug = "cours"\n[[step]]\nname = "x"\nhow = "magie"\n',
            by=commons.by(commons.ines),
        )  # fmt: skip

    problem = refused.value.data["problems"][0]
    assert (problem["line"], problem["column"], problem["path"]) == (4, 7, "step[1].how")
    assert not Contract.objects.exists()


def test_only_members_draft_and_only_those_who_work_on_it_change(commons: Commons) -> None:
    passer_by = commons.person("zoe", member=False)
    with pytest.raises(Forbidden):
        contracts.draft(name="X", text=words("x"), by=commons.by(passer_by))
    with pytest.raises(Forbidden):
        contracts.draft(name="X", text=words("x"), by=Actor.of(None))
    contract = commons.draft()
    with pytest.raises(Forbidden):
        contracts.save_version(contract=contract, text=words(), by=commons.by(commons.omar))
    assert Version.objects.count() == 1


def test_another_text_is_another_version_and_the_same_is_none(commons: Commons) -> None:
    contract = commons.draft()
    by = commons.by(commons.ines)

    contracts.save_version(contract=contract, text=words(), by=by)
    assert Version.objects.count() == 1
    second = contracts.save_version(
        contract=contract, text=words(more='[change]\nby = "majority"'), by=by, note="Majorité"
    )

    contract.refresh_from_db()
    assert (second.number, contract.number, second.note) == (2, 2, "Majorité")
    assert contract.versions.get(number=1).text == words()


def test_a_contract_keeps_its_short_name(commons: Commons) -> None:
    contract = commons.draft()
    with pytest.raises(Invalid):
        contracts.save_version(contract=contract, text=words("autre"), by=commons.by(commons.ines))
    with pytest.raises(NameTaken):
        commons.draft()
    assert Version.objects.count() == 1


def test_a_copy_knows_where_it_comes_from(commons: Commons) -> None:
    contract = commons.signed()
    orchard = commons.structure("verger", "Le verger")

    copy = contracts.copy_contract(
        contract=contract, name="Cours d’à côté", by=commons.by(commons.lou), holder=orchard
    )

    said = reciprocity.read(copy.current.text)
    assert copy.slug == "cours-da-cote"
    assert (copy.copied_from, copy.copied_digest) == (contract, contract.current.digest)
    assert said.lineage == reciprocity.model.Lineage("cours", contract.current.digest)
    assert said.steps == reciprocity.read(contract.current.text).steps


def test_a_blank_one_can_be_read(commons: Commons) -> None:
    by = commons.by(commons.lou)
    first = contracts.draft_blank(name="Atelier", by=by, resource=commons.course)
    second = contracts.draft_blank(name="Atelier", by=by)

    assert (first.slug, second.slug) == ("atelier", "atelier-2")
    assert reciprocity.read(first.current.text).resources == ("cours",)


def test_drafts_are_for_the_chamber_and_public_contracts_for_all(commons: Commons) -> None:
    contract = commons.offered()
    commons.draft("brouillon")
    contracts.settle(
        contract=contract, by=commons.by(commons.ines), name="Cours",
        resource=commons.course, holder=commons.school, public=True,
    )  # fmt: skip

    assert [each.slug for each in contracts_visible_to(Actor.of(None))] == ["cours"]
    assert contracts_visible_to(commons.by(commons.lou)).count() == 2
    with pytest.raises(NoContract):
        contract_named("brouillon", Actor.of(None))


def test_what_is_signed_stays(commons: Commons) -> None:
    contract = commons.offered()
    by = commons.by(commons.ines)
    with pytest.raises(NotNow):
        contracts.save_version(contract=contract, text=words(more="[change]"), by=by)
    with pytest.raises(NotNow):
        contracts.settle(
            contract=contract, by=by, name="Cours", resource=None, holder=commons.school
        )
    assert Version.objects.count() == 1


def test_choosing_a_resource_names_it_in_the_words(commons: Commons) -> None:
    by: Any = commons.by(commons.ines)
    contract = contracts.draft_blank(name="Libre", by=by)
    assert reciprocity.read(contract.current.text).resources == ("*",)

    contract = contracts.settle(
        contract=contract, by=by, name="Libre", resource=commons.course, holder=None
    )

    assert contract.number == 2
    assert reciprocity.read(contract.current.text).resources == ("cours",)
