"""The XML form of a FEC, streamed: its structure checked, its lines as raw columns.

The structure is that of the schemas *formatA47A-I-VII-1*, *VIII-3*, *VIII-5* and *VIII-7* of the
decree: comptabilite > exercice > journal > ecriture > ligne, amounts with a point, ISO dates. As
the administration's program does, each *ligne* becomes a line of the flat file (with a decimal
comma), to which the same rules apply.

Nothing is built in memory but the line being read. A document type declaration is refused: a FEC
needs none, and entities are how an XML file attacks its reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from .encoding import UTF8_MARK
from .findings import Findings
from .layout import Layout, own_columns
from .pieces import Columns
from .types import Books
from .xmlschema import Shape, shape_of

_CHUNK = 1 << 16
_BLOCK = 4096
_MAX_EXTRAS = 100
_POINT = re.compile(r"[+-]?[ ]*[0-9]*\.[0-9]*[ ]*")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SCHEMA = re.compile(
    rb"""noNamespaceSchemaLocation\s*=\s*["'][^"']*?(VII-1|VIII-3|VIII-5|VIII-7)"""
)
_SAME_AS = {"CompteAuxNum": "CompAuxNum", "CompteAuxLib": "CompAuxLib"}


def is_xml(head: bytes) -> bool:
    """Whether a file begins like XML."""
    start = head[:200].removeprefix(UTF8_MARK).lstrip()
    return start.startswith((b"<?xml", b"<comptabilite"))


class XmlReading:
    """One reading of an XML file; iterate :meth:`columns`.

    Attributes:
        layout: The columns; replaced by another object when further elements turn up.
        encoding: As declared.
    """

    def __init__(
        self,
        stream: BinaryIO,
        head: bytes,
        findings: Findings,
        first_line: int,
        books: Books | None,
    ) -> None:
        self._stream = stream
        self._findings = findings
        self._first_line = first_line
        declared = _ENCODING.search(head[:200])
        self.encoding = declared[1].decode().lower() if declared else "utf-8"
        schema = _SCHEMA.search(head[:2000])
        if schema is None:
            findings.add("I_XML_WITHOUT_SCHEMA", first_line)
        self._schema = _schema_name(schema[1].decode() if schema else None, books)
        self._books = _BOOKS[self._schema]
        self._own = own_columns(self._books)
        self.layout = self._make_layout([])

    def _make_layout(self, extras: list[str]) -> Layout:
        names = [*self._own, *extras]
        index = {name: place for place, name in enumerate(self._own)}
        further = [(place, name) for place, name in enumerate(names) if place >= 18]
        return Layout(b"|", names, len(names), False, index, further, self._books, iso=True)

    def columns(self) -> Iterator[Columns]:
        """The lines, some thousand at a time, as columns of raw values in UTF-8."""
        target = _Target(self._findings, self._first_line, shape_of(self._schema))
        parser = etree.XMLParser(
            target=target,  # type: ignore[arg-type]
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        number = self._first_line + 1
        try:
            while chunk := self._stream.read(_CHUNK):
                parser.feed(chunk)
                if len(target.rows) >= _BLOCK:
                    block = self._block(target, number)
                    number += len(block.lines)
                    yield block
            parser.close()
        except _DoctypeError:
            self._findings.add("E_XML_SYNTAX", number, value="DOCTYPE")
        except etree.XMLSyntaxError as error:
            self._findings.add("E_XML_SYNTAX", number, value=str(error))
        if target.rows:
            yield self._block(target, number)

    def _block(self, target: _Target, number: int) -> Columns:
        rows, target.rows = target.rows, []
        if len(target.extras) != len(self.layout.names) - len(self._own):
            for name in target.extras[len(self.layout.names) - len(self._own) :]:
                self._findings.add("S_EXTRA_COLUMN", self._first_line, name)
            self.layout = self._make_layout(target.extras)
        raws = [[row.get(name, "").encode() for row in rows] for name in self.layout.names]
        return Columns(range(number, number + len(rows)), raws)


_BOOKS = {
    "VII-1": Books.COMMERCIAL,
    "VIII-3": Books.COMMERCIAL,
    "VIII-5": Books.FARM_CASH,
    "VIII-7": Books.PRACTICE_CASH,
}


def _schema_name(declared: str | None, books: Books | None) -> str:
    if books is None:
        return declared or "VII-1"
    if declared and _BOOKS[declared] is books:
        return declared
    return next(name for name, of in _BOOKS.items() if of is books)


class _DoctypeError(Exception):
    """The file has a document type declaration."""


class _Target:
    """Takes the events of the parser: keeps the line being read, notes what is out of place."""

    def __init__(self, findings: Findings, first_line: int, shape: Shape) -> None:
        self.rows: list[dict[str, str]] = []
        self.extras: list[str] = []
        self._findings = findings
        self._line = first_line + 1
        self._shape = shape
        self._path: list[str] = []
        self._progress: list[Any] = []
        self._texts: list[str] = []
        self._journal: dict[str, str] = {}
        self._entry: dict[str, str] = {}
        self._row: dict[str, str] = {}
        self._lines_of_entry = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse the declaration before anything of it is read."""
        raise _DoctypeError

    def start(self, tag: str, attributes: Any) -> None:
        """An element begins."""
        name = tag.rpartition("}")[2]
        if self._path:
            parent = self._path[-1]
            if self._progress[-1] is not None:
                for what in self._progress[-1].child(name):
                    self._note(f"{parent}/{name}", what)
        elif name != "comptabilite":
            self._note(name, "comptabilite ?")
        self._path.append(name)
        depth = len(self._path)
        known = self._shape.holds(name) and self._shape.depth(name) == depth
        self._progress.append(self._shape.begin(name) if known else None)
        self._texts = []
        if name == "journal":
            self._journal, self._entry = {}, {}
        elif name == "ecriture":
            self._entry, self._lines_of_entry = {}, 0
        elif name == "ligne":
            self._row = {}

    def data(self, text: str) -> None:
        """Some text of the element being read."""
        self._texts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = self._path.pop()
        progress = self._progress.pop()
        if progress is not None:
            for what in progress.end():
                self._note(name, what)
            if name == "ligne":
                self._finish_line()
            elif name == "ecriture" and self._lines_of_entry < 2:
                self._note(name, f"{self._lines_of_entry} ligne")
            return
        if len(self._path) == 5:
            self._finish_value(name, self._row, "ligne")
        elif len(self._path) == 4:
            self._finish_value(name, self._entry, "ecriture")
        elif len(self._path) == 3:
            self._finish_value(name, self._journal, "journal")

    def close(self) -> None:
        """The document ends."""

    def _finish_value(self, name: str, into: dict[str, str], parent: str) -> None:
        text = " ".join("".join(self._texts).split())
        if not self._shape.fits(name, text):
            self._note(f"{parent}/{name}", text[:40])
        own = _SAME_AS.get(name, name)
        known = parent != "ligne" or self._shape.knows(parent, name) or own in self.extras
        if not known:
            if len(self.extras) >= _MAX_EXTRAS:
                return
            self.extras.append(own)
        into[own] = text

    def _finish_line(self) -> None:
        row = {**self._journal, **self._entry, **self._row}
        for name in ("Debit", "Credit", "Montant", "Montantdevise"):
            if _POINT.fullmatch(row.get(name, "")):
                row[name] = row[name].replace(".", ",")
        if "Montant" in row:
            credit = row.get("Sens", "").strip().upper() in {"C", "-1"}
            row["Credit" if credit else "Debit"] = row.pop("Montant")
        self.rows.append(row)
        self._line += 1
        self._lines_of_entry += 1

    def _note(self, where: str, what: str) -> None:
        self._findings.add("E_XML_SCHEMA", self._line, where, what)


def read_xml(
    stream: BinaryIO,
    head: bytes,
    findings: Findings,
    *,
    first_line: int = 1,
    books: Books | None = None,
) -> XmlReading:
    """Read the XML form.

    Args:
        stream: The file, from its beginning.
        head: Its first bytes.
        findings: Takes what is found.
        first_line: Number that a header would have; the n-th *ligne* has the n-th number after it.
        books: Which books to take it for, instead of what its schema says.
    """
    return XmlReading(stream, head, findings, first_line, books)
