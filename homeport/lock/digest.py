"""Freshness of a lock: a digest of the spec's fields that a lock answers. Time plays no part."""

import hashlib
import json


def lock_digest(
    *,
    repository: str,
    revision: str,
    task: str | None,
    engine: str,
    image: str | None,
    quantization: str,
    speculative_method: str | None = None,
    speculative_model: str | None = None,
) -> str:
    """`sha256:` and the digest of the fields, as the spec words them (`engine` may be `auto`).

    Fields that change nothing outside (context, arguments, machine, where weights are fetched from)
    are left out on purpose: editing them needs no new lock.
    """
    fields = {
        "engine.image": image,
        "engine.name": engine,
        "engine.quantization": quantization,
        "engine.speculative.method": speculative_method,
        "engine.speculative.model": speculative_model,
        "model.repository": repository,
        "model.revision": revision,
        "model.task": task,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
