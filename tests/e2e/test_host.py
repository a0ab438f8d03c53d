"""The host fires from a phone: a whole console, its own shop, a real browser, and what a token is worth elsewhere."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.rigs.browser import browser
from tests.rigs.console import ConsoleProcess
from tests.rigs.streams import free_port

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = """
format = 1
name = "Van"
[obs]
url = "ws://127.0.0.1:1"
[shop]
listen = "127.0.0.1:0"
[host]
listen = "127.0.0.1:0"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 50
"""


def pairing(console: ConsoleProcess, role: str) -> str:
    """The address in the code of a role."""
    found: list[str] = [each["pairing_url"] for each in console.state()["host"]["roles"] if each["role"] == role]
    return found[0]


def bearer(url: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {url.partition('#')[2]}"}


def test_a_phone_that_was_paired_goes_on_after_the_console_has_died(tmp_path: Path) -> None:
    path, port = tmp_path / "show.toml", free_port()
    path.write_text(SHOW.replace('[host]\nlisten = "127.0.0.1:0"', f'[host]\nlisten = "127.0.0.1:{port}"'))
    with ConsoleProcess(tmp_path / "data", str(path), "--headless") as console, browser(tmp_path) as page:
        console.until_state(lambda s: s["shop"]["link"] == "up")
        console.done("drop.arm", drop="cap-01")
        console.done("host.open")
        host = pairing(console, "host")
        page.open(host)
        page.wait_text("#headline", "READY")
        console.kill()
        with ConsoleProcess(tmp_path / "data", str(path), "--headless") as again:
            again.until_state(lambda s: s["host"]["is_on"] and s["host"]["roles"][0]["connected"] == 1)
            assert pairing(again, "host") == host
            page.wait_text("#headline", "READY")
            page.touch("#press", True)
            page.wait_text("#headline", "ON SALE")
            page.touch("#press", False)
            again.done("host.close")
            again.done("sale.stop")
            assert again.end() == 1  # there is no OBS


def test_the_host_fires_from_a_phone_and_the_tokens_end_with_the_show(tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    path.write_text(SHOW)
    with ConsoleProcess(tmp_path / "data", str(path), "--headless") as console:
        assert console.state()["host"].items() >= {"is_on": False, "address": "", "roles": []}.items()
        console.until_state(lambda s: s["shop"]["link"] == "up")
        console.done("drop.arm", drop="cap-01")
        console.done("host.open")
        host, moderator = pairing(console, "host"), pairing(console, "moderator")
        with browser(tmp_path) as page:
            page.open(host)
            page.wait_text("#headline", "READY")
            page.touch("#press", True)
            page.wait_text("#headline", "ON SALE")
            page.touch("#press", False)
            console.until_state(lambda s: s["host"]["roles"][0]["connected"] == 1)
            assert page.complaints() == []
        state = console.until_state(lambda s: s["drops"][0]["state"] == "open")
        shop = httpx.get(f"{state['shop']['url']}/v1/drops/cap-01", trust_env=False).json()
        assert (shop["state"], shop["run"]) == ("open", 1)

        # a role's token is worth nothing at the control API, and the control API's nothing at the page
        at = host.partition("/#")[0]
        for url in (host, moderator):
            assert httpx.get(f"{console.url}/v1/state", headers=bearer(url), trust_env=False).status_code == 401
        control = {"Authorization": f"Bearer {console.token}"}
        assert httpx.get(f"{at}/v1/state", headers=control, trust_env=False).status_code == 401
        press: Any = {"json": {"drop": "cap-01", "run": 1}, "trust_env": False}
        key = {"Idempotency-Key": '"1"'}
        cut = httpx.post(f"{at}/v1/actions/scene.cut", headers={**bearer(host), **key}, **press)
        assert cut.status_code == 403
        fire = httpx.post(f"{at}/v1/actions/drop.fire", headers={**bearer(moderator), **key}, **press)
        assert fire.status_code == 403
        console.done("host.close")
        with pytest.raises(httpx.TransportError):
            httpx.get(at, trust_env=False)
        console.done("sale.stop")
        assert console.end() == 1  # there is no OBS
    (journal,) = (tmp_path / "data" / "journal").glob("*.jsonl")
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    (fired,) = (each for each in entries if each["kind"] == "drop.fired")
    assert fired["origin"] == "host"
    assert {"host.opened", "host.paired", "host.pressed", "host.closed"} <= {each["kind"] for each in entries}
    said = journal.read_text() + console.log_path.read_text()
    assert not any(url.partition("#")[2] in said for url in (host, moderator))
