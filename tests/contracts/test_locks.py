"""The locks are whole: what they say is installed with ``--no-deps``, so nothing may be missing."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
WANTED = {"run": RUN, "dev": [*RUN, *PROJECT["project"]["optional-dependencies"]["dev"]]}
OLDEST = {"python_version": "3.11", "python_full_version": "3.11.0"}
ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<rest>(?: \\\n.*)*)", re.MULTILINE)


def lock(name: str) -> dict[str, Version]:
    """Version by package."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(entry["name"]): Version(entry["version"])
        for entry in ENTRY.finditer(text)
    }


def needed(requirements: list[str]) -> dict[str, list[Requirement]]:
    """Everything that some requirements need, and what each is asked for as."""
    asked: dict[str, list[Requirement]] = {}
    todo, seen = [Requirement(each) for each in requirements], set()
    while todo:
        requirement = todo.pop()
        asked.setdefault(canonicalize_name(requirement.name), []).append(requirement)
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        for text in distribution(requirement.name).requires or []:
            part = Requirement(text)
            extras = {"", *requirement.extras}
            if part.marker is None or any(
                part.marker.evaluate({**OLDEST, "extra": extra}) for extra in extras
            ):
                todo.append(part)
    return asked


@pytest.mark.parametrize("name", ["run", "dev"])
def test_a_lock_holds_all_that_is_needed_and_nothing_else(name):
    assert set(lock(name)) == set(needed(WANTED[name]))


@pytest.mark.parametrize("name", ["run", "dev"])
def test_what_is_locked_is_what_was_asked_for(name):
    locked = lock(name)
    wrong = [
        f"{package} {locked[package]} is not {requirement}"
        for package, asked in needed(WANTED[name]).items()
        for requirement in asked
        if not requirement.specifier.contains(locked[package], prereleases=True)
    ]

    assert wrong == []


def test_what_the_tests_run_on_is_what_is_run():
    run, dev = lock("run"), lock("dev")

    assert {package: dev.get(package) for package in run} == run


@pytest.mark.parametrize("name", ["run", "dev", "sqlite"])
def test_every_locked_package_has_its_hashes(name):
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")

    entries = list(ENTRY.finditer(text))
    assert entries
    assert [entry["name"] for entry in entries if "--hash=sha256:" not in entry["rest"]] == []


def test_every_dependency_is_explained_with_its_version():
    table = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (\d\S*) \|", table, re.MULTILINE))
    explained = {canonicalize_name(name): Version(version) for name, version in rows.items()}
    direct = {
        canonicalize_name(Requirement(each).name) for each in PROJECT["project"]["dependencies"]
    }

    assert explained == {name: lock("run")[name] for name in direct}
