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
_MOST_NAMES = 2000


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
        self._found: list[tuple[str, Any, Tree]] = []

    def read(self, stream: BinaryIO, name: str) -> Iterator[tuple[str, Any, Tree]]:
        """The wanted elements in order: local name, content, and what its parent has so far.

        Raises:
            BankFileRefused: Not well-formed, a document type, or one piece beyond the limit.
        """
        parser = self._parser()
        try:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                found = self._found[:]
                self._found.clear()
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

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.specified_attributes = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        handlers = self._handlers()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handlers
        return parser

    def _local(self, tag: str, names: dict[str, str]) -> str:
        """The name without its namespace, remembered: there are few."""
        namespace, _, local = tag.rpartition("}")
        if not self.root:
            self.namespace, self.root = namespace, local
        if len(names) > _MOST_NAMES:
            raise _TooLargeError
        names[tag] = local
        return local

    def _handlers(self) -> tuple[Any, Any, Any]:
        """What expat calls, millions of times: so names of a function, not attributes."""
        wanted, limit, found, to_local = self._wanted, self._limit, self._found, self._local
        names: dict[str, str] = {}
        stack: list[Tree | None] = []
        here: Tree | None = None
        text = currency = ""
        size = 0

        def start(tag: str, attributes: list[str]) -> None:
            nonlocal here, text, currency
            if tag not in names:
                to_local(tag, names)
            if len(stack) > _DEEPEST:
                raise _TooLargeError
            stack.append(here)
            here = None
            text = ""
            if attributes and "Ccy" in attributes:
                currency = attributes[attributes.index("Ccy") + 1]

        def data(piece: str) -> None:
            nonlocal text, size
            text = text + piece if text else piece
            size += len(piece)
            if size > limit:
                raise _TooLargeError

        def end(tag: str) -> None:
            nonlocal here, text, currency, size
            name = names[tag]
            value: Any = here
            if value is None:
                value = text
                if currency:
                    value = (text, currency)
                    currency = ""
            text = ""
            here = stack.pop()
            if here is None:
                here = {}
            if name in wanted:
                found.append((name, value, here))
                size = 0
            elif name in here:
                known = here[name]
                if known.__class__ is list:
                    known.append(value)
                else:
                    here[name] = [known, value]
            else:
                here[name] = value

        return start, end, data


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeError


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


def leaf(tree: Tree, name: str) -> str:
    """The text of a child; empty when there is none. Quicker than :func:`text`."""
    value = tree.get(name)
    if value.__class__ is str:
        return value  # type: ignore[return-value]
    return "" if value is None else text(value)


def branch(tree: Tree, name: str) -> Tree:
    """The first child of a name that has children itself; empty when there is none."""
    value = tree.get(name)
    if value.__class__ is list:
        value = value[0]
    return value if value.__class__ is dict else {}


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
