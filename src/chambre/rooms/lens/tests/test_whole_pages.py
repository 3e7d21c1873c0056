"""Everything at once: crossed, reconciled account by account, in files, and as known on a day."""

import datetime as dt
import io
import json
import zipfile

import pytest

from chambre.ledger import api as ledger
from chambre.rooms.lens.tests.books import P2024, settled, valley
from chambre.rooms.lens.tests.test_group_pages import figures, words

pytestmark = pytest.mark.django_db
__all__ = ["settled", "valley"]

YEAR = {"first": dt.date(2024, 1, 1), "last": dt.date(2024, 12, 31)}


def table(client, path, key):
    found = json.loads(client.get(f"/comptes/{path}&format=json").content)
    return next(each for each in found["tables"] if each["key"] == key)


def columns(found):
    return [column["key"] for column in found["columns"]][1:]


@pytest.mark.parametrize(
    "figure", ["income", "expenses", "result", "assets", "liabilities", "equity"]
)
def test_crossed_totals_agree_with_both_lenses(client, valley, figure):
    client.force_login(valley["both"])

    found = table(client, f"croises/?{P2024}&figure={figure}", "crossed")

    by_resource = ledger.statement(by="resource", **YEAR)
    by_structure = ledger.statement(by="structure", **YEAR)
    rows = figures(found, *columns(found))
    for group in by_resource.groups:
        *cells, total, off, lens = rows[group.name]
        assert sum(cell or 0 for cell in cells) == total
        assert total + off == lens == getattr(group.totals, figure)
    books = {column["title"]: column["key"] for column in found["columns"]}
    feet = [row["cells"] for row in found["totals"]]
    for group in by_structure.groups:
        key = books[group.name]
        assert feet[0][key] + feet[1][key] == feet[2][key] == getattr(group.totals, figure)


def test_a_cell_opens_on_the_accounts_of_that_resource_in_that_structure(client, valley):
    client.force_login(valley["both"])

    page = words(client.get(f"/comptes/croises/?{P2024}&figure=income"))
    cell = words(client.get(f"/comptes/resource/verger/?{P2024}&structure=jus"))

    address = "/comptes/resource/verger/?first=2024-01-01&amp;last=2024-12-31&amp;structure=jus"
    assert f'<a href="{address}">7,00</a>' in page
    assert "Verger partagé dans les livres de Jus de la Lysse" in cell
    assert "Cotisations" not in cell


@pytest.mark.parametrize("figure", ["closing", "opening", "debit", "credit"])
def test_resources_and_the_rest_make_the_structures_account_by_account(client, valley, figure):
    client.force_login(valley["both"])

    found = table(client, f"rapprochement/?{P2024}&figure={figure}", "reconciliation")

    assert [column["title"] for column in found["columns"]][2:] == [
        "Presse à jus", "Verger partagé", "Non attribué", "Éliminé", "Somme par ressource",
        "Jus de la Lysse", "Les Vergers", "Somme par structure", "Différence",
    ]  # fmt: skip
    own = ledger.statement(by="structure", **YEAR)
    for row in found["rows"]:
        cells = list(row["cells"].values())[2:]
        assert sum(cells[:4]) == cells[4] == cells[7] == sum(cells[5:7])
        assert cells[8] == 0
        assert cells[7] == sum(
            getattr(group.figures.accounts[row["cells"]["account"]], figure)
            for group in own.groups
            if row["cells"]["account"] in group.figures.accounts
        )
    assert len(found["rows"]) > 10


def test_eliminations_are_listed_beside_the_reconciliation(client, valley):
    client.force_login(valley["both"])

    found = table(client, f"rapprochement/?{P2024}", "eliminations")

    assert [list(row["cells"].values()) for row in found["rows"]][:2] == [
        ["Verger partagé", "601000", "Jus de la Lysse", "Les Vergers", 90_000],
        ["Verger partagé", "701000", "Les Vergers", "Jus de la Lysse", -90_000],
    ]


def test_the_whole_goes_into_every_file(client, valley):
    client.force_login(valley["both"])
    url = f"/comptes/?{P2024}&format="

    archive = zipfile.ZipFile(io.BytesIO(client.get(url + "zip").content))
    found = json.loads(client.get(url + "json").content)

    assert archive.namelist() == ["groups.csv", "eliminations.csv", "reconciliation.csv"]
    tables = found.pop("tables")
    assert found == ledger.statement(by="resource", **YEAR).as_json()
    assert len(tables) == 3
    for kind, begins in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("html", b"<!doctype")):
        for page in ("", "croises/", "rapprochement/"):
            answer = client.get(f"/comptes/{page}?{P2024}&format={kind}")
            assert answer.content.startswith(begins)
            assert "attachment" in answer["Content-Disposition"]


def test_everything_can_be_read_as_known_on_a_day(client, valley):
    client.force_login(valley["both"])
    before = "known_on=2024-12-31"

    for page in ("", "croises/", "rapprochement/"):
        then = words(client.get(f"/comptes/{page}?{P2024}&{before}"))
        now = words(client.get(f"/comptes/{page}?{P2024}"))
        assert "Rien d’enregistré sur cette période" in then, page
        assert "Verger partagé" not in then
        assert "Verger partagé" in now


def test_quick_periods_are_the_financial_years_and_today(client, valley):
    client.force_login(valley["both"])

    page = words(client.get("/comptes/"))

    for name in ("2024", "2023", "cette année", "12 derniers mois"):
        assert f">{name}</a>" in page
    assert "first=2023-01-01&amp;last=2023-12-31" in page


@pytest.mark.parametrize("page", ["", "croises/", "rapprochement/"])
def test_pages_over_everything_are_for_those_who_read_books(
    client, valley, page, django_assert_max_num_queries
):
    client.force_login(valley["both"])
    with django_assert_max_num_queries(15):
        assert client.get(f"/comptes/{page}?{P2024}").status_code == 200
    client.force_login(valley["member"])
    for kind in ("", "&format=json", "&format=pdf"):
        refused = client.get(f"/comptes/{page}?{P2024}{kind}")
        assert refused.status_code == 403
        assert "Cotisations" not in refused.content.decode()
    client.logout()
    assert client.get(f"/comptes/{page}?{P2024}").status_code == 302


def test_a_figure_that_does_not_exist_is_told(client, valley):
    client.force_login(valley["both"])

    assert client.get(f"/comptes/croises/?{P2024}&figure=luck").status_code == 422
    assert client.get(f"/comptes/rapprochement/?{P2024}&figure=luck").status_code == 422


def test_the_command_reads_as_known_on_a_day(valley):
    from click.testing import CliRunner

    from chambre.rooms.lens.cli import statement

    asked = ["--by", "resource", "--from", "2024-01-01", "--to", "2024-12-31", "--json"]
    then = CliRunner().invoke(statement, [*asked, "--known-on", "2024-12-31"])
    now = CliRunner().invoke(statement, asked)
    wrong = CliRunner().invoke(statement, [*asked, "--known-on", "yesterday"])

    assert json.loads(then.stdout)["groups"] == []
    assert [group["key"] for group in json.loads(now.stdout)["groups"]] == [
        "presse", "verger", None,
    ]  # fmt: skip
    assert wrong.exit_code == 2


def test_all_structures_together_are_their_sum(client, valley):
    client.force_login(valley["both"])

    found = json.loads(client.get(f"/comptes/structure/-/?{P2024}&format=json").content)

    own = ledger.statement(by="structure", **YEAR)
    assert found["income"] == sum(group.totals.income for group in own.groups) == 290_700
    assert found["result"] == sum(group.result for group in own.groups)
    page = words(client.get(f"/comptes/structure/-/?{P2024}"))
    assert "Toutes les structures ensemble" in page
    assert "compte 181RES" not in page  # links cancel in the whole
