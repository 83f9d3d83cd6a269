"""Address ranges in CIDR notation."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator

from homeport.spec.refusal import refuse
from homeport.spec.shown import shown_text


def check_cidr(text: str) -> str:
    """An IPv4 or IPv6 range in its canonical form: lower case, no address bits beyond the prefix."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise refuse(
            shown_text(text), "an address range in CIDR notation", "write for example 10.0.0.0/8"
        ) from None
    if "/" not in text:
        raise refuse(
            shown_text(text), "a range with its prefix length", f"write {network} for one address"
        )
    if str(network) != text:
        raise refuse(shown_text(text), "the range's first address", f"write {network}")
    return text


Cidr = Annotated[str, AfterValidator(check_cidr)]
