"""What a return point says to people, in French and English."""

from __future__ import annotations

from typing import Any

NBSP = "\N{NO-BREAK SPACE}"
_TEXTS: dict[str, tuple[str, str]] = {
    "ready": (
        "Ready. Scan an object. :help says what else can be typed.",
        "Prêt. Scannez un objet. :aide dit ce qu’on peut taper d’autre.",
    ),
    "help": (
        ":return, :issue, :wash, :inspect, :seen – what happens to the objects that follow\n"
        ":batch … :end – several objects as one act\n"
        ":damaged – the next object is damaged\n"
        "the code of a receipt – what it is worth\n"
        ":waiting – what was not answered yet · :quit",
        ":return, :issue, :wash, :inspect, :seen – ce qui arrive aux objets qui suivent\n"
        ":batch … :end – plusieurs objets en un seul acte\n"
        ":damaged – l’objet suivant est abîmé\n"
        "le code d’un reçu – ce qu’il vaut\n"
        ":waiting – ce qui attend une réponse · :quit",
    ),
    "mode": ("From now on: {op}.", f"Désormais{NBSP}: {{op}}."),
    "batch": ("Scan the objects, then :end.", "Scannez les objets, puis :end."),
    "batch-empty": ("Nothing was scanned.", "Rien n’a été scanné."),
    "batch-full": (
        "A batch has at most {most} objects: :end, then go on.",
        f"Un lot a au plus {{most}} objets{NBSP}: :end, puis continuez.",
    ),
    "damaged": ("The next object is damaged.", "L’objet suivant est abîmé."),
    "unknown-command": (
        "{text} is no command; :help says which there are.",
        f"{{text}} n’est pas une commande{NBSP}; :aide dit lesquelles existent.",
    ),
    "waiting": (
        "{count} messages wait for an answer; {link}.",
        f"{{count}} messages attendent une réponse{NBSP}; {{link}}.",
    ),
    "in-touch": ("in touch", "en liaison"),
    "out-of-touch": ("out of touch", "hors liaison"),
    "connected": ("In touch.", "En liaison."),
    "disconnected": (
        "Out of touch: what is scanned is kept here, and sent later.",
        f"Hors liaison{NBSP}: ce qui est scanné est gardé ici, et envoyé plus tard.",
    ),
    "later": (
        "Kept. The receipt is paid once it was checked.",
        "Gardé. Le reçu sera payé quand il aura été vérifié.",
    ),
    "refunded": ("Paid back: {amount}.", f"Remboursé{NBSP}: {{amount}}."),
    "issued": ("Deposit to take: {amount}.", f"Consigne à encaisser{NBSP}: {{amount}}."),
    "done": ("Recorded.", "Enregistré."),
    "not-paid": ("Not paid.", "Non remboursé."),
    "slip-title": ("Receipt", "Reçu"),
    "slip-pending": (
        "To be checked. Worth nothing until then.",
        "À vérifier. Ne vaut rien d’ici là.",
    ),
    "slip-once": ("Paid once, to whoever shows it.", "Payé une fois, à qui le présente."),
    "slip-pay": (
        "Receipt {slip}: pay {amount} now.",
        f"Reçu {{slip}}{NBSP}: payez {{amount}} maintenant.",
    ),
    "slip-paid": ("Receipt {slip} was paid already.", "Le reçu {slip} a déjà été payé."),
    "slip-waits": (
        "Receipt {slip} is not decided yet: come back later.",
        f"Le reçu {{slip}} n’est pas encore décidé{NBSP}: revenez plus tard.",
    ),
    "slip-nothing": (
        "Receipt {slip}: nothing is paid. {why}",
        f"Reçu {{slip}}{NBSP}: rien n’est payé. {{why}}",
    ),
    "slip-counter": (
        "Receipt {slip} is worth {amount}, at a counter.",
        "Le reçu {slip} vaut {amount}, à un guichet.",
    ),
    "slip-unknown": ("This receipt is not of this device.", "Ce reçu n’est pas de cet appareil."),
    "trouble": ("The house does not take it: {why}", f"La maison ne le prend pas{NBSP}: {{why}}"),
    "command": ("Asked of this device: {text}", f"Demandé à cet appareil{NBSP}: {{text}}"),
}


def say(name: str, language: str, **data: Any) -> str:
    """A sentence in a language: French for ``fr`` and its variants, else English."""
    english, french = _TEXTS[name]
    return (french if language.lower().startswith("fr") else english).format(**data)


def euros(cents: int, language: str) -> str:
    """An amount in cents as people read it."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}{NBSP}€" if language.startswith("fr") else f"€{whole}.{rest:02d}"
