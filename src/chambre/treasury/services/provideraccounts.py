"""A structure's accounts at payment providers: opened, changed, closed to payers."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.models import ProviderAccount
from chambre.treasury.models.payments import new_public_id
from chambre.treasury.providers import ALL
from chambre.treasury.providers.base import Access, Provider
from chambre.treasury.services import credentials
from chambre.treasury.services.booking import account_of


def provider_of(account: ProviderAccount) -> Provider:
    """The adapter of an account.

    Raises:
        Invalid: This house has no adapter of that name (any more).
    """
    try:
        return ALL[account.provider]
    except KeyError:
        raise Invalid(_("There is no such payment provider.")) from None


def access_of(account: ProviderAccount) -> Access:
    """How to reach the provider: what was filled in, and the secrets from their file."""
    return Access(account.base, dict(account.settings), credentials.read(account.public_id))


@transaction.atomic
def open_provider_account(
    *,
    book: Book,
    provider: str,
    label: str,
    mode: str,
    values: Mapping[str, str],
    by: Actor,
    base: str = "",
) -> ProviderAccount:
    """Let a structure be paid through a provider.

    The account on which its money is booked is that of the rule of today (``means.provider`` for this
    provider), for as long as the account lives.

    Args:
        book: Whose money.
        provider: Name of an adapter: ``stripe``, ``helloasso``, ``mollie``.
        label: What payers read on the button, at most 60 characters.
        mode: ``sandbox`` or ``live``.
        values: What the provider asks for, by name; secrets among them.
        by: Who opens it.
        base: Address of another interface than the provider's own (a test).

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No such provider, or something is missing.
    """
    authorize(by, "treasury.manage", book)
    adapter = ALL.get(provider)
    if adapter is None or mode not in ProviderAccount.Mode.values:
        raise Invalid(_("There is no such payment provider."), fields={"provider": [provider]})
    plain, hidden = _sorted(adapter, values, {}, {})
    account = ProviderAccount.objects.create(
        public_id=new_public_id(),
        book=book,
        provider=provider,
        label=(" ".join(label.split()) or adapter.label)[:60],
        mode=mode,
        settings=plain,
        base=(base or adapter.bases[mode]).rstrip("/"),
        account=account_of(book, "means.provider", provider),
        fee_account=account_of(book, "fee", provider),
        since=registry.today(),
    )
    credentials.keep(account.public_id, hidden)
    audit(by, "treasury.provider.opened", account, provider=provider, mode=mode)
    return account


@transaction.atomic
def change_provider_account(
    *,
    account: ProviderAccount,
    by: Actor,
    label: str = "",
    values: Mapping[str, str] | None = None,
    active: bool = True,
) -> ProviderAccount:
    """Change the name, the settings, and whether payers see it. An empty secret stays as it is.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Something is missing.
    """
    authorize(by, "treasury.manage", account.book)
    account = ProviderAccount.objects.select_for_update().get(pk=account.pk)
    adapter = provider_of(account)
    before = credentials.read(account.public_id)
    plain, hidden = _sorted(adapter, values or {}, account.settings, before)
    account.label = (" ".join(label.split()) or account.label)[:60]
    account.settings, account.active = plain, active
    account.save(update_fields=["label", "settings", "active"])
    changed = sorted(name for name in hidden if hidden[name] != before.get(name))
    if changed:
        credentials.keep(account.public_id, hidden)
    audit(by, "treasury.provider.changed", account, active=active, secrets=changed)
    return account


def _sorted(
    adapter: Provider,
    values: Mapping[str, str],
    plain_before: Mapping[str, str],
    hidden_before: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """What was filled in, apart from the secrets; what is left empty stays as it was."""
    plain: dict[str, str] = {}
    hidden: dict[str, str] = {}
    missing: dict[str, list[str]] = {}
    for setting in adapter.settings:
        before = (hidden_before if setting.secret else plain_before).get(setting.name, "")
        value = str(values.get(setting.name) or "").strip() or before
        if not value and setting.required:
            missing[setting.name] = [_("This is needed.")]
        if any(sign in value for sign in "\r\n"):
            missing[setting.name] = [_("This cannot have several lines.")]
        (hidden if setting.secret else plain)[setting.name] = value[:500]
    if missing:
        raise Invalid(_("Something is missing."), fields=missing)
    return plain, hidden
