"""Whether a token's account was granted a gated repository of the Hub."""

import os

import httpx2
from huggingface_hub import HfApi, set_client_factory
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from homeport.errors import HomeportError
from homeport.lock.hub import PUBLIC_ENDPOINT, check_endpoint
from homeport.lock.outside import outside_client, within_bounds


def may_read(repository: str, token: str, *, transport: httpx2.BaseTransport | None = None) -> bool:
    """One question, bounded. `transport` takes the network's place.

    Raises `HomeportError` where the Hub does not say, and for an address that no token must be sent to.
    """
    endpoint = (os.environ.get("HF_ENDPOINT") or PUBLIC_ENDPOINT).rstrip("/")
    check_endpoint(endpoint, token)
    set_client_factory(lambda: outside_client(transport=transport))
    api = HfApi(endpoint=endpoint, token=token)
    try:
        within_bounds(lambda: api.auth_check(repository))
    except (GatedRepoError, RepositoryNotFoundError):
        return False
    except HfHubHTTPError as error:
        raise _silent(f"status {error.response.status_code} of {endpoint}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _silent(f"no connection to {endpoint} ({type(error).__name__})") from None
    return True


def _silent(found: str) -> HomeportError:
    return HomeportError(
        path="",
        found=found,
        allowed="an answer of the Hub",
        fix="check the network and HF_ENDPOINT, and run the command again",
    )
