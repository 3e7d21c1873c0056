"""XML read piece by piece as plain values, whatever the size, without document types or entities.

The expat parser of Python is used directly: a hundred thousand entries make four million elements,
and an object for each would cost half a minute. A document type declaration stops the reading
before anything of it is used; that is how entities, local or remote, would come in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from .errors import BankFileRefused

Tree = dict[str, Any]
"""An element with children: name → text, ``(text, Ccy)``, another tree, or a list of these."""

_CHUNK = 1 << 17
_DEEPEST = 60


class _DoctypeError(Exception):
    """The file declares a document type."""


class _TooLargeError(Exception):
    """One piece is larger than allowed."""


class XmlPieces:
    """Reads a file, giving the elements of some names as soon as they end.

    Attributes:
        namespace: Of the root, once it was met.
        root: Local name of the root.
    """

    def __init__(self, wanted: frozenset[str], limit: int) -> None:
        self.namespace = ""
        self.root = ""
        self._wanted = wanted
        self._limit = limit
        self._size = 0
        self._stack: list[Tree | None] = []
        self._here: Tree | None = None
        self._text: list[str] = []
        self._currency: str | None = None
        self._found: list[tuple[str, Any, Tree]] = []
        self._names: dict[str, str] = {}

    def read(self, stream: BinaryIO, name: str) -> Iterator[tuple[str, Any, Tree]]:
        """The wanted elements in order: local name, content, and what its parent has so far.

        Raises:
            BankFileRefused: Not well-formed, a document type, or one piece beyond the limit.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        try:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                found, self._found = self._found, []
                yield from found
            parser.Parse(b"", True)
        except _DoctypeError:
            raise BankFileRefused("bank-doctype", name=name) from None
        except _TooLargeError:
            where = f"{parser.CurrentLineNumber}"
            raise BankFileRefused(
                "bank-too-many", name=name, where=where, limit=self._limit
            ) from None
        except expat.ExpatError as error:
            raise BankFileRefused("bank-xml", name=name, why=str(error)) from error
        yield from self._found

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _local(self, tag: str) -> str:
        """The name without its namespace, remembered: there are few."""
        name = self._names.get(tag)
        if name is None:
            namespace, _, local = tag.rpartition("}")
            if not self.root:
                self.namespace, self.root = namespace, local
            if len(self._names) > 2000:
                raise _TooLargeError
            name = self._names[tag] = local
        return name

    def _start(self, tag: str, attributes: list[str]) -> None:
        if not self._names:
            self._local(tag)
        if len(self._stack) > _DEEPEST:
            raise _TooLargeError
        self._stack.append(self._here)
        self._here = None
        self._text = []
        self._currency = None
        if attributes:
            for at in range(0, len(attributes), 2):
                if attributes[at] == "Ccy":
                    self._currency = attributes[at + 1]

    def _data(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text)
        if self._size > self._limit:
            raise _TooLargeError

    def _end(self, tag: str) -> None:
        name = self._names.get(tag) or self._local(tag)
        value: Any = self._here
        if value is None:
            value = "".join(self._text)
            if self._currency is not None:
                value = (value, self._currency)
                self._currency = None
        self._text = []
        parent = self._stack.pop()
        if parent is None:
            parent = {}
        self._here = parent
        if name in self._wanted:
            self._found.append((name, value, parent))
            self._size = 0
        elif name in parent:
            known = parent[name]
            if type(known) is list:
                known.append(value)
            else:
                parent[name] = [known, value]
        else:
            parent[name] = value


def text(tree: Any, *path: str) -> str:
    """The text at a path; empty when nothing stands there."""
    for name in path:
        if tree.__class__ is list:
            tree = tree[0]
        if tree.__class__ is not dict:
            return ""
        tree = tree.get(name)
    if tree.__class__ is str:
        return tree  # type: ignore[no-any-return]
    if tree.__class__ is list:
        return text(tree[0])
    return tree[0] if tree.__class__ is tuple else ""


def every(tree: Any, *path: str) -> list[Any]:
    """All values at a path."""
    found = [tree]
    for name in path:
        below: list[Any] = []
        for each in found:
            if each.__class__ is not dict:
                continue
            value = each.get(name)
            if value.__class__ is list:
                below += value
            elif value is not None:
                below.append(value)
        found = below
    return found


def one(tree: Any, *path: str) -> Any:
    """The first value at a path, or None."""
    for name in path:
        if tree.__class__ is list:
            tree = tree[0]
        if tree.__class__ is not dict:
            return None
        tree = tree.get(name)
    return tree[0] if tree.__class__ is list else tree
