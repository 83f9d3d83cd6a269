"""`python -m sandbox`: a sandbox in the foreground, until Ctrl-C.

Prints the `export` lines with which `pulumi` in another terminal uses it.
"""

import argparse
import shlex
import signal
import threading
from pathlib import Path

from sandbox.brought import create_token_secrets, create_zones
from sandbox.session import DEFAULT_REGION, ROOT, Sandbox


def main() -> None:
    """Start, print, wait for SIGINT or SIGTERM, stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--region", default=DEFAULT_REGION)
    parser.add_argument(
        "--state-folder", type=Path, help="keep Pulumi's state here; default: gone with the sandbox"
    )
    parser.add_argument(
        "--time-scale",
        type=float,
        metavar="N",
        help="machines and load balancers run, N times as fast as the cloud's; 20 suits a laptop",
    )
    parser.add_argument("--domain", help="make one more public hosted zone, for this domain")
    parser.add_argument("--zone-id", help="the id that the hosted zone shall have")
    arguments = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Sandbox(
        region=arguments.region,
        state_folder=arguments.state_folder,
        time_scale=arguments.time_scale,
    ) as sandbox:
        create_zones(sandbox, ROOT)
        create_token_secrets(sandbox, ROOT)
        if arguments.domain:
            sandbox.create_hosted_zone(arguments.domain, arguments.zone_id)
        print(
            "# The sandbox runs: an emulated AWS account on this machine, nothing else. Ctrl-C ends it."
        )
        print("# In another terminal:")
        for name, value in sandbox.variables.items():
            print(f"export {name}={shlex.quote(value)}")
        print("", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
