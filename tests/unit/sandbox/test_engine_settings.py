"""The settings file: what is refused and how, and what a change does."""

import json
import sys
from pathlib import Path

import pytest

from sandbox.engine.replacement import ReplacementError, replacement
from sandbox.engine.settings import SettingsError, SettingsFile, read_settings
from tests.unit.sandbox.engine_process import running_engine
from tests.until import until


def test_an_empty_object_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}")
    found = read_settings(file)
    assert (found.load_seconds, found.concurrency, found.faults.hang) == (0, None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", ("the file", "Invalid JSON")),
        ("[]", ("the file", "found []")),
        ('{"speed": 3}', ("speed", "Extra inputs are not permitted", "found 3")),
        ('{"tokens_per_second": 0}', ("tokens_per_second", "greater than 0", "found 0")),
        ('{"load_seconds": "10"}', ("load_seconds", "valid number", "found '10'")),
        ('{"concurrency": 0}', ("concurrency", "greater than or equal to 1")),
        (
            '{"faults": {"hang": "health"}}',
            ("faults.hang", "'requests' or 'all'", "found 'health'"),
        ),
        ('{"faults": {"exit_code": 256}}', ("faults.exit_code", "255")),
        ('{"faults": {"crash": 1}}', ("faults.crash", "Extra inputs")),
        ('{"faults": {"error_status": 200}}', ("faults.error_status", "400")),
    ],
)
def test_what_is_refused(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        read_settings(file)
    assert str(error.value).startswith(f"{file}: {words[0]}: ")
    assert all(word in str(error.value) for word in words)


def test_all_errors_at_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"tokens": 0, "load_seconds": -1}')
    with pytest.raises(SettingsError) as error:
        read_settings(file)
    assert len(str(error.value).splitlines()) == 2


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        SettingsFile(tmp_path / "none")


def test_a_change_counts_and_a_bad_one_does_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"tokens": 3}')
    settings = SettingsFile(file)
    assert (settings.now().tokens, settings.version) == (3, 0)
    file.write_text('{"tokens": 12}')
    assert (settings.now().tokens, settings.version) == (12, 1)
    file.write_text('{"tokens": ')
    assert (settings.now().tokens, settings.now().tokens, settings.version) == (12, 12, 1)
    assert capfd.readouterr().err.count("settings stay as they were") == 1
    file.unlink()
    assert settings.now().tokens == 12
    file.write_text('{"tokens": 4}')
    assert (settings.now().tokens, settings.version) == (4, 2)


def test_a_process_says_what_it_cannot_use(tmp_path: Path) -> None:
    with running_engine(tmp_path, ready=False, tokens=0) as one:
        assert one.process.wait(timeout=60) == 2
        assert one.errors().startswith(f"engine: {tmp_path}/settings.json: tokens: ")


def test_a_process_goes_on_with_what_it_had(tmp_path: Path) -> None:
    with running_engine(tmp_path, tokens=2) as one:
        one.set(tokens=0)
        assert json.loads(one.chat(max_tokens=None)[1])["usage"]["completion_tokens"] == 2
        until(lambda: "settings stay as they were" in one.errors(), "said so")
        one.set(tokens=5)
        assert json.loads(one.chat(max_tokens=None)[1])["usage"]["completion_tokens"] == 5


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    with running_engine(tmp_path) as one:
        variable = {"HOMEPORT_SANDBOX_ENGINE_COMMAND": _again(one.port, tmp_path)}
        with running_engine(tmp_path / "second", ready=False, environment=variable) as two:
            assert two.process.wait(timeout=60) == 2
            assert "address already in use" in two.errors()
        assert one.health() == 200


def _again(port: int, folder: Path) -> str:
    return (
        f"env -u HOMEPORT_SANDBOX_ENGINE_COMMAND {sys.executable} -m sandbox.engine --engine vllm"
        f" --port {port} --settings {folder}/settings.json"
    )


def test_a_real_server_takes_the_place(tmp_path: Path) -> None:
    code = "import sys; print(*sys.argv[1:], sep='|')"
    template = f'{sys.executable} -c "{code}" --host {{address}} --port {{port}} "{{model}}"'
    command = ("/repository", "--served-model-name", "a b")
    variable = {"HOMEPORT_SANDBOX_ENGINE_COMMAND": template}
    with running_engine(tmp_path, "vllm", command, ready=False, environment=variable) as one:
        assert one.process.stdout is not None
        assert one.process.stdout.read() == f"--host|127.0.0.1|--port|{one.port}|a b\n"
        assert one.process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("serve {modell}", "found {modell}, allowed are {address}, {port}, {model}"),
        ("serve 'x", "No closing quotation"),
        ("serve {", "found 'serve {'"),
        ("  ", "names no program"),
    ],
)
def test_a_command_that_is_refused(template: str, words: str) -> None:
    with pytest.raises(ReplacementError) as error:
        replacement(template, address="127.0.0.1", port=1, model="m")
    assert words in str(error.value)
