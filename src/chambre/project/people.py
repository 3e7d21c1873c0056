"""People, and their place in the register: the composition root joins the two."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.models import User
from chambre.registry.api import person_of


@transaction.atomic
def ensure_person(email: str, *, by: Actor, name: str = "") -> tuple[User, bool]:
    """Somebody who can sign in with this address; whether they were made now.

    The address counts as checked: the administrator vouches for it.
    """
    user = User.objects.filter(email=email).first()
    if user is not None:
        return user, False
    user = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    audit(by, "core.person.created", user)
    person_of(user)
    return user, True
