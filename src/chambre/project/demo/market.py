"""What people of Valmère offer and need: a dozen things, and one ring of three that waits for answers."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.registry import api as registry
from chambre.rooms.exchange.models import Posting
from chambre.rooms.exchange.services.market import posting, rounds, talking
from chambre.rooms.exchange.services.market.posting import PostingIn

POSTINGS = (
    ("ada", "offer", "digital", "Mettre en ligne un petit site web", "Valmère", 24_000),
    ("ada", "need", "garden", "Tailler une haie de charmes", "Valmère", None),
    ("bruno", "offer", "garden", "Tailler haies et petits arbres", "Valmère", 12_000),
    ("bruno", "need", "repair", "Réparer un vélo cargo", "", None),
    ("chloe", "offer", "repair", "Réparation de vélos de toute sorte", "", 9_000),
    ("chloe", "need", "digital", "Un site web pour l’atelier", "", None),
    ("dris", "offer", "food", "Miel de châtaignier, pots d’un kilo", "Valmère", 1_400),
    ("dris", "need", "tools", "Emprunter une fendeuse à bûches", "Valmère", None),
    ("ada", "offer", "books", "Romans policiers, deux cartons", "Valmère", None),
    ("bruno", "offer", "plants", "Plants de tomates anciennes", "Valmère", 300),
    ("chloe", "need", "transport", "Porter une armoire à l’étage", "Valmère", None),
    ("dris", "offer", "teaching", "Cours d’arabe pour débutants", "", 2_500),
)


def load_market(by: Actor) -> int:
    """Put up what people offer and need, look for rings; how many were put up by this call."""
    if Posting.objects.exists():
        return 0
    rows = {}
    for who, kind, category, title, place, value in POSTINGS:
        said = PostingIn(kind=kind, title=title, category=category, place=place, value=value)
        rows[title] = posting.post(said=said, key=f"demo:{title}"[:120], by=_by(who))
    rounds.find_rings(chamber=registry.home_chamber(), by=by)
    honey = rows["Miel de châtaignier, pots d’un kilo"]
    talking.say(
        posting=honey, key="demo:honey", by=_by("ada"),
        text="Bonjour, en reste-t-il deux pots pour la fête du 21 juin ?",
    )  # fmt: skip
    posting.keep(posting=honey, by=_by("ada"))
    return len(rows)


def _by(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))
