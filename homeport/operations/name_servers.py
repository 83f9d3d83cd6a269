"""Which name servers the public DNS gives for a domain: one question over UDP to the system's own resolvers (RFC 1035).

The standard library asks for addresses only, and a delegation is no address.
"""

import secrets
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

RESOLVERS_FILE = Path("/etc/resolv.conf")
PORT, SECONDS, ATTEMPTS, ANSWER_BYTES_MAX = 53, 3.0, 2, 4096
NS, INTERNET, RECURSE = 2, 1, 0x0100
NO_ERROR, NO_SUCH_NAME = 0, 3
Resolver = tuple[str, int]
"""Address and port."""
_HEADER, _FIELDS = struct.Struct("!6H"), struct.Struct("!HHIH")


def public_name_servers(
    domain: str, resolvers: tuple[Resolver, ...] | None = None
) -> frozenset[str] | None:
    """Lower case, without the last dot; empty where the domain is not delegated, None where nobody said.

    `resolvers` are addresses and ports in the place of the system's.
    """
    for address in (system_resolvers() if resolvers is None else resolvers) * ATTEMPTS:
        try:
            return _answer(domain, address)
        except (OSError, ValueError, struct.error, IndexError):
            continue
    return None


def system_resolvers() -> tuple[Resolver, ...]:
    """As `/etc/resolv.conf` names them; none where there is no such file."""
    try:
        lines = RESOLVERS_FILE.read_text("utf-8").splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines]
    return tuple((word[1], PORT) for word in words if len(word) > 1 and word[0] == "nameserver")


def _answer(domain: str, address: Resolver) -> frozenset[str]:
    """Raises `OSError` or `ValueError` where there is none that can be believed."""
    number = secrets.randbelow(1 << 16)
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.settimeout(SECONDS)
        connection.connect(address)
        connection.send(question(domain, number))
        message = connection.recv(ANSWER_BYTES_MAX)
    return read_answer(message, domain, number)


def question(domain: str, number: int) -> bytes:
    """The message that asks for the domain's name servers."""
    labels = b"".join(
        bytes([len(label)]) + label for label in domain.encode("idna").split(b".")
    )  # fmt: skip
    return (
        _HEADER.pack(number, RECURSE, 1, 0, 0, 0)
        + labels
        + b"\0"
        + struct.pack("!2H", NS, INTERNET)
    )


def read_answer(message: bytes, domain: str, number: int) -> frozenset[str]:
    """Raises `ValueError` for another's answer, and for one that says neither yes nor no."""
    answering, flags, questions, answers, _, _ = _HEADER.unpack_from(message)
    code = flags & 0xF
    if answering != number or questions != 1 or code not in (NO_ERROR, NO_SUCH_NAME):
        raise ValueError("no answer to this question")
    asked, position = _name(message, _HEADER.size)
    if asked != domain.lower():
        raise ValueError("an answer to another question")
    return frozenset(_records(message, position + 4, answers))


def _records(message: bytes, position: int, count: int) -> Iterator[str]:
    for _ in range(count):
        _, position = _name(message, position)
        kind, _, _, length = _FIELDS.unpack_from(message, position)
        position += _FIELDS.size
        if kind == NS:
            yield _name(message, position)[0]
        position += length


def _name(message: bytes, position: int) -> tuple[str, int]:
    """A name, and where what comes after it begins; names may point back to an earlier one."""
    labels: list[str] = []
    after = -1
    for _ in range(128):  # labels and pointers of the longest name that there is
        length = message[position]
        if length >= 0xC0:
            after = position + 2 if after < 0 else after
            position = (length & 0x3F) << 8 | message[position + 1]
        elif length == 0:
            return ".".join(labels), position + 1 if after < 0 else after
        else:
            labels.append(message[position + 1 : position + 1 + length].decode("ascii").lower())
            position += 1 + length
    raise ValueError("a name without end")
