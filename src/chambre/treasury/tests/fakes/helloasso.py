"""HelloAsso's checkout with a memory, after the public description HelloAsso/helloasso-open-api."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from typing import Any

from .server import Answer, Asked, FakeServer, route

CLIENT, SECRET, ORGANIZATION = "4f2a9c0d8e7b", "s3cr3t-of-the-client", "les-vergers"
SIGNATURE_KEY = "AyCM0yTeQd8In2OzdP3R2HGTrYiCA818"
DAY = "2026-03-02T11:50:48.8859116+01:00"


class FakeHelloAsso(FakeServer):
    """Tokens, checkout intents, payments, refunds, cash-outs. It knows no idempotency keys."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.drawn = 0
        self.intents: dict[int, dict[str, Any]] = {}
        self.payments: dict[int, dict[str, Any]] = {}
        self.cash_outs: dict[int, list[dict[str, Any]]] = {}
        self.numbers = itertools.count(1001)
        super().__init__()

    def authorise(self, asked: Asked, path: str) -> None:
        if path != "/oauth2/token":
            token = (asked.headers["Authorization"] or "").removeprefix("Bearer ")
            if token not in self.tokens:
                raise Answer(401, {"message": "Unauthorized"})

    @route("POST", "/oauth2/token")
    def token(self, asked: Asked) -> Any:
        form = asked.form
        if form != {
            "grant_type": "client_credentials",
            "client_id": CLIENT,
            "client_secret": SECRET,
        }:
            raise Answer(401, {"error": "invalid_client", "error_description": "Wrong client"})
        self.drawn += 1
        token = f"token-{self.drawn}"
        self.tokens.add(token)
        return {"access_token": token, "refresh_token": "r", "token_type": "bearer",
                "expires_in": 1799}  # fmt: skip

    @route("POST", f"/v5/organizations/{ORGANIZATION}/checkout-intents")
    def init(self, asked: Asked) -> Any:
        data = asked.json
        if data["totalAmount"] != data["initialAmount"] or not 0 < len(data["itemName"]) <= 250:
            raise Answer(400, {"errors": [{"code": "ArgumentInvalid", "message": "Wrong amount"}]})
        number = next(self.numbers)
        self.intents[number] = {**data, "id": number, "payment": None}
        return {"id": number, "redirectUrl": f"https://www.helloasso.com/checkout/{number}"}

    @route("GET", rf"/v5/organizations/{ORGANIZATION}/checkout-intents/(\d+)")
    def intent(self, asked: Asked) -> Any:
        intent = self.intents.get(int(asked.path[0]))
        if intent is None:
            raise Answer(404, {"message": "Not found"})
        answer = {
            "id": intent["id"],
            "metadata": intent["metadata"],
            "redirectUrl": f"https://www.helloasso.com/checkout/{intent['id']}",
        }
        if intent["payment"]:
            payment = self.payments[intent["payment"]]
            answer["order"] = {"id": 9, "payments": [payment], "checkoutIntentId": intent["id"]}
        return answer

    @route("GET", f"/v5/organizations/{ORGANIZATION}/payments")
    def list_payments(self, asked: Asked) -> Any:
        return {
            "data": list(self.payments.values()),
            "pagination": {"pageIndex": 1, "totalPages": 1, "totalCount": len(self.payments)},
        }

    def remaining(self, number: int) -> int:
        payment = self.payments[number]
        return payment["amount"] - sum(
            each["amount"]
            for each in payment["refundOperations"]
            if each["status"] not in ("Error", "Refused")
        )

    @route("POST", r"/v5/payments/(\d+)/refund")
    def refund(self, asked: Asked) -> Any:
        payment = self.payments.get(int(asked.path[0]))
        if payment is None:
            raise Answer(404, {"message": "Not found"})
        amount = int(asked.query.get("amount") or 0) or payment["amount"]
        if amount > self.remaining(payment["id"]) or payment["state"] == "Contested":
            raise Answer(400, {"errors": [{"message": "This payment cannot be refunded"}]})
        operation = {
            "id": next(self.numbers),
            "amount": amount,
            "amountTip": 0,
            "status": "Processing",
            "meta": {"createdAt": DAY},
        }
        payment["refundOperations"].append(operation)
        return {
            "id": operation["id"],
            "amount": amount,
            "state": "Processing",
            "creationDate": DAY,
            "paymentId": payment["id"],
        }

    @route("GET", rf"/v5/organizations/{ORGANIZATION}/cash-out/(\d+)/export")
    def export(self, asked: Asked) -> Any:
        return self.cash_outs[int(asked.path[0])]

    # What happens at HelloAsso without us.

    def pay(self, intent: str, tip: int = 300) -> int:
        row = self.intents[int(intent)]
        number = next(self.numbers)
        self.payments[number] = {
            "id": number,
            "amount": row["totalAmount"],
            "amountTip": tip,
            "date": DAY,
            "paymentMeans": "Card",
            "installmentNumber": 1,
            "state": "Authorized",
            "cashOutState": "Transfered",
            "refundOperations": [],
        }
        row["payment"] = number
        return number

    def set_state(self, intent: str, state: str) -> None:
        self.payments[self.intents[int(intent)]["payment"]]["state"] = state

    def refund_ends(self, payment: int, status: str = "Processed") -> None:
        for each in self.payments[payment]["refundOperations"]:
            if each["status"] == "Processing":
                each["status"] = status

    def cash_out(self) -> int:
        number = next(self.numbers)
        rows = []
        for payment in self.payments.values():
            if "idCashOut" not in payment:
                payment |= {
                    "idCashOut": number,
                    "cashOutDate": "2026-03-05T00:00:00+01:00",
                    "cashOutState": "CashedOut",
                }
                rows.append({"paymentId": payment["id"], "credit": payment["amount"] / 100})
        self.cash_outs[number] = rows
        return number

    def notice(self, intent: str) -> tuple[bytes, dict[str, str]]:
        """What HelloAsso would send of a payment, signed as for partners."""
        row = self.intents[int(intent)]
        body = json.dumps(
            {
                "data": self.payments[row["payment"]],
                "eventType": "Payment",
                "metadata": row["metadata"],
            }
        ).encode()
        signature = hmac.new(SIGNATURE_KEY.encode(), body, hashlib.sha256).hexdigest()
        return body, {"X-Ha-Signature": signature}
