"""The rule file: read with every mistake named at its place, and written back."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chambre.lib.attribution.patterns import PatternError, check_expression, shell_matcher

ITSELF = "-"
WHOLE_FILE = "-"
"""In place of the name of a rule: what is wrong concerns no rule by itself."""
MAX_RULES = 2000
MAX_WEIGHT = 10**9
_LISTS = ("structure", "account", "auxiliary", "journal", "piece")
_WORDS = {"name", "label", "from", "to", "shares", *_LISTS}


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a rule file.

    Attributes:
        line: Line of the file where the rule starts (or of the syntax error), from 1; 0 unknown.
        rule: Name of the rule, or its number; ``WHOLE_FILE`` where no rule is at fault.
        field: The word that is wrong, if one is.
        code: Stable machine code.
        value: What stood there, as text.
    """

    line: int
    rule: str
    field: str
    code: str
    value: str = ""

    def text(self, language: str = "fr") -> str:
        """What is wrong and what to do, without the place: for beside a field."""
        french, english = _MESSAGES[self.code]
        return (french if language.startswith("fr") else english).format(value=self.value)

    def message(self, language: str = "fr") -> str:
        """What is wrong and what to do, with its place, in ``fr`` or ``en``."""
        french = language.startswith("fr")
        line, rule = (
            ("ligne", f"règle « {self.rule} »") if french else ("line", f"rule “{self.rule}”")
        )
        parts = [f"{line} {self.line}"] if self.line else []
        if self.rule != WHOLE_FILE:
            parts.append(rule)
        if self.field:
            parts.append(self.field)
        text = self.text(language)
        return f"{', '.join(parts)}{' : ' if french else ': '}{text}" if parts else text


_MESSAGES: dict[str, tuple[str, str]] = {
    "syntax": ("le fichier n’est pas du TOML : {value}", "the file is not TOML: {value}"),
    "no-rules": (
        "aucune règle ; écrivez au moins un bloc [[rule]]",
        "no rule; write at least one [[rule]] block",
    ),
    "too-many": ("trop de règles ({value})", "too many rules ({value})"),
    "unknown-word": (
        "mot inconnu ; les mots possibles sont name, structure, account, auxiliary, journal, "
        "piece, label, from, to, shares",
        "unknown word; the words are name, structure, account, auxiliary, journal, piece, label, "
        "from, to, shares",
    ),
    "name-missing": ("donnez un nom à la règle", "give the rule a name"),
    "name-twice": ("ce nom est déjà pris dans le fichier", "this name is already in the file"),
    "type": ("« {value} » n’est pas du bon type", "“{value}” is of the wrong kind"),
    "empty": ("un motif vide ne prend rien", "an empty pattern takes nothing"),
    "too-long": ("motif trop long ({value})", "pattern too long ({value})"),
    "bad-expression": (
        "expression régulière incorrecte : {value}",
        "wrong regular expression: {value}",
    ),
    "catastrophic": (
        "répétitions imbriquées qui prendraient un temps exponentiel ; écrivez-la plus simplement",
        "nested repeats that would take exponential time; write it more simply",
    ),
    "date": (
        "« {value} » n’est pas une date (AAAA-MM-JJ, sans guillemets)",
        "“{value}” is not a date (YYYY-MM-DD, without quotes)",
    ),
    "order": ("la fin précède le début", "the end is before the beginning"),
    "shares-missing": (
        "dites à quelles ressources, par exemple shares = {{ verger = 60, presse = 40 }}",
        "say which resources, for example shares = {{ orchard = 60, press = 40 }}",
    ),
    "weight": (
        "le poids de « {value} » doit être un entier supérieur à zéro",
        "the weight of “{value}” must be a whole number above zero",
    ),
    "unknown-resource": (
        "aucune ressource ne s’appelle « {value} »",
        "there is no resource called “{value}”",
    ),
    "unknown-structure": (
        "aucune structure ne s’appelle « {value} »",
        "there is no structure called “{value}”",
    ),
}


class RuleFileError(ValueError):
    """The rule file is not usable; nothing of it is.

    Attributes:
        problems: Every mistake found, in the order of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message("en") for problem in problems))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty conditions hold for every line.

    Attributes:
        name: How people call it; unique in the file.
        shares: Integer weight by resource slug; ``-`` is the structure itself.
        structure: Slugs of structures.
        account: Shell patterns on the account number.
        auxiliary: Shell patterns on the auxiliary account.
        journal: Shell patterns on the journal code.
        piece: Shell patterns on the reference of the piece.
        label: Regular expression searched in the line's label, or empty.
        since: First effective day, or none.
        until: Last effective day, or none.
    """

    name: str
    shares: dict[str, int]
    structure: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()
    journal: tuple[str, ...] = ()
    piece: tuple[str, ...] = ()
    label: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def as_data(self) -> dict[str, Any]:
        """The rule with the words of the file; dates as ISO text; empty conditions left out."""
        data: dict[str, Any] = {"name": self.name}
        for word in _LISTS:
            if values := getattr(self, word):
                data[word] = list(values)
        if self.label:
            data["label"] = self.label
        if self.since:
            data["from"] = self.since.isoformat()
        if self.until:
            data["to"] = self.until.isoformat()
        data["shares"] = dict(self.shares)
        return data


@dataclass(slots=True)
class _Reader:
    """Reads one rule after the other and collects the problems."""

    resources: frozenset[str] | None
    structures: frozenset[str] | None
    problems: list[Problem] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def complain(self, line: int, rule: str, word: str, code: str, value: Any = "") -> None:
        self.problems.append(Problem(line, rule, word, code, str(value)[:120]))

    def read(self, data: Any, number: int, line: int) -> Rule | None:
        """One rule, or none when it has a mistake."""
        before = len(self.problems)
        if not isinstance(data, Mapping):
            self.complain(line, str(number), "", "type", data)
            return None
        name = data.get("name")
        shown = name if isinstance(name, str) and name.strip() else str(number)
        if not isinstance(name, str) or not name.strip():
            self.complain(line, shown, "name", "name-missing")
        elif name in self.names:
            self.complain(line, shown, "name", "name-twice")
        else:
            self.names.add(name)
        for word in sorted(set(data) - _WORDS):
            self.complain(line, shown, word, "unknown-word")
        lists = {word: self._patterns(data.get(word), word, line, shown) for word in _LISTS}
        rule = Rule(
            name=shown,
            shares=self._shares(data.get("shares"), line, shown),
            label=self._label(data.get("label"), line, shown),
            since=self._day(data.get("from"), "from", line, shown),
            until=self._day(data.get("to"), "to", line, shown),
            **lists,
        )
        if rule.since and rule.until and rule.until < rule.since:
            self.complain(line, shown, "to", "order")
        return rule if len(self.problems) == before else None

    def _patterns(self, value: Any, word: str, line: int, rule: str) -> tuple[str, ...]:
        if value is None:
            return ()
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            self.complain(line, rule, word, "type", value)
            return ()
        if not values:
            self.complain(line, rule, word, "empty")
        try:
            shell_matcher(values)
        except PatternError as error:
            self.complain(line, rule, word, error.code, error.detail)
            return ()
        if word == "structure" and self.structures is not None:
            for slug in values:
                if slug not in self.structures:
                    self.complain(line, rule, word, "unknown-structure", slug)
        return tuple(values)

    def _label(self, value: Any, line: int, rule: str) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain(line, rule, "label", "type", value)
            return ""
        try:
            check_expression(value)
        except PatternError as error:
            self.complain(line, rule, "label", error.code, error.detail)
            return ""
        return value

    def _day(self, value: Any, word: str, line: int, rule: str) -> dt.date | None:
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        self.complain(line, rule, word, "date", value)
        return None

    def _shares(self, value: Any, line: int, rule: str) -> dict[str, int]:
        if not isinstance(value, Mapping) or not value:
            self.complain(line, rule, "shares", "shares-missing")
            return {}
        for slug, weight in value.items():
            if type(weight) is not int or not 0 < weight <= MAX_WEIGHT:
                self.complain(line, rule, "shares", "weight", slug)
            if slug != ITSELF and self.resources is not None and slug not in self.resources:
                self.complain(line, rule, "shares", "unknown-resource", slug)
        return dict(value)


def rules_from_data(
    items: Iterable[Any],
    *,
    resources: Iterable[str] | None = None,
    structures: Iterable[str] | None = None,
    lines: list[int] | None = None,
) -> list[Rule]:
    """Check rules given as data (a form, JSON, or a parsed file).

    Args:
        items: Mappings with the words of the file.
        resources: Slugs that exist; absent: not checked.
        structures: Slugs that exist; absent: not checked.
        lines: Where each rule starts in its file.

    Raises:
        RuleFileError: With every mistake.
    """
    reader = _Reader(
        None if resources is None else frozenset(resources),
        None if structures is None else frozenset(structures),
    )
    listed = list(items)
    if not listed:
        reader.complain(0, WHOLE_FILE, "", "no-rules")
    if len(listed) > MAX_RULES:
        reader.complain(0, WHOLE_FILE, "", "too-many", len(listed))
        raise RuleFileError(reader.problems)
    rules = []
    for number, item in enumerate(listed, 1):
        line = lines[number - 1] if lines and number <= len(lines) else 0
        rule = reader.read(item, number, line)
        if rule is not None:
            rules.append(rule)
    if reader.problems:
        raise RuleFileError(reader.problems)
    return rules


def parse_rules(
    text: str,
    *,
    resources: Iterable[str] | None = None,
    structures: Iterable[str] | None = None,
) -> list[Rule]:
    """Read a rule file; see :func:`rules_from_data`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else 0
        raise RuleFileError([Problem(line, WHOLE_FILE, "", "syntax", str(error))]) from error
    starts = [
        number
        for number, content in enumerate(text.splitlines(), 1)
        if re.match(r"\s*\[\[\s*rule\s*\]\]", content)
    ]
    extra = sorted(set(data) - {"rule"})
    if extra:
        raise RuleFileError([Problem(0, WHOLE_FILE, word, "unknown-word") for word in extra])
    items = data.get("rule", [])
    if not isinstance(items, list):
        raise RuleFileError([Problem(0, WHOLE_FILE, "rule", "type", type(items).__name__)])
    return rules_from_data(items, resources=resources, structures=structures, lines=starts)


def _toml_text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )


def write_rules(rules: Iterable[Rule]) -> str:
    """The rules as a file that :func:`parse_rules` reads back equal."""
    blocks = []
    for rule in rules:
        lines = ["[[rule]]", f"name = {_toml_text(rule.name)}"]
        for word in _LISTS:
            if values := getattr(rule, word):
                lines.append(f"{word} = [{', '.join(_toml_text(value) for value in values)}]")
        if rule.label:
            lines.append(f"label = {_toml_text(rule.label)}")
        if rule.since:
            lines.append(f"from = {rule.since.isoformat()}")
        if rule.until:
            lines.append(f"to = {rule.until.isoformat()}")
        shares = ", ".join(f"{_toml_text(slug)} = {weight}" for slug, weight in rule.shares.items())
        lines.append(f"shares = {{ {shares} }}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)
