"""Run a command with the sandbox's Hub and registries in the place of the real ones.

python -m sandbox.hub homeport lock demo
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from sandbox.hub.answers import TOKEN_PREFIX
from sandbox.hub.server import hub_server


def hub_environment(address: str) -> Mapping[str, str]:
    """Variables that point huggingface_hub and `homeport lock` at `address`."""
    return {
        "HF_ENDPOINT": address,
        "HF_TOKEN": f"{TOKEN_PREFIX}sandbox",  # the real one must not come here
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "0",
        "HOMEPORT_REGISTRY_ENDPOINT": address,
    }


def main(command: list[str]) -> int:
    """The command's own exit code."""
    if not command:
        print("usage: python -m sandbox.hub COMMAND...", file=sys.stderr)
        return 2
    with hub_server() as address:
        environment = {**os.environ, **hub_environment(address)}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
