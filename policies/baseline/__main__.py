"""How the engine starts the pack: `pulumi preview --policy-pack policies/baseline`."""

import sys
from pathlib import Path

# The engine runs this folder, so the project is not on the path by itself.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from policies.baseline import NAME, RULES
from policies.pack import run_pack

run_pack(NAME, RULES)
