"""The commands on the repository's own stacks, in this process."""

import json
import shutil
from pathlib import Path

import pytest

from homeport.cli import main
from homeport.planner.plan_json import read_plan

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["homeport", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_validate_names_every_file(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "validate", "demo") == 0
    assert capsys.readouterr().out.splitlines() == [
        "bge-small.yaml: ok",
        "llama-8b.yaml: ok",
        "qwen-32b.yaml: ok",
    ]


def test_plan_for_people_says_the_essentials(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "plan", "demo") == 0
    text = " ".join(capsys.readouterr().out.split())
    for part in ("sandbox only", "g6.2xlarge", "stack, all at max", "Not known by this plan"):
        assert part in text


def test_plan_of_one_file_shows_one_endpoint(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "plan", "stacks/demo/llama-8b.yaml", "--json", "--no-policies") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdicts"] is None
    plan = read_plan(json.dumps(answer["plan"]))
    assert [one.name for one in plan.endpoints] == ["llama-8b"]


def test_a_plan_says_which_rules_pass(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert run(monkeypatch, "plan", "demo") == 0
    assert "Policy rules: 10 of 10 pass" in capsys.readouterr().out


def test_a_broken_rule_ends_the_plan_with_one(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    settings = project / "stacks" / "Pulumi.minimal.yaml"
    settings.write_text(settings.read_text() + "  homeport:logRetentionDays: 3\n")
    assert run(monkeypatch, "plan", "minimal", "--json") == 1
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    broken = {one["rule"]: one["violations"] for one in verdicts if one["violations"]}
    assert list(broken) == ["require-log-retention"]
    assert ["e5-small", "retentionInDays is 3, must be 7 or more"] in broken[
        "require-log-retention"
    ]


def test_without_policies_a_plan_says_that_nobody_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "components").mkdir()
    (project / "components" / "__init__.py").write_text("")
    assert run(monkeypatch, "plan", "minimal") == 0
    assert "Policy rules: not asked" in capsys.readouterr().out


def test_errors_go_to_standard_error_with_exit_code_one(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project / "stacks" / "demo" / "llama-8b.yaml"
    spec.write_text(spec.read_text().replace("max: 2", "max: 0"))
    assert run(monkeypatch, "plan", "demo") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("stacks/demo/llama-8b.yaml:")
    assert "replicas.max: found 0" in captured.err


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["plan"], "found no stack"),
        (["plan", "demo", "minimal"], "found demo minimal"),
        (["plan", "nope"], "found no stack nope"),
        (["plan", "stacks/demo/llama-8b.yaml", "stacks/minimal/e5-small.yaml"], "2 folders"),
    ],
)
def test_an_unclear_target_is_refused(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    found: str,
) -> None:
    assert run(monkeypatch, *arguments) == 1
    assert found in capsys.readouterr().err


def test_the_only_stack_needs_no_name(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in ("minimal", "examples"):
        shutil.rmtree(project / "stacks" / stack)
        (project / "stacks" / f"Pulumi.{stack}.yaml").unlink()
    assert run(monkeypatch, "validate") == 0


def test_schema_is_json(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "homeport endpoint"


def test_a_token_is_not_sent_in_the_clear(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example")
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 34)
    before = (project / "stacks/minimal/e5-small.lock.json").read_bytes()
    assert run(monkeypatch, "lock", "minimal") == 1
    error = capsys.readouterr().err
    assert (
        "HF_ENDPOINT: found http://mirror.example with a token, must be an https address" in error
    )
    assert "x" * 34 not in error
    assert (project / "stacks/minimal/e5-small.lock.json").read_bytes() == before


def test_a_broken_lock_is_written_anew(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = project / "stacks/minimal/e5-small.lock.json"
    before = lock.read_bytes()
    lock.write_text("{")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert run(monkeypatch, "lock", "minimal") == 0
    assert lock.read_bytes() == before
