"""XLSX: a sheet per table, real numbers, a heading that stays in sight.

Rows are streamed to a temporary file, so memory does not grow with the table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from copy import copy
from datetime import UTC, date
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from chambre.lib.exports.archive import FixedZip
from chambre.lib.exports.model import Column, Kind, Report, Role, Row, Table, Value
from chambre.lib.exports.wording import common_unit, format_moment, heading, plain_number, word
from chambre.lib.money import account_unit
from chambre.lib.units.decimals import is_french

_EXACT = 10**15
"""Spreadsheets keep 15 digits; what is longer is written as text, exactly."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_TEXT = 32_767

_INK = "1B1E2B"
_THIN = Side(style="thin", color=_INK)
_DOUBLE = Side(style="double", color=_INK)
_HEAD_FILL = PatternFill("solid", fgColor="F2ECDD")
_BORDERS = {
    Role.SUBTOTAL: Border(top=_THIN),
    Role.TOTAL: Border(top=_THIN, bottom=_DOUBLE),
}


def write_xlsx(report: Report, target: IO[bytes]) -> None:
    """Write a report as a workbook.

    Each table is a sheet: title, subject and period, a frozen heading, the rows with their levels
    indented, totals in bold under a rule, notes. A last sheet says where the figures come from.
    Words are never formulas. The same report gives the same bytes.

    Args:
        report: What to write.
        target: A binary file open for writing.

    Raises:
        ExportError: A row that does not fit its columns.
    """
    book = Workbook(write_only=True)
    moment = report.issued.astimezone(UTC).replace(tzinfo=None)
    book.properties.creator = _clean(report.issuer or "Chambre")
    book.properties.title = _clean(f"{report.title} – {report.subject}")
    book.properties.created = book.properties.modified = moment
    names: set[str] = set()
    try:
        for table in report.tables:
            _Sheet(book, table, report, _sheet_name(table.title, names)).write()
    except BaseException:
        _drop(book)
        raise
    _write_provenance(book, report, _sheet_name(word("provenance", report.language), names))
    # Not Workbook.save(), which would write the time of day into the file.
    ExcelWriter(book, FixedZip(target, report.issued)).save()


def xlsx_bytes(report: Report) -> bytes:
    """Write a report as a workbook in memory; see :func:`write_xlsx`."""
    target = io.BytesIO()
    write_xlsx(report, target)
    return target.getvalue()


def _drop(book: Workbook) -> None:
    """Close what was begun, and remove the temporary files."""
    for sheet in book.worksheets:
        begun: Any = sheet
        begun.close()
        begun._writer.cleanup()


def number_format(column: Column, language: str) -> str:
    """The format code by which a spreadsheet shows a column."""
    decimals = "." + "0" * column.decimals if column.decimals else ""
    if column.kind is Kind.SHARE:
        return f"0{decimals}%"
    if column.kind is Kind.DATE:
        return "dd/mm/yyyy" if is_french(language) else "yyyy-mm-dd"
    if column.kind is not Kind.AMOUNT:
        return f"#,##0{decimals}" if column.numeric else "@"
    unit = account_unit(column.unit)
    if unit.kind == "time":
        return "[h]:mm"
    symbol = f'"{unit.symbol}"' if unit.kind == "credit" else f"[${unit.symbol}]"
    if is_french(language) or unit.kind == "credit":
        return f"#,##0{decimals}\\ {symbol};-#,##0{decimals}\\ {symbol}"
    return f"{symbol}#,##0{decimals};-{symbol}#,##0{decimals}"


class _Sheet:
    """One sheet of a table."""

    def __init__(self, book: Workbook, table: Table, report: Report, name: str) -> None:
        self.sheet = book.create_sheet(name)
        self.table = table
        self.report = report
        self.formats = [number_format(column, report.language) for column in table.columns]
        self.unit = common_unit(table, report.language)
        self.looks: dict[tuple[int, Role, int], Any] = {}

    def write(self) -> None:
        """Write everything."""
        head = list(self._head())
        self._set_up(len(head) + 1)
        for line in head:
            self.sheet.append(line)
        self.sheet.append(
            [
                self._styled(
                    heading(column, said=bool(self.unit), language=self.report.language),
                    bold=True, fill=_HEAD_FILL,
                    align=Alignment(
                        horizontal="right" if column.numeric else "left",
                        vertical="bottom", wrap_text=True,
                    ),
                )
                for column in self.table.columns
            ]
        )  # fmt: skip
        for row in self.table.checked():
            self.sheet.append(self._row(row))
        if self.table.notes:
            self.sheet.append([])
            for note in self.table.notes:
                self.sheet.append([_text(self.sheet, note)])

    def _set_up(self, row: int) -> None:
        sheet, report = self.sheet, self.report
        for at, column in enumerate(self.table.columns, 1):
            sheet.column_dimensions[get_column_letter(at)].width = _width(column)
        sheet.freeze_panes = f"A{row + 1}"
        sheet.print_title_rows = f"{row}:{row}"
        sheet.page_setup.orientation = "landscape" if report.lying else "portrait"
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def _head(self) -> Iterator[list[Any]]:
        report = self.report
        yield [self._styled(self.table.title, bold=True, size=14)]
        parts = [report.subject, report.period]
        if report.provisional:
            parts.append(word("provisional", report.language).upper())
        yield [_text(self.sheet, " · ".join(part for part in parts if part))]
        if self.unit:
            said = word("amounts-in", report.language).format(unit=self.unit)
            yield [_text(self.sheet, said)]
        yield []

    def _styled(
        self, text: str, *, bold: bool, size: int = 11, fill: Any = None, align: Any = None
    ) -> Any:
        cell = _text(self.sheet, text)
        cell.font = Font(bold=bold, size=size)
        if fill is not None:
            cell.fill = fill
        if align is not None:
            cell.alignment = align
        return cell

    def _row(self, row: Row) -> list[Any]:
        return [self._cell(value, at, row) for at, value in enumerate(row.cells)]

    def _cell(self, value: Value, at: int, row: Row) -> Any:
        column = self.table.columns[at]
        cell = _value(self.sheet, value, column, french=is_french(self.report.language))
        look = (at, row.role, row.level if at == 0 else 0)
        if look in self.looks:
            cell._style = self.looks[look]  # shared: nobody changes it afterwards
            return cell
        cell.number_format = self.formats[at]
        if row.role is not Role.LINE:
            cell.font = Font(bold=True)
        if border := _BORDERS.get(row.role):
            cell.border = border
        if column.numeric:
            cell.alignment = Alignment(horizontal="right", vertical="top")
        else:
            indent = min(row.level, 15) if at == 0 else 0
            cell.alignment = Alignment(
                horizontal="left", vertical="top", indent=indent, wrap_text=at == 0
            )
        self.looks[look] = copy(cell._style)
        return cell


def _value(sheet: Any, value: Value, column: Column, *, french: bool) -> Any:
    """A cell with a real number, a real day, or words that are never a formula."""
    if value is None:
        return _typed(sheet, None)
    if isinstance(value, int):
        if abs(value) >= _EXACT:
            return _text(sheet, plain_number(value, column, french=french))
        return _typed(sheet, _number(value, column))
    if isinstance(value, date):
        # The calendar of spreadsheets begins in 1900 and counts a day too many until March.
        if value < date(1900, 3, 1):
            return _text(sheet, value.isoformat())
        return _typed(sheet, value)
    return _text(sheet, value)


def _number(value: int, column: Column) -> Decimal:
    if column.kind is Kind.AMOUNT and account_unit(column.unit).kind == "time":
        return Decimal(value) / 1440  # days, which is how spreadsheets count hours
    places = column.decimals + (2 if column.kind is Kind.SHARE else 0)
    return Decimal(value).scaleb(-places)


def _typed(sheet: Any, value: Any) -> Any:
    return WriteOnlyCell(sheet, value=value)


def _text(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=None)
    cell._value = _clean(text)  # the setter would take “=1+1” for a formula
    cell.data_type = "s"
    return cell


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)[:_LONGEST_TEXT]


def _width(column: Column) -> int:
    if column.width:
        return min(column.width, 255)
    least = {Kind.TEXT: 24, Kind.DATE: 12, Kind.AMOUNT: 17, Kind.QUANTITY: 13, Kind.SHARE: 10}
    return max(least[column.kind], min(len(column.title) + 2, 30))


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a spreadsheet accepts: 31 characters, some forbidden, each once."""
    plain = " ".join(_SHEET_NAME.sub(" ", _clean(title)).split())
    base = plain.strip("' ")[:31].strip("' ") or "–"
    if base.lower() == "history":
        base += " –"
    name, number = base, 2
    while name.lower() in taken:
        tail = f" ({number})"
        name = base[: 31 - len(tail)] + tail
        number += 1
    taken.add(name.lower())
    return name


def _write_provenance(book: Workbook, report: Report, name: str) -> None:
    sheet = book.create_sheet(name)
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 90
    language = report.language
    rows = [
        (report.title, report.subject),
        (word("period", language), report.period),
        (word("issuer", language), report.issuer),
        (word("issued", language), format_moment(report.issued, language)),
        *report.provenance,
        (word("seal", language), report.seal),
    ]
    if report.provisional:
        rows.insert(1, (word("provisional", language), word("provisional-why", language)))
    for label, text in rows:
        if not text:
            continue
        first = _text(sheet, label)
        first.font = Font(bold=True)
        second = _text(sheet, text)
        first.alignment = second.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.append([first, second])
    for paragraph in report.lead:
        sheet.append([_text(sheet, ""), _text(sheet, paragraph)])
