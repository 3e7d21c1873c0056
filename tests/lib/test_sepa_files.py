"""QR codes that an independent reader reads, files that banks accept, refusals before they do."""

import re
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.sepa import SepaRefusal, epc, files, qr, rf
from chambre.lib.sepa.parties import Address, Holder

OURS = "FR7630006000011234567890189"
THEIRS = "DE89370400440532013000"
MADE = datetime(2026, 3, 2, 9, 30)
names = st.text(min_size=1, max_size=70).filter(lambda text: re.search(r"[A-Za-z]", text))
texts = st.text(st.characters(exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=40)


def seen(payload):
    """What an independent reader sees in the drawn code."""
    rows = qr.matrix(payload)
    side, scale, border = len(rows), 3, 12
    width = side * scale + 2 * border
    image = bytearray(b"\xff" * (width * width))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                for inner in range(scale):
                    start = (border + y * scale + inner) * width + border + x * scale
                    image[start : start + scale] = bytes(scale)
    (found,) = zxingcpp.read_barcodes(memoryview(bytes(image)).cast("B", (width, width)))
    return found


def test_a_payment_code_is_written_line_by_line():
    payload = epc.payload(
        name="Nectar", iban="FR76 3000 6000 0112 3456 7890 189", amount=1230, purpose="gdds",
        reference="RF18 5390 0754 7034", bic="AGRIFRPP", information="Merci !",
    )  # fmt: skip

    assert payload == (
        "BCD\n002\n1\nSCT\nAGRIFRPP\nNectar\nFR7630006000011234567890189\nEUR12.30\nGDDS\n"
        "RF18539007547034\n\nMerci !"
    )


def test_nothing_follows_the_last_line_that_says_something():
    assert epc.payload(name="N", iban=OURS, amount=1).endswith(f"\nN\n{OURS}\nEUR0.01")
    assert epc.payload(name="N", iban=OURS, amount=1, text="a").endswith("EUR0.01\n\n\na")


@settings(max_examples=30, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cc", "Zl", "Zp", "Zs", "Cs")), min_size=1, max_size=30
    ),
    st.integers(1, 99_999_999_999),
    texts,
    st.booleans(),
)
def test_an_independent_reader_reads_the_code_back(name, amount, text, referenced):
    what = {"reference": rf.make("2026A17")} if referenced else {"text": text.strip()}
    payload = epc.payload(name=name, iban=OURS, amount=amount, **what)

    found = seen(payload)

    assert bytes(found.bytes) == payload.encode()
    assert found.ec_level == "M"
    read = epc.read(payload)
    assert (read.name, read.iban, read.amount) == (name, OURS, amount)
    assert (read.reference, read.text) == (what.get("reference", ""), what.get("text", ""))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0}, "amount-range"),
        ({"amount": 100_000_000_000}, "amount-range"),
        ({"name": " "}, "name-missing"),
        ({"name": "n" * 71}, "text-too-long"),
        ({"name": "a\nb"}, "line-break"),
        ({"text": "t" * 141}, "text-too-long"),
        ({"information": "i" * 71}, "text-too-long"),
        ({"text": "a", "reference": "RF18539007547034"}, "two-remittances"),
        ({"reference": "RF19539007547034"}, "rf-wrong"),
        ({"purpose": "GOODS"}, "purpose-wrong"),
        ({"iban": "FR76"}, "iban-wrong"),
        ({"iban": "CH9300762011623852957"}, "bic-missing"),
        ({"name": "é" * 70, "text": "é" * 140}, "qr-too-big"),
    ],
)
def test_every_limit_of_the_payment_code_is_kept(change, code):
    with pytest.raises(SepaRefusal) as refused:
        epc.payload(**{"name": "Nectar", "iban": OURS, "amount": 100, **change})
    assert refused.value.code == code


def test_a_payment_code_takes_no_float():
    with pytest.raises(TypeError):
        epc.payload(name="Nectar", iban=OURS, amount=1.5)


@pytest.mark.parametrize("text", ["", "https://exemple.test", "BCD\n003\n1\nSCT", "BCD\n002\n1"])
def test_another_code_is_not_read_as_a_payment(text):
    with pytest.raises(SepaRefusal):
        epc.read(text)


def test_the_drawing_stands_alone_and_says_what_it_is():
    drawing = qr.draw(epc.payload(name="Nectar", iban=OURS, amount=100), label="Payer 1 € & plus")

    root = ElementTree.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Payer 1 € & plus"
    assert "style=" not in drawing


def transfer(id="E1", amount=1234, **changes):
    payee = changes.pop("payee", Holder("Zoé Martin", THEIRS))
    facts = {"day": date(2026, 3, 5), "remittance": files.Remittance("Facture 3"), **changes}
    return files.Transfer(id, payee, amount, **facts)


def transfers(*given, **changes):
    facts = {"id": "P-1", "made_at": MADE, "payer": Holder("Nectar", OURS), "transfers": given}
    return files.write_transfers(**facts | changes)


def collection(id="C1", amount=1000, **changes):
    facts = {
        "debtor": Holder("Zoé Martin", THEIRS), "day": date(2026, 3, 20),
        "remittance": files.Remittance("Cotisation"), "mandate": "RUM-1",
        "signed": date(2026, 1, 5), **changes,
    }  # fmt: skip
    return files.Collection(id=id, amount=amount, **facts)


def collections(*given, **changes):
    facts = {
        "id": "C-1", "made_at": MADE, "creditor": Holder("Nectar", OURS),
        "creditor_id": "FR72ZZZ123456", "collections": given,
    }  # fmt: skip
    return files.write_collections(**facts | changes)


def values(content, path):
    space = {"x": re.search(rb'xmlns="([^"]+)"', content)[1].decode()}
    found = ElementTree.fromstring(content).iterfind(
        ".//" + "/".join(f"x:{name}" for name in path.split("/")), space
    )
    return [each.text for each in found]


def test_a_file_of_transfers_says_what_is_paid():
    made = transfers(
        transfer("E1", 1234),
        transfer("E2", 5, remittance=files.Remittance(reference="RF18 5390 0754 7034")),
        transfer("E3", 100_000, day=date(2026, 3, 9)),
    )

    assert (made.count, made.total) == (3, 101_239)
    assert values(made.content, "GrpHdr/MsgId") == ["P-1"]
    assert values(made.content, "GrpHdr/CtrlSum") == ["1012.39"]
    assert values(made.content, "PmtInfId") == ["P-1-1", "P-1-2"]
    assert values(made.content, "PmtInf/CtrlSum") == ["12.39", "1000.00"]
    assert values(made.content, "ReqdExctnDt/Dt") == ["2026-03-05", "2026-03-09"]
    assert values(made.content, "EndToEndId") == ["E1", "E2", "E3"]
    assert values(made.content, "InstdAmt") == ["12.34", "0.05", "1000.00"]
    assert values(made.content, "Cdtr/Nm") == ["Zoe Martin"] * 3
    assert values(made.content, "CdtrRefInf/Ref") == ["RF18539007547034"]
    assert values(made.content, "RmtInf/Ustrd") == ["Facture 3", "Facture 3"]
    assert files.check_file(made.content) == (3, 101_239)


def test_the_same_payments_make_the_same_file():
    assert transfers(transfer()).sha256 == transfers(transfer()).sha256
    assert collections(collection()).content == collections(collection()).content


def test_a_file_can_ask_for_one_movement_each():
    assert values(transfers(transfer()).content, "BtchBookg") == ["true"]
    assert values(transfers(transfer(), batch=False).content, "BtchBookg") == ["false"]


def test_an_address_goes_in_parts():
    home = Address(town="Saint-Étienne", street="12 bis rue de l’Église", postcode="42000")
    made = transfers(
        transfer(payee=Holder("Zoé", THEIRS, address=home)), payer=Holder("N", OURS, address=home)
    )

    for party in ("Dbtr", "Cdtr"):
        parts = ("StrtNm", "BldgNb", "PstCd", "TwnNm", "Ctry")
        found = [values(made.content, f"{party}/PstlAdr/{part}")[0] for part in parts]
        assert found == ["rue de l'Eglise", "12 bis", "42000", "Saint-Etienne", "FR"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (Address(town=" "), "address-short"),
        (Address(town="Lyon", country=""), "address-short"),
        (Address(town="Lyon", country="France"), "country-wrong"),
    ],
)
def test_an_address_that_banks_refuse_is_refused(address, code):
    with pytest.raises(SepaRefusal) as refused:
        transfers(transfer(payee=Holder("Zoé", THEIRS, address=address)))
    assert refused.value.code == code


def test_a_file_of_collections_says_with_which_mandate():
    made = collections(
        collection("C1", 1000, sequence="FRST"),
        collection("C2", 2550, mandate="RUM-2", sequence="RCUR"),
    )

    assert (made.count, made.total) == (2, 3550)
    assert values(made.content, "SeqTp") == ["FRST", "RCUR"]
    assert values(made.content, "MndtId") == ["RUM-1", "RUM-2"]
    assert values(made.content, "DtOfSgntr") == ["2026-01-05"] * 2
    assert values(made.content, "LclInstrm/Cd") == ["CORE", "CORE"]
    assert values(made.content, "CdtrSchmeId/Id/PrvtId/Othr/Id") == ["FR72ZZZ123456"] * 2
    assert files.check_file(made.content) == (2, 3550)


def test_a_collection_before_its_mandate_is_refused():
    with pytest.raises(SepaRefusal) as refused:
        collections(collection(signed=date(2026, 3, 21)))
    assert refused.value.code == "mandate-late"


def test_what_a_bank_would_send_back_makes_no_file():
    wrong = [
        ([], "file-empty"),
        ([transfer("E1"), transfer("E1")], "id-twice"),
        ([transfer("E/")], "id-wrong"),
        ([transfer(amount=0)], "amount-range"),
        ([transfer(payee=Holder("…", THEIRS))], "name-missing"),
        ([transfer(payee=Holder("Zoé", "DE00"))], "iban-wrong"),
        ([transfer(remittance=files.Remittance("a", "RF18539007547034"))], "two-remittances"),
    ]
    for given_, code in wrong:
        with pytest.raises(SepaRefusal) as refused:
            transfers(*given_)
        assert refused.value.code == code
        assert refused.value.fr != refused.value.en


def test_a_file_that_was_touched_is_seen():
    content = transfers(transfer("E1", 1234), transfer("E2", 100)).content

    for old, new, code in (
        (b">12.34<", b">12.35<", "file-sums"),
        (b">E2<", b">E1<", "id-twice"),
        (b"<ChrgBr>SLEV", b"<ChrgBr>MINE", "file-invalid"),
        (b"pain.001.001.09", b"pain.001.001.03", "file-invalid"),
        (b"</Document>", b"", "file-invalid"),
    ):
        with pytest.raises(SepaRefusal) as refused:
            files.check_file(content.replace(old, new, 1))
        assert refused.value.code == code


amounts = st.integers(1, 99_999_999_999)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(names, amounts, texts, st.integers(0, 2)), min_size=1, max_size=6))
def test_whatever_is_paid_the_file_is_valid_and_adds_up(paid):
    made = transfers(
        *(
            transfer(
                f"E{number}", amount, payee=Holder(name, THEIRS), day=date(2026, 3, 2 + later),
                remittance=files.Remittance(text),
            )
            for number, (name, amount, text, later) in enumerate(paid)
        )
    )  # fmt: skip

    assert made.total == sum(amount for _, amount, _, _ in paid)
    written = [Decimal(text) for text in values(made.content, "InstdAmt")]
    assert sum(written) * 100 == made.total
    assert len(written) == made.count == len(paid)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(names, amounts, st.sampled_from(["FRST", "RCUR"])), min_size=1, max_size=6)
)
def test_whatever_is_collected_the_file_is_valid_and_adds_up(paid):
    made = collections(
        *(
            collection(f"C{n}", amount, debtor=Holder(name, THEIRS), sequence=sequence)
            for n, (name, amount, sequence) in enumerate(paid)
        )
    )

    assert files.check_file(made.content) == (len(paid), sum(each[1] for each in paid))


def test_another_account_of_the_debtor_is_said_without_naming_the_former_one():
    made = collections(
        collection(is_new_account=True, former_creditor="DE98ZZZ09999999999"),
        collection(id="C2", mandate="RUM-2", is_new_account=True),
        collection(id="C3", mandate="RUM-3"),
    )

    assert made.count == 3  # valid against the schema, or it would have been refused
    path = ".//{*}AmdmntInfDtls/{*}OrgnlDbtrAcct/{*}Id/{*}Othr/{*}Id"
    root = ElementTree.fromstring(made.content)
    assert [each.text for each in root.iterfind(path)] == ["SMNDA"] * 2
    assert [each.text for each in root.iter() if each.tag.endswith("AmdmntInd")] == ["true"] * 2
    assert len(list(root.iterfind(".//{*}OrgnlCdtrSchmeId"))) == 1


def test_another_creditor_identifier_is_said_in_the_first_collection_after_it():
    made = collections(
        collection(former_creditor="DE98ZZZ09999999999"), collection(id="C2", mandate="RUM-2")
    )

    assert made.count == 2  # valid against the schema, or it would have been refused
    path = ".//{*}AmdmntInfDtls/{*}OrgnlCdtrSchmeId/{*}Id/{*}PrvtId/{*}Othr/{*}Id"
    root = ElementTree.fromstring(made.content)
    assert [each.text for each in root.iterfind(path)] == ["DE98ZZZ09999999999"]
    assert [each.text for each in root.iter() if each.tag.endswith("AmdmntInd")] == ["true"]
    with pytest.raises(SepaRefusal):
        collections(collection(former_creditor="DE00ZZZ09999999999"))
