"""Read a FEC: a stream of typed blocks, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from .block import Block, Typist
from .encoding import UTF8_MARK, Decoder, unreadable
from .findings import Findings
from .layout import Layout, read_header
from .names import FileName
from .pieces import Splitter, line_end, pieces, read_head
from .source import DEFAULT_LIMITS, FecSource, Limits, Part, Source, open_source
from .types import Books, LineTuple
from .xmlform import is_xml, read_xml

Progress = Callable[[int, int], None]
"""Called now and then with the bytes read and the bytes in all."""


class Reader:
    """One reading of a file. Iterate :meth:`blocks` to its end, then look at the rest.

    Attributes:
        name: What the file's name says, or None.
        findings: What the administration's rules and the reading found.
        layout: The columns of the first part, once its header was read.
        encoding: Of the first part: ``"ascii"``, ``"utf-8"``, ``"iso8859-15"`` or ``"cp1252"``.
        lines: Lines read so far, headers left out, broken lines counted.
    """

    def __init__(
        self,
        source: Source | FecSource,
        *,
        name: str | None = None,
        books: Books | None = None,
        limits: Limits = DEFAULT_LIMITS,
        progress: Progress | None = None,
        kept_per_rule: int = 1000,
    ) -> None:
        self.source = open_source(source, name=name, limits=limits)
        self.name: FileName | None = self.source.name
        self.findings = Findings(kept_per_rule)
        self.layout: Layout | None = None
        self.encoding = "ascii"
        self.lines = 0
        self._books = books
        self._limits = limits
        self._progress = progress
        self._number = 0  # lines read so far, headers counted
        self._start = 0  # lines of the parts before
        self._done = 0  # bytes of the parts before

    @property
    def closing_year(self) -> int | None:
        """The year of the closing date in the name."""
        return self.name.closing_year if self.name else None

    @property
    def before_2013(self) -> bool:
        """Whether the softer rules of years closed before 2013 hold."""
        return self.closing_year is not None and self.closing_year < 2013

    def close(self) -> None:
        """Forget the temporary copy of a stream."""
        self.source.close()

    def typed_lines(self) -> Iterator[LineTuple]:
        """Every line as a plain tuple in the order of :class:`FecLine`."""
        for block in self.blocks():
            yield from block.lines()

    def blocks(self) -> Iterator[Block]:
        """Every line, in typed blocks.

        A line with the wrong number of fields is found and left out. A line whose day or amount
        cannot be read is found and given with ``NO_DAY`` or zero.

        Raises:
            SourceRefused: A limit was passed.
        """
        if self.name is not None and not self.name.accepted:
            self.findings.add("E_FILE_NAME", value=self.name.text)
        several = len(self.source.parts) > 1
        for part in self.source.parts:
            self._start = self._number
            if several:
                self.findings.starts_part(self._number + 1, part.name)
            stream, position = part.opener()
            with stream:
                for block in self._part_blocks(part, stream):
                    if self._progress:
                        self._progress(self._done + min(position(), part.size), self.source.size)
                    yield block
            self._done += part.size
        if not self.lines and self.layout is not None:
            self.findings.add("E_EMPTY_FILE")
        if self._progress:
            self._progress(self.source.size, self.source.size)

    def _part_blocks(self, part: Part, stream: BinaryIO) -> Iterator[Block]:
        head = read_head(stream, part.name, self._limits.line)
        if what := unreadable(head):
            self.findings.add("E_ENCODING", self._number + 1, value=what)
            return
        if not head.strip():
            self.findings.add("E_EMPTY_FILE")
            return
        if is_xml(head):
            yield from self._xml_blocks(part, head)
            return
        marked = head.startswith(UTF8_MARK)
        if marked:
            head = head[len(UTF8_MARK) :]
        end = line_end(head)
        header, _, _ = head.partition(end)
        decoder = Decoder(lambda: self._look_through(part), marked)
        if decoder.see(header):
            self._note_encoding(decoder)
        first = self._number + 1
        layout = read_header(
            decoder.decode(header.replace(b"\0", b"").rstrip(b"\r\n")),
            self.findings,
            number=first,
            books=self._books,
            closing_year=self.closing_year,
        )
        if layout is None:
            return
        self._compare(layout, part)
        self._number += 1
        rest = head[len(header) :]
        yield from self._flat_blocks(part, stream, rest, end, decoder, layout)

    def _flat_blocks(
        self,
        part: Part,
        stream: BinaryIO,
        rest: bytes,
        end: bytes,
        decoder: Decoder,
        layout: Layout,
    ) -> Iterator[Block]:
        splitter = Splitter(layout, end, self.findings)
        typist = Typist(layout, decoder, self.findings, before_2013=self.before_2013)
        for piece in pieces(stream, rest, end, part.name, self._limits.line):
            if decoder.see(piece):
                self._note_encoding(decoder)
            columns, count = splitter.split(piece, self._number + 1)
            self._number += count
            self.lines += count
            if columns.lines:
                yield typist.type(columns)
        if part is self.source.parts[0]:
            self.encoding = decoder.encoding

    def _xml_blocks(self, part: Part, head: bytes) -> Iterator[Block]:
        stream, _ = part.opener()
        with stream:
            reading = read_xml(
                stream, head, self.findings, first_line=self._number + 1, books=self._books
            )
            self.encoding = reading.encoding
            typist: Typist | None = None
            for columns in reading.columns():
                if typist is None:
                    self._compare(reading.layout, part)
                    decoder = Decoder(lambda: (), marked=True)
                    typist = Typist(
                        reading.layout, decoder, self.findings, before_2013=self.before_2013
                    )
                self._number += len(columns.lines)
                self.lines += len(columns.lines)
                yield typist.type(columns)
        self._number += 1

    def _compare(self, layout: Layout, part: Part) -> None:
        if self.layout is None:
            self.layout = layout
        elif set(self.layout.index) != set(layout.index):
            self.findings.add("W_PART_DIFFERS", self._number + 1, value=part.name)

    def _note_encoding(self, decoder: Decoder) -> None:
        if decoder.unknown:
            line = decoder.unknown.line + self._start
            self.findings.add("W_ENCODING_UNKNOWN", line, value=decoder.unknown.what)

    def _look_through(self, part: Part) -> Iterator[bytes]:
        stream, _ = part.opener()
        with stream:
            head = read_head(stream, part.name, self._limits.line)
            end = line_end(head)
            cuts = pieces(stream, end + head, end, part.name, self._limits.line)
            yield from (piece[len(end) :] for piece in cuts)


def read(
    source: Source | FecSource,
    *,
    name: str | None = None,
    books: Books | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Reader:
    """Open a file for reading.

    Args:
        source: A path, bytes, a binary stream, or several: the parts of one file.
        name: The name of the file when the source has none.
        books: Which books to take it for, instead of looking at its columns.
        limits: Against archive bombs.
        progress: Told how far the reading is.

    Raises:
        SourceRefused: There is nothing there that may be read.
    """
    return Reader(source, name=name, books=books, limits=limits, progress=progress)
