"""OFX and MT940, beside what two other readers (ofxtools, mt-940) find in the same files."""

import datetime as dt
import io

import mt940
import pytest
from bank_support import DAY, LAST, OURS, THEIRS, gift, iban, page
from hypothesis import given, settings
from hypothesis import strategies as st
from ofxtools.Parser import OFXTree

from chambre.lib.bankfiles import BankFileRefused, read, same_account
from chambre.lib.bankfiles.writing import mt940 as write_mt940
from chambre.lib.bankfiles.writing import ofx as write_ofx
from chambre.lib.bankfiles.writing import row


def rows_of(data):
    with read(data if isinstance(data, bytes) else data.encode()) as file:
        return [each for number in range(len(file.statements)) for each in file.rows(number)]


ROWS = st.lists(
    st.builds(
        lambda day, amount, number: row(
            dt.date(2026, 3, day), amount, reference=f"REF{number}", party_name=f"Nom {number}",
            texts=f"Motif {number}", end_to_end_id=f"E{number}",
        ),
        st.integers(1, 31), st.integers(-(10**8), 10**8).filter(bool), st.integers(1, 10**6),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(rows=ROWS, opening=st.integers(-(10**6), 10**6), xml=st.booleans())
@settings(max_examples=25)
def test_ofx_is_read_as_by_another_reader(rows, opening, xml):
    data = write_ofx(page(*rows, opening=opening), xml=xml).encode()
    tree = OFXTree()
    tree.parse(io.BytesIO(data))
    (statement,) = tree.convert().statements

    with read(data) as file:
        found = list(file.rows(0))
        ours = file.statements[0]

    theirs = [
        (t.dtposted.date(), t.trnamt, t.fitid, t.name, t.memo) for t in statement.transactions
    ]
    assert [
        (each.day, each.amount, each.reference, each.party_name, each.texts) for each in found
    ] == [(day, int(amount * 100), *rest) for day, amount, *rest in theirs]
    assert ours.closing == int(statement.ledgerbal.balamt * 100)
    assert ours.opening == opening
    assert same_account(ours.account, OURS) is True


@given(rows=ROWS, opening=st.integers(-(10**6), 10**6))
@settings(max_examples=25)
def test_mt940_is_read_as_by_another_reader(rows, opening):
    data = write_mt940([page(*rows, opening=opening)])
    theirs = mt940.parse(data)

    with read(data.encode()) as file:
        found = list(file.rows(0))
        ours = file.statements[0]

    assert [(each.day, each.amount, each.end_to_end_id, each.reference) for each in found] == [
        (
            each.data["entry_date"] if isinstance(each.data["entry_date"], dt.date) else each.day,
            int(each.data["amount"].amount * 100),
            each.data["customer_reference"],
            each.data["bank_reference"],
        )
        for each in theirs
    ]
    assert ours.closing == int(theirs.data["final_closing_balance"].amount.amount * 100)
    assert (ours.opening, ours.proved, ours.account) == (opening, True, OURS)


def test_a_french_banks_ofx_is_read_however_it_was_written():
    text = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30004"
        f"<BRANCHID>00123<ACCTID>{OURS[14:25]}</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301"
        "<STMTTRN><TRNTYPE>VIR<DTPOSTED>20260302<TRNAMT>+1 234,56<NAME>Café &amp; Pain d’Élodie"
        "<MEMO>Régl. facture 12</STMTTRN>"
        "<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260303120000.000[+1:CET]<TRNAMT>-8,00<CHECKNUM>0004512"
        "<FITID>000</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>2226,56<DTASOF>20260331</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    for encoding in ("utf-8", "cp1252"):
        first, second = rows_of(text.encode(encoding))
        assert (first.amount, first.party_name) == (123456, "Café & Pain d’Élodie")
        assert first.texts == "Régl. facture 12"
        assert (second.amount, second.day) == (-800, dt.date(2026, 3, 3))
        assert (second.transaction_id, second.reference) == ("0004512", "")
    with read(text.encode()) as file:
        assert (file.statements[0].opening, file.statements[0].closing) == (100_000, 222_656)


def test_a_balance_taken_before_the_last_rows_is_brought_to_the_end():
    data = write_ofx(page(gift(1000), gift(500, day=LAST), closing=101_000)).replace(
        f"<DTASOF>{LAST:%Y%m%d}", f"<DTASOF>{DAY:%Y%m%d}"
    )
    with read(data.encode()) as file:
        assert (file.statements[0].opening, file.statements[0].closing) == (100_000, 101_500)


def test_pending_movements_of_ofx_are_apart():
    data = write_ofx(page(gift(1000))).replace(
        "</BANKTRANLIST>",
        "</BANKTRANLIST><BANKTRANLISTP><STMTTRNP><TRNTYPE>POS<DTTRAN>20260331<TRNAMT>-7.50"
        "<NAME>QUINCAILLERIE</STMTTRNP></BANKTRANLISTP>",
    )
    assert [(each.status, each.amount) for each in rows_of(data)] == [
        ("booked", 1000),
        ("pending", -750),
    ]


def test_two_accounts_in_one_ofx_file_are_two_statements():
    one = write_ofx(page(gift(100)))
    other = write_ofx(page(gift(-300), iban=iban(42)))
    inner = other[other.index("<STMTTRNRS>") : other.index("</BANKMSGSRSV1>")]
    with read(one.replace("</BANKMSGSRSV1>", inner + "</BANKMSGSRSV1>").encode()) as file:
        assert [same_account(each.account, OURS) for each in file.statements] == [True, False]
        assert [next(file.rows(number)).amount for number in (0, 1)] == [100, -300]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("</STMTRS>", ""), "bank-truncated"),
        (("<TRNAMT>10.00", "<TRNAMT>ten"), "bank-value"),
        (("<TRNAMT>10.00", ""), "bank-missing"),
        (("<DTPOSTED>20260302120000", "<DTPOSTED>soon"), "bank-value"),
        (("<OFX>", "<!DOCTYPE x [<!ENTITY e 'e'>]><OFX>"), "bank-doctype"),
        (("<FITID>", "<CURRENCY><CURRATE>0.9<CURSYM>USD</CURRENCY><FITID>"), "bank-entry-currency"),
    ],
)
def test_what_ofx_cannot_mean_is_refused(change, code):
    data = write_ofx(page(gift(1000))).replace(*change)
    if code == "bank-truncated":
        data = data[: data.index("</STMTTRNRS>")]
    with pytest.raises(BankFileRefused) as refused:
        read(data.encode())
    assert refused.value.code == code


MT940 = """{{1:F01BANKFRPPXXXX0000000000}}{{2:O9400000}}{{4:
:20:STARTUMS
:25:{account}
:28C:00012/001
:60F:C260301EUR1000,00
:61:2603020302CR15,00NTRFNONREF//2026030200001
:86:166?00GUTSCHRIFT?20EREF+COTIS-77?21KREF+X?22SVWZ+Adhesion 2026 RF1853?239007547034
?30AGRIFRPP?31{theirs}?32Ines ?33Marchal
:61:2603030303RC5,00NRTIE-5
retour du prelevement
:86:/EREF/P-9/RTRN/AC04/NAME/Teo Lang/IBAN/{theirs}/REMI/USTD//Panier mars
:61:2612310102D2,5NCHK123
:86:CHEQUE 123
suite du libelle
:61:260304C7,NTRFNONREF
:62F:C260331EUR1014,50
-}}
"""


def test_mt940_is_read_in_all_three_ways_of_writing():
    text = MT940.format(account=OURS, theirs=THEIRS)

    first, second, third, fourth = rows_of(text)

    assert (first.amount, first.end_to_end_id, first.texts) == (
        1500,
        "COTIS-77",
        "Adhesion 2026 RF18539007547034",
    )
    assert (first.party_name, first.party_iban, first.party_bic) == (
        "Ines Marchal",
        THEIRS,
        "AGRIFRPP",
    )
    assert (first.creditor_reference, first.reference) == ("RF18539007547034", "2026030200001")
    assert (second.amount, second.reversal, second.return_code) == (-500, True, "AC04")
    assert (second.party_name, second.texts, second.info) == (
        "Teo Lang",
        "Panier mars",
        "retour du prelevement",
    )
    assert (third.amount, third.day, third.value_day) == (
        -250,
        dt.date(2027, 1, 2),
        dt.date(2026, 12, 31),
    )
    assert third.texts == "CHEQUE 123 suite du libelle"
    assert (fourth.amount, fourth.day) == (700, dt.date(2026, 3, 4))


def test_mt940_that_does_not_add_up_or_ends_in_the_middle_is_refused():
    text = MT940.format(account=OURS, theirs=THEIRS)
    with pytest.raises(BankFileRefused) as refused:
        read(text.replace("1014,50", "1014,51").encode())
    assert refused.value.code == "bank-balance"
    with pytest.raises(BankFileRefused) as refused:
        read(text[: text.index(":62F:")].encode())
    assert refused.value.code == "bank-truncated"
    with pytest.raises(BankFileRefused) as refused:
        read(text.replace("CR15,00", "CR15.00").encode())
    assert refused.value.code == "bank-value"


def test_pages_of_one_mt940_day_follow_each_other():
    first = page(gift(100))
    second = page(gift(200), opening=100_100, number=2)
    text = write_mt940([first, second]).replace(":62F:", ":62M:", 1)
    with read(text.encode()) as file:
        assert [(each.opening, each.closing) for each in file.statements] == [
            (100_000, 100_100),
            (100_100, 100_300),
        ]


@pytest.mark.parametrize(
    ("stated", "same"),
    [
        (OURS, True),
        (OURS.lower(), True),
        (THEIRS, False),
        ("", None),
        (f"{OURS[4:9]}/{OURS[9:14]}/{OURS[14:25]}", True),
        (f"{OURS[4:9]}/{OURS[14:25]}", True),
        (f"{OURS[4:9]}/{THEIRS[14:25]}", False),
        ("1", None),
    ],
)
def test_accounts_are_told_apart(stated, same):
    assert same_account(stated.upper(), OURS) is same
