"""Make locks: ask the Hub and the registries, decide the engine, write all files of a stack or none."""

from collections.abc import Callable, Sequence
from pathlib import Path

from homeport.errors import HomeportError, located, raise_all
from homeport.lock import Lock, LockedImage, LockedRepository, write_lock
from homeport.lock.wanted import WantedRepository
from homeport.planner.engine import choose_engine
from homeport.planner.lock_request import image_tags, wanted_repositories
from homeport.planner.model import spec_digest
from homeport.planner.sources import EndpointSource
from homeport.spec import EndpointSpec

ResolveRepository = Callable[[WantedRepository], tuple[LockedRepository, ...]]
ResolveImage = Callable[[str], LockedImage]


def make_lock(
    spec: EndpointSpec, resolve_repository: ResolveRepository, resolve_image: ResolveImage
) -> Lock:
    """The lock of one spec. Raises `HomeportError` for what the Hub, or a registry, does not have."""
    repositories = tuple(
        found for wanted in wanted_repositories(spec) for found in resolve_repository(wanted)
    )
    by_role = sorted(repositories, key=lambda one: ("model", "draft", "code").index(one.role))
    lock = Lock(made_for=spec_digest(spec), repositories=tuple(by_role), images=())
    chosen, _ = choose_engine(spec, lock)
    images = tuple(resolve_image(tag) for tag in image_tags(spec, chosen))
    return Lock(made_for=lock.made_for, repositories=lock.repositories, images=images)


def lock_endpoints(
    endpoints: Sequence[EndpointSource],
    resolve_repository: ResolveRepository,
    resolve_image: ResolveImage,
    *,
    on_locked: Callable[[str], None],
) -> tuple[Path, ...]:
    """Lock every endpoint; the files that were written, in order.

    Every lock is made before the first file is touched, so that a model that is not there leaves all
    files as they were. `on_locked` is told each endpoint's name as soon as its lock is made.
    """
    locks: list[tuple[Path, Lock]] = []
    errors: list[HomeportError] = []
    for endpoint in endpoints:
        try:
            lock = make_lock(endpoint.spec, resolve_repository, resolve_image)
        except HomeportError as error:
            errors.append(located(error, endpoint.source))
            continue
        locks.append((endpoint.path.with_suffix(".lock.json"), lock))
        on_locked(endpoint.spec.name)
    raise_all(errors)
    for path, lock in locks:
        write_lock(path, lock)
    return tuple(path for path, _ in locks)
