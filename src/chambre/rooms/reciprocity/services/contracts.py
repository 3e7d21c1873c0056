"""Drafting: from nothing, from a template, from a file, from another contract; each change a version."""

from __future__ import annotations

import re
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib import reciprocity
from chambre.lib.reciprocity import model
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contract, Version
from chambre.rooms.reciprocity.queries.contracts import next_number
from chambre.rooms.reciprocity.queries.errors import NameTaken, NotNow
from chambre.rooms.reciprocity.queries.language import read

LONGEST_NAME = 140
RESERVED = {"modeles", "nouveau", "verifier", "pouvoirs"}
"""Short names that are addresses of the room."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")


def free_slug(name: str) -> str:
    """A short name made from a name that no contract has yet."""
    base = slugify(name)[:50].strip("-") or "contrat"
    taken = RESERVED | set(
        Contract.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def blank_text(slug: str, name: str, resource: Resource | None = None) -> str:
    """The words of a contract that keeps everything where it is: something to begin with."""
    return reciprocity.write(
        model.Contract(
            slug=slug,
            resources=(resource.slug,) if resource is not None else ("*",),
            title=model.Text(name, name),
            steps=(model.Step(name="entretien", how="keep", label=model.Text(
                "Entretien de la ressource", "Upkeep of the resource"
            )),),
        )
    )  # fmt: skip


@transaction.atomic
def draft(
    *, name: str, text: str, by: Actor, chamber: Agent | None = None,
    resource: Resource | None = None, holder: Agent | None = None, template: str = "",
    copied_from: Contract | None = None, copied_digest: str = "", public: bool = True,
    note: str = "",
) -> Contract:  # fmt: skip
    """Begin a contract with words that can be read; the short name is the one that they say.

    Args:
        name: As people call it.
        text: The words (``docs/contract-language.md``).
        by: Who drafts it; a member of the chamber.
        chamber: Where it belongs; by default the home chamber.
        resource: What it is about; may be chosen later.
        holder: The structure in whose book the money is; may be chosen later.
        template: Slug of the template it was made from.
        copied_from: The contract it was copied from.
        copied_digest: Digest of the words that were copied.
        public: Whether anybody may read it once it is offered for signing.
        note: What this first version is.

    Raises:
        Forbidden: ``by`` is no member.
        ContractRefused: The words make no contract; line and column of each mistake.
        NameTaken: Another contract has the short name that they say.
        Invalid: No name, or a holder that cannot hold money.
    """
    chamber = chamber or registry.home_chamber()
    authorize(by, "reciprocity.draft_contract", chamber)
    said = read(text)
    _check_holder(holder)
    contract = Contract(
        slug=said.slug, name=_name(name), chamber=chamber, resource=resource, holder=holder,
        template=template, copied_from=copied_from, copied_digest=copied_digest, public=public,
        number=1, made_by=registry.person_of(by.user) if by.user is not None else None,
    )  # fmt: skip
    _check_slug(said.slug)
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError as error:
        raise NameTaken(fields={"text": [NameTaken.default_message]}, slug=said.slug) from error
    _write(contract, 1, text, reciprocity.digest(said), note, by)
    audit(by, "reciprocity.contract.drafted", contract, template=template)
    return contract


def draft_blank(
    *, name: str, by: Actor, resource: Resource | None = None, holder: Agent | None = None
) -> Contract:
    """Begin a contract that has one step: everything stays for the upkeep of the resource.

    Raises:
        Forbidden: ``by`` is no member.
        Invalid: No name.
    """
    slug = free_slug(_name(name))
    text = blank_text(slug, name.strip(), resource)
    return draft(name=name, text=text, by=by, resource=resource, holder=holder)


def draft_from_words(
    *, name: str, text: str, by: Actor, template: str = "", copied: Version | None = None,
    resource: Resource | None = None, holder: Agent | None = None,
) -> Contract:  # fmt: skip
    """Begin a contract from the words of a template or of another contract, and write down the lineage.

    Comments of the text stay behind; what it says is kept, under a short name of its own and for the
    resource that was chosen.

    Raises:
        Forbidden: ``by`` is no member, or may not read what is copied.
        ContractRefused: The words make no contract.
        Invalid: No name.
    """
    if copied is not None:
        authorize(by, "reciprocity.read_contract", copied.contract)
    said = read(text)
    slug = free_slug(_name(name))
    own = replace(
        said,
        slug=slug,
        title=model.Text(name.strip(), name.strip()),
        lineage=model.Lineage(parent=said.slug, digest=reciprocity.digest(said)),
        resources=(resource.slug,) if resource is not None else said.resources,
    )
    return draft(
        name=name, text=reciprocity.write(own), by=by, resource=resource, holder=holder,
        template=template, copied_from=copied.contract if copied is not None else None,
        copied_digest=copied.digest if copied is not None else "",
    )  # fmt: skip


def copy_contract(
    *, contract: Contract, name: str, by: Actor, resource: Resource | None = None,
    holder: Agent | None = None,
) -> Contract:  # fmt: skip
    """Copy the words that count of any contract that one may read, to adapt them to another context.

    Raises:
        Forbidden: ``by`` is no member, or may not read it.
        Invalid: No name.
    """
    authorize(by, "reciprocity.read_contract", contract)
    current = contract.current
    return draft_from_words(
        name=name, text=current.text, by=by, copied=current, resource=resource, holder=holder
    )


@transaction.atomic
def save_version(*, contract: Contract, text: str, by: Actor, note: str = "") -> Version:
    """Keep other words of a draft as its next version; the same words again keep the one there is.

    Raises:
        Forbidden: ``by`` does not work on it.
        NotNow: It is offered or signed; then it is changed together, see :mod:`.changing`.
        ContractRefused: The words make no contract; line and column of each mistake.
        Invalid: They say another short name.
    """
    authorize(by, "reciprocity.change_contract", contract)
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    if locked.state != Contract.State.DRAFT:
        raise NotNow(
            _("Only a draft is changed like this. Take it back first, or propose a change.")
        )
    version = keep_words(locked, text, note, by)
    if version.number != locked.number:
        Contract.objects.filter(pk=locked.pk).update(number=version.number)
    contract.number = version.number
    return version


def keep_words(contract: Contract, text: str, note: str, by: Actor) -> Version:
    """Write words down as the next version of a locked contract, or give the version that has them."""
    said = read(text)
    if said.slug != contract.slug:
        words = _("The short name of this contract is “%(slug)s” and stays so.")
        message = words % {"slug": contract.slug}
        raise Invalid(message, fields={"text": [message]})
    current = contract.current
    if current.text == text:
        return current
    number = next_number(contract)
    version = _write(contract, number, text, reciprocity.digest(said), note, by)
    audit(by, "reciprocity.contract.version", contract, number=number, digest=version.digest)
    return version


def _write(
    contract: Contract, number: int, text: str, digest: str, note: str, by: Actor
) -> Version:
    return Version.objects.create(
        contract=contract, number=number, text=text, digest=digest, note=note.strip()[:500],
        by=by.label[:254],
    )  # fmt: skip


@transaction.atomic
def settle(
    *, contract: Contract, by: Actor, name: str, resource: Resource | None,
    holder: Agent | None, public: bool = True,
) -> Contract:  # fmt: skip
    """Say what a draft is called, what it is about, who holds the money and who may read it.

    Its name and whether it is public may be changed later too; resource and holder are signed.

    Raises:
        Forbidden: ``by`` does not work on it.
        NotNow: It is offered or signed, and resource or holder would change.
        Invalid: No name, or a holder that cannot hold money.
    """
    authorize(by, "reciprocity.change_contract", contract)
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    _check_holder(holder)
    changed = (
        locked.resource_id != (resource.pk if resource else None)
        or locked.holder_id != (holder.pk if holder else None)
    )  # fmt: skip
    if changed and locked.state != Contract.State.DRAFT:
        raise NotNow(_("What it is about and who holds the money is signed: it stays as it is."))
    locked.name, locked.resource, locked.holder = _name(name), resource, holder
    locked.public = public
    locked.save(update_fields=["name", "resource", "holder", "public"])
    if changed and resource is not None:
        _name_resource(locked, resource, by)
    audit(by, "reciprocity.contract.settled", locked)
    return locked


def _name_resource(contract: Contract, resource: Resource, by: Actor) -> None:
    """Have the words of a draft name the resource that was chosen, where they do not yet."""
    said = read(contract.current.text)
    if resource.slug in said.resources:
        return
    text = reciprocity.write(replace(said, resources=(resource.slug,)))
    version = keep_words(contract, text, _("for %(resource)s") % {"resource": resource.name}, by)
    contract.number = version.number
    contract.save(update_fields=["number"])


def _name(name: str) -> str:
    found = " ".join(name.replace("\0", "").split())
    if not found or len(found) > LONGEST_NAME:
        words = _("A name has 1 to %(most)d characters.") % {"most": LONGEST_NAME}
        raise Invalid(words, fields={"name": [words]})
    return found


def _check_slug(slug: str) -> None:
    """Hold what a short name must be: an address of its own."""
    if not _SLUG.fullmatch(slug) or slug in RESERVED:
        words = _("“%(slug)s” cannot be the short name of a contract here: choose another.")
        raise Invalid(words % {"slug": slug}, fields={"text": [words % {"slug": slug}]})
    if Contract.objects.filter(slug=slug).exists():
        raise NameTaken(fields={"text": [NameTaken.default_message]}, slug=slug)


def _check_holder(holder: Agent | None) -> None:
    if holder is not None and holder.kind == Agent.Kind.PERSON:
        words = _("A structure holds the money, not a person.")
        raise Invalid(words, fields={"holder": [words]})
