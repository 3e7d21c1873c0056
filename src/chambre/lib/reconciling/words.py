"""Reasons in the words of people, in English and French.

``lib`` has no message catalogue: each reason stands here in both languages. Amounts among the
facts are cents; ``item`` is the caller's key, for which the caller has a name.
"""

from __future__ import annotations

from collections.abc import Mapping

from chambre.lib.money import Money
from chambre.lib.reconciling.model import Reason

AMOUNTS = frozenset({"open", "paid", "excess", "named", "least", "most"})

FOR: dict[str, tuple[str, str]] = {
    "amount": ("the amount is exactly right", "le montant est exactement le bon"),
    "sum": (
        "{count} of this party's items make up the amount",
        "{count} éléments de ce tiers font ensemble ce montant",
    ),
    "reference": ("its reference is in the text", "sa référence est dans le libellé"),
    "references": (
        "the text names {count} references",
        "le libellé porte {count} références",
    ),
    "near-reference": (
        "its reference is in the text but for one sign",
        "sa référence est dans le libellé, à un signe près",
    ),
    "shared-reference": (
        "the text bears a reference of this party",
        "le libellé porte une référence de ce tiers",
    ),
    "account": ("the account is known to be theirs", "le compte est connu comme le leur"),
    "name": ("the account bears their name", "le compte est à leur nom"),
    "text-name": ("the text names them in full", "le libellé les nomme en entier"),
    "family": ("the family name is the same", "le nom de famille est le même"),
    "party": ("it is the same party", "c’est le même tiers"),
    "bank-words": (
        "the bank's words are those for such a movement",
        "les mots de la banque sont ceux d’un tel mouvement",
    ),
    "purpose": ("the text says what it is for", "le libellé dit à quoi cela sert"),
    "month": ("the text names the month", "le libellé nomme le mois"),
    "part": (
        "{paid} of the {open} that are open",
        "{paid} sur les {open} qui restent ouverts",
    ),
    "over": (
        "{paid} for the {open} that are open",
        "{paid} pour les {open} qui restent ouverts",
    ),
    "reversal": (
        "the bank says that it takes a movement back",
        "la banque dit qu’elle annule un mouvement",
    ),
    "return-words": ("the text speaks of a return", "le libellé parle d’un retour"),
    "same-reference": ("both bear the same reference", "les deux portent la même référence"),
    "same-party": (
        "the other party and the amount are the same",
        "l’autre partie et le montant sont les mêmes",
    ),
    "was-reversed": (
        "the bank took it back afterwards",
        "la banque l’a annulé par la suite",
    ),
    "habit": (
        "a person did so before ({seen} times)",
        "une personne l’a déjà fait ainsi ({seen} fois)",
    ),
    "habit-always": ("a person said: always so", "une personne a dit : toujours ainsi"),
    "habit-words": ("all the usual words are there", "tous les mots habituels y sont"),
    "habit-some-words": (
        "{percent} % of the usual words are there",
        "{percent} % des mots habituels y sont",
    ),
    "internal-transfer": (
        "the other account is the structure's own",
        "l’autre compte est celui de la structure elle-même",
    ),
    "rule-account": ("by the account", "par le compte"),
    "rule-name": ("by the name on the account", "par le nom du compte"),
    "rule-text-name": ("by the name in the text", "par le nom dans le libellé"),
    "rule-near-reference": (
        "by a reference with one sign wrong",
        "par une référence à un signe près",
    ),
    "rule-shared-reference": (
        "by the party's reference and the amount",
        "par la référence du tiers et le montant",
    ),
    "rule-bank-words": (
        "by the bank's words and the amount",
        "par les mots de la banque et le montant",
    ),
    "rule-instalments": (
        "{count} rows of this party pay it together",
        "{count} lignes de ce tiers le paient ensemble",
    ),
    "rule-numbered": (
        "the text says that it is the first instalment",
        "le libellé dit que c’est le premier versement",
    ),
}
"""What speaks for a proposal."""

AGAINST: dict[str, tuple[str, str]] = {
    "tie": (
        "several possibilities are equally good",
        "plusieurs possibilités se valent",
    ),
    "too-many": (
        "too many rows and items are alike to be sure of one",
        "trop de lignes et d’éléments se ressemblent pour en être sûr",
    ),
    "several-sums": (
        "several combinations of items make up the amount",
        "plusieurs combinaisons d’éléments font ce montant",
    ),
    "already-paid": (
        "it names {item}, which was paid already",
        "elle nomme {item}, qui est déjà payé",
    ),
    "later-row": (
        "an earlier row pays the same item: was it paid twice?",
        "une ligne antérieure paie le même élément : a-t-il été payé deux fois ?",
    ),
    "amount-differs": (
        "{paid} were paid and {open} are open",
        "{paid} ont été payés et {open} sont ouverts",
    ),
    "sum-differs": (
        "what it names comes to {named}, and {paid} were paid",
        "ce qu’elle nomme fait {named}, et {paid} ont été payés",
    ),
    "over-by": (
        "{excess} too much was paid: a person says what for",
        "{excess} ont été payés en trop : à une personne de dire pour quoi",
    ),
    "part-of-stranger": (
        "the amount is another one, and the payer is not known",
        "le montant est autre, et le payeur n’est pas connu",
    ),
    "rival": (
        "the amount is exactly that of {item}",
        "le montant est exactement celui de {item}",
    ),
    "near-twin": (
        "{item} has the same amount and a number one sign away",
        "{item} a le même montant et un numéro à un signe près",
    ),
    "near-another": (
        "the text nearly names something else",
        "le libellé nomme presque autre chose",
    ),
    "other-reference": (
        "the text names {item}",
        "le libellé nomme {item}",
    ),
    "foreign-reference": (
        "the reference {reference} is not that of anything open",
        "la référence {reference} n’est celle de rien d’ouvert",
    ),
    "near-only": (
        "the reference has a sign wrong, and the payer is not known",
        "la référence a un signe faux, et le payeur n’est pas connu",
    ),
    "family-only": (
        "only the family name is the same",
        "seul le nom de famille est le même",
    ),
    "amount-only": (
        "only the amount is the same",
        "seul le montant est le même",
    ),
    "relative": (
        "{name} owes the same amount: for whom was it paid?",
        "{name} doit le même montant : pour qui est-ce payé ?",
    ),
    "names-another": (
        "the text names somebody else",
        "le libellé nomme quelqu’un d’autre",
    ),
    "says-more": (
        "the text also says « {words} »",
        "le libellé dit aussi « {words} »",
    ),
    "other-account": (
        "the money went to an account that is not known to be theirs",
        "l’argent est allé à un compte qui n’est pas connu comme le leur",
    ),
    "outside-window": (
        "it is too early or too late for what is open",
        "c’est trop tôt ou trop tard pour ce qui est ouvert",
    ),
    "purpose-differs": (
        "the text says that it is for something else",
        "le libellé dit que c’est pour autre chose",
    ),
    "month-differs": (
        "the text names another month",
        "le libellé nomme un autre mois",
    ),
    "unusual-amount": (
        "the amount is not the usual one ({least} to {most})",
        "le montant n’est pas l’habituel (de {least} à {most})",
    ),
    "perhaps-reversal": (
        "it may take an earlier row back, but the bank does not say so",
        "elle annule peut-être une ligne antérieure, mais la banque ne le dit pas",
    ),
    "changed": (
        "something changed while it was being matched: look again",
        "quelque chose a changé pendant le rapprochement : regardez à nouveau",
    ),
    "only-a-guess": (
        "what resembles it is not sure enough",
        "ce qui lui ressemble n’est pas assez sûr",
    ),
    "nothing-like-it": (
        "nothing that is open resembles it, and no habit",
        "rien d’ouvert ne lui ressemble, ni aucune habitude",
    ),
}
"""Why a row was not matched alone; some of them also count against a proposal."""

WORDS = FOR | AGAINST
_NARROW, _WIDE = "\u202f", "\u00a0"


def say(reason: Reason, language: str = "fr", labels: Mapping[str, str] | None = None) -> str:
    """A reason in words, without a capital and without a full stop.

    Args:
        reason: The reason.
        language: ``fr`` and its variants, else English.
        labels: Names of items by key; without one its key is shown.
    """
    french = language.lower().startswith("fr")
    facts = {
        name: Money(value).format(language)
        if name in AMOUNTS and isinstance(value, int)
        else (labels or {}).get(str(value), value)
        if name == "item"
        else value
        for name, value in reason.facts
    }
    text = WORDS[reason.code][1 if french else 0].format(**facts)
    if french:
        for sign in "?!;":
            text = text.replace(f" {sign}", f"{_NARROW}{sign}")
        text = text.replace(" :", f"{_WIDE}:").replace(" %", f"{_WIDE}%")
        text = text.replace("« ", f"«{_WIDE}").replace(" »", f"{_WIDE}»")
    return text
