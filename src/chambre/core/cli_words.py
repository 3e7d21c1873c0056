"""The words of commands: help texts are docstrings, which no extractor finds by itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import click
from django.utils.translation import gettext


def help_texts(source: str) -> list[str]:
    """Every help text of the commands and options in a Python source, as click shows it."""
    if "import click" not in source:
        return []
    return list(dict.fromkeys(_texts(ast.parse(source))))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            doc = ast.get_docstring(node)
            if doc:
                yield inspect.cleandoc(doc)
        if isinstance(node, ast.Call) and _name(node.func) in ("option", "argument", "command"):
            yield from (
                keyword.value.value
                for keyword in node.keywords
                if keyword.arg == "help"
                and isinstance(keyword.value, ast.Constant)
                and isinstance(keyword.value.value, str)
            )


def _makes_command(decorator: ast.expr) -> bool:
    """Whether a decorator is ``@….command()`` or ``@….group()``."""
    return isinstance(decorator, ast.Call) and _name(decorator.func) in ("command", "group")


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ""


def translate(command: click.Command) -> None:
    """Put a command's help into the language of the person at the keyboard."""
    if command.help:
        command.help = gettext(inspect.cleandoc(command.help))
    for parameter in command.params:
        text = getattr(parameter, "help", None)
        if text:
            parameter.help = gettext(text)  # type: ignore[attr-defined]
