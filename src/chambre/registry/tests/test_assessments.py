"""Ostrom's eight questions: answers, evidence, and what the software knows already."""

import datetime as dt

import pytest

from chambre.core.errors import Forbidden, Invalid
from chambre.registry import api, ostrom
from chambre.registry.models import Assessment
from chambre.registry.tests.conftest import TODAY
from chambre.registry.versions import latest_record

pytestmark = pytest.mark.django_db


def test_an_answer_without_evidence_is_declared(verger, steward):
    api.assess(resource=verger, principle=3, answer=2, by=steward)

    verger.refresh_from_db()
    record = latest_record(verger)
    lines = ostrom.profile(verger, record["assessments"])
    assert len(lines) == 8
    assert (lines[2].answer, lines[2].declared, lines[2].on) == (2, True, TODAY)
    assert lines[0].answer is None
    assert record["assessments"][0]["capacity"] == "steward"
    assert "Soizic" not in str(record["assessments"])  # as what they spoke, not who


def test_the_latest_answer_holds_and_the_others_stay(verger, steward, administrator):
    api.assess(resource=verger, principle=1, answer=1, by=steward)
    api.assess(
        resource=verger,
        principle=1,
        answer=3,
        evidence_kind="link",
        evidence="https://exemple.test/bornage",
        comment="Bornage fait",
        on=TODAY - dt.timedelta(days=2),
        by=administrator,
    )

    verger.refresh_from_db()
    (line,) = latest_record(verger)["assessments"]
    assert (line["answer"], line["evidence_kind"], line["capacity"]) == (3, "link", "administrator")
    assert list(Assessment.objects.values_list("number", "answer")) == [(1, 1), (2, 3)]
    assert verger.version == 3


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"principle": 0}, "principle"),
        ({"principle": 9}, "principle"),
        ({"answer": 4}, "answer"),
        ({"answer": -1}, "answer"),
        ({"answer": True}, "answer"),
        ({"answer": "2"}, "answer"),
        ({"evidence_kind": "link"}, "evidence"),
        ({"evidence": "le règlement"}, "evidence"),
        ({"evidence_kind": "link", "evidence": "javascript:alert(1)"}, "evidence"),
        ({"evidence_kind": "rumour", "evidence": "x"}, "evidence_kind"),
        ({"on": TODAY + dt.timedelta(days=1)}, "on"),
    ],
)
def test_what_is_wrong_is_said(verger, steward, values, where):
    with pytest.raises(Invalid) as refusal:
        api.assess(resource=verger, by=steward, **{"principle": 1, "answer": 1, **values})

    assert list(refusal.value.data["fields"]) == [where]
    assert not Assessment.objects.exists()


def test_who_may_assess(verger, member, treasurer, stranger, anonymous, facilitator):
    for by in (member, treasurer, stranger, anonymous):
        with pytest.raises(Forbidden):
            api.assess(resource=verger, principle=1, answer=3, by=by)
    assert not Assessment.objects.exists()
    assert api.assess(resource=verger, principle=1, answer=3, by=facilitator).capacity == (
        "facilitator"
    )


def test_the_software_says_what_it_knows(verger, steward, system):
    api.create_resource(slug="pays", name="Pays des pommes", by=system)
    api.change_resource(resource=verger, part_of="pays", by=system)
    api.assess(resource=verger, principle=4, answer=1, by=steward)
    verger.refresh_from_db()

    signs = ostrom.signs(verger)

    assert len(signs[4]) == 1
    assert signs[8][0].url == "/ressources/pays/"
    assert "Pays des pommes" in signs[8][0].text


def test_a_floor_above_adds_what_it_knows(verger, monkeypatch):
    monkeypatch.setattr(ostrom, "_providers", list(ostrom._providers))

    @api.signs_of(5)
    def cases(resource):
        return [api.Sign(f"Un cas pour {resource.slug}", "/cas/1/")]

    assert ostrom.signs(verger)[5] == [api.Sign("Un cas pour verger", "/cas/1/")]
