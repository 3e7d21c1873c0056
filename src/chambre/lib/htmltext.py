"""Text of web pages as Markdown: what it says and how it is built, nothing that runs or is loaded.

For texts that come from other shops and sites. Scripts, styles, forms and pictures are left out;
headings, paragraphs, lists, emphasis and links to the web stay. What means something in Markdown
is escaped, so that a text says the same when it is shown.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "select", "textarea",
     "head", "title"}
)  # fmt: skip
"""Nothing inside these is text."""
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "blockquote", "ul", "ol", "table", "tr",
     "figure", "pre", "dl", "dt", "dd", "address", "h1", "h2", "h3", "h4", "h5", "h6"}
)  # fmt: skip
_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_LINKS = re.compile(r"^(?:https?://|mailto:|tel:)[^\s()<>\\]+$", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
_START = re.compile(r"^(\s*)([#+>-]|\d+[.)])(?=\s|$)", re.MULTILINE)
_DEEPEST = 6


def html_to_markdown(html: str) -> str:
    """What some HTML says, as Markdown (CommonMark with ``~~``).

    A text without any block is taken as people write it: an empty line parts paragraphs.

    Args:
        html: As it was found; need not be well formed.
    """
    return _read(html, marks=True)


def html_to_text(html: str) -> str:
    """What some HTML says, as plain text; an empty line between paragraphs."""
    return _read(html, marks=False)


def _read(html: str, *, marks: bool) -> str:
    reader = _Reader(
        marks=marks, blocks=bool(re.search(r"<(?:p|div|ul|ol|h\d|table)\b", html, re.I))
    )
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    """Writes down what is read; ``out`` holds pieces, joined and tidied at the end."""

    def __init__(self, *, marks: bool, blocks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.marks, self.blocks = marks, blocks
        self.out: list[str] = []
        self.silent = 0
        self.lists: list[list[int | str]] = []
        self.links: list[str] = []
        self.open_marks: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        if self.silent:
            return
        if tag in ("ul", "ol"):
            self._block()
            self.lists.append([tag, 0])
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.out.append("\\\n" if self.marks else "\n")
        elif tag == "hr":
            self.out.append("\n\n---\n\n" if self.marks else "\n\n")
        elif tag in _BLOCKS:
            self._block()
            if self.marks and len(tag) == 2 and tag[0] == "h":
                self.out.append("#" * int(tag[1]) + " ")
        elif tag in ("td", "th"):
            self.out.append(" ")
        elif self.marks and tag in _EMPHASIS:
            self.open_marks.append((_EMPHASIS[tag], len(self.out)))
        elif tag == "a":
            self._link(dict(attrs).get("href") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)
            if tag not in ("br", "hr"):
                self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
            return
        if self.silent:
            return
        if tag in ("ul", "ol"):
            if self.lists:
                self.lists.pop()
            self.out.append("\n\n" if not self.lists else "\n")
        elif tag in _BLOCKS:
            self._block()
        elif self.marks and tag in _EMPHASIS:
            self._emphasise(_EMPHASIS[tag])
        elif tag == "a" and self.links and (address := self.links.pop()):
            self.out.append(f"]({address})")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.blocks:
            data = re.sub(r"\s+", " ", data)
        if self.marks:
            data = _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", data))
            data = re.sub(r"\\(\d+)([.)])", r"\1\\\2", data)
        self.out.append(data)

    def _block(self) -> None:
        """Part what comes from what was; inside a list, lines stay in their item."""
        if not self.lists:
            self.out.append("\n\n")

    def _item(self) -> None:
        depth = max(min(len(self.lists), _DEEPEST), 1)
        mark = "-"
        if self.lists:
            self.lists[-1][1] = int(self.lists[-1][1]) + 1
            if self.lists[-1][0] == "ol":
                mark = f"{self.lists[-1][1]}."
        self.out.append("\n" + "   " * (depth - 1) + mark + " ")

    def _emphasise(self, mark: str) -> None:
        """Put marks around what came since the element began: tight, and never around nothing."""
        if not self.open_marks or self.open_marks[-1][0] != mark:
            return
        start = self.open_marks.pop()[1]
        inner = "".join(self.out[start:])
        core = inner.strip()
        if core and "\n" not in core:
            before, after = inner[: inner.index(core[0])], inner[len(inner.rstrip()) :]
            inner = f"{before}{mark}{core}{mark}{after}"
        self.out[start:] = [inner]

    def _link(self, address: str) -> None:
        good = address.strip() if self.marks and _LINKS.match(address.strip()) else ""
        self.links.append(good)
        if good:
            self.out.append("[")

    def result(self) -> str:
        """The pieces in one, emptiness taken away."""
        text = "".join(self.out).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        lines = [line.rstrip(" \t") for line in text.split("\n")]
        lines = [
            line.lstrip(" \t") if not re.match(r"^\s+(-|\d+\.) ", line) else line for line in lines
        ]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
        return re.sub(r"\\\n(?=\n|$)", "\n", text).strip().removesuffix("\\").strip()
