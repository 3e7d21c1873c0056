"""The words of every mistake: code → (English, French), templates over the facts of a problem."""

from __future__ import annotations

PROBLEMS: dict[str, tuple[str, str]] = {
    "syntax": ("this is not TOML: {detail}", "ce n’est pas du TOML : {detail_fr}"),
    "too-long": (
        "longer than {limit} characters",
        "plus de {limit} caractères",
    ),
    "format": (
        "this is format {value}; formats up to {known} are read here",
        "c’est le format {value} ; on lit ici les formats jusqu’à {known}",
    ),
    "unknown-word": (
        "unknown word “{word}”; the words here are {known}",
        "mot inconnu « {word} » ; les mots sont ici {known}",
    ),
    "missing": ("“{word}” is missing", "il manque « {word} »"),
    "kind": (
        "“{word}” is not {expected_en}",
        "« {word} » n’est pas {expected_fr}",
    ),
    "choice": (
        "“{value}” is not one of {known}",
        "« {value} » n’est pas l’un de : {known}",
    ),
    "slug": (
        "“{value}” is no short name: small letters, digits and hyphens",
        "« {value} » n’est pas un nom court : petites lettres, chiffres et traits d’union",
    ),
    "empty": ("“{word}” is empty", "« {word} » est vide"),
    "range": (
        "{word} must be from {least} to {most}",
        "{word} doit être de {least} à {most}",
    ),
    "share": (
        '“{value}” is no share; write "2.5%" or "1/3", more than 0 and at most 100%',
        '« {value} » n’est pas une part ; écrivez "2.5%" ou "1/3", au-dessus de 0 et au plus 100%',
    ),
    "rate": (
        '“{value}” is no rate; write a whole number, "0.5" or "2.5%"',
        '« {value} » n’est pas un taux ; écrivez un nombre entier, "0.5" ou "2.5%"',
    ),
    "float": (
        "write “{value}” as text between quotes, so that it stays exact",
        "écrivez « {value} » comme un texte entre guillemets, pour qu’il reste exact",
    ),
    "unit": (
        "“{value}” is no unit of account (EUR, HUR, CRD-NAME…)",
        "« {value} » n’est pas une unité de compte (EUR, HUR, CRD-NOM…)",
    ),
    "digest": (
        "a digest is sha256: and 64 hexadecimal digits",
        "une empreinte est sha256: et 64 chiffres hexadécimaux",
    ),
    "twice": (
        "“{value}” is already the name of another {thing_en}",
        "« {value} » est déjà le nom d’un autre élément ({thing_fr})",
    ),
    "reserved": (
        "“everyone” is every party; give the class another name",
        "« everyone » désigne toutes les parties ; donnez un autre nom à la classe",
    ),
    "unknown-name": (
        "“{value}” is no {thing_en} of this contract",
        "« {value} » n’est pas défini dans ce contrat ({thing_fr})",
    ),
    "one-word": (
        'a test has exactly one word, such as {{status="ess"}}; here are {count}',
        'un critère a exactement un mot, comme {{status="ess"}} ; il y en a ici {count}',
    ),
    "no-tests": (
        "class “{name}” tests nothing; write all, any or none",
        "la classe « {name} » n’a aucun critère ; écrivez all, any ou none",
    ),
    "class-cycle": (
        "the class refers to itself: {path}",
        "la classe renvoie à elle-même : {path}",
    ),
    "not-for": (
        '“{word}” means nothing for how="{how}"',
        '« {word} » n’a pas de sens pour how="{how}"',
    ),
    "needed-for": (
        'how="{how}" needs “{word}”',
        'how="{how}" demande « {word} »',
    ),
    "one-fund": ("a fund step fills exactly one fund", "une étape fund remplit un seul fonds"),
    "more-than": (
        "{word} ({value}) is more than {other} ({limit})",
        "{word} ({value}) dépasse {other} ({limit})",
    ),
    "window": (
        'lasting="{lasting}" counts {window} alone; leave “months” out',
        'lasting="{lasting}" ne compte que {window} ; n’écrivez pas « months »',
    ),
    "count-rate": (
        "a count in “{unit}” needs a rate in minor units for one {unit}",
        "un compte en « {unit} » demande un taux, en unités mineures pour un {unit}",
    ),
    "answer-owes": (
        'answer="owes" and the list owes go together',
        'answer="owes" et la liste owes vont ensemble',
    ),
    "no-rate": (
        "counterpart “{name}” needs a rate or steps, not both",
        "la contrepartie « {name} » demande rate ou steps, pas les deux",
    ),
    "percent-of": (
        'a percentage goes with trigger="sale" or "margin", where there is an amount',
        'un pourcentage va avec trigger="sale" ou "margin", où il y a un montant',
    ),
    "bands-order": (
        "the steps must rise: {value} is not above {limit}",
        "les tranches doivent monter : {value} ne dépasse pas {limit}",
    ),
    "money-unit": (
        "money is owed in the unit of the contract, {expected}",
        "l’argent est dû dans l’unité du contrat, {expected}",
    ),
    "whole-money": (
        "{word} is in whole minor units",
        "{word} est en unités mineures entières",
    ),
    "order": ("the end {until} is before {since}", "la fin {until} précède {since}"),
    "no-clauses": (
        "a contract needs at least one step, use or counterpart",
        "un contrat demande au moins une étape, un usage ou une contrepartie",
    ),
    "too-many": (
        "more than {limit} of “{word}”",
        "plus de {limit} fois « {word} »",
    ),
    # facts
    "fact-encoding": ("the file is not UTF-8", "le fichier n’est pas en UTF-8"),
    "fact-header": (
        "the first line must name the columns; missing: {missing}",
        "la première ligne doit nommer les colonnes ; il manque : {missing}",
    ),
    "fact-column": (
        "unknown column “{word}”; the columns are {known}",
        "colonne inconnue « {word} » ; les colonnes sont {known}",
    ),
    "fact-column-twice": ("column “{word}” comes twice", "la colonne « {word} » est là deux fois"),
    "fact-cells": (
        "{count} cells, and {expected} columns",
        "{count} cellules pour {expected} colonnes",
    ),
    "fact-id": ("the id is missing", "il manque l’identifiant"),
    "fact-id-twice": (
        "id “{value}” is already on line {first}",
        "l’identifiant « {value} » est déjà à la ligne {first}",
    ),
    "fact-date": (
        "“{value}” is no day (YYYY-MM-DD)",
        "« {value} » n’est pas un jour (AAAA-MM-JJ)",
    ),
    "fact-amount": (
        "“{value}” is no whole number of minor units (12.50 € is 1250)",
        "« {value} » n’est pas un nombre entier d’unités mineures (12,50 € s’écrit 1250)",
    ),
    "fact-quantity": (
        "“{value}” is no number with a point and at most six decimals",
        "« {value} » n’est pas un nombre avec un point et au plus six décimales",
    ),
    "fact-unit": (
        "a {kind} needs a unit of account, such as EUR",
        "un fait « {kind} » demande une unité de compte, comme EUR",
    ),
    "fact-other-unit": (
        "income in {value}; the contract counts in {expected}",
        "revenu en {value} ; le contrat compte en {expected}",
    ),
    "fact-party": (
        "a {kind} needs “{word}”",
        "un fait « {kind} » demande « {word} »",
    ),
    "fact-number": (
        "a {kind} in “{unit}” needs “{word}”",
        "un fait « {kind} » en « {unit} » demande « {word} »",
    ),
    "fact-sign": (
        "only income may be negative",
        "seul un revenu peut être négatif",
    ),
    "fact-csv": ("the table is broken: {detail}", "le tableau est abîmé : {detail}"),
    "fact-more": (
        "and more: reading stopped after {limit} mistakes",
        "et d’autres : la lecture s’est arrêtée après {limit} erreurs",
    ),
}

SYNTAX_FR = {
    "Invalid statement": "on attend un nom, puis « = »",
    "Invalid value": "cette valeur ne se lit pas ; un texte demande des guillemets",
    "Expected '=' after a key": "il manque « = » après le nom",
    "Expected newline or end of document after a statement": "il reste quelque chose sur la ligne",
    "Expected ']' at the end of a table declaration": "il manque « ] »",
    "Expected ']]' at the end of an array declaration": "il manque « ]] »",
    "Unclosed array": "la liste n’est pas fermée : il manque « ] » ou une virgule",
    "Unclosed inline table": "la table n’est pas fermée : il manque « } » ou une virgule",
    "Unterminated string": "le texte n’est pas fermé : il manque un guillemet",
    "Cannot overwrite a value": "ce nom est déjà écrit plus haut",
    "Duplicate inline table key": "ce nom est déjà dans la table",
    "Cannot declare": "cette section est déjà écrite plus haut",
    "Cannot mutate immutable namespace": "cette table est déjà fermée",
    "Cannot redefine namespace": "ce nom est déjà écrit plus haut",
    "Illegal character": "un caractère est interdit ici",
    "Unescaped '\\' in a string": "une barre oblique inverse demande à être doublée",
    "Found invalid character": "un caractère est interdit ici",
    "Invalid initial character for a key part": "on attend ici un nom",
    "Invalid date or datetime": "cette date n’existe pas",
    "Expected": "il manque un signe",
}
"""Beginnings of what Python's reader says, in French."""
