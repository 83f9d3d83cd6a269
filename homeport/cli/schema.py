"""`homeport schema`: the JSON Schema of endpoint specs, for editors."""

import json

from homeport.cli.output import print_json
from homeport.spec.json_schema import endpoint_schema


def schema() -> None:
    """Print the JSON Schema of an endpoint spec."""
    print_json(json.dumps(endpoint_schema(), indent=2))
