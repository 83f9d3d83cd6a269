"""What Lambda's Python brings beside the standard library: boto3 and what it needs, of this interpreter's versions."""

from importlib.util import find_spec
from pathlib import Path

BROUGHT = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


def link_packages(folder: Path) -> Path:
    """A folder with these and nothing else, to be put on a path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BROUGHT:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        link = folder / source.name
        if not link.exists():
            link.symlink_to(source)
    return folder
