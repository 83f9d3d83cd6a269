"""The model of an endpoint, from its lock."""

from homeport.errors import LockError, PlanError
from homeport.lock import Lock, LockedRepository, lock_digest
from homeport.planner.plan import ModelPlan, RepositoryPlan, WeightFile
from homeport.spec import EndpointSpec, StackSettings

MODEL_PATH = "/repository"
"""Where the container finds the weights, as in Hugging Face's service."""


def fresh_lock(spec: EndpointSpec, lock: Lock | None, *, stack: str, sandbox: bool) -> Lock:
    """The lock, if it was made for this spec.

    Raises `LockError` where there is none, where the spec's model, engine, image, quantization or
    speculative fields have changed since, and where it holds stand-ins of the sandbox in a real stack.
    """
    fix = f"run `homeport lock {stack}` and commit the file"
    if lock is None:
        raise LockError(path="", found="no lock", allowed=f"a lock for {spec.name}", fix=fix)
    if not lock.fresh_for(spec_digest(spec)):
        raise LockError(
            path="model",
            found=f"a lock of {lock.model.repository} made for other fields",
            allowed="a lock made for this spec's model, engine, image, quantization, speculative",
            fix=fix,
        )
    if lock.origin == "sandbox" and not sandbox:
        raise LockError(
            path="model",
            found="a lock with stand-ins of the sandbox",
            allowed="a lock of the Hub and the registries",
            fix=f"{fix}, or set homeport:sandbox: true",
        )
    return lock


def spec_digest(spec: EndpointSpec) -> str:
    """Digest of the fields that a lock answers."""
    speculative = spec.engine.speculative
    return lock_digest(
        repository=spec.model.repository,
        revision=spec.model.revision,
        task=spec.model.task,
        engine=spec.engine.name,
        image=spec.engine.image,
        quantization=spec.engine.quantization,
        speculative_method=speculative.method if speculative else None,
        speculative_model=speculative.model if speculative else None,
    )


def model_plan(spec: EndpointSpec, lock: Lock, settings: StackSettings) -> ModelPlan:
    """What is served. Raises `PlanError` where the task is unknown, or a gated model has no token."""
    task = task_of(spec, lock)
    gated = any(repository.gated for repository in lock.repositories)
    if gated and settings.token_secret is None:
        raise PlanError(
            path="model.repository",
            found=f"{spec.model.repository}, which is gated, and no homeport:tokenSecret",
            allowed="a gated model with a Hub token in the stack's secret store",
            fix="store a token there and add its name as homeport:tokenSecret",
        )
    return ModelPlan(
        repository=spec.model.repository,
        task=task,
        weights=spec.model.weights,
        repositories=tuple(
            RepositoryPlan(
                role=repository.role,
                repository=repository.repository,
                commit=repository.commit,
                origin=repository.origin,
                mount_path=mount_path(repository),
                files=tuple(
                    WeightFile(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256)
                    for file in repository.files
                ),
            )
            for repository in lock.repositories
        ),
        gated=gated,
        token_secret=settings.token_secret,
    )


def task_of(spec: EndpointSpec, lock: Lock) -> str:
    """The spec's task, or the Hub's. Raises `PlanError` where neither names one."""
    task = spec.model.task or lock.model.metadata.task
    if task is None:
        raise PlanError(
            path="model.task",
            found=f"nothing, and the lock of {spec.model.repository} names no task either",
            allowed="a task",
            fix="add for example `task: text-generation`",
        )
    return task


def mount_path(repository: LockedRepository) -> str:
    """`/repository` for the model; the others lie beside it, named by their role."""
    return MODEL_PATH if repository.role == "model" else f"{MODEL_PATH}-{repository.role}"
