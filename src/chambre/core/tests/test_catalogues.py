"""Translations are there from the first start on."""

from __future__ import annotations

from django.apps import AppConfig


def test_translations_are_compiled_before_any_model_is_read(monkeypatch):
    """Reading models reads the catalogue, and what was missing then is missing until the end."""
    compiled = []
    monkeypatch.setattr("chambre.core.apps.compile_stale", lambda: compiled.append("all"))

    config = AppConfig.create("chambre.core")

    assert config.models_module is None
    assert compiled == ["all"]
