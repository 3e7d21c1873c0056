"""Exports: one description of a table or report, written as HTML, CSV, XLSX, JSON and PDF.

Amounts are integers in smallest parts with their unit of account; every format shows the same
cent. Given the same report (its time of issue included), every format gives the same bytes.
"""

from typing import IO

from chambre.lib.exports.csv_file import csv_bytes, csv_chunks, csv_zip, guarded
from chambre.lib.exports.html_file import html_bytes
from chambre.lib.exports.json_file import json_bytes, json_chunks
from chambre.lib.exports.model import (
    Column,
    ExportError,
    Figure,
    Kind,
    Report,
    Role,
    Row,
    Table,
    Value,
    chart_numbers,
)
from chambre.lib.exports.pdf import PaperRefusal, compile_paper, frame_data, page_images, pdf_bytes


def write_xlsx(report: Report, target: IO[bytes]) -> None:
    """Write a report as a workbook; see :func:`chambre.lib.exports.xlsx_file.write_xlsx`.

    The library of spreadsheets is read when the first workbook is written: it would make every
    command start later.
    """
    from chambre.lib.exports import xlsx_file

    xlsx_file.write_xlsx(report, target)


def xlsx_bytes(report: Report) -> bytes:
    """Write a report as a workbook in memory; see :func:`write_xlsx`."""
    from chambre.lib.exports import xlsx_file

    return xlsx_file.xlsx_bytes(report)


__all__ = [
    "Column",
    "ExportError",
    "Figure",
    "Kind",
    "PaperRefusal",
    "Report",
    "Role",
    "Row",
    "Table",
    "Value",
    "chart_numbers",
    "compile_paper",
    "csv_bytes",
    "csv_chunks",
    "csv_zip",
    "frame_data",
    "guarded",
    "html_bytes",
    "json_bytes",
    "json_chunks",
    "page_images",
    "pdf_bytes",
    "write_xlsx",
    "xlsx_bytes",
]
