"""Requests that no honest client sends, byte by byte, with what becomes of each: the rows of docs/abuse.md."""

from dataclasses import dataclass

from tests.unit.dataplane.envoy_process import TOKEN

CHAT, MODELS, PAUSE = "POST /v1/chat/completions", "GET /v1/models", "GET /pause"
SMUGGLED = b"GET /pause HTTP/1.1\r\nhost: a\r\n\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
EMPTY = b"0\r\n\r\n"
CLOSE = b"connection: close\r\n"


@dataclass(frozen=True)
class Hostile:
    """One connection: what is sent, the statuses that come back, the request line that the engine sees."""

    what: str
    data: bytes
    gets: tuple[int, ...]
    engine: str | None = None
    body: bytes | None = None
    """What the engine must get as body, where that is the point."""

    def row(self, test: str) -> str:
        """In docs/abuse.md."""
        statuses = ", then ".join(str(status) for status in self.gets)
        seen = f"; the engine sees `{self.engine}`" if self.engine else ""
        return f"| {self.what} | {statuses}{seen} | `{test}` |"


def _sent(
    line: str, headers: bytes = b"", body: bytes = b"", *, close: bytes = CLOSE, host: bytes = b"a"
) -> bytes:
    """A whole request by a caller who may; the id tells the engine's record whose it was."""
    first = line.encode() + b" HTTP/1.1\r\nhost: " + host + b"\r\n"
    return first + _caller() + close + headers + b"\r\n" + body


def _caller() -> bytes:
    return f"authorization: Bearer {TOKEN}\r\nx-test-id: %ID%\r\n".encode()


def _chat(headers: bytes, body: bytes = b"") -> bytes:
    return _sent(CHAT, headers, body)


def _chunks(body: bytes) -> bytes:
    return _chat(CHUNKED, body)


LENGTHS = (
    Hostile(
        "Content-Length and chunked, the rest a second request",
        _chat(b"content-length: 5\r\n" + CHUNKED, EMPTY + SMUGGLED),
        (400,),
    ),
    Hostile(
        "chunked, then a Content-Length",
        _chat(CHUNKED + b"content-length: 4\r\n", EMPTY + SMUGGLED),
        (400,),
    ),
    Hostile(
        "two Transfer-Encodings, chunked and identity",
        _chat(CHUNKED + b"transfer-encoding: identity\r\n", EMPTY + SMUGGLED),
        (501,),
    ),
    Hostile("chunked twice", _chat(CHUNKED + CHUNKED, EMPTY + SMUGGLED), (501,)),
    Hostile(
        "`gzip, chunked` as encoding",
        _chat(b"transfer-encoding: gzip, chunked\r\n", EMPTY + SMUGGLED),
        (501,),
    ),
    Hostile(
        "`xchunked` as encoding", _chat(b"transfer-encoding: xchunked\r\n", EMPTY + SMUGGLED), (501,)
    ),
    Hostile(
        "an encoding after a vertical tab",
        _chat(b"transfer-encoding: \x0bchunked\r\n", EMPTY + SMUGGLED),
        (400,),
    ),
    Hostile(
        "a space before the encoding's colon",
        _chat(b"transfer-encoding : chunked\r\n", EMPTY + SMUGGLED),
        (400,),
    ),
    Hostile(
        "`transfer_encoding` beside a length",
        _chat(b"transfer_encoding: chunked\r\ncontent-length: 5\r\n", EMPTY),
        (200,),
        CHAT,
        EMPTY,
    ),
    Hostile(
        "an empty encoding beside a length",
        _chat(b"transfer-encoding: \r\ncontent-length: 5\r\n", EMPTY),
        (400,),
    ),
    Hostile(
        "two lengths that differ",
        _chat(b"content-length: 4\r\ncontent-length: 5\r\n", b"abcd"),
        (400,),
    ),
    Hostile(
        "two lengths that agree",
        _chat(b"content-length: 4\r\ncontent-length: 4\r\n", b"abcd"),
        (400,),
    ),
    *(
        Hostile(f"Content-Length `{length}`", _chat(f"content-length: {length}\r\n".encode(), b"abcd"), (400,))
        for length in ("4, 4", "+4", "-1", "0x4", "4 4", "9" * 26)
    ),
    Hostile(
        "a Content-Length of 2^63", _chat(b"content-length: 9223372036854775808\r\n", b"abcd"), (413,)
    ),
)  # fmt: skip

LINES = (
    Hostile("a folded header (obs-fold)", _chat(b"x-a: b\r\n content-length: 9\r\n"), (200,), CHAT, b""),
    Hostile(
        "a folded Transfer-Encoding",
        _chat(b"transfer-encoding:\r\n chunked\r\n", b"4\r\nabcd\r\n" + EMPTY),
        (200,),
        CHAT,
        b"abcd",
    ),
    Hostile(
        "a fold before the first header", b"GET /v1/models HTTP/1.1\r\n host: a\r\nhost: a\r\n\r\n", (400,)
    ),
    Hostile("bare LF everywhere", _sent(MODELS).replace(b"\r\n", b"\n"), (200,), MODELS),
    Hostile(
        "a bare LF before an encoding: two headers to the engine too",
        _chat(b"x-a: b\n" + CHUNKED, b"4\r\nabcd\r\n" + EMPTY),
        (200,),
        CHAT,
        b"abcd",
    ),
    Hostile(
        "a bare CR before an encoding: one header, without the CR",
        _chat(b"x-a: b\r" + CHUNKED, EMPTY),
        (200,),
        CHAT,
        b"",
    ),
    Hostile("NUL in a header", _chat(b"x-a: b\x00c\r\n"), (400,)),
    Hostile("a control character in a header", _chat(b"x-a: b\x01c\r\n"), (400,)),
    Hostile("a space in a header's name", _chat(b"x a: b\r\n"), (400,)),
    Hostile("a header without a name", _chat(b": b\r\n"), (400,)),
    Hostile("a header without a colon", _chat(b"xab\r\n"), (400,)),
    Hostile("a header's name in UTF-8", _chat("ü: b\r\n".encode()), (400,)),
    Hostile("bytes above 127 in a header's value", _chat(b"x-a: \xff\xfe\r\n"), (200,), CHAT),
)  # fmt: skip

CHUNKS = (
    Hostile("a chunk extension", _chunks(b"4;a=b\r\nabcd\r\n" + EMPTY), (200,), CHAT, b"abcd"),
    Hostile(
        "a chunk extension of 20 kB: not passed on",
        _chunks(b"4;" + b"a" * 20_000 + b"\r\nabcd\r\n" + EMPTY),
        (200,),
        CHAT,
        b"abcd",
    ),
    Hostile("a bare LF in a chunk extension", _chunks(b"4;a\nabcd\r\n" + EMPTY + SMUGGLED), (400,)),
    Hostile(
        "a line's end in a quoted chunk extension",
        _chunks(b'4;a="\r\nabcd\r\n' + EMPTY + SMUGGLED),
        (200,),
        CHAT,
        b"abcd",
    ),
    Hostile("a chunk size above 64 bits", _chunks(b"f" * 17 + b"\r\nabcd\r\n" + EMPTY), (400,)),
    Hostile("a chunk size in C's spelling", _chunks(b"0x4\r\nabcd\r\n" + EMPTY), (400,)),
    Hostile("a negative chunk size", _chunks(b"-4\r\nabcd\r\n" + EMPTY), (400,)),
    Hostile("bare LF between chunks", _chunks(b"4\nabcd\n0\n\n" + SMUGGLED), (400,)),
    Hostile("a chunk longer than its size", _chunks(b"4\r\nabcdX" + EMPTY), (400,)),
    Hostile(
        "trailers with a token and a length: not passed on",
        _chunks(b"4\r\nabcd\r\n0\r\nauthorization: x\r\ncontent-length: 5\r\n\r\n"),
        (200,),
        CHAT,
        b"abcd",
    ),
)

CONNECTIONS = (
    Hostile(
        "a second request behind the first",
        _sent(MODELS, close=b"") + _sent(PAUSE),
        (200, 404),
        MODELS,
    ),
    Hostile(
        "a request as the body of a GET",
        _sent(MODELS, b"content-length: %d\r\n" % len(SMUGGLED), SMUGGLED),
        (200,),
        MODELS,
        SMUGGLED,
    ),
    Hostile("HTTP/0.9", b"GET /v1/models\r\n\r\n", (426,)),
    Hostile("HTTP/1.0", b"GET /v1/models HTTP/1.0\r\n" + _caller() + b"\r\n", (426,)),
    Hostile("HTTP/1.9", _sent(MODELS).replace(b"HTTP/1.1", b"HTTP/1.9"), (426,)),
    Hostile("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
    Hostile("a thousand NUL bytes", b"\x00" * 1000, (400,)),
    Hostile("no Host", _sent(MODELS).replace(b"host: a\r\n", b""), (400,)),
    Hostile("a Host that is none", _sent(MODELS, host=b"a/b@c"), (400,)),
    Hostile(
        "WebSocket upgrade",
        _sent(MODELS, b"upgrade: websocket\r\n", close=b"connection: upgrade\r\n"),
        (403,),
    ),
    Hostile(
        "h2c upgrade: not taken up, not passed on",
        _sent(MODELS, b"upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n",
              close=b"connection: upgrade, http2-settings, close\r\n"),
        (200,),
        MODELS,
    ),
    Hostile(
        "upgrade to TLS",
        _sent(MODELS, b"upgrade: TLS/1.0\r\n", close=b"connection: upgrade\r\n"),
        (403,),
    ),
    Hostile("CONNECT to a port of the machine", _sent("CONNECT 127.0.0.1:22"), (404,)),
    Hostile("CONNECT to a path", _sent("CONNECT /v1/models"), (400,)),
    Hostile("TRACE", _sent("TRACE /v1/models"), (404,)),
    Hostile("a method in small letters", _sent("get /v1/models"), (400,)),
    Hostile("a method of 5,000 letters", _sent("A" * 5000 + " /v1/models"), (400,)),
    Hostile("Connection names Authorization", _sent(MODELS, close=b"connection: close, authorization\r\n"), (401,)),
    Hostile("Connection names Host", _sent(MODELS, close=b"connection: close, host\r\n"), (400,)),
    Hostile(
        "Connection names X-Forwarded-For",
        _sent(MODELS, close=b"connection: close, x-forwarded-for\r\n"),
        (400,),
    ),
    Hostile("a second Authorization", _sent(MODELS, b"authorization: Bearer x\r\n"), (401,)),
    Hostile("100,000 headers", _sent(MODELS, b"".join(b"x-%d: a\r\n" % n for n in range(100_000))), (431,)),
    Hostile("one header of 10 MB", _sent(MODELS, b"x-a: " + b"a" * 10_000_000 + b"\r\n"), (431,)),
    Hostile("a path of 100 kB", _sent(f"GET /{'a' * 100_000}"), (431,)),
    Hostile(
        "a gzip bomb as body: never unpacked",
        _chat(b"content-encoding: gzip\r\ncontent-length: 8\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
        (200,),
        CHAT,
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    ),
    Hostile(
        "invalid UTF-8 as body: the engine's to judge",
        _chat(b"content-length: 4\r\n", b"\xff\xfe\xc0\x80"),
        (200,),
        CHAT,
        b"\xff\xfe\xc0\x80",
    ),
)  # fmt: skip


def _path(target: bytes, status: int, engine: str | None = None) -> Hostile:
    spoken = target.decode("latin-1").encode("unicode_escape").decode().replace("\\\\", "\\")
    data = _sent("GET @").replace(b"@", target)
    return Hostile(f"`GET {spoken}`", data, (status,), engine)


PATHS = (
    *(_path(target, 404) for target in (
        b"/pause", b"/invocations", b"/metrics", b"/stats", b"/v1/../pause", b"//pause", b"/%70ause",
        b"/v1/%2e%2e/pause", b"/v1/%252e%252e/pause", b"/v1/./../../../pause", b"/v1/models/..;/pause",
        b"/v1/models;/../pause", b"/v1/models;a=b", b"/v1/models/", b"/v1/models%23x", b"/v1/models%3fa=b",
        b"/v1/models%ff", b"/v1/%c0%ae%c0%ae/pause", b"/v1%c0%afmodels", b"/v1/%e0%80%ae/pause",
        b"/v1%u002fmodels", b"/v1/models%0d%0ax:y", b"/V1/models", b"/%", b"http://evil.test/pause",
        b"//evil.test/v1/models", b"/authorize/v1/models", b"/_homeport/authorize", b"/_homeport/ready/",
    )),
    *(_path(target, 400) for target in (
        b"/v1/..%2fpause", b"/v1%2fmodels", b"/v1/%5c../pause", b"/v1/models%00", b"/v1/models\x00",
        b"/v1/models#x", b"/v1/models\xff", b"/v1/models?\xff", b"/v1/\xe2\x80\xae", b"/v1/mod\tels",
        b"/v1/models x", b"evil.test/v1/models", b"ftp://evil.test/v1/models", b"*", b"?",
    )),
    *(_path(target, 200, MODELS) for target in (
        b"/v1\\models", b"/v1/mode%6cs", b"/./v1/./models", b"http://evil.test/v1/models",
    )),
    _path(b"/v1/models?%00", 200, "GET /v1/models?%00"),
)  # fmt: skip

GROUPS = {
    "Lengths and encodings": LENGTHS,
    "Header lines": LINES,
    "Chunks": CHUNKS,
    "Connections, methods, sizes": CONNECTIONS,
    "Paths": PATHS,
}
EVERY = tuple(one for group in GROUPS.values() for one in group)
