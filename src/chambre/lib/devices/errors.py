"""What is refused of a device's message, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chambre.lib.refusal import Refusal


class DeviceRefused(Refusal):
    """A message, a topic or a signature that cannot be taken; nothing happened."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "topic": (
            "{topic} is no topic of a device: it is ch/1/SCHEME/SITE/DEVICE/KIND.",
            "{topic} n’est pas un sujet d’appareil\N{NO-BREAK SPACE}: il s’écrit "
            "ch/1/DISPOSITIF/SITE/APPAREIL/SORTE.",
        ),
        "too-large": (
            "The message has {size} bytes; {limit} are the most.",
            "Le message a {size} octets\N{NO-BREAK SPACE}; {limit} sont le plus.",
        ),
        "not-json": (
            "The message is not one JSON object in UTF-8.",
            "Le message n’est pas un objet JSON en UTF-8.",
        ),
        "version": (
            "The message has version {version}; this house reads version {known}.",
            "Le message a la version {version}\N{NO-BREAK SPACE}; cette maison lit la version "
            "{known}.",
        ),
        "other-device": (
            "The message says that it is of {said}, and came as one of {real}.",
            "Le message se dit de {said}, et il est venu comme de {real}.",
        ),
        "missing": ("{field} is missing.", "Il manque {field}."),
        "unknown-field": (
            "{field} is no field of this message.",
            "{field} n’est pas un champ de ce message.",
        ),
        "field": (
            "{field} is wrong: {wanted_en}.",
            "{field} ne va pas\N{NO-BREAK SPACE}: {wanted_fr}.",
        ),
        "future": (
            "The message happened {ahead} s after it was sent by the same clock.",
            "Le message s’est passé {ahead} s après son envoi, à la même horloge.",
        ),
        "unsigned": (
            "The message must be signed, and is not.",
            "Le message doit être signé, et ne l’est pas.",
        ),
        "signature": (
            "The signature is not that of the device.",
            "La signature n’est pas celle de l’appareil.",
        ),
        "full": (
            "The memory of the device is full: {waiting} messages wait to be sent.",
            "La mémoire de l’appareil est pleine\N{NO-BREAK SPACE}: {waiting} messages attendent "
            "d’être envoyés.",
        ),
        "slips": (
            "Out of touch, the device hands out {limit} receipts a day, and no more.",
            "Hors liaison, l’appareil remet {limit} reçus par jour, et pas plus.",
        ),
        "not-mine": (
            "This memory is that of the device {owner}.",
            "Cette mémoire est celle de l’appareil {owner}.",
        ),
    }
