"""Statement pages: who sees what, every figure can be opened, and nothing leaks."""

import json

import pytest

from chambre.ledger import api as ledger
from chambre.lib.attribution import rules_from_data
from chambre.registry import api as registry
from chambre.rooms.lens import services

pytestmark = pytest.mark.django_db

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)


def line(number, account, label, debit, credit, auxiliary="", name=""):
    return (
        f"VE\tVentes\t{number}\t20240105\t{account}\tCompte {account}\t{auxiliary}\t{name}\t"
        f"F{number}\t20240105\t{label}\t{debit}\t{credit}\t\t\t20240331\t\t"
    )


@pytest.fixture
def world(system, make_user):
    """One structure with a FEC, one resource, its treasurer and a member."""
    orchard = registry.create_structure(slug="vergers", name="Vergers", by=system)
    resource = registry.create_resource(slug="verger", name="Verger partagé", by=system)
    content = "\r\n".join(
        [
            HEAD,
            line(1, "411000", "Vente de jus", "120,00", "0,00", "C1", "Madame Secrète"),
            line(1, "701000", "Vente de jus", "0,00", "120,00"),
            line(2, "606000", "Sécateurs", "30,00", "0,00"),
            line(2, "512000", "Sécateurs", "0,00", "30,00"),
        ]
    )
    services.import_fec(
        source=content.encode(), name="000000109FEC20241231.txt", structure=orchard, by=system
    )
    chamber = registry.home_chamber()
    rules = rules_from_data(
        [{"name": "jus", "account": "701*", "shares": {"verger": 1}}], resources=["verger"]
    )
    services.apply_rules(rules=rules, chamber=chamber, by=system)
    treasurer = registry.create_person(email="t@exemple.test", name="T", by=system)
    registry.grant_role(agent=treasurer, kind="treasurer", scope=orchard, by=system)
    member = registry.create_person(email="m@exemple.test", name="M", by=system)
    registry.grant_role(agent=member, kind="member", scope=chamber, by=system)
    return {"orchard": orchard, "resource": resource, "t": treasurer.user, "m": member.user}


PERIOD = "first=2024-01-01&last=2024-12-31"
PAGES = [
    f"/comptes/?{PERIOD}",
    f"/comptes/?by=structure&{PERIOD}",
    f"/comptes/resource/verger/?{PERIOD}",
    f"/comptes/resource/-/?{PERIOD}",
    f"/comptes/structure/vergers/?{PERIOD}",
    f"/comptes/lignes/?{PERIOD}&resource=verger&account=701000",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_treasurer_reads_their_accounts(client, world, page, django_assert_max_num_queries):
    client.force_login(world["t"])

    with django_assert_max_num_queries(30):
        answer = client.get(page)

    assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_others_do_not(client, world, page):
    client.force_login(world["m"])
    refused = client.get(page)
    client.logout()
    stranger = client.get(page)

    assert refused.status_code == 403
    assert "Madame Secrète" not in refused.content.decode()
    assert stranger.status_code == 302
    assert "/compte/" in stranger["Location"]


def test_a_figure_opens_on_its_lines(client, world):
    client.force_login(world["t"])
    page = client.get(f"/comptes/resource/verger/?{PERIOD}").content.decode()
    lines = client.get(f"/comptes/lignes/?{PERIOD}&resource=verger&account=701000").content.decode()

    assert "account=701000" in page
    assert "120,00" in page
    assert "jus" in lines
    assert lines.count("<tr>") == 2  # the head and one line


def test_exports_hold_the_same_figures(client, world):
    client.force_login(world["t"])
    url = f"/comptes/resource/verger/?{PERIOD}&format="
    found = json.loads(client.get(url + "json").content)

    assert (found["income"], found["expenses"], found["result"]) == (12_000, 0, 12_000)
    assert "701000" in client.get(url + "csv").content.decode("utf-8-sig")
    assert client.get(url + "xlsx").content[:2] == b"PK"
    assert client.get(url + "pdf").content[:5] == b"%PDF-"
    assert client.get(url + "doc").status_code == 404


def test_what_is_too_long_for_paper_is_said_with_what_to_take_instead(client, world, monkeypatch):
    monkeypatch.setattr("chambre.lib.exports.pdf.MOST_ROWS", 1)
    client.force_login(world["t"])
    url = f"/comptes/resource/verger/?{PERIOD}&format="

    answer = client.get(url + "pdf")

    assert answer.status_code == 413
    assert "prenez le tableur" in answer.content.decode()
    assert client.get(url + "xlsx").status_code == 200


def test_wrong_days_are_told_at_their_place(client, world):
    client.force_login(world["t"])

    answer = client.get("/comptes/?first=2024-12-31&last=2024-01-01")

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_attribution_leaves_the_structure_alone(world):
    import datetime as dt

    year = {"first": dt.date(2024, 1, 1), "last": dt.date(2024, 12, 31)}
    own = ledger.statement(by="structure", **year).groups[0]
    mine = ledger.statement(by="resource", resources=[world["resource"]], **year).groups[0]

    assert {f.account: (f.debit, f.credit) for f in own.figures.listed()} == {
        "411000": (12_000, 0),
        "512000": (0, 3_000),
        "606000": (3_000, 0),
        "701000": (0, 12_000),
    }
    assert sum(f.closing for f in mine.figures.listed()) == 0
    assert {f.account: f.closing for f in mine.figures.listed()} == {
        "181RES": 12_000,
        "701000": -12_000,
    }
