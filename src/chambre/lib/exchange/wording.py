"""The words of every mistake and obstacle: code → (English, French), templates over their facts."""

from __future__ import annotations

from chambre.lib.reciprocity.wording import PROBLEMS as OF_TOML

PROBLEMS: dict[str, tuple[str, str]] = {
    **OF_TOML,
    "name-taken": (
        "“{value}” is already the name of a party, a leg or a condition",
        "« {value} » est déjà le nom d’une partie, d’un apport ou d’une condition",
    ),
    "no-party": (
        "“{value}” is no party of this exchange",
        "« {value} » n’est pas une partie de cet échange",
    ),
    "no-leg": ("there is no leg “{value}”", "il n’y a pas d’apport « {value} »"),
    "no-condition": (
        "there is no condition “{value}”",
        "il n’y a pas de condition « {value} »",
    ),
    "no-such": (
        "there is neither a leg nor a condition “{value}”",
        "il n’y a ni apport ni condition « {value} »",
    ),
    "to-oneself": (
        "leg “{name}” goes from “{value}” to itself",
        "l’apport « {name} » va de « {value} » à elle-même",
    ),
    "few-parties": (
        "an exchange has two parties or more",
        "un échange a deux parties ou plus",
    ),
    "no-legs": (
        "nobody gives anything: write a [[leg]]",
        "personne ne donne rien : écrivez un [[leg]]",
    ),
    "not-needed": (
        '“{word}” means nothing for kind = "{kind}"',
        '« {word} » ne veut rien dire pour kind = "{kind}"',
    ),
    "wanted": (
        'kind = "{kind}" needs “{word}”',
        'kind = "{kind}" demande « {word} »',
    ),
    "part-overlaps": (
        "leg “{value}” is in two parts",
        "l’apport « {value} » est dans deux parties séparables",
    ),
    "parts-missing": (
        'otherwise = "parts" needs a [[part]]',
        'otherwise = "parts" demande un [[part]]',
    ),
    "mediator-missing": (
        'otherwise = "mediate" needs a [mediator]',
        'otherwise = "mediate" demande un [mediator]',
    ),
    # Obstacles: the text can be read, and what it says can never come to pass.
    "waits-for-itself": (
        "“{name}” waits for itself",
        "« {name} » s’attend lui-même",
    ),
    "circular": (
        "a circle of waits: {path}; none of them can be first",
        "une attente en rond : {path} ; aucun ne peut être le premier",
    ),
    "too-many-needed": (
        "{needed} of {count} must confirm in “{name}”: there are not so many",
        "« {name} » demande {needed} confirmations sur {count} : il n’y en a pas autant",
    ),
    "inspector-is-party": (
        "the inspector “{value}” of “{name}” is a party: nobody inspects their own exchange",
        "le contrôleur « {value} » de « {name} » est une partie : on ne contrôle pas son propre échange",
    ),
    "mediator-is-party": (
        "the mediator “{value}” is a party: nobody decides their own dispute",
        "le médiateur « {value} » est une partie : on ne tranche pas son propre litige",
    ),
    "keeper-is-party": (
        "the keeper “{value}” of leg “{name}” is a party: what is deposited there is in a party’s hands",
        "le dépositaire « {value} » de l’apport « {name} » est une partie : le dépôt serait entre ses mains",
    ),
    "after-deadline": (
        "“{name}” speaks of {day}, after the deadline {deadline}",
        "« {name} » parle du {day}, après l’échéance du {deadline}",
    ),
    "backwards": (
        "“{name}” ends on {until}, before it begins on {since}",
        "« {name} » finit le {until}, avant de commencer le {since}",
    ),
    "never-leg": (
        "leg “{name}” can never be deposited in time: what it waits for comes too late or never",
        "l’apport « {name} » ne peut jamais être déposé à temps : ce qu’il attend vient trop tard ou jamais",
    ),
    "never-condition": (
        "condition “{name}” can never hold in time",
        "la condition « {name} » ne pourra jamais être remplie à temps",
    ),
    "never-together": (
        "each condition can hold, but never all on one day by {deadline}",
        "chaque condition peut être remplie, mais jamais toutes le même jour d’ici au {deadline}",
    ),
}
