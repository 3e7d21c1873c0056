"""Why a GS1 identifier was refused, with a stable code and words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chambre.lib.refusal import Refusal


class Gs1Refused(Refusal):
    """A text is no GS1 identifier, or not one that can be written as asked."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "gs1-unknown": (
            "“{text}” is no GS1 identifier: neither an EPC URN, nor a GS1 Digital Link, nor an "
            "element string such as (8003)….",
            "« {text} » n’est pas un identifiant GS1 : ni une URN EPC, ni un GS1 Digital Link, ni une "
            "chaîne d’éléments comme (8003)….",
        ),
        "gs1-digits": (
            "{key} is made of {expected} digits; “{value}” is not.",
            "{key} se compose de {expected} chiffres ; « {value} » non.",
        ),
        "gs1-check-digit": (
            "The check digit of {key} “{value}” should be {expected}: a digit was misread or mistyped.",
            "La clé de contrôle de {key} « {value} » devrait être {expected} : un chiffre a été mal lu "
            "ou mal tapé.",
        ),
        "gs1-characters": (
            "“{value}” holds characters that {key} does not allow.",
            "« {value} » contient des caractères que {key} n’admet pas.",
        ),
        "gs1-length": (
            "{key} takes {least} to {most} characters; “{value}” has {found}.",
            "{key} prend de {least} à {most} caractères ; « {value} » en a {found}.",
        ),
        "gs1-grai-zero": (
            "A GRAI begins with 0; “{value}” does not.",
            "Un GRAI commence par 0 ; « {value} » non.",
        ),
        "gs1-qualifier": (
            "{qualifier} does not follow {key}, or not in this order.",
            "{qualifier} ne suit pas {key}, ou pas dans cet ordre.",
        ),
        "gs1-encoding": (
            "“{value}” is not percent-encoded as it should be.",
            "« {value} » n’est pas codé en pourcentage comme il faut.",
        ),
        "gs1-urn": (
            "“{text}” is not written as the URN scheme “{scheme}” asks.",
            "« {text} » n’est pas écrit comme le demande le schéma d’URN « {scheme} ».",
        ),
        "gs1-urn-scheme": (
            "The URN scheme “{scheme}” has no GS1 Digital Link.",
            "Le schéma d’URN « {scheme} » n’a pas de GS1 Digital Link.",
        ),
        "gs1-prefix-length": (
            "A company prefix has 6 to 12 digits, not {length}.",
            "Un préfixe d’entreprise a de 6 à 12 chiffres, pas {length}.",
        ),
        "gs1-prefix-unknown": (
            "How many digits the company prefix of {key} “{value}” has is not known here: give "
            "its length.",
            "Le nombre de chiffres du préfixe d’entreprise de {key} « {value} » n’est pas connu ici : "
            "donnez sa longueur.",
        ),
        "gs1-no-urn": (
            "{key} “{value}” has no EPC URN.",
            "{key} « {value} » n’a pas d’URN EPC.",
        ),
        "gs1-domain": (
            "“{domain}” cannot stand before a GS1 Digital Link: it needs an https address without "
            "query, and no part of its path may be read as a key.",
            "« {domain} » ne peut pas précéder un GS1 Digital Link : il faut une adresse https sans "
            "requête, dont aucune partie du chemin ne se lise comme une clé.",
        ),
    }
