"""The start-up archive: the files that every machine of this homeport version starts with."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

_DATAPLANE = Path(__file__).parent.parent

FILES = {
    # name in the archive -> file below dataplane/. Explicit, so that caches, editors' files and
    # deploy-time code never change what machines run. A test compares it with the folders.
    "gateway/__init__.py": "gateway/__init__.py",
    "gateway/arguments.py": "gateway/arguments.py",
    "gateway/envoy.py": "gateway/envoy.py",
    "gateway/envoy_access_log.py": "gateway/envoy_access_log.py",
    "gateway/envoy_clusters.py": "gateway/envoy_clusters.py",
    "gateway/envoy_filters.py": "gateway/envoy_filters.py",
    "gateway/envoy_listener.py": "gateway/envoy_listener.py",
    "gateway/envoy_routes.py": "gateway/envoy_routes.py",
    "gateway/live_settings.py": "gateway/live_settings.py",
    "gateway/render.py": "gateway/render.py",
    "gateway/settings.py": "gateway/settings.py",
    **{
        name: name
        for name in (
            "gateway/agent/__init__.py",
            "gateway/agent/__main__.py",
            "gateway/agent/activity.py",
            "gateway/agent/agent.py",
            "gateway/agent/chores.py",
            "gateway/agent/cloud.py",
            "gateway/agent/engine_figures.py",
            "gateway/agent/figures.py",
            "gateway/agent/followed_item.py",
            "gateway/agent/in_time.py",
            "gateway/agent/launch.py",
            "gateway/agent/leaving.py",
            "gateway/agent/local_http.py",
            "gateway/agent/log.py",
            "gateway/agent/phases.py",
            "gateway/agent/readiness.py",
            "gateway/agent/report.py",
            "gateway/agent/request_figures.py",
            "gateway/agent/secret_rotation.py",
            "gateway/agent/server.py",
            "gateway/agent/shared_verdicts.py",
            "gateway/agent/token_gate.py",
            "gateway/agent/verdicts.py",
            "gateway/agent/watch.py",
            "gateway/agent/whoami.py",
            "gateway/agent/aws/__init__.py",
            "gateway/agent/aws/calls.py",
            "gateway/agent/aws/cloud.py",
            "gateway/agent/aws/metadata.py",
            "gateway/agent/aws/signature.py",
            "gateway/agent/aws/verdict_table.py",
        )
    },
    **{
        name: f"bootstrap/{name}"
        for name in (
            "host/boot_field.py",
            "host/engine_arguments.py",
            "host/live_number.py",
            "host/weights.py",
            "scripts/agent.sh",
            "scripts/certificate.sh",
            "scripts/engine-entry.sh",
            "scripts/engine-stop.sh",
            "scripts/engine.sh",
            "scripts/environment.sh",
            "scripts/gateway-stop.sh",
            "scripts/gateway.sh",
            "scripts/image.sh",
            "scripts/install.sh",
            "scripts/network.sh",
            "scripts/report-failure.sh",
            "scripts/scratch.sh",
            "scripts/secrets.sh",
            "scripts/weights.sh",
            "units/homeport-agent.service",
            "units/homeport-boot.target",
            "units/homeport-certificate.service",
            "units/homeport-engine.service",
            "units/homeport-failure@.service",
            "units/homeport-gateway.service",
            "units/homeport-image.service",
            "units/homeport-network.service",
            "units/homeport-scratch.service",
            "units/homeport-secrets-again.service",
            "units/homeport-secrets-again.timer",
            "units/homeport-secrets.service",
            "units/homeport-weights.service",
        )
    },
}


@dataclass(frozen=True)
class StartupArchive:
    """A gzipped tar file and its SHA-256 in hexadecimal, by which it is named and checked."""

    content: bytes
    sha256: str


def build_archive(dataplane: Path = _DATAPLANE) -> StartupArchive:
    """The same bytes for the same files, whatever their dates, owners and modes on this disk.

    The compressed bytes depend on the zlib that Python was built with: a deployment from another
    Python may upload the same files under another hash, which rolls machines once.
    """
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(FILES):
            _add(tar, name, (dataplane / FILES[name]).read_bytes())
    content = gzip.compress(plain.getvalue(), compresslevel=9, mtime=0)
    return StartupArchive(content, hashlib.sha256(content).hexdigest())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    member.mode = 0o755 if name.startswith("scripts/") else 0o644
    member.mtime = 0
    member.uname = member.gname = "root"
    tar.addfile(member, io.BytesIO(data))
