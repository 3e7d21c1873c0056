"""The rules of a producers' shop, without a database: what is sold, when, at what price, to whom.

Amounts are integer cents with VAT, quantities pieces or grams or millilitres, rates of VAT hundredths
of a percent (550 is 5.5 %), moments aware. Everything goes in and comes out as frozen dataclasses;
what a rule forbids is a :class:`~chambre.lib.shopping.wording.ShoppingRefusal` with words in French
and in English. ``README.md`` beside this file is the way in.

* ``lines``, ``coupons``, ``totals``: what a line costs, what is taken off it, what an order comes to;
* ``seasons``, ``cycles``: when a product is there, when one can order, when it is handed over;
* ``subscriptions``, ``announcing``, ``dues``, ``composing``: baskets by subscription, absences, what
  they cost, what is in them;
* ``solidarity``: bidding rounds, baskets paid ahead for others;
* ``preparing``: harvest, picking, crates that come back short, rounds;
* ``orderflow``: what may happen to an order.
"""
