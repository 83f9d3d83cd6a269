"""Names that users give or refer to: endpoints, stacks, Hub repositories, variables, secrets."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from homeport.spec.refusal import Refusal, refuse, refused
from homeport.spec.secret_values import REDACTED, looks_like_a_secret
from homeport.spec.shown import shown_text

ENDPOINT_NAME_MAX = 32
STACK_NAME_MAX = 23
"""Characters: with an endpoint's 32 and a dash it fits an IAM role name (64) with 8 to spare."""

# The first character is a letter because Google Cloud's resource names (RFC 1035, Compute Engine
# documentation) and Kubernetes Service names (RFC 1035, Kubernetes documentation) ask for one.
_LABEL = r"[a-z](?:[a-z0-9-]*[a-z0-9])?"
_LABEL_WORDS = "lower-case letters, digits and dashes, first a letter, last no dash"

# The Hub's rule, as in huggingface_hub 2.4.0 utils/_validators.py: ASCII letters, digits, `-`, `_`,
# `.`, each part 1 to 96 characters that begin and end with a letter, digit or `_`; no `--` or `..`,
# no `.git` at the end.
_HUB_PART = r"\w(?:[\w.-]{0,94}\w)?"
HUB_ACCOUNT = re.compile(_HUB_PART, re.ASCII)
_HUB_REPOSITORY = re.compile(rf"{_HUB_PART}/{_HUB_PART}", re.ASCII)

# git-check-ref-format(1), without the forms that need a shell's quotes.
_REVISION = re.compile(r"(?![-/.])(?!.*(?:\.\.|//|@\{|/\.))[\w./@+=#%-]{1,255}(?<![/.])(?<!\.lock)")

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
"""AWS Secrets Manager's characters (API reference, CreateSecret), the widest of the clouds."""


def label_problem(name: str, longest: int) -> Refusal | None:
    """Why `name` is no DNS label of lower-case letters that every cloud takes; None if it is one."""
    if len(name) > longest:
        return Refusal(
            found=f"{len(name)} characters",
            allowed=f"at most {longest} characters",
            fix="use a shorter name",
        )
    if not re.fullmatch(_LABEL, name):
        return Refusal(found=shown_text(name), allowed=_LABEL_WORDS, fix=_label_fix(name))
    return None


def _label_fix(name: str) -> str:
    if looks_like_a_secret(name):
        return "write for example llama-8b"
    proposal = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").lstrip("0123456789-")
    return f"write for example {proposal or 'llama-8b'}"


def check_endpoint_name(name: str) -> str:
    """The name of an endpoint; it becomes the first label of its host."""
    problem = label_problem(name, ENDPOINT_NAME_MAX)
    if problem:
        raise refused(problem)
    return name


def check_repository(repository: str) -> str:
    """`org/name` of a model on the Hub. Names without an owner are the Hub's legacy; they move."""
    # Each part alone: owner and name together are often as long and mixed as a key.
    if any(looks_like_a_secret(part) for part in repository.split("/")):
        raise refuse(REDACTED, "org/name of a model on the Hub", "write the model's name")
    if "://" in repository or repository.startswith("huggingface.co/"):
        name = "/".join(repository.rsplit("huggingface.co/", maxsplit=1)[-1].split("/")[:2])
        fix = f"write {name}" if _HUB_REPOSITORY.fullmatch(name) else "write org/name alone"
        raise refuse(shown_text(repository), "org/name, not an address", fix)
    if "/" not in repository:
        raise refuse(
            shown_text(repository),
            "org/name of a model on the Hub",
            f"write the owner too, as its page shows it: org/{repository}",
        )
    forbidden = "--" in repository or ".." in repository or repository.endswith(".git")
    if forbidden or not _HUB_REPOSITORY.fullmatch(repository):
        raise refuse(
            shown_text(repository),
            "org/name of letters, digits, -, _ and ., at most 96 characters each",
            "copy the name from the model's page on the Hub",
        )
    return repository


def check_revision(revision: str) -> str:
    """A branch, tag or commit of a repository."""
    if not _REVISION.fullmatch(revision):
        raise refuse(shown_text(revision), "a branch, a tag or a commit", "write for example main")
    return revision


def check_secret_name(name: str) -> str:
    """A name in the cloud's secret store; a value in its place is refused without showing it."""
    looks_like_a_value = looks_like_a_secret(name) or re.fullmatch(r"[0-9a-fA-F]{32,}", name)
    if looks_like_a_value:
        raise refuse(
            REDACTED,
            "the name of a secret in the cloud's secret store",
            "store the value there, write its name here, and replace the value: it stood in a file",
        )
    if not SECRET_NAME.fullmatch(name):
        raise refuse(
            f"{len(name)} characters that are no name (not shown)",
            "a name of letters, digits and /_+=.@-, at most 512 characters",
            "write the secret's name, not its value or address",
        )
    return name


EndpointName = Annotated[
    str,
    AfterValidator(check_endpoint_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_LABEL}$", "maxLength": ENDPOINT_NAME_MAX}),
]
Repository = Annotated[
    str,
    AfterValidator(check_repository),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$"}),
]
Revision = Annotated[str, AfterValidator(check_revision)]
SecretName = Annotated[
    str,
    AfterValidator(check_secret_name),
    WithJsonSchema({"type": "string", "pattern": f"^{SECRET_NAME.pattern}$"}),
]
