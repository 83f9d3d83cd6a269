"""Every script and unit under the real checkers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dataplane
from dataplane.bootstrap.user_data import render_user_data
from tests.unit.dataplane.test_user_data import VALUES

BOOTSTRAP = Path(dataplane.__file__).parent / "bootstrap"
SCRIPTS = sorted(path.name for path in (BOOTSTRAP / "scripts").iterdir())
SHELLCHECK = Path(sys.executable).with_name("shellcheck")


def shellcheck(path: Path) -> None:
    command = [str(SHELLCHECK), "--external-sources", "--enable=require-double-brackets", path.name]
    verdict = subprocess.run(
        command, cwd=path.parent, check=False, capture_output=True, text=True, timeout=60
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name: str) -> None:
    path = BOOTSTRAP / "scripts" / name
    shell = "sh" if name == "engine-entry.sh" else "bash"
    subprocess.run([shell, "-n", str(path)], check=True, timeout=60)
    shellcheck(path)
    text = path.read_text()
    assert "set -x" not in text
    assert name == "environment.sh" or f"#!/bin/{shell}\n" in text
    assert name == "environment.sh" or "\nset -eu" in text


def test_user_data(tmp_path: Path) -> None:
    path = tmp_path / "user-data.sh"
    path.write_text(render_user_data(**VALUES))
    subprocess.run(["bash", "-n", str(path)], check=True, timeout=60)
    shellcheck(path)


def test_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    units = tmp_path / "units"
    units.mkdir()
    for unit in (BOOTSTRAP / "units").iterdir():
        # The programs exist on a machine; here they are where the checkout has them.
        text = unit.read_text().replace("/opt/homeport/current", str(BOOTSTRAP))
        (units / unit.name).write_text(text.replace("/usr/bin/docker", "/bin/true"))
    names = sorted(path.name for path in units.iterdir())
    docker = "[Unit]\nDescription=Docker\n[Service]\nExecStart=/bin/true\n"
    (units / "docker.service").write_text(docker)
    verdict = subprocess.run(
        [
            *("systemd-analyze", "verify", "--man=no", "--recursive-errors=no"),
            *(str(units / name.replace("@.", "@homeport-engine.")) for name in names),
        ],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    complaints = [line for line in verdict.stderr.splitlines() if "homeport-" in line]
    assert (verdict.returncode, complaints) == (0, [])


def test_units_name_scripts_that_exist() -> None:
    for unit in (BOOTSTRAP / "units").iterdir():
        for line in unit.read_text().splitlines():
            if "/opt/homeport/current/" in line:
                relative = line.split("/opt/homeport/current/")[1].split()[0]
                assert (BOOTSTRAP / relative).is_file(), line


@pytest.mark.parametrize(
    "value", ["plain", "two\nlines", "ends with newline\n", " $HOME `x` 'q' \"d\" \\n ", "-n", ""]
)
@pytest.mark.parametrize("name", ["SEARCH_KEY", "value", "line", "file", "separator"])
def test_engine_entry_reads_secrets_into_the_environment(
    tmp_path: Path, name: str, value: str
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / name).write_text(value)
    entry = tmp_path / "entry.sh"
    text = (BOOTSTRAP / "scripts/engine-entry.sh").read_text()
    entry.write_text(text.replace("/run/secrets", str(secrets)))
    program = f"import os, sys; sys.stdout.write(os.environ['{name}'] + '|' + sys.argv[1])"
    for shell in ("sh", "bash"):
        result = subprocess.run(
            [str(shutil.which(shell)), str(entry), sys.executable, "-c", program, "a b"],
            env={"PATH": "/nowhere"},
            check=True,
            capture_output=True,
            text=True,
        )
        # As `$(cat file)` would: without the last line's end.
        assert result.stdout == value.removesuffix("\n") + "|a b"
