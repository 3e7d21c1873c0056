"""``chambre token`` and ``chambre person``."""

from __future__ import annotations

import datetime as dt

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import tokens
from chambre.core.audit import audit
from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid, NotFound
from chambre.core.models import Token, User
from chambre.project.people import ensure_person


def _email(value: str) -> str:
    """A checked address.

    Raises:
        Invalid: It is not one.
    """
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        text = _("%(value)s is not an e-mail address.") % {"value": value}
        raise Invalid(text, fields={"person": [text]}) from error
    return address


@click.group()
def token() -> None:
    """Access keys of machines."""


@token.command("create")
@click.option("--person", required=True, help="E-mail of the person in whose name it acts.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    help="app, app.permission, or * (repeatable).",
)
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="Ends after so many days.")
@json_option
def create_token(
    person: str, scopes: tuple[str, ...], label: str, days: int | None, as_json: bool
) -> None:
    """Make a key and show it once.

    It can do what its scopes and the rights of the person both allow. A person who is not known
    yet is made, without any right.
    """
    by = administrator()
    wanted = [part for scope in scopes for part in scope.split(",") if part]
    with transaction.atomic():
        user, made = ensure_person(_email(person), by=by)
        row, key = tokens.create_token(
            user=user,
            scopes=wanted,
            by=by,
            label=label,
            expires_at=timezone.now() + dt.timedelta(days=days) if days else None,
        )
    if made:
        click.echo(_("New person: %(email)s (no rights yet).") % {"email": user.email}, err=True)
    payload = {
        "token": key,
        "id": row.public,
        "person": user.email,
        "person_created": made,
        "scopes": row.scopes,
        "expires_at": row.expires_at,
    }
    show(payload, as_json, key)


@token.command("list")
@click.option("--person", default="", help="Only those of this person.")
@json_option
def list_tokens(person: str, as_json: bool) -> None:
    """Every key, without its secret."""
    rows = Token.objects.select_related("user")
    if person:
        rows = rows.filter(user__email=_email(person))
    payload = [
        {
            "id": row.public,
            "person": row.user.email,
            "label": row.label,
            "scopes": row.scopes,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "revoked_at": row.revoked_at,
            "used_at": row.used_at,
            "valid": row.is_valid,
        }
        for row in rows
    ]
    lines = [
        f"{row.public}  {row.user.email}  {' '.join(row.scopes)}  "
        f"{_('valid') if row.is_valid else _('ended')}  {row.label}".rstrip()
        for row in rows
    ]
    show({"tokens": payload}, as_json, lines or _("There are no access keys."))


@token.command("revoke")
@click.argument("id")
@json_option
def revoke_token(id: str, as_json: bool) -> None:
    """End the key with this ID (the part between the two underscores) now."""
    row = Token.objects.filter(
        public=id.removeprefix(f"{tokens.PREFIX}_").partition("_")[0]
    ).first()
    if row is None:
        raise NotFound(_("There is no such access key."))
    row = tokens.revoke_token(row, by=administrator())
    show({"id": row.public, "revoked_at": row.revoked_at}, as_json, _("It no longer works."))


@click.group()
def person() -> None:
    """People who can sign in."""


@person.command("create")
@click.argument("email")
@click.option("--name", default="", help="How they are greeted.")
@click.option("--admin", is_flag=True, help="Looks after this machine.")
@json_option
def create_person(email: str, name: str, admin: bool, as_json: bool) -> None:
    """Make somebody who can sign in with the address EMAIL; harmless when they are there."""
    by = administrator()
    with transaction.atomic():
        user, made = ensure_person(_email(email), by=by, name=name)
        if admin and not user.is_admin:
            user.is_admin = True
            user.save(update_fields=["is_admin"])
            audit(by, "core.person.made-administrator", user)
    payload = {"email": user.email, "name": user.name, "admin": user.is_admin, "created": made}
    show(payload, as_json, _("%(email)s can sign in.") % {"email": user.email})


@person.command("list")
@json_option
def list_people(as_json: bool) -> None:
    """Everybody who can sign in."""
    rows = User.objects.all()
    payload = [
        {"email": row.email, "name": row.name, "admin": row.is_admin, "active": row.is_active}
        for row in rows
    ]
    lines = [f"{row.email}  {row.name}{'  *' if row.is_admin else ''}".rstrip() for row in rows]
    show({"people": payload}, as_json, lines or _("Nobody yet."))
