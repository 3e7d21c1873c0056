"""HTML: a report as one file that any browser opens and prints, with nothing to fetch."""

from __future__ import annotations

from html import escape

from chambre.lib.exports.model import Report, Role, Row, Table
from chambre.lib.exports.wording import common_unit, format_moment, heading, printed, word

_STYLE = """
:root { color-scheme: light; --ink: #1b1e2b; --soft: #575967; --rule: #c9bfa8; --sunk: #f2ecdd; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 60rem; background: #fff;
  color: var(--ink); font: 16px/1.5 "Libertinus Serif", Georgia, "Times New Roman", serif; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.15; }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.2rem; }
.subject { margin: .25rem 0 0; font-size: 1.15rem; }
.period, .unit, .note, dt { color: var(--soft); }
.unit { margin: 0; text-align: right; font-style: italic; font-size: .85rem; }
.note { font-size: .85rem; }
.mark { padding: .1em .5em; border: 2px solid #a8231c; color: #a8231c; font-weight: bold;
  font-size: .85rem; text-transform: uppercase; letter-spacing: .08em; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; border-bottom: 3px double var(--ink);
  font-size: .93rem; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: baseline; font-weight: normal; }
thead th { background: var(--sunk); border-top: 2px solid var(--ink);
  border-bottom: 1px solid var(--ink); font-weight: bold; vertical-align: bottom; }
.num { text-align: right; white-space: nowrap; }
.heading > * { padding-top: .9rem; font-weight: bold; }
.subtotal > *, .total > * { border-top: 1px solid var(--ink); font-weight: bold; }
.l1 > :first-child { padding-left: 1.3rem; }
.l2 > :first-child { padding-left: 2.1rem; }
.l3 > :first-child { padding-left: 2.9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  @page { size: A4 ORIENTATION; margin: 18mm 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  table { font-size: 8.5pt; }
  thead { display: table-header-group; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
}
"""


def html_bytes(report: Report) -> bytes:
    """Write a report as one HTML file.

    It stands alone: its style is inside, it has no script and loads nothing. Words are escaped,
    so nothing that people typed is read as markup. Drawings are left to paper and page.

    Raises:
        ExportError: A row that does not fit its columns.
    """
    language = report.language
    style = _STYLE.replace("ORIENTATION", "landscape" if report.lying else "portrait")
    body = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="subject">{escape(report.subject)}</p>',
        f'<p class="period">{escape(report.period)}</p>' if report.period else "",
    ]
    if report.provisional:
        body.append(
            f'<p><span class="mark">{escape(word("provisional", language))}</span>'
            f" {escape(word('provisional-why', language))}</p>"
        )
    body += [f"<p>{escape(paragraph)}</p>" for paragraph in report.lead]
    body += [_table(table, language) for table in report.tables]
    body.append(_provenance(report))
    head = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)} – {escape(report.subject)}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n"
    )
    return (head + "\n".join(part for part in body if part) + "\n</body>\n</html>\n").encode()


def _table(table: Table, language: str) -> str:
    """One table with its heading, its unit and its notes."""
    unit = common_unit(table, language)
    heads = "".join(
        f'<th scope="col"{_class(column.numeric)}>'
        f"{escape(heading(column, said=bool(unit), language=language))}</th>"
        for column in table.columns
    )
    rows = "\n".join(_row(row, table, language) for row in table.checked())
    if not rows:
        said = escape(word("nothing", language))
        rows = f'<tr><td colspan="{len(table.columns)}">{said}</td></tr>'
    parts = [
        f"<section>\n<h2>{escape(table.title)}</h2>",
        f'<p class="unit">{escape(word("amounts-in", language).format(unit=unit))}</p>'
        if unit
        else "",
        f'<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n'
        "</tbody>\n</table></div>",
        *(f'<p class="note">{escape(note)}</p>' for note in table.notes),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _class(numeric: bool) -> str:
    return ' class="num"' if numeric else ""


def _row(row: Row, table: Table, language: str) -> str:
    names = [f"l{min(row.level, 3)}"] if row.level else []
    names += [row.role.value] if row.role is not Role.LINE else []
    shown = f' class="{" ".join(names)}"' if names else ""
    cells = []
    for at, (value, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        text = escape(printed(value, column, language))
        if at == 0:
            cells.append(f'<th scope="row">{text}</th>')
        else:
            cells.append(f"<td{_class(column.numeric)}>{text}</td>")
    return f"<tr{shown}>{''.join(cells)}</tr>"


def _provenance(report: Report) -> str:
    """Who gives it, when, and where the figures come from."""
    language = report.language
    rows = [
        (word("issuer", language), report.issuer),
        (word("issued", language), format_moment(report.issued, language)),
        *report.provenance,
        (word("seal", language), report.seal),
    ]
    listed = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows if text
    )
    return f"<h2>{escape(word('provenance', language))}</h2>\n<dl>{listed}</dl>"
