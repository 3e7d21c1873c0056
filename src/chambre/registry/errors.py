"""What the register refuses, beside the general refusals of the core."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Conflict, Invalid


class SlugTaken(Conflict):
    """Another record has this short name already; ``data["slug"]``."""

    code = "registry.slug-taken"
    default_message = _("This short name is taken already.")


class IdentifierTaken(Conflict):
    """Another agent has this SIREN and SIRET already; ``data["held_by"]`` is its short name."""

    code = "registry.identifier-taken"
    default_message = _("Another structure of the register has this number already.")


class AccountTaken(Conflict):
    """Somebody is in the register with this e-mail address already."""

    code = "registry.account-taken"
    default_message = _("Somebody with this e-mail address is in the register already.")


class StaleVersion(Conflict):
    """The record changed since it was read.

    ``data`` has ``version`` (the current one), ``yours``, and ``changed``: what was to be written.
    """

    code = "registry.stale-version"
    default_message = _("Somebody else changed this record since you opened it.")


class RoleOverlap(Conflict):
    """The person holds this role there already, on some of these days."""

    code = "registry.role-overlap"
    default_message = _("This person holds this role there already, on some of these days.")


class LastAdministrator(Conflict):
    """Ending the role would leave the chamber without an administrator."""

    code = "registry.last-administrator"
    default_message = _(
        "The chamber would be left without an administrator. Name another one first."
    )


class RoleEnded(Conflict):
    """The role has ended already."""

    code = "registry.role-ended"
    default_message = _("This role has ended already.")


class AlreadyApplied(Conflict):
    """The import was applied before; ``data["import"]``."""

    code = "registry.import-applied"
    default_message = _("This file was brought in already.")


class UnreadableFile(ChambreError):
    """The file is not a register that we can read."""

    code = "registry.unreadable-file"
    status = 422
    default_message = _("This file cannot be read as a register.")


def mistakes(fields: Mapping[str, list[str]]) -> Invalid:
    """The refusal of what does not make sense; its message says it when it is short.

    Args:
        fields: Messages by field name.
    """
    texts = [text for found in fields.values() for text in found]
    return Invalid(" ".join(texts) if len(texts) <= 3 else None, fields=dict(fields))
