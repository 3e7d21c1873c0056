"""Proofs: anybody checks one with the lines that the README shows."""

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from click.testing import CliRunner

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.ledger import api as ledger
from chambre.ledger.applets.sealkinds import KINDS
from chambre.ledger.cli import ledger as command
from chambre.ledger.models import JournalEntry
from chambre.ledger.tests.conftest import World
from chambre.ledger.tests.recorded import record_everything, tamper

pytestmark = pytest.mark.django_db
README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def recorded(once):
    return once(_recorded)


def _recorded():
    world = World()
    record_everything(world)
    ledger.seal(by=world.by)
    return world


@pytest.fixture
def sealed(recorded, db):
    return deepcopy(recorded)


@pytest.fixture
def check(tmp_path):
    """Run the README's own lines on a proof, with nothing of the project to import."""
    script = tmp_path / "check.py"
    (code,) = re.findall(r"```python\n(import json.*?)```", README.read_text("utf-8"), re.DOTALL)
    script.write_text(code, encoding="utf-8")

    def run(proof, kept):
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(proof), encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-I", str(script), str(file), kept],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def asked(*arguments):
    ran = CliRunner().invoke(command, ["proof", *arguments, "--json"], catch_exceptions=False)
    return json.loads(ran.stdout)


def test_a_stranger_checks_an_entry_against_a_digest_that_was_printed(sealed, check):
    ledger.accounts(sealed.book, {"708000": "Autres"})
    ledger.seal(by=sealed.by)
    kept = bytes(ledger.last_seal(sealed.chamber).digest).hex()
    entry = JournalEntry.objects.get(key="sale-2021")

    proof = asked("sale-2021")
    ran = check(proof, kept)

    assert ran.returncode == 0, ran.stderr
    assert proof == asked(str(entry.pk))
    assert proof["record"] == entry.pk
    content = json.loads(proof["content"])
    assert (content["key"], content["lines"][0][3], content["lines"][1][3]) == (
        "sale-2021", 12_000, -12_000,
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_proof(sealed, check, kind):
    pk = KINDS[kind].model.objects.order_by("pk").last().pk
    proof = ledger.prove(pk, by=sealed.by, kind=kind).as_json()

    assert check(proof, proof["seals"][0]["digest"]).returncode == 0


def test_trees_of_any_size_are_checked(sealed, check, monkeypatch):
    for size in (1, 3, 6, 7):
        codes = {f"9{size:02d}{n:03d}": "Autres" for n in range(size)}
        ids = ledger.accounts(sealed.book, codes)
        ledger.seal(by=sealed.by)
        for pk in ids.values():
            proof = ledger.prove(pk, by=sealed.by, kind="account").as_json()
            assert proof["seals"][0]["count"] == size
            assert check(proof, proof["seals"][-1]["digest"]).returncode == 0


@pytest.mark.parametrize(
    "forge",
    [
        lambda proof: proof.update(content=proof["content"].replace("12000", "12001")),
        lambda proof: proof.update(leaf="00" * 56),
        lambda proof: proof.update(index=proof["index"] + 1),
        lambda proof: proof["path"].reverse(),
        lambda proof: proof["seals"][0].update(sealed_at=0),
        lambda proof: proof["seals"].pop(1),
        lambda proof: proof["seals"][-1].update(digest="00" * 32),
    ],
)
def test_a_forged_proof_convinces_nobody(sealed, check, forge):
    kept = bytes(ledger.last_seal(sealed.chamber).digest).hex()
    proof = ledger.prove("sale-2021", by=sealed.by).as_json()
    forge(proof)

    assert check(proof, kept).returncode != 0


def test_what_is_not_sealed_has_no_proof(sealed):
    entry = ledger.post(sealed.sale(key="late"), by=sealed.by)

    with pytest.raises(ledger.NotSealed):
        ledger.prove(entry.pk, by=sealed.by)
    with pytest.raises(NotFound):
        ledger.prove("nothing", by=sealed.by)
    with pytest.raises(NotFound):
        ledger.prove("x", by=sealed.by, kind="account")
    with pytest.raises(NotFound):
        ledger.prove(1, by=sealed.by, kind="weather")


def test_what_was_changed_is_not_proved(sealed):
    entry = JournalEntry.objects.get(key="sale-2021")
    tamper(
        f"UPDATE ledger_journalentry SET recorded_at = '2020-01-01 00:00:00' WHERE id = {entry.pk}"
    )

    with pytest.raises(ledger.NotProvable):
        ledger.prove(entry.pk, by=sealed.by)


def test_a_passer_by_gets_no_proof(sealed, make_user):
    by = Actor.of(make_user())

    with pytest.raises(Forbidden):
        ledger.prove("sale-2021", by=by)
    with pytest.raises(Forbidden):
        ledger.prove(sealed.book.pk, by=by, kind="book")


def test_the_command_line_says_the_last_digest(sealed):
    digest = bytes(ledger.last_seal(sealed.chamber).digest).hex()

    for words in (["seal"], ["verify"], ["proof", "sale-2021"]):
        assert digest in CliRunner().invoke(command, words).stdout
