"""The user's tags, within what every cloud takes."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from homeport.spec.clouds import Cloud
from homeport.spec.refusal import Refusal, refused
from homeport.spec.secret_values import REDACTED, looks_like_a_secret
from homeport.spec.shown import shown_key, shown_text
from homeport.spec.suggestions import one_of

TAGS_MAX = 40
"""AWS and Azure take 50 a resource (Tagging AWS resources; Azure tag limits; 2026); ten are
homeport's own."""
RESERVED_PREFIXES = ("aws:", "homeport:", "pulumi:")

# AWS: key 1 to 128, value to 256 characters; letters, digits, blanks and + - = . _ : / @.
_KEY = re.compile(r"[\w +\-=.:/@]{1,128}")
_VALUE = re.compile(r"[\w +\-=.:/@]{0,256}")
# Google Cloud labels: lower-case, at most 63 characters (Labels overview). Kubernetes: at most 63.
_GOOGLE_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_GOOGLE_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_KUBERNETES_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_KUBERNETES_VALUE = re.compile(rf"(?:{_KUBERNETES_KEY.pattern})?")
# Azure: no <>%&\?/ in a key (Azure tag limits).
_AZURE_KEY = re.compile(r"[^<>%&\\?/]{1,512}")

_CLOUD_FORMS: Mapping[Cloud, tuple[re.Pattern[str], re.Pattern[str], str]] = {
    "azure": (_AZURE_KEY, _VALUE, "a key without <>%&\\?/"),
    "gcp": (_GOOGLE_KEY, _GOOGLE_VALUE, "lower-case letters, digits, - and _, at most 63"),
    "kubernetes": (_KUBERNETES_KEY, _KUBERNETES_VALUE, "letters, digits, -, _ and ., at most 63"),
}
"""Cloud -> forms of keys and values where they are narrower than AWS's."""


def check_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Tags that AWS takes, without its reserved names and without ours."""
    found = [refusal for key, value in tags.items() for refusal in _tag_refusals(key, value)]
    found += _same_but_for_case(tags)
    if len(tags) > TAGS_MAX:
        found.append(
            Refusal(
                found=f"{len(tags)} tags",
                allowed=f"at most {TAGS_MAX} tags",
                fix="remove those that no report uses",
            )
        )
    if found:
        raise refused(*found)
    return tags


def _same_but_for_case(tags: Mapping[str, str]) -> list[Refusal]:
    """AWS's IAM and Azure take two such keys for one (IAM guide, Tag naming conventions; Azure tag limits)."""
    first: dict[str, str] = {}
    found: list[Refusal] = []
    for key in tags:
        other = first.setdefault(key.lower(), key)
        if other != key:
            allowed = f"one of {shown_text(other)} and {shown_text(key)}: clouds take them for one"
            found.append(
                Refusal(at=(key,), found=shown_text(key), allowed=allowed, fix="remove one of them")
            )
    return found


def _tag_refusals(key: str, value: str) -> list[Refusal]:
    prefix = next((p for p in RESERVED_PREFIXES if key.lower().startswith(p)), None)
    if prefix:
        return [
            Refusal(
                at=(key,),
                found=shown_text(key),
                allowed=f"a name that does not begin with {one_of(RESERVED_PREFIXES)}",
                fix=f"write {shown_key(key[len(prefix) :]) if key != prefix else 'another name'}",
            )
        ]
    if looks_like_a_secret(value):
        return [
            Refusal(
                at=(key,),
                found=REDACTED,
                allowed="a label that everybody may read",
                fix="remove the tag and replace the secret: it stood in a file",
            )
        ]
    if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
        return [
            Refusal(
                at=(key,),
                found=shown_text(value if _KEY.fullmatch(key) else key),
                allowed="letters, digits, blanks and +-=._:/@; "
                "a key of 1 to 128 and a value of at most 256 characters",
                fix="shorten it, or leave the other characters out",
            )
        ]
    return []


def tags_against_cloud(tags: Mapping[str, str], cloud: Cloud) -> list[Refusal]:
    """What the stack's cloud refuses of tags that `check_tags` lets pass."""
    if cloud not in _CLOUD_FORMS:
        return []
    key_form, value_form, words = _CLOUD_FORMS[cloud]
    return [
        Refusal(
            at=(key,),
            found=shown_text(value if key_form.fullmatch(key) else key),
            allowed=f"{words} on {cloud}",
            fix="write it in these characters",
        )
        for key, value in tags.items()
        if not _tag_refusals(key, value)
        and not (key_form.fullmatch(key) and value_form.fullmatch(value))
    ]


Tags = Annotated[Mapping[str, str], AfterValidator(check_tags)]
