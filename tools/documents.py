"""Write the documents that are made from data: docs/engines.md, docs/examples.md, docs/scaling.md.

python tools/documents.py            writes them
python tools/documents.py --check    ends with 1 where one is stale
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from homeport.catalogue import FEATURES, Engine, carried_engines
from homeport.planner.build import plan_stack
from homeport.planner.plan import EndpointPlan, ScalingPlan
from homeport.planner.scaling import scaling_plan
from homeport.project import load_stack
from homeport.simulate import (
    AwsRule,
    Fleet,
    HorizontalPodAutoscaler,
    HuggingFaceRule,
    Rule,
    Service,
    simulate,
)
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


STARTUP_SECONDS = 420
"""An 8B model on one L4, a guess until wakes are measured: machine 60, image 120, weights 60, engine 150,
first answer and registration 30."""
LOADS: dict[str, Callable[[int], float]] = {
    "a step: 2 requests a second, 14 from minute 10 to 60": lambda now: (
        14.0 if 600 <= now < 3600 else 2.0
    ),
    "a day in two hours: a hill from 1 to 16": lambda now: (
        1 + 7.5 * (1 - math.cos(2 * math.pi * now / 7200))
    ),
    "a spike: 2, and 40 for five minutes": lambda now: 40.0 if 1800 <= now < 2100 else 2.0,
}


def scaling_document() -> str:
    """Our rule, Hugging Face's and Kubernetes' on the same loads, in virtual time."""
    plan = scaling_plan(
        min_replicas=1,
        max_replicas=8,
        measure="pending",
        threshold=1.5,
        scale_to_zero_after_seconds=None,
    )
    parts = [
        "# Scaling, beside other rules",
        "",
        MADE,
        "",
        "One endpoint, 1 to 8 replicas, `scaleOn: {pending: 1.5}`, simulated second by second",
        f"(`homeport/simulate`). A replica takes {STARTUP_SECONDS} s from asked for to in service, answers 32",
        "requests at once for 8 s each, and drains for 30 s. Replicas in service at the end of every tenth",
        "minute:",
        "",
    ]
    for title, load in LOADS.items():
        parts += [f"## {title.capitalize()}", "", *_curves(plan, load), ""]
    parts += [
        "## Where ours is slower, and why",
        "",
        "- **Up, at a shallow breach.** AWS takes a starting machine for capacity already asked for, so +1 is not",
        "  repeated until the first serves; Hugging Face adds one each minute. Steps that grow with the breach (+2",
        "  at twice the threshold, +4 at four times) make up for it as soon as a queue builds.",
        "- **Up, at a deep breach.** Kubernetes may double each 15 s and is there first; it also asks for more than it",
        "  needs while pods start.",
        "- **Down.** One at a time, each two minutes after the last one has drained: the longest answer that was",
        "  running is waited for, which for an endpoint with long requests makes it slower than both.",
        "- Nothing is removed while replicas do not report: missing data never breaches.",
        "- **A load that flips every five minutes** makes ours start more machines than Hugging Face's rule (27 and",
        "  19 in two hours at 2 and 12 requests a second): five calm minutes are all it waits for, and the steps up",
        "  are larger. `replicas.min` is the remedy.",
        "",
        "What the model leaves out: CloudWatch may look further back than five minutes where points are missing,",
        "metrics arrive late by seconds, and capacity may not be there ([unproven](unproven.md)).",
        "",
    ]
    return "\n".join(parts)


def _curves(plan: ScalingPlan, load: Callable[[int], float]) -> Iterator[str]:
    rules: dict[str, Rule] = {
        "homeport on AWS": AwsRule(plan),
        "Hugging Face's rule": HuggingFaceRule(),
        "Kubernetes' HPA": HorizontalPodAutoscaler(),
    }
    service = Service(startup_seconds=STARTUP_SECONDS, slots=32, request_seconds=8)
    rows: list[list[str]] = []
    for name, rule in rules.items():
        fleet = Fleet(service=service, min_replicas=1, max_replicas=8)
        minutes = simulate(fleet, rule, load, seconds=7200)
        paid = sum(one.in_service + one.starting for one in minutes) / 60
        rows.append(
            [
                name,
                *(str(one.in_service) for one in minutes[9::10]),
                f"{max(one.queue for one in minutes):.0f}",
                str(sum(one.queue > 1 for one in minutes)),
                f"{paid:.1f}",
            ]
        )
    heads = [str(minute) for minute in range(10, 121, 10)]
    yield from _table(
        ["rule", *heads, "longest queue", "minutes with a queue", "replica-hours"], rows
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


DOCUMENTS = {
    "docs/engines.md": engines_document,
    "docs/examples.md": examples_document,
    "docs/scaling.md": scaling_document,
}


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
