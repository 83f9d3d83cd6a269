"""Container image references: `registry/name:tag`, `registry/name@sha256:...`."""

import re
from typing import Annotated

from pydantic import AfterValidator

from homeport.spec.refusal import refuse
from homeport.spec.secret_values import looks_like_a_secret
from homeport.spec.shown import shown_text

# The grammar of github.com/distribution/reference, whole: host with port, lower-case path, tag of
# at most 128 characters, digest.
_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"{_HOST}{_PART}(?:/{_PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?"
)
_LONGEST = 512


def check_image(reference: str) -> str:
    """An image that a registry can serve. Raises with a hint for the commonest slips."""
    if len(reference) <= _LONGEST and _REFERENCE.fullmatch(reference):
        return reference
    if looks_like_a_secret(reference):
        fix = "write the image; the lock and the cloud's roles need no token"
    elif "://" in reference:
        fix = "leave the scheme out"
    elif reference != reference.lower() and _REFERENCE.fullmatch(reference.lower()):
        fix = f"write the name in lower case: {reference.lower()}"
    else:
        fix = "write for example vllm/vllm-openai:v0.23.0"
    raise refuse(shown_text(reference), "an image reference: registry/name:tag or @sha256:...", fix)


ImageReference = Annotated[str, AfterValidator(check_image)]
