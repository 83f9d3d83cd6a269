"""docs/edit-table.md: what each edit touches, made by the engine.

python -m tests.engine.edit_table      (about ten minutes) writes the table again
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.session import Sandbox
from tests.engine.edits import EDITS, Edit, write_base
from tests.engine.stack_project import ROOT, StackProject, Step

TABLE_FILE = ROOT / "docs" / "edit-table.md"
GROUP = "aws:autoscaling/group:Group"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
ROLLING_PROPERTIES = {"launchTemplate", "mixedInstancesPolicy"}
HEADING = """\
# What an edit touches

Made by the engine: for each row the preview's JSON and the `up` that follows agree. The edits follow one another
on one stack with a public (`embed`), a protected (`chat`) and a private endpoint (`vault`). *Machines roll*: the
group starts a rolling refresh onto a new template version. No edit replaces a load balancer or a group; a group is
deleted with its file only. A replaced boot document leaves the old object in place (docs/adr/0010).

Fields that only a `custom` engine may have (`engine.port`, `engine.healthRoute`) are not built and not here;
`homeport:domain`, `zone`, `certificate`, `account`, `region` and `encryptionKey` say which stack it is. The live size
follows `replicas.min` by itself, a minute later (docs/adr/0002).

Made again by `make edit-table`.

| field | edit | what changes | machines roll |
|---|---|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one edit did."""

    edit: Edit
    previewed: tuple[Step, ...]
    done: tuple[Step, ...]

    @property
    def machines_roll(self) -> bool:
        """A group that stays gets a new template."""
        return any(
            step.type == GROUP
            and step.operation == "update"
            and ROLLING_PROPERTIES & set(step.properties)
            for step in self.done
        )

    def markdown(self) -> str:
        what = "; ".join(_words(self.done)) or "nothing"
        roll = "**yes**" if self.machines_roll else "no"
        return f"| `{self.edit.field}` | {self.edit.what} | {what} | {roll} |"


def run_edits(project: StackProject) -> Iterator[Row]:
    """Make every edit in turn; a row each."""
    write_base(project)
    project.sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
    project.lock()
    project.init()
    project.up()
    for edit in EDITS:
        edit.change(project)
        if edit.lock:
            project.lock()
        previewed = project.preview()
        yield Row(edit=edit, previewed=previewed, done=project.up_steps())


def table(rows: list[Row]) -> str:
    return HEADING + "\n".join(row.markdown() for row in rows) + "\n"


def _words(steps: tuple[Step, ...]) -> Iterator[str]:
    """Steps of one operation and type together; created and deleted ones without their properties."""
    grouped: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for step in steps:
        kind = step.type.rpartition(":")[2] if step.type.startswith("aws:") else step.type
        properties = step.properties if step.operation in ("update", "replace") else ()
        key = (step.operation, kind, properties)
        grouped[key] = grouped.get(key, 0) + 1
    for (operation, kind, properties), count in sorted(grouped.items()):
        times = f" x{count}" if count > 1 else ""
        names = f" ({', '.join(properties)})" if properties else ""
        yield f"{operation} {kind}{times}{names}"


def main() -> None:
    """Write the table."""
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        rows: list[Row] = []
        for row in run_edits(StackProject(sandbox, Path(folder))):
            rows.append(row)
            sys.stderr.write(f"{row.markdown()}\n")
    TABLE_FILE.write_text(table(rows))


if __name__ == "__main__":
    main()
