"""A contract for import-linter: these packages may import only what is listed.

import-linter's own "forbidden" contract lists what may not be imported, so a new dependency passes until
someone thinks of forbidding it, and it fails on modules that do not exist yet. This one lists what may.
Only direct imports count: what an allowed module imports is that module's own contract.
"""

import sys
from collections.abc import Iterable

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

STANDARD_LIBRARY = "@standard-library"
THIRD_PARTY = "@third-party"
_OWN_PACKAGES_OUTSIDE_THE_GRAPH = frozenset({"tools", "tests"})


class AllowOnlyContract(Contract):
    """Each module of `source_packages` imports only modules in or below `may_import`.

    `may_import` also takes `@standard-library` and `@third-party` (installed packages, never `tools` or
    `tests`). `exceptions` are lines `importing -> imported`, modules or packages on both sides.
    """

    type_name = "allow_only"

    source_packages = fields.ListField(subfield=fields.StringField())
    may_import = fields.ListField(subfield=fields.StringField())
    exceptions = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - theirs
        """Collect every direct import outside the list as (importer, imported, line)."""
        allowed = _strings(self.may_import)
        excepted = {tuple(line.split(" -> ", 1)) for line in _strings(self.exceptions)}
        roots = {name.split(".")[0] for name in graph.modules if not graph.is_module_squashed(name)}
        found: list[tuple[str, str, int]] = []
        for importer in _modules_below(graph, _strings(self.source_packages)):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if _is_allowed(imported, allowed, roots):
                    continue
                if any(
                    _is_below(importer, left) and _is_below(imported, right)
                    for left, right in excepted
                ):
                    continue
                details = graph.get_import_details(importer=importer, imported=imported)
                found += [(importer, imported, detail["line_number"]) for detail in details]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that is not in the list, then the list."""
        for importer, imported, line in check.metadata["found"]:
            output.print_error(f"- {importer}:{line} imports {imported}", bold=False)
        output.print_error(f"Allowed: {', '.join(_strings(self.may_import))}", bold=False)


def _strings(value: object) -> list[str]:
    """What a contract field holds after import-linter parsed it; its class attribute is typed as the field."""
    return [str(item) for item in value] if isinstance(value, Iterable) else []


def _modules_below(graph: ImportGraph, packages: list[str]) -> list[str]:
    return sorted(name for name in graph.modules if any(_is_below(name, p) for p in packages))


def _is_allowed(imported: str, allowed: list[str], roots: set[str]) -> bool:
    if any(_is_below(imported, entry) for entry in allowed):
        return True
    top = imported.split(".", maxsplit=1)[0]
    if top in roots or top in _OWN_PACKAGES_OUTSIDE_THE_GRAPH:
        return False
    return (STANDARD_LIBRARY if top in sys.stdlib_module_names else THIRD_PARTY) in allowed


def _is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
