"""What is wrong with an EPCIS document: where, by which rule, in words of both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_TEXTS: dict[str, tuple[str, str]] = {
    "json": (
        "This is not JSON ({why}, at byte {at}).",
        "Ce n’est pas du JSON ({why}, à l’octet {at}).",
    ),
    "encoding": (
        "The document is not UTF-8 text (byte {at}).",
        "Le document n’est pas du texte UTF-8 (octet {at}).",
    ),
    "unpaired": (
        "A text holds half of a character (an unpaired surrogate).",
        "Un texte contient la moitié d’un caractère (un demi-codet isolé).",
    ),
    "too-large": (
        "One part of the document is larger than {limit} bytes.",
        "Une partie du document dépasse {limit} octets.",
    ),
    "too-deep": (
        "The document is nested too deeply.",
        "Le document est imbriqué trop profondément.",
    ),
    "order": (
        "In a document of this size, the type must stand before epcisBody.",
        "Dans un document de cette taille, le type doit précéder epcisBody.",
    ),
    "twice": ("“{name}” stands here twice.", "« {name} » figure ici deux fois."),
    "object": ("An object is expected here.", "Un objet est attendu ici."),
    "array": ("A list is expected here.", "Une liste est attendue ici."),
    "text": ("A text is expected here.", "Un texte est attendu ici."),
    "number": ("A number is expected here.", "Un nombre est attendu ici."),
    "boolean": ("true or false is expected here.", "true ou false est attendu ici."),
    "attribute": (
        "A number, a text or an object is expected here.",
        "Un nombre, un texte ou un objet est attendu ici.",
    ),
    "context": (
        "The context is made of URIs and objects, each once.",
        "Le contexte se compose d’URI et d’objets, chacun une fois.",
    ),
    "uri": (
        "“{value}” is not an absolute URI (RFC 3986).",
        "« {value} » n’est pas une URI absolue (RFC 3986).",
    ),
    "time": (
        "“{value}” is not a date and time with its offset, as in 2026-05-01T10:30:00+02:00 (RFC 3339).",
        "« {value} » n’est pas une date et heure avec son décalage, comme 2026-05-01T10:30:00+02:00 "
        "(RFC 3339).",
    ),
    "year": (
        "“{value}” lies outside the years 1 to 9999.",
        "« {value} » est hors des années 1 à 9999.",
    ),
    "offset": (
        "“{value}” is not an offset from −14:00 to +14:00, as in +02:00.",
        "« {value} » n’est pas un décalage de −14:00 à +14:00, comme +02:00.",
    ),
    "version": (
        "“{value}” is not a version such as 2.0.",
        "« {value} » n’est pas une version comme 2.0.",
    ),
    "hex": (
        "“{value}” is not made of hexadecimal digits.",
        "« {value} » n’est pas fait de chiffres hexadécimaux.",
    ),
    "uom": (
        "“{value}” is not a unit of UN/ECE Recommendation 20 (two or three capitals or digits).",
        "« {value} » n’est pas une unité de la recommandation 20 de la CEE-ONU (deux ou trois "
        "majuscules ou chiffres).",
    ),
    "action": (
        "The action is ADD, OBSERVE or DELETE, not “{value}”.",
        "L’action est ADD, OBSERVE ou DELETE, pas « {value} ».",
    ),
    "word": (
        "“{value}” is neither a word of the standard for {what} nor a URI of your own.",
        "« {value} » n’est ni un mot de la norme pour {what} ni une URI à vous.",
    ),
    "word-standard": (
        "Words of the standard are written bare in JSON: “{value}” belongs to GS1’s own URIs.",
        "Les mots de la norme s’écrivent nus en JSON : « {value} » fait partie des URI de GS1.",
    ),
    "missing": ("“{name}” is missing.", "« {name} » manque."),
    "name": (
        "“{name}” is no field of {what}, and no extension either: those have a namespace.",
        "« {name} » n’est pas un champ de {what}, ni une extension : celles-ci ont un espace de noms.",
    ),
    "closed": (
        "“{name}” has no place here: only {fields}.",
        "« {name} » n’a pas sa place ici : seulement {fields}.",
    ),
    "empty": ("The list must not be empty.", "La liste ne doit pas être vide."),
    "unique": (
        "The same value stands in the list more than once.",
        "La même valeur figure plusieurs fois dans la liste.",
    ),
    "set-or-unset": (
        "At least one of “set” and “unset” is needed.",
        "Il faut au moins « set » ou « unset ».",
    ),
    "document-type": (
        "“{value}” is neither an EPCIS document nor an event of the standard, and no URI.",
        "« {value} » n’est ni un document EPCIS ni un événement de la norme, ni une URI.",
    ),
    "ilmd": (
        "Data about the origin (ilmd) go with the action ADD only.",
        "Les données d’origine (ilmd) ne vont qu’avec l’action ADD.",
    ),
    "what-object": (
        "The event names nothing: epcList, quantityList, or sensorElementList with readPoint.",
        "L’événement ne nomme rien : epcList, quantityList, ou sensorElementList avec readPoint.",
    ),
    "what-children": (
        "Without children (childEPCs or childQuantityList) only DELETE has a meaning.",
        "Sans enfants (childEPCs ou childQuantityList), seul DELETE a un sens.",
    ),
    "what-transaction": (
        "Without epcList and quantityList only DELETE has a meaning.",
        "Sans epcList ni quantityList, seul DELETE a un sens.",
    ),
    "what-transformation": (
        "A transformation has inputs and outputs, or one of them and a transformationID.",
        "Une transformation a des entrées et des sorties, ou l’une d’elles et un transformationID.",
    ),
}
RULES: Mapping[str, tuple[str, str]] = MappingProxyType(_TEXTS)
"""Code of each rule → its words in English and in French, templates over the facts."""

SHOWN = 80
"""How many characters of a wrong value are shown."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Place = Sequence[str | int]
"""Keys and indexes from the top of a document down to a value."""


def path_of(place: Iterable[str | int]) -> str:
    """A place as a JSON path: ``$.epcisBody.eventList[3].bizStep``."""
    parts = ["$"]
    for key in place:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif _NAME.fullmatch(key):
            parts.append(f".{key}")
        else:
            escaped = key.replace("\\", "\\\\").replace("'", "\\'")
            parts.append(f"['{escaped}']")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: JSON path of where it stands: ``$.epcisBody.eventList[3].bizStep``.
        rule: Stable code, a key of :data:`RULES`.
        data: The facts of the message.
    """

    path: str
    rule: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """What a person reads, in French for ``fr`` and its variants, else in English."""
        english, french = RULES[self.rule]
        return (french if language.lower().startswith("fr") else english).format(**self.data)

    @property
    def message(self) -> str:
        """The words in English."""
        return self.text()

    def as_json(self, language: str = "en") -> dict[str, str]:
        """Path and message, as the command line and the REST interface give them."""
        return {"path": self.path, "message": self.text(language)}


class EpcisError(ValueError):
    """An event or a document is not what the standard asks.

    Attributes:
        problems: Everything that is wrong, at least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in self.problems[:5]))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


def shown(value: Any) -> str:
    """A wrong value, short enough for a message."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
