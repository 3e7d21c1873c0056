"""Pages of contributions and contributive budgets: done with forms alone, in few queries."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chambre.core import clock
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import (
    Budget,
    Contribution,
    InKind,
    Overrun,
    OverrunOutcome,
    Paid,
    RateGrid,
    Recognition,
    Retribution,
    Terms,
    Words,
)
from chambre.rooms.reciprocity.services.contributing import circle
from chambre.rooms.reciprocity.tests.contributing.conftest import NAMES, Orchard

MOST = 15


class Browser:
    """Somebody with a browser."""

    def __init__(self, orchard: Orchard, name: str) -> None:
        self.client = Client()
        if name:
            self.client.force_login(orchard.people[name].user)

    def get(self, page: str, *args: Any, query: str = "", status: int = 200) -> str:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = self.client.get(reverse(f"reciprocity:{page}", args=args) + query)
        assert answer.status_code == status, answer.content[:2000]
        asked = [q for q in queries if "django_session" not in q["sql"]]
        assert len(asked) <= MOST, "\n".join(q["sql"] for q in asked)
        return str(answer.content.decode()) if not answer.streaming else ""

    def post(self, page: str, *args: Any, status: int = 302, query: str = "", **data: Any) -> str:
        answer = self.client.post(reverse(f"reciprocity:{page}", args=args) + query, data)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return str(answer.content.decode())


@pytest.fixture
def ada(orchard: Orchard) -> Browser:
    return Browser(orchard, "ada")


@pytest.fixture
def bruno(orchard: Orchard) -> Browser:
    return Browser(orchard, "bruno")


@pytest.fixture
def chloe(orchard: Orchard) -> Browser:
    return Browser(orchard, "chloe")


def given(orchard: Orchard, **more: Any) -> dict[str, Any]:
    return {
        "what": "Taille", "much": "2 h 30", "kind": "time", "resource": orchard.resource.pk,
        "until": registry.today().isoformat(), "key": "k", **more,
    }  # fmt: skip


def test_four_fields_record_it_and_one_tap_recognises_it(orchard, chloe, bruno, ada):
    assert "2 h 30" in chloe.get("contribution_new")
    chloe.post("contribution_new", **given(orchard))
    chloe.post("contribution_new", **given(orchard))
    row = Contribution.objects.get()
    assert (row.minutes, row.asked, row.agent) == (150, 0, orchard.people["chloe"])
    assert "Taille" in bruno.get("contributions")
    bruno.post("contribution_see", row.pk, key="a")
    ada.post("contribution_see", row.pk, key="a", next="one")
    assert Recognition.objects.get().counts
    assert "Taille" in chloe.get("contributions")
    for name in ("contribution", "contribution_correct", "contribution_withdraw"):
        assert "Taille" in chloe.get(name, row.pk) or name == "contribution_withdraw"
    assert "Taille" in chloe.get("contributions_all", query="?resource=verger")


def test_a_form_keeps_what_was_typed(orchard, chloe):
    text = chloe.post("contribution_new", status=422, **given(orchard, much="beaucoup"))
    assert "beaucoup" in text and "45 min" in text
    chloe.post("contribution_new", status=422, **given(orchard, until="2999-01-01"))
    assert not Contribution.objects.exists()
    chloe.post("contribution_new", **given(orchard, much="25 €"))
    assert Contribution.objects.get().kind == "money"


def test_the_grid_is_offered_with_the_resource(orchard, chloe):
    grid = circle.propose_grid(
        place=orchard.resource, name="2026", key="g", by=orchard.by("ada"),
        lines=[("taille", "en vit", 2_200)],
    )  # fmt: skip
    assert "taille – en vit" in chloe.get("contribution_new", query="?resource=verger")
    chloe.post("contribution_new", **given(orchard, rate=grid.lines.get().pk))
    row = Contribution.objects.get()
    assert row.asked == 5_500
    assert "55,00" in chloe.get("contribution", row.pk)
    chloe.post(
        "contribution_correct", row.pk, **given(orchard, much="1 h", hourly="30,00", rate="")
    )
    new = Contribution.objects.get(corrects=row)
    assert (new.asked, new.minutes) == (3_000, 60)
    assert "corrig" in chloe.get("contribution", row.pk)
    chloe.post("contribution_withdraw", new.pk, key="w", why="Doublon")
    assert Contribution.objects.get(corrects=new).withdrawn


def test_an_objection_and_its_answer(orchard, chloe, bruno, ada):
    row = orchard.gives("chloe")
    bruno.post("contribution_say", row.pk, "objection", status=422, key="o", words="")
    bruno.post("contribution_say", row.pk, "objection", key="o", words="Il pleuvait")
    assert "Il pleuvait" in chloe.get("contribution", row.pk)
    about = orchard.people["bruno"].pk
    chloe.get("contribution_say", row.pk, "answer", query=f"?about={about}")
    chloe.post("contribution_say", row.pk, "answer", query=f"?about={about}", key="r", words="Non")
    bruno.post("contribution_say", row.pk, "taken-back", key="t", why="")
    ada.post("contribution_say", row.pk, "declined", key="d", words="Vue ensemble")
    assert not Recognition.objects.get().counts
    bruno.get("contribution_say", row.pk, "magic", status=404)
    bruno.get("contribution_say", row.pk, "answer", status=404)


def test_nothing_is_shown_to_people_from_elsewhere(orchard):
    row, budget = orchard.gives("chloe"), orchard.budget()
    for name, args in (
        ("contributions", ()), ("contribution", (row.pk,)), ("budgets", ()),
        ("budget", (budget.slug,)), ("statement", ()), ("circle", ("verger",)),
    ):  # fmt: skip
        answer = Client().get(reverse(f"reciprocity:{name}", args=args))
        assert answer.status_code in (302, 401, 403)
    assert "Taille" not in Client().get("/").content.decode()


def test_a_circle_sets_its_rule_and_its_grid(orchard, ada, chloe):
    assert "30" in chloe.get("circle", "verger")
    terms = {"needed": 1, "silence_days": 10, "reply_days": 5, "roll": "chamber", "reason": "AG"}
    chloe.post("circle", "verger", status=403, act="terms", **terms)
    ada.post("circle", "verger", act="terms", **terms)
    assert Terms.objects.get().needed == 1
    grid = {"name": "2026", "since": registry.today().isoformat(), "key": "g", "note": ""}
    ada.post("circle", "verger", status=422, act="grid", lines="taille", **grid)
    ada.post("circle", "verger", act="grid", lines="taille; en vit; 22\naccueil; 15,50", **grid)
    assert [line.minor for line in RateGrid.objects.get().lines.all()] == [2_200, 1_550]
    assert "15,50" in ada.get("circle", "verger")


def test_a_statement_for_oneself_the_tax_office_and_the_employment_service(orchard, chloe, bruno):
    row = orchard.gives("chloe", minutes=90)
    orchard.gives("chloe", kind="money", cents=4_200, what="Don")
    asked = orchard.asks(orchard.budget(), "chloe", 12_000, contribution=row)
    bruno.post(
        "budget_asked", "budget", asked.pk, act="pay", minor="120,00", key="p",
        day=registry.today().isoformat(), reference="F-12",
    )  # fmt: skip
    assert Paid.objects.get().minor == 12_000
    text = chloe.get("statement")
    assert "Taille des pommiers" in text and "120,00" in text and "1 h 30" in text.replace(" ", " ")
    assert "F-12" in chloe.get("statement", query="?pour=impots")
    assert "France Travail" in chloe.get("statement", query="?pour=emploi")
    year = registry.today().year
    for kind, begins in (("pdf", b"%PDF"), ("csv", b"PK"), ("json", b"{")):
        answer = chloe.client.get(
            reverse("reciprocity:statement") + f"?annee={year}&pour=moi&format={kind}"
        )
        assert answer.status_code == 200 and answer.content.startswith(begins)
    assert "Taille des pommiers" in json.dumps(json.loads(answer.content), ensure_ascii=False)
    for query in ("?annee=x", "?annee=99999", "?pour=x", "?format=exe"):
        chloe.get("statement", query=query, status=404)
    chloe.get("contribution_blank")
    chloe.post("contribution_blank")
    assert not Words.objects.filter(of=orchard.people["chloe"], blanked_at=None).exists()
    assert "Taille des pommiers" not in chloe.get("statement")


def test_a_budget_is_opened_and_asked_from(orchard, bruno, chloe):
    year = registry.today().year
    chloe.post("budget_new", status=422)
    assert "Amis du verger" in bruno.get("budget_new")
    bruno.post(
        "budget_new", name="Budget œuvre", structure=orchard.structure.pk,
        resource=orchard.resource.pk, total="1 000", starts=f"{year}-01-01", ends=f"{year}-12-31",
        circle="chamber", fallback="cap", consent_days=20, key="b",
    )  # fmt: skip
    budget = Budget.objects.get()
    assert (budget.slug, budget.fallback) == ("budget-oeuvre", "cap")
    bruno.post("budget_allot", budget.slug, minor="400", part="Site", reason="AG", key="p")
    bruno.post("budget_allot", budget.slug, status=409, minor="700", part="Fête", key="q")
    row = orchard.gives("chloe")
    orchard.gives("chloe", what="Cueillette")
    text = chloe.get("budget", budget.slug)
    assert "Taille des pommiers" in text and "Site" in text
    chloe.post(
        "budget", budget.slug, minor="450", what="Taille", part="Site", contribution=row.pk, key="a"
    )
    chloe.post("budget", budget.slug, status=422, minor="", what="Taille", key="a2")
    asked = Retribution.objects.get()
    assert asked.contribution == row
    assert "450,00" in chloe.get("budget", budget.slug)
    chloe.post("budget_asked", budget.slug, asked.pk, act="change", minor="300", why="", key="c")
    assert Retribution.objects.get(corrects=asked).minor == 30_000
    assert "300,00" in chloe.get("budgets") + chloe.get("budget", budget.slug)
    chloe.get("budget_asked", budget.slug, asked.pk)
    chloe.get("budget_allot", budget.slug, status=403)


def test_an_overrun_is_guided_page_by_page(orchard, bruno):
    asked = {"ada": 450_000, "bruno": 400_000, "chloe": 350_000, "dris": 200_000, "eve": 100_000}
    budget = orchard.budget(1_000_000)
    for name, minor in asked.items():
        orchard.asks(budget, name, minor)
    assert "5\u202f000,00" in bruno.get("budget", budget.slug)
    bruno.get("budget_share", budget.slug)
    bruno.post("budget_share", budget.slug)
    people = {name: Browser(orchard, name) for name in NAMES}
    at = (budget.slug, 1)
    number = iter(range(1_000))

    def act(name: str, kind: str, status: int = 302, **data: Any) -> str:
        people[name].get("overrun", *at)
        return people[name].post(
            "overrun", *at, status=status, act=kind, key=f"k{next(number)}", **data
        )

    act("bruno", "go-on")
    act("ada", "feel", status=422, words="")
    for name in NAMES[:-1]:
        act(name, "feel", words=f"Ressenti de {name}")
    act("bruno", "go-on")  # not everybody was heard
    assert Overrun.objects.get().stage == "feelings"
    act("bruno", "excuse", who=orchard.people["eve"].pk)
    act("bruno", "go-on")
    act("bruno", "go-on")
    for name in NAMES:
        act(name, "position", keeps="1 000", rest="give", rule="", words="Moins pour moi")
    act("ada", "position", status=409, keeps="99 000", rest="give", rule="")
    act("bruno", "go-on")
    assert "Moins pour moi" in people["dris"].get("overrun", *at)
    act("ada", "propose", rule="lowered", rest="", words="Chacun a baissé")
    act("chloe", "object", words="Pas sans moi")
    assert "Pas sans moi" in people["dris"].get("overrun", *at)
    for name in NAMES:
        act(name, "consent")
    assert sum(OverrunOutcome.objects.values_list("paid", flat=True)) == 500_000
    for name in NAMES:
        act(name, "practice", words="Regarder chaque trimestre")
    act("bruno", "go-on")
    assert Budget.objects.get().state == "closed"
    assert "Regarder chaque trimestre" in people["dris"].get("overrun", *at)
    people["bruno"].get("overrun_carry", *at)
    people["chloe"].get("overrun_carry", *at, status=403)


def test_claims_are_carried_over_and_the_rule_decides(orchard, bruno):
    budget = orchard.budget(100, fallback="carry", consent_days=0)
    orchard.asks(budget, "chloe", 300)
    bruno.post("budget_share", budget.slug)
    at = (budget.slug, 1)
    for number, kind in enumerate(
        ("go-on", "excuse", "go-on", "go-on", "excuse", "go-on", "fallback")
    ):
        bruno.post("overrun", *at, act=kind, key=f"k{number}", who=orchard.people["chloe"].pk)
    assert OverrunOutcome.objects.get().carried == 200
    later = orchard.budget(1_000, slug="suite")
    bruno.post("overrun_carry", *at, into=later.pk)
    assert Retribution.objects.get(budget=later).minor == 200


def test_it_is_booked_in_kind_after_showing_what_it_means(orchard, bruno, chloe):
    orchard.book()
    row = orchard.gives("chloe", minutes=120)
    with clock.pretend(registry.today() + dt.timedelta(days=30)):
        from chambre.rooms.reciprocity.services.contributing import voicing

        voicing.settle_due()
    assert reverse("reciprocity:contribution_book", args=[row.pk]) in bruno.get(
        "contribution", row.pk
    )
    data = {"structure": orchard.structure.pk, "hourly": "12", "minor": ""}
    chloe.post("contribution_book", row.pk, status=422, **data)
    bruno.post("contribution_book", row.pk, status=422, **{**data, "hourly": ""})
    bruno.post("contribution_book", row.pk, **data)
    assert InKind.objects.get().minor == 2_400
    assert "24,00" in bruno.get("contribution", row.pk)
    bruno.post("contribution_book", row.pk, why="Erreur")
    assert InKind.objects.count() == 2


def test_the_dashboard_and_the_resource_s_page(orchard, bruno):
    orchard.gives("chloe")
    circle.set_terms(place=orchard.resource, needed=0, silence_days=0, by=orchard.by("ada"))
    orchard.gives("dris", minutes=90, kind="care")
    assert "Taille des pommiers" in bruno.client.get("/").content.decode()
    address = reverse("registry:resource", args=["verger"])
    text = bruno.client.get(f"{address}?tab=contributions").content.decode()
    assert "1 h 30" in text and "Chloe" not in text
