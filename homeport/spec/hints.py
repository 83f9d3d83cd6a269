"""What to write instead, where the general advice is not enough. Keyed by path or by word."""

MISSING = {
    "name": "add `name: llama-8b`, the name of the file",
    "model": "add `model: {repository: org/name}`",
    "model.repository": "add `repository: org/name`, as the model's page on the Hub shows it",
    "compute": "add for example `compute: {accelerator: nvidia-l4}`",
    "engine.speculative.method": "add for example `method: ngram`",
    "homeport:cloud": "add `homeport:cloud: aws`",
    "homeport:account": 'add for example `homeport:account: "123456789012"`',
    "homeport:region": "add for example `homeport:region: us-east-1`",
    "homeport:domain": "add for example `homeport:domain: endpoints.example.com`",
    "homeport:network": "add for example "
    "`homeport:network: {create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b]}`",
    "homeport:network.subnets.private": "add the ids of two private subnets or more",
}
"""Path -> what to add."""

TOO_SMALL = {"replicas.max": "to stop the endpoint, remove its file"}
"""Path -> what to do instead of a smaller number."""

_ANOTHER_MACHINE = "name the machine itself with instanceType"

UNKNOWN_WORD = {
    "compute.accelerator": _ANOTHER_MACHINE,
    "version": "write `version: 1`, or use the homeport that knows the newer format",
    "model.task": "write the model's pipeline tag on the Hub, or leave the line out",
}
"""Path -> what to do where no known word is near."""

WORDS_OF_OTHERS = {
    "access.mode": {"authenticated": "write `mode: protected` with `allow: [any]`"},
    "compute.cloud": {"google": "write gcp"},
    "homeport:cloud": {"google": "write gcp"},
    "engine.name": {
        "huggingface": "write toolkit, and its image",
        "text-generation-inference": "write tgi",
        "text-embeddings-inference": "write tei",
    },
    "compute.accelerator": {
        "gpu": "name the GPU, for example nvidia-l4",
        "nvidia-b200": _ANOTHER_MACHINE,
        "nvidia-b300": _ANOTHER_MACHINE,
        "nvidia-gb200": _ANOTHER_MACHINE,
        "nvidia-rtx-pro-6000": _ANOTHER_MACHINE,
        "tpu-v4": _ANOTHER_MACHINE,
        "tpu-v5p": _ANOTHER_MACHINE,
        "inf1": _ANOTHER_MACHINE,
        "neuron": "write inf2",
        "intel-spr": "write cpu",
        "intel-icl": "write cpu",
    },
}
"""Path -> words of Hugging Face's API or of the clouds, and ours."""

KEYS_OF_OTHERS = {
    "minReplica": "replicas.min",
    "maxReplica": "replicas.max",
    "scaleToZeroTimeout": "replicas.scaleToZeroAfter",
    "instanceSize": "compute.count",
    "provider": "compute.cloud",
    "vendor": "compute.cloud",
    "framework": "engine.name",
    "type": "access.mode",
    "command": "engine.args",
    "hardwareUsage": "replicas.scaleOn",
    "pendingRequests": "replicas.scaleOn.pending",
    "maxModelLen": "engine.contextLength",
}
"""Keys of Hugging Face's API (OpenAPI 2.0.0, read 2026-10-02) and of engines -> our path."""
