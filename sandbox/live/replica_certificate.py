"""The certificate of a replica that no machine's script has made one for."""

import subprocess
from pathlib import Path


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key, made as dataplane/bootstrap/scripts/certificate.sh makes them."""
    crt, key = folder / "tls.crt", folder / "tls.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    files = ["-subj", "/CN=replica", "-keyout", key, "-out", crt]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return crt, key
