"""`homeport url`: where an endpoint is called."""

import json

from homeport.cli.endpoints import AsJson
from homeport.cli.output import print_json
from homeport.cli.targets import read_targets
from homeport.cli.validate import Targets
from homeport.planner.access import endpoint_url
from homeport.project import load_stack


def url(targets: Targets = None, *, as_json: AsJson = False) -> None:
    """Print the address of each endpoint, from its files alone: no credentials, no lock.

    One endpoint: the address and nothing else. Several: name and address, one a line.
    """
    target = read_targets(targets or [])
    sources = load_stack(target.root, target.stack, with_locks=False)
    names = [one.spec.name for one in sources.endpoints if target.includes(one.spec.name)]
    found = {name: endpoint_url(name, sources.settings) for name in names}
    if as_json:
        rows = [{"endpoint": name, "url": address} for name, address in found.items()]
        print_json(json.dumps(rows, indent=2))
    elif len(found) == 1:
        print(*found.values())
    else:
        for name, address in found.items():
            print(f"{name}\t{address}")
