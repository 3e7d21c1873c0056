"""The API object: our error documents, our list of what may go wrong, and no foreign host."""

from __future__ import annotations

import re
from typing import Any

from ninja import NinjaAPI

from chambre import __version__
from chambre.core.rest import problem
from chambre.core.rest.auth import ANYBODY

METHODS = ("get", "post", "put", "patch", "delete")


class HouseAPI(NinjaAPI):
    """Ninja, with the refusals of the frame declared on every operation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            version=__version__,
            auth=ANYBODY,
            openapi_url=None,
            docs_url=None,
            urls_namespace="api",
            **options,
        )
        problem.install(self)

    def get_openapi_operation_id(self, operation: Any) -> str:
        """``lens_import_accounts``: the app's label and the function's name."""
        module = operation.view_func.__module__.removeprefix("chambre.").removeprefix("rooms.")
        return f"{module.split('.')[0]}_{operation.view_func.__name__}"

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI document, with what the frame may answer on every operation."""
        schema = super().get_openapi_schema(**options)
        reference = {"$ref": "#/components/schemas/Problem"}
        schema["components"]["schemas"].setdefault("Problem", _problem_schema(schema))
        for path, operations in schema["paths"].items():
            for method in METHODS:
                if method in operations:
                    _declare(path, operations[method], reference)
        return schema


def _problem_schema(schema: Any) -> dict[str, Any]:
    """The schema of a problem, its parts among the components."""
    own = problem.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, part in own.pop("$defs", {}).items():
        schema["components"]["schemas"].setdefault(name, part)
    return own


def _declare(path: str, operation: dict[str, Any], reference: dict[str, str]) -> None:
    """Add the frame's refusals, and give every refusal its media type."""
    texts = {401: "Not signed in, or a bad key", 403: "Not allowed", 503: "Busy; try again"}
    if "{" in path:
        texts[404] = "There is no such thing, or you may not know of it"
    if operation.get("parameters") or "requestBody" in operation:
        texts[422] = "Something needs mending; `errors` says where"
        texts[400] = "It cannot be read"
    answers = operation["responses"]
    for status, text in texts.items():
        answers.setdefault(status, {"description": text})
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = {problem.MEDIA_TYPE: {"schema": reference}}
    operation["responses"] = {key: answers[key] for key in sorted(answers, key=int)}
    if "description" in operation:
        # Sections of our docstrings (Args, Raises…) are for programmers of the house.
        operation["description"] = re.split(
            r"\n\s*(?:Args|Raises|Returns):", operation["description"]
        )[0].strip()
