"""Who and what there is in Valmère."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoStructure:
    """An invented structure. Its SIREN begins with zeros: no register gives such a number."""

    slug: str
    name: str
    siren: str
    chart: str
    legal_form: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person and what they may do.

    Roles are ``(kind, place)``; a place is ``chamber``, the slug of a structure, or
    ``resource:slug``.
    """

    email: str
    name: str
    about_fr: str
    about_en: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemoResource:
    """An invented shared resource.

    Attributes:
        record: Further fields of the register.
        wishes: Needs and offers: kind, category, title.
        ostrom: Answer (0 to 3), comment and evidence for each of the eight principles.
    """

    slug: str
    name: str
    owner: str
    custodian: str
    standing: str
    record: dict[str, Any] = field(default_factory=dict)
    wishes: tuple[tuple[str, str, str], ...] = ()
    ostrom: tuple[tuple[int, str, str], ...] = ()


CHAMBER = "Chambre des communs de Valmère"

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
        "administre la Chambre : elle voit tous les livres et donne les rôles",
        "runs the Chamber: she sees every book and grants roles",
        (("administrator", "chamber"), ("member", "chamber")),
    ),
    DemoPerson(
        "bruno@valmere.test",
        "Bruno Delcourt",
        "trésorier des Vergers et de Jus de la Lysse : il importe et attribue leurs comptes",
        "treasurer of the Orchards and of the juice cooperative: he imports and attributes "
        "their accounts",
        (("treasurer", "vergers"), ("treasurer", "jus"), ("member", "chamber")),
    ),
    DemoPerson(
        "chloe@valmere.test",
        "Chloé Vasseur",
        "intendante du verger et de la consigne : elle tient leur fiche, sans voir les livres",
        "steward of the orchard and of the deposit scheme: she keeps their records, without "
        "seeing the books",
        (
            ("steward", "resource:verger"),
            ("steward", "resource:consigne"),
            ("facilitator", "chamber"),
            ("member", "chamber"),
        ),
    ),
    DemoPerson(
        "dris@valmere.test",
        "Driss Amara",
        "membre : il lit ce qui est public",
        "member: he reads what is public",
        (("member", "chamber"),),
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
            "summary": "Trois hectares de pommiers de plein vent et une presse mobile, "
            "ouverts aux habitants.",
            "keywords": ["pomme", "jus", "biodiversité", "verger"],
            "since": "2014-11-22",
            "what": "Trois hectares, 240 pommiers de plein vent, une presse mobile et son "
            "pasteurisateur.",
            "why": "Le terrain appartient à la commune ; habitants et producteurs en fixent les "
            "règles et l’entretiennent.",
            "stage": "operating",
            "scope": "intercommunal",
            "tangible": "yes",
            "rival": "partly",
            "excludable": "partly",
            "licences": [{"name": "CC-BY-SA", "version": "4.0", "covers": "content"}],
            "places": [{"name": "Valmère"}],
            "decision_written": "Assemblée de mars, au consentement ; une voix par membre.",
        },
        wishes=(
            ("need", "time", "Tailler soixante arbres en février"),
            ("need", "material", "Un second pasteurisateur d’occasion"),
            ("offer", "material", "Presse mobile disponible en novembre"),
        ),
        ostrom=(
            (
                3,
                "Parcelles bornées, membres inscrits au cahier.",
                "Convention de mise à disposition, article 2",
            ),
            (2, "La part de jus suit les heures données.", "Règlement du verger, article 5"),
            (3, "L’assemblée de mars fixe les règles.", "Compte rendu de mars 2025"),
            (2, "Un cahier de récolte est tenu par deux personnes.", "Cahier de récolte 2025"),
            (1, "Un rappel, puis une part en moins.", ""),
            (2, "Deux médiatrices choisies chaque année.", "Compte rendu de mars 2025"),
            (3, "La commune reconnaît l’assemblée du verger.", "Délibération communale de 2014"),
            (2, "Membre de la Chambre des communs de Valmère.", "Liste des membres de la Chambre"),
        ),
    ),
    DemoResource(
        "decortiqueur",
        "Décortiqueur de chanvre aux plans ouverts",
        "chanvre",
        "fabrique",
        "commons",
        {
            "kind": "plan",
            "summary": "Une machine qui sépare la fibre de la chènevotte ; plans, notices et "
            "retours d’essai publiés.",
            "keywords": ["chanvre", "matériel libre", "fibre"],
            "since": "2017-03-01",
            "what": "Les plans, la nomenclature, les notices de montage et le journal des essais.",
            "why": "Chacun peut le construire, l’améliorer et doit partager ses améliorations.",
            "stage": "operating",
            "scope": "world",
            "tangible": "no",
            "rival": "no",
            "excludable": "no",
            "licences": [{"name": "CERN-OHL-S", "version": "2.0", "covers": "hardware"}],
        },
        wishes=(
            ("need", "knowledge", "Mesures de débit sur fibre rouie"),
            ("offer", "skills", "Journée de montage à l’atelier"),
        ),
        ostrom=(
            (2, "Qui publie une amélioration devient contributeur.", "Guide de contribution"),
            (3, "La licence dit ce qui est dû : partager à l’identique.", "CERN-OHL-S 2.0"),
            (2, "Les contributeurs décident au consentement.", ""),
            (1, "Les essais sont relus par deux personnes.", ""),
            (0, "Rien n’est prévu.", ""),
            (1, "La Chambre peut servir de médiatrice.", ""),
            (2, "L’association porte la marque sans décider des plans.", "Statuts, article 3"),
            (1, "Membre de la Chambre.", ""),
        ),
    ),
    DemoResource(
        "consigne",
        "Consigne des bocaux et bouteilles",
        "bocal",
        "bocal",
        "commons",
        {
            "kind": "scheme",
            "summary": "Les mêmes bocaux pour tous les producteurs du Ferrain, rendus partout.",
            "keywords": ["consigne", "réemploi", "bocal", "bouteille"],
            "since": "2021-06-15",
            "what": "Les modèles de bocaux et bouteilles, le barème, le parc, le lavage.",
            "why": "Un même bocal pour tous : le privatiser casserait la boucle.",
            "stage": "operating",
            "scope": "intercommunal",
            "tangible": "partly",
            "rival": "partly",
            "excludable": "yes",
        },
        wishes=(
            ("need", "place", "Un point de retour près de la gare"),
            ("offer", "service", "Lavage pour cinq producteurs de plus"),
        ),
        ostrom=(
            (3, "Producteurs et points de retour signent la charte.", "Charte de la consigne"),
            (2, "Le barème suit le coût du lavage.", "Barème 2025"),
            (
                2,
                "Collège des producteurs, des points de retour et des usagers.",
                "Charte, article 6",
            ),
            (3, "Chaque bocal est compté au départ et au retour.", "Relevé mensuel"),
            (1, "Avertissement, puis caution relevée.", ""),
            (1, "La Chambre est médiatrice.", ""),
            (2, "Reconnue par l’intercommunalité.", "Convention de 2023"),
            (2, "Réseau régional du réemploi.", "Adhésion 2024"),
        ),
    ),
    DemoResource(
        "formation",
        "Cours « Entreprendre en commun »",
        "ecole",
        "ecole",
        "commons",
        {
            "kind": "training",
            "summary": "Six journées, sous licence ouverte, à reprendre et à traduire.",
            "keywords": ["formation", "communs", "licence ouverte"],
            "since": "2019-09-10",
            "what": "Six journées : supports, exercices, version anglaise en cours.",
            "why": "Le contenu est libre ; ceux qui l’enseignent reversent leurs améliorations.",
            "stage": "mature",
            "scope": "country",
            "tangible": "no",
            "rival": "no",
            "excludable": "no",
            "licences": [{"name": "CC-BY-SA", "version": "4.0", "covers": "content"}],
        },
        wishes=(
            ("need", "skills", "Relire la traduction anglaise du troisième jour"),
            ("offer", "knowledge", "Formation de formatrices en septembre"),
        ),
        ostrom=(
            (2, "Qui enseigne le cours s’inscrit au registre.", "Registre des sessions"),
            (2, "Une part du prix revient à l’entretien du cours.", "Contrat de réciprocité"),
            (3, "Comité ouvert, décisions au consentement.", "Compte rendu de juin 2025"),
            (1, "Les supports repris sont relus.", ""),
            (0, "Rien n’est prévu.", ""),
            (1, "Par le comité.", ""),
            (2, "L’école tient le cours sans en être maîtresse.", "Statuts, article 2"),
            (1, "Membre de la Chambre.", ""),
        ),
    ),
    DemoResource(
        "atelier",
        "Atelier du quai",
        "mairie-valmere",
        "fabrique",
        "candidate",
        {
            "kind": "place",
            "summary": "Machines, établis et bancs d’essai, à l’heure ou à l’année.",
            "keywords": ["atelier", "machines", "réparation"],
            "since": "2020-01-04",
            "what": "Quatre cents mètres carrés, tours, fraiseuses, soudure, électronique.",
            "why": "Pas encore : les règles d’usage sont écrites par l’association seule.",
            "stage": "emerging",
            "scope": "commune",
            "tangible": "yes",
            "rival": "yes",
            "excludable": "yes",
        },
        wishes=(("need", "money", "Remplacer l’aspiration des copeaux"),),
        ostrom=(
            (2, "Abonnés et visiteurs sont distingués.", "Règlement de l’atelier"),
            (1, "Le prix ne suit pas l’usure des machines.", ""),
            (0, "L’association décide seule.", ""),
            (2, "Le cahier des machines est tenu.", "Cahier des machines 2025"),
            (1, "Suspension de l’accès.", ""),
            (0, "Rien n’est prévu.", ""),
            (1, "Bail communal.", ""),
            (0, "Aucun.", ""),
        ),
    ),
)
