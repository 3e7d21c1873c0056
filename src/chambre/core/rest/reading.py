"""The OpenAPI document as something a template can show."""

from __future__ import annotations

from typing import Any

from chambre.core.rest.frame import METHODS


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def words(schema: dict[str, Any]) -> dict[str, str]:
    """The type of a schema in words, and the component that it names, if it does."""
    if "$ref" in schema:
        name = _name(schema["$ref"])
        return {"text": name, "component": name}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            parts = [words(part) for part in schema[key]]
            component = next((part["component"] for part in parts if part["component"]), "")
            return {"text": " | ".join(part["text"] for part in parts), "component": component}
    if schema.get("type") == "array":
        inner = words(schema.get("items", {}))
        return {"text": f"list of {inner['text']}", "component": inner["component"]}
    if "enum" in schema:
        return {"text": " | ".join(str(value) for value in schema["enum"]), "component": ""}
    if "const" in schema:
        return {"text": repr(schema["const"]), "component": ""}
    text = str(schema.get("type", "any"))
    if "format" in schema:
        text += f" ({schema['format']})"
    return {"text": text, "component": ""}


def _limits(schema: dict[str, Any]) -> str:
    """The limits of a value, as people write them."""
    names = {
        "minimum": "≥",
        "maximum": "≤",
        "exclusiveMinimum": ">",
        "exclusiveMaximum": "<",
        "minLength": "length ≥",
        "maxLength": "length ≤",
        "pattern": "pattern",
        "default": "default",
    }
    return ", ".join(f"{text} {schema[key]}" for key, text in names.items() if key in schema)


def _properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(schema.get("required", []))
    return [
        {
            "name": name,
            "type": words(part),
            "required": name in required,
            "text": part.get("description", ""),
            "limits": _limits(part),
        }
        for name, part in schema.get("properties", {}).items()
    ]


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": operation.get("summary", ""),
        "text": operation.get("description", ""),
        "parameters": [
            {
                "name": item["name"],
                "where": item["in"],
                "type": words(item["schema"]),
                "required": item.get("required", False),
                "text": item.get("description", ""),
                "limits": _limits(item["schema"]),
            }
            for item in operation.get("parameters", [])
        ],
        "bodies": [
            {
                "media": media,
                "type": words(content["schema"]),
                "properties": _properties(content["schema"]),
            }
            for media, content in body.items()
        ],
        "answers": [
            {
                "status": status,
                "text": answer.get("description", ""),
                "types": [
                    words(content["schema"]) for content in answer.get("content", {}).values()
                ],
            }
            for status, answer in operation["responses"].items()
        ],
    }


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """Groups of operations by tag, and the components, ready to be shown."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                tag = (operations[method].get("tags") or ["core"])[0]
                groups.setdefault(tag, []).append(_operation(path, method, operations[method]))
    components = [
        {
            "name": name,
            "text": schema.get("description", ""),
            "properties": _properties(schema),
            "type": words(schema),
        }
        for name, schema in sorted(document["components"]["schemas"].items())
    ]
    return {
        "info": document["info"],
        "groups": [{"name": tag, "operations": items} for tag, items in sorted(groups.items())],
        "components": components,
    }
