"""The question for a domain's name servers, against a resolver on loopback and against messages made by hand."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from homeport.operations import name_servers
from homeport.operations.name_servers import public_name_servers, question, read_answer

DOMAIN = "points.example.com"
HEADER = struct.Struct("!6H")


def _labels(name: str) -> bytes:
    return b"".join(bytes([len(one)]) + one.encode() for one in name.split(".")) + b"\0"


def _answer(asked: bytes, *servers: str, code: int = 0, extra: bytes = b"") -> bytes:
    """With names that point back to the question, as every server writes them."""
    number, _, _, _, _, _ = HEADER.unpack_from(asked)
    message = HEADER.pack(number, 0x8180 | code, 1, len(servers) + bool(extra), 0, 0)
    message += asked[HEADER.size :] + extra
    for server in servers:
        host = bytes([len(server)]) + server.encode() + b"\xc0\x13"  # .example.com of the question
        message += b"\xc0\x0c" + struct.pack("!HHIH", 2, 1, 60, len(host)) + host
    return message


@contextmanager
def _resolver(reply: Callable[[bytes], bytes]) -> Iterator[tuple[str, int]]:
    """Answers each question once it comes; an empty reply is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (got := server.recvfrom(4096))[0] != b"end":
                if message := reply(got[0]):
                    server.sendto(message, got[1])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"end", server.getsockname())
            thread.join()


def test_servers_as_the_resolver_names_them() -> None:
    seen: list[bytes] = []

    def reply(asked: bytes) -> bytes:
        seen.append(asked)
        return _answer(asked, "NS-1", "ns-2")

    with _resolver(reply) as address:
        found = public_name_servers(DOMAIN, (address,))
    assert found == {"ns-1.example.com", "ns-2.example.com"}
    assert seen[0][HEADER.size :] == _labels(DOMAIN) + b"\0\x02\0\x01"


@pytest.mark.parametrize("code", [0, 3])
def test_a_domain_that_is_not_delegated_has_none(code: int) -> None:
    with _resolver(lambda asked: _answer(asked, code=code)) as address:
        assert public_name_servers(DOMAIN, (address,)) == frozenset()


def test_the_next_resolver_is_asked_where_one_fails() -> None:
    with (
        _resolver(lambda asked: _answer(asked, "ns-1", code=2)) as failing,
        _resolver(lambda asked: _answer(asked, "ns-1")) as answering,
    ):
        assert public_name_servers(DOMAIN, (failing, answering)) == {"ns-1.example.com"}
        assert public_name_servers(DOMAIN, (failing,)) is None


def test_nobody_who_answers_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_servers, "SECONDS", 0.05)
    with _resolver(lambda _: b"") as silent:
        assert public_name_servers(DOMAIN, (silent,)) is None
    assert public_name_servers(DOMAIN, ()) is None


def test_other_records_and_other_names_are_no_servers() -> None:
    asked = question(DOMAIN, 7)
    alias = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, 2) + b"\xc0\x13"
    assert read_answer(_answer(asked, "ns-1", extra=alias), DOMAIN, 7) == {"ns-1.example.com"}


@pytest.mark.parametrize(
    "message",
    [
        _answer(question(DOMAIN, 8), "ns-1"),  # of another question
        _answer(question("other.example.com", 7), "ns-1"),
        _answer(question(DOMAIN, 7), "ns-1")[:-3],
        _answer(question(DOMAIN, 7))[:20],
        HEADER.pack(7, 0x8180, 1, 1, 0, 0) + b"\xc0\x0c",  # a name that points at itself
        b"",
    ],
)
def test_what_is_no_answer_is_not_believed(message: bytes) -> None:
    with pytest.raises((ValueError, IndexError, struct.error)):
        read_answer(message, DOMAIN, 7)


def test_the_systems_resolvers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(name_servers, "RESOLVERS_FILE", file)
    assert name_servers.system_resolvers() == ()
    file.write_text("# none\nsearch example.com\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n")
    assert name_servers.system_resolvers() == (("192.0.2.1", 53), ("2001:db8::1", 53))
