"""Requests out of bytes, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.wire import HEAD_BYTES_MAX, BadRequest, Request, take_request

BODIES = st.binary(max_size=200)


def _sized(body: bytes) -> bytes:
    return b"POST /x?q=1 HTTP/1.1\r\nHost: h\r\nX-Test-Id: a b\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


def _chunked(body: bytes) -> bytes:
    head = b"POST /x HTTP/1.1\r\nHost: h\r\nx-test-id: a b\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = [body[at : at + 7] for at in range(0, len(body), 7)]
    return head + b"".join(b"%x;e=1\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"


@given(st.lists(st.tuples(st.booleans(), BODIES), min_size=1, max_size=4), st.integers(1, 60))
def test_requests_come_out_as_they_went_in(sent: list[tuple[bool, bytes]], step: int) -> None:
    data = b"".join(_chunked(body) if chunked else _sized(body) for chunked, body in sent)
    buffer, got = bytearray(), list[Request]()
    for at in range(0, len(data), step):
        buffer += data[at : at + step]
        while (request := take_request(buffer)) is not None:
            got.append(request)
    assert [request.body for request in got] == [body for _, body in sent]
    assert {(r.method, r.path, r.headers["x-test-id"]) for r in got} == {("POST", "/x", "a b")}
    assert buffer == b""


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nz\r\n",
        b"x" * (HEAD_BYTES_MAX + 1),
    ],
)
def test_what_is_no_request(data: bytes) -> None:
    with pytest.raises(BadRequest):
        take_request(bytearray(data))


@pytest.mark.parametrize(("value", "keeps"), [("close", False), ("keep-alive", True)])
def test_who_closes_the_connection(value: str, keeps: bool) -> None:
    request = take_request(bytearray(f"GET / HTTP/1.1\r\nConnection: {value}\r\n\r\n".encode()))
    assert request is not None
    assert request.keeps_connection is keeps
