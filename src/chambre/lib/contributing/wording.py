"""What this package refuses, in words."""

from __future__ import annotations

from typing import ClassVar

from chambre.lib.refusal import Refusal


class ContributingRefusal(Refusal):
    """A voice, a budget or a step of an overrun that the rules do not have.

    Amounts in ``data`` are cents.
    """

    texts: ClassVar = {
        "not-a-measure": (
            "Write how much, and of what: 2:30, 45 min, €25, 12 kg.",
            "Écrivez combien, et de quoi : 2 h 30, 45 min, 25 €, 12 kg.",
        ),
        "own-voice": (
            "Nobody recognises their own contribution.",
            "Personne ne reconnaît sa propre contribution.",
        ),
        "not-on-roll": (
            "Only people of the circle recognise or object.",
            "Seules les personnes du cercle reconnaissent ou objectent.",
        ),
        "reason-needed": (
            "An objection has a reason: say which.",
            "Une objection a une raison : dites laquelle.",
        ),
        "not-the-contributor": (
            "Only the person who contributed answers an objection.",
            "Seule la personne qui a contribué répond à une objection.",
        ),
        "no-objection": (
            "There is no open objection of this person.",
            "Il n’y a pas d’objection ouverte de cette personne.",
        ),
        "already-settled": (
            "This contribution is settled: only a correction changes it.",
            "Cette contribution est réglée : seule une correction la modifie.",
        ),
        "amount-negative": (
            "An amount is zero or more.",
            "Un montant est nul ou positif.",
        ),
        "envelopes-over": (
            "The envelopes add up to more than the budget.",
            "La somme des enveloppes dépasse le budget.",
        ),
        "no-overrun": (
            "Everything that is asked is there: nothing has to be shared.",
            "Tout ce qui est demandé est disponible : rien n’est à partager.",
        ),
        "wrong-stage": (
            "This belongs to another step of the procedure.",
            "Cela relève d’une autre étape de la procédure.",
        ),
        "not-a-claimant": (
            "Only people who asked for something speak here.",
            "Seules les personnes qui ont demandé quelque chose s’expriment ici.",
        ),
        "not-heard": (
            "Not everybody has spoken: hear them, or say who is excused.",
            "Tout le monde ne s’est pas exprimé : écoutez, ou dites qui est excusé.",
        ),
        "lowered-above": (
            "What you keep asking for is between nothing and what you asked for.",
            "Ce que vous continuez à demander va de rien à ce que vous aviez demandé.",
        ),
        "no-proposal": (
            "There is no proposal yet.",
            "Il n’y a pas encore de proposition.",
        ),
        "too-early": (
            "The closing rule applies from the agreed day on, not before.",
            "La règle de clôture s’applique à partir du jour convenu, pas avant.",
        ),
    }
