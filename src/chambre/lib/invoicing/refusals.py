"""What is said when an invoice cannot be made or read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chambre.lib.refusal import Refusal


class InvoiceRefusal(Refusal):
    """An invoice that cannot be made as asked, or a file that is none."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "invoice-incomplete": (
            "This invoice cannot be issued yet: {problems}",
            "Cette facture ne peut pas encore être émise : {problems}",
        ),
        "invoice-file-empty": ("The file is empty.", "Le fichier est vide."),
        "invoice-file-too-big": (
            "The file is larger than {limit} MB.",
            "Le fichier dépasse {limit} Mo.",
        ),
        "invoice-file-unknown": (
            "The file is neither a Factur-X PDF nor an invoice in CII or UBL XML.",
            "Le fichier n’est ni un PDF Factur-X ni une facture en XML CII ou UBL.",
        ),
        "invoice-pdf-without-data": (
            "This PDF carries no invoice data: enter the invoice by hand.",
            "Ce PDF ne porte pas de données de facture : saisissez la facture à la main.",
        ),
        "invoice-pdf-unreadable": (
            "This PDF cannot be read: {why}",
            "Ce PDF est illisible : {why}",
        ),
        "invoice-xml-unreadable": (
            "This XML cannot be read: {why}",
            "Ce XML est illisible : {why}",
        ),
        "invoice-xml-forbidden": (
            "This XML declares a document type or entities, which an invoice never needs.",
            "Ce XML déclare un type de document ou des entités, dont une facture n’a jamais besoin.",
        ),
        "invoice-value-unreadable": (
            "“{value}” in {field} is not {expected}.",
            "« {value} » dans {field} n’est pas {expected_fr}.",
        ),
        "invoice-too-many-lines": (
            "The invoice has more than {limit} lines.",
            "La facture a plus de {limit} lignes.",
        ),
    }
