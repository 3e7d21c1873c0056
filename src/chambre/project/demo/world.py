"""Who and what there is in Valmère."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoStructure:
    """An invented structure. Its SIREN begins with zeros: no register gives such numbers."""

    slug: str
    name: str
    siren: str
    chart: str
    legal_form: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person and what they may do: roles as ``(kind, slug of chamber or structure)``."""

    email: str
    name: str
    about_fr: str
    about_en: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemoResource:
    """An invented shared resource; ``record`` holds further fields of the register."""

    slug: str
    name: str
    owner: str
    custodian: str
    standing: str
    record: dict[str, Any] = field(default_factory=dict)


CHAMBER = ("valmere", "Chambre des communs de Valmère")

STRUCTURES = (
    DemoStructure(
        "vergers", "Les Vergers de Valmère", "000000109", "associatif", "association", "account"
    ),
    DemoStructure("jus", "Jus de la Lysse, SCIC", "000000208", "pcg", "scic", "class"),
    DemoStructure(
        "chanvre", "Chanvre libre de Valmère", "000000307", "associatif", "association", "account"
    ),
    DemoStructure("bocal", "Bocal et Retour, SCOP", "000000406", "pcg", "scop", "class"),
    DemoStructure(
        "ecole", "École des communs du Ferrain", "000000505", "associatif", "association", "account"
    ),
    DemoStructure(
        "fabrique", "La Fabrique du quai", "000000604", "associatif", "association", "none"
    ),
)

PUBLIC_BODY = ("mairie-valmere", "Commune de Valmère")

PEOPLE = (
    DemoPerson(
        "ada@valmere.test",
        "Ada Lenoir",
        "administre la Chambre : elle voit tous les livres et donne les rôles",
        "runs the Chamber: she sees every book and grants roles",
        (("administrator", "valmere"), ("member", "valmere")),
    ),
    DemoPerson(
        "bruno@valmere.test",
        "Bruno Delcourt",
        "trésorier des Vergers et de Jus de la Lysse : il importe et attribue leurs comptes",
        "treasurer of the Orchards and of the juice cooperative: he imports and attributes "
        "their accounts",
        (("treasurer", "vergers"), ("treasurer", "jus"), ("member", "valmere")),
    ),
    DemoPerson(
        "chloe@valmere.test",
        "Chloé Vasseur",
        "intendante du verger et de la consigne : elle tient leur fiche, sans voir les livres",
        "steward of the orchard and of the deposit scheme: she keeps their records, without "
        "seeing the books",
        (("steward", "valmere"), ("facilitator", "valmere"), ("member", "valmere")),
    ),
    DemoPerson(
        "dris@valmere.test",
        "Driss Amara",
        "membre : il lit ce qui est public",
        "member: he reads what is public",
        (("member", "valmere"),),
    ),
)

RESOURCES = (
    DemoResource(
        "verger",
        "Verger partagé et sa presse à jus",
        "mairie-valmere",
        "vergers",
        "commons",
        {
            "kind": "land",
            "tagline": "Trois hectares de pommiers de plein vent et une presse mobile, "
            "ouverts aux habitants.",
            "keywords": ["pomme", "jus", "biodiversité", "verger"],
            "since": "2014-11-22",
        },
    ),
    DemoResource(
        "decortiqueur",
        "Décortiqueur de chanvre aux plans ouverts",
        "chanvre",
        "fabrique",
        "commons",
        {
            "kind": "plan",
            "tagline": "Une machine qui sépare la fibre de la chènevotte ; plans, notices et "
            "retours d’essai publiés.",
            "keywords": ["chanvre", "matériel libre", "fibre"],
            "since": "2017-03-01",
        },
    ),
    DemoResource(
        "consigne",
        "Consigne des bocaux et bouteilles",
        "bocal",
        "bocal",
        "commons",
        {
            "kind": "scheme",
            "tagline": "Les mêmes bocaux pour tous les producteurs du Ferrain, rendus partout.",
            "keywords": ["consigne", "réemploi", "bocal", "bouteille"],
            "since": "2021-06-15",
        },
    ),
    DemoResource(
        "formation",
        "Cours « Entreprendre en commun »",
        "ecole",
        "ecole",
        "commons",
        {
            "kind": "training",
            "tagline": "Six journées, sous licence ouverte, à reprendre et à traduire.",
            "keywords": ["formation", "communs", "licence ouverte"],
            "since": "2019-09-10",
        },
    ),
    DemoResource(
        "atelier",
        "Atelier du quai",
        "mairie-valmere",
        "fabrique",
        "candidate",
        {
            "kind": "place",
            "tagline": "Machines, établis et bancs d’essai, à l’heure ou à l’année.",
            "keywords": ["atelier", "machines", "réparation"],
            "since": "2020-01-04",
        },
    ),
)
