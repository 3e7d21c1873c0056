"""A contract as data, as canonical text, and its digest."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from chambre.lib import canonical
from chambre.lib.reciprocity.model import (
    FORMAT,
    Band,
    Contract,
    Count,
    Counterpart,
    Criterion,
    Party,
    PartyClass,
    Rate,
    Share,
    Step,
    Text,
    Threshold,
)
from chambre.lib.reciprocity.values import write_decimal, write_share

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NAMES = {"parent": "from", "bands": "steps"}
_TABLES = {
    "parties": "party",
    "classes": "class",
    "uses": "use",
    "counterparts": "counterpart",
    "steps": "step",
}


def as_data(contract: Contract) -> dict[str, Any]:
    """The contract with the words of the language, defaults left out, all in one fixed way.

    Two texts that say the same give equal data. Dates stay dates; everything else is text,
    integers, lists and dictionaries.
    """
    data: dict[str, Any] = {"format": FORMAT}
    for field in dataclasses.fields(contract):
        value = getattr(contract, field.name)
        word = _TABLES.get(field.name, field.name)
        if field.name in ("slug", "unit", "resources", "rounding", "period"):
            data[word] = sorted(value) if field.name == "resources" else value
        elif (found := _plain(value)) not in (None, {}, [], ""):
            data[word] = found
        elif field.name == "breach" and value is not None:
            data[word] = {"then": value.then}  # written, even where all is as usual
    return data


def _plain(value: Any) -> Any:
    """A value of the model as plain data."""
    if value is None or isinstance(value, str | int | dt.date):
        return value
    if isinstance(value, Text):
        return value.fr if value.fr == value.en else _kept({"fr": value.fr, "en": value.en})
    if isinstance(value, Rate):
        return write_share(value.value) if value.percent else _number(value.value)
    if isinstance(value, Fraction):
        return _number(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Criterion):
        return _test(value)
    data = {
        _NAMES.get(field.name, field.name): _plain(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if (getattr(value, field.name) != field.default and field.name != "share")
        or (isinstance(value, Band) and field.name == "above")
    }
    if isinstance(value, Step):
        _step(value, data)
    elif isinstance(value, Count):
        data = {"kind": value.kind, "unit": value.unit, "rate": _number(value.rate)}
    elif isinstance(value, Counterpart):
        data["unit"] = value.unit
    elif isinstance(value, PartyClass) and not (value.all or value.any or value.none):
        data["all"] = []
    elif isinstance(value, Party | Threshold):
        data = _kept(data)
    return data


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in data.items() if value not in ("", None)}


def _number(number: Fraction) -> int | str:
    return int(number) if number.denominator == 1 else write_decimal(number)


def _test(test: Criterion) -> dict[str, Any]:
    if test.threshold is not None:
        return {test.word: _plain(test.threshold)}
    return {test.word: list(test.names) if test.names else test.number}


def _shares(shares: tuple[Share, ...]) -> Any:
    """Weights as a table, or names alone where all weigh one."""
    if all(share.weight == 1 for share in shares):
        return [share.name for share in shares]
    return {share.name: share.weight for share in shares}


def _step(step: Step, data: dict[str, Any]) -> None:
    """The words of a step that are written otherwise than they are kept."""
    if step.share != 1:
        data["share"] = write_share(step.share)
    if step.to:
        data["to"] = _shares(step.to)
    if step.amounts:
        data["amounts"] = {share.name: share.weight for share in step.amounts}
    if step.each_caps:
        data["each_at_most"] = {share.name: share.weight for share in step.each_caps}
        del data["each_caps"]
    meant = {"once": "period", "forever": "ever", "until-paid": "ever"}.get(step.lasting, "period")
    data.pop("months", None)
    if step.months != meant:
        data["months"] = step.months
    if step.how == "claims" or (step.how == "costs" and step.lasting == "until-paid"):
        data.pop("lasting", None)


def write(contract: Contract) -> str:
    """The contract as canonical text; :func:`~chambre.lib.reciprocity.read` gives it back equal."""
    data = as_data(contract)
    lines = []
    blocks: list[str] = []
    for word, value in data.items():
        if word in _TABLES.values():
            blocks.extend(_block(f"[[{word}]]", item) for item in value)
        elif isinstance(value, dict):
            blocks.append(_block(f"[{word}]", value))
        else:
            lines.append(f"{word} = {_toml(value)}")
    return "\n\n".join(["\n".join(lines), *blocks]) + "\n"


def _block(head: str, data: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{_key(word)} = {_toml(value)}" for word, value in data.items())])


def _key(word: str) -> str:
    return word if _BARE.fullmatch(word) else _text(word)


def _text(value: str) -> str:
    """A TOML basic string: JSON's, with DEL escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        if not value:
            return "{}"
        return f"{{ {', '.join(f'{_key(word)} = {_toml(item)}' for word, item in value.items())} }}"
    return str(value)


def digest(contract: Contract) -> str:
    """The contract's digest: ``sha256:`` and 64 hexadecimal digits.

    It is that of :func:`chambre.lib.canonical.digest` about ``reciprocity-contract`` over
    :func:`as_data`: comments, order of words and spelling of numbers do not change it, any
    change of what is said does.
    """
    return "sha256:" + canonical.digest(as_data(contract), about="reciprocity-contract").hex()
