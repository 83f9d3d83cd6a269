"""What the benchmark of the gateway is compared with, put into the user's cache: LiteLLM's proxy, and nginx.

    make bench-gateway          calls this first; quick when there is nothing to do
    python tools/gateway_peers.py

LiteLLM comes from PyPI into an environment of its own (some 800 MB). An nginx that is on PATH is used; where there is
none, Debian's package is fetched with apt-get and unpacked in the cache, so that nothing is installed on the machine.
Networked; what cannot be had is said, and the benchmark goes on without it.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

CACHE = Path.home() / ".cache" / "homeport" / "bench"
LITELLM_VERSION = "1.108.7"
LITELLM_ENVIRONMENT = CACHE / f"litellm-{LITELLM_VERSION}"
NGINX_FOLDER = CACHE / "nginx"


class MissingPeerError(Exception):
    """Says what is missing and how to get it."""


def litellm() -> Path:
    """The `litellm` command. Raises `MissingPeerError`."""
    if not (LITELLM_ENVIRONMENT / "done").exists():
        raise MissingPeerError(
            f"LiteLLM is not there: `python tools/gateway_peers.py` installs litellm[proxy]=="
            f"{LITELLM_VERSION} from PyPI into {LITELLM_ENVIRONMENT}"
        )
    return LITELLM_ENVIRONMENT / "bin" / "litellm"


def nginx() -> Path:
    """The `nginx` binary. Raises `MissingPeerError`."""
    # Debian keeps it where only root's PATH leads.
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    unpacked = NGINX_FOLDER / "usr" / "sbin" / "nginx"
    if found is None and not unpacked.exists():
        raise MissingPeerError(
            "nginx is not there: `apt-get install nginx-light` (Debian, Ubuntu), or another package that puts "
            "`nginx` on PATH"
        )
    return Path(found) if found else unpacked


def install_litellm() -> None:
    """Made once. Raises `MissingPeerError` where pip could not."""
    if (LITELLM_ENVIRONMENT / "done").exists():
        return
    print(f"LiteLLM {LITELLM_VERSION}: installing into the cache, some minutes", flush=True)
    venv.create(LITELLM_ENVIRONMENT, with_pip=True, clear=True)
    package = f"litellm[proxy]=={LITELLM_VERSION}"
    pip = [str(LITELLM_ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    if subprocess.run([*pip, package], check=False).returncode != 0:
        raise MissingPeerError(f"LiteLLM: pip could not install {package}; its words are above")
    (LITELLM_ENVIRONMENT / "done").touch()


def unpack_nginx() -> None:
    """Made once, where no nginx is at hand. Raises `MissingPeerError` where apt-get could not."""
    try:
        nginx()
    except MissingPeerError:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise
        NGINX_FOLDER.mkdir(parents=True, exist_ok=True)
        print("nginx: unpacking Debian's package into the cache", flush=True)
        fetched = subprocess.run(
            ["apt-get", "--quiet", "download", "nginx"], cwd=NGINX_FOLDER, check=False
        )
        packages = sorted(NGINX_FOLDER.glob("nginx_*.deb"))
        if fetched.returncode != 0 or not packages:
            raise
        subprocess.run(["dpkg-deb", "--extract", packages[-1], NGINX_FOLDER], check=True)


def main() -> int:
    """Get both; ends with 1 where one could not be had."""
    missed = 0
    for get in (install_litellm, unpack_nginx):
        try:
            get()
        except MissingPeerError as missing:
            print(f"gateway peers: {missing}", file=sys.stderr)
            missed = 1
    return missed


if __name__ == "__main__":
    sys.exit(main())
