"""Whether buyers can reach the shop: what the address can be at best, and what answers there."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.commerce.reach import ReachState, judged, look, span
from console.shop.sqlite_store import SqliteStore
from tests.shop.served import served


@pytest.mark.parametrize(
    ("url", "at_best"),
    [
        ("http://127.0.0.1:8710", ReachState.HERE),
        ("http://[::1]:8710", ReachState.HERE),
        ("http://localhost:1", ReachState.HERE),
        ("http://192.168.1.7:8710", ReachState.NEAR),
        ("http://10.0.0.1", ReachState.NEAR),
        ("http://[fe80::1]", ReachState.NEAR),
        ("http://studio.local:8710", ReachState.NEAR),
        ("http://studio:8710", ReachState.NEAR),
        ("https://shop.example", ReachState.FAR),
        ("https://8.8.8.8", ReachState.FAR),
    ],
)
def test_an_address_tells_how_far_it_can_reach_at_best(url: str, at_best: ReachState) -> None:
    assert span(url) is at_best
    assert judged(url, "").state is at_best
    assert judged(url, "no answer in time").state is ReachState.SILENT


async def test_what_is_no_address_is_silent() -> None:
    assert (await look("http://[studio")).state is ReachState.SILENT


@contextmanager
def _somebody_else(status: int, body: bytes) -> Iterator[str]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is logged."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_the_shop_itself_is_asked_and_what_is_not_the_shop_is_named(tmp_path: Path) -> None:
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        assert (await look(hand.address.url)).state is ReachState.HERE
    for status, body in ((200, b"<h1>A router</h1>"), (200, b"[]"), (200, b'{"ok": false}'), (404, b"")):
        with _somebody_else(status, body) as url:
            told = await look(url)
            assert told.state is ReachState.SILENT
            assert "something else answers there" in told.says
            assert told.fix


async def test_an_address_where_nothing_is_or_nothing_is_said_is_silent() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert "refused" in (await look(url)).says
        listening.listen(1)
        assert "no answer in time" in (await look(url, within_s=0.1)).says
    assert (await look("http://no-such-host.invalid")).state is ReachState.SILENT
