"""The engine of an endpoint: which one, in which image, with which arguments."""

from homeport.catalogue import (
    Engine,
    LaunchRequest,
    SpeculativeRequest,
    accelerator,
    carried_engines,
    check_arguments,
    check_variables,
    engine,
)
from homeport.errors import HomeportError, PlanError, raise_all
from homeport.lock import Lock
from homeport.planner.model import MODEL_PATH
from homeport.planner.plan import EnginePlan, ImagePlan, MachinePlan, ModelPlan, RoutePlan
from homeport.spec import EndpointSpec

CLIENT_DUMMY_NAME = "dummy"
"""The model name that huggingface_hub's InferenceClient sends to an endpoint (2.4.0)."""


def engine_plan(
    spec: EndpointSpec, lock: Lock, machine: MachinePlan, model: ModelPlan
) -> EnginePlan:
    """The engine, decided. Raises a `HomeportError` for what the engine cannot do."""
    chosen, because = _choose(spec, lock, model)
    _refuse_what_it_cannot(chosen, spec, lock, machine, model)
    served_names = (spec.name, spec.model.repository, CLIENT_DUMMY_NAME)
    launch = chosen.launch(_launch_request(spec, machine, model, served_names))
    tag = spec.engine.image or chosen.image_for(machine.accelerator).tag
    image = lock.image(tag)
    return EnginePlan(
        name=chosen.name,
        version=chosen.version,
        image=ImagePlan(reference=image.reference, tag=image.tag, origin=image.origin),
        chosen_because=because,
        port=chosen.port,
        health_route=chosen.health_route,
        metrics_route=chosen.metrics_route,
        routes=tuple(
            RoutePlan(method=route.method, path=route.path, inference=route.inference)
            for route in chosen.routes
        ),
        served_names=served_names,
        arguments=(*launch.arguments, *spec.engine.args),
        env={**launch.env, **spec.engine.env},
        secrets=dict(spec.engine.secrets),
        context_length_tokens=spec.engine.context_length,
        shared_memory_gib=chosen.shared_memory_gib,
    )


def _choose(spec: EndpointSpec, lock: Lock, model: ModelPlan) -> tuple[Engine, str]:
    """The engine that the spec names, or the first carried one that serves the task."""
    if spec.engine.name != "auto":
        return engine(spec.engine.name), "the spec names it"
    candidates = [one for one in carried_engines() if one.end_of_line is None]
    for candidate in candidates:
        if model.task in candidate.tasks and _loads(candidate, lock):
            return candidate, f"serves {model.task}{_architecture_words(candidate, lock)}"
    raise PlanError(
        path="model.task",
        found=f"{model.task} of {', '.join(lock.model.metadata.architectures) or 'no architecture'}",
        allowed=f"what {', '.join(one.name for one in candidates)} serve",
        fix="name another task or model; further engines are not built yet",
    )


def _loads(candidate: Engine, lock: Lock) -> bool:
    known = candidate.architectures
    return known is None or any(name in known for name in lock.model.metadata.architectures)


def _architecture_words(candidate: Engine, lock: Lock) -> str:
    if candidate.architectures is None:
        return ""
    return f" and loads {lock.model.metadata.architectures[0]}"


def _refuse_what_it_cannot(
    chosen: Engine, spec: EndpointSpec, lock: Lock, machine: MachinePlan, model: ModelPlan
) -> None:
    """Everything in the spec that the engine has no word for, all at once."""
    asked = spec.engine
    errors: list[HomeportError] = [
        *check_variables(chosen, {*asked.env, *asked.secrets}),
        *check_arguments(chosen, asked.args),
    ]
    if model.task not in chosen.tasks:
        errors.append(
            PlanError(
                path="model.task",
                found=f"{model.task} with engine {chosen.name}",
                allowed=f"what {chosen.name} serves: {', '.join(chosen.tasks)}",
                fix="write `engine: {name: auto}`, or another task",
            )
        )
    if asked.context_length is not None and not chosen.sets_context:
        errors.append(
            PlanError(
                path="engine.contextLength",
                found=f"{asked.context_length} with engine {chosen.name}",
                allowed=f"left out: {chosen.name} takes the model's own",
                fix="remove the line",
            )
        )
    if machine.accelerator_count > 1 and not chosen.tensor_parallel:
        errors.append(
            PlanError(
                path="compute.count",
                found=f"{machine.accelerator_count} accelerators with engine {chosen.name}",
                allowed=f"1: {chosen.name} uses one accelerator",
                fix="write `count: 1`, and more replicas instead",
            )
        )
    if asked.speculative and asked.speculative.method not in chosen.speculative_methods:
        errors.append(
            PlanError(
                path="engine.speculative.method",
                found=f"{asked.speculative.method} with engine {chosen.name}",
                allowed=", ".join(chosen.speculative_methods) or f"left out with {chosen.name}",
                fix="remove `speculative`",
            )
        )
    errors.extend(_quantization_errors(chosen, spec, lock, machine))
    raise_all(errors)


def _quantization_errors(
    chosen: Engine, spec: EndpointSpec, lock: Lock, machine: MachinePlan
) -> list[HomeportError]:
    """Asked quantization against the engine, the weights and the accelerator."""
    asked = spec.engine.quantization
    stored = lock.model.metadata.quantization
    if asked == "none" and stored is not None:
        return [
            PlanError(
                path="engine.quantization",
                found=f"none, and the weights are stored as {stored}",
                allowed=f"auto or {stored}",
                fix="remove the line, or serve the model's unquantized repository",
            )
        ]
    method = stored if asked == "auto" else asked
    if method is None or method == "none":
        return []
    if method not in chosen.quantizations:
        return [
            PlanError(
                path="engine.quantization",
                found=f"{method} with engine {chosen.name}",
                allowed=", ".join(["auto", "none", *chosen.quantizations]),
                fix="choose one of these, or another engine",
            )
        ]
    capability = accelerator(machine.accelerator).compute_capability
    least = chosen.quantizations[method]
    if capability is None or capability < least:
        return [
            PlanError(
                path="engine.quantization",
                found=f"{method} on {machine.accelerator}"
                f" (compute capability {capability or 'none'})",
                allowed=f"{method} on compute capability {least} or more",
                fix="choose another method, or a newer accelerator",
            )
        ]
    return []


def _launch_request(
    spec: EndpointSpec, machine: MachinePlan, model: ModelPlan, served_names: tuple[str, ...]
) -> LaunchRequest:
    speculative = spec.engine.speculative
    quantization = spec.engine.quantization
    return LaunchRequest(
        model_path=MODEL_PATH,
        served_names=served_names,
        task=model.task,
        accelerator=machine.accelerator,
        accelerator_count=machine.accelerator_count,
        context_length_tokens=spec.engine.context_length,
        quantization=None if quantization in ("auto", "none") else quantization,
        speculative=SpeculativeRequest(method=speculative.method, tokens=speculative.tokens)
        if speculative
        else None,
    )
