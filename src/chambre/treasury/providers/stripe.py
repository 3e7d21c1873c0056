"""Stripe: Checkout Sessions for the page, PaymentIntents for the money.

Sources: Stripe's API reference (Checkout Session, PaymentIntent, Charge, BalanceTransaction, Refund,
Dispute, Payout, idempotent requests, webhook signatures).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
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

VERSION = "2024-06-20"
"""Version of the interface that is asked for, whatever the account's own is."""
TOLERANCE = 300
"""Seconds that a signature may be old, as Stripe's own libraries have it."""
PAGE = 100

_REFUNDS = {
    "pending": RefundStage.SENT,
    "requires_action": RefundStage.SENT,
    "succeeded": RefundStage.DONE,
    "failed": RefundStage.FAILED,
    "canceled": RefundStage.FAILED,
}
_DISPUTES = {"won": DisputeStage.WON, "lost": DisputeStage.LOST}
_NO_MONEY = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")
"""Inquiries: nothing was taken away (yet)."""
_PAYOUTS = {"paid": "paid", "failed": "failed", "canceled": "failed"}


def _day(moment: int) -> dt.date:
    return timezone.localdate(dt.datetime.fromtimestamp(moment, dt.UTC))


class Stripe:
    """Card payments through Stripe."""

    name: ClassVar[str] = "stripe"
    label: ClassVar[str] = "Stripe"
    bases: ClassVar[Mapping[str, str]] = {
        "live": "https://api.stripe.com",
        "sandbox": "https://api.stripe.com",
    }
    settings: ClassVar[Sequence[Setting]] = (
        Setting(
            "secret_key",
            _("Secret key"),
            secret=True,
            help=_("It begins with sk_live_ or sk_test_."),
        ),
        Setting(
            "webhook_secret",
            _("Signing secret of the webhook"),
            secret=True,
            help=_("It begins with whsec_. Stripe shows it when you add the address of notices."),
        ),
    )

    def _call(
        self,
        access: Access,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {access.secrets['secret_key']}",
            "Stripe-Version": VERSION,
        }
        if key:
            headers["Idempotency-Key"] = key
        if method == "GET":
            return wire.call(method, access.base + path, headers=headers, query=data)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return wire.call(method, access.base + path, headers=headers, body=wire.form(data or {}))

    def open(self, access: Access, order: Order) -> Opened:
        """Make a Checkout Session; the same key gives the same one for a day."""
        data: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": order.amount,
                        "product_data": {"name": order.reason},
                    },
                }
            ],
            "success_url": order.return_url,
            "cancel_url": order.cancel_url,
            "client_reference_id": order.key,
            "locale": order.language,
            "metadata": {"attempt": order.key},
            "payment_intent_data": {"metadata": {"attempt": order.key}},
        }
        if order.email:
            data["customer_email"] = order.email
        session = self._call(access, "POST", "/v1/checkout/sessions", data, order.key)
        expires = session.get("expires_at")
        return Opened(
            session["id"],
            session["url"],
            dt.datetime.fromtimestamp(expires, dt.UTC) if expires else None,
        )

    def look(self, access: Access, remote: str) -> Seen:
        """Read the session, its charge with the fee, its refunds and disputes."""
        session = self._call(
            access,
            "GET",
            f"/v1/checkout/sessions/{remote}",
            {"expand": ["payment_intent.latest_charge.balance_transaction"]},
        )
        key = (session.get("metadata") or {}).get("attempt", "")
        intent = session.get("payment_intent")
        if not isinstance(intent, dict):
            return self._without_money(session, key)
        charge = intent.get("latest_charge")
        if intent["status"] == "succeeded" and isinstance(charge, dict):
            return self._with_money(access, intent, charge, key)
        stage = {"processing": Stage.PENDING, "requires_capture": Stage.AUTHORISED}.get(
            intent["status"]
        )
        if stage is not None:
            return Seen(stage, key=key)
        return self._without_money(session, key, intent)

    def _without_money(
        self, session: Mapping[str, Any], key: str, intent: Mapping[str, Any] | None = None
    ) -> Seen:
        """The session is open, has ended, or its money never came."""
        if session["status"] == "expired":
            return Seen(Stage.ENDED, ending="lapsed", key=key)
        problem = ((intent or {}).get("last_payment_error") or {}).get("message", "")
        if (intent or {}).get("status") == "canceled":
            return Seen(Stage.ENDED, ending="abandoned", key=key, reason=problem)
        if session["status"] == "complete" and session.get("payment_status") == "unpaid":
            return Seen(
                Stage.ENDED if problem else Stage.PENDING,
                ending="failed" if problem else "",
                key=key,
                reason=problem,
            )
        return Seen(Stage.OPEN, key=key, reason=problem)

    def _with_money(
        self, access: Access, intent: Mapping[str, Any], charge: Mapping[str, Any], key: str
    ) -> Seen:
        moved = charge.get("balance_transaction")
        if isinstance(moved, str):
            moved = self._call(access, "GET", f"/v1/balance/history/{moved}")
        return Seen(
            Stage.PAID,
            amount=int(charge.get("amount_captured") or charge["amount"]),
            day=_day(charge["created"]),
            fee=int(moved["fee"]) if moved else None,
            remote_payment=intent["id"],
            key=key,
            refunds=tuple(
                self._refund(each)
                for each in self._listed(
                    access, "/v1/refunds", {"payment_intent": intent["id"], "limit": PAGE}
                )
            ),
            disputes=tuple(
                self._dispute(each)
                for each in self._listed(
                    access, "/v1/disputes", {"payment_intent": intent["id"], "limit": PAGE}
                )
                if each["status"] not in _NO_MONEY
            ),
        )

    def _listed(self, access: Access, path: str, query: Mapping[str, Any]) -> list[Any]:
        """All of a list, page after page."""
        found: list[Any] = []
        after: dict[str, str] = {}
        while True:
            page = self._call(access, "GET", path, {**query, **after})
            found += page["data"]
            if not page.get("has_more") or not page["data"]:
                return found
            after = {"starting_after": page["data"][-1]["id"]}

    @staticmethod
    def _refund(each: Mapping[str, Any]) -> SeenRefund:
        return SeenRefund(
            each["id"],
            int(each["amount"]),
            _REFUNDS.get(each.get("status") or "succeeded", RefundStage.SENT),
            _day(each["created"]),
            (each.get("metadata") or {}).get("refund", ""),
        )

    @staticmethod
    def _dispute(each: Mapping[str, Any]) -> SeenDispute:
        moved = each.get("balance_transactions") or []
        return SeenDispute(
            each["id"],
            int(each["amount"]),
            _DISPUTES.get(each["status"], DisputeStage.OPEN),
            _day(each["created"]),
            sum(int(row.get("fee", 0)) for row in moved),
        )

    def give_back(
        self, access: Access, *, remote: str, amount: int, key: str, reason: str
    ) -> SeenRefund:
        """Refund a PaymentIntent; our key is kept in the refund, and asked with it."""
        data = {
            "payment_intent": remote,
            "amount": amount,
            "metadata": {"refund": key, "reason": reason[:200]},
        }
        return self._refund(self._call(access, "POST", "/v1/refunds", data, key))

    def transfers(self, access: Access, since: dt.date) -> list[SeenTransfer]:
        """Stripe's payouts to the bank account."""
        rows = self._listed(access, "/v1/payouts", {"limit": PAGE})
        return [
            SeenTransfer(
                each["id"],
                int(each["amount"]),
                _day(int(each.get("arrival_date") or each["created"])),
                _PAYOUTS.get(each["status"], "pending"),
                text=each.get("statement_descriptor") or "STRIPE",
            )
            for each in rows
            if _day(int(each["created"])) >= since and each["currency"] == "eur"
        ]

    def read_notice(self, access: Access, headers: Mapping[str, str], body: bytes) -> Told:
        """Check ``Stripe-Signature`` over the octets as they came: HMAC-SHA256 of ``t.body``."""
        check_signature(
            headers.get("Stripe-Signature", ""), body, access.secrets["webhook_secret"], time.time()
        )
        try:
            event = json.loads(body)
            about = event["data"]["object"]
            remotes = [
                about.get("payment_intent"), about["id"], about.get("charge")
            ]  # fmt: skip
            return Told(
                str(event["id"]),
                str(event["type"]),
                tuple(each for each in remotes if isinstance(each, str) and each),
                str((about.get("metadata") or {}).get("attempt", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FalseNotice("the notice is not an event of Stripe") from None


def check_signature(header: str, body: bytes, secret: str, now: float) -> None:
    """Stop here unless the body was signed with the secret, at most five minutes ago.

    Raises:
        FalseNotice: It was not.
    """
    parts = [piece.split("=", 1) for piece in header.split(",") if "=" in piece]
    moment = next((value for name, value in parts if name.strip() == "t"), "")
    given = [value for name, value in parts if name.strip() == "v1"]
    if not moment.isdigit() or abs(now - int(moment)) > TOLERANCE:
        raise FalseNotice("the signature has no moment, or an old one")
    expected = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), each.strip().encode()) for each in given):
        raise FalseNotice("the signature is wrong")
