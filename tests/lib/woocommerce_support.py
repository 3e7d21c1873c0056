"""Product files of an invented farm, with everything that makes such files hard to read."""

import csv
import io

FRENCH = (
    'ID,Type,UGS,Nom,Publié,"Mis en avant ?","Visibilité dans le catalogue",'
    '"Description courte",Description,"Date de début de promo","Date de fin de promo",'
    '"État de la TVA","Classe de TVA","En stock ?",Stock,"Montant de stock faible",'
    '"Autoriser les commandes de produits en rupture ?","Vendre individuellement ?",'
    '"Poids (kg)","Longueur (cm)","Tarif promo","Tarif régulier",Catégories,Étiquettes,'
    'Images,Parent,"Groupes de produits","Produits suggérés",Position,'
    '"Nom de l’attribut 1","Valeur(s) de l’attribut 1 ","Attribut 1 visible",'
    '"Attribut 1 global","Attribut 1 par défaut","Méta : _origine",Certificateur\n'
    # A variation before its parent, which it names by a SKU that comes later.
    '12,variation,POM-5,,1,0,visible,,,,,taxable,reduced,1,8,,0,,5,,,"12,50",,,'
    "pommes-5kg.jpg,POM,,,1,Poids,5 kg,,1,,,\n"
    '10,variable,POM,"Pommes, ""Reinette""",1,1,visible,"Cueillies ""mûres""","Acides.\n'
    'Se gardent.",,,taxable,reduced,,,,0,0,,,,,"Fruits > À pépins, Fruits","bio, verger\\, haut",'
    '"https://ferme.test/a.jpg, pommes.jpg",,,PAN,0,Poids,"5 kg, 10 kg",1,1,5 kg,Sarthe,FR-BIO-01\n'
    '11,variation,,,-1,0,visible,,,,,taxable,reduced,0,,,notify,,10,,"19,90","22",,,,id:10,,,2,'
    "Poids,10 kg,,1,,,\n"
    '20,simple,CAR,Carottes en botte,1,0,visible,,"\'-10 % cette semaine",2026-06-01,'
    '2026-06-30 0:00:00,taxable,reduced,1,"2,5",1,1,1,"0,45",20,"1 200,00 €","1.234,56",'
    'Légumes,,,,,,"\'-1",,,,,,,\n'
    '30,"simple, downloadable, virtual",GUIDE,Le guide,0,,hidden,,,,,none,,backorder,,,,,,,,0,,,,,,,,'
    ",,,,,,\n"
    '40,grouped,PAN,Panier d’été,1,1,visible,,,,,taxable,,1,,,0,,,,,,Paniers,,,,"CAR, POM, id:99",,3,'
    ",,,,,,\n"
)
"""As a French shop exports: commas, translated headers, decimal commas."""


def cells_of(content):
    """The cells of a file, read by nobody's reader but Python's."""
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def sheet(*rows, delimiter=","):
    """A file of these rows."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()
