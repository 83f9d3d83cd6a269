"""Every engine of our catalogue, as the stand-in speaks it. Adding one is adding a file and a row."""

from sandbox.engine.dialects import custom, llamacpp, sglang, tei, tgi, toolkit, vllm
from sandbox.engine.dialects.interface import Dialect

DIALECTS: dict[str, Dialect] = {
    one.name: one
    for one in (
        vllm.DIALECT,
        sglang.DIALECT,
        llamacpp.DIALECT,
        tei.DIALECT,
        tgi.DIALECT,
        toolkit.DIALECT,
        custom.DIALECT,
    )
}
"""By the catalogue's names."""
