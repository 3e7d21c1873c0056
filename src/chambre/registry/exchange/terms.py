"""Which term of which vocabulary says what a field says.

DCAT 3 and Dublin Core for the catalogue, schema.org for what everybody knows, PAIR for challenges,
needs and offers, ValueFlows 1.0 for who answers for a resource, and our own terms where these stop
(they have no custodian, no standing, no bundle of rights, no safeguards).
"""

from __future__ import annotations

PREFIXES = {
    "chambre": "urn:chambre:terms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "pair": "http://virtual-assembly.org/ontologies/pair#",
    "schema": "https://schema.org/",
    "vf": "https://w3id.org/valueflows/ont/vf#",
}
"""Prefixes of the vocabularies; they are written into every document, so that none is fetched."""

RESOURCE_TYPES = ["dcat:Resource", "vf:EconomicResource", "pair:Resource"]
AGENT_TYPES = {
    "structure": ["schema:Organization", "vf:Organization", "pair:Organization"],
    "public": ["schema:GovernmentOrganization", "vf:Organization", "pair:Organization"],
    "chamber": ["schema:Organization", "vf:Organization", "pair:Group"],
}

FIELDS = {
    "name": "schema:name",
    "nickname": "schema:alternateName",
    "summary": "schema:disambiguatingDescription",
    "description": "schema:description",
    "image": "schema:image",
    "languages": "dct:language",
    "places": "schema:location",
    "since": "schema:startDate",
    "until": "schema:endDate",
    "keywords": "dcat:keyword",
    "themes": "pair:hasTopic",
    "challenges": "pair:hasChallenge",
    "kind": "vf:classifiedAs",
    "edition": "dcat:version",
    "part_of": "dct:isPartOf",
    "owner": "vf:primaryAccountable",
    "licences": "dct:license",
    "links": "dct:relation",
    "contacts": "schema:contactPoint",
    "partners": "schema:sponsor",
    "provenance": "dct:provenance",
}
"""Fields of a resource that a public vocabulary names; the others are terms of our own."""

ALIASES = {"dct:title": "name", "dct:description": "description"}
"""Terms that are written beside, for readers who know only them, and read when ours is missing."""

ROWS = {
    "places": {
        "name": "schema:name",
        "postcode": "schema:postalCode",
        "address": "schema:streetAddress",
        "latitude": "schema:latitude",
        "longitude": "schema:longitude",
    },
    "licences": {"name": "schema:name", "version": "schema:version", "url": "schema:url"},
    "links": {"url": "schema:url", "title": "schema:name"},
    "contacts": {"label": "schema:contactType"},
    "bodies": {"name": "schema:name", "url": "schema:url", "composition": "schema:description"},
    "partners": {"name": "schema:name", "note": "schema:description", "url": "schema:url"},
    "safeguards": {"description": "schema:description", "url": "schema:url"},
    "wishes": {
        "title": "schema:name",
        "description": "schema:description",
        "since": "vf:hasBeginning",
        "expires": "vf:hasEnd",
    },
}
"""Columns of what repeats, as above."""

ROW_TYPES = {
    "places": "schema:Place",
    "licences": "dct:LicenseDocument",
    "links": "schema:WebPage",
    "contacts": "schema:ContactPoint",
    "bodies": "schema:Organization",
    "partners": "schema:Organization",
    "wishes": "vf:Intent",
}

AGENT_FIELDS = {
    "name": "schema:name",
    "description": "schema:description",
    "website": "schema:url",
    "contact": "schema:email",
    "place": "schema:location",
    "since": "schema:foundingDate",
    "until": "schema:dissolutionDate",
}


def own(name: str) -> str:
    """Our own term for a field: ``legal_form`` is ``chambre:legalForm``."""
    first, *rest = name.split("_")
    return f"chambre:{first}{''.join(part.capitalize() for part in rest)}"


def term(name: str) -> str:
    """The term of a resource's field."""
    return FIELDS.get(name) or own(name)


def row_term(rows: str, name: str) -> str:
    """The term of a column of what repeats."""
    return ROWS.get(rows, {}).get(name) or own(name)


def agent_term(name: str) -> str:
    """The term of an agent's field."""
    return AGENT_FIELDS.get(name) or own(name)


def expand(term: str, prefixes: dict[str, str] | None = None) -> str:
    """A term as a full address: ``dct:title`` is ``http://purl.org/dc/terms/title``.

    Args:
        term: A term, or an address already.
        prefixes: Prefixes of the document it stands in; ours by default.
    """
    prefix, colon, name = term.partition(":")
    known = PREFIXES if prefixes is None else prefixes
    if colon and not name.startswith("//") and prefix in known:
        term = known[prefix] + name
    # schema.org is written with and without the s.
    return term.replace("http://schema.org/", "https://schema.org/", 1)
