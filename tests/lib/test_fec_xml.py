"""The XML form."""

import time

import pytest
from fec_support import NAME, fec, good

from chambre.lib.fec import Books, FecRefused, check, prepare, read

XML_NAME = NAME.replace(".txt", ".xml")
ENTRY = ("EcritureNum", "EcritureDate", "EcritureLib", "PieceRef", "PieceDate", "EcritureLet",
         "DateLet", "ValidDate")  # fmt: skip
LINE = ("CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "Montantdevise", "Idevise",
        "Debit", "Credit")  # fmt: skip
OPTIONAL = {"EcritureLet", "DateLet", "CompAuxNum", "CompAuxLib", "Montantdevise", "Idevise"}
SCHEMA = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="formatA47A-I-VII-1.xsd"'
)


def element(name: str, value: str) -> str:
    if name.endswith("Date") or name == "DateLet":
        value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if name in {"Debit", "Credit"}:
        value = value.replace(",", ".")
    return f"<{name}>{value}</{name}>"


def written(line: dict[str, str], names: tuple[str, ...]) -> str:
    kept = [name for name in names if line[name] or name not in OPTIONAL]
    if "Debit" in names:
        kept.remove("Credit" if line["Credit"] == "0,00" else "Debit")
    return "".join(element(name, line[name]) for name in kept)


def xml(rows=None, encoding: str = "UTF-8", schema: str = SCHEMA, head: str = "") -> bytes:
    """The lines as an XML file, each entry in a journal of its own."""
    entries: dict[str, list[dict[str, str]]] = {}
    for line in rows or good():
        entries.setdefault(line["EcritureNum"], []).append(line)
    body = "".join(
        f"<journal><JournalCode>{lines[0]['JournalCode']}</JournalCode>"
        f"<JournalLib>{lines[0]['JournalLib']}</JournalLib><ecriture>{written(lines[0], ENTRY)}"
        + "".join(f"<ligne>{written(line, LINE)}</ligne>\n" for line in lines)
        + "</ecriture></journal>"
        for lines in entries.values()
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n{head}<comptabilite {schema}><exercice>'
        f"<DateCloture>2023-12-31</DateCloture>{body}</exercice></comptabilite>"
    ).encode(encoding)


def test_it_reads_to_the_same_lines_and_digest_as_the_flat_file():
    assert list(read(xml()).typed_lines()) == list(read(fec(good())).typed_lines())
    assert prepare(xml(), name=XML_NAME).digest == prepare(fec(good()), name=NAME).digest
    assert prepare(xml(), name=XML_NAME).entry_count == 3


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252"])
def test_it_is_accepted_in_every_encoding(encoding):
    report = check(xml(encoding=encoding), name=XML_NAME)

    assert report.counts == {}
    assert report.verdict == "accepted"
    assert report.lines == 6
    assert report.encoding == encoding.lower()


def test_amount_and_side_powers_and_hours_are_read():
    data = (
        xml()
        .replace(b"<Debit>1000.00</Debit>", b"<Montant>1000</Montant><Sens>+1</Sens>")
        .replace(b"<Credit>1000.00</Credit>", b"<Montant>1000.0</Montant><Sens>c</Sens>")
        .replace(b"<PieceDate>2023-01-01<", b"<PieceDate>2023-01-01T00:00:00<")
    )

    assert list(read(data).typed_lines()) == list(read(fec(good())).typed_lines())
    assert check(data, name=XML_NAME).verdict == "accepted"


def test_the_older_names_of_the_auxiliary_and_further_elements_are_read():
    data = xml().replace(
        b"<CompteLib>Clients</CompteLib>",
        b"<CompteLib>Clients</CompteLib><CompteAuxNum>C1</CompteAuxNum>"
        b"<CompteAuxLib>Halle</CompteAuxLib>",
    ).replace(b"</Debit></ligne>", b"</Debit><Site>Lille</Site></ligne>")  # fmt: skip
    report = check(data, name=XML_NAME)
    third = list(read(data).typed_lines())[2]

    assert report.counts == {"S_EXTRA_COLUMN": 1}
    assert third[7:9] == ("C1", "Halle")
    assert third[-1] == {"Site": "Lille"}


def test_a_practice_on_a_cash_basis_has_its_schema():
    data = xml(schema=SCHEMA.replace("VII-1", "VIII-7")).replace(
        b"</ValidDate>", b"</ValidDate><DateRglt>2023-01-05</DateRglt><ModeRglt>CB</ModeRglt>"
    )
    report = check(data, name=XML_NAME)

    assert report.books is Books.PRACTICE_CASH
    assert report.verdict == "accepted"
    assert next(read(data).typed_lines())[-1] == {"DateRglt": "2023-01-05", "ModeRglt": "CB"}


def test_without_the_name_of_a_schema_it_is_remarked():
    assert check(xml(schema=""), name=XML_NAME).counts == {"I_XML_WITHOUT_SCHEMA": 1}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b"<Debit>1000.00", b"<Debit>1000,00", "ligne/Debit"),
        (b"<EcritureDate>2023-01-05", b"<EcritureDate>20230105", "ecriture/EcritureDate"),
        (b"<PieceDate>2023-02-03", b"<PieceDate>2023-02-31", "ecriture/PieceDate"),
        (b"<CompteNum>411000", b"<CompteNum>4A1000", "ligne/CompteNum"),
        (b"<JournalLib>Ventes</JournalLib>", b"", "journal/ecriture"),
        (b"<PieceRef>F1</PieceRef>", b"", "ecriture/PieceDate"),
        (b"<CompteLib>Banque</CompteLib>", b"", "ligne/Debit"),
        (b"</Debit>", b"</Debit><Credit>0.00</Credit>", "ligne"),
        (b"<Debit>99.00</Debit>", b"", "ligne"),
        (b"<CompteNum>411000</CompteNum><CompteLib>Clients</CompteLib>",
         b"<CompteLib>Clients</CompteLib><CompteNum>411000</CompteNum>", "ligne/CompteLib"),
        (b"<EcritureNum>2</EcritureNum>", b"<EcritureNum>2</EcritureNum><EcritureNum>2"
         b"</EcritureNum>", "ecriture/EcritureNum"),
        (b"<DateCloture>2023-12-31</DateCloture>", b"", "exercice/journal"),
        (b"<ecriture>", b"<ecriture><Autre>x</Autre>", "ecriture/Autre"),
    ],
)  # fmt: skip
def test_what_does_not_follow_the_schema_is_said_and_refused(old, new, where):
    assert old in xml()
    data = xml().replace(old, new, 1)
    report = check(data, name=XML_NAME)

    assert report.verdict == "rejected"
    assert where in {f.column for f in report.errors if f.rule == "E_XML_SCHEMA"}
    with pytest.raises(FecRefused):
        prepare(data, name=XML_NAME)


def test_an_entry_has_two_lines():
    data = xml(good()[:5])

    assert [(f.rule, f.column) for f in check(data, name=XML_NAME).errors] == [
        ("E_XML_SCHEMA", "ecriture")
    ]


@pytest.mark.parametrize("cut", [200, 700, -20])
def test_a_file_that_breaks_off_is_rejected(cut):
    report = check(xml()[:cut], name=XML_NAME)

    assert report.counts["E_XML_SYNTAX"] == 1
    assert report.verdict == "rejected"


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "rire">' for n in range(10)
)


@pytest.mark.parametrize(
    "head",
    [
        f"<!DOCTYPE comptabilite [{LAUGHS}]>",
        '<!DOCTYPE comptabilite [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE comptabilite SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_refused_and_never_read(head):
    data = xml(head=head).replace(b"Banque", b"&l9;" if b"l9" in head.encode() else b"&x;")
    begun = time.monotonic()
    report = check(data, name=XML_NAME)

    assert time.monotonic() - begun < 2
    assert [(f.rule, f.value) for f in report.errors] == [("E_XML_SYNTAX", "DOCTYPE")]
    assert report.lines == 0


def test_a_long_file_is_read_in_blocks():
    rows = [line | {"EcritureNum": f"{number}"} for number in range(6000) for line in good()[2:4]]
    reader = read(xml(rows))
    blocks = [len(block) for block in reader.blocks()]

    assert sum(blocks) == 12000
    assert len(blocks) > 1
    assert reader.findings.counts == {}
