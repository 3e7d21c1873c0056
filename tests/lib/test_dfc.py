"""A catalogue as linked data of the Data Food Consortium, word for word and reference by reference."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.dfc import (
    ALLERGENS,
    CERTIFICATIONS,
    CONTEXT,
    LINKS,
    ORIGINS,
    PREFIXES,
    PRODUCT_TYPES,
    UNITS,
    Catalogue,
    CatalogueItem,
    DfcRefusal,
    Enterprise,
    Offer,
    Place,
    Product,
    ProductGroup,
    Quantity,
    SaleSession,
    suggest_type,
    to_jsonld,
)

BASE = "https://valmere.test/dfc/boutique"
FARM = Enterprise(
    "ferme",
    "La ferme de l’Aa",
    description="Maraîchage",
    website="https://ferme.test/",
    email="bonjour@ferme.test",
    phone="+33 3 21 00 00 00",
    vat_number="FR00123456789",
    logo="https://ferme.test/logo.png",
    place=Place(
        "1 rue du Pré", "62500", "Saint-Omer", "Hauts-de-France", "FRA",
        Decimal("50.7505"), Decimal("2.2522"),
    ),
)  # fmt: skip
CARROTS = CatalogueItem(
    "carottes",
    Product(
        "carottes",
        "Carottes, la botte",
        description="Arrachées le matin",
        quantity=Quantity(1, "Bunch"),
        type="carrot",
        images=("https://ferme.test/c.jpg",),
        certifications=("Organic-AB", "NatureEtProgres"),
        origin="HautsDeFrance",
    ),
    sku="CAR",
    stock=Decimal("12"),
    offers=(Offer("carottes-juin", 250, vat_rate=550, stock=10),),
)
JAM = CatalogueItem(
    "confiture/450",
    Product(
        "confiture/450",
        "Confiture 450 g",
        quantity=Quantity(450, "Gram"),
        type="jam",
        group="confiture",
        producer="voisine",
        allergens=("Nuts",),
    ),
    offers=(Offer("pot", 619, vat_rate=550), Offer("pot-solidaire", 400)),
)
SHOP = Catalogue(
    BASE + "/",
    FARM,
    items=(CARROTS, JAM),
    groups=(ProductGroup("confiture", "Confiture", type="jam"),),
    producers=(Enterprise("voisine", "La voisine"),),
    sessions=(
        SaleSession(
            "juin",
            datetime(2026, 6, 1, 8, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 6, 5, 20, tzinfo=timezone(timedelta(hours=2))),
            offers=("carottes-juin", "pot"),
            name="Première semaine de juin",
        ),
    ),
    name="Le catalogue",
)


def node(document, address):
    (found,) = [one for one in document["@graph"] if one["@id"] == f"{BASE}/{address}"]
    return found


def test_the_enterprise_says_who_sells_and_where():
    document = to_jsonld(SHOP)

    assert document["@context"] == "https://w3id.org/dfc/ontology/context/context_1.16.0.json"
    assert node(document, "enterprises/ferme") == {
        "@id": f"{BASE}/enterprises/ferme",
        "@type": "dfc-b:Enterprise",
        "dfc-b:name": "La ferme de l’Aa",
        "dfc-b:description": "Maraîchage",
        "dfc-b:websitePage": "https://ferme.test/",
        "dfc-b:email": "bonjour@ferme.test",
        "dfc-b:hasPhoneNumber": {
            "@type": "dfc-b:PhoneNumber",
            "dfc-b:phoneNumber": "+33 3 21 00 00 00",
        },
        "dfc-b:VATnumber": "FR00123456789",
        "dfc-b:logo": "https://ferme.test/logo.png",
        "dfc-b:hasAddress": {
            "@type": "dfc-b:Address",
            "dfc-b:street": "1 rue du Pré",
            "dfc-b:postcode": "62500",
            "dfc-b:city": "Saint-Omer",
            "dfc-b:region": "Hauts-de-France",
            "dfc-b:hasCountry": "http://publications.europa.eu/resource/authority/country/FRA",
            "dfc-b:latitude": 50.7505,
            "dfc-b:longitude": 2.2522,
        },
        "dfc-b:maintains": f"{BASE}/catalog",
        "dfc-b:manages": [
            f"{BASE}/catalog_items/carottes",
            f"{BASE}/catalog_items/confiture%2F450",
        ],
        "dfc-b:supplies": f"{BASE}/supplied_products/carottes",
    }


def test_an_item_leads_to_its_product_and_its_price():
    document = to_jsonld(SHOP)

    assert node(document, "catalog") == {
        "@id": f"{BASE}/catalog",
        "@type": "dfc-b:Catalog",
        "dfc-b:name": "Le catalogue",
        "dfc-b:maintainedBy": f"{BASE}/enterprises/ferme",
        "dfc-b:lists": [
            f"{BASE}/catalog_items/carottes",
            f"{BASE}/catalog_items/confiture%2F450",
        ],
    }
    assert node(document, "catalog_items/carottes") == {
        "@id": f"{BASE}/catalog_items/carottes",
        "@type": "dfc-b:CatalogItem",
        "dfc-b:listedIn": f"{BASE}/catalog",
        "dfc-b:managedBy": f"{BASE}/enterprises/ferme",
        "dfc-b:references": f"{BASE}/supplied_products/carottes",
        "dfc-b:sku": "CAR",
        "dfc-b:stockLimitation": 12.0,
        "dfc-b:offeredThrough": f"{BASE}/offers/carottes-juin",
    }
    assert node(document, "supplied_products/carottes") == {
        "@id": f"{BASE}/supplied_products/carottes",
        "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": "Carottes, la botte",
        "dfc-b:description": "Arrachées le matin",
        "dfc-b:suppliedBy": f"{BASE}/enterprises/ferme",
        "dfc-b:hasType": "dfc-pt:carrot",
        "dfc-b:hasQuantity": {
            "@type": "dfc-b:QuantitativeValue",
            "dfc-b:hasUnit": "dfc-m:Bunch",
            "dfc-b:value": 1.0,
        },
        "dfc-b:Image": "https://ferme.test/c.jpg",
        "dfc-b:image": "https://ferme.test/c.jpg",
        "dfc-b:hasCertification": ["dfc-f:Organic-AB", "dfc-f:NatureEtProgres"],
        "dfc-b:hasGeographicalOrigin": "dfc-f:HautsDeFrance",
    }
    assert node(document, "offers/carottes-juin") == {
        "@id": f"{BASE}/offers/carottes-juin",
        "@type": "dfc-b:Offer",
        "dfc-b:offers": f"{BASE}/catalog_items/carottes",
        "dfc-b:hasPrice": {
            "@type": "dfc-b:Price",
            "dfc-b:value": 2.5,
            "dfc-b:VATrate": 5.5,
            "dfc-b:hasUnit": "dfc-m:Euro",
        },
        "dfc-b:stockLimitation": 10.0,
        "dfc-b:listedIn": f"{BASE}/sale_sessions/juin",
    }


def test_a_neighbours_variant_names_its_group_its_producer_and_its_allergens():
    document = to_jsonld(SHOP)

    jam = node(document, "supplied_products/confiture%2F450")
    assert jam["dfc-b:suppliedBy"] == f"{BASE}/enterprises/voisine"
    assert jam["dfc-b:isVariantOf"] == f"{BASE}/product_groups/confiture"
    assert jam["dfc-b:hasAllergenCharacteristic"] == {
        "@type": "dfc-b:AllergenCharacteristic",
        "dfc-b:hasAllergenDimension": "dfc-m:Nuts",
    }
    assert node(document, "product_groups/confiture") == {
        "@id": f"{BASE}/product_groups/confiture",
        "@type": "dfc-b:SuppliedProduct",
        "dfc-b:name": "Confiture",
        "dfc-b:suppliedBy": f"{BASE}/enterprises/ferme",
        "dfc-b:hasType": "dfc-pt:jam",
        "dfc-b:hasVariant": f"{BASE}/supplied_products/confiture%2F450",
    }
    assert node(document, "enterprises/voisine") == {
        "@id": f"{BASE}/enterprises/voisine",
        "@type": "dfc-b:Enterprise",
        "dfc-b:name": "La voisine",
        "dfc-b:supplies": f"{BASE}/supplied_products/confiture%2F450",
    }


def test_an_order_cycle_is_a_sale_session():
    assert node(to_jsonld(SHOP), "sale_sessions/juin") == {
        "@id": f"{BASE}/sale_sessions/juin",
        "@type": "dfc-b:SaleSession",
        "dfc-b:name": "Première semaine de juin",
        "dfc-b:startDate": "2026-06-01T08:00:00+02:00",
        "dfc-b:endDate": "2026-06-05T20:00:00+02:00",
        "dfc-b:objectOf": {
            "@type": "dfc-b:Coordination",
            "dfc-b:coordinatedBy": f"{BASE}/enterprises/ferme",
        },
        "dfc-b:lists": [f"{BASE}/offers/carottes-juin", f"{BASE}/offers/pot"],
    }


def expand(value, key=""):
    """JSON-LD expansion as far as these documents need it, with the context known by heart."""
    if isinstance(value, list):
        return [expand(one, key) for one in value]
    if isinstance(value, dict):
        return {
            name if name.startswith("@") else address(name): (
                expand(inner, name) if name != "@type" else address(inner)
            )
            for name, inner in value.items()
        }
    if key in LINKS:
        return {"@id": address(value)}
    return value if key in {"@id", ""} else {"@value": value}


def address(text):
    prefix, colon, name = text.partition(":")
    return PREFIXES[prefix] + name if colon and prefix in PREFIXES else text


def links(expanded):
    """Every address that something points to."""
    if isinstance(expanded, list):
        return {found for one in expanded for found in links(one)}
    if isinstance(expanded, dict):
        if set(expanded) == {"@id"}:
            return {expanded["@id"]}
        return {found for one in expanded.values() for found in links(one)}
    return set()


def test_expanded_every_link_is_an_address_and_leads_somewhere():
    expanded = expand(to_jsonld(SHOP)["@graph"])

    here = {one["@id"] for one in expanded}
    assert len(here) == len(expanded)
    elsewhere = {link for link in links(expanded) if link not in here}
    assert elsewhere == {
        "http://publications.europa.eu/resource/authority/country/FRA",
        *(
            f"https://github.com/datafoodconsortium/taxonomies/releases/latest/download/{term}"
            for term in (
                *("measures.rdf#Bunch", "measures.rdf#Gram", "measures.rdf#Euro"),
                *("measures.rdf#Nuts", "productTypes.rdf#carrot", "productTypes.rdf#jam"),
                *("facets.rdf#Organic-AB", "facets.rdf#NatureEtProgres"),
                "facets.rdf#HautsDeFrance",
            )
        ),
    }


def test_expanded_every_property_is_of_the_business_ontology():
    (item,) = [
        one
        for one in expand(to_jsonld(SHOP)["@graph"])
        if one["@id"] == f"{BASE}/catalog_items/carottes"
    ]
    ontology = (
        "https://github.com/datafoodconsortium/ontology/releases/latest/download/"
        "DFC_BusinessOntology.owl#"
    )

    assert item["@type"] == f"{ontology}CatalogItem"
    assert item[f"{ontology}sku"] == {"@value": "CAR"}
    assert item[f"{ontology}offeredThrough"] == {"@id": f"{BASE}/offers/carottes-juin"}
    assert all(name.startswith(("@", ontology)) for name in item)


def test_the_same_catalogue_is_always_the_same_document():
    once = json.dumps(to_jsonld(SHOP), ensure_ascii=False)

    assert json.dumps(to_jsonld(SHOP), ensure_ascii=False) == once
    assert [one["@id"].removeprefix(BASE) for one in to_jsonld(SHOP)["@graph"]] == [
        "/enterprises/ferme",
        "/enterprises/voisine",
        "/catalog",
        "/catalog_items/carottes",
        "/supplied_products/carottes",
        "/offers/carottes-juin",
        "/catalog_items/confiture%2F450",
        "/supplied_products/confiture%2F450",
        "/offers/pot",
        "/offers/pot-solidaire",
        "/product_groups/confiture",
        "/sale_sessions/juin",
    ]


def test_a_shop_without_anything_is_a_catalogue_too():
    document = to_jsonld(Catalogue(BASE, Enterprise("ferme", "La ferme")))

    assert document == {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": f"{BASE}/enterprises/ferme",
                "@type": "dfc-b:Enterprise",
                "dfc-b:name": "La ferme",
                "dfc-b:maintains": f"{BASE}/catalog",
            },
            {
                "@id": f"{BASE}/catalog",
                "@type": "dfc-b:Catalog",
                "dfc-b:maintainedBy": f"{BASE}/enterprises/ferme",
            },
        ],
    }


def of_product(**values):
    return replace(SHOP, items=(replace(CARROTS, product=replace(CARROTS.product, **values)),),
                   groups=(), sessions=())  # fmt: skip


def of_offer(**values):
    offer = replace(CARROTS.offers[0], **values)
    return replace(SHOP, items=(replace(CARROTS, offers=(offer,)),), groups=(), sessions=())


def of_session(**values):
    return replace(SHOP, sessions=(replace(SHOP.sessions[0], **values),))


@pytest.mark.parametrize(
    ("catalogue", "code"),
    [
        (replace(SHOP, base="valmere.test"), "base-unreadable"),
        (replace(SHOP, base="https://valmere.test/#a"), "base-unreadable"),
        (replace(SHOP, base="javascript:alert(1)"), "base-unreadable"),
        (replace(SHOP, enterprise=replace(FARM, key=" ")), "key-unusable"),
        (replace(SHOP, items=(replace(CARROTS, key=".."),)), "key-unusable"),
        (replace(SHOP, producers=(FARM,)), "key-repeated"),
        (replace(SHOP, items=(CARROTS, CARROTS)), "key-repeated"),
        (replace(SHOP, groups=(ProductGroup("carottes", "x"),)), "key-repeated"),
        (replace(SHOP, groups=()), "key-unknown"),
        (replace(SHOP, producers=()), "key-unknown"),
        (of_session(offers=("autre",)), "key-unknown"),
        (of_session(starts=datetime(2026, 6, 1)), "time-without-zone"),
        (of_session(ends=datetime(2026, 5, 1, tzinfo=UTC)), "session-ends-first"),
        (of_product(type="legume"), "term-unknown"),
        (of_product(certifications=("bio",)), "term-unknown"),
        (of_product(origin="Flandre"), "term-unknown"),
        (of_product(allergens=("noix",)), "term-unknown"),
        (of_product(quantity=Quantity(1, "kg")), "term-unknown"),
        (of_product(quantity=Quantity(0, "Gram")), "quantity-not-positive"),
        (of_offer(price=-1), "price-negative"),
        (of_offer(vat_rate=10001), "rate-out-of-range"),
        (of_offer(currency="CRD"), "term-unknown"),
        (
            replace(SHOP, enterprise=replace(FARM, place=Place(country="France"))),
            "country-unreadable",
        ),
    ],
)
def test_a_catalogue_that_would_say_something_else_is_refused(catalogue, code):
    with pytest.raises(DfcRefusal) as refusal:
        to_jsonld(catalogue)

    assert refusal.value.code == code
    assert refusal.value.fr != refusal.value.en


@given(st.integers(0, 10**11), st.none() | st.integers(0, 10_000))
def test_prices_stand_in_the_document_to_the_cent(price, rate):
    offers = [
        one
        for one in to_jsonld(of_offer(price=price, vat_rate=rate))["@graph"]
        if one["@type"] == "dfc-b:Offer"
    ]

    text = json.dumps(offers[0]["dfc-b:hasPrice"])
    read = json.loads(text, parse_float=Decimal)
    assert read["dfc-b:value"] * 100 == price
    assert read.get("dfc-b:VATrate") == (None if rate is None else Decimal(rate) / 100)


keys = st.lists(
    st.text(min_size=1, max_size=6).filter(
        lambda key: key.strip(" .") and key.strip() not in {"", ".", ".."}
    ),
    unique=True,
    max_size=5,
)


@settings(deadline=None)
@given(keys)
def test_whatever_the_keys_every_link_leads_somewhere(names):
    items = tuple(
        CatalogueItem(name, Product(name, name), offers=(Offer(name, 100),)) for name in names
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    session = SaleSession("s", start, start, offers=tuple(names))

    expanded = expand(to_jsonld(Catalogue(BASE, FARM, items, sessions=(session,)))["@graph"])

    here = [one["@id"] for one in expanded]
    assert len(set(here)) == len(here) == 3 + 3 * len(names)
    assert {link for link in links(expanded) if link.startswith(BASE)} <= set(here)


def test_terms_have_words_in_both_languages_and_known_broader_terms():
    for terms in (PRODUCT_TYPES, UNITS, CERTIFICATIONS, ORIGINS, ALLERGENS):
        for name, term in terms.items():
            assert term.name == name
            assert term.label("fr-FR")
            assert term.label("en")
    assert all(term.broader in {"", *PRODUCT_TYPES} for term in PRODUCT_TYPES.values())
    assert PRODUCT_TYPES["potato"].label() == "Pomme de terre"
    assert len(ALLERGENS) == 14


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Tomates cerises bio 250 g", "cherry-tomato"),
        ("Cherry tomatoes", "cherry-tomato"),
        ("POMMES DE TERRE Charlotte", "potato"),
        ("Pommes « Reinette »", "apples"),
        ("Jus de pommes 1 L", "fruit-juice"),
        ("Botte de carottes", "carrot"),
        ("Œufs (x6)", "egg"),
        ("Choux-fleurs", "cauliflower"),
        ("Confiture de fraises", "jam"),
        ("Cherries", "cherry"),
        ("Panier d’été", ""),
        ("", ""),
    ],
)
def test_a_type_is_proposed_from_the_name(name, found):
    assert suggest_type(name) == found
