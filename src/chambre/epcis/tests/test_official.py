"""Every operation of the official OpenAPI description, whatever is sent to it.

``CHAMBRE_EPCIS_EXAMPLES=200`` sends more of it. What the description forgets is allowed here by name:
a 400 where a parameter may be wrong, and nothing else.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as fixed
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from chambre.epcis.models import CaptureJob, Subscription
from chambre.epcis.tests.samples import JAR, SHOP, WASH, packed, seen
from chambre.epcis.tests.test_capturing import a_document

OFFICIAL = Path(__file__).parent / "official" / "openapi.json"
EXAMPLES = int(os.environ.get("CHAMBRE_EPCIS_EXAMPLES", "3"))
CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
FORGOTTEN = {"400"}


def described(environ, start_response):
    """The house, and the official description beside it."""
    if environ["PATH_INFO"] == "/official.json":
        document = json.loads(OFFICIAL.read_text()) | {"servers": [{"url": "/epcis"}]}
        del document["components"]["schemas"]["Link"]["format"]  # its own example is no URI
        content = json.dumps(document)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [content.encode()]
    return get_wsgi_application()(environ, start_response)


@pytest.fixture
def known(call):
    """What there is, by the names of the parameters in addresses."""
    event = seen(1, bizStep="shipping", disposition="active", readPoint={"id": WASH})
    call("post", "/capture", a_document(event | {"bizLocation": {"id": SHOP}}, packed(1, 2)))
    made = call("post", "/events", seen(3))
    call("post", "/queries", {"name": "myQuery", "query": {"EQ_bizStep": ["shipping"]}})
    told = {"dest": "https://exemple.org/rappel", "stream": True}
    call("post", "/queries/myQuery/subscriptions", told)
    return {
        "epc": JAR % 1,
        "bizStep": "shipping",
        "bizLocation": SHOP,
        "readPoint": WASH,
        "disposition": "active",
        "eventType": "ObjectEvent",
        "eventID": made.json()["eventID"],
        "captureID": str(CaptureJob.objects.get().pk),
        "queryName": "myQuery",
        "subscriptionID": str(Subscription.objects.get().pk),
    }


@pytest.mark.django_db
def test_every_operation_keeps_to_the_official_description(call, known, request):
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
        request.addfinalizer(partial(signal.connect, close_old_connections))
    schema = schemathesis.openapi.from_wsgi("/official.json", described)
    headers = {"Authorization": f"Bearer {call.key}"}
    wrong, seen_statuses = [], set()
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        try:
            seen_statuses |= _try(operation, headers, known)
        except BaseExceptionGroup as group:
            wrong += [f"{operation.label}: {one}" for one in group.exceptions]
        except AssertionError as error:
            wrong.append(f"{operation.label}: {error}")

    assert len(operations) == 63
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)
    assert {200, 204, 404} <= seen_statuses
    # What was drawn may hold no good body and no wrong question: these are so on purpose.
    meant = [
        call("post", "/events", seen(8)),
        call("post", "/capture", a_document(seen(9))),
        call("get", "/events?perPage=none"),
    ]
    assert [answer.status_code for answer in meant] == [201, 202, 400]


def _try(operation, headers, known):
    """Send an operation things of the right form and of the wrong one; the statuses that came."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    takes = bool(operation.definition.raw.get("parameters")) or operation.body
    cases = st.one_of(right, wrong) if takes else right
    declared = {str(status) for status in operation.definition.raw["responses"]} | FORGOTTEN
    statuses = set()

    @fixed(20161110)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, there=st.booleans(), plain=st.booleans())
    def attempt(case, there, plain):
        for name in case.path_parameters or {}:
            if there and name in known:
                case.path_parameters[name] = quote(known[name], safe="")
        if plain and case.method == "GET":  # nothing that could be wrong: the answer itself
            case.query, case.headers = {}, {}
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        assert str(response.status_code) in declared, (response.status_code, response.text)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS, headers=headers)

    attempt()
    return statuses
