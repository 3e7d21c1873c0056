"""CSV for people with a spreadsheet, and for programs.

RFC 4180 with what spreadsheets add to it: a byte order mark so that they see UTF-8, semicolons
where the comma is the decimal sign, and a guard on words that they would run as formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from chambre.lib.exports.archive import FixedZip
from chambre.lib.exports.model import Column, Report, Table, Value
from chambre.lib.exports.wording import plain_number
from chambre.lib.units.decimals import is_french

_FORMULA = re.compile(r"[\s\ufeff\u200b\u2060]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLOCK = 65_536


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    What begins like one (``= + - @``, their full-width forms, a tab or a line break) gets an
    apostrophe in front, as OWASP advises; a lone sign is left alone. Control characters go.
    """
    text = _CONTROL.sub("", text)
    return f"'{text}" if _FORMULA.match(text) and len(text.strip()) > 1 else text


def csv_chunks(table: Table, *, language: str = "fr", bom: bool = True) -> Iterator[bytes]:
    """Write a table piece by piece, whatever its length.

    French gets semicolons and a decimal comma, English commas and a point. Days are ISO 8601,
    amounts have no separator of thousands and no unit. One heading row with the titles, then the
    rows and the totals, nothing else, so that a program can read it too.

    Args:
        table: What to write.
        language: ``fr`` or ``en``.
        bom: Begin with a byte order mark, which Excel needs to see UTF-8.

    Raises:
        ExportError: A row that does not fit the columns, when it is reached.
    """
    french = is_french(language)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if french else ",", lineterminator="\r\n")
    if bom:
        buffer.write("\ufeff")
    writer.writerow([guarded(column.title) for column in table.columns])
    for row in table.checked():
        writer.writerow(
            [
                _cell(value, column, french)
                for value, column in zip(row.cells, table.columns, strict=True)
            ]
        )
        if buffer.tell() > _BLOCK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def csv_bytes(table: Table, *, language: str = "fr", bom: bool = True) -> bytes:
    """Write a table as a whole; see :func:`csv_chunks`."""
    return b"".join(csv_chunks(table, language=language, bom=bom))


def csv_zip(report: Report, *, bom: bool = True) -> bytes:
    """Every table of a report as a CSV file named by its key, in one archive.

    Raises:
        ExportError: A row that does not fit its columns.
    """
    target = io.BytesIO()
    with FixedZip(target, report.issued) as archive:
        for table in report.tables:
            content = csv_bytes(table, language=report.language, bom=bom)
            archive.writestr(f"{table.key}.csv", content)
    return target.getvalue()


def _cell(value: Value, column: Column, french: bool) -> str:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, int):
        return plain_number(value, column, french=french)
    return "" if value is None else value.isoformat()
