"""CAMT: what stands on the account, whole and once, however a bank writes it."""

import datetime as dt

import pytest
from bank_support import DAY, OURS, THEIRS, camt_bytes, entry, gift, iban, message, page, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.bankfiles import BankFileRefused, Limits, entry_key, read
from chambre.lib.bankfiles.writing import row


def rows_of(data, **more):
    with read(data, **more) as file:
        return [each for number in range(len(file.statements)) for each in file.rows(number)]


def amounts(data):
    return [each.amount for each in rows_of(data)]


def test_a_transfer_is_read_with_all_that_matching_wants():
    given = gift(
        5000,
        reference="B1",
        account_reference="B1",
        end_to_end_id="COTIS-2026-17",
        party_iban=THEIRS,
        creditor_reference="RF18539007547034",
        code="PMNT/RCDT/ESCT",
        info="VIREMENT SEPA RECU",
        place=1,
    )

    (read_back,) = rows_of(camt_bytes(page(given)))

    assert read_back == given


@pytest.mark.parametrize("version", [f"{number:02d}" for number in range(2, 14)])
@pytest.mark.parametrize("kind", ["053", "054"])
def test_every_version_is_read(version, kind):
    party = "<Nm>Ana Reis</Nm>" if version < "08" else "<Pty><Nm>Ana Reis</Nm></Pty>"
    details = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs>"
        f"<RltdPties><Dbtr>{party}</Dbtr></RltdPties>"
        "<RltdAgts><DbtrAgt><FinInstnId><BIC>AGRIFRPP</BIC></FinInstnId></DbtrAgt></RltdAgts>"
        "</TxDtls></NtryDtls>"
    )
    data = message(
        entry(details=details, version=version), closing="1010.00", version=version, kind=kind,
        opening="1000.00" if kind == "053" else "",
    )  # fmt: skip

    with read(data) as file:
        (found,) = file.rows(0)
        statement = file.statements[0]

    assert (file.format, statement.account) == (f"camt.{kind}", OURS)
    assert (found.amount, found.status) == (1000, "booked")
    assert (found.party_name, found.party_bic, found.end_to_end_id) == (
        "Ana Reis",
        "AGRIFRPP",
        "E-1",
    )
    assert statement.proved is (kind == "053")


def test_pending_entries_are_kept_apart_and_out_of_the_balance():
    data = message(
        entry("10.00"), entry("99.00", status="PDNG", day=""), entry("7.00", status="INFO"),
        entry("3.00", status="FUTR"), closing="1010.00",
    )  # fmt: skip

    with read(data) as file:
        assert [(each.status, each.amount) for each in file.rows(0)] == [
            ("booked", 1000),
            ("pending", 9900),
            ("info", 700),
            ("pending", 300),
        ]
        assert (file.statements[0].rows, file.statements[0].pending) == (1, 3)


def batch(*parts, more=""):
    details = "".join(
        f'<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd>{extra}</TxDtls>"
        for name, amount, direction, currency, extra in parts
    )
    return f"<NtryDtls><Btch><PmtInfId>LOT-7</PmtInfId></Btch>{details}</NtryDtls>" + more


def part(name, amount, direction="CRDT", currency="EUR", extra=""):
    return name, amount, direction, currency, extra


def test_a_batch_is_split_into_its_transactions():
    details = batch(part("A", "20.10"), part("B", "20.10"), part("C", "20.10"))

    rows = rows_of(message(entry("60.30", details=details), closing="1060.30"))

    assert [(each.amount, each.end_to_end_id, each.part, each.parts) for each in rows] == [
        (2010, "A", 0, 3),
        (2010, "B", 1, 3),
        (2010, "C", 2, 3),
    ]
    assert {(each.batch_reference, each.entry_amount) for each in rows} == {("LOT-7", 6030)}


def test_a_batch_may_have_parts_that_go_the_other_way():
    details = batch(part("A", "50.00"), part("B", "8.00", "DBIT"))

    assert amounts(message(entry("42.00", details=details), closing="1042.00")) == [5000, -800]


def test_charges_that_the_bank_took_from_a_batch_become_a_row():
    charge = (
        '<Chrgs><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
    )
    details = batch(part("A", "20.00", extra=charge), part("B", "30.00", extra=charge))

    rows = rows_of(message(entry("49.40", details=details), closing="1049.40"))

    assert [(each.amount, each.code) for each in rows] == [
        (2000, "X"),
        (3000, "X"),
        (-60, "charges"),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        (part("A", "20.00"), part("B", "20.00")),
        (part("A", "20.00", currency="USD"), part("B", "40.30")),
    ],
)
def test_a_batch_whose_parts_do_not_add_up_stays_whole_and_says_so(parts):
    data = message(entry("60.30", details=batch(*parts)), closing="1060.30")

    with read(data) as file:
        (whole,) = file.rows(0)
        assert (whole.amount, whole.parts, whole.batch_reference) == (6030, 1, "LOT-7")
        assert file.statements[0].notices == (("batch-whole", {"place": "1"}),)


def test_one_transaction_is_the_whole_entry_with_its_charges_named():
    charge = (
        '<Chrgs><Rcrd><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
    )
    (found,) = rows_of(
        message(entry("98.00", details=batch(part("A", "100.00", extra=charge))), closing="1098.00")
    )

    assert (found.amount, found.charges, found.parts) == (9800, -200, 1)


REVERSED = "<RvslInd>true</RvslInd>"


def test_a_reversal_has_the_direction_of_the_entry_itself():
    data = message(entry("10.00"), entry("10.00", "DBIT", more=REVERSED), closing="1000.00")

    assert [(each.amount, each.reversal) for each in rows_of(data)] == [
        (1000, False),
        (-1000, True),
    ]


def test_a_bank_that_keeps_the_direction_of_what_is_undone_is_known_by_its_balance():
    data = message(
        entry("10.00"), entry("4.00", "CRDT", more=REVERSED), entry("1.00", "DBIT"),
        closing="1005.00",
    )  # fmt: skip

    with read(data) as file:
        assert [each.amount for each in file.rows(0)] == [1000, -400, -100]
        assert file.statements[0].flipped
        assert file.statements[0].booked == 500


def test_a_returned_payment_says_why_and_whose_it_was():
    details = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>P-9</EndToEndId><MndtId>M-1</MndtId></Refs>"
        f"<RltdPties><Dbtr><Pty><Nm>Teo Lang</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{THEIRS}</IBAN></Id>"
        f"</DbtrAcct><Cdtr><Pty><Nm>Nous</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{OURS}</IBAN></Id>"
        "</CdtrAcct></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>"
    )
    (found,) = rows_of(
        message(entry("15.00", "DBIT", details=details, more=REVERSED), closing="985.00")
    )

    assert (found.party_name, found.party_iban) == ("Teo Lang", THEIRS)
    assert (found.return_code, found.mandate_id, found.amount) == ("AC04", "M-1", -1500)


def test_money_paid_in_another_currency_keeps_both_amounts():
    details = (
        "<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy='USD'>50.00</Amt></InstdAmt>"
        "<TxAmt><Amt Ccy='EUR'>46.11</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>"
    )
    (found,) = rows_of(message(entry("46.11", "DBIT", details=details), closing="953.89"))

    assert (found.amount, found.original_amount, found.original_currency) == (-4611, -5000, "USD")


def test_an_entry_in_another_currency_is_taken_at_what_it_made_on_the_account_or_refused():
    converted = "<AmtDtls><CntrValAmt><Amt Ccy='EUR'>46.11</Amt></CntrValAmt></AmtDtls>"
    data = message(entry("5000", currency="JPY", more=converted), closing="1046.11")
    (found,) = rows_of(data)
    assert (found.amount, found.original_amount, found.original_currency) == (4611, 5000, "JPY")

    with pytest.raises(BankFileRefused) as refused:
        rows_of(message(entry("5000", currency="JPY"), closing="1046.11"))
    assert refused.value.code == "bank-entry-currency"
    assert "JPY" in refused.value.fr


def test_additional_information_and_spaced_references_are_kept():
    details = (
        "<NtryDtls><TxDtls><RmtInf><Ustrd>Adhesion</Ustrd><Ustrd>RF18 5390 0754 7034</Ustrd></RmtInf>"
        "<AddtlTxInf>Guichet 3</AddtlTxInf></TxDtls></NtryDtls><AddtlNtryInf>VIR RECU</AddtlNtryInf>"
    )
    (found,) = rows_of(message(entry(details=details), closing="1010.00"))

    assert found.texts == "Adhesion RF18 5390 0754 7034"
    assert found.info == "Guichet 3 VIR RECU"
    assert found.creditor_reference == "RF18539007547034"


def test_references_that_say_nothing_are_none():
    details = (
        "<NtryDtls><TxDtls><Refs><AcctSvcrRef>NONREF</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId>"
        "<TxId>000000</TxId></Refs></TxDtls></NtryDtls>"
    )
    (found,) = rows_of(message(entry(details=details), closing="1010.00"))

    assert (found.reference, found.end_to_end_id, found.transaction_id) == ("", "", "")


def test_a_statement_that_does_not_add_up_is_refused_and_says_where_to_look():
    twice = [gift(1234, place=1), gift(1234, place=2), gift(800)]
    with pytest.raises(BankFileRefused) as refused:
        read(camt_bytes(page(*twice, closing=100_000 + 1234 + 800)))
    assert refused.value.code == "bank-balance-double"
    assert refused.value.data["difference"].minor == -1234
    assert refused.value.data["place"] == "1"

    with pytest.raises(BankFileRefused) as refused:
        read(camt_bytes(page(gift(800), gift(100), closing=100_000 - 700)))
    assert refused.value.code == "bank-balance-sign"

    with pytest.raises(BankFileRefused) as refused:
        read(camt_bytes(page(gift(800), closing=100_899)))
    assert refused.value.code == "bank-balance"
    assert "0,99\xa0€" in refused.value.fr
    assert "€0.99" in refused.value.en


def test_an_empty_statement_is_a_statement():
    with read(camt_bytes(page())) as file:
        assert list(file.rows(0)) == []
        assert (file.statements[0].opening, file.statements[0].closing) == (100_000, 100_000)


def test_overdrawn_accounts_have_negative_balances():
    with read(message(entry("20.00"), opening="-50.00", closing="-30.00")) as file:
        assert (file.statements[0].opening, file.statements[0].closing) == (-5000, -3000)


def test_pages_of_a_statement_are_proved_by_their_interim_balances():
    data = (
        message(entry("20.00"), closing="1020.00")
        .replace(b"OPBD", b"ITBD")
        .replace(b"CLBD", b"ITBD")
    )
    with read(data) as file:
        assert file.statements[0].proved
    with pytest.raises(BankFileRefused):
        read(data.replace(b">1020.00<", b">1020.01<"))


def test_several_statements_and_several_files_in_one_archive_keep_their_order():
    first = page(gift(100), number=1)
    second = page(gift(200), number=2, opening=100_100, iban=OURS)
    other = page(gift(300), number=1, iban=iban(42))
    archive = zipped(b__xml=camt_bytes(second), a__xml=camt_bytes(first, other))

    with read(archive) as file:
        assert [(each.account, each.number) for each in file.statements] == [
            (OURS, "1"),
            (iban(42), "1"),
            (OURS, "2"),
        ]
        assert [next(file.rows(number)).amount for number in range(3)] == [100, 300, 200]


def test_an_archive_of_two_formats_is_refused():
    archive = zipped(a__xml=camt_bytes(page()), b__ofx=b"OFXHEADER:100\n<OFX></OFX>")
    with pytest.raises(BankFileRefused) as refused:
        read(archive)
    assert refused.value.code == "bank-mixed"


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&b;</Document>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "bank-doctype"),
        (b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "bank-doctype"),
        (message(entry())[:-30], "bank-xml"),
        (message(entry(status="GONE")), "bank-value"),
        (message(entry(direction="UP")), "bank-value"),
        (message(entry(amount="12.345")), "bank-value"),
        (message(entry(amount="-5")), "bank-value"),
        (message(entry(amount="1e3")), "bank-value"),
        (message(entry(day="2026-02-30")), "bank-value"),
        (message(entry(day="")), "bank-missing"),
        (b'<?xml version="1.0"?><Document xmlns="urn:x">tech:xsd:camt.053.001.08</Document>',
         "bank-format"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"></Document>',
         "bank-missing"),
        (b"<html><body>Session expired</body></html>", "bank-format"),
        (b"%PDF-1.7", "bank-format"),
        (b"", "bank-empty"),
        (b"   \n", "bank-empty"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused_in_both_languages(data, code):
    with pytest.raises(BankFileRefused) as refused:
        read(data, name="releve.xml")
    assert refused.value.code == code
    assert refused.value.fr != refused.value.en


def test_one_endless_entry_does_not_fill_the_memory():
    data = message(entry(details="<AddtlNtryInf>" + "a" * 3_000_000 + "</AddtlNtryInf>"))
    with pytest.raises(BankFileRefused) as refused:
        read(data)
    assert refused.value.code == "bank-too-many"


def test_archives_made_to_do_harm_are_refused():
    small = Limits(unpacked=1 << 20, ratio_from=1 << 16)
    with pytest.raises(BankFileRefused) as refused:
        read(zipped(a__xml=camt_bytes(page()) + b" " * (1 << 19)), limits=small)
    assert refused.value.code == "bank-ratio"
    with pytest.raises(BankFileRefused) as refused:
        read(zipped(a__xml=b"0" * (1 << 21)), limits=small)
    assert refused.value.code == "bank-too-large"
    with pytest.raises(BankFileRefused) as refused:
        read(zipped(a__xml=zipped(b__xml=b"")))
    assert refused.value.code == "bank-nested"
    with pytest.raises(BankFileRefused) as refused:
        read(zipped(a__xml=camt_bytes(page()))[:-40])
    assert refused.value.code == "bank-archive-broken"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
ROWS = st.lists(
    st.builds(
        lambda day, amount, name, texts, reference, pending: row(
            dt.date(2026, 3, day), amount, party_name=name, texts=texts, end_to_end_id=reference,
            status="pending" if pending else "booked",
        ),
        st.integers(1, 31), st.integers(-(10**9), 10**9).filter(bool), TEXT, TEXT,
        st.from_regex(r"[A-Z]{3}-[1-9]{1,9}", fullmatch=True), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(rows=ROWS, opening=st.integers(-(10**9), 10**9))
@settings(max_examples=40)
def test_what_is_written_is_read_back_the_same(rows, opening):
    with read(camt_bytes(page(*rows, opening=opening))) as file:
        found = list(file.rows(0))
        statement = file.statements[0]

    assert [(r.status, r.day, r.amount, r.party_name, r.texts, r.end_to_end_id) for r in found] == [
        (r.status, r.day, r.amount, r.party_name, r.texts, r.end_to_end_id) for r in rows
    ]
    booked = sum(r.amount for r in rows if r.status == "booked")
    assert (statement.booked, statement.opening, statement.closing) == (
        booked,
        opening,
        opening + booked,
    )


@given(rows=ROWS.filter(bool), change=st.integers(-(10**6), 10**6).filter(bool))
@settings(max_examples=20)
def test_a_closing_balance_that_is_off_is_always_found(rows, change):
    closing = 100_000 + sum(r.amount for r in rows if r.status == "booked") + change
    with pytest.raises(BankFileRefused, match="does not add up"):
        read(camt_bytes(page(*rows, closing=closing)))


def test_a_movement_is_known_again_and_told_from_others():
    one = gift(reference="B1", account_reference="B1", entry_reference="1")
    same = one._replace(texts="autre libellé", entry_reference="7", place=9)
    assert entry_key(one) == entry_key(same)
    for other in (
        one._replace(day=DAY + dt.timedelta(1)),
        one._replace(entry_amount=5001),
        one._replace(account_reference="B2"),
    ):
        assert entry_key(other) != entry_key(one)

    bare = gift()
    assert entry_key(bare) == entry_key(bare._replace(texts="DON  POUR LE-VERGER"))
    assert entry_key(bare) != entry_key(bare._replace(party_name="Ana Reis"))


def test_a_batch_is_known_by_its_reference_whether_it_was_split_or_not():
    reference = "<AcctSvcrRef>LOT-REF</AcctSvcrRef>"
    split = rows_of(
        message(entry("30.00", more=reference, details=batch(part("A", "10"), part("B", "20"))),
                closing="1030.00")
    )  # fmt: skip
    (whole,) = rows_of(message(entry("30.00", more=reference), closing="1030.00"))

    assert {entry_key(each) for each in split} == {entry_key(whole)}
