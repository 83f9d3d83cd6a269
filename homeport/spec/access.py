"""Who may call, from where, and how large and long a request may be."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from homeport.spec.address_ranges import Cidr
from homeport.spec.base import SpecModel
from homeport.spec.clouds import CONSUMERS
from homeport.spec.lists import check_unique
from homeport.spec.names import HUB_ACCOUNT
from homeport.spec.refusal import Refusal, refuse, refused
from homeport.spec.secret_values import looks_like_a_secret
from homeport.spec.shown import shown_text

AccessMode = Literal["public", "protected", "private"]
ANYBODY = "any"
_EVERYBODY = ("*", "all", "any", "anybody", "anyone", "authenticated", "everybody", "everyone")

_ALLOW_WORDS = "org/<name>, user/<name>, or any for every Hugging Face account"
_CONSUMER_WORDS = "an AWS account id (12 digits), Azure subscription id or Google project id"


def check_allowed_caller(entry: str) -> str:
    """`org/<name>`, `user/<name>` or `any`."""
    kind, slash, name = entry.partition("/")
    if entry == ANYBODY or (slash and kind in ("org", "user") and HUB_ACCOUNT.fullmatch(name)):
        return entry
    fix = "write for example org/acme"
    if entry.lower() in _EVERYBODY:
        fix = "write any"
    elif HUB_ACCOUNT.fullmatch(entry) and not looks_like_a_secret(entry):
        fix = f"write org/{entry} or user/{entry}"
    raise refuse(shown_text(entry), _ALLOW_WORDS, fix)


def check_consumer(consumer: str) -> str:
    """An account of one of the clouds; which cloud's, `homeport.spec.against` checks."""
    if not any(grammar.fits(consumer) for grammar in CONSUMERS.values()):
        raise refuse(shown_text(consumer), _CONSUMER_WORDS, "copy the id from the cloud's console")
    if re.fullmatch(r"[0-9]+", consumer) and len(consumer) != 12:
        raise refuse(
            f'"{consumer}", {len(consumer)} digits', _CONSUMER_WORDS, "an account id has 12 digits"
        )
    return consumer


AllowedCaller = Annotated[
    str,
    AfterValidator(check_allowed_caller),
    WithJsonSchema({"type": "string", "pattern": r"^(any|(org|user)/[A-Za-z0-9_.-]+)$"}),
]
Consumer = Annotated[str, AfterValidator(check_consumer)]


def check_allow_list(allow: tuple[str, ...]) -> tuple[str, ...]:
    """A list of callers as a whole: nobody twice, and `any` alone."""
    if ANYBODY in allow and len(allow) > 1:
        raise refuse(
            "any beside other entries",
            "any alone, or a list without it",
            "remove any, unless every Hugging Face account may call",
        )
    return check_unique(allow)


class AccessSpec(SpecModel):
    """The endpoint's door."""

    mode: AccessMode = "protected"
    """`public`: no token; `protected`: a Hugging Face token of somebody in `allow`; `private`: only
    through the cloud's private link, from an account in `consumers`."""
    allow: Annotated[
        tuple[AllowedCaller, ...], Field(strict=False), AfterValidator(check_allow_list)
    ] = ()
    """protected: at least one of `org/<name>`, `user/<name>` here or in the stack's settings; `any`
    admits every Hugging Face account."""
    consumers: Annotated[
        tuple[Consumer, ...], Field(strict=False), AfterValidator(check_unique)
    ] = ()
    """private: accounts that may connect: AWS account ids, Azure subscription ids or Google project
    ids; at least one."""
    cidrs: Annotated[tuple[Cidr, ...], Field(strict=False), AfterValidator(check_unique)] = ()
    """Addresses that may call; empty: all. Not with private, which hides addresses."""
    max_request_seconds: Annotated[int, Field(ge=1, le=3600)] = 900
    """Longest time of one request; every drain time follows from it."""
    max_body_mebibytes: Annotated[int, Field(ge=1, le=1024)] = 32
    """Largest request body, in MiB."""

    @model_validator(mode="after")
    def _lists_fit_mode(self) -> Self:
        found = self._mode_refusals()
        if found:
            raise refused(*found)
        return self

    def _mode_refusals(self) -> list[Refusal]:
        found: list[Refusal] = []
        if self.mode == "private" and not self.consumers:
            found.append(
                Refusal(
                    at=("consumers",),
                    found="no consumer",
                    allowed="at least one account with mode private",
                    fix='add for example `consumers: ["123456789012"]`',
                    because_of=(("mode",), ("consumers",)),
                )
            )
        if self.mode != "private" and self.consumers:
            found.append(self._not_with_mode("consumers", "private"))
        if self.mode != "protected" and self.allow:
            found.append(self._not_with_mode("allow", "protected"))
        if self.mode == "private" and self.cidrs:
            found.append(
                Refusal(
                    at=("cidrs",),
                    found=f"{len(self.cidrs)} with mode private",
                    allowed="left out: a private link hides the caller's address",
                    fix="remove cidrs; `consumers` says who may connect",
                    because_of=(("mode",),),
                )
            )
        return found

    def _not_with_mode(self, key: str, wanted: AccessMode) -> Refusal:
        return Refusal(
            at=(key,),
            found=f"{len(getattr(self, key))} with mode {self.mode}",
            allowed=f"left out unless the mode is {wanted}",
            fix=f"write `mode: {wanted}`, or remove {key}",
            because_of=(("mode",),),
        )
