"""What every act asks about an exchange, put together once (:mod:`chambre.core.db.questions`).

Those that lock are asked inside a transaction; the locks last as long as it does.
"""

from __future__ import annotations

from chambre.core.db.questions import Question
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    ConditionTold,
    Exchange,
    ExchangeParty,
    ExchangeSignature,
    ExchangeVersion,
    Leg,
)
from chambre.treasury.models import Payment

EXCHANGE_LOCKED = Question(
    lambda pk: (
        Exchange.objects.filter(pk=pk).select_for_update(of=("self",)).select_related("chamber")
    )
)
"""An exchange, alone."""

LEGS_LOCKED = Question(
    lambda exchange: (
        Leg.objects.filter(exchange_id=exchange).select_for_update(of=("self",)).order_by("pk")
    )
)
"""The legs of an exchange, alone, always in the same order."""

AGENTS_WITH_IDS = Question(lambda ids: Agent.objects.filter(pk__in=ids))
"""Agents by their ids."""

BY_KEY = Question(lambda key: Exchange.objects.filter(key=key).select_related("chamber"))
"""The exchange that was drafted with an idempotency key."""

VERSION = Question(
    lambda exchange, number: ExchangeVersion.objects.filter(
        exchange_id=exchange, number=number
    ).order_by("id")
)
"""One version of the words of an exchange."""

PARTIES = Question(
    lambda version: (
        ExchangeParty.objects.filter(version_id=version, role=ExchangeParty.Role.PARTY)
        .select_related("agent__user")
        .order_by("id")
    )
)
"""Those who sign a version, in the order of the text."""

CONCERNED = Question(
    lambda version: (
        ExchangeParty.objects.filter(version_id=version)
        .select_related("agent__user")
        .order_by("id")
    )
)
"""All whom a version names, whatever for."""

THINGS = Question(
    lambda exchange: (
        Leg.objects.filter(exchange_id=exchange, kind__in=(Leg.Kind.GOODS, Leg.Kind.CUSTODY))
        .select_related("keeper__user")
        .order_by("pk")
    )
)
"""The legs of an exchange for which a place is kept, with who keeps it."""

UNSIGNED = Question(
    lambda version: ExchangeParty.objects.filter(
        version_id=version, role=ExchangeParty.Role.PARTY, signature__isnull=True
    ).order_by("id")[:1]
)
"""A party that has not signed a version; none: all have."""

SIGNATURE = Question(lambda party: ExchangeSignature.objects.filter(party_id=party).order_by("id"))
"""The signature of a party, if there is one."""

BY_SLUG = Question(lambda slug: Exchange.objects.filter(slug=slug))
"""The exchange of a short name."""

AGENTS = Question(lambda slugs: Agent.objects.filter(slug__in=slugs).select_related("user"))
"""Agents by their short names."""

TOLD = Question(lambda exchange: ConditionTold.objects.filter(exchange_id=exchange).order_by("id"))
"""All that was told about the conditions of an exchange, the last word last."""

PAYMENT = Question(lambda public: Payment.objects.filter(public_id=public))
"""A payment by its public id."""

PAYMENT_LOCKED = Question(
    lambda public: Payment.objects.filter(public_id=public).select_for_update(of=("self",))
)
"""A payment, alone."""
