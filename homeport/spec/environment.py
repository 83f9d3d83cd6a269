"""Variables of the engine: plain ones with their value, secret ones with the name of a secret."""

from collections.abc import Mapping

from homeport.spec.names import VARIABLE
from homeport.spec.refusal import Refusal
from homeport.spec.secret_values import REDACTED, is_named_like_a_secret, looks_like_a_secret
from homeport.spec.shown import shown_text

_ACCESS_KEYS = frozenset({"API_KEY", "VLLM_API_KEY", "LLAMA_API_KEY"})
_HUB_TOKENS = frozenset(
    {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_HUB_TOKEN", "HF_API_TOKEN"}
)
_ACCESS_FLAGS = ("--api-key", "--api-key-file", "--admin-api-key")
_HUB_TOKEN_FLAGS = ("--hf-token", "--hf-api-token", "--hf-hub-token")
_VALUE_MAX = 4096


def why_reserved(variable: str) -> str | None:
    """The reason why users may not set a variable; None where they may."""
    name = variable.upper()
    if name in _ACCESS_KEYS:
        return "it is the engine's own access key, and the gateway passes no token on: use `access`"
    if name in _HUB_TOKENS:
        return "the engine never reaches the Hub: for gated weights set homeport:tokenSecret"
    if name.startswith("AWS_"):
        return "the engine has no credentials of the cloud: store what it needs as a secret"
    return None


def variable_refusals(section: str, variables: Mapping[str, str]) -> list[Refusal]:
    """Names that no container takes, and names that are reserved."""
    found: list[Refusal] = []
    for name in variables:
        reason = why_reserved(name)
        if reason:
            found.append(
                Refusal(
                    at=(section, name),
                    found=f"the reserved variable {name}",
                    allowed="another variable",
                    fix=f"remove it; {reason}",
                )
            )
        elif not VARIABLE.fullmatch(name):
            found.append(
                Refusal(
                    at=(section, name),
                    found=shown_text(name),
                    allowed="a variable's name: letters, digits and _, first no digit",
                    fix="write for example LOG_LEVEL",
                )
            )
    return found


def env_value_refusals(env: Mapping[str, str]) -> list[Refusal]:
    """Values that look like secrets (never shown), or that no process takes."""
    found: list[Refusal] = []
    for name, value in env.items():
        if why_reserved(name):
            continue
        if looks_like_a_secret(value) or (is_named_like_a_secret(name) and value):
            found.append(
                Refusal(
                    at=("env", name),
                    found=REDACTED,
                    allowed="a value that everybody may read",
                    fix="store the value in the cloud's secret store and write "
                    f"`secrets: {{{name}: <name of the secret>}}`; replace it: it stood in a file",
                )
            )
        elif len(value) > _VALUE_MAX or "\0" in value:
            found.append(
                Refusal(
                    at=("env", name),
                    found=f"{len(value)} characters",
                    allowed=f"at most {_VALUE_MAX} characters, without NUL",
                    fix="put long configuration into the image",
                )
            )
    return found


def both_refusals(env: Mapping[str, str], secrets: Mapping[str, str]) -> list[Refusal]:
    """Variables that are set twice."""
    return [
        Refusal(
            at=("secrets", name),
            found=f"{name} in env and in secrets",
            allowed="one of the two",
            fix="remove the line in env, so that the secret counts",
        )
        for name in secrets
        if name in env
    ]


def argument_refusals(arguments: tuple[str, ...]) -> list[Refusal]:
    """Arguments that carry keys or tokens, or that no process takes."""
    found: list[Refusal] = []
    for position, argument in enumerate(arguments):
        flag = argument.partition("=")[0]
        at = ("args", position)
        if flag in _ACCESS_FLAGS or flag in _HUB_TOKEN_FLAGS:
            reason = why_reserved("API_KEY" if flag in _ACCESS_FLAGS else "HF_TOKEN")
            found.append(
                Refusal(
                    at=at,
                    found=f"the reserved flag {flag}",
                    allowed="another flag",
                    fix=f"remove it; {reason}",
                )
            )
        elif looks_like_a_secret(argument):
            found.append(
                Refusal(
                    at=at,
                    found=REDACTED,
                    allowed="an argument that everybody may read",
                    fix="pass it as a variable in `secrets` and replace it: it stood in a file",
                )
            )
        elif not argument or len(argument) > _VALUE_MAX or "\0" in argument:
            found.append(
                Refusal(
                    at=at,
                    found=f"{len(argument)} characters",
                    allowed=f"1 to {_VALUE_MAX} characters, without NUL",
                    fix="remove it, or put long configuration into the image",
                )
            )
    return found
