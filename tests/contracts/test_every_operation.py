"""Every operation of the REST interface does what its document says, whatever is sent to it."""

from __future__ import annotations

import json
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as fixed
from hypothesis import strategies as st
from ninja import Schema
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.contracts.conftest import BY, ON_SQLITE

from chambre.core import tokens
from chambre.project.rest import document

SNAPSHOT = Path(__file__).parent / "openapi.json"
EXAMPLES = int(os.environ.get("CHAMBRE_REST_EXAMPLES", "8" if ON_SQLITE else "4"))
ONLY = re.compile(os.environ.get("CHAMBRE_REST_ONLY", ""))
"""While one works at some operations: a regular expression that their paths hold."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def as_text(schema: dict[str, Any]) -> str:
    """The document in one form for ever."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_change_of_the_interface_is_seen():
    """Write it anew with ``CHAMBRE_WRITE_SNAPSHOT=1`` and look at the difference."""
    now = as_text(json.loads(json.dumps(document())))
    if os.environ.get("CHAMBRE_WRITE_SNAPSHOT") == "1":
        SNAPSHOT.write_text(now, encoding="utf-8")

    assert now == SNAPSHOT.read_text(encoding="utf-8")


def test_the_document_is_complete():
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation["operationId"].split("_")[0] == path.split("/")[2], name
            assert operation.get("description"), f"{name} has no description"
            assert operation["tags"], name
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], name
            if method != "get":
                kinds = {kind for one in operation["security"] for kind in one}
                assert kinds <= {"AccessKey", "Session", "DeviceSignature"}, name


WHO = ("anonymous", "treasurer", "administrator") if ON_SQLITE else ("treasurer",)
"""Who sends each thing. Putting the things together takes longer than all that are sent."""


PARTS = 8
"""Into how many tests the operations are dealt out: all of them in one test take minutes, and a
test that hangs is stopped after five."""


@pytest.fixture(scope="module")
def operations():
    """What the document of the interface names, in its order."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if ONLY.search(operation.path)]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_keeps_its_word_to_everybody(house, operations, request, part):
    for signal in (request_started, request_finished):
        # As Django's own test client does: the transaction of the test must live on.
        signal.disconnect(close_old_connections)
        request.addfinalizer(partial(signal.connect, close_old_connections))
    senders = {who: _headers(house[who]) for who in WHO}
    wrong: list[str] = []
    for operation in operations[part::PARTS]:
        try:
            _try(operation, senders)
        except BaseExceptionGroup as group:
            wrong += [f"{operation.label}: {one}" for one in group.exceptions]
        except AssertionError as error:
            wrong.append(f"{operation.label}: {error}")

    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def _headers(user: Any) -> dict[str, str]:
    """What somebody says of themselves."""
    if user is None:
        return {}
    key = tokens.create_token(user=user, scopes=["*"], by=BY)[1]
    return {"Authorization": f"Bearer {key}"}


def _try(operation: Any, senders: dict[str, dict[str, str]]) -> None:
    """Everybody sends an operation things of the right form and of the wrong one."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    takes = bool(operation.definition.raw.get("parameters")) or operation.body
    cases = st.one_of(right, wrong) if takes else right

    @fixed(20161110)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(case=cases)
    def attempt(case: Any) -> None:
        for who, headers in senders.items():
            with transaction.atomic():
                response = case.call(headers=headers)
                transaction.set_rollback(True)
            try:
                case.validate_response(response, checks=CHECKS, headers=headers)
            except (BaseExceptionGroup, AssertionError) as error:
                told = getattr(error, "exceptions", [error])
                raise AssertionError("\n".join(f"to {who}: {one}" for one in told)) from error

    attempt()


def test_no_two_schemas_have_one_name():
    """The document has one place for each name: of two, it would show one in the place of both."""
    shown = document()["components"]["schemas"]
    found: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if each.__name__ in shown:
                found.setdefault(each.__name__, set()).add(each.__module__)

    assert {name: places for name, places in found.items() if len(places) > 1} == {}
