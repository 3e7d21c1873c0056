"""What the growers' shop of Valmère sells, and who makes it. Prices in cents, weights in grams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OWN, BREAD, BEES = "vergers", "fournil", "rucher"
JAR = "bocal-75"


@dataclass(frozen=True, slots=True)
class Good:
    """A product; ``more`` is what else is said of it, ``way`` of its variant, ``photo`` a drawing."""

    name: str
    shelf: str
    price: int
    there: int | None = None
    producer: str = OWN
    unit: str = "piece"
    summary: str = ""
    photo: str = ""
    way: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


PRODUCERS = {
    BREAD: ("Le Fournil du quai", "Valmère, quai des Tanneurs",
            "Pain au levain, farines d’un moulin à douze kilomètres, cuisson au bois le vendredi.", 800),
    BEES: ("Rucher de la Lysse", "Saint-Aubin-sur-Lysse",
           "Trente ruches entre les haies et le verger ; le miel est extrait à froid, à la main.", 1_000),
}  # fmt: skip
"""Name, place, description, share of the shop in hundredths of a percent."""

BIO = {"labels": "Bio"}
FRANCE = {"origin": "Valmère (Ferrain)"}
GOODS = (
    Good("Carottes en botte", "Légumes", 250, 60, unit="bunch", photo="carrots", more=BIO | FRANCE,
         summary="Fanes comprises : elles font un bon pesto."),
    Good("Poireaux", "Légumes", 320, 45, unit="kg", more=BIO | FRANCE,
         summary="Récoltés le matin même, terre comprise."),
    Good("Pommes de terre Charlotte", "Légumes", 480, 40, more=BIO | FRANCE,
         summary="Filet de deux kilos, chair ferme.", way={"weight": 2_000}),
    Good("Betteraves crues", "Légumes", 290, 30, unit="kg", more=BIO | FRANCE),
    Good("Courge butternut", "Légumes", 320, 25, unit="kg", more=BIO | FRANCE | {"pricing": "weight"},
         summary="Une courge entière, pesée à la préparation.", way={"estimate": 1_400}),
    Good("Mâche", "Légumes", 240, 8, more=BIO | FRANCE, summary="La barquette de 150 g.",
         way={"weight": 150}),
    Good("Chou frisé", "Légumes", 260, 18, more=BIO | FRANCE),
    Good("Épinards", "Légumes", 350, 0, more=BIO | FRANCE, summary="Le sachet de 400 g.",
         way={"weight": 400}),
    Good("Tomates anciennes", "Légumes", 420, None, unit="kg",
         more=BIO | FRANCE | {"season_from": 701, "season_until": 930}),
    Good("Pommes Reinette", "Fruits du verger", 340, 80, unit="kg", photo="apples", more=FRANCE,
         summary="Du verger partagé, sans traitement depuis 2014."),
    Good("Pommes à compote", "Fruits du verger", 190, 120, unit="kg", more=FRANCE,
         summary="Tachées, tombées, délicieuses.", way={"sale_price": 150}),
    Good("Poires Conférence", "Fruits du verger", 380, 35, unit="kg", more=FRANCE),
    Good("Coings", "Fruits du verger", 300, 12, unit="kg", more=FRANCE,
         summary="Pour la pâte et la gelée."),
    Good("Jus de pomme pressé sur place", "Épicerie", 390, 90, unit="piece", photo="juice",
         more=FRANCE | {"ingredients": "Pommes."}, summary="La bouteille d’un litre.",
         way={"weight": 1_000}),
    Good("Compote pomme-coing", "Épicerie", 520, 24, more=FRANCE | {
         "ingredients": "Pommes 80 %, coings 20 %.", "container": JAR},
         summary="Dans un bocal consigné de 75 cl, à rapporter.", way={"weight": 720}),
    Good("Soupe de courge", "Épicerie", 580, 20, photo="soup", more=FRANCE | {
         "ingredients": "Courge, oignon, CÉLERI, crème (LAIT), sel.", "allergens": "celery,milk",
         "container": JAR}, summary="Dans un bocal consigné de 75 cl, à rapporter.",
         way={"weight": 750}),
    Good("Panier solidaire de légumes", "Paniers", 1_500, 20, unit="box", photo="basket", more=BIO,
         summary="Le même panier pour tous ; chacun paie selon ses moyens.",
         way={"lowest": 900, "highest": 2_500}),
    Good("Poulet fermier", "Crèmerie et volailles", 1_290, 10, unit="kg",
         more=FRANCE | {"pricing": "weight"}, summary="Élevé sous les pommiers.",
         way={"estimate": 1_900}),
    Good("Œufs du verger, les six", "Crèmerie et volailles", 260, 40, photo="eggs",
         more=FRANCE | {"allergens": "eggs"}, summary="Poules en plein air, sous les arbres."),
    Good("Pain de campagne au levain", "Pain", 460, 30, producer=BREAD, photo="bread",
         more={"ingredients": "Farine de BLÉ, eau, levain, sel.", "allergens": "gluten"},
         summary="Un kilo, cuit au bois le vendredi.", way={"weight": 1_000}),
    Good("Petit épeautre aux graines", "Pain", 540, 16, producer=BREAD,
         more={"ingredients": "Farine d’ÉPEAUTRE, eau, graines (SÉSAME, lin), levain, sel.",
               "allergens": "gluten,sesame"}, summary="Huit cents grammes.", way={"weight": 800}),
    Good("Brioche du samedi", "Pain", 620, 12, producer=BREAD,
         more={"ingredients": "Farine de BLÉ, beurre (LAIT), ŒUFS, sucre, levain, sel.",
               "allergens": "gluten,eggs,milk"}, summary="Une tête, six parts."),
    Good("Miel de printemps", "Miel", 690, 30, producer=BEES, unit="pot", photo="honey",
         more={"origin": "Saint-Aubin-sur-Lysse"}, summary="Pot de 500 g ; clair et doux.",
         way={"weight": 500}),
    Good("Miel de châtaignier", "Miel", 790, 18, producer=BEES, unit="pot",
         more={"origin": "Saint-Aubin-sur-Lysse"}, summary="Pot de 500 g ; corsé, couleur d’ambre.",
         way={"weight": 500}),
    Good("Pain d’épices au miel", "Miel", 550, 14, producer=BEES,
         more={"ingredients": "Farine de SEIGLE, miel 45 %, épices.", "allergens": "gluten"}),
)  # fmt: skip
SHELVES = (
    "Légumes",
    "Fruits du verger",
    "Pain",
    "Crèmerie et volailles",
    "Miel",
    "Épicerie",
    "Paniers",
)

TERMS = """Les commandes se modifient et s’annulent jusqu’à la clôture, sans frais.

Ce qui est vendu au poids est pesé à la préparation ; vous payez le poids réel. Les bocaux consignés
vous sont remboursés à leur retour, dans tous les points de la consigne."""
ABOUT = """Les Vergers de Valmère vendent ici leurs légumes et les fruits du verger partagé, avec le pain du
Fournil du quai et le miel du Rucher de la Lysse. Pas de plateforme entre nous : ce que vous payez va à
ceux qui produisent, et une part au verger."""
PEOPLE = (
    ("Inès Caron", "ines@exemple.test"), ("Marius Petit", "marius@exemple.test"),
    ("Salomé Vidal", "salome@exemple.test"), ("Théo Masson", "theo@exemple.test"),
    ("Nora Benali", "nora@exemple.test"), ("Paul Lecomte", "paul@exemple.test"),
    ("Jeanne Roy", "jeanne@exemple.test"), ("Malik Diop", "malik@exemple.test"),
)  # fmt: skip
