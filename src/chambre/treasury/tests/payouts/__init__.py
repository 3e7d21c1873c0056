"""Tests of payouts and collections."""
