"""Small FEC files for the tests, made of invented people and figures."""

from __future__ import annotations

from collections.abc import Iterable

HEADER = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
NAME = "123456782FEC20231231.txt"


def row(**values: str) -> dict[str, str]:
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
        "EcritureLib": "Vente à l'épicerie",
        "Debit": "0,00",
        "Credit": "0,00",
        "ValidDate": "20240331",
    }
    return line | values


def entry(number: str, cents: int, **values: str) -> list[dict[str, str]]:
    """A sale of two lines."""
    amount = f"{cents // 100},{cents % 100:02d}"
    return [
        row(EcritureNum=number, Debit=amount, **values),
        row(
            EcritureNum=number,
            Credit=amount,
            **({"CompteNum": "701000", "CompteLib": "Ventes de produits"} | values),
        ),
    ]


def good() -> list[dict[str, str]]:
    """An opening entry and two sales, with nothing to say about them."""
    opening = {
        "JournalCode": "AN",
        "JournalLib": "À-nouveaux",
        "EcritureDate": "20230101",
        "PieceDate": "20230101",
        "PieceRef": "AN",
        "EcritureLib": "Report à nouveau",
    }
    return [
        row(EcritureNum="1", CompteNum="512000", CompteLib="Banque", Debit="1000,00", **opening),
        row(EcritureNum="1", CompteNum="101000", CompteLib="Capital", Credit="1000,00", **opening),
        *entry("2", 12050, PieceRef="F1"),
        *entry("3", 9900, PieceRef="F2", EcritureDate="20230203", PieceDate="20230203"),
    ]


def text(
    rows: Iterable[dict[str, str]],
    *,
    header: Iterable[str] = HEADER,
    separator: str = "\t",
    end: str = "\r\n",
    trailing: bool = False,
) -> str:
    """The lines as a text."""
    names = list(header)
    tail = separator if trailing else ""
    lines = [separator.join(names) + tail]
    lines += [separator.join(line[name] for name in names) + tail for line in rows]
    return end.join(lines) + end


def fec(rows: Iterable[dict[str, str]], *, encoding: str = "utf-8", **form: object) -> bytes:
    """The lines as a file."""
    return text(rows, **form).encode(encoding)  # type: ignore[arg-type]
