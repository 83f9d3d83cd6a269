"""`python -m sandbox.live.host FOLDER`: one machine, from user data to shutdown (SIGTERM)."""

import sys
from pathlib import Path

from sandbox.live.host.machine import run

if __name__ == "__main__":
    run(Path(sys.argv[1]))
