"""From a file's bytes to models, with every error of the file at its line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from homeport.errors import HomeportError, SettingsError, SpecError, raise_all
from homeport.spec.against import StackOf, no_other_stack, refusals_against
from homeport.spec.endpoint import EndpointSpec
from homeport.spec.paths import path_text
from homeport.spec.refusal import Refusal
from homeport.spec.sections import Sections, contradictions_of
from homeport.spec.settings import StackSettings
from homeport.spec.settings_file import SETTINGS_SECTION, homeport_values
from homeport.spec.validation import depends_on, validate_all
from homeport.spec.yaml_reader import Document, read_document
from homeport.spec.yaml_slip import ReadPath, Slip
from homeport.spec.yaml_source import SETTINGS_PREFIX, SettingsSource, YamlSource


def parse_endpoint(
    source: YamlSource, settings: StackSettings | None = None, stack_of: StackOf = no_other_stack
) -> EndpointSpec:
    """The spec in `source`, checked against `settings` where they are known.

    Raises `SpecError`, or an `ErrorGroup` of them when there are several, located.
    """
    document = read_document(source.data)
    spec, refusals = None, list[Refusal]()
    if document.was_read:
        data = document.value
        if isinstance(data, dict):
            spec, refusals = _endpoint(cast("dict[str, Any]", data), document, settings, stack_of)
        else:
            refusals = [_not_a_mapping(data)]
    raise_all(_errors(SpecError, source.file, document, refusals, displayed=tuple))
    if spec is None:
        raise AssertionError("a file without a spec has errors")
    return spec


def _endpoint(
    data: Mapping[str, Any],
    document: Document,
    settings: StackSettings | None,
    stack_of: StackOf,
) -> tuple[EndpointSpec | None, list[Refusal]]:
    hidden = document.hidden_paths
    checked = validate_all(EndpointSpec, data, hidden=hidden)
    if checked.model is not None:
        sections, further = Sections.of(checked.model), list[Refusal]()
    else:
        sections = Sections.valid_in(checked.sound)
        further = contradictions_of(sections)
    if settings is not None:
        further += refusals_against(sections, settings, stack_of)
    refusals = checked.refusals + [
        each
        for each in further
        if each not in checked.refusals and not depends_on(each, hidden, checked.left_out)
    ]
    return checked.model, refusals


def parse_settings(source: SettingsSource) -> StackSettings:
    """The settings in `source`. Raises located `SettingsError`s, all at once."""
    document = read_document(source.data)
    settings, refusals = None, list[Refusal]()
    if document.was_read:
        values, refusals = homeport_values(document.value)
        if values is not None:
            hidden = {_of_values(path) for path in document.hidden_paths}
            encrypted = {_of_values(refusal.at) for refusal in refusals}
            checked = validate_all(
                StackSettings, values, hidden=hidden | encrypted, prefix=SETTINGS_PREFIX
            )
            settings = checked.model
            refusals += [_of_file(each) for each in checked.refusals]
    raise_all(_errors(SettingsError, source.file, document, refusals, displayed=_without_config))
    if settings is None:
        raise AssertionError("a file without settings has errors")
    return settings


def _of_values(path: ReadPath) -> ReadPath:
    """`("config", "homeport:zone")` -> `("zone",)`."""
    if len(path) < 2 or path[0] != SETTINGS_SECTION:
        return ("", *path)
    return (str(path[1]).removeprefix(SETTINGS_PREFIX), *path[2:])


def _of_file(refusal: Refusal) -> Refusal:
    """The inverse, for what the settings' model says."""
    if not refusal.at:
        return refusal.below((SETTINGS_SECTION,))
    first, *rest = refusal.at
    at = (SETTINGS_SECTION, f"{SETTINGS_PREFIX}{first}", *rest)
    return Refusal(at=at, found=refusal.found, allowed=refusal.allowed, fix=refusal.fix)


def _without_config(path: ReadPath) -> ReadPath:
    return path[1:] if path[:1] == (SETTINGS_SECTION,) and len(path) > 1 else path


def _not_a_mapping(value: object) -> Refusal:
    return Refusal(
        found="an empty file" if value is None else "no mapping",
        allowed="the keys of a spec",
        fix="write `name: llama-8b` and so on, each key at the line's beginning",
    )


def _errors(
    kind: type[HomeportError],
    file: str,
    document: Document,
    refusals: Iterable[Refusal],
    *,
    displayed: Callable[[ReadPath], ReadPath],
) -> Iterator[HomeportError]:
    for slip in document.slips:
        yield _error(kind, file, slip.line, displayed(slip.path), slip)
    for refusal in refusals:
        yield _error(kind, file, document.line_of(refusal.at), displayed(refusal.at), refusal)


def _error(
    kind: type[HomeportError], file: str, line: int, path: ReadPath, said: Slip | Refusal
) -> HomeportError:
    return kind(
        path=path_text(path),
        found=said.found,
        allowed=said.allowed,
        fix=said.fix,
        file=file,
        line=line,
    )
