"""The account that tests of functions share: it takes a second to start, and names keep them apart."""

from collections.abc import Iterator

import pytest

from sandbox.session import Sandbox
from tests.unit.sandbox.live.function_account import FunctionAccount


@pytest.fixture(scope="session")
def started_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionAccount]:
    with Sandbox(time_scale=20) as sandbox:
        yield FunctionAccount(sandbox, tmp_path_factory.mktemp("functions"))


@pytest.fixture
def account(started_account: FunctionAccount) -> Iterator[FunctionAccount]:
    """Without faults, before and after."""
    yield started_account
    started_account.close()
    started_account.live.set_faults()
