"""The charts of accounts: what an account is called, in which year, in which kind of structure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.accounting import CHARTS, account_label, bare, chart, chart_of, qualified, qualify

KEYS = ["pcg-2014", "pcg-2025", "associatif-2018", "associatif-2025"]


def test_there_are_two_charts_in_two_versions():
    assert list(CHARTS) == KEYS
    assert [CHARTS[key].key for key in KEYS] == KEYS
    with pytest.raises(KeyError):
        CHARTS["associatif-1999"]


@pytest.mark.parametrize(
    ("opening", "key"),
    [
        (date(2024, 12, 31), "associatif-2018"),
        (date(2025, 1, 1), "associatif-2025"),
        (date(2024, 9, 1), "associatif-2018"),  # a school year that ends in 2025
        (2020, "associatif-2018"),
        (2031, "associatif-2025"),
    ],
)
def test_the_day_on_which_the_year_opens_chooses_the_version(opening, key):
    assert chart("associatif", opening).key == key


def test_an_unknown_chart_is_refused_by_name():
    with pytest.raises(ValueError, match="'bank'"):
        chart("bank", 2025)


@pytest.mark.parametrize("key", KEYS)
def test_every_account_is_named_in_both_languages_and_has_a_place(key):
    accounts = list(CHARTS[key])

    assert [account.code for account in accounts] == sorted(account.code for account in accounts)
    for account in accounts:
        assert account.label.fr
        assert account.label.en
        assert account.label.fr == account.label.fr.strip()
        if len(account.code) > 1:
            assert account.code.startswith(CHARTS[key].parent(account.code))
            assert CHARTS[key].recognises(account.code)


@pytest.mark.parametrize("key", KEYS)
def test_every_group_of_two_digits_stands_under_its_class(key):
    chart = CHARTS[key]
    groups = {account.code for account in chart if len(account.code) == 2}

    assert {code[0] for code in groups} == set("12345678")
    assert [account.code for account in chart.children("")] == list("12345678")
    assert {account.code for account in chart.children("6")} == {
        code for code in groups if code[0] == "6"
    }


NEEDED_BY_ASSOCIATIONS = """
102 103 1034 1068 115 12 13 131 139 15 16 1631 164 18 181 186 187 191 194 195 196 20 21 2186 22 23
24 26 27 2742 28 29 31 3265 401 4011 4017 404 408 409 4096 411 4117 416 418 419 4196 421 431 441
4456 4457 445 44566 44571 451 455 462 467 468 4681 471 486 487 491 495 496 503 512 5121 517 53 58
590 601 602 6022 603 604 606 607 613 60265 622 641 645 651 657 6571 661 681 689 6891 6894 6895 6896
691 695 701 706 707 708 7063 7084 7086 71 72 73 74 75 754 7541 75411 75412 7542 755 7551 756 7561
7562 757 76 77 78 789 7891 7894 7895 7896 86 860 861 862 864 87 870 871 875
"""


@pytest.mark.parametrize("year", [2022, 2025])
@pytest.mark.parametrize("code", NEEDED_BY_ASSOCIATIONS.split())
def test_an_association_finds_its_accounts(code, year):
    assert code in chart("associatif", year)


@pytest.mark.parametrize(
    ("kind", "year", "code", "fr"),
    [
        ("associatif", 2024, "6136", "Malis sur emballages"),
        ("associatif", 2025, "60262", "Malis sur emballages"),
        ("associatif", 2024, "757", "Gains de change sur créances et dettes d'exploitation"),
        (
            "associatif",
            2025,
            "757",
            "Produits des cessions d'immobilisations incorporelles et corporelles",
        ),
        (
            "associatif",
            2025,
            "652",
            "Valeurs comptables des immobilisations incorporelles et corporelles cédées",
        ),
        ("associatif", 2025, "657", "Aides financières"),
        (
            "pcg",
            2025,
            "657",
            "Valeurs comptables des immobilisations incorporelles et corporelles cédées",
        ),
        ("pcg", 2024, "675", "Valeurs comptables des éléments d'actif cédés"),
        ("pcg", 2024, "791", "Transferts de charges d'exploitation"),
        ("pcg", 2025, "649", "Remboursements de charges de personnel"),
        (
            "pcg",
            2025,
            "747",
            "Quote-part des subventions d'investissement virée au résultat de l'exercice",
        ),
        ("pcg", 2024, "756", "Gains de change sur créances et dettes commerciales"),
        ("associatif", 2024, "756", "Cotisations"),
        ("associatif", 2024, "102", "Fonds propres sans droit de reprise"),
        ("pcg", 2024, "102", "Fonds fiduciaires"),
        ("associatif", 2024, "129", "Résultat de l'exercice (déficit)"),
        ("pcg", 2025, "4096", "Fournisseurs - Créances pour emballages et matériel à rendre"),
    ],
)
def test_the_same_number_is_not_the_same_account_everywhere(kind, year, code, fr):
    assert chart(kind, year).label(code) == fr


@pytest.mark.parametrize("code", ["673", "675", "6754", "771", "775", "777", "791"])
def test_accounts_that_the_2025_rule_dropped_are_not_recognised(code):
    assert chart("associatif", 2024).recognises(code)
    assert not chart("associatif", 2025).recognises(code)


def test_losses_on_packaging_moved_from_rents_to_purchases_in_2025():
    assert "6136" not in chart("pcg", 2025)
    assert "60262" not in chart("pcg", 2024)


def test_a_divided_account_takes_the_name_of_the_nearest_above():
    here = chart("associatif", 2025)

    assert here.known("512100") == "5121"
    assert here.label("512100", "en") == "Bank accounts in national currency"
    assert here.label("411DUPONT") == "Clients"
    assert here.label("411DUPONT", "en-GB") == "Customers"
    assert here.parent("7561") == "756"
    assert here.parent("7") is None
    assert here.label("") == ""
    assert here.label("X") == ""
    assert here["4196"].label.en.startswith("Customers: deposits held")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("512", True),
        ("64", True),
        ("640000", True),
        ("411DUPONT", True),
        ("74", True),
        ("741200", True),  # until 2024 grants are divided by funder as one likes
        ("669000", False),
        ("6", False),
        ("900000", False),
        ("", False),
        ("181RES", True),
        ("XYZ", False),
    ],
)
def test_an_invented_account_is_not_recognised(code, expected):
    assert chart("associatif", 2024).recognises(code) is expected


def test_an_account_can_carry_the_chart_that_it_comes_from():
    assert qualify("pcg", "756000") == "pcg:756000"
    assert bare("pcg:756000") == bare("756000") == "756000"
    assert chart_of("pcg:756000") == "pcg"
    assert chart_of("756000") is None
    assert account_label("756000", "associatif", 2025) == "Cotisations"
    assert account_label("pcg:756000", "associatif", 2025, "en") == (
        "Exchange gains on trade claims and debts"
    )
    assert account_label("associatif-2018:757", "associatif", 2025).startswith("Gains de change")
    assert qualified("pcg-2014", {"512": 5}) == {"pcg-2014:512": 5}


@given(st.sampled_from(KEYS), st.text("0123456789AZ", max_size=9))
def test_the_known_part_is_the_longest_that_the_chart_has(key, code):
    found = CHARTS[key].known(code)

    assert code.startswith(found)
    assert not found or found in CHARTS[key]
    assert not any(code[:n] in CHARTS[key] for n in range(len(found) + 1, len(code) + 1))
