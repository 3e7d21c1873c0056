"""Models for the tests: a small one by hand, and any that can be made at random."""

import datetime as dt

from hypothesis import strategies as st

from chambre.lib.modelling import model_from_data

LOAN = {"slug": "nef", "name": "Nef", "amount": 2_500_000, "rate": "3.5%", "months": 36}


def shop(**more):
    """A small resource: ten users who pay 12 € for each of two uses a month."""
    data = {
        "format": 1,
        "slug": "shop",
        "title": "Shop",
        "starts": dt.date(2027, 1, 1),
        "horizon": 24,
        "opening": 100_000,
        "segment": [{"slug": "all", "name": "All", "start": 10, "uses": 2}],
        "price": [{"slug": "use", "name": "Use", "amount": 1_200}],
        "cost": [{"slug": "rent", "name": "Rent", "kind": "fixed", "amount": 20_000}],
    }
    return model_from_data(data | more)


def _number(low, high, write=int):
    """A known number or one of the three kinds of range, in order."""

    def made(values, kind, shape):
        a, b, c = sorted(values)
        if kind == "known":
            return write(b)
        if kind == "even":
            return {"low": write(a), "high": write(c)}
        return {"min": write(a), "likely": write(b), "max": write(c)} | shape

    return st.builds(
        made,
        st.tuples(*[st.integers(low, high)] * 3),
        st.sampled_from(["known", "even", "three"]),
        st.sampled_from([{}, {"shape": "pert"}]),
    )


def percent(high):
    return _number(0, high, lambda tenths: f"{tenths / 10}%")


def _slugs(*words):
    return st.lists(st.sampled_from(words), unique=True, max_size=2)


def _things(name, **fields):
    one = st.fixed_dictionaries(fields)
    return st.lists(one, max_size=2).map(
        lambda items: [
            {"slug": f"{name}-{at}", "name": name} | item for at, item in enumerate(items)
        ]
    )


def _maybe_last(items):
    for item in items:
        if item.get("last", 99) < item.get("first", 1):
            item.pop("last")
    return items


SEGMENTS = st.tuples(
    *[
        st.fixed_dictionaries(
            {
                "slug": st.just(slug),
                "name": st.just(slug),
                "start": _number(0, 50),
                "arrivals": _number(0, 5),
                "growth": percent(40),
                "churn": percent(60),
                "at_most": st.just(500),
                "uses": _number(0, 30),
                "season": st.lists(st.integers(0, 200), min_size=12, max_size=12),
                "first": st.integers(1, 9),
            }
        )
        for slug in ("a", "b")
    ]
).map(list)
PRICES = _things(
    "price",
    amount=_number(0, 3_000),
    per=st.sampled_from(["use", "month", "year"]),
    segments=_slugs("a", "b"),
    paid_after=st.integers(0, 4),
    month=st.integers(1, 12),
    indexed=st.booleans(),
    last=st.integers(3, 9),
)
COSTS = _things(
    "cost",
    kind=st.sampled_from(["fixed", "per-unit", "stepwise", "yearly"]),
    amount=_number(0, 200_000),
    every=_number(1, 100),
    counts=st.sampled_from(["uses", "users"]),
    segments=_slugs("a", "b"),
    month=st.integers(1, 12),
    first=st.integers(1, 9),
).map(_maybe_last)
MODELS = st.fixed_dictionaries(
    {
        "format": st.just(1),
        "slug": st.just("any"),
        "title": st.just("Any"),
        "starts": st.sampled_from([dt.date(2027, 1, 1), dt.date(2027, 9, 1)]),
        "horizon": st.integers(9, 40),
        "opening": _number(0, 10_000_000),
        "segment": SEGMENTS,
        "price": PRICES,
        "cost": COSTS,
        "upkeep": st.fixed_dictionaries({"amount": _number(0, 50_000), "reserve": _number(0, 24)}),
        "equipment": _things(
            "thing",
            cost=_number(0, 5_000_000),
            lifetime=_number(1, 30),
            month=st.integers(1, 9),
            renew=st.booleans(),
        ),
        "deposit": _things(
            "jar",
            amount=_number(0, 500),
            segments=_slugs("a", "b"),
            loss=percent(900),
            delay=st.integers(0, 5),
            rotations=_number(1, 30),
            object_cost=_number(0, 300),
        ),
        "volunteer": _things("help", hours=_number(0, 90), rate=_number(0, 3_000)),
        "grant": _things(
            "grant",
            amount=_number(0, 5_000_000),
            month=st.integers(1, 9),
            chance=percent(1_000),
            spread=st.integers(0, 30),
        ),
        "loan": _things(
            "loan",
            amount=_number(0, 5_000_000),
            month=st.integers(1, 9),
            rate=percent(80),
            months=st.integers(1, 30),
            grace=st.integers(0, 6),
            how=st.sampled_from(["equal", "at-the-end"]),
        ),
        "indexing": st.fixed_dictionaries({"costs": percent(60), "prices": percent(60)}),
    }
)
"""Data of any model."""


def certain(data):
    """The same model without any range: the likely value, or the lowest of an even range."""
    if isinstance(data, dict):
        if {"min", "likely"} <= set(data):
            return data["likely"]
        if {"low", "high"} == set(data):
            return data["low"]
        return {key: ("100%" if key == "chance" else certain(value)) for key, value in data.items()}
    return [certain(each) for each in data] if isinstance(data, list) else data
