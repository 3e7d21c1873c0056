"""The command line speaks the language of who types."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir

from chambre.core.cli_words import help_texts
from chambre.core.ui import messages
from chambre.project.cli import language

PROJECT = Path(__file__).resolve().parents[1]
CATALOGUES = PROJECT / "locale" / "fr" / "LC_MESSAGES"
# For programmers and for completing words in the shell: nobody reads them here.
UNSEEN = ("shell_completion.py", "_termui_impl.py", "utils.py", "parser.py")
FOR_PROGRAMMERS = (
    "No options defined",
    "defined twice",
    "declaration",
    "Boolean option",
    "colour",
    "Choice({choices})",
)


def test_the_composition_root_reads_in_french():
    assert messages.untranslated(PROJECT, CATALOGUES / "django.po") == []


def test_click_reads_in_french():
    folder = Path(click.__file__).parent
    wanted = {
        text[0] if isinstance(text, tuple) else text
        for name, _line, text, _comments, _context in extract_from_dir(
            str(folder), method_map=[("**.py", "python")]
        )
        if Path(name).name not in UNSEEN
    }
    catalogue = messages.read(CATALOGUES / "messages.po")

    missing = [text for text in wanted if not (catalogue.get(text) and catalogue.get(text).string)]
    assert [one for one in missing if not any(part in one for part in FOR_PROGRAMMERS)] == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "fr"),
        ({"LANG": "C"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "CHAMBRE_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
    ],
)
def test_whose_language_it_is(environment, expected):
    assert language(environment) == expected


def test_help_is_found_in_docstrings_and_options():
    source = '''
import click

@click.command("go")
@click.option("--far", help="How far.")
@json_option
def go(far):
    """Go there.

    Really.
    """

def helper():
    """Not a command."""
'''
    assert help_texts(source) == ["Go there.\n\nReally.", "How far."]
    assert help_texts("x = 1") == []


@pytest.mark.any_database
def test_help_and_refusals_are_in_french_unless_the_machine_is_english(home):
    assert "Montrer cette aide." in home.run("token", "create", "--help")
    whole = home.run("--help")
    assert "Servir la Chambre" in whole
    assert "l’outil de travail d’une Chambre des communs" in whole
    home.run("serve", "--port", "x", status=2)
    assert "Erreur\u00a0: Valeur refusée pour '--port'" in home.said

    assert "Show this message" in home.run("token", "create", "--help", LC_ALL="en_US.UTF-8")
    assert home.tables() == []
