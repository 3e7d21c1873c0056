"""What is refused when rings are looked for, in both languages."""

from __future__ import annotations

from chambre.lib.refusal import Refusal


class BarterRefusal(Refusal):
    """Offers, needs or rings as they were asked for cannot be."""

    texts = {
        "length": (
            "Rings have 2 to {most} people, not {longest}.",
            "Une ronde compte de 2 à {most} personnes, pas {longest}.",
        ),
        "people": (
            "{people} people who can all reach each other are too many; at most {most}. "
            "Split them by place or by category.",
            "{people} personnes qui peuvent toutes s’atteindre, c’est trop ; {most} au plus. "
            "Séparez-les par lieu ou par catégorie.",
        ),
        "columns": (
            "The first line has to name the columns person, kind and category; missing: {missing}.",
            "La première ligne doit nommer les colonnes person, kind et category ; "
            "il manque : {missing}.",
        ),
        "empty": (
            "Line {line}: {column} is empty.",
            "Ligne {line} : {column} est vide.",
        ),
        "kind": (
            "Line {line}: the kind is “{kind}”; write offer or need.",
            "Ligne {line} : le genre est « {kind} » ; écrivez offer (offre) ou need (besoin).",
        ),
        "value": (
            "Line {line}: “{value}” is no whole number of cents from 0 to {most}.",
            "Ligne {line} : « {value} » n’est pas un nombre entier de centimes de 0 à {most}.",
        ),
        "utf8": (
            "The file is not UTF-8 text.",
            "Le fichier n’est pas du texte en UTF-8.",
        ),
    }  # fmt: skip
