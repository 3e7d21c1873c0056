"""Who calls the REST interface: a machine with a key, a person with a session, or anybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.tokens import actor_of_token

SAFE = {"GET", "HEAD", "OPTIONS"}


class AccessKey(HttpBearer):
    """``Authorization: Bearer chb_…``, made with ``chambre token create``."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Act as the key's person, within its scopes.

        Raises:
            AuthenticationError: The key is unknown, revoked or past its end. Nothing else is
                tried then: a machine must learn that its key no longer works.
        """
        actor = actor_of_token(token.strip())
        if actor is None:
            raise AuthenticationError
        request.actor = actor  # type: ignore[attr-defined]
        request.user = actor.user  # type: ignore[assignment]
        return actor


class Session(APIKeyCookie):
    """The cookie of somebody who is signed in; writing also needs the ``X-CSRFToken`` header."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked below, only for those who have a session

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Act as the person of the session.

        Raises:
            Forbidden: The request does not come from one of our pages.
        """
        if not request.user.is_authenticated:
            return None
        if request.method not in SAFE and check_csrf(request):
            raise Forbidden
        request.actor = Actor.of(request.user)  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined]


class Reader:
    """Anybody, for reading; services decide what they may see. Writing needs a key or a session."""

    def __call__(self, request: HttpRequest) -> Any:
        """Act as nobody in particular."""
        if request.method not in SAFE:
            return None
        request.actor = Actor.of(None)  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined]


ANYBODY: list[Any] = [AccessKey(), Session(), Reader()]
"""The rule of the house: reading is for anybody whom the service lets read."""
SIGNED_IN: list[Any] = [AccessKey(), Session()]
"""For an operation that makes no sense without a person: ``@router.get(…, auth=SIGNED_IN)``."""
