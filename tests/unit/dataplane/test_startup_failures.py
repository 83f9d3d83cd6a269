"""What goes wrong at start-up stops the machine with its reason, and nothing half done is used."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.unit.dataplane.machine import Machine, new_machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return new_machine(tmp_path)


def test_a_wrong_weight_file_stops_the_machine(machine: Machine) -> None:
    (answer,) = (machine.world / "hub").rglob("config.json")
    answer.write_bytes(b"[]")
    machine.start()
    for step in ("scratch", "secrets"):
        machine.step(step)
    result = machine.step("weights")
    assert result.returncode == 1
    assert (
        result.stderr.count("config.json has sha256 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8") == 3
    )
    assert result.stderr.splitlines()[-1].startswith("homeport: weights: three attempts")
    assert not (machine.root / "mnt/homeport/weights/model/config.json").exists()


@pytest.mark.parametrize("kind", ["startup", "boot"])
def test_a_changed_object_is_not_used(machine: Machine, kind: str) -> None:
    (stored,) = (machine.world / "s3/artefacts" / kind).iterdir()
    stored.write_bytes(b"something else")
    result = machine.start()
    assert result.returncode == 1
    assert f"checking s3://artefacts/{kind}/" in result.stderr
    assert "its sha256 is" in result.stderr
    assert not (machine.root / "etc/homeport/boot.json").exists()
    assert machine.calls("systemctl") == []
    assert [call for call in machine.calls("aws") if call[:2] == ["logs", "put-log-events"]]


def test_missing_tools_come_from_the_distribution(machine: Machine, tmp_path: Path) -> None:
    # A PATH with nothing but what the smallest image has: no aws, no tar.
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("bash", "cat", "date", "mkdir", "env"):
        found = subprocess.run(["which", name], check=True, capture_output=True, text=True).stdout
        (bare / name).symlink_to(found.strip())
    (bare / "dnf").symlink_to(tmp_path / "tools/dnf")
    machine.environment["PATH"] = str(bare)
    assert machine.start().returncode != 0
    assert machine.calls("dnf")[0][:3] == ["install", "--assumeyes", "--quiet"]
    assert {"awscli-2", "tar", "openssl"} <= set(machine.calls("dnf")[0])


def test_scratch_without_the_promised_disk_says_so(machine: Machine) -> None:
    (machine.world / "lsblk.txt").write_text("/dev/nvme0n1 Amazon Elastic Block Store\n")
    machine.start()
    result = machine.step("scratch")
    assert result.returncode == 1
    assert (
        "homeport: scratch: the plan counts on a local disk, this machine has none" in result.stderr
    )


@pytest.mark.parametrize("content", ["", "None"])
def test_an_empty_secret_is_named(machine: Machine, content: str) -> None:
    (machine.world / "secrets/team/search-key").write_text(content)
    machine.start()
    result = machine.step("secrets")
    assert result.returncode == 1
    assert result.stderr == "homeport: secrets: team/search-key holds no text\n"


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ("", "found none, the table must hold the endpoint's item"),
        (
            '{"Item": {"format": {"N": "1"}, "access_mode": {"S": "public"}}}',
            "found no cidrs, must have",
        ),
    ],
)
def test_without_its_live_item_the_gateway_does_not_start(
    machine: Machine, item: str, complaint: str
) -> None:
    machine.start()
    (machine.world / "item.json").write_text(item)
    result = machine.step("gateway")
    assert result.returncode == 1
    assert complaint in result.stderr
    assert not [call for call in machine.calls("docker") if call[0] == "run"]


def test_a_failure_is_reported_with_its_reason(machine: Machine) -> None:
    machine.start()
    (machine.world / "journalctl.txt").write_text(
        "started\nhomeport: image: could not be pulled\nend\n"
    )
    assert machine.step("report-failure", "homeport-image").returncode == 0
    (event,) = json.loads((machine.world / "log-events.json").read_text())
    message = json.loads(event["message"])
    assert message["reason"] == "homeport: image: could not be pulled"
    assert message["log"][-1] == "end"
    console = (machine.root / "dev/console").read_text()
    assert console == "homeport: homeport-image failed: image: could not be pulled\n"
