"""Small FEC files in every form, of invented people and figures."""

from __future__ import annotations

import gzip
import io
import zipfile

NAME = "732829320FEC20231231.txt"
HEADER = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
FARM = (*HEADER, "DateRglt", "ModeRglt", "NatOp")
PRACTICE = (*FARM, "IdClient")
PAID = {"DateRglt": "20230110", "ModeRglt": "CB", "NatOp": "recette", "IdClient": "C1"}


def row(**values):
    """One line, of a sale unless said otherwise."""
    line = dict.fromkeys(HEADER, "")
    line |= {
        "JournalCode": "VE",
        "JournalLib": "Ventes",
        "EcritureNum": "1",
        "EcritureDate": "20230105",
        "CompteNum": "411000",
        "CompteLib": "Clients",
        "PieceRef": "F1",
        "PieceDate": "20230105",
        "EcritureLib": "Vente à l'épicerie, 5 € pièce",
        "Debit": "0,00",
        "Credit": "0,00",
        "ValidDate": "20240331",
    }
    return line | values


def entry(number, amount, **values):
    """A sale of two lines."""
    return [
        row(EcritureNum=number, Debit=amount, **values),
        row(
            EcritureNum=number,
            Credit=amount,
            **({"CompteNum": "701000", "CompteLib": "Ventes de produits"} | values),
        ),
    ]


def good():
    """An opening entry and three sales, one to somebody, lettered, one in dollars."""
    opening = {
        "JournalCode": "AN",
        "JournalLib": "À-nouveaux",
        "EcritureDate": "20230101",
        "PieceDate": "20230101",
        "PieceRef": "AN",
        "EcritureLib": "Report à nouveau",
    }
    third = entry(
        "4", "1234567,89", PieceRef="F3", EcritureDate="20231231", PieceDate="20231230",
        EcritureLet="AA", DateLet="20240115",
    )  # fmt: skip
    third[0] |= {
        "CompAuxNum": "DUPONT", "CompAuxLib": "Dupont",
        "Montantdevise": "1350000,5", "Idevise": "USD",
    }  # fmt: skip
    return [
        row(EcritureNum="1", CompteNum="512000", CompteLib="Banque", Debit="1000,00", **opening),
        row(EcritureNum="1", CompteNum="101000", CompteLib="Capital", Credit="1000,00", **opening),
        *entry("2", "120,50", PieceRef="F1"),
        *entry("3", "99,00", PieceRef="F2", EcritureDate="20230203", PieceDate="20230203"),
        *third,
    ]


def flat(rows, *, header=HEADER, separator="\t", end="\r\n", trailing=False):
    """The lines as a text."""
    tail = separator if trailing else ""
    lines = [separator.join(header) + tail]
    lines += [separator.join(line[name] for name in header) + tail for line in rows]
    return end.join(lines) + end


def fec(rows, *, encoding="utf-8", **form):
    """The lines as a file."""
    return flat(rows, **form).encode(encoding)


def padded(rows, *, separator="|"):
    """Columns of fixed width, amounts with zeros before them, a separator after each line."""
    wide = [
        {
            name: line[name].rjust(13, "0") if name in ("Debit", "Credit") else line[name].ljust(40)
            for name in HEADER
        }
        for line in rows
    ]
    return fec(wide, separator=separator, end="\n", trailing=True, encoding="cp1252")


def sided(rows, debit="D", credit="C"):
    """Amount and side in the place of debit and credit."""
    names = {"Debit": "Montant", "Credit": "Sens"}
    turned = []
    for line in rows:
        in_debit = line["Debit"] != "0,00"
        amount = line["Debit"] if in_debit else line["Credit"]
        turned.append(line | {"Montant": amount, "Sens": debit if in_debit else credit})
    return fec(turned, header=[names.get(name, name) for name in HEADER])


def xml(rows):
    """The XML form."""
    entries: dict[str, list] = {}
    for line in rows:
        entries.setdefault(line["EcritureNum"], []).append(line)
    parts = []
    for lines in entries.values():
        head = lines[0]
        parts.append(
            f"<journal>{_elements(head, 'JournalCode', 'JournalLib')}<ecriture>"
            + _elements(head, "EcritureNum", "EcritureDate", "EcritureLib", "PieceRef", "PieceDate")
            + _elements(head, "EcritureLet", "DateLet", "ValidDate")
            + "".join(f"<ligne>{_line(line)}</ligne>" for line in lines)
            + "</ecriture></journal>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><comptabilite '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="formatA47A-I-VII-1.xsd"><exercice>'
        f"<DateCloture>2023-12-31</DateCloture>{''.join(parts)}</exercice></comptabilite>"
    ).encode()


def _line(line):
    names = ["CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "Montantdevise", "Idevise"]
    names.append("Credit" if line["Debit"] == "0,00" else "Debit")
    return _elements(line, *names)


def _elements(line, *names):
    return "".join(f"<{name}>{_xml(name, line[name])}</{name}>" for name in names if line[name])


def _xml(name, value):
    if name.endswith("Date") or name == "DateLet":
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if name in ("Debit", "Credit", "Montantdevise"):
        return value.replace(",", ".")
    return value.replace("&", "&amp;").replace("<", "&lt;")


def parts(rows, at):
    """The lines in two files, with their names."""
    return {
        "732829320FEC20231231_2.txt": fec(rows[at:]),
        "732829320FEC20231231_1.txt": fec(rows[:at]),
    }


def zipped(members):
    """A zip archive of names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def gzipped(content):
    """Packed with gzip."""
    return gzip.compress(content)
