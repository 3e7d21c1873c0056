"""Stripe: localstripe over HTTP, and beside it what it lacks.

localstripe (https://github.com/adrienverge/localstripe) plays PaymentIntents, refunds, balance
transactions, payouts and signed notices. Added here, in the shape of Stripe's reference: Checkout
Sessions, disputes, fees, ``Idempotency-Key``, and the refusal of a refund above what was paid.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError

SECRET_KEY, WEBHOOK_SECRET = "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "whsec_fGk2n0bU8mQ4"


class Session:
    """A Checkout Session."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.id = f"cs_test_{resources.random_id(24)}"
        price = data["line_items"][0]["price_data"]
        assert data["mode"] == "payment" and price["currency"] == "eur"
        assert data["success_url"] and price["product_data"]["name"]
        self.amount = int(price["unit_amount"]) * int(data["line_items"][0]["quantity"])
        self.metadata = data.get("metadata") or {}
        self.intent_metadata = (data.get("payment_intent_data") or {}).get("metadata") or {}
        self.intent: Any = None
        self.status = "open"
        self.created = int(time.time())

    def export(self) -> dict[str, Any]:
        intent = None
        if self.intent is not None:
            intent = self.intent._export()
            charge = self.intent.latest_charge
            if charge is not None:
                intent["latest_charge"] = charge._export()
                moved = charge.balance_transaction
                if moved:
                    found = resources.BalanceTransaction._api_retrieve(moved)
                    intent["latest_charge"]["balance_transaction"] = found._export()
        return {
            "id": self.id,
            "object": "checkout.session",
            "status": self.status,
            "payment_status": "paid" if self.status == "complete" else "unpaid",
            "amount_total": self.amount,
            "metadata": self.metadata,
            "payment_intent": intent,
            "url": f"https://checkout.stripe.com/c/pay/{self.id}",
            "expires_at": self.created + 86_400,
        }


class FakeStripe:
    """One per test session, because localstripe's application can be started once; ``clear`` it."""

    def __init__(self) -> None:
        resources.Store.dump_to_disk = lambda self: None  # nothing on disk
        self.sessions: dict[str, Session] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.answered: dict[str, tuple[bytes, int, bytes]] = {}
        self.locks: dict[str, asyncio.Lock] = {}
        self.trouble: list[str | None] = []
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait(20)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        app = server.app
        app.middlewares.insert(0, self._watch)
        app.router.add_post("/v1/checkout/sessions", self._create)
        app.router.add_get("/v1/checkout/sessions/{id}", self._get)
        app.router.add_get("/v1/disputes", self._list_disputes)
        runner = web.AppRunner(app)
        self.loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self.loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        ready.set()
        self.loop.run_forever()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def clear(self) -> None:
        for kept in (self.sessions, self.disputes, self.answered, self.locks, resources.store):
            dict.clear(kept)
        self.trouble.clear()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Idempotency keys, refusals that localstripe does not know, and answers that get lost."""
        trouble = self.trouble.pop(0) if self.trouble and request.path.startswith("/v1") else None
        if trouble == "down":
            return web.json_response({"error": {"message": "Unavailable"}}, status=503)
        key = request.headers.get("Idempotency-Key")
        if key and request.method == "POST":
            async with self.locks.setdefault(key, asyncio.Lock()):
                answer = await self._once(key, request, handler)
        else:
            answer = await self._checked(request, handler)
        if trouble == "lost" and request.transport is not None:
            request.transport.close()
        return answer

    async def _once(self, key: str, request: web.Request, handler: Any) -> web.Response:
        body = await request.read()
        if key not in self.answered:
            answer = await self._checked(request, handler)
            self.answered[key] = (body, answer.status, bytes(answer.body))
        before, status, content = self.answered[key]
        if before != body:
            return web.json_response(
                {"error": {"type": "idempotency_error", "message": "Keys for other parameters"}},
                status=400,
            )
        return web.Response(status=status, body=content, content_type="application/json")

    async def _checked(self, request: web.Request, handler: Any) -> web.Response:
        if request.path == "/v1/refunds" and request.method == "POST":
            data = await server.get_post_data(request)
            charge = resources.PaymentIntent._api_retrieve(data["payment_intent"]).latest_charge
            if int(data["amount"]) > charge.amount - self._back(charge.id):
                message = "Refund amount is greater than unrefunded amount on charge"
                return web.json_response({"error": {"message": message}}, status=400)
        try:
            return await handler(request)
        except UserError as error:
            return error.to_response()

    def _back(self, charge: str) -> int:
        rows = [value for key, value in resources.store.items() if key.startswith("refund:")]
        back = sum(r.amount for r in rows if r.charge == charge and r.status != "failed")
        held = sum(
            d["amount"] for d in self.disputes.values() if d["charge"] == charge
            and d["status"] != "won"
        )  # fmt: skip
        return back + held

    async def _create(self, request: web.Request) -> web.Response:
        session = Session(await server.get_post_data(request))
        self.sessions[session.id] = session
        return web.json_response(session.export())

    async def _get(self, request: web.Request) -> web.Response:
        session = self.sessions.get(request.match_info["id"])
        if session is None:
            return web.json_response({"error": {"message": "No such session"}}, status=404)
        return web.json_response(session.export())

    async def _list_disputes(self, request: web.Request) -> web.Response:
        wanted = request.query.get("payment_intent")
        found = [d for d in self.disputes.values() if d["payment_intent"] == wanted]
        return web.json_response({"object": "list", "data": found, "has_more": False})

    # What the payer and the bank do.

    def call(self, method: str, path: str, **data: Any) -> Any:
        request = urllib.request.Request(
            self.base + path, data=json.dumps(data).encode() if data else None, method=method
        )
        request.add_header("Authorization", f"Bearer {SECRET_KEY}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def pay(self, session: str, fee: int = 0, card: str = "4242424242424242") -> str:
        """The payer types a card on the hosted page; the PaymentIntent's number."""
        row = self.sessions[session]
        card_data = {"number": card, "exp_month": "12", "exp_year": "2099", "cvc": "123"}
        method = self.call("POST", "/v1/payment_methods", type="card", card=card_data)
        intent = self.call(
            "POST",
            "/v1/payment_intents",
            amount=row.amount,
            currency="eur",
            payment_method=method["id"],
            metadata=row.intent_metadata,
        )
        row.intent = resources.PaymentIntent._api_retrieve(intent["id"])
        with contextlib.suppress(urllib.error.HTTPError):  # a declined card
            self.call("POST", f"/v1/payment_intents/{intent['id']}/confirm")
        if row.intent.status == "succeeded":
            row.status = "complete"
            moved = row.intent.latest_charge.balance_transaction
            resources.BalanceTransaction._api_retrieve(moved).fee = fee
        return str(intent["id"])

    def expire(self, session: str) -> None:
        self.sessions[session].status = "expired"

    def dispute(self, intent: str, amount: int, fee: int = 2_000) -> str:
        number = f"dp_{resources.random_id(14)}"
        charge = resources.PaymentIntent._api_retrieve(intent).latest_charge
        self.disputes[number] = {
            "id": number,
            "object": "dispute",
            "amount": amount,
            "charge": charge.id,
            "payment_intent": intent,
            "status": "needs_response",
            "created": int(time.time()),
            "balance_transactions": [{"amount": -amount, "fee": fee, "net": -amount - fee}],
        }
        return number

    def dispute_ends(self, number: str, status: str) -> None:
        self.disputes[number]["status"] = status

    def refund_fails(self, number: str) -> None:
        resources.Refund._api_retrieve(number).status = "failed"

    def refunds(self) -> list[Any]:
        return [value for key, value in resources.store.items() if key.startswith("refund:")]

    def balance(self) -> int:
        """What Stripe holds for the structure, in cents."""
        rows = resources.store.items()
        charges = [v for k, v in rows if k.startswith("charge:") and v.status == "succeeded"]
        fees = [v.fee for k, v in rows if k.startswith("balance_transaction:")]
        back = [r.amount for r in self.refunds() if r.status == "succeeded"]
        held = [d["amount"] for d in self.disputes.values() if d["status"] != "won"]
        taken = [b["fee"] for d in self.disputes.values() for b in d["balance_transactions"]]
        gone = [v.amount for k, v in rows if k.startswith("payout:") and v.status == "paid"]
        came = sum(charge.amount for charge in charges)
        return came - sum(fees) - sum(back) - sum(held) - sum(taken) - sum(gone)
