"""Distributions: computed, proposed, objected to, decided, booked and paid."""
