"""The agent's two questions, asked of every engine: is it healthy, and does it give a real answer?"""

from pathlib import Path

import pytest

from dataplane.gateway.agent.readiness import GONE, HEALTHY
from dataplane.gateway.agent.watch import FirstRequest, look_at_engine, real_answer
from homeport.catalogue import engine
from sandbox.engine.dialects import DIALECTS
from tests.unit.sandbox.engine_process import COMMANDS, HOUR, Engine, running_engine

TASKS = {"tei": "feature-extraction", "toolkit": "text-classification"}


def _first(name: str) -> FirstRequest:
    asked = engine(name).first_request(TASKS.get(name, "text-generation"), "chat")
    return FirstRequest(asked.method, asked.path, asked.body)


def _look(one: Engine, name: str) -> str:
    return look_at_engine("127.0.0.1", one.port, engine(name).health_route)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_loaded_engine_is_healthy_and_answers(name: str, tmp_path: Path) -> None:
    """Also one whose only question is a health route without a body: a custom container's."""
    with running_engine(tmp_path, name, COMMANDS[name]) as one:
        assert _look(one, name) == HEALTHY
        assert real_answer("127.0.0.1", one.port, _first(name))
        one.set(faults={"error_status": 500})
        only_its_route = engine(name).first_request is engine("custom").first_request
        assert real_answer("127.0.0.1", one.port, _first(name)) is only_its_route


def test_one_that_loads_or_was_killed_is_gone(tmp_path: Path) -> None:
    with running_engine(tmp_path, "vllm", ready=False, load_seconds=HOUR) as one:
        assert _look(one, "vllm") == GONE
        assert not real_answer("127.0.0.1", one.port, _first("vllm"))
    with running_engine(tmp_path, "llamacpp", load_seconds=0) as one:
        one.process.kill()
        one.process.wait(timeout=20)
        assert _look(one, "llamacpp") == GONE
