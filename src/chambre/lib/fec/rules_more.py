"""The checks that the administration's program does not make, in words.

They never change the verdict. Some of them make a file unusable (an amount that is not exact to the
cent, a day outside the year): these refuse it on import.
"""

from __future__ import annotations

from .rules import Rule

_SOFTWARE_FR = "Corrigez dans votre logiciel comptable et refaites l’export."
_SOFTWARE_EN = "Correct it in your accounting software and export again."
_SEE_FR = "Vérifiez ; si c’est voulu, il n’y a rien à faire."
_SEE_EN = "Check it; if it is intended, there is nothing to do."


def _w(name: str, fr: str, en: str, todo: tuple[str, str] = (_SEE_FR, _SEE_EN)) -> Rule:
    return Rule(f"W_{name}", False, fr, en, *todo)


def _blocking(
    name: str, fr: str, en: str, todo: tuple[str, str] = (_SOFTWARE_FR, _SOFTWARE_EN)
) -> Rule:
    return Rule(f"W_{name}", True, fr, en, *todo)


_SHAPE = (
    _blocking(
        "ENCODING_UNKNOWN",
        "Ligne {line}, l’encodage n’est ni UTF-8, ni ISO 8859-15, ni Windows-1252 : {value}.",
        "Line {line}, the encoding is none of UTF-8, ISO 8859-15, Windows-1252: {value}.",
        ("Exportez en UTF-8 ou en ISO 8859-15.", "Export in UTF-8 or in ISO 8859-15."),
    ),
    _w(
        "ENCODING_MIXED",
        "Ligne {line}, du Windows-1252 au milieu d’un fichier UTF-8.",
        "Line {line}, Windows-1252 in the middle of a UTF-8 file.",
        (
            "La ligne est lue comme Windows-1252 : vérifiez ses accents.",
            "The line is read as Windows-1252: check its accents.",
        ),
    ),
    _w(
        "COLUMN_ORDER",
        "Les colonnes ne sont pas dans l’ordre de l’arrêté : {column} vient en position {found}.",
        "The columns are not in the order of the decree: {column} comes in position {found}.",
    ),
    _blocking(
        "COLUMN_TWICE",
        "La colonne {column} apparaît deux fois.",
        "The column {column} appears twice.",
    ),
    _blocking(
        "FIELD_COUNT",
        "La ligne {line} a {found} champs au lieu de {expected} ; avec Montant et Sens, "
        "l’administration la complète sans le dire.",
        "Line {line} has {found} fields instead of {expected}; with Montant and Sens, the "
        "administration fills it up without saying so.",
    ),
    _blocking(
        "PART_DIFFERS",
        "La partie « {value} » n’a pas les mêmes colonnes que la première.",
        "The part “{value}” has not the same columns as the first one.",
    ),
    _blocking(
        "AMOUNT_UNREADABLE",
        "Ligne {line}, {column} « {value} » : l’administration l’admet, mais aucun montant ne "
        "s’y lit.",
        "Line {line}, {column} “{value}”: the administration lets it pass, but no amount can be "
        "read in it.",
    ),
    _blocking(
        "AMOUNT_DECIMALS",
        "Ligne {line}, {column} « {value} » n’est pas exact au centime.",
        "Line {line}, {column} “{value}” is not exact to the cent.",
        (
            "Arrondissez à deux décimales dans votre logiciel et refaites l’export.",
            "Round to two decimals in your software and export again.",
        ),
    ),
    _blocking(
        "AMOUNT_TOO_LARGE",
        "Ligne {line}, {column} « {value} » dépasse dix mille milliards.",
        "Line {line}, {column} “{value}” is more than ten million million.",
    ),
    _w(
        "CURRENCY_UNREADABLE",
        "Ligne {line}, le montant en devise « {value} » n’est pas lisible ; il est laissé de côté.",
        "Line {line}, the amount in currency “{value}” cannot be read; it is left aside.",
    ),
    _blocking(
        "DAY_NOT_IN_CALENDAR",
        "Ligne {line}, {column} « {value} » n’existe pas dans le calendrier.",
        "Line {line}, {column} “{value}” does not exist in the calendar.",
    ),
    _w(
        "DATE_NOT_IN_CALENDAR",
        "Ligne {line}, {column} « {value} » n’existe pas dans le calendrier ; elle est laissée "
        "de côté.",
        "Line {line}, {column} “{value}” does not exist in the calendar; it is left aside.",
        (_SOFTWARE_FR, _SOFTWARE_EN),
    ),
    _w(
        "DATE_FORM",
        "Ligne {line}, {column} « {value} » n’est pas sous la forme AAAAMMJJ ; l’administration "
        "le tolère.",
        "Line {line}, {column} “{value}” is not in the form YYYYMMDD; the administration "
        "tolerates it.",
        ("Exportez les dates sous la forme AAAAMMJJ.", "Export dates in the form YYYYMMDD."),
    ),
    _w(
        "SCIENTIFIC_NOTATION",
        "Ligne {line}, {column} « {value} » est en notation scientifique ; l’administration le "
        "tolère.",
        "Line {line}, {column} “{value}” is in scientific notation; the administration "
        "tolerates it.",
        ("Exportez les montants en toutes décimales.", "Export amounts in plain decimals."),
    ),
)

_NAME = (
    _w(
        "FILE_NAME",
        "Le nom « {value} » n’est pas exactement SirenFECAAAAMMJJ.",
        "The name “{value}” is not exactly SirenFECAAAAMMJJ.",
        (
            "Neuf chiffres, FEC, la date de clôture : 123456782FEC20231231.txt.",
            "Nine digits, FEC, the closing date: 123456782FEC20231231.txt.",
        ),
    ),
    _w(
        "SIREN_KEY",
        "Le SIREN « {value} » du nom n’a pas la bonne clé.",
        "The SIREN “{value}” in the name has not the right key.",
        ("Vérifiez les neuf chiffres.", "Check the nine digits."),
    ),
    _w(
        "SIREN_OTHER",
        "Le SIREN du nom est {value}, celui de la structure est {expected}.",
        "The SIREN in the name is {value}, that of the structure is {expected}.",
        ("Est-ce le bon fichier ?", "Is it the right file?"),
    ),
    _w(
        "NAME_YEAR",
        "Aucune écriture n’est dans l’exercice du nom (clôture le {expected}) : elles vont du "
        "{first} au {last}.",
        "No entry is within the year of the name (closing on {expected}): they go from {first} "
        "to {last}.",
        (
            "Le nom est sans doute faux : l’exercice est lu sur les écritures.",
            "The name is probably wrong: the year is read from the entries.",
        ),
    ),
    _w(
        "LONG_YEAR",
        "L’exercice couvre plus de douze mois : du {first} au {last}.",
        "The financial year covers more than twelve months: from {first} to {last}.",
    ),
    _blocking(
        "DATE_OUTSIDE_YEAR",
        "Ligne {line}, EcritureDate {day} est hors de l’exercice ({first} – {last}).",
        "Line {line}, EcritureDate {day} is outside the financial year ({first} – {last}).",
        (
            "Corrigez la date, ou dites quel exercice ce fichier couvre.",
            "Correct the date, or say which financial year this file covers.",
        ),
    ),
)

_BALANCE = (
    _w(
        "UNBALANCED_FILE",
        "Le total des débits ({debit}) n’est pas celui des crédits ({credit}) : écart {gap}.",
        "Total debit ({debit}) is not total credit ({credit}): difference {gap}.",
        (
            "Des lignes manquent ou sont fausses : refaites l’export. L’import est refusé.",
            "Lines are missing or wrong: export again. The import is refused.",
        ),
    ),
    _w(
        "UNBALANCED_ENTRY",
        "L’écriture {entry} du {day} (ligne {line}) n’est pas équilibrée : écart {gap}.",
        "Entry {entry} of {day} (line {line}) does not balance: difference {gap}.",
        (_SOFTWARE_FR, _SOFTWARE_EN),
    ),
    _w(
        "UNBALANCED_JOURNAL",
        "Le journal {value} n’est pas équilibré : écart {gap}.",
        "Journal {value} does not balance: difference {gap}.",
        (_SOFTWARE_FR, _SOFTWARE_EN),
    ),
    _w(
        "UNBALANCED_DAY",
        "La journée du {day} n’est pas équilibrée : écart {gap}.",
        "The day {day} does not balance: difference {gap}.",
        (_SOFTWARE_FR, _SOFTWARE_EN),
    ),
    _w(
        "LETTERING_UNBALANCED",
        "Le lettrage {value} du compte {account} n’est pas équilibré : écart {gap}.",
        "The lettering {value} of account {account} does not balance: difference {gap}.",
        ("Revoyez le lettrage.", "Look at the matching again."),
    ),
    _w(
        "LETTERING_NOT_FOLLOWED",
        "Plus de {limit} lettrages sont ouverts à la fois : leur équilibre n’a pas été vérifié.",
        "More than {limit} letterings are open at a time: their balance was not checked.",
    ),
    _w(
        "LETTERING_WITHOUT_DATE",
        "Ligne {line}, lettrage « {value} » sans date de lettrage.",
        "Line {line}, lettering “{value}” without its date.",
    ),
)
