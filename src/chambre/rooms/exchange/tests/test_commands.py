"""``chambre exchange check`` and ``settle``, exactly."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chambre.rooms.exchange.cli import exchange as group

TEXT = """\
title = "Troc"
deadline = 2026-12-20
party = [{ name = "a" }, { name = "b" }]
leg = [
  { name = "x", from = "a", to = "b", kind = "hours", amount = 60 },
  { name = "y", from = "b", to = "a", kind = "goods", after = ["x"] },
]
"""


def run(*args: str):
    result = CliRunner().invoke(group, [*args, "--json"])
    return result.exit_code, json.loads(result.stdout) if result.stdout.strip() else None


def test_a_text_that_can_be_settled(tmp_path):
    file = tmp_path / "troc.toml"
    file.write_text(TEXT, encoding="utf-8")

    assert run("check", str(file)) == (0, {"valid": True, "can_settle": True, "problems": []})


def test_legs_that_wait_for_each_other(tmp_path):
    file = tmp_path / "troc.toml"
    file.write_text(TEXT.replace("amount = 60", 'amount = 60, after = ["y"]'), encoding="utf-8")

    status, said = run("check", str(file))
    assert (status, said["valid"], said["can_settle"]) == (1, True, False)
    assert "x → y → x" in said["problems"][0]


def test_a_mistake(tmp_path):
    file = tmp_path / "troc.toml"
    file.write_text(TEXT.replace('"hours"', '"minutes"'), encoding="utf-8")

    status, said = run("check", str(file))
    assert (status, said["valid"], said["can_settle"]) == (1, False, False)
    assert "5" in said["problems"][0]


@pytest.mark.django_db
def test_settling_by_number_or_name(world):
    exchange = world.opened()
    status = CliRunner().invoke(group, ["settle", str(exchange.pk), "--json"])
    assert status.exception is not None  # refused: nothing is there yet
    world.deposit_all(exchange)

    code, said = run("settle", str(exchange.pk))
    assert (code, said["state"]) == (0, "settled")
    assert {leg["state"] for leg in said["legs"]} == {"released"}
    assert run("settle", exchange.slug) == (0, said)
