"""Names of the DFC's vocabulary: where it is, and the terms that a market garden needs.

Facts taken from the DFC context and ontology 1.16.0 and taxonomies 1.3.0 (15 July 2025). The
words shown to people are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONTEXT = "https://w3id.org/dfc/ontology/context/context_1.16.0.json"
"""Address of the JSON-LD context, as Open Food Network writes it."""

_ONTOLOGY = "https://github.com/datafoodconsortium/ontology/releases/latest/download/"
_TAXONOMIES = "https://github.com/datafoodconsortium/taxonomies/releases/latest/download/"
PREFIXES: Mapping[str, str] = {
    "dfc-b": f"{_ONTOLOGY}DFC_BusinessOntology.owl#",
    "dfc-m": f"{_TAXONOMIES}measures.rdf#",
    "dfc-pt": f"{_TAXONOMIES}productTypes.rdf#",
    "dfc-f": f"{_TAXONOMIES}facets.rdf#",
}
"""The prefixes of the context that are used here, and what they stand for."""

LINKS = frozenset(
    f"dfc-b:{name}"
    for name in (
        *("coordinatedBy", "hasAddress", "hasAllergenCharacteristic", "hasAllergenDimension"),
        *("hasCertification", "hasCountry", "hasGeographicalOrigin", "hasPhoneNumber"),
        *("hasPrice", "hasQuantity", "hasType", "hasUnit", "hasVariant", "isVariantOf"),
        *("listedIn", "lists", "maintainedBy", "maintains", "managedBy", "manages"),
        *("objectOf", "offeredThrough", "offers", "references", "suppliedBy", "supplies"),
    )
)
"""Properties used here whose values the context reads as addresses, not as words."""

COUNTRIES = "http://publications.europa.eu/resource/authority/country/"
"""Countries are those of the EU's list, by their ISO 3166 alpha-3 code."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a taxonomy.

    Attributes:
        name: Its name there, behind the prefix.
        fr: What a person reads in French.
        en: What a person reads in English.
        broader: Name of the broader term; empty at the top.
    """

    name: str
    fr: str
    en: str
    broader: str = ""

    def label(self, language: str = "fr") -> str:
        """What a person reads, in French for ``fr`` and its variants, else in English."""
        return self.fr if language.lower().startswith("fr") else self.en


def _terms(table: str) -> dict[str, Term]:
    """Read ``name | French | English``, below a line ``> broader term`` its narrower ones."""
    found: dict[str, Term] = {}
    broader = ""
    for line in table.strip().splitlines():
        if line.startswith(">"):
            broader = line[1:].strip()
            continue
        name, fr, en = (part.strip() for part in line.split("|"))
        found[name] = Term(name, fr, en, broader)
    return found


PRODUCT_TYPES: Mapping[str, Term] = _terms("""
vegetable | Légume | Vegetable
fruit | Fruit | Fruit
dairy-product | Produit laitier | Dairy product
meat-product | Viande, œufs, poisson | Meat, eggs, fish
bakery | Boulangerie | Bakery
drink | Boisson | Drink
local-grocery-store | Épicerie locale | Local groceries
inedible | Non alimentaire | Not food
> vegetable
artichoke | Artichaut | Artichoke
asparagus | Asperge | Asparagus
bean | Haricot | Bean
beetroot | Betterave rouge | Beetroot
cabbage | Chou | Cabbage
carrot | Carotte | Carrot
celeriac | Céleri-rave | Celeriac
celery-branch | Céleri branche | Celery
chard | Blette | Chard
courgette | Courgette | Courgette
cucumber | Concombre | Cucumber
dried-vegetable | Légume sec | Dried vegetable
eggplant | Aubergine | Aubergine
fennel | Fenouil | Fennel
garlic | Ail | Garlic
green-garlic | Aillet | Green garlic
herb | Herbe aromatique | Herb
jerusalem-artichoke | Topinambour | Jerusalem artichoke
leek | Poireau | Leek
melon | Melon | Melon
mushroom | Champignon | Mushroom
onion | Oignon | Onion
parsnip | Panais | Parsnip
pepper | Poivron | Pepper
potato | Pomme de terre | Potato
radish | Radis | Radish
rhubarb | Rhubarbe | Rhubarb
rutabaga | Rutabaga | Swede
salad | Salade | Salad
salsify | Salsifis | Salsify
shallot | Échalote | Shallot
squash | Courge | Squash
tomato | Tomate | Tomato
turnip | Navet | Turnip
yam | Patate douce | Sweet potato
> cabbage
broccoli-cabbage | Brocoli | Broccoli
brussels-sprouts | Chou de Bruxelles | Brussels sprouts
cauliflower | Chou-fleur | Cauliflower
chinese-cabbage | Chou chinois | Chinese cabbage
kale | Chou frisé | Curly kale
kale-cabbage | Chou kale | Kale
kohlrabi | Chou-rave | Kohlrabi
red-cabbage | Chou rouge | Red cabbage
romanesco | Chou romanesco | Romanesco
savoy-cabbage | Chou pommé | Savoy cabbage
smooth-cabbage | Chou lisse | Smooth cabbage
> salad
chicory | Chicorée | Chicory
corn-salad | Mâche | Lamb’s lettuce
cress | Cresson | Cress
dandelion | Pissenlit | Dandelion
endive | Endive | Endive
lettuce | Laitue | Lettuce
mesclun | Mesclun | Mesclun
purslane | Pourpier | Purslane
rocket | Roquette | Rocket
salad-mix | Mélange de salades | Salad mix
spinach | Épinard | Spinach
> squash
butternut | Butternut | Butternut
pattypan-squash | Pâtisson | Pattypan squash
pumpkin | Potiron | Pumpkin
uchiki-kuri-squash | Potimarron | Red kuri squash
> tomato
cherry-tomato | Tomate cerise | Cherry tomato
cluster-tomato | Tomate en grappe | Vine tomato
hierloom-tomato | Tomate ancienne | Heirloom tomato
round-tomato | Tomate ronde | Round tomato
> dried-vegetable
beans | Haricots secs | Dried beans
lentils | Lentille | Lentil
peas | Pois | Pea
quinoa | Quinoa | Quinoa
> mushroom
oyster-mushroom | Pleurote | Oyster mushroom
paris-mushroom | Champignon de Paris | Button mushroom
> herb
basil | Basilic | Basil
chervil | Cerfeuil | Chervil
chilli-pepper | Piment | Chilli pepper
chive | Ciboulette | Chives
coriander | Coriandre | Coriander
dill | Aneth | Dill
laurel | Laurier | Bay laurel
mint | Menthe | Mint
parsley | Persil | Parsley
rosemary | Romarin | Rosemary
sage | Sauge | Sage
tarragon | Estragon | Tarragon
thyme | Thym | Thyme
> fruit
apples | Pomme | Apple
apricot | Abricot | Apricot
berry | Petit fruit | Berry
cherry | Cerise | Cherry
fig | Figue | Fig
grape | Raisin | Grape
kiwi | Kiwi | Kiwi
lemon | Citron | Lemon
medlar | Nèfle | Medlar
nectarine | Nectarine | Nectarine
nut | Fruit à coque | Nut
peach | Pêche | Peach
pear | Poire | Pear
plum | Prune | Plum
quince | Coing | Quince
> berry
blackberry | Mûre | Blackberry
blackcurrant | Cassis | Blackcurrant
blueberry | Myrtille | Blueberry
currant | Groseille | Currant
gooseberry | Groseille à maquereau | Gooseberry
raspberry | Framboise | Raspberry
strawberry | Fraise | Strawberry
> nut
almond | Amande | Almond
chestnut | Châtaigne | Chestnut
hazelnut | Noisette | Hazelnut
walnut | Noix | Walnut
> meat-product
egg | Œuf | Egg
poultry | Volaille | Poultry
rabbit | Lapin | Rabbit
> poultry
chicken | Poulet | Chicken
> bakery
bread | Pain | Bread
> local-grocery-store
dried_goods | Produit sec | Dried goods
processed-fruit | Fruit transformé | Processed fruit
processed-vegetable | Légume transformé | Processed vegetable
ready-meal | Plat cuisiné | Ready meal
savory-groceries | Épicerie salée | Savoury groceries
sweet-groceries | Épicerie sucrée | Sweet groceries
> processed-fruit
bottled-fruit | Fruit en bocal | Bottled fruit
dried-fruit | Fruit séché | Dried fruit
fruit-in-compote | Compote | Compote
> processed-vegetable
bottled-vegetable | Légume en bocal | Bottled vegetable
soup | Soupe | Soup
> sweet-groceries
biscuit | Biscuit | Biscuit
honey | Miel | Honey
jam | Confiture | Jam
> savory-groceries
ferment | Lactofermentation | Ferment
oil | Huile | Oil
pasta | Pâtes | Pasta
> dried_goods
dried_herb | Plante sèche | Dried herb
flake | Flocon | Flake
flour | Farine | Flour
grain | Céréale | Grain
seed | Graine | Seed
> drink
alcoholic-beverage | Boisson alcoolisée | Alcoholic drink
soft-drink | Boisson sans alcool | Soft drink
> alcoholic-beverage
beer | Bière | Beer
cider | Cidre | Cider
wine | Vin | Wine
> soft-drink
fruit-juice | Jus de fruits | Fruit juice
lemonade | Limonade | Lemonade
> dairy-product
cow-dairy-product | Produit laitier de vache | Cow’s milk product
goat-dairy-product | Produit laitier de chèvre | Goat’s milk product
sheep-dairy-product | Produit laitier de brebis | Sheep’s milk product
> cow-dairy-product
butter | Beurre | Butter
milk | Lait | Milk
> inedible
cosmetic | Cosmétique | Cosmetic
flower | Fleur | Flower
plant | Plant | Plant
""")
"""Product types (``dfc-pt``) by name. The taxonomy puts single herbs below a term that it does not
define; here they stand below ``herb``."""

UNITS: Mapping[str, Term] = _terms("""
Gram | gramme | gram
Kilogram | kilogramme | kilogram
Tonne | tonne | tonne
Millilitre | millilitre | millilitre
Centilitre | centilitre | centilitre
Litre | litre | litre
Piece | pièce | piece
Pair | paire | pair
HalfDozen | demi-douzaine | half dozen
Dozen | douzaine | dozen
Bunch | botte | bunch
Punnet | barquette | punnet
Basket | panier | basket
Crate | cagette | crate
Net | filet | net
Bag | sac | bag
Packet | sachet | packet
Jar | bocal | jar
Pot | pot | pot
Bottle | bouteille | bottle
Box | boîte | box
Tray | plateau | tray
Package | colis | package
""")
"""Units of quantity (``dfc-m``) by name."""

CURRENCIES: Mapping[str, str] = {
    "EUR": "Euro",
    "USD": "USDollar",
    "GBP": "PoundSterling",
    "AUD": "AustralianDollar",
    "CAD": "CanadianDollar",
}
"""ISO 4217 code → unit of currency (``dfc-m``)."""

CERTIFICATIONS: Mapping[str, Term] = _terms("""
Organic-AB | Agriculture biologique (AB) | Organic, AB label
Organic-EU | Agriculture biologique (UE) | Organic, EU label
Organic-BioCoherence | Bio Cohérence | Bio Cohérence
NatureEtProgres | Nature & Progrès | Nature & Progrès
Demeter | Demeter | Demeter
HEV | Haute valeur environnementale (HVE) | High environmental value (HVE)
RedLabel_FR | Label rouge | Label Rouge
PaysansDeNature_FR | Paysans de nature | Paysans de Nature
AOC_FR | Appellation d’origine contrôlée | AOC, controlled designation of origin
AOP_EU | Appellation d’origine protégée | Protected designation of origin
IGP_EU | Indication géographique protégée | Protected geographical indication
""")
"""Certifications (``dfc-f``) by name."""

ORIGINS: Mapping[str, Term] = _terms("""
France | France | France
> France
AuvergneRhoneAlpes | Auvergne-Rhône-Alpes | Auvergne-Rhône-Alpes
BourgogneFrancheComte | Bourgogne-Franche-Comté | Bourgogne-Franche-Comté
Brittany | Bretagne | Brittany
CentreValLoire | Centre-Val de Loire | Centre-Val de Loire
Corsica | Corse | Corsica
GrandEst | Grand Est | Grand Est
HautsDeFrance | Hauts-de-France | Hauts-de-France
IleDeFrance | Île-de-France | Île-de-France
Normandy | Normandie | Normandy
NouvelleAquitaine | Nouvelle-Aquitaine | Nouvelle-Aquitaine
Occitania | Occitanie | Occitania
PaysDeLoire | Pays de la Loire | Pays de la Loire
ProvenceAlpesCotesAzur | Provence-Alpes-Côte d’Azur | Provence-Alpes-Côte d’Azur
> Europe
Belgium | Belgique | Belgium
Germany | Allemagne | Germany
Italy | Italie | Italy
Netherlands | Pays-Bas | Netherlands
Portugal | Portugal | Portugal
Spain | Espagne | Spain
Switzerland | Suisse | Switzerland
UnitedKingdom | Royaume-Uni | United Kingdom
""")
"""Where a product grew (``dfc-f``) by name."""

ALLERGENS: Mapping[str, Term] = _terms("""
CerealsWithGluten | Céréales contenant du gluten | Cereals containing gluten
Crustaceans | Crustacés | Crustaceans
Eggs | Œufs | Eggs
Fishs | Poissons | Fish
Peanuts | Arachides | Peanuts
Soy | Soja | Soya
LactoseMilks | Lait | Milk
Nuts | Fruits à coque | Tree nuts
Celeriac | Céleri | Celery
Mustard | Moutarde | Mustard
SesameSeeds | Sésame | Sesame
Sulphites | Sulfites | Sulphites
Lupine | Lupin | Lupin
Molluscs | Mollusques | Molluscs
""")
"""The fourteen allergens of the EU (dimensions of ``dfc-m``) by name."""
