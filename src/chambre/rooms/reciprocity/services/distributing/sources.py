"""Which accounts of the holder's book are facts of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.reciprocity.models import Contract, FactSource

KINDS = ("sale", "fee", "royalty", "cost")
"""Kinds of facts that movements of a book can be."""

_PREFIX = re.compile(r"[67][0-9A-Z]{0,11}")
MOST = 100


@transaction.atomic
def set_sources(
    *, contract: Contract, sources: Iterable[tuple[str, str]], by: Actor
) -> list[FactSource]:
    """Say which accounts a contract counts as what, from the next distribution on.

    Args:
        contract: Whose.
        sources: ``(kind, beginning of the account)``; the longest beginning decides. None: the usual
            ones again (:data:`chambre.rooms.reciprocity.queries.ledgerfacts.USUAL`).
        by: Who says so.

    Raises:
        Forbidden: ``by`` does not work on this contract.
        Invalid: An unknown kind, no account of class 6 or 7, a cost that is no charge or an income that is
            no product, or the same beginning twice.
    """
    authorize(by, "reciprocity.change_contract", contract)
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    rows = [(kind, prefix.strip().upper()) for kind, prefix in sources]
    wrong = [message for row in rows if (message := _mistake(*row))]
    beginnings = [prefix for _kind, prefix in rows]
    wrong += [
        _("%(prefix)s is there twice.") % {"prefix": prefix}
        for prefix in sorted({each for each in beginnings if beginnings.count(each) > 1})
    ]
    if len(rows) > MOST:
        wrong.append(_("At most %(most)d accounts.") % {"most": MOST})
    if wrong:
        raise Invalid("\n".join(wrong), fields={"sources": wrong})
    FactSource.objects.filter(contract=contract).delete()
    made = FactSource.objects.bulk_create(
        FactSource(contract=contract, kind=kind, prefix=prefix) for kind, prefix in rows
    )
    audit(by, "reciprocity.contract.sources", contract, sources=[list(row) for row in rows])
    return made


def _mistake(kind: str, prefix: str) -> str:
    """What is wrong with a row; empty when nothing is."""
    if kind not in KINDS:
        return _("There is no kind of fact “%(kind)s”.") % {"kind": kind}
    if not _PREFIX.fullmatch(prefix):
        return _("“%(prefix)s” begins no account of class 6 or 7.") % {"prefix": prefix}
    if (kind == "cost") != prefix.startswith("6"):
        return _("%(prefix)s: costs are of class 6, what comes in of class 7.") % {"prefix": prefix}
    return ""
