"""Product files of an invented farm, and how the tests bring them in."""

from __future__ import annotations

import csv
import io
from typing import Any

from chambre.rooms.shop.services.moving import bringing, giving
from chambre.rooms.shop.services.moving.reading import Reading
from chambre.rooms.shop.tests.conftest import SYSTEM

FRENCH = (
    'ID,Type,UGS,Nom,Publié,"Visibilité dans le catalogue",'
    '"Description courte",Description,"Date de début de promo","Date de fin de promo",'
    '"État de la TVA","Classe de TVA","En stock ?",Stock,'
    '"Autoriser les commandes de produits en rupture ?",'
    '"Poids (kg)","Tarif promo","Tarif régulier",Catégories,Étiquettes,'
    'Images,Parent,"Groupes de produits",Position,"URL externe",'
    '"Nom de l’attribut 1","Valeur(s) de l’attribut 1 ","Attribut 1 visible",'
    '"Attribut 1 global","Méta : _origine",Certificateur\n'
    # A variation before its parent, which it names by a SKU that comes later.
    '12,variation,POM-5,,1,visible,,,,,taxable,parent,1,8,0,5,,"12,50",,,'
    "pommes-5kg.jpg,POM,,1,,Poids,5 kg,,1,,\n"
    '10,variable,POM,"Pommes, ""Reinette""",1,visible,"<p>Cueillies <b>mûres</b></p>",'
    '"<p>Acides.</p><script>alert(1)</script><p>Se gardent.</p>",,,taxable,taux-reduit,,,0,,,,'
    '"Fruits > À pépins, Fruits","bio, verger\\, haut",'
    '"https://ferme.test/a.jpg, pommes.jpg",,,0,,Poids,"5 kg, 10 kg",1,1,Sarthe,FR-BIO-01\n'
    '11,variation,,,0,visible,,,,,taxable,parent,0,,notify,10,"19,90","22",,,,id:10,,2,,'
    "Poids,10 kg,,1,,\n"
    '20,simple,CAR,Carottes en botte,1,visible,,"Sans fanes",2026-06-01,'
    '2026-06-30 0:00:00,taxable,taux-reduit,1,12,notify,"0,45","1,80 €","2,00 €",'
    'Légumes,,,,,"\'-1",,Origine,Sarthe,1,,,\n'
    '30,"simple, downloadable, virtual",GUIDE,Le guide,1,visible,,,,,none,,1,,0,,,5,,,,,,0,,,,,,,\n'
    '40,grouped,PAN,Panier d’été,1,visible,,,,,taxable,,1,,0,,,,Paniers,,,,"CAR, POM",3,,,,,,,\n'
    "50,external,LIV,Le livre,1,visible,,,,,taxable,taux-livre,1,,0,,,15,Livres,,,,,4,"
    "https://libraire.test/livre,,,,,,\n"
    '60,simple,MIEL,Miel,-1,visible,,,,,taxable,,0,,0,"0,5",,"7,90",Épicerie,,,,,5,,,,,,,\n'
    '61,simple,SOU,Soupe,1,hidden,,,,,taxable,zero-rate,1,"2,5",1,,,"4,00",Épicerie,,,,,6,,,,,,,\n'
    '62,simple,SOU,Soupe encore,1,visible,,,,,taxable,,1,,0,,,"4,00",,,,,,7,,,,,,,\n'
    "63,simple,OIG,Oignons,1,visible,,,,,taxable,,1,,0,,,douze,,,,,,8,,,,,,,\n"
    "70,variation,SEUL,,1,visible,,,,,taxable,,1,,0,,,1,,,,ABSENT,,1,,,,,,,\n"
)
"""What makes such files hard: 9 rows of products to take, 2 of variations; 3 are refused."""


def cells(content: bytes | str) -> list[list[str]]:
    """The cells of a file, read by nobody's reader but Python's."""
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def bring(farm: Any, content: str | bytes = FRENCH, **reading: Any) -> dict[str, Any]:
    """Bring a file in; what machines are told."""
    data = content.encode() if isinstance(content, str) else content
    return bringing.bring_products(
        shop=farm.shop, content=data, name="produits.csv", reading=Reading(**reading), by=SYSTEM
    ).told()


def give(farm: Any) -> bytes:
    """The shop as a product file."""
    return giving.export_products(shop=farm.shop, by=SYSTEM)
