"""Try our command lines on the engines' own argument parsers, and write these down for the tests.

    make engine-parsers                                   installs the engines and asks them
    python tools/engine_parsers.py --recorded             asks what was written down
    python tools/engine_parsers.py --recorded vllm WORD...    the same for one command line

The first installs vLLM and SGLang, without a GPU, into the cache: some 20 GB, and some minutes. Networked, and never
run by tests: they read what this wrote (tests/unit/catalogue/parsers/<engine>-<version>.json).
"""

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeport.catalogue import Engine, LaunchRequest, SpeculativeRequest, engine
from homeport.planner.build import plan_stack
from homeport.project import load_stack

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path.home() / ".cache" / "homeport" / "engines"
WRITTEN = ROOT / "tests" / "unit" / "catalogue" / "parsers"
SPECULATIVE = (("ngram", None), ("draft", "/repository-draft"), ("eagle3", "/e"), ("mtp", None))


@dataclass(frozen=True, kw_only=True)
class Parser:
    """An engine whose parser comes as a package."""

    name: str
    package: str


PARSERS = (Parser(name="vllm", package="vllm"), Parser(name="sglang", package="sglang"))


def command_lines(one: Engine) -> Iterator[tuple[str, ...]]:
    """Every feature of the engine, alone and together, and what the examples get."""
    plain = {
        "model_path": "/repository",
        "served_names": ("chat", "acme/chat-8b", "dummy"),
        "task": "text-generation",
        "accelerator": "nvidia-l4",
        "accelerator_count": 1,
    }
    changes: list[dict[str, object]] = [
        {},
        {"task": "feature-extraction"},
        {"accelerator_count": 8},
        {"context_length_tokens": 8192},
        *({"quantization": method} for method in one.quantizes_while_loading),
        {"kv_cache_dtype": "fp8_e4m3"},
        {"max_concurrent_sequences": 16},
        *(
            {"speculative": SpeculativeRequest(method=method, tokens=4, model_path=path)}  # type: ignore[arg-type]
            for method, path in SPECULATIVE
        ),
    ]
    together = {key: value for change in changes[2:] for key, value in change.items()}
    for change in (*changes, together):
        yield one.launch(LaunchRequest(**{**plain, **change})).arguments  # type: ignore[arg-type]
    for example in plan_stack(load_stack(ROOT, "examples")).endpoints:
        if example.engine.name == one.name and example.engine.version == one.version:
            yield example.engine.arguments


def environment(parser: Parser, version: str) -> Path:
    """A Python with the engine; made once."""
    folder = CACHE / f"{parser.name}-{version}"
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        print(f"{parser.name} {version}: installing into the cache, several minutes", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", f"{parser.package}=={version}"],
            check=True,
        )
        (folder / "done").touch()
    return python


def recorded_parser(one: Engine) -> argparse.ArgumentParser:
    """A parser that takes and refuses what the engine's own does, as far as options go."""
    parser = argparse.ArgumentParser(prog=one.name, add_help=False, allow_abbrev=False)
    options = json.loads((WRITTEN / f"{one.name}-{one.version}.json").read_text())
    for option in options:
        words = option["words"]
        if words == "0":
            parser.add_argument(*option["flags"], action="store_true", dest=option["flags"][0])
            continue
        settings: dict[str, Any] = {
            "nargs": int(words) if words is not None and words.isdigit() else words,
            "choices": option["choices"],
            "type": int if option["whole_number"] and not option["choices"] else str,
        }
        if option["flags"]:
            parser.add_argument(*option["flags"], dest=option["flags"][0], **settings)
        else:
            parser.add_argument("positional", **settings)
    return parser


def ask_recorded(names: list[str], line: list[str]) -> int:
    """Command lines of the engines `names` against what was written down; 2 where one is refused."""
    for name in names:
        one = engine(name)
        parser = recorded_parser(one)
        lines = [tuple(line)] if line else list(command_lines(one))
        for words in lines:
            parser.parse_args(words[3:] if words[:1] == ("python3",) else words)  # exits with 2
        print(f"{name} {one.version}: {len(lines)} command lines taken")
    return 0


def main(arguments: list[str]) -> int:
    """Try and write every parser; ends with 1 where a line is refused."""
    if arguments[:1] == ["--recorded"]:
        named = arguments[1:2] or [parser.name for parser in PARSERS]
        return ask_recorded(named, arguments[2:])
    WRITTEN.mkdir(exist_ok=True)
    for parser in PARSERS:
        one = engine(parser.name)
        lines = [list(line) for line in command_lines(one)]
        done = subprocess.run(
            [str(environment(parser, one.version)), str(ROOT / "tools/parsers" / f"{one.name}_parser.py")],
            input=json.dumps(lines), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            print(f"{one.name} {one.version} refuses:\n{done.stderr[-2000:]}", file=sys.stderr)
            return 1
        options = json.loads(done.stdout.strip().splitlines()[-1])
        text = ",\n".join(f" {json.dumps(option)}" for option in options)
        (WRITTEN / f"{one.name}-{one.version}.json").write_text(f"[\n{text}\n]\n")
        print(f"{one.name} {one.version}: {len(lines)} command lines taken, {len(options)} options")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
