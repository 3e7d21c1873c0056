"""PDF by Typst: statements, reports and whatever other paper the house gives out.

A paper is a template (Typst source of this package or of a room) and data (JSON). Words reach the
template only as data, so nothing that people typed is read as markup. The PDF is tagged for
screen readers (PDF/UA-1) and made to be kept (PDF/A-2a); the same data gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import as_file, files
from itertools import islice
from typing import Any, ClassVar, Literal

import typst

from chambre.lib.charts.paint import PAPER
from chambre.lib.exports.fitting import LANDSCAPE, PORTRAIT, column_widths, cut_columns
from chambre.lib.exports.glyphs import for_paper
from chambre.lib.exports.model import Column, ExportError, Figure, Kind, Report, Row, Table
from chambre.lib.exports.wording import (
    common_unit,
    format_moment,
    heading,
    printed,
    word,
    words,
)
from chambre.lib.refusal import Refusal

STANDARDS: tuple[str, ...] = ("a-2a", "ua-1")
"""What every paper conforms to."""
MOST_ROWS = 4000
"""Longest table on paper, some 130 pages; setting it takes about 400 MB and two seconds."""
_UNBROKEN = re.compile(r"(\S{24})(?=\S)")
"""Words too long for a column (file names, digests) may break after every 24 characters."""


class PaperRefusal(Refusal):
    """Something that does not belong on paper."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "paper-too-long": (
            "“{title}” has more than {limit} lines, too many for paper: take the spreadsheet.",
            "« {title} » a plus de {limit} lignes, trop pour du papier : prenez le tableur.",
        ),
    }


def compile_paper(
    template: str,
    data: Mapping[str, Any],
    *,
    issued: datetime,
    output: Literal["pdf", "png", "svg"] = "pdf",
    standards: tuple[str, ...] = STANDARDS,
    ppi: float = 144,
    inputs: Mapping[str, str] | None = None,
) -> list[bytes]:
    """Set a paper.

    Args:
        template: Typst source. It finds the look of the house with ``#import "/house.typ": *`` and
            its data with ``json(bytes(sys.inputs.data))``; it cannot read other files of the
            machine, and no packages are fetched.
        data: What is written, as JSON can hold it. Letters that no embedded font has are shown as
            an empty square.
        issued: The time that the file carries, with its time zone.
        output: ``pdf`` gives one document, ``png`` and ``svg`` one picture per page.
        standards: PDF standards that the document has to conform to.
        ppi: Pixels per inch of a ``png``.
        inputs: Further texts that reach the template as they are (``sys.inputs.NAME``), such as a
            file to attach.

    Returns:
        One document, or one picture per page.

    Raises:
        ExportError: The template or the data do not make a paper of that standard.
    """
    if issued.tzinfo is None:
        raise ExportError("the time of a paper needs its time zone")
    source: Any = template.encode()
    kept: Any = list(standards) if output == "pdf" else []
    with as_file(files("chambre.lib.exports") / "typst") as root:
        try:
            made = typst.compile(
                source,
                root=str(root),
                ignore_system_fonts=True,
                format=output,
                ppi=ppi if output == "png" else None,
                sys_inputs={
                    **(inputs or {}),
                    "data": json.dumps(for_paper(data), ensure_ascii=False),
                },
                pdf_standards=kept,
                timestamp=int(issued.timestamp()),
            )
        except typst.TypstError as error:
            raise ExportError(f"the paper could not be set: {error}") from error
    return made if isinstance(made, list) else [made]


def pdf_bytes(report: Report) -> bytes:
    """Set a report as a PDF: A4, heading, drawings, tables, seal and page numbers in the foot.

    Raises:
        ExportError: A row that does not fit its columns, or a drawing that cannot be read.
        PaperRefusal: A table of more than :data:`MOST_ROWS` rows.
    """
    return compile_paper(_template("report"), report_data(report), issued=report.issued)[0]


def page_images(report: Report, *, ppi: float = 144) -> list[bytes]:
    """The pages of a report as PNG pictures, to look at before printing.

    Raises:
        ExportError: As :func:`pdf_bytes`.
    """
    data = report_data(report)
    return compile_paper(_template("report"), data, issued=report.issued, output="png", ppi=ppi)


def report_data(report: Report) -> dict[str, Any]:
    """What the template of reports reads: every word and figure as it will be printed.

    Raises:
        ExportError: A row that does not fit its columns.
    """
    language = report.language
    utc = report.issued.astimezone(UTC)
    provenance = [list(pair) for pair in report.provenance]
    provenance.append([word("issued", language), format_moment(report.issued, language)])
    return {
        **frame_data(report.title, report.subject, issued=utc, language=language),
        "period": report.period,
        "issuer": report.issuer,
        "provisional": report.provisional,
        "seal": report.seal,
        "lying": report.lying,
        "lead": list(report.lead),
        "figures": [_figure(figure) for figure in report.figures],
        "tables": [piece for table in report.tables for piece in _tables(table, report)],
        "provenance": provenance,
    }


def frame_data(title: str, subject: str, *, issued: datetime, language: str) -> dict[str, Any]:
    """What ``paper`` and ``title-block`` of the house need, for papers of other rooms.

    Args:
        title: What the paper is.
        subject: Whom or what it is about.
        issued: When it was made, with its time zone.
        language: ``fr`` or ``en``.

    Returns:
        A mapping to extend: ``period``, ``issuer``, ``seal`` are empty, ``provisional`` and
        ``lying`` false, ``lead`` without paragraphs.
    """
    utc = issued.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second")
    return {
        "title": title,
        "subject": subject,
        "lang": language[:2].lower(),
        "issued": {part: getattr(utc, part) for part in parts},
        "words": words(language),
        "period": "",
        "issuer": "",
        "seal": "",
        "provisional": False,
        "lying": False,
        "lead": [],
    }


def _template(name: str) -> str:
    return (files("chambre.lib.exports") / "typst" / f"{name}.typ").read_text(encoding="utf-8")


def _figure(figure: Figure) -> dict[str, Any]:
    svg = str(figure.svg).replace(f'="{PAPER}"', '="#ffffff"')  # the ground of paper is white
    return {"title": figure.title, "svg": svg, "alt": figure.alt, "width": figure.width}


def _tables(table: Table, report: Report) -> list[dict[str, Any]]:
    """A table as the template reads it, in pieces when it is wider than the page."""
    language = report.language
    unit = common_unit(table, language)
    rows = [_row(row, table, language) for row in islice(table.checked(), MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise PaperRefusal("paper-too-long", title=table.title, limit=MOST_ROWS)
    columns = [_column(column, bool(unit), language) for column in table.columns]
    for column, width in zip(columns, column_widths(columns, rows), strict=True):
        column["width"] = width
    pieces = cut_columns(columns, rows, LANDSCAPE if report.lying else PORTRAIT)
    body = len(rows) - len(table.totals)
    made = []
    for number, chosen in enumerate(pieces, 1):
        part = [[role, level, [cells[at] for at in chosen]] for role, level, cells in rows]
        tail = f" ({number}/{len(pieces)})" if len(pieces) > 1 else ""
        made.append(
            {
                "title": f"{table.title}{tail}",
                "unit": word("amounts-in", language).format(unit=unit) if unit else "",
                "columns": [columns[at] for at in chosen],
                "rows": part[:body],
                "totals": part[body:],
                "notes": list(table.notes) if number == len(pieces) else [],
            }
        )
    return made


def _column(column: Column, said: bool, language: str) -> dict[str, Any]:
    share = 0 if column.numeric or column.kind is Kind.DATE else column.width or 24
    return {
        "title": heading(column, said=said, language=language),
        "numeric": column.numeric,
        "share": share,
    }


def _row(row: Row, table: Table, language: str) -> list[Any]:
    cells = [
        _UNBROKEN.sub("\\1\u200b", printed(value, column, language))
        for value, column in zip(row.cells, table.columns, strict=True)
    ]
    return [row.role.value, row.level, cells]
