"""``chambre contract draft``, ``sign-status`` and ``use``: what is kept here, without signing anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chambre.core.errors import ChambreError
from chambre.rooms.reciprocity.cli import contract as group
from chambre.rooms.reciprocity.models import Contract, Signature, Use
from chambre.rooms.reciprocity.queries.errors import ContractRefused, NameTaken, UseRefused
from chambre.rooms.reciprocity.tests.conftest import Commons, words


def run(*arguments: str) -> Any:
    """What a command says for machines; a refusal is raised."""
    result = CliRunner().invoke(group, [*arguments, "--json"])
    if isinstance(result.exception, ChambreError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_draft_from_a_template_from_a_file_and_from_nothing(
    commons: Commons, tmp_path: Path
) -> None:
    made = run("draft", "Redevance", "--template", "redevance-diffusion", "--resource", "cours")
    assert made["slug"] == "redevance"
    file = tmp_path / "c.toml"
    file.write_text(words("venu"), encoding="utf-8")
    assert run("draft", "Venu", "--file", str(file), "--holder", "ecole")["number"] == 1
    assert run("draft", "Vide")["slug"] == "vide"
    assert Contract.objects.count() == 3
    with pytest.raises(NameTaken):
        run("draft", "Venu", "--file", str(file))
    file.write_text("slug = 3", encoding="utf-8")
    with pytest.raises(ContractRefused):
        run("draft", "Faux", "--file", str(file))
    assert Contract.objects.count() == 3


def test_who_has_signed(commons: Commons) -> None:
    contract = commons.offered()
    commons.sign(contract, commons.school, commons.ines)
    told = run("sign-status", "cours")
    assert told["state"] == "signing"
    assert {one["agent"]: one["missing"] for one in told["parties"]} == {"ecole": 0, "presse": 1}
    assert told["parties"][0]["signed"][0]["means"] == "code"
    assert Signature.objects.count() == 1


def test_a_use_is_told_once(commons: Commons) -> None:
    commons.signed()
    first = run("use", "cours", "presse", "2,5", "diffusion", "--key", "k")
    assert run("use", "cours", "presse", "2,5", "diffusion", "--key", "k") == first
    with pytest.raises(UseRefused):
        run("use", "cours", "presse", "2", "vue", "--key", "k2")
    assert Use.objects.count() == 1
