"""`python -m sandbox.providers.aws.report [TOKEN]`: refused / total as Markdown, or one type's properties."""

import sys
from collections import Counter

from sandbox.providers.aws.cases import cases_of, is_refused
from sandbox.providers.aws.declaration import ResourceType
from sandbox.providers.aws.model import model_of
from sandbox.providers.aws.registry import all_resource_types, resource_type

KINDS = ("required", "type", "enum", "pattern", "limit", "create-only")


def main() -> None:
    """Print the table of all types, or the properties of the one that is named."""
    print(properties_table(resource_type(sys.argv[1])) if len(sys.argv) > 1 else strictness_table())


def strictness_table() -> str:
    """Refused / total a type and a kind of case, the exemptions with their reasons, and what has no schema."""
    head = f"| type | {' | '.join(KINDS)} | all | inputs with CloudFormation's rules |"
    lines = [head, "|---" * (len(KINDS) + 3) + "|"]
    total, held = Counter[str](), Counter[str]()
    exemptions: list[str] = []
    for resource in all_resource_types():
        of_type, held_of_type = Counter[str](), Counter[str]()
        for case in cases_of(resource):
            if case.exempt_because:
                exemptions.append(f"- {resource.token}, {case.name}: {case.exempt_because}")
                continue
            of_type[case.kind] += 1
            held_of_type[case.kind] += is_refused(resource, case)
        if resource.cloudformation is None:
            exemptions.append(
                f"- {resource.token} has no CloudFormation schema: {resource.because}"
            )
        cells = [f"{held_of_type[kind]}/{of_type[kind]}" if of_type[kind] else "" for kind in KINDS]
        all_cell = f"{held_of_type.total()}/{of_type.total()}"
        lines.append(
            f"| {resource.token} | {' | '.join(cells)} | {all_cell} | {_mapped(resource)} |"
        )
        total += of_type
        held += held_of_type
    cells = [f"{held[kind]}/{total[kind]}" for kind in KINDS]
    lines.append(f"| **all** | {' | '.join(cells)} | **{held.total()}/{total.total()}** | |")
    return "\n".join([*lines, "", "Exemptions:", *(exemptions or ["- none"])])


def properties_table(resource: ResourceType) -> str:
    """Every served input of a type, nested ones too, with what the three sources say of it."""
    lines = [
        "| input | type | required | replaces | set | in CloudFormation | rules |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, field in model_of(resource).inputs.fields.items():
        for node in field.walk() if field.served else ():
            flags = (node.required, node.replaces, node.unordered, node.mapped)
            marks = " | ".join("yes" if flag else "" for flag in flags)
            rules = ", ".join(f"{key} {value}" for key, value in node.rules.items()).replace(
                "|", "\\|"
            )
            lines.append(f"| {node.path or name} | {node.kind} | {marks} | {rules} |")
    return "\n".join(lines)


def _mapped(resource: ResourceType) -> str:
    """How many served inputs, nested ones too, have a counterpart in the schema."""
    nodes = [
        node
        for field in model_of(resource).inputs.fields.values()
        if field.served
        for node in field.walk()
        if node.served and not node.path.endswith(("[*]", ".*"))
    ]
    return f"{sum(node.mapped for node in nodes)}/{len(nodes)}"


if __name__ == "__main__":
    main()
