"""Why a bank sent a payment back: reason codes of ISO 20022 as the SEPA rulebooks use them.

An authorised collection can be refunded for eight weeks, an unauthorised one for thirteen months
(directive 2015/2366, articles 71 and 77).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words.

    Attributes:
        code: Four characters of ISO 20022.
        en: What happened, in English.
        fr: The same in French.
        ends_mandate: Nothing more may be collected with this mandate.
    """

    code: str
    en: str
    fr: str
    ends_mandate: bool = False

    def text(self, language: str) -> str:
        """The words in a language; French for ``fr`` and its variants, else English."""
        return self.fr if language.lower().startswith("fr") else self.en


REASONS = {
    reason.code: reason
    for reason in (
        Reason("AC01", "account number wrong", "numéro de compte faux"),
        Reason("AC04", "account closed", "compte clos", ends_mandate=True),
        Reason("AC06", "account blocked", "compte bloqué"),
        Reason("AC13", "account of a consumer, not allowed", "compte d’un particulier, interdit"),
        Reason("AG01", "payment not allowed on this account", "opération interdite sur ce compte"),
        Reason("AG02", "sequence of the collection wrong", "séquence du prélèvement fausse"),
        Reason("AM04", "not enough money on the account", "provision insuffisante"),
        Reason("AM05", "paid twice", "opération en double"),
        Reason("BE04", "address of the payee missing", "adresse du bénéficiaire manquante"),
        Reason("BE05", "creditor not known", "créancier inconnu"),
        Reason("CNOR", "the creditor’s bank is not reachable", "banque du créancier non joignable"),
        Reason("DNOR", "the debtor’s bank is not reachable", "banque du débiteur non joignable"),
        Reason("FOCR", "returned after a recall", "rendu après un rappel"),
        Reason("MD01", "no mandate", "absence de mandat", ends_mandate=True),
        Reason("MD06", "refund asked by the payer", "remboursement demandé par le débiteur"),
        Reason("MD07", "the account’s holder has died", "titulaire décédé", ends_mandate=True),
        Reason("MS02", "refused by the payer", "refus du débiteur"),
        Reason("MS03", "no reason given by the bank", "motif non donné par la banque"),
        Reason("RC01", "bank identifier wrong", "identifiant de banque faux"),
        Reason("RR04", "regulatory reason", "raison réglementaire"),
        Reason("SL01", "service of the payer’s bank", "service de la banque du débiteur"),
    )
}


def reason(code: str) -> Reason:
    """The reason of a code; one that is not in the table is given as its code."""
    return REASONS.get(code, Reason(code, code, code))
