"""Exports: one description of a table or report, written as HTML, CSV, XLSX, JSON and PDF.

Amounts are integers in smallest parts with their unit of account; every format shows the same
cent. Given the same report (its time of issue included), every format gives the same bytes.
"""

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
from chambre.lib.exports.xlsx_file import write_xlsx, xlsx_bytes

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
