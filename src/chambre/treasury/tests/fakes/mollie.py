"""Mollie's payments interface with a memory, after the public OpenAPI description mollie/openapi."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from .server import Answer, Asked, FakeServer, route

KEY = "test_Wz9kq3xXy7Vb2NmPq4RtLs8Dd5FgHj"
TOKEN = "access_Vb2NmPq4RtLs8Dd5FgHjWz9kq3xXy7"


def cents(amount: dict[str, str]) -> int:
    whole, _, rest = amount["value"].partition(".")
    assert amount["currency"] == "EUR" and len(rest) == 2
    return int(whole) * 100 + int(rest)


def value(amount: int) -> dict[str, str]:
    sign = "-" if amount < 0 else ""
    return {"currency": "EUR", "value": f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"}


class FakeMollie(FakeServer):
    """Payments, refunds, chargebacks, settlements; idempotency keys are remembered."""

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.chargebacks: dict[str, dict[str, Any]] = {}
        self.settlements: list[dict[str, Any]] = []
        self.numbers = itertools.count(1)
        self.now = dt.datetime.now(dt.UTC)
        super().__init__()

    def authorise(self, asked: Asked, path: str) -> None:
        wanted = TOKEN if path.endswith("/settlements") else KEY
        if asked.headers["Authorization"] != f"Bearer {wanted}":
            raise Answer(
                401, {"status": 401, "title": "Unauthorized Request", "detail": "Missing."}
            )

    def once(self, each: Any, asked: Asked, path: str) -> tuple[int, Any]:
        key = asked.headers.get("Idempotency-Key")
        if not key:
            return 200, each(asked)
        if key in self.answered:
            body, status, content = self.answered[key]
            if body != asked.body:
                raise Answer(400, {"status": 400, "detail": "Idempotency key of another request."})
            return status, content
        content = each(asked)
        self.answered[key] = (asked.body, 201, content)
        return 201, content

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self.numbers):010d}"

    @route("POST", "/v2/payments")
    def create(self, asked: Asked) -> Any:
        data = asked.json
        missing = {"amount", "description", "redirectUrl"} - set(data)
        if missing or cents(data["amount"]) <= 0 or len(data["description"]) > 255:
            raise Answer(422, {"status": 422, "detail": f"The payment is wrong: {missing}"})
        number = self._id("tr")
        self.payments[number] = {
            **data,
            "resource": "payment",
            "id": number,
            "mode": "test",
            "status": "open",
            "createdAt": self.now.isoformat(),
            "expiresAt": (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat(),
            "_links": {"checkout": {"href": f"https://www.mollie.com/checkout/{number}"}},
        }
        return self.payments[number]

    def _payment(self, number: str) -> dict[str, Any]:
        if number not in self.payments:
            raise Answer(404, {"status": 404, "title": "Not Found", "detail": "No payment exists."})
        return self.payments[number]

    @route("GET", "/v2/payments/([^/]+)")
    def get(self, asked: Asked) -> Any:
        payment = dict(self._payment(asked.path[0]))
        wanted = asked.query.get("embed", "").split(",")
        embedded = {
            name: [each for each in kept.values() if each["paymentId"] == payment["id"]]
            for name, kept in (("refunds", self.refunds), ("chargebacks", self.chargebacks))
            if name in wanted
        }
        return {**payment, "_embedded": embedded} if embedded else payment

    def remaining(self, number: str) -> int:
        payment = self.payments[number]
        back = sum(
            cents(each["amount"])
            for each in self.refunds.values()
            if each["paymentId"] == number and each["status"] != "failed"
        )
        held = sum(
            cents(each["amount"])
            for each in self.chargebacks.values()
            if each["paymentId"] == number and "reversedAt" not in each
        )
        return cents(payment["amount"]) - back - held

    @route("POST", "/v2/payments/([^/]+)/refunds")
    def refund(self, asked: Asked) -> Any:
        payment, data = self._payment(asked.path[0]), asked.json
        amount = cents(data["amount"])
        if payment["status"] != "paid" or not 0 < amount <= self.remaining(payment["id"]):
            raise Answer(422, {"status": 422, "detail": "The amount is higher than the maximum"})
        number = self._id("re")
        self.refunds[number] = {
            **data,
            "resource": "refund",
            "id": number,
            "paymentId": payment["id"],
            "status": "pending",
            "createdAt": self.now.isoformat(),
        }
        return self.refunds[number]

    @route("GET", "/v2/settlements")
    def list_settlements(self, asked: Asked) -> Any:
        return {
            "count": len(self.settlements),
            "_embedded": {"settlements": self.settlements},
            "_links": {"next": None},
        }

    # What happens at Mollie without us.

    def pay(self, number: str) -> None:
        self.payments[number] |= {"status": "paid", "paidAt": self.now.isoformat()}

    def end(self, number: str, status: str) -> None:
        self.payments[number]["status"] = status

    def refund_ends(self, number: str, status: str = "refunded") -> None:
        self.refunds[number]["status"] = status

    def refund_elsewhere(self, payment: str, amount: int) -> str:
        number = self._id("re")
        self.refunds[number] = {
            "id": number,
            "paymentId": payment,
            "amount": value(amount),
            "status": "refunded",
            "createdAt": self.now.isoformat(),
        }
        return number

    def charge_back(self, payment: str, amount: int) -> str:
        number = self._id("chb")
        self.chargebacks[number] = {
            "id": number,
            "paymentId": payment,
            "amount": value(amount),
            "createdAt": self.now.isoformat(),
        }
        return number

    def reverse(self, chargeback: str) -> None:
        self.chargebacks[chargeback]["reversedAt"] = self.now.isoformat()

    def settle(self, amount: int, costs: int) -> str:
        number = self._id("stl")
        self.settlements.append(
            {
                "id": number,
                "status": "paidout",
                "amount": value(amount),
                "reference": f"08687.2603.{len(self.settlements) + 1:02d}",
                "createdAt": self.now.isoformat(),
                "settledAt": self.now.isoformat(),
                "periods": {"2026": {"03": {"revenue": [], "costs": [
                    {"description": "Cards", "count": 1, "amountNet": value(costs),
                     "amountVat": None, "amountGross": value(costs)}]}}},
            }
        )  # fmt: skip
        return number

    def balance(self) -> int:
        """What Mollie holds for the structure, in cents."""
        paid = sum(cents(p["amount"]) for p in self.payments.values() if p["status"] == "paid")
        back = sum(cents(r["amount"]) for r in self.refunds.values() if r["status"] == "refunded")
        held = sum(cents(c["amount"]) for c in self.chargebacks.values() if "reversedAt" not in c)
        gone = sum(
            cents(s["amount"])
            + sum(cents(c["amountGross"]) for c in s["periods"]["2026"]["03"]["costs"])
            for s in self.settlements
        )
        return paid - back - held - gone
