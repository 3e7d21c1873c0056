"""What the rules of payments refuse, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chambre.lib.refusal import Refusal


class PaymentRefusal(Refusal):
    """Something is not possible with this payment, and nothing happened."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "event-clash": (
            "The event {key} was already recorded with other content.",
            "L’événement {key} a déjà été enregistré avec un autre contenu.",
        ),
        "amount-not-positive": (
            "An amount has to be more than zero.",
            "Un montant doit être supérieur à zéro.",
        ),
        "no-lines": (
            "A payment needs at least one line.",
            "Un paiement a besoin d’au moins une ligne.",
        ),
        "line-unknown": (
            "There is no line {line} in this payment.",
            "Ce paiement n’a pas de ligne {line}.",
        ),
        "line-over": (
            "Of line {line}, at most {most} cents can still be given back, not {asked}.",
            "De la ligne {line}, il ne reste au plus que {most} centimes à rembourser, "
            "pas {asked}.",
        ),
        "refund-over": (
            "At most {most} cents can still be given back, not {asked}.",
            "Il ne reste au plus que {most} centimes à rembourser, pas {asked}.",
        ),
        "not-payable": (
            "This payment takes no more money: it is {state}.",
            "Ce paiement n’attend plus d’argent : son état est « {state} ».",
        ),
        "not-cancellable": (
            "Money was received or is on its way: this payment cannot be cancelled.",
            "De l’argent a été reçu ou est en route : ce paiement ne peut pas être annulé.",
        ),
    }
