"""A spec against the settings of its stack."""

from collections.abc import Callable

from homeport.errors import SpecError, raise_all
from homeport.spec.clouds import CONSUMERS, Cloud
from homeport.spec.endpoint import EndpointSpec
from homeport.spec.paths import path_text
from homeport.spec.refusal import Refusal
from homeport.spec.sections import Sections
from homeport.spec.settings import StackSettings
from homeport.spec.shown import shown_text
from homeport.spec.tags import tags_against_cloud

StackOf = Callable[[str, str | None], str | None]
"""(cloud, region) -> a stack of the project that is there; None where there is none."""


def no_other_stack(_cloud: str, _region: str | None) -> str | None:
    """For a spec that is read alone."""
    return None


def check_against(
    spec: EndpointSpec, settings: StackSettings, *, stack_of: StackOf = no_other_stack
) -> None:
    """Raise a `SpecError`, or a group of them, for all that contradicts the stack's settings."""
    raise_all(
        SpecError(path=path_text(each.at), found=each.found, allowed=each.allowed, fix=each.fix)
        for each in refusals_against(Sections.of(spec), settings, stack_of)
    )


def refusals_against(
    sections: Sections, settings: StackSettings, stack_of: StackOf = no_other_stack
) -> list[Refusal]:
    """Every contradiction between the spec's valid sections and the settings."""
    return [
        *_place(sections, settings, stack_of),
        *_callers(sections, settings),
        *_consumers(sections, settings.cloud),
        *_way_out(sections, settings),
        *(each.below(("tags",)) for each in tags_against_cloud(sections.tags, settings.cloud)),
    ]


def _place(sections: Sections, settings: StackSettings, stack_of: StackOf) -> list[Refusal]:
    compute = sections.compute
    if compute is None:
        return []
    if compute.cloud not in (None, settings.cloud):
        return [_elsewhere("cloud", compute.cloud, settings.cloud, stack_of(compute.cloud, None))]
    if compute.region not in (None, settings.region):
        other = stack_of(settings.cloud, compute.region)
        return [_elsewhere("region", compute.region, settings.region, other)]
    return []


def _elsewhere(key: str, wanted: str, own: str, other: str | None) -> Refusal:
    move = (
        f"move the file to stacks/{other}/"
        if other
        else f"move it to a stack with homeport:{key}: {shown_text(wanted)} (there is none yet)"
    )
    return Refusal(
        at=("compute", key),
        found=shown_text(wanted),
        allowed=f"{own}, the {key} of the stack",
        fix=f"remove the line, or {move}",
    )


def _callers(sections: Sections, settings: StackSettings) -> list[Refusal]:
    access = sections.access
    if access is None or access.mode != "protected" or access.allow or settings.allow:
        return []
    return [
        Refusal(
            at=("access", "allow"),
            found="nobody, here or in homeport:allow",
            allowed="at least one caller with mode protected",
            fix="add `allow: [org/<name>]`, homeport:allow for the whole stack, "
            "or `allow: [any]` for every Hugging Face account",
            because_of=(("access", "mode"), ("access", "allow")),
        )
    ]


def _consumers(sections: Sections, cloud: Cloud) -> list[Refusal]:
    access = sections.access
    if access is None:
        return []
    grammar = CONSUMERS[cloud]
    return [
        Refusal(
            at=("access", "consumers", position),
            found=shown_text(consumer),
            allowed=f"{grammar.words} on {cloud}",
            fix=f"write for example {grammar.example}",
        )
        for position, consumer in enumerate(access.consumers)
        if not grammar.fits(consumer)
    ]


def _way_out(sections: Sections, settings: StackSettings) -> list[Refusal]:
    """Without a way out nobody can ask the Hub for weights, or whether a token is good."""
    if settings.egress != "none":
        return []
    found: list[Refusal] = []
    if sections.model is not None and sections.model.weights == "hub":
        found.append(
            Refusal(
                at=("model", "weights"),
                found="hub with homeport:egress none",
                allowed="mirror where machines have no way out",
                fix="write `weights: mirror`, or homeport:egress nat",
                because_of=(("model", "weights"),),
            )
        )
    if sections.access is not None and sections.access.mode == "protected":
        found.append(
            Refusal(
                at=("access", "mode"),
                found="protected with homeport:egress none",
                allowed="public or private where machines have no way out to the Hub",
                fix="write `mode: private` with consumers, or homeport:egress nat",
                because_of=(("access", "mode"),),
            )
        )
    return found
