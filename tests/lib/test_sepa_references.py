"""References, account numbers, letters and days: what survives being typed, cut and carried."""

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.sepa import SepaRefusal, accounts, charset, days, reasons, rf

seeds = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=21)
long_seeds = st.text(string.ascii_uppercase + string.digits, min_size=4, max_size=21)


def test_the_example_of_the_standard():
    assert rf.make("5390 0754 7034") == "RF18539007547034"
    assert rf.write("RF18539007547034") == "RF18 5390 0754 7034"
    assert rf.read(" rf18 5390 0754 7034 ") == "RF18539007547034"


def check_digits(body):
    """ISO 7064 mod 97-10 as the standard words it: letters are 10 to 35, ``RF00`` behind."""
    number = int("".join(str(int(sign, 36)) for sign in f"{body}RF00"))
    return f"{98 - number % 97:02d}"


@given(seeds)
def test_a_reference_is_right_by_the_words_of_the_standard(seed):
    reference = rf.make(seed)

    assert reference == f"RF{check_digits(seed)}{seed}"
    assert rf.check(reference)
    assert rf.check(rf.write(reference).lower())


@given(seeds, st.data())
def test_one_wrong_character_is_always_seen(seed, data):
    reference = rf.make(seed)
    place = data.draw(st.integers(4, len(reference) - 1))
    other = data.draw(st.sampled_from(string.digits).filter(lambda sign: sign != reference[place]))
    if not reference[place].isdigit():
        return

    assert not rf.check(reference[:place] + other + reference[place + 1 :])


@pytest.mark.parametrize("seed", ["", "  - ", "é", "A" * 22, "a+b"])
def test_what_cannot_become_a_reference_is_refused(seed):
    with pytest.raises(SepaRefusal) as refused:
        rf.make(seed)
    assert refused.value.code == "rf-seed"


def test_a_wrong_reference_is_refused_and_says_which():
    with pytest.raises(SepaRefusal, match="RF19539007547034"):
        rf.read("RF19539007547034")


@pytest.mark.parametrize(
    "text",
    [
        "RF18539007547034",
        "VIR SEPA RECU /DE ZOE /MOTIF RF18 5390 0754 7034 MERCI",
        "rf18-5390-0754-7034",
        "RF185390\n07547034 COTISATION",
        "REFRF18539007547034MERCI",
        "R F18 539007547034",
    ],
)
def test_a_reference_is_found_as_banks_pass_it_on(text):
    assert "RF18539007547034" in rf.find_in(text)


@given(
    long_seeds,
    st.lists(st.integers(1, 24), max_size=4),
    st.text("abcRF .-/\n", max_size=20),
    st.text("abcdef .", max_size=20),
)
def test_a_reference_is_found_wherever_it_is_cut(seed, cuts, before, after):
    reference = rf.make(seed)
    cut = reference
    for place in sorted(set(cuts), reverse=True):
        if place < len(cut):
            cut = f"{cut[:place]} {cut[place:]}"

    assert reference in rf.find_in(f"{before} {cut} {after}")


def test_text_without_a_reference_has_none():
    assert rf.find_in("PERF 12 rue du Four, facture F-2026-12, 18,53 EUR") == []
    assert rf.find_in("") == []


def test_an_account_is_read_and_written():
    assert accounts.read_iban("fr76 3000 6000 0112 3456 7890 189") == "FR7630006000011234567890189"
    written = accounts.write_iban("FR7630006000011234567890189")
    assert written == "FR76 3000 6000 0112 3456 7890 189"
    assert accounts.hide_iban("FR7630006000011234567890189") == "FR76 … 0189"


@pytest.mark.parametrize(
    ("iban", "bic", "code"),
    [
        ("FR7630006000011234567890188", "", "iban-wrong"),
        ("FR76", "", "iban-wrong"),
        ("BR1800360305000010009795493C1", "", "iban-outside"),
        ("CH9300762011623852957", "", "bic-missing"),
        ("FR7630006000011234567890189", "AGRI", "bic-wrong"),
    ],
)
def test_an_account_that_nothing_reaches_is_refused(iban, bic, code):
    with pytest.raises(SepaRefusal) as refused:
        accounts.account(iban, bic)
    assert refused.value.code == code


def test_a_creditor_identifier_is_checked():
    assert accounts.read_creditor_id("fr72 zzz 123456") == "FR72ZZZ123456"
    with pytest.raises(SepaRefusal):
        accounts.read_creditor_id("FR73ZZZ123456")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("L’Épicerie & Cie — Œuvre n° 3", "L'Epicerie + Cie - OEuvre no 3"),
        ("Łukasz Žižek", "Lukasz Zizek"),
        ("Αθήνα", "Athena"),
        ("a//b/", "a/b"),
        ("12 € {x}_y", "12 EUR .x.-y"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_letters_that_every_bank_reads(text, written):
    assert charset.fold(text) == written


@given(st.text(max_size=200), st.integers(1, 140))
def test_whatever_is_written_every_bank_reads_it(text, limit):
    folded = charset.fold(text, limit)

    assert len(folded) <= limit
    assert set(folded) <= set(string.ascii_letters + string.digits + "/-?:().,'+ ")
    assert "//" not in folded
    assert folded == folded.strip("/ ")


def test_a_name_without_a_letter_is_refused():
    with pytest.raises(SepaRefusal) as refused:
        charset.fold_name(" … ")
    assert refused.value.code == "name-missing"


@pytest.mark.parametrize("text", ["", " a", "/a", "a/", "a//b", "é", "a" * 36, "a\n"])
def test_an_identifier_that_a_bank_would_change_is_refused(text):
    with pytest.raises(SepaRefusal):
        charset.read_id(text)


@pytest.mark.parametrize(
    ("day", "opened"),
    [
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2026, 5, 1), date(2026, 5, 4)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2027, 1, 4)),
        (date(2026, 7, 14), date(2026, 7, 14)),  # a holiday in France, not between banks
    ],
)
def test_banks_settle_on_days_of_target(day, opened):
    assert days.next_open(day) == opened


def test_open_days_are_counted():
    assert days.add_open(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert days.add_open(date(2026, 4, 2), 0) == date(2026, 4, 2)


@given(st.integers(1950, 2150))
def test_easter_is_a_sunday_of_its_weeks(year):
    sunday = days.easter(year)

    assert sunday.weekday() == 6
    assert date(year, 3, 22) <= sunday <= date(year, 4, 25)
    assert not days.is_open(sunday - timedelta(2))


def test_known_easters():
    assert [days.easter(year) for year in (1961, 2000, 2024, 2038)] == [
        date(1961, 4, 2), date(2000, 4, 23), date(2024, 3, 31), date(2038, 4, 25),
    ]  # fmt: skip


def test_reasons_are_words_and_an_unknown_one_is_itself():
    assert reasons.reason("AM04").text("fr") == "provision insuffisante"
    assert reasons.reason("AM04").text("en") == "not enough money on the account"
    assert reasons.reason("MD01").ends_mandate
    assert not reasons.reason("AM04").ends_mandate
    assert reasons.reason("ZZ99").text("fr") == "ZZ99"
