"""Mollie: the payments interface, version 2.

Sources: the public OpenAPI description ``mollie/openapi`` (payments, refunds, chargebacks, settlements)
and Mollie's reference of webhooks: a notice is a form with ``id`` alone, unsigned.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.parse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chambre.lib.paymentstates import DisputeStage, RefundStage, Stage
from chambre.treasury.providers import wire
from chambre.treasury.providers.base import (
    Access,
    FalseNotice,
    Opened,
    Order,
    Seen,
    SeenDispute,
    SeenRefund,
    SeenTransfer,
    Setting,
    Told,
)

PAGE = 250

_STAGES = {
    "open": (Stage.OPEN, ""),
    "pending": (Stage.PENDING, ""),
    "authorized": (Stage.AUTHORISED, ""),
    "paid": (Stage.PAID, ""),
    "failed": (Stage.ENDED, "failed"),
    "expired": (Stage.ENDED, "lapsed"),
    "canceled": (Stage.ENDED, "abandoned"),
}
_REFUNDS = {
    "refunded": RefundStage.DONE,
    "failed": RefundStage.FAILED,
    "canceled": RefundStage.FAILED,
}
_SETTLEMENTS = {"paidout": "paid", "failed": "failed"}


def cents(amount: Mapping[str, Any]) -> int:
    """Cents of an amount object (``{"currency": "EUR", "value": "10.00"}``).

    Raises:
        ValueError: It is not in euros, or has more than two decimals.
    """
    minor = Decimal(str(amount["value"])) * 100
    if amount["currency"] != "EUR" or minor != int(minor):
        raise ValueError(f"not an amount in euros: {amount['value']} {amount['currency']}")
    return int(minor)


def euros(amount: int) -> dict[str, str]:
    """The amount object of some cents."""
    return {"currency": "EUR", "value": f"{amount // 100}.{amount % 100:02d}"}


def _day(moment: str) -> dt.date:
    return timezone.localdate(dt.datetime.fromisoformat(moment))


class Mollie:
    """Payments by card and other means through Mollie."""

    name: ClassVar[str] = "mollie"
    label: ClassVar[str] = "Mollie"
    bases: ClassVar[Mapping[str, str]] = {
        "live": "https://api.mollie.com/v2",
        "sandbox": "https://api.mollie.com/v2",
    }
    settings: ClassVar[Sequence[Setting]] = (
        Setting("api_key", _("API key"), secret=True, help=_("It begins with live_ or test_.")),
        Setting(
            "organization_token",
            _("Organisation access token"),
            secret=True,
            required=False,
            help=_("Needed to read the transfers to the bank account (settlements.read)."),
        ),
    )

    def _call(
        self,
        access: Access,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        key: str = "",
        by: str = "api_key",
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {access.secrets[by]}",
            "Accept": "application/hal+json",
        }
        if key:
            headers["Idempotency-Key"] = key
        if method == "GET":
            return wire.call(method, access.base + path, headers=headers, query=data)
        headers["Content-Type"] = "application/json"
        body = json.dumps(data or {}).encode()
        return wire.call(method, access.base + path, headers=headers, body=body)

    def open(self, access: Access, order: Order) -> Opened:
        """Make a payment; the same key gives the same one for an hour."""
        data: dict[str, Any] = {
            "amount": euros(order.amount),
            "description": order.reason[:255],
            "redirectUrl": order.return_url,
            "cancelUrl": order.cancel_url,
            "webhookUrl": order.notice_url,
            "locale": "fr_FR" if order.language == "fr" else "en_GB",
            "metadata": {"attempt": order.key},
        }
        made = self._call(access, "POST", "/payments", data, key=order.key)
        expires = made.get("expiresAt")
        return Opened(
            made["id"],
            made["_links"]["checkout"]["href"],
            dt.datetime.fromisoformat(expires) if expires else None,
        )

    def look(self, access: Access, remote: str) -> Seen:
        """Read the payment with its refunds and chargebacks."""
        made = self._call(access, "GET", f"/payments/{remote}", {"embed": "refunds,chargebacks"})
        stage, ending = _STAGES.get(made["status"], (Stage.PENDING, ""))
        embedded = made.get("_embedded") or {}
        metadata = made.get("metadata")
        return Seen(
            stage,
            ending=ending,
            amount=cents(made["amount"]) if stage is Stage.PAID else 0,
            day=_day(made["paidAt"]) if stage is Stage.PAID else None,
            remote_payment=made["id"],
            key=str(metadata.get("attempt", "")) if isinstance(metadata, dict) else "",
            reason=str((made.get("statusReason") or {}).get("message", "")),
            refunds=tuple(self._refund(each) for each in embedded.get("refunds") or ()),
            disputes=tuple(self._dispute(each) for each in embedded.get("chargebacks") or ()),
        )

    @staticmethod
    def _refund(each: Mapping[str, Any]) -> SeenRefund:
        metadata = each.get("metadata")
        return SeenRefund(
            each["id"],
            cents(each["amount"]),
            _REFUNDS.get(each["status"], RefundStage.SENT),
            _day(each["createdAt"]),
            str(metadata.get("refund", "")) if isinstance(metadata, dict) else "",
        )

    @staticmethod
    def _dispute(each: Mapping[str, Any]) -> SeenDispute:
        return SeenDispute(
            each["id"],
            cents(each["amount"]),
            DisputeStage.WON if each.get("reversedAt") else DisputeStage.OPEN,
            _day(each["createdAt"]),
        )

    def give_back(
        self, access: Access, *, remote: str, amount: int, key: str, reason: str
    ) -> SeenRefund:
        """Refund a payment; our key is kept in the refund, and asked with it."""
        data = {
            "amount": euros(amount),
            "description": reason[:255],
            "metadata": {"refund": key},
        }
        return self._refund(
            self._call(access, "POST", f"/payments/{remote}/refunds", data, key=key)
        )

    def transfers(self, access: Access, since: dt.date) -> list[SeenTransfer]:
        """Mollie's settlements; nothing without an organisation token."""
        if not access.secrets.get("organization_token"):
            return []
        found: list[SeenTransfer] = []
        query: dict[str, Any] | None = {"limit": PAGE}
        while query:
            page = self._call(access, "GET", "/settlements", query, by="organization_token")
            for each in page["_embedded"]["settlements"]:
                moment = each.get("settledAt") or each["createdAt"]
                if each["status"] != "open" and _day(moment) >= since:
                    found.append(self._transfer(each, _day(moment)))
            following = (page["_links"].get("next") or {}).get("href", "")
            after = urllib.parse.parse_qs(urllib.parse.urlsplit(following).query).get("from")
            query = {"limit": PAGE, "from": after[0]} if after else None
        return found

    @staticmethod
    def _transfer(each: Mapping[str, Any], day: dt.date) -> SeenTransfer:
        months = [month for year in (each.get("periods") or {}).values() for month in year.values()]
        costs = [cost for month in months for cost in month.get("costs") or ()]
        return SeenTransfer(
            each["id"],
            cents(each["amount"]),
            day,
            _SETTLEMENTS.get(each["status"], "pending"),
            sum(cents(cost["amountGross"]) for cost in costs),
            each.get("reference") or "",
        )

    def read_notice(self, access: Access, headers: Mapping[str, str], body: bytes) -> Told:
        """A form with ``id``: unsigned, so it is a hint and nothing else."""
        try:
            remote = urllib.parse.parse_qs(body.decode("ascii"), strict_parsing=True)["id"][0]
        except (ValueError, KeyError):
            raise FalseNotice("the notice names no payment") from None
        if not remote.startswith("tr_") or not remote[3:].isalnum() or len(remote) > 40:
            raise FalseNotice("the notice names no payment")
        return Told("", "payment", (remote,))
