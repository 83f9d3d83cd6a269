"""Ask the Hub what a lock must know: the commit, the files with their hashes, the configuration.

Through huggingface_hub, which honours `HF_ENDPOINT` and `HF_TOKEN`. What comes back is checked here,
as nothing says that the address is really the Hub: names, sizes, hashes, and small files against
their git object. Nothing is written; every failure is a `LockError` that says what to do.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import httpx2
from huggingface_hub import (
    HfApi,
    ModelInfo,
    get_token,
    hf_hub_url,
    is_offline_mode,
    set_client_factory,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import (
    build_hf_headers,  # pyright: ignore[reportUnknownVariableType]
    get_session,
    hf_raise_for_status,
)

from homeport.errors import LockError
from homeport.lock.fields import REPOSITORY
from homeport.lock.files import HubFile, select_code, select_files
from homeport.lock.hub_answers import (
    code_of,
    commit_of,
    listed_files,
    metadata_of,
    strange,
)
from homeport.lock.outside import (
    BUSY,
    SANDBOX_HEADER,
    SECONDS_MAX,
    Pause,
    Result,
    busy_refusal,
    outside_client,
    transport_refusal,
    within_bounds,
)
from homeport.lock.records import LockedFile, LockedRepository, ModelMetadata
from homeport.lock.wanted import WantedRepository

SMALL_FILE_BYTES_MAX = 16 << 20
"""The Hub keeps larger files in its large-file store, where their hash is known without fetching."""
SMALL_FILES_MAX = 512
PUBLIC_ENDPOINT = urlunsplit(("https", "huggingface.co", "", "", ""))


class Hub:
    """The Hub, or what `HF_ENDPOINT` names in its place."""

    def __init__(
        self,
        *,
        transport: httpx2.BaseTransport | None = None,
        pause: Pause = time.sleep,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        """`transport` takes the network's place; `pause` waits between two attempts.

        `seconds_max` bounds one question. Raises `LockError` for an address that a token must not be
        sent to.
        """
        self._seconds_max = seconds_max
        self.endpoint = (os.environ.get("HF_ENDPOINT") or PUBLIC_ENDPOINT).rstrip("/")
        self._token = get_token()
        self._of_sandbox = False
        check_endpoint(self.endpoint, self._token)
        set_client_factory(
            lambda: outside_client(transport=transport, pause=pause, on_response=self._note)
        )

    def resolve(self, wanted: WantedRepository) -> tuple[LockedRepository, ...]:
        """The repository at its commit, then those that its configuration takes code from."""
        info = self._info(wanted)
        files = listed_files(info, wanted)
        config = self._config(wanted, commit_of(info, wanted), files)
        own_code, code_repositories = code_of(config, wanted.repository)
        chosen = select_files(
            files,
            quantization=wanted.quantization,
            gguf=wanted.gguf,
            code=own_code or wanted.handler,
            path=wanted.path,
        )
        locked = self._locked(wanted, info, chosen, metadata_of(info, config, chosen))
        return (locked, *(self._code_repository(name, wanted) for name in code_repositories))

    def _code_repository(self, name: str, wanted: WantedRepository) -> LockedRepository:
        code = WantedRepository(role="code", repository=name, revision="main", path=wanted.path)
        info = self._info(code)
        chosen = select_code(listed_files(info, code))
        if not chosen:
            raise strange(code, "a repository without Python files, which the configuration names")
        return self._locked(code, info, chosen, ModelMetadata())

    def _locked(
        self,
        wanted: WantedRepository,
        info: ModelInfo,
        chosen: tuple[HubFile, ...],
        metadata: ModelMetadata,
    ) -> LockedRepository:
        commit = commit_of(info, wanted)
        small = [file for file in chosen if file.sha256 is None]
        if len(small) > SMALL_FILES_MAX:
            raise strange(wanted, f"{len(small)} small files")
        return LockedRepository(
            role=wanted.role,
            repository=wanted.repository,
            revision=wanted.revision,
            commit=commit,
            gated=bool(info.gated),
            files=tuple(
                LockedFile(
                    path=file.path,
                    size_bytes=file.size_bytes,
                    sha256=file.sha256
                    or hashlib.sha256(self._small_file(wanted, commit, file)).hexdigest(),
                )
                for file in chosen
            ),
            metadata=metadata,
            # Only now: it is known once every answer is in.
            origin="sandbox" if self._of_sandbox else "hub",
            source=f"the sandbox's Hub in place of {PUBLIC_ENDPOINT}"
            if self._of_sandbox
            else f"{self.endpoint}/{wanted.repository}",
        )

    def _info(self, wanted: WantedRepository) -> ModelInfo:
        api = HfApi(endpoint=self.endpoint, token=self._token or False)
        info = self._ask(
            wanted,
            lambda: api.model_info(
                wanted.repository, revision=wanted.revision, files_metadata=True, timeout=None
            ),
        )
        if not isinstance(info.id, str) or not REPOSITORY.fullmatch(info.id):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise strange(wanted, "a description without the repository's name")
        if info.id.lower() != wanted.repository.lower():
            raise LockError(
                path=wanted.path,
                found=f"{wanted.repository}, which was renamed",
                allowed=f"its name of today: {info.id}",
                fix=f"write {info.id}: somebody else may take the old name",
            )
        if info.disabled:
            raise LockError(
                path=wanted.path,
                found=f"{wanted.repository}, which the Hub has disabled",
                allowed="a repository that can be downloaded",
                fix="choose another repository of the model",
            )
        return info

    def _config(
        self, wanted: WantedRepository, commit: str, files: tuple[HubFile, ...]
    ) -> Mapping[str, Any]:
        """The repository's config.json; empty where there is none."""
        file = next((one for one in files if one.path == "config.json"), None)
        if file is None:
            return {}
        data = self._small_file(wanted, commit, file)
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            raise strange(wanted, "a config.json that is no JSON") from None
        if not isinstance(value, dict):
            raise strange(wanted, "a config.json that is no object")
        return cast("dict[str, Any]", value)

    def _small_file(self, wanted: WantedRepository, commit: str, file: HubFile) -> bytes:
        """Its content, checked against the size and the git object of the list."""
        if file.size_bytes > SMALL_FILE_BYTES_MAX:
            raise strange(wanted, f"{file.path} of {file.size_bytes} bytes without a hash")
        url = hf_hub_url(wanted.repository, file.path, revision=commit, endpoint=self.endpoint)

        def fetch() -> bytes:
            response = get_session().get(url, headers=build_hf_headers(token=self._token or False))
            hf_raise_for_status(response)
            return response.content

        data = self._ask(wanted, fetch)
        if len(data) != file.size_bytes:
            raise strange(
                wanted, f"{file.path} with {len(data)} bytes, listed with {file.size_bytes}"
            )
        git_oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        if file.git_oid is not None and git_oid != file.git_oid:
            raise strange(wanted, f"{file.path} with another content than the listed one")
        return data

    def _ask(self, wanted: WantedRepository, question: Callable[[], Result]) -> Result:
        """The answer to `question`, or the `LockError` that says what is wrong with it."""
        host = urlsplit(self.endpoint).netloc
        if is_offline_mode():
            raise LockError(
                path="HF_HUB_OFFLINE",
                found="1",
                allowed="unset: a lock is made from what the Hub says",
                fix="unset HF_HUB_OFFLINE for this command",
            )
        try:
            return within_bounds(question, self._seconds_max)
        except GatedRepoError:
            raise _no_access(wanted, self.endpoint, self._token) from None
        except RevisionNotFoundError:
            raise LockError(
                path="model.revision",
                found=f"{wanted.revision}, which {wanted.repository} does not have",
                allowed="a branch, a tag or a commit of the repository",
                fix="write `revision: main`, or one of its branches",
            ) from None
        except (RepositoryNotFoundError, HFValidationError) as error:
            raise self._unknown(wanted, host, error) from None
        except EntryNotFoundError:
            raise strange(wanted, "a file that is listed and cannot be fetched") from None
        except HfHubHTTPError as error:
            if error.response.status_code in BUSY:
                raise busy_refusal(wanted.path, host, error.response) from None
            raise strange(wanted, f"status {error.response.status_code}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise transport_refusal(wanted.path, host, error) from None
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            raise strange(wanted, "an answer that does not describe a model") from None

    def _unknown(self, wanted: WantedRepository, host: str, error: Exception) -> LockError:
        """For a repository that is not there; the sandbox's Hub says which ones it has."""
        known = getattr(error, "server_message", None) if self._of_sandbox else None
        return LockError(
            path=wanted.path,
            found=f"{wanted.repository}, which "
            f"{'the sandbox' if self._of_sandbox else host} does not know",
            allowed="a repository of the Hub" if known is None else str(known)[:4000],
            fix="check the spelling; for a private one set HF_TOKEN to a token that may read it"
            if known is None
            else "choose one of these, or lock a stack outside the sandbox",
        )

    def _note(self, response: httpx2.Response) -> None:
        self._of_sandbox = self._of_sandbox or SANDBOX_HEADER in response.headers


def check_endpoint(endpoint: str, token: str | None) -> None:
    """An address that a token may be sent to."""
    parts = urlsplit(endpoint)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme == "https" or (parts.scheme == "http" and (local or token is None)):
        return
    raise LockError(
        path="HF_ENDPOINT",
        found=f"{endpoint[:80]}{' with a token' if token else ''}",
        allowed="an https address: a token must not travel in the clear",
        fix="set HF_ENDPOINT to the https address of the Hub's mirror, or unset it",
    )


def _no_access(wanted: WantedRepository, endpoint: str, token: str | None) -> LockError:
    terms = f"{endpoint}/{wanted.repository}"
    return LockError(
        path=wanted.path,
        found=f"{wanted.repository}, which is gated"
        + (", and HF_TOKEN's account has no access" if token else ", and no HF_TOKEN"),
        allowed="a repository that the token's account may read",
        fix=f"accept the terms at {terms} and wait for the grant"
        if token
        else f"accept the terms at {terms}, then set HF_TOKEN to a token of that account",
    )
