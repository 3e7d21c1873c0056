"""Every kind of record is sealed; whatever is done to one of them, verify says to which."""

from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.db import transaction
from django.utils import translation

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.models import AuditEntry
from chambre.ledger import api as ledger
from chambre.ledger.applets.sealkinds import KINDS
from chambre.ledger.models import AgreementParty, Event, Seal, SealedList, Trace
from chambre.ledger.tests.conftest import World
from chambre.ledger.tests.recorded import found, record_everything, tamper

pytestmark = pytest.mark.django_db

CHANGES = {
    "book": "chart = 'associatif'", "account": "label = 'Autre'", "auxiliary": "label = 'Autre'",
    "journal": "label = 'Autre'", "entry": "recorded_at = '2020-01-01 00:00:00'",
    "closing": "differences = '[1]'", "specification": "unit = 'LTR'", "process": "name = 'X'",
    "stock": "name = 'X'", "event": "note = 'autre'", "agreement": "name = 'X'",
    "terms": "text = 'X'", "status": "reason = 'X'", "commitment": "quantity = 5",
    "end": "reason = 'X'", "claim": "quantity = 5", "allocation": "quantity = 5",
}  # fmt: skip
UNIQUE = {
    "book": {"structure_id": "structure_id + 1000"}, "account": {"code": "'999'"},
    "auxiliary": {"code": "'999'"}, "journal": {"code": "'999'"}, "entry": {"key": "'k999'"},
    "closing": {"year_id": "year_id + 1000"}, "specification": {"slug": "'x999'"},
    "event": {"key": "'k999'"}, "agreement": {"key": "'k999'"}, "terms": {"version": "999"},
    "commitment": {"key": "'k999'"}, "claim": {"key": "'k999'"},
    "end": {"commitment_id": "commitment_id + 1000"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def recorded(once):
    return once(_recorded)


def _recorded():
    world = World()
    record_everything(world)
    report = ledger.seal(by=world.by)
    assert report.seals == len(KINDS)
    verified = ledger.verify()
    assert verified.as_json()["problems"] == []
    assert verified.seals == len(KINDS)
    return world


@pytest.fixture
def sealed(recorded, db):
    return deepcopy(recorded)


@contextmanager
def undone():
    """Take back what was done to the database: its keys would refuse it at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ids_of(kind):
    return list(kind.model.objects.order_by("pk").values_list("pk", flat=True))


def told(kind, pk, what):
    with undone():
        return f"{kind.name}:{pk}", f"{kind.describe(pk)}: {what}"


def test_changing_a_record_names_it(sealed, subtests):
    for name, change in CHANGES.items():
        kind = KINDS[name]
        pk = ids_of(kind)[-1]
        with subtests.test(name), undone():
            tamper(f"UPDATE {kind.model._meta.db_table} SET {change} WHERE id = {pk}")
            if name == "event":  # its digest says so before any seal
                assert found(ledger.verify(), "event-digest") == [
                    (f"event-digest:{pk}", "The event is not what was recorded.")
                ]
                continue
            expected = told(kind, pk, "it is not what was sealed.")
            assert [each for each in found(ledger.verify()) if each[0] == expected[0]] == [expected]
    assert set(CHANGES) == set(KINDS)


def test_a_record_that_is_gone_is_named(sealed, subtests):
    for kind in KINDS.values():
        pk = ids_of(kind)[0]
        with subtests.test(kind.name), undone():
            tamper(f"DELETE FROM {kind.model._meta.db_table} WHERE id = {pk}")
            own = [each for each in found(ledger.verify()) if each[0].startswith(kind.name + ":")]
            assert own == [told(kind, pk, "it was sealed and is gone.")]


@pytest.mark.parametrize("pk", [0, -7])
def test_a_record_that_was_slipped_in_is_named(sealed, subtests, pk):
    for kind in KINDS.values():
        table = kind.model._meta.db_table
        changes = {"id": str(pk), **UNIQUE.get(kind.name, {})}
        columns = [field.column for field in kind.model._meta.concrete_fields]
        values = ", ".join(changes.get(column, f'"{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        with subtests.test(kind.name), undone():
            tamper(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}"
                f" WHERE id = {ids_of(kind)[0]}"
            )
            orphan = kind.name in {"closing", "end"}  # of a year, a promise that is not there
            code, what = ("orphan", "it belongs to nothing that is there.") if orphan else (
                "sealed-extra", "it was put in after the seal."
            )  # fmt: skip
            assert [text for _record, text in found(ledger.verify(), code)] == [
                told(kind, pk, what)[1]
            ]


def test_two_records_that_changed_places_are_named(sealed, subtests):
    for kind in KINDS.values():
        table, (first, second) = kind.model._meta.db_table, ids_of(kind)[:2]
        with subtests.test(kind.name), undone():
            tamper(
                f"UPDATE {table} SET id = -9 WHERE id = {first}",
                f"UPDATE {table} SET id = {first} WHERE id = {second}",
                f"UPDATE {table} SET id = {second} WHERE id = -9",
            )
            own = [each for each in found(ledger.verify()) if each[0].startswith(kind.name + ":")]
            assert own == [
                told(kind, first, "it is not what was sealed."),
                told(kind, second, "it is not what was sealed."),
            ]


@pytest.mark.parametrize(
    ("model", "owner", "name"),
    [(AgreementParty, "agreement_id", "agreement"), (Trace, "event_id", "event")],
)
def test_what_belongs_to_a_record_is_sealed_with_it(sealed, model, owner, name):
    row = model.objects.order_by("pk").last()
    with undone():
        tamper(f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}")
        expected = told(KINDS[name], getattr(row, owner), "it is not what was sealed.")
        assert found(ledger.verify()) == [expected]


def test_an_event_that_was_rewritten_with_its_digest_is_named_by_its_seal(sealed):
    event = Event.objects.order_by("pk").last()
    with undone():
        tamper(
            "UPDATE ledger_event SET digest ="
            f" (SELECT root FROM ledger_seal WHERE number = 1) WHERE id = {event.pk}"
        )
        assert found(ledger.verify()) == [
            told(KINDS["event"], event.pk, "it is not what was sealed.")
        ]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE ledger_seal SET sealed_at = '2020-01-01 00:00:00' WHERE number = 3",
            "The digest of seal 3 is not that of its content.",
        ),
        (
            "UPDATE ledger_seal SET kind = 'journal' WHERE kind = 'process'",
            "The digest of seal {process} is not that of its content.",
        ),
        (
            "UPDATE ledger_sealedlist SET hashes = ids",
            "The list of what seal 1 covers is missing or was changed.",
        ),
        (
            "DELETE FROM ledger_sealedlist WHERE seal_id IN"
            " (SELECT id FROM ledger_seal WHERE number = 2)",
            "The list of what seal 2 covers is missing or was changed.",
        ),
        (
            "DELETE FROM ledger_seal WHERE number = 2",
            "Seal 3 does not follow the one before it.",
        ),
        (
            "UPDATE ledger_seal SET kind = 'other' WHERE number = 4",
            "Seal 4 covers records of a kind that is not known.",
        ),
    ],
)
def test_a_seal_that_was_touched_is_named(sealed, statement, message):
    number = Seal.objects.get(kind="process").number
    with undone():
        tamper(statement)
        messages = [text for _record, text in found(ledger.verify(), "seal")]
        assert message.format(process=number) in messages


def test_whoever_kept_the_last_digest_sees_a_chain_that_was_cut(sealed):
    kept = bytes(ledger.last_seal(sealed.chamber).digest)
    with undone():
        last = Seal.objects.order_by("number").last()
        tamper(
            f"DELETE FROM ledger_sealedlist WHERE seal_id = {last.pk}",
            f"DELETE FROM ledger_seal WHERE id = {last.pk}",
        )
        assert ledger.verify().ok  # nothing inside can tell: hence digests are kept outside
        assert bytes(ledger.last_seal(sealed.chamber).digest) != kept


def test_what_comes_later_is_sealed_later(sealed):
    before = ledger.last_seal(sealed.chamber)
    assert ledger.seal(by=sealed.by).seals == 0

    ledger.accounts(sealed.book, {"708000": "Autres"})
    report = ledger.seal(by=sealed.by)

    after = ledger.last_seal(sealed.chamber)
    assert (report.seals, report.records, report.entries) == (1, 1, 0)
    assert (after.kind, bytes(after.previous)) == ("account", bytes(before.digest))
    assert AuditEntry.objects.filter(action="ledger.seal.made").count() == after.number


def test_a_large_kind_is_sealed_in_batches(sealed, monkeypatch):
    monkeypatch.setattr("chambre.ledger.applets.sealing.BATCH", 4)
    ledger.accounts(sealed.book, {f"7080{n:02d}": "Autres" for n in range(10)})

    report = ledger.seal(by=sealed.by)

    assert (report.seals, report.records) == (3, 10)
    assert SealedList.objects.count() == Seal.objects.count()
    assert ledger.verify().ok


def test_the_first_broken_record_of_every_kind_is_named_however_many_there_are(sealed):
    ledger.accounts(sealed.book, {f"6{n:05d}": "Achats" for n in range(150)})
    ledger.seal(by=sealed.by)
    with undone():
        tamper("UPDATE ledger_account SET label = 'Autre'", "UPDATE ledger_claim SET unit = 'HUR'")
        problems = ledger.verify().problems
    sorts = {(p.kind, p.key.split(":")[0]) for p in problems}
    assert {("sealed-changed", "account"), ("sealed-changed", "claim")} <= sorts
    assert ("record-digest", "claim") in sorts
    assert len(problems) < 110


def test_a_passer_by_seals_nothing(sealed, make_user):
    ledger.accounts(sealed.book, {"708000": "Autres"})
    before = Seal.objects.count()

    with pytest.raises(Forbidden):
        ledger.seal(by=Actor.of(make_user()))

    assert Seal.objects.count() == before
