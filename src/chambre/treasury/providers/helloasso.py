"""HelloAsso: checkout intents, for associations.

Sources: the public OpenAPI description ``HelloAsso/helloasso-open-api`` (version 5) and HelloAsso's pages
on Checkout, notifications and their signature (HMAC-SHA256 of the body in ``x-ha-signature``, for
partners only). HelloAsso knows no idempotency keys: before a refund is asked again, one looks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
import time
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
    ProviderRefusal,
    Seen,
    SeenDispute,
    SeenRefund,
    SeenTransfer,
    Setting,
    Told,
)

OPEN_FOR = dt.timedelta(minutes=15)
"""How long HelloAsso keeps a page open."""
PAGE = 100
LOOK_BACK = dt.timedelta(days=90)
"""A payment may be transferred this long after it was made."""

_PAID = {"Authorized", "AuthorizedPreprod", "Registered", "Refunded", "Refunding", "Contested"}
_ENDED = {
    "Refused": "failed",
    "Error": "failed",
    "Inconsistent": "failed",
    "Canceled": "abandoned",
    "Abandoned": "abandoned",
    "Deleted": "abandoned",
}
_REFUND_FAILED = {"Error", "InternalError", "Refused", "Aborted", "Canceled"}


def _day(moment: str) -> dt.date:
    """The day as HelloAsso writes it, which is the day in France."""
    return dt.date.fromisoformat(moment[:10])


class _Tokens:
    """Access tokens by account: they live half an hour, and HelloAsso counts how many are drawn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], tuple[str, float]] = {}

    def token(self, access: Access, *, fresh: bool = False) -> str:
        """A token that holds for at least another minute."""
        client, secret = access.settings["client_id"], access.secrets["client_secret"]
        name = (access.base, client, hashlib.sha256(secret.encode()).hexdigest())
        with self._lock:
            known = self._kept.get(name)
            if known and known[1] > time.monotonic() + 60 and not fresh:
                return known[0]
        drawn = wire.call(
            "POST",
            access.base.removesuffix("/v5") + "/oauth2/token",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=wire.form(
                {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
            ),
        )
        with self._lock:
            until = time.monotonic() + int(drawn["expires_in"])
            self._kept[name] = (drawn["access_token"], until)
        return str(drawn["access_token"])


_tokens = _Tokens()


class HelloAsso:
    """Card payments for associations through HelloAsso; the payer may add a tip for HelloAsso."""

    name: ClassVar[str] = "helloasso"
    label: ClassVar[str] = "HelloAsso"
    bases: ClassVar[Mapping[str, str]] = {
        "live": "https://api.helloasso.com/v5",
        "sandbox": "https://api.helloasso-sandbox.com/v5",
    }
    settings: ClassVar[Sequence[Setting]] = (
        Setting(
            "organization",
            _("Short name of the association"),
            help=_("The last part of its address at HelloAsso: …/associations/short-name"),
        ),
        Setting("client_id", _("Client id")),
        Setting("client_secret", _("Client secret"), secret=True),
        Setting(
            "signature_key",
            _("Signature key of notices"),
            secret=True,
            required=False,
            help=_("For partners only. With it, notices without a right signature are refused."),
        ),
    )

    def _call(
        self,
        access: Access,
        method: str,
        path: str,
        *,
        data: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        body = json.dumps(data).encode() if data is not None else None
        for fresh in (False, True):
            headers = {"Authorization": f"Bearer {_tokens.token(access, fresh=fresh)}"}
            if body is not None:
                headers["Content-Type"] = "application/json"
            try:
                return wire.call(
                    method, access.base + path, headers=headers, body=body, query=query
                )
            except ProviderRefusal as refusal:
                if refusal.status != 401 or fresh:
                    raise
        raise AssertionError("one of the two answers came back")  # pragma: no cover

    def open(self, access: Access, order: Order) -> Opened:
        """Make a checkout intent. Asked twice, the first one is never shown to anybody."""
        data: dict[str, Any] = {
            "totalAmount": order.amount,
            "initialAmount": order.amount,
            "itemName": order.reason[:250],
            "backUrl": order.cancel_url,
            "errorUrl": order.return_url,
            "returnUrl": order.return_url,
            "containsDonation": False,
            "metadata": {"attempt": order.key},
        }
        if order.email:
            data["payer"] = {"email": order.email}
        path = f"/organizations/{access.settings['organization']}/checkout-intents"
        made = self._call(access, "POST", path, data=data)
        return Opened(str(made["id"]), made["redirectUrl"], dt.datetime.now(dt.UTC) + OPEN_FOR)

    def look(self, access: Access, remote: str) -> Seen:
        """Read the intent; it has an order once money came."""
        made = self._call(
            access,
            "GET",
            f"/organizations/{access.settings['organization']}/checkout-intents/{remote}",
            query={"withFailedRefundOperation": "true"},
        )
        metadata = made.get("metadata")
        key = str(metadata.get("attempt", "")) if isinstance(metadata, dict) else ""
        payments = (made.get("order") or {}).get("payments") or []
        if not payments:
            return Seen(Stage.OPEN, key=key)
        payment = payments[0]
        if payment["state"] in _PAID:
            return self._paid(payment, key)
        ending = _ENDED.get(payment["state"], "")
        return Seen(Stage.ENDED if ending else Stage.PENDING, ending=ending, key=key)

    def _paid(self, payment: Mapping[str, Any], key: str) -> Seen:
        number, day = str(payment["id"]), _day(payment["date"])
        disputes: tuple[SeenDispute, ...] = ()
        if payment["state"] == "Contested":
            disputes = (
                SeenDispute(f"contest-{number}", int(payment["amount"]), DisputeStage.OPEN, day),
            )
        return Seen(
            Stage.PAID,
            amount=int(payment["amount"]),
            day=day,
            fee=0,
            remote_payment=number,
            key=key,
            refunds=tuple(
                self._refund(each, day) for each in payment.get("refundOperations") or ()
            ),
            disputes=disputes,
        )

    @staticmethod
    def _refund(each: Mapping[str, Any], day: dt.date) -> SeenRefund:
        status = each.get("status") or each.get("state")
        if status == "Processed":
            stage = RefundStage.DONE
        else:
            stage = RefundStage.FAILED if status in _REFUND_FAILED else RefundStage.SENT
        moment = each.get("creationDate") or (each.get("meta") or {}).get("createdAt")
        return SeenRefund(
            str(each["id"]), int(each["amount"]), stage, _day(moment) if moment else day
        )

    def give_back(
        self, access: Access, *, remote: str, amount: int, key: str, reason: str
    ) -> SeenRefund:
        """Refund a payment. HelloAsso keeps no key: who is not sure looks first."""
        made = self._call(
            access,
            "POST",
            f"/payments/{remote}/refund",
            query={"amount": amount, "comment": reason[:200], "sendRefundMail": "true"},
        )
        return self._refund(made, timezone.localdate())

    def transfers(self, access: Access, since: dt.date) -> list[SeenTransfer]:
        """HelloAsso's cash-outs: found in the payments, added up from their detail."""
        home = f"/organizations/{access.settings['organization']}"
        found: dict[int, tuple[dt.date, str]] = {}
        for payment in self._payments(access, home, since - LOOK_BACK):
            if payment.get("idCashOut") and payment.get("cashOutDate"):
                done = payment.get("cashOutState") == "CashedOut"
                found[payment["idCashOut"]] = (
                    _day(payment["cashOutDate"]),
                    "paid" if done else "pending",
                )
        transfers = []
        for number, (day, stage) in sorted(found.items()):
            if day < since:
                continue
            rows = self._call(access, "GET", f"{home}/cash-out/{number}/export")
            moved = sum(
                (Decimal(str(row.get("credit") or 0)) - Decimal(str(row.get("debit") or 0)))
                for row in rows
            )
            transfers.append(
                SeenTransfer(str(number), int(moved * 100), day, stage, text=f"HELLOASSO {number}")
            )
        return transfers

    def _payments(self, access: Access, home: str, since: dt.date) -> list[Any]:
        """All payments since a day, page after page."""
        found: list[Any] = []
        page = 1
        while True:
            answer = self._call(
                access,
                "GET",
                f"{home}/payments",
                query={"from": since.isoformat(), "pageSize": PAGE, "pageIndex": page},
            )
            found += answer["data"]
            if page >= int(answer["pagination"]["totalPages"]) or not answer["data"]:
                return found
            page += 1

    def read_notice(self, access: Access, headers: Mapping[str, str], body: bytes) -> Told:
        """Check the signature where there is a key, and find which intent is meant."""
        secret = access.secrets.get("signature_key")
        if secret:
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            given = headers.get("X-Ha-Signature", "")
            if not hmac.compare_digest(expected.encode(), given.lower().encode()):
                raise FalseNotice("the signature is wrong")
        try:
            notice = json.loads(body)
            data = notice["data"]
            kind = str(notice["eventType"])
            metadata = notice.get("metadata") or {}
            remotes = [data.get("checkoutIntentId"), data.get("id") if kind == "Payment" else None]
            return Told(
                "",
                kind,
                tuple(str(each) for each in remotes if each),
                str(metadata.get("attempt", "")) if isinstance(metadata, dict) else "",
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FalseNotice("the notice is not one of HelloAsso") from None
