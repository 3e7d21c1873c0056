"""The page of one group: layouts, the year before, cash, links, and files."""

import io
import json
import re
import zipfile

import pytest

from chambre.rooms.lens.tests.books import P2024, settled, valley

pytestmark = pytest.mark.django_db
__all__ = ["settled", "valley"]


def words(answer):
    """A page with plain spaces."""
    return re.sub("[\u202f\u00a0]", " ", answer.content.decode())


def tables(client, path):
    """Every table of a page as its JSON export gives it, by key."""
    found = json.loads(client.get(f"/comptes/{path}&format=json").content)
    return {table["key"]: table for table in found["tables"]}


def figures(table, *columns):
    """First words of each row with some of its amounts; headings are left out."""
    first = table["columns"][0]["key"]
    return {
        row["cells"][first].partition(" – ")[0]: tuple(row["cells"][c] for c in columns)
        for row in [*table["rows"], *table["totals"]]
        if row["role"] != "heading"
    }


def test_assets_stand_gross_depreciated_and_net_beside_the_year_before(client, valley):
    client.force_login(valley["both"])

    assets = tables(client, f"structure/vergers/?{P2024}")["assets"]

    columns = ("gross", "allowance", "net", "previous", "change")
    assert [column["title"] for column in assets["columns"]][1:] == [
        "Brut", "Amortissements et dépréciations", "Net au 31/12/2024", "31/12/2023", "Variation",
    ]  # fmt: skip
    rows = figures(assets, *columns)
    assert rows["Installations techniques, matériel et outillage industriels"] == (
        300_000, 120_000, 180_000, 240_000, -60_000,
    )  # fmt: skip
    assert rows["Disponibilités"] == (320_000, 0, 320_000, 240_000, 80_000)
    assert rows["TOTAL GÉNÉRAL (I + II + III + IV + V)"] == (
        680_000, 120_000, 560_000, 480_000, 80_000,
    )  # fmt: skip


def test_a_balance_sheet_balances_for_every_group_and_both_years(client, valley):
    client.force_login(valley["both"])
    groups = ("resource/verger", "resource/presse", "resource/-", "structure/vergers",
              "structure/jus")  # fmt: skip

    for path in groups:
        found = tables(client, f"{path}/?{P2024}")
        both = [list(figures(found[key], "net").values())[-1] for key in ("assets", "liabilities")]
        assert both[0] == both[1], path
        if any(column["key"] == "previous" for column in found["assets"]["columns"]):
            past = [list(figures(found[k], "previous").values())[-1]
                    for k in ("assets", "liabilities")]  # fmt: skip
            assert past[0] == past[1], path


def test_the_income_statement_has_the_year_before_and_what_was_given_in_kind(client, valley):
    client.force_login(valley["both"])

    found = tables(client, f"resource/presse/?{P2024}")
    verger = tables(client, f"resource/verger/?{P2024}")

    rows = figures(found["income"], "net", "previous", "change")
    assert rows["Cotisations"] == (12_500, 10_000, 2_500)
    assert rows["Dotations aux amortissements et aux dépréciations"] == (60_000, 60_000, 0)
    assert rows["EXCÉDENT OU DÉFICIT"] == (-47_500, -50_000, 2_500)
    assert figures(verger["in_kind"], "net", "previous")["Bénévolat"] == (12_300, 0)


def test_an_account_is_read_by_the_chart_of_its_book(client, valley):
    client.force_login(valley["both"])

    mixed = figures(tables(client, f"resource/verger/?{P2024}")["income"], "net")
    alone = tables(client, f"resource/verger/?{P2024}&structure=jus")["income"]

    # 756 is membership fees in the association and exchange gains in the cooperative.
    assert mixed["Cotisations"] == (37_500,)
    assert mixed["Autres produits"] == (700,)
    assert "Cotisations" not in figures(alone, "net")


def test_part_of_a_year_stands_beside_the_same_part_of_the_year_before(client, valley):
    client.force_login(valley["both"])

    income = tables(client, "structure/vergers/?first=2024-03-15&last=2024-06-30")["income"]

    assert [column["title"] for column in income["columns"]][1:3] == [
        "15/03/2024 – 30/06/2024", "15/03/2023 – 30/06/2023",
    ]  # fmt: skip
    assert figures(income, "net", "previous")["Cotisations"] == (50_000, 40_000)


def test_cash_is_explained_to_the_cent_and_what_structures_paid_each_other_is_left_out(
    client, valley
):
    client.force_login(valley["both"])

    cash = tables(client, f"resource/verger/?{P2024}")["cash"]
    vergers = tables(client, f"structure/vergers/?{P2024}")["cash"]

    assert figures(cash, "receipts", "payments", "net", "previous") == {
        "Argent au début": (None, None, 40_000, 0),
        "Flux liés à l’activité": (37_500, 0, 37_500, 30_000),
        "Cotisations (756)": (37_500, 0, 37_500, 30_000),
        "Flux entre ressources et structures": (12_500, 0, 12_500, 10_000),
        "Structures et autres ressources": (12_500, 0, 12_500, 10_000),
        "Argent à la fin": (None, None, 90_000, 40_000),
    }
    assert "300,00" in cash["notes"][1]
    assert figures(vergers, "net")["Clients (411)"] == (30_000,)
    assert figures(vergers, "net")["Argent à la fin"] == (320_000,)


def test_links_say_with_whom_a_resource_has_to_settle(client, valley):
    client.force_login(valley["both"])

    found = tables(client, f"resource/verger/?{P2024}")
    links = found["links"]

    assert [
        (row["cells"]["with"], row["cells"]["book"], row["cells"]["owed"], row["cells"]["owes"])
        for row in links["rows"]
    ] == [
        ("Presse à jus", "Les Vergers", 0, 22_500),
        ("Jus de la Lysse (la structure elle-même)", "Jus de la Lysse", 700, 0),
    ]
    left = links["totals"][-1]["cells"]
    owed = figures(found["liabilities"], "net")
    assert left["owes"] == 21_800
    assert owed["Liaison : dû aux structures et aux autres ressources"] == (21_800,)


def test_each_figure_opens_to_its_accounts_and_they_to_their_lines(client, valley):
    client.force_login(valley["both"])

    page = words(client.get(f"/comptes/resource/presse/?{P2024}"))

    address = (
        "/comptes/lignes/?first=2024-01-01&amp;last=2024-12-31&amp;resource=presse"
        "&amp;account=281540"
    )
    assert f'<a href="{address}"' in page
    assert "−1 200,00" in page
    assert '<a href="#income">Ce que l’année laisse' in page.replace("&#x27;", "'")
    assert "600,00" in words(client.get(address.replace("&amp;", "&")))


def test_pages_ask_the_database_at_most_fifteen_times(
    client, valley, django_assert_max_num_queries
):
    client.force_login(valley["both"])
    for path in ("resource/verger", "resource/-", "structure/vergers", "resource/presse"):
        with django_assert_max_num_queries(15):
            assert client.get(f"/comptes/{path}/?{P2024}").status_code == 200


def test_every_table_goes_into_every_file(client, valley):
    client.force_login(valley["both"])
    url = f"/comptes/resource/verger/?{P2024}&format="

    archive = zipfile.ZipFile(io.BytesIO(client.get(url + "zip").content))
    html = client.get(url + "html").content.decode()
    cash = client.get(url + "csv&table=cash").content.decode("utf-8-sig")

    assert archive.namelist() == [
        "assets.csv", "liabilities.csv", "income.csv", "in_kind.csv", "cash.csv", "links.csv",
        "eliminations.csv", "trial.csv",
    ]  # fmt: skip
    assert html.startswith("<!doctype html>")
    assert "<script" not in html
    assert "Disponibilités" in html
    assert "Argent à la fin;;;900,00;400,00" in cash
    assert client.get(url + "pdf").content[:5] == b"%PDF-"
    assert client.get(url + "xlsx").content[:2] == b"PK"
    assert client.get(url + "doc").status_code == 404


def test_a_treasurer_sees_only_what_is_in_their_own_books(client, valley):
    client.force_login(valley["of_jus"])

    found = tables(client, f"resource/verger/?{P2024}")

    assert figures(found["income"], "net")["Total des produits"] == (700,)
    assert "Les Vergers" not in json.dumps(found, ensure_ascii=False)
    assert client.get(f"/comptes/structure/vergers/?{P2024}").status_code == 404
    assert client.get(f"/comptes/resource/verger/?{P2024}&structure=vergers").status_code == 404


@pytest.mark.parametrize("kind", ["", "&format=json", "&format=csv", "&format=pdf"])
def test_nobody_else_reads_a_group(client, valley, kind):
    client.force_login(valley["member"])
    refused = client.get(f"/comptes/resource/verger/?{P2024}{kind}")
    client.logout()
    stranger = client.get(f"/comptes/resource/verger/?{P2024}{kind}")

    assert refused.status_code == 403
    assert "Cotisations" not in refused.content.decode()
    assert stranger.status_code == 302


def test_accounts_as_known_before_the_books_came_in_are_empty(client, valley):
    client.force_login(valley["both"])

    then = words(client.get(f"/comptes/resource/verger/?{P2024}&known_on=2024-12-31"))
    now = words(client.get(f"/comptes/resource/verger/?{P2024}&known_on=2099-12-31"))

    assert "Tel que connu le 31 décembre 2024" in then
    assert "Argent à la fin" not in then
    assert "Argent à la fin" in now
