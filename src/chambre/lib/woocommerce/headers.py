"""The columns of a product file: which header means what, in the languages that shops speak.

WooCommerce writes its headers in the language of whoever exports, with the shop's unit behind
weights and lengths. The words are those found in exports of shops in these languages; where a
translation changed over the years both stand here, the current one first, which is the one that
is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

LANGUAGES = ("en", "fr", "de", "es", "it", "nl")

# field: English | French | German | Spanish | Italian | Dutch; spellings of one language by "/",
# "~" before those that are read and never written. WooCommerce reads English in any language.
_WORDS = """
id: ID | ID | ID | ID | ID | ID
type: Type | Type | Typ | Tipo | Tipo | Type
sku: SKU | UGS | Artikelnummer/Art.-Nr. | SKU | SKU/COD | SKU/Artikelnummer
gtin: GTIN, UPC, EAN, or ISBN | GTIN, UPC, EAN ou ISBN | GTIN, UPC, EAN oder ISBN \
| GTIN, UPC, EAN o ISBN | GTIN, UPC, EAN, o ISBN | GTIN, UPC, EAN of ISBN
name: Name | Nom | Name | Nombre | Nome | Naam
published: Published | Publié | Veröffentlicht | Publicado | Pubblicato | Gepubliceerd
featured: Is featured? | Mis en avant ? | Ist hervorgehoben? | ¿Está destacado? \
| In primo piano? | Uitgelicht?
visibility: Visibility in catalog | Visibilité dans le catalogue | Sichtbarkeit im Katalog \
| Visibilidad en el catálogo | Visibilità nel catalogo | Zichtbaarheid in catalogus
short_description: Short description | Description courte | Kurzbeschreibung \
| Descripción corta | Breve descrizione | Korte beschrijving/Korte omschrijving
description: Description | Description | Beschreibung | Descripción | Descrizione | Beschrijving
sale_starts: Date sale price starts | Date de début de promo \
| Datum, an dem Angebotspreis beginnt/Datum, an dem der Angebotspreis beginnt \
| Día en que empieza el precio rebajado | Data di partenza del prezzo in saldo \
| Startdatum actieprijs
sale_ends: Date sale price ends | Date de fin de promo \
| Datum, an dem Angebotspreis endet/Datum, an dem der Angebotspreis endet \
| Día en que termina el precio rebajado \
| Data in cui termina l'offerta/Termine data del prezzo di vendita | Einddatum actieprijs
tax_status: Tax status | État de la TVA | Steuerstatus | Estado del impuesto \
| Stato delle imposte | Btw status
tax_class: Tax class | Classe de TVA/Classe TVA | Steuerklasse | Clase de impuesto \
| Aliquota di imposta | Belastingklasse
stock_status: In stock? | En stock ?/En inventaire? | Vorrätig? \
| ¿Existencias?/¿En inventario? | In stock? | Op voorraad?
stock: Stock | Stock/Inventaire | Bestand/Lager/Lagerbestand | Inventario | Magazzino | Voorraad
low_stock: Low stock amount | Montant de stock faible | Geringe Lagermenge \
| Cantidad de bajo inventario | Quantità in magazzino bassa | Lage voorraad
backorders: Backorders allowed? | Autoriser les commandes de produits en rupture ? \
| Lieferrückstände erlaubt?/Rückstände erlaubt? | ¿Permitir reservas de productos agotados? \
| Abilita gli ordini arretrati? | Nabestellingen toestaan?
sold_individually: Sold individually? | Vendre individuellement ? | Nur einzeln verkaufen? \
| ¿Vendido individualmente? | Venduto singolarmente? | Wordt individueel verkocht?
weight: Weight | Poids | Gewicht | Peso | Peso | Gewicht
length: Length | Longueur | Länge | Longitud | Lunghezza | Lengte
width: Width | Largeur | Breite | Anchura | Larghezza | Breedte
height: Height | Hauteur | Höhe | Altura | Altezza | Hoogte
reviews_allowed: Allow customer reviews? | Autoriser les avis clients ? \
| Kundenrezensionen erlauben?/Kundenbewertungen erlauben? \
| ¿Permitir valoraciones de clientes? | Permetti le recensioni clienti? \
| Klantbeoordelingen toestaan?
purchase_note: Purchase note | Note de commande/Note de l'achat | Hinweis zum Kauf \
| Nota de compra | Nota di acquisto | Aankoopnotitie
sale_price: Sale price | Tarif promo/Prix promo | Angebotspreis | Precio rebajado \
| Prezzo in offerta | Actieprijs
regular_price: Regular price | Tarif régulier/Prix régulier | Regulärer Preis \
| Precio normal/Normaler Preis/Precio regular | Prezzo di listino | Reguliere prijs
categories: Categories | Catégories | Kategorien | Categorías | Categorie | Categorieën
tags: Tags | Étiquettes | Schlagwörter | Etiquetas | Tag/Etichette | Tags
shipping_class: Shipping class | Classe d’expédition/Classe de livraison | Versandklasse \
| Clase de envío | Classe di spedizione | Verzendklasse
images: Images | Images | Bilder | Imágenes | Immagine | Afbeeldingen
download_limit: Download limit | Limite de téléchargement | Downloadlimit/Download-Limit \
| Límite de descargas | Limite di download | Downloadlimiet
download_expiry: Download expiry days | Jours d’expiration du téléchargement \
| Ablauftage des Downloads | Días de caducidad de la descarga | Scarica i giorni di scadenza \
| Dagen vervaltijd download
parent: Parent | Parent | Übergeordnetes Produkt | Superior/Principal | Genitore | Hoofd
grouped: Grouped products | Groupes de produits/Produits groupés | Gruppierte Produkte \
| Productos agrupados | Prodotti raggruppati | Gegroepeerde producten
upsells: Upsells | Produits suggérés/Montée en gamme | Zusatzverkäufe | Ventas dirigidas \
| Up-sell | Upsells
cross_sells: Cross-sells | Ventes croisées | Cross-Sells (Querverkäufe)/Cross-Sells \
| Ventas cruzadas | Cross-sell | Cross-sells
external_url: External URL | URL externe | Externe URL | URL externa | URL esterno/URL esterna \
| Externe URL
button_text: Button text | Libellé du bouton/Texte du bouton | Button-Text | Texto del botón \
| Testo del pulsante | Knop tekst
position: Position | Position | Position | Posición | Posizione | Positie
brands: Brands | Marques | Marken | Marcas | Marchi | Merken
attribute_name: Attribute # name | Nom de l’attribut # | Attribut # Name \
| Nombre del atributo # | Nome dell'attributo #/Attributo # nome | Naam eigenschap #
attribute_values: Attribute # value(s) | Valeur(s) de l’attribut # | Attribut # Wert(e) \
| Valor(es) del atributo #/Valores del atributo # \
| Valore dell'attributo #/Attributo # valuta(e) | Waarde eigenschap #
attribute_visible: Attribute # visible | Attribut # visible | Attribut # Sichtbar \
| Atributo visible # | Attributo # visibile | Zichtbare eigenschap #
attribute_shared: Attribute # global | Attribut # global | Attribut # Global \
| Atributo global # | Attributo # globale | Globale eigenschap #
attribute_default: Attribute # default | Attribut # par défaut | Attribut # Standard \
| Atributo por defecto #/Atributo # por defecto | Attributo # predefinito \
| Standaardeigenschap #
download_id: Download # ID | | | | |
download_name: Download # name | ~Nom du téléchargement #/~Téléchargement # nom | | | |
download_url: Download # URL | ~URL du téléchargement #/~Téléchargement # URL | | | |
"""

NUMBERED = frozenset(
    {
        "attribute_name",
        "attribute_values",
        "attribute_visible",
        "attribute_shared",
        "attribute_default",
        "download_id",
        "download_name",
        "download_url",
    }
)
"""Fields that there are as many of as a product has attributes or files."""

WEIGHTS = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lbs": Decimal("453.59237"),
    "lb": Decimal("453.59237"),
    "livres": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
"""Grams in one."""
LENGTHS = {
    "m": Decimal(1000),
    "cm": Decimal(10),
    "mm": Decimal(1),
    "in": Decimal("25.4"),
    "pouce": Decimal("25.4"),
    "yd": Decimal("914.4"),
}
"""Millimetres in one."""

MEASURES = {"weight": WEIGHTS, "length": LENGTHS, "width": LENGTHS, "height": LENGTHS}
ASSUMED_UNIT = {"weight": "kg", "length": "cm", "width": "cm", "height": "cm"}

_UNIT = re.compile(r"(.*\S)\s*\(([^()]*)\)")
_META = re.compile(r"m[eé]ta\s*:\s*(\S.*)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![^ ])\d{1,3}(?![^ ])")


@dataclass(frozen=True, slots=True)
class Column:
    """What one header means.

    Attributes:
        header: As it stands in the file.
        field: Name of the field; empty when the column is of no known meaning.
        number: Which attribute or download; 0 for other fields.
        unit: Unit of a weight or length, as it stands in the header.
        factor: Grams or millimetres in one unit; ``None`` when the unit is not known.
        key: Key of what an extension keeps (field ``meta``).
        language: The first language that has this word; empty for meta and unknown columns.
    """

    header: str
    field: str = ""
    number: int = 0
    unit: str = ""
    factor: Decimal | None = None
    key: str = ""
    language: str = ""


def normal(header: str) -> str:
    """A header without what people and versions change: case, accents, spaces, quotes."""
    text = unicodedata.normalize("NFKD", header.replace("’", "'").replace("`", "'"))
    text = "".join(mark for mark in text if not unicodedata.combining(mark)).casefold()
    text = re.sub(r"\s+", " ", text).strip(" \ufeff")
    return re.sub(r" (?=[?:!])", "", text)


@cache
def _names() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Field → per language the spellings, the one that is written first."""
    found = {}
    for line in _WORDS.strip().splitlines():
        field, words = line.split(":", 1)
        per_language = [
            tuple(word.strip() for word in part.split("/") if word.strip())
            for part in words.split("|")
        ]
        found[field] = tuple(per_language)
    return found


@cache
def _meanings() -> dict[str, tuple[str, str]]:
    """Normal header → (field, language)."""
    found: dict[str, tuple[str, str]] = {}
    for position, language in enumerate(LANGUAGES):
        for field, words in _names().items():
            for word in words[position]:
                found.setdefault(normal(word), (field, language))
    return found


def read_header(header: str) -> Column:
    """Say what a header means, in any of the known languages."""
    plain = normal(header)
    if hit := _meanings().get(plain):
        field, language = hit
        if field in MEASURES:
            unit = ASSUMED_UNIT[field]
            return Column(header, field, factor=MEASURES[field][unit], language=language)
        return Column(header, field, language=language)
    if match := _META.fullmatch(header.replace("\u00a0", " ").strip()):
        return Column(header, "meta", key=match[1])
    if match := _UNIT.fullmatch(plain):
        field, language = _meanings().get(match[1], ("", ""))
        if field in MEASURES:
            unit = match[2].strip()
            factor = MEASURES[field].get(unit)
            return Column(header, field, unit=unit, factor=factor, language=language)
    return _numbered(header, plain)


def _numbered(header: str, plain: str) -> Column:
    """A header with a number in it, or one of no known meaning."""
    for match in _NUMBER.finditer(plain):
        pattern = f"{plain[: match.start()]}#{plain[match.end() :]}"
        field, language = _meanings().get(pattern, ("", ""))
        if field in NUMBERED:
            return Column(header, field, number=int(match[0]), language=language)
    return Column(header)


def read_headers(headers: Iterable[str]) -> tuple[Column, ...]:
    """Say what each header means; a field that comes twice is the first, the second unknown."""
    return _read_headers(tuple(headers))


@lru_cache(maxsize=64)  # one layout per file, asked for again with each row that is written
def _read_headers(headers: tuple[str, ...]) -> tuple[Column, ...]:
    seen: set[tuple[str, int, str]] = set()
    columns = []
    for header in headers:
        column = read_header(header)
        place = (column.field, column.number, column.key)
        if column.field and place in seen:
            column = Column(header)
        seen.add(place)
        columns.append(column)
    return tuple(columns)


def language_of(columns: Iterable[Column]) -> str:
    """The language that most headers are of, English in doubt."""
    words = [normal(column.header) for column in columns if column.field and not column.key]
    best, most = "en", 0
    for position, language in enumerate(LANGUAGES):
        own = {normal(word.lstrip("~")) for names in _names().values() for word in names[position]}
        count = sum(
            word in own or _UNIT.sub(r"\1", word) in own or _NUMBER.sub("#", word) in own
            for word in words
        )
        if count > most:
            best, most = language, count
    return best


def header_for(field: str, *, number: int = 0, language: str = "en", unit: str = "") -> str:
    """Write the header of a field, in English where a language has no word known for it.

    Args:
        field: Name of the field.
        number: Which attribute or download.
        language: One of :data:`LANGUAGES`.
        unit: For weights and lengths; kg or cm when empty.
    """
    names = _names()[field]
    own = [word for word in names[LANGUAGES.index(language)] if not word.startswith("~")]
    text = (own or names[0])[0].replace("#", str(number))
    return f"{text} ({unit or ASSUMED_UNIT[field]})" if field in MEASURES else text


FIELDS = tuple(_names())
"""All fields in the order in which their columns stand."""

STANDARD = tuple(field for field in FIELDS if field not in NUMBERED and field != "brands")
"""The columns of every file that WooCommerce writes, in its order."""
