"""Which small drawing stands for a product that has no photo, by the words of its name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

WORDS = {
    "bread": "pain brioche farine tourte fougasse baguette miche bread flour loaf biscuit gateau tarte",
    "honey": "miel pollen propolis ruche honey cire",
    "egg": "oeuf oeufs egg eggs poule poulet pintade canard volaille chicken",
    "milk": "fromage lait yaourt beurre creme tomme chevre cheese milk butter faisselle",
    "jar": "confiture bocal soupe compote conserve sauce coulis pesto tartinade jam soup jar terrine "
    "cornichon moutarde caramel",
    "bottle": "jus cidre vin biere sirop huile vinaigre limonade juice cider wine beer oil",
    "fruit": "pomme poire fraise cerise prune peche abricot raisin framboise kiwi fruit fruits apple "
    "pear berry rhubarbe citron coing",
    "squash": "courge potiron citrouille butternut potimarron courgette squash pumpkin concombre",
    "leek": "poireau poireaux ail oignon-nouveau ciboulette asperge fenouil leek garlic",
    "cabbage": "chou choux brocoli salade laitue batavia scarole cabbage lettuce",
    "round": "betterave navet radis oignon oignons patate tomate celeri rutabaga topinambour beet onion "
    "potato tomato turnip",
    "root": "carotte panais persil-racine carrot parsnip",
    "basket": "panier corbeille basket cagette colis assortiment",
}  # fmt: skip
LEAF = "leaf"
BY_WORD = {word: name for name, words in WORDS.items() for word in words.split()}


def plain(text: str) -> str:
    """Small letters without accents, ligatures taken apart: for searching."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'").casefold()
    return "".join(
        each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
    )


@lru_cache(maxsize=4096)
def drawing_of(*texts: str) -> str:
    """The name of a drawing of the sprite ``shop/stills.svg``; the first word that says one decides.

    Args:
        *texts: Name of the product first, then of its shelves.
    """
    for text in texts:
        clean = plain(text).replace("pommes de terre", "patate").replace("pomme de terre", "patate")
        for word in "".join(c if c.isalnum() else " " for c in clean).split():
            name = BY_WORD.get(word) or BY_WORD.get(word.rstrip("s"))
            if name:
                return name
    return LEAF
