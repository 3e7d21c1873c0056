"""Access keys of machines: made once, kept as a digest, used within scopes, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable

import rules
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import Token, User

PREFIX = "chb"
USED_EVERY = dt.timedelta(hours=1)
"""How exactly the last use is known: not one write per request."""


def known_scopes() -> set[str]:
    """``*``, every app label and every permission that a rule exists for."""
    names = set(rules.permissions.permissions)
    return {"*", *names, *(name.partition(".")[0] for name in names)}


def digest(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    user: User,
    scopes: Iterable[str],
    by: Actor,
    label: str = "",
    expires_at: dt.datetime | None = None,
) -> tuple[Token, str]:
    """Make a key for a machine that acts in a person's name.

    Args:
        user: In whose name it acts; it can never do more than this person.
        scopes: Permissions, app labels, or ``*``.
        by: Who makes it.
        label: What it is for.
        expires_at: When it ends; absent: it does not.

    Returns:
        The row, and the key itself, which cannot be had again.

    Raises:
        Forbidden: ``by`` may not make keys for this person.
        Invalid: No scope, an unknown scope, or an end in the past.
    """
    if by.user is None or by.user.pk != user.pk or by.kind != "person":
        authorize(by, "core.manage_tokens")
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in known_scopes()]
    if not wanted or unknown:
        text = _("Unknown scope: %(scopes)s.") % {"scopes": ", ".join(unknown) or "–"}
        raise Invalid(text, fields={"scopes": [text]}, known=sorted(known_scopes()))
    if expires_at is not None and expires_at <= timezone.now():
        text = _("This end is in the past.")
        raise Invalid(text, fields={"expires_at": [text]})
    public = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    token = Token.objects.create(
        public=public,
        digest=digest(secret),
        user=user,
        label=label[:120],
        scopes=wanted,
        expires_at=expires_at,
    )
    audit(by, "core.token.created", token, person=user.email, scopes=wanted)
    return token, f"{PREFIX}_{public}_{secret}"


@transaction.atomic
def revoke_token(token: Token, *, by: Actor) -> Token:
    """End a key now. Ending it again changes nothing.

    Raises:
        Forbidden: It is somebody else's.
    """
    if by.user is None or by.user.pk != token.user_id or by.kind != "person":
        authorize(by, "core.manage_tokens")
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit(by, "core.token.revoked", token)
    return token


def actor_of_token(key: str) -> Actor | None:
    """Who a key acts as; nothing when it is not (or no longer) good."""
    prefix, _mark, rest = key.partition("_")
    public, _mark, secret = rest.partition("_")
    if prefix != PREFIX or not secret or "\x00" in key:
        return None
    token = Token.objects.select_related("user").filter(public=public).first()
    if token is None or not hmac.compare_digest(token.digest, digest(secret)):
        return None
    if not token.is_valid or not token.user.is_active:
        return None
    now = timezone.now()
    if token.used_at is None or now - token.used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return Actor("token", token.user, f"{token.user.email} ({public})", frozenset(token.scopes))
