"""What every app and every room must be like, whoever wrote it."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from chambre.core import hooks
from chambre.core.db import guards
from chambre.core.discovery import house_apps

MODULES = {
    "__init__", "apps", "models", "rules", "queries", "services", "api", "forms", "views", "rest",
    "hooks", "tasks", "cli", "demo", "urls", "tests", "migrations", "templatetags",
}  # fmt: skip
FOLDERS = {"templates", "static", "locale", "data"}
FILES = {"README.md"}
ROOMS = [config for config in house_apps() if config.name.startswith("chambre.rooms.")]
HOUSE = house_apps()


@pytest.mark.parametrize("room", ROOMS, ids=lambda config: config.label)
def test_a_room_has_the_inner_tree_of_every_room(room):
    strange = []
    for path in Path(room.path).iterdir():
        name = path.stem if path.suffix == ".py" else path.name
        if path.name == "__pycache__":
            continue
        if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists()):
            known = name in MODULES
        else:
            known = name in (FOLDERS if path.is_dir() else FILES)
        if not known:
            strange.append(path.name)

    assert strange == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda config: config.label)
def test_a_room_says_what_it_is_for(room):
    readme = Path(room.path, "README.md")

    assert readme.exists()
    assert len(readme.read_text(encoding="utf-8").split()) > 60
    assert importlib.import_module(room.name).__doc__


@pytest.mark.parametrize("config", HOUSE, ids=lambda config: config.label)
def test_an_app_offers_what_the_house_looks_for(config):
    expected = {"cli": "commands", "rest": "router", "urls": "urlpatterns", "demo": "load"}
    for name, attribute in expected.items():
        path = f"{config.name}.{name}"
        if config.label in ("core", "project") and name in ("cli", "rest", "urls"):
            continue  # the core's own helpers, and the composition root's entrances
        if find_spec(path):
            assert hasattr(importlib.import_module(path), attribute), path


@pytest.mark.parametrize("config", HOUSE, ids=lambda config: config.label)
def test_templates_and_static_files_live_in_the_apps_own_folder(config):
    if config.label == "core":
        return  # the kit itself
    for kind in ("templates", "static"):
        folder = Path(config.path, kind)
        if folder.is_dir():
            assert {path.name for path in folder.iterdir()} <= {config.label, "django"}


@pytest.mark.django_db
def test_every_append_only_table_refuses_change_on_this_database():
    assert guards.missing(connection) == []
    for model in guards.append_only_models():
        if connection.vendor == "sqlite" and not model.objects.exists():
            continue  # its triggers speak for each row
        table, column = model._meta.db_table, model._meta.pk.column
        for attack in (f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"'):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attack)


def test_references_to_what_is_written_once_cannot_be_cut():
    loose = [
        f"{model.__name__}.{field.name}"
        for model in guards.append_only_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.remote_field.on_delete.__name__ != "PROTECT"
    ]

    assert loose == []


def test_names_of_events_and_tables_belong_to_their_app():
    labels = {config.label for config in HOUSE}

    assert [name for name in hooks.events() if name.split(".")[0] not in labels | {"test"}] == []
    for config in HOUSE:
        for model in apps.get_app_config(config.label).get_models():
            assert model._meta.db_table.startswith(f"{config.label}_")


def test_money_is_never_a_float():
    floats = [
        f"{model.__name__}.{field.name}"
        for config in HOUSE
        for model in apps.get_app_config(config.label).get_models()
        for field in model._meta.get_fields()
        if field.get_internal_type() in ("FloatField", "DecimalField")
        and any(word in field.name for word in ("amount", "minor", "balance", "price", "total"))
    ]

    assert floats == []


@pytest.mark.django_db
def test_migrations_are_complete():
    from django.core.management import call_command

    try:
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    except SystemExit as error:
        raise AssertionError("a model has no migration") from error
