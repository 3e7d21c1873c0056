"""One name for one thing: canonical forms of identifiers, vocabulary words and extension fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from chambre.lib import gs1

_CBV = re.compile(
    r"^(?:https?://ns\.gs1\.org/cbv/(?:BizStep|Disp|BTT|SDT|ER)-"
    r"|https?://ref\.gs1\.org/cbv/(?:BizStep|Disp|BTT|SDT|ER)-"
    r"|urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er):|cbv:(?:BizStep|Disp|BTT|SDT|ER)-)(?P<word>\w+)$"
)
_WEB = re.compile(r"^(?:https?://(?:www\.)?gs1\.org/voc/|gs1:)(?P<word>[\w-]+)$")


@lru_cache(maxsize=65536)
def canonical(uri: str) -> str:
    """The name under which an object, a class or a place is found, whatever form it came in.

    A GS1 identifier is found as the canonical Digital Link URI of its key (``https://id.gs1.org/…``),
    be it written as EPC URN or as Digital Link on another domain. Anything else is itself.
    """
    return gs1.canonical(uri) or uri


@lru_cache(maxsize=4096)
def word(text: str) -> str:
    """A vocabulary term: the bare word for one of CBV or of the Web Vocabulary, else itself."""
    found = _CBV.match(text) or _WEB.match(text)
    return found["word"] if found else text


def prefixes(context: Any) -> dict[str, str]:
    """What a JSON-LD context abbreviates: prefix or word → namespace or address."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            for name, value in part.items():
                target = value.get("@id") if isinstance(value, Mapping) else value
                if isinstance(target, str) and not name.startswith("@"):
                    found[name] = target
    return found


def qualified(name: str, known: Mapping[str, str]) -> str:
    """The full name of an extension field: ``ex:temperature`` → ``http://ns.example/temperature``."""
    if name in known:
        return known[name]
    prefix, mark, rest = name.partition(":")
    if mark and not rest.startswith("//") and prefix in known:
        return known[prefix] + rest
    return name


def candidates(name: str, contexts: Iterable[Mapping[str, str]]) -> set[str]:
    """Every full name that a field may have when nobody said what its prefix stands for."""
    return {name, *(qualified(name, known) for known in contexts)}
