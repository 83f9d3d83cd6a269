"""The JSON Schema of an endpoint's file, for editors. `schema/endpoint.json` is its copy.

It knows names, types, ranges and words; what fields say against each other only the models know.
"""

import json
import sys
from typing import Any, cast

from homeport.spec.endpoint import EndpointSpec


def endpoint_schema() -> dict[str, Any]:
    """Draft 2020-12; descriptions are the models' docstrings."""
    schema = EndpointSpec.model_json_schema(by_alias=True, mode="validation")
    _tidy(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "homeport endpoint",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _tidy(node: Any) -> None:
    """Join the docstrings' lines; drop titles that only repeat a key; nulls stay allowed."""
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            _tidy(item)
        return
    if not isinstance(node, dict):
        return
    mapping = cast("dict[str, Any]", node)
    description = mapping.get("description")
    if isinstance(description, str):
        mapping["description"] = " ".join(description.split())
    if isinstance(mapping.get("title"), str):
        del mapping["title"]
    for value in mapping.values():
        _tidy(value)


def schema_text() -> str:
    """The text of `schema/endpoint.json`."""
    return json.dumps(endpoint_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
