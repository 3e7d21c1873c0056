"""What was wrong in a file or an answer, with its place, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from chambre.lib.refusal import Refusal

VALUE_SHOWN = 80
"""How many characters of a value a message repeats."""

TEXTS: dict[str, tuple[str, str]] = {
    "row-too-long": (
        "This row has {found} cells for {expected} columns: it cannot be told which is which.",
        "Cette ligne a {found} cellules pour {expected} colonnes : on ne sait pas à quoi elles"
        " répondent.",
    ),
    "quote-unclosed": (
        "A quotation mark opened in this row is never closed; what follows cannot be read.",
        "Un guillemet ouvert dans cette ligne n’est jamais refermé ; la suite est illisible.",
    ),
    "row-unreadable": (
        "This row cannot be read: {detail}.",
        "Cette ligne est illisible : {detail}.",
    ),
    "name-missing": (
        "A product needs a name.",
        "Un produit doit avoir un nom.",
    ),
    "id-repeated": (
        "The number “{value}” is already on line {first}.",
        "Le numéro « {value} » est déjà à la ligne {first}.",
    ),
    "sku-repeated": (
        "The SKU “{value}” is already on line {first}.",
        "L’UGS « {value} » est déjà à la ligne {first}.",
    ),
    "parent-missing": (
        "A variation needs a parent.",
        "Une variation doit avoir un produit parent.",
    ),
    "parent-unknown": (
        "There is no product “{value}” in this file.",
        "Il n’y a pas de produit « {value} » dans ce fichier.",
    ),
    "parent-is-variation": (
        "“{value}” is itself a variation, so it cannot have variations.",
        "« {value} » est lui-même une variation : il ne peut pas en avoir.",
    ),
    "parent-refused": (
        "Its parent “{value}” (line {first}) could not be taken in.",
        "Son produit parent « {value} » (ligne {first}) n’a pas pu être repris.",
    ),
    "reference-unknown": (
        "There is no product “{value}” in this file.",
        "Il n’y a pas de produit « {value} » dans ce fichier.",
    ),
    "price-unreadable": (
        "“{value}” is not a price.",
        "« {value} » n’est pas un prix.",
    ),
    "price-finer-than-cent": (
        "“{value}” is finer than a cent.",
        "« {value} » est plus fin qu’un centime.",
    ),
    "price-negative": (
        "“{value}” is below zero.",
        "« {value} » est au-dessous de zéro.",
    ),
    "number-unreadable": (
        "“{value}” is not a number.",
        "« {value} » n’est pas un nombre.",
    ),
    "date-unreadable": (
        "“{value}” is not a date written as 2026-05-31.",
        "« {value} » n’est pas une date écrite comme 2026-05-31.",
    ),
    "word-unreadable": (
        "“{value}” is not one of {allowed}.",
        "« {value} » n’est pas parmi {allowed}.",
    ),
    "type-unknown": (
        "“{value}” is a type of another extension; only what WooCommerce itself knows was read.",
        "« {value} » est un type d’une autre extension ; seul ce que WooCommerce connaît a été lu.",
    ),
    "unit-unknown": (
        "The unit “{value}” is not known; this column was not read.",
        "L’unité « {value} » n’est pas connue ; cette colonne n’a pas été lue.",
    ),
    "unit-assumed": (
        "This column names no unit; {value} was assumed.",
        "Cette colonne ne dit pas son unité ; {value} a été supposé.",
    ),
    "record-unreadable": (
        "“{value}” could not be read: {detail}",
        "« {value} » n’a pas pu être lu : {detail_fr}",
    ),
}
"""Code → (English, French)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one place.

    Attributes:
        line: Line of the file where its row begins, the header being line 1; cells that hold
            line breaks count for as many lines as they take. 0: about an answer of a shop.
        column: The header as it stands in the file; empty when it is about the row.
        code: Stable machine code, a key of ``TEXTS``.
        refused: Whether the row was left out for it. Otherwise only this cell was.
        data: The facts of the message.
    """

    line: int
    column: str
    code: str
    refused: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: str = "fr") -> str:
        """What a person reads, in French for ``fr`` and its variants, else in English."""
        english, french = TEXTS[self.code]
        return (french if language.lower().startswith("fr") else english).format(**self.data)

    @property
    def en(self) -> str:
        """The message in English."""
        return self.message("en")

    @property
    def fr(self) -> str:
        """The message in French."""
        return self.message("fr")


class Unreadable(ValueError):
    """A cell that does not hold what its column promises; becomes a :class:`Problem`."""

    def __init__(self, code: str, value: str, **data: Any) -> None:
        self.code = code
        self.data: dict[str, Any] = {"value": value[:VALUE_SHOWN], **data}
        super().__init__(code)


class WooCommerceRefusal(Refusal):
    """A file that is no product file, or a shop that cannot be spoken with."""

    texts: ClassVar = {
        "file-empty": ("This file is empty.", "Ce fichier est vide."),
        "file-unreadable": (
            "The first line of this file cannot be read: {detail}.",
            "La première ligne de ce fichier est illisible : {detail}.",
        ),
        "not-a-product-file": (
            "This is not a product file of WooCommerce: none of its columns is “Name”, “SKU” or"
            " “ID”.",
            "Ce n’est pas un fichier de produits de WooCommerce : aucune de ses colonnes n’est"
            " « Nom », « UGS » ou « ID ».",
        ),
        "parent-unnameable": (
            "“{name}” has variations and needs a SKU or a number, so that they can name it.",
            "« {name} » a des variations et doit avoir une UGS ou un numéro pour qu’elles la"
            " désignent.",
        ),
        "address-unreadable": (
            "“{address}” is not the address of a shop.",
            "« {address} » n’est pas l’adresse d’une boutique.",
        ),
        "address-unsafe": (
            "The keys of a shop are only sent over https; “{address}” is not.",
            "Les clés d’une boutique ne sont envoyées qu’en https ; « {address} » ne l’est pas.",
        ),
        "key-refused": (
            "The shop refuses this key ({detail}). It needs the right to read, given by an"
            " administrator of the shop.",
            "La boutique refuse cette clé ({detail}). Il lui faut le droit de lire, donné par une"
            " personne qui administre la boutique.",
        ),
        "not-woocommerce": (
            "There is no WooCommerce with its REST interface at {address}.",
            "Il n’y a pas de WooCommerce avec son interface REST à {address}.",
        ),
        "html-instead": (
            "The shop answered with a web page instead of data (a maintenance page, a login or a"
            " firewall).",
            "La boutique a répondu par une page web au lieu de données (page de maintenance,"
            " connexion ou pare-feu).",
        ),
        "answer-unreadable": (
            "The answer of the shop cannot be read.",
            "La réponse de la boutique est illisible.",
        ),
        "redirected": (
            "The shop has moved to {location}; give that address.",
            "La boutique a déménagé à {location} ; donnez cette adresse.",
        ),
        "shop-busy": (
            "The shop does not answer (status {status}) after {attempts} attempts.",
            "La boutique ne répond pas (état {status}) après {attempts} essais.",
        ),
        "shop-unreachable": (
            "The shop cannot be reached after {attempts} attempts: {detail}.",
            "La boutique est injoignable après {attempts} essais : {detail}.",
        ),
        "shop-refused": (
            "The shop refused the request (status {status}): {detail}.",
            "La boutique a refusé la demande (état {status}) : {detail}.",
        ),
    }
