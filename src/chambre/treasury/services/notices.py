"""What providers send us: kept as it came, each event once, and only ever a reason to look."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, NotFound
from chambre.core.jobs import start_job
from chambre.treasury.models import PaymentAttempt, ProviderAccount, ProviderNotice
from chambre.treasury.providers.base import FalseNotice, Told
from chambre.treasury.services.attempts import look
from chambre.treasury.services.provideraccounts import access_of, provider_of

log = structlog.get_logger("chambre.treasury")
LARGEST = 256 * 1024
"""Octets of a notice at most."""


class WrongSignature(ChambreError):
    """The notice is not from the provider; nothing was kept of it."""

    code = "notice.not-genuine"
    status = 400


def take_notice(
    *, account: str, headers: Mapping[str, str], body: bytes
) -> tuple[ProviderNotice, bool]:
    """Take a notice: keep it and have it looked into, both or neither.

    An event that was kept already is not looked into again: whoever kept it has it looked into, also
    after a crash, because both were written together.

    Args:
        account: Public id of the provider's account, from the address of the notice.
        headers: Of the request; the signature is among them.
        body: The octets as they came.

    Returns:
        The notice, and whether it is new.

    Raises:
        NotFound: There is no such account.
        WrongSignature: It is not from the provider.
    """
    row = ProviderAccount.objects.filter(public_id=account).first()
    if row is None or len(body) > LARGEST:
        raise NotFound()
    try:
        told = provider_of(row).read_notice(access_of(row), headers, body)
    except (FalseNotice, KeyError) as false:
        log.warning("notice.refused", account=row.pk, why=str(false))
        raise WrongSignature() from None
    try:
        return _keep(row, told, body), True
    except IntegrityError:
        known = ProviderNotice.objects.filter(account=row, event_id=told.event).first()
        if known is None:
            raise
        return known, False


@transaction.atomic
def _keep(account: ProviderAccount, told: Told, body: bytes) -> ProviderNotice:
    attempt = attempt_of(account, told.key, told.remotes)
    notice = ProviderNotice.objects.create(
        account=account,
        event_id=(told.event or secrets.token_hex(16))[:120],
        kind=told.kind[:80],
        attempt=attempt,
        about=[told.key, *told.remotes],
        body=body.decode("utf-8", "replace"),
    )
    start_job("treasury.notice", Actor.system("treasury"), notice=notice.pk)
    return notice


def attempt_of(
    account: ProviderAccount, key: str, remotes: tuple[str, ...] | list[str]
) -> PaymentAttempt | None:
    """The attempt that a notice is about, by our key or a number of the provider's."""
    rows = account.attempts.select_related("account")
    if key and (found := rows.filter(key=key).first()):
        return found
    for remote in remotes:
        if found := rows.filter(remote=remote).first():
            return found
        if found := rows.filter(remote_payment=remote).order_by("-id").first():
            return found
    return None


def handle_notice(*, notice: ProviderNotice, by: Actor) -> PaymentAttempt | None:
    """Look at what a notice is about; twice does no harm.

    Raises:
        NoAnswer: The provider does not answer; the attempt is looked at again by itself.
    """
    key, *remotes = notice.about
    attempt = notice.attempt or attempt_of(notice.account, key, remotes)
    if attempt is not None:
        attempt = look(attempt=attempt, by=by)
        if notice.attempt_id is None:
            ProviderNotice.objects.filter(pk=notice.pk).update(attempt=attempt)
    ProviderNotice.objects.filter(pk=notice.pk).update(handled_at=timezone.now())
    return attempt
