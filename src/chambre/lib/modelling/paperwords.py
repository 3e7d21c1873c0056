"""The fixed words of the presentation, in English and in French."""

from __future__ import annotations

from chambre.lib.modelling.wording import tidy
from chambre.lib.units.decimals import NARROW, is_french

_WORDS: dict[str, tuple[str, str]] = {
    "kicker": ("Economic model of a shared resource", "Modèle économique d’une ressource commune"),
    "part": ("Part", "Partie"),
    "subtitle": (
        "{first} – {last}, simulated {runs} times",
        "{first} – {last}, simulé {runs} fois",
    ),
    "resource": ("The resource", "La ressource"),
    "need": ("What is missing today", "Ce qui manque aujourd’hui"),
    "summary": ("How it will live", "Comment elle vivra"),
    "never": ("not reached", "pas atteint"),
    "box-need": ("Funding", "Financement"),
    "box-need-note": ("grants and loans, likely values", "subventions et prêts, valeurs probables"),
    "box-even": ("Pays for itself", "Se paie elle-même"),
    "box-even-note": ("middle case; reached in {share} of runs", "cas médian ; atteint dans {share}"),
    "box-end": ("Cash at the end", "Trésorerie finale"),
    "box-end-note": ("from {p10} to {p90}, eight times in ten", "de {p10} à {p90}, huit fois sur dix"),
    "box-risk": ("Cash below zero", "Passe sous zéro"),
    "box-risk-note": ("share of runs, at some time", "part des simulations, à un moment"),
    "comes": ("What comes in", "Ce qui vient"),
    "goes": ("What it goes to", "Ce à quoi cela sert"),
    "amount": ("Amount", "Montant"),
    "total": ("Total", "Total"),
    "figures": ("The model in figures", "Le modèle en chiffres"),
    "figures-lead": (
        "Amounts are without VAT. Where a number is not known, it is a range: the value that is "
        "thought most likely, with the lowest and the highest.",
        "Les montants sont hors taxe. Quand un nombre n’est pas connu, c’est une fourchette : la "
        "valeur jugée la plus probable, avec la plus basse et la plus haute.",
    ),
    "figures-note": (
        "Work given is told beside the accounts, at a value in kind, and is not in the cash. "
        "◇ assumption: nobody measured this number yet.",
        "Le bénévolat est compté à côté des comptes, en nature, et n’est pas dans la trésorerie. "
        "◇ hypothèse : personne n’a encore mesuré ce nombre.",
    ),
    "assumption": ("◇\u00a0assumption", "◇\u00a0hypothèse"),
    "what": ("What", "Quoi"),
    "how-much": ("How much", "Combien"),
    "source": ("Source", "Source"),
    "simulation": ("The simulation", "La simulation"),
    "simulation-note": (
        "{runs} runs, each with other values in the ranges (seed {seed}); a range holds for the "
        "whole of a run. Low: one run in ten is below; high: one in ten is above. Cash is that of the "
        "end of each month. This is an estimate, not a commitment.",
        "{runs} simulations, chacune avec d’autres valeurs dans les fourchettes (graine {seed}) ; "
        "une valeur tirée vaut pour toute la simulation. Bas : une simulation sur dix est en dessous ; "
        "haut : une sur dix est au-dessus. La trésorerie est celle de chaque fin de mois. C’est une "
        "estimation, pas un engagement.",
    ),
    "year": ("Year", "Année"),
    "cash-group": ("Cash at the end of the year", "Trésorerie en fin d’année"),
    "own-group": ("Result of the year without grants", "Résultat de l’année sans subvention"),
    "p10": ("low", "bas"),
    "p50": ("middle", "médian"),
    "p90": ("high", "haut"),
    "loss": ("Chance of a loss", "Risque de perte"),
    "range": ("Range", "Fourchette"),
    "lever-group": ("Median closing cash, when it is", "Trésorerie finale médiane, quand elle est"),
    "at-lowest": ("lowest", "au plus bas"),
    "at-highest": ("highest", "au plus haut"),
    "sharing": ("Who gets what, and what is asked", "Qui reçoit quoi, et ce qui est demandé"),
    "sharing-lead": (
        "What a year brings without grants can be shared out, once earlier losses are made good.",
        "Ce qu’une année rapporte sans subvention peut être partagé, une fois les pertes d’avant "
        "comblées.",
    ),
    "sharing-one": (
        "A contract of reciprocity, run on it as it would be on the books: {named}.",
        "Voici un contrat de réciprocité, calculé comme il le serait sur les comptes : {named}.",
    ),
    "sharing-several": (
        "Contracts of reciprocity, run on it as they would be on the books: {named}.",
        "Voici des contrats de réciprocité, calculés comme ils le seraient sur les comptes : "
        "{named}.",
    ),
    "quoted": ("“{title}”", "« {title} »"),
    "sharing-alone": (
        "No contract of reciprocity has been chosen yet.",
        "Aucun contrat de réciprocité n’est encore choisi.",
    ),
    "sharing-hours": (
        "Hours and uses are those of the model, at their likely values.",
        "Les heures et les usages sont ceux du modèle, à leurs valeurs probables.",
    ),
    "contract-table": ("“{title}”, over {years} years", "« {title} », en {years} ans"),
    "receiver": ("Who", "Qui"),
    "clause": ("By which clause", "Par quelle clause"),
    "low": ("One in ten below", "Une sur dix dessous"),
    "middle": ("Middle case", "Cas médian"),
    "high": ("One in ten above", "Une sur dix dessus"),
    "stays": ("Stays with the resource", "Reste à la ressource"),
    "others": ("{count} others", "{count} autres"),
    "surplus": ("To be shared", "À partager"),
    "surplus-table": ("Surplus that could be shared", "Surplus qui pourrait être partagé"),
    "asked": ("What is asked", "Ce qui est demandé"),
    "from-whom": ("From whom, for what", "À qui, pour quoi"),
    "when": ("When", "Quand"),
    "terms": ("Terms", "Conditions"),
    "chance": ("chance {share}", "chance {share}"),
    "gift": ("given", "donné"),
    "lent": ("lent at {rate}, paid back in {months} months", "prêté à {rate}, rendu en {months} mois"),
    "lent-end": (
        "lent at {rate}, paid back all at once after {months} months",
        "prêté à {rate}, rendu en une fois après {months} mois",
    ),
    "grace": ("{months} months of grace", "{months} mois de différé"),
    "without": (
        "With {amount} more at the start, nine runs out of ten would never fall below zero.",
        "Avec {amount} de plus au départ, neuf simulations sur dix ne passeraient jamais sous zéro.",
    ),
    "returns": (
        "In return: whatever becomes of those who carry it today, the resource, its rules and its "
        "accounts stay open, and others can take it over.",
        "En retour : quoi que deviennent celles et ceux qui la portent aujourd’hui, la ressource, "
        "ses règles et ses comptes restent ouverts, et d’autres peuvent la reprendre.",
    ),
}  # fmt: skip


def say(code: str, language: str, **data: object) -> str:
    """Fixed words with their facts; thousands in numbers given as ``10,000`` follow the language."""
    french = is_french(language)
    if french:
        data = {
            key: value.replace(",", NARROW) if key == "runs" and isinstance(value, str) else value
            for key, value in data.items()
        }
    return tidy(_WORDS[code][1 if french else 0].format(**data), language)
