"""Taking the register out: everybody may, and people whom they may not know are only marked."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.core.addresses import own_address
from chambre.registry.exchange import entries, tabular
from chambre.registry.exchange.linked import Writer
from chambre.registry.services.agents import home_chamber


def export_register(
    *, form: str, by: Actor, slug: str | None = None, base: str = "", about: str = "resource"
) -> bytes:
    """The register, or one resource, as a file.

    Args:
        form: ``csv`` or ``jsonld``. JSON-LD of the whole register has the agents too.
        by: Who reads.
        slug: Only this resource.
        base: Where this Chamber is, as ``https://host``.
        about: Of a CSV: ``resource`` or ``agent``.

    Raises:
        NotFound: There is no such resource.
    """
    if form == "csv":
        if about == "agent":
            return tabular.write(entries.agent_entries(by), "agent")
        return tabular.write(entries.resource_entries(by, slug), "resource")
    writer = Writer(base or own_address())
    if slug is not None:
        return writer.document(next(entries.resource_entries(by, slug)))
    return writer.catalogue(home_chamber(), entries.agent_entries(by), entries.resource_entries(by))
