"""Paths are read as Envoy reads them: the rows of docs/abuse.md, and where a redirect may lead."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.gateway.settings import WAKE, Route
from dataplane.wake.routes import find_route, location, plain_path
from tests.unit.dataplane.hostile_requests import MODELS as SEEN_MODELS
from tests.unit.dataplane.hostile_requests import PATHS, Hostile
from tests.unit.dataplane.wake.gate_world import CHAT, MODELS, World

ROUTES = (Route("GET", MODELS, inference=False), Route("POST", CHAT))
ANY = (Route("GET", "/*", inference=False), Route("POST", "/api/*"), Route("POST", "/*"))


def _target(row: Hostile) -> bytes:
    return row.data.split(b"GET ", 1)[1].split(b" HTTP/1.1\r\n")[0]


def _is_about_the_path(target: bytes) -> bool:
    """Not about a query, which is the replica's to refuse, nor with a scheme, which the load balancer takes away."""
    return not target.startswith(b"http") and b"?\xff" not in target


@pytest.mark.parametrize(
    "row", [row for row in PATHS if _is_about_the_path(_target(row))], ids=lambda row: row.what
)
def test_every_path_that_envoy_was_tried_with(row: Hostile) -> None:
    path = _target(row).decode("latin-1").partition("?")[0]
    plain = plain_path(path)
    found = None if plain is None else find_route(ROUTES, "GET", plain)
    if row.gets == (200,):
        assert found == ROUTES[0]
        assert (row.engine or "").startswith(SEEN_MODELS)
    else:
        assert found is None
    assert (plain is None) is (row.gets == (400,))


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/", "/"),
        ("/a/../b", "/b"),
        ("/a//../b", "/a/b"),
        ("/../../a", "/a"),
        ("/a/.", "/a/"),
        ("/a/..", "/"),
        ("/a/b/%2e%2E/c", "/a/c"),
        ("//a///b//", "/a/b/"),
        ("/%41%7e%2D", "/A~-"),
        ("/%20%C3%bc", "/%20%C3%bc"),
        ("/a\\b\\..\\c", "/a/c"),
        ("", None),
        ("a", None),
        ("\\a", None),
        ("*", None),
        ("/\u2025/a", None),
        ("/a\x7f", None),
        ("/%2Fa", None),
    ],
)
def test_plain_paths(path: str, plain: str | None) -> None:
    assert plain_path(path) == plain


@pytest.mark.parametrize(
    ("method", "plain", "found"),
    [
        ("GET", "/x", ANY[0]),
        ("POST", "/api/x", ANY[1]),
        ("POST", "/api", ANY[2]),
        ("POST", "/", ANY[2]),
        ("PUT", "/x", None),
        ("POST", "/_homeport/wake", WAKE),
        ("GET", "/_homeport/wake", None),
        ("POST", "/_homeport/", None),
        ("POST", "/_homeport", ANY[2]),
    ],
)
def test_our_own_paths_are_never_the_engines(method: str, plain: str, found: Route | None) -> None:
    assert find_route(ANY, method, plain) == found


@pytest.mark.parametrize(
    ("path", "query", "leads_to"),
    [
        (CHAT, "", CHAT),
        (CHAT, "a=b&c=%20d", f"{CHAT}?a=b&c=%20d"),
        ("/v1/%63hat/completions", "", "/v1/%63hat/completions"),
        ("//evil.test/x", "", "/evil.test/x"),
        ("///evil.test", "", "/evil.test"),
        ("/\\evil.test/x", "", "/evil.test/x"),
        ("/v1\\chat", "", "/v1/chat"),
        ('/a"<>{}|^`b', "", "/a%22%3C%3E%7B%7D%7C%5E%60b"),
        (CHAT, "a=\r\nset-cookie: x", f"{CHAT}?a=%0D%0Aset-cookie:%20x"),
        (CHAT, "a=#b\ud800\u00fc", f"{CHAT}?a=%23b?%C3%BC"),
    ],
)
def test_a_redirect_leads_back_to_what_was_asked_for(path: str, query: str, leads_to: str) -> None:
    assert location(path, query) == leads_to


@given(
    st.text(alphabet=st.sampled_from("/\\.%2e5cfF@:?#ab \t\r\n\x00ü"), max_size=30),
    st.text(max_size=20),
)
def test_no_path_leads_to_another_host_or_route(tail: str, query: str) -> None:
    path = "/" + tail
    plain = plain_path(path)
    if plain is None:
        return
    leads_to = location(path, query)
    assert leads_to.isascii()
    assert leads_to.isprintable()
    assert leads_to.startswith("/")
    assert not leads_to.startswith(("//", "/\\"))
    assert " " not in leads_to
    assert (
        urlsplit(urljoin("https://llama.endpoints.test/x", leads_to)).netloc
        == "llama.endpoints.test"
    )
    # The replica finds the same route there.
    assert plain_path(leads_to.partition("?")[0]) in (plain, _encoded(plain))


def _encoded(plain: str) -> str:
    return location(plain, "")


def test_a_malformed_path_is_400_as_at_a_replica() -> None:
    world = World(None)
    assert [world.ask(f"POST {path}").status for path in ("*", "/%00", "/a%2fb", "/v1/\u00fc")] == [
        400
    ] * 4
    assert world.cloud.wakes == 0


def test_a_path_in_another_spelling_wakes_and_is_sent_on_in_it() -> None:
    world = World(None)
    assert world.ask("POST //v1/./chat/completions").status == 503
    assert world.cloud.wakes == 1
