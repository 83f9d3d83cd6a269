"""How much memory a process holds, as Linux counts it."""

import re
from pathlib import Path


def resident_mebibytes(pid: int) -> float:
    """Resident set of the process now."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024
