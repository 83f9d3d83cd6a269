"""Write the documents that are made from the catalogue and the examples: docs/engines.md, docs/examples.md.

python tools/documents.py            writes them
python tools/documents.py --check    ends with 1 where one is stale
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from homeport.catalogue import FEATURES, Engine, carried_engines
from homeport.planner.build import plan_stack
from homeport.planner.plan import EndpointPlan
from homeport.project import load_stack
from homeport.spec.model import Task

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = "examples"
MADE = "<!-- Made by tools/documents.py; edit the catalogue or the example instead. -->"


def engines_document() -> str:
    """What every engine is, can be told, and serves."""
    return "\n".join(
        [
            "# Engines",
            "",
            MADE,
            "",
            "What `engine.name` may be, what each engine is told and by which word, and which tasks it",
            "serves. A plan refuses what an engine has no word for; everything else an engine knows goes",
            "through `engine.args` and `engine.env`.",
            "",
            *_engine_list(),
            "",
            "## Feature by engine",
            "",
            "The word that homeport writes. `-`: the engine has none, and a spec that asks is refused.",
            "",
            *_table(
                ["feature", *(one.name for one in carried_engines())],
                [
                    [feature, *(_word(one, feature) for one in carried_engines())]
                    for feature in FEATURES
                ],
            ),
            "",
            "## Where the words were read",
            "",
            *_table(["engine", "version", "read", "word", "source"], list(_sources())),
            "",
            "## Task by engine",
            "",
            *_table(
                ["task", *(one.name for one in carried_engines())],
                [
                    [task, *("yes" if _serves(one, task) else "-" for one in carried_engines())]
                    for task in get_args(Task)
                ],
            ),
            "",
        ]
    )


def _engine_list() -> Iterator[str]:
    rows = [
        [
            f"**{one.name}**",
            one.version,
            _automatic(one),
            str(one.port),
            f"`{one.health_route}`",
            f"`{one.metrics_route}`" if one.metrics_route else "-",
            ", ".join(f"`{name}`" for name in (one.pending_metric, one.running_metric) if name)
            or "-",
            ", ".join(one.weight_forms),
        ]
        for one in carried_engines()
    ]
    yield from _table(
        ["engine", "version", "auto", "port", "health", "metrics", "gauges", "weights"], rows
    )
    yield ""
    for one in carried_engines():
        for image in one.images:
            end = f" **End of line:** {image.end_of_line}." if image.end_of_line else ""
            yield f"- {one.name}: `{image.tag}` on {', '.join(image.accelerators)}.{end}"
        if not one.images:
            yield f"- {one.name}: the image that the spec names."


def _automatic(one: Engine) -> str:
    if one.end_of_line:
        return f"never: {one.end_of_line}"
    return (
        f"asked as number {one.automatic_turn}" if one.automatic_turn else "never: needs an image"
    )


def _word(one: Engine, feature: str) -> str:
    flag = next((flag for name, flag in one.flags.items() if name == feature), None)
    return f"`{flag.word}`" if flag else "-"


def _sources() -> Iterator[list[str]]:
    for one in carried_engines():
        for word, source in sorted({(flag.word, flag.source) for flag in one.flags.values()}):
            yield [one.name, one.version, one.date, f"`{word}`", source]


def _serves(one: Engine, task: str) -> bool:
    return task in one.tasks or "*" in one.tasks


def examples_document() -> str:
    """Each example in one line, with the machine, the price and the command line that it gets."""
    sources = load_stack(ROOT, EXAMPLES)
    plans = {one.name: one for one in plan_stack(sources).endpoints}
    why = {one.spec.name: _comment(one.path) for one in sources.endpoints}
    rows = [
        [
            f"[{name}](../stacks/{EXAMPLES}/{name}.yaml)",
            why[name],
            f"{plan.engine.name} {plan.engine.version}",
            _machine(plan),
            f"{plan.price.usd_per_hour_of_one_replica:.4f}",
        ]
        for name, plan in plans.items()
    ]
    return "\n".join(
        [
            "# Examples",
            "",
            MADE,
            "",
            "Specs to copy, all of the stack `examples` (us-east-1). USD an hour are for one replica with its",
            "disk, on demand, without tax and traffic; `homeport plan examples` says the rest.",
            "",
            *_table(["example", "for", "engine", "machine", "USD/h"], rows),
            "",
            "## Command lines",
            "",
            "What follows the image's own entry point.",
            "",
            *(line for name, plan in plans.items() for line in _command(name, plan)),
        ]
    )


def _comment(path: Path) -> str:
    """The line under the schema's: what the example is for."""
    return path.read_text().splitlines()[1].removeprefix("# ")


def _machine(plan: EndpointPlan) -> str:
    machine = plan.machine
    if machine.accelerator_count == 0:
        return f"{machine.instance_type}, {machine.vcpu} vCPU"
    return f"{machine.instance_type}, {machine.accelerator_count} x {machine.accelerator}"


def _command(name: str, plan: EndpointPlan) -> Iterator[str]:
    words = [f"{key}={value}" for key, value in sorted(plan.engine.env.items())]
    yield f"**{name}** `{plan.engine.image.tag}`"
    yield ""
    yield "```"
    yield " ".join(plan.engine.arguments) or "(the image's own command)"
    yield f"# {' '.join(words)}" if words else "# no variable"
    yield "```"
    yield ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


DOCUMENTS = {"docs/engines.md": engines_document, "docs/examples.md": examples_document}


def main(arguments: list[str]) -> int:
    """Write or check every document."""
    stale: list[str] = []
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if "--check" in arguments:
            if not path.exists() or path.read_text() != text:
                stale.append(name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"{name} is stale: run `make documents`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
