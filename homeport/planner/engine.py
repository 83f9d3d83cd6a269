"""The engine of an endpoint: which one, in which image, with which arguments."""

from homeport.catalogue import (
    Engine,
    EngineImage,
    LaunchRequest,
    SpeculativeRequest,
    automatic_engines,
    check_arguments,
    check_variables,
    engine,
    resolve_quantization,
)
from homeport.errors import HomeportError, PlanError, raise_all
from homeport.lock import Lock
from homeport.planner.model import MODEL_PATH, mount_path, task_of
from homeport.planner.plan import (
    EnginePlan,
    FirstRequestPlan,
    ImagePlan,
    MachinePlan,
    ModelPlan,
    RoutePlan,
)
from homeport.spec import EndpointSpec

CLIENT_DUMMY_NAME = "dummy"
"""The model name that huggingface_hub's InferenceClient sends to an endpoint (2.4.0)."""

BODY_BYTES_MAX = 1024 << 20
"""What engines are told that limit bodies themselves: the largest `access.maxBodyMebibytes`. The endpoint's
own limit is live, and the gateway's."""

ANY_TASK = "*"
"""Among an engine's tasks: whatever the spec says."""


def engine_plan(
    spec: EndpointSpec, lock: Lock, machine: MachinePlan, model: ModelPlan
) -> EnginePlan:
    """The engine, decided. Raises a `HomeportError` for what the engine cannot do."""
    chosen, because = choose_engine(spec, lock)
    _refuse_what_it_cannot(chosen, spec, lock, machine, model)
    own_image = _own_image(chosen, spec, machine)
    served_names = (spec.name, spec.model.repository, CLIENT_DUMMY_NAME)
    launch = chosen.launch(_launch_request(chosen, spec, lock, machine, model, served_names))
    image = lock.image(spec.engine.image or (own_image.tag if own_image else ""))
    return EnginePlan(
        name=chosen.name,
        version=(own_image and own_image.version) or chosen.version,
        image=ImagePlan(reference=image.reference, tag=image.tag, origin=image.origin),
        chosen_because=because,
        port=spec.engine.port or chosen.port,
        health_route=spec.engine.health_route or chosen.health_route,
        metrics_route=chosen.metrics_route,
        first_request=_first_request(chosen, spec, model),
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


def _first_request(chosen: Engine, spec: EndpointSpec, model: ModelPlan) -> FirstRequestPlan:
    """The engine's own; a custom one's health route is the spec's."""
    first = chosen.first_request(model.task, spec.name)
    path = first.path
    if path == chosen.health_route and spec.engine.health_route is not None:
        path = spec.engine.health_route
    return FirstRequestPlan(method=first.method, path=path, body=first.body)


def choose_engine(spec: EndpointSpec, lock: Lock) -> tuple[Engine, str]:
    """The engine that the spec names, or the first that serves the task and loads the weights.

    Also what decides which images a lock pins, before there is a plan.
    """
    if spec.engine.name != "auto":
        return engine(spec.engine.name), "the spec names it"
    task = task_of(spec, lock)
    candidates = automatic_engines()
    for candidate in candidates:
        if task in candidate.tasks and _loads(candidate, lock):
            return candidate, f"serves {task}{_architecture_words(candidate, lock)}"
    raise PlanError(
        path="model.task",
        found=f"{task} of {', '.join(lock.model.metadata.architectures) or 'no architecture'}"
        f", as {lock.model.weight_form}",
        allowed=f"what {', '.join(one.name for one in candidates)} serve",
        fix="name another task or model, or bring an image: `engine: {name: toolkit, image: ...}`",
    )


def _loads(candidate: Engine, lock: Lock) -> bool:
    if lock.model.weight_form not in candidate.weight_forms:
        return False
    known = candidate.architectures
    return known is None or any(name in known for name in lock.model.metadata.architectures)


def _architecture_words(candidate: Engine, lock: Lock) -> str:
    if candidate.architectures is None:
        return ""
    return f" and loads {lock.model.metadata.architectures[0]}"


def _own_image(chosen: Engine, spec: EndpointSpec, machine: MachinePlan) -> EngineImage | None:
    """The engine's image for the machine; None where the spec brings one.

    Raises `PlanError` where nobody asked by name for an image at its end of line.
    """
    if spec.engine.image is not None:
        return None
    image = chosen.image_for(machine.accelerator)
    if image.end_of_line is not None and spec.engine.name == "auto":
        raise PlanError(
            path="engine.name",
            found=f"auto on {machine.accelerator}, where {chosen.name} is at its end of line",
            allowed=f"the engine by name: {image.end_of_line}",
            fix=f"write `engine: {{name: {chosen.name}}}`, or choose another accelerator",
        )
    return image


def _refuse_what_it_cannot(
    chosen: Engine, spec: EndpointSpec, lock: Lock, machine: MachinePlan, model: ModelPlan
) -> None:
    """Everything in the spec that the engine has no word for, all at once."""
    asked = spec.engine
    errors: list[HomeportError] = [
        *check_variables(chosen, {*asked.env, *asked.secrets}),
        *check_arguments(chosen, asked.args),
        *_model_errors(chosen, lock, model),
    ]
    if asked.context_length is not None and "context" not in chosen.flags:
        errors.append(
            PlanError(
                path="engine.contextLength",
                found=f"{asked.context_length} with engine {chosen.name}",
                allowed=f"left out: {chosen.name} takes the model's own",
                fix="remove the line",
            )
        )
    if machine.accelerator_count > 1 and _uses_one(chosen):
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
    try:
        _quantization(chosen, spec, lock, machine)
    except HomeportError as error:
        errors.append(error)
    raise_all(errors)


def _uses_one(chosen: Engine) -> bool:
    """Whether accelerators beyond the first would be paid for and idle."""
    return chosen.brings_image and "tensor-parallel" not in chosen.flags


def _model_errors(chosen: Engine, lock: Lock, model: ModelPlan) -> list[HomeportError]:
    """The task, the form of the weights, and code that lies elsewhere."""
    errors: list[HomeportError] = []
    if model.task not in chosen.tasks and ANY_TASK not in chosen.tasks:
        errors.append(
            PlanError(
                path="model.task",
                found=f"{model.task} with engine {chosen.name}",
                allowed=f"what {chosen.name} serves: {', '.join(chosen.tasks)}",
                fix="write `engine: {name: auto}`, or another task",
            )
        )
    form = lock.model.weight_form
    if form not in chosen.weight_forms and "any" not in chosen.weight_forms:
        errors.append(
            PlanError(
                path="model.repository",
                found=f"{form} weights with engine {chosen.name}",
                allowed=f"{' or '.join(chosen.weight_forms)}, which {chosen.name} loads",
                fix="write `engine: {name: llamacpp}`"
                if form == "gguf"
                else "choose the model's repository with such weights, or another engine",
            )
        )
    return errors


def _quantization(
    chosen: Engine, spec: EndpointSpec, lock: Lock, machine: MachinePlan
) -> str | None:
    return resolve_quantization(
        chosen,
        asked=spec.engine.quantization,
        stored=lock.model.metadata.quantization,
        accelerator=machine.accelerator,
    )


def _launch_request(
    chosen: Engine,
    spec: EndpointSpec,
    lock: Lock,
    machine: MachinePlan,
    model: ModelPlan,
    served_names: tuple[str, ...],
) -> LaunchRequest:
    speculative, draft = spec.engine.speculative, lock.repository("draft")
    return LaunchRequest(
        model_path=MODEL_PATH,
        weights_file=lock.model.gguf_file,
        served_names=served_names,
        task=model.task,
        accelerator=machine.accelerator,
        accelerator_count=machine.accelerator_count,
        context_length_tokens=spec.engine.context_length,
        quantization=_quantization(chosen, spec, lock, machine),
        max_body_bytes=BODY_BYTES_MAX,
        speculative=SpeculativeRequest(
            method=speculative.method,
            tokens=speculative.tokens,
            model_path=mount_path(draft) if draft else None,
            weights_file=draft.gguf_file if draft else None,
        )
        if speculative
        else None,
    )
