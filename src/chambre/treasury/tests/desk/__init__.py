"""Tests of cash and cheques."""
