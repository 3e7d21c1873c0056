"""Tables that a migration makes together are those that it would make one after the other."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from chambre.core.db.together import Together


def _operations() -> list[migrations.CreateModel]:
    key = ("id", models.BigAutoField(primary_key=True))
    tree = migrations.CreateModel("Tree", [key, ("name", models.CharField(max_length=9))])
    # Refers to the one before it, and to one that comes only later.
    apple = migrations.CreateModel(
        "Apple",
        [
            key,
            ("tree", models.ForeignKey("app.tree", models.PROTECT)),
            ("basket", models.ForeignKey("app.basket", models.PROTECT)),
        ],
    )
    return [tree, apple, migrations.CreateModel("Basket", [key])]


def test_the_models_are_those_of_one_after_the_other_and_worked_out_anew():
    one, other = ProjectState(), ProjectState()
    assert not list(other.apps.get_models()), "rendered before: what was rendered is not kept"
    for operation in _operations():
        operation.state_forwards("app", one)

    Together(_operations()).state_forwards("app", other)

    assert {model.__name__ for model in other.apps.get_models()} == {"Tree", "Apple", "Basket"}
    assert {key: state.fields.keys() for key, state in one.models.items()} == {
        key: state.fields.keys() for key, state in other.models.items()
    }


def test_the_tables_are_made_and_taken_away_again(transactional_db):
    before, after, together = ProjectState(), ProjectState(), Together(_operations())
    together.state_forwards("app", after)
    tables = {"app_tree", "app_apple", "app_basket"}

    with connection.schema_editor(atomic=True) as editor:
        together.database_forwards("app", editor, before, after)
    assert tables <= set(connection.introspection.table_names())
    with connection.schema_editor(atomic=True) as editor:
        together.database_backwards("app", editor, after, before)
    assert not tables & set(connection.introspection.table_names())


def test_it_is_written_into_a_migration_as_it_is():
    text, imports = OperationWriter(Together(_operations()[:1]), indentation=0).serialize()

    assert "together.Together(" in text
    assert "name='Tree'" in text
    assert "import chambre.core.db.together" in imports


def test_it_makes_tables_and_does_nothing_else():
    with pytest.raises(TypeError, match="makes no table"):
        Together([*_operations(), migrations.RunSQL("SELECT 1")])
