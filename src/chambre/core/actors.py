"""Who does something: a person, a machine with a token, or the administrator's command line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import rules
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Forbidden

if TYPE_CHECKING:
    from chambre.core.models import User


_SYSTEM = {
    "command line": _("command line"),
    "every hour": _("the hourly work"),
    "first start": _("the first start"),
    "connected objects": _("connected objects"),
    "link of a letter": _("the link of a letter"),
    "anonymous": _("somebody who is not signed in"),
}


def label_in_words(label: str) -> str:
    """A recorded label as a person reads it; an e-mail address or a key's name stays itself."""
    return str(_SYSTEM.get(label, label))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as services see it.

    Attributes:
        kind: ``person``, ``token``, ``system`` (command line, background) or ``anonymous``.
        user: The person behind it, if there is one.
        label: How the audit trail names the actor.
        scopes: What a token may be used for; empty for the others.
    """

    kind: str
    user: User | None = None
    label: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, user: Any) -> Actor:
        """The actor of a signed-in (or anonymous) Django user."""
        if user is None or isinstance(user, AnonymousUser) or not user.is_authenticated:
            return cls(kind="anonymous", label="anonymous")
        return cls(kind="person", user=user, label=user.email)

    @classmethod
    def system(cls, label: str = "command line") -> Actor:
        """The machine's administrator at the command line, or the system's own work."""
        return cls(kind="system", label=label)

    @property
    def is_system(self) -> bool:
        """True for the command line and background work: every right, and recorded as such."""
        return self.kind == "system"

    def also(self, *scopes: str) -> Actor:
        """The same actor, whose key may also be used for what its act needs of lower floors.

        For a service that has authorized its own act: a key for bringing accounts in may post
        them. The rules about the person stay, so that nobody gains a right.
        """
        return replace(self, scopes=self.scopes | set(scopes)) if self.kind == "token" else self

    def may(self, permission: str, obj: Any = None) -> bool:
        """Whether a rule allows it; see :func:`authorize`.

        A permission is named ``app.verb_noun``. A token needs a scope equal to the permission,
        to its app label, or ``*``, and its person needs the permission too.
        """
        if self.is_system:
            return True
        if self.kind == "token" and not self.scopes & {
            "*",
            permission,
            permission.split(".", maxsplit=1)[0],
        }:
            return False
        user: Any = self.user or AnonymousUser()
        if self.user is not None and not self.user.is_active:
            return False
        return bool(rules.has_perm(permission, user, obj))


def authorize(by: Actor, permission: str, obj: Any = None) -> None:
    """Stop here unless the actor may do this. The first line of every service.

    Raises:
        Forbidden: No rule allows it; ``data`` names the permission.
    """
    if not by.may(permission, obj):
        raise Forbidden(permission=permission)
