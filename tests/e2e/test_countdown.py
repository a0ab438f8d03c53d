"""A countdown in a whole console with its own shop: counted down, stopped, outliving its death; and the end."""

import json
import time
from pathlib import Path

import httpx
import pytest

from tests.rigs.console import ConsoleProcess
from tests.shop.standing import PLAIN

pytestmark = pytest.mark.slow

SHOW = """
format = 1
name = "Counting"
[obs]
url = "ws://127.0.0.1:1"
[shop]
listen = "127.0.0.1:0"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 1
duration_s = "sold out"
heard = "viewers"
[[drops]]
id = "mug-01"
title = "Mug"
price = "9.00 EUR"
stock = 5
countdown_s = 60
"""
DELAY_S = 1.0


def at_shop(data_dir: Path, drop: str) -> str:
    address = json.loads((data_dir / "shop.json").read_text())
    return f"{address['url']}/v1/drops/{drop}"


def shop_says(data_dir: Path, drop: str) -> str:
    """The drop's state at the shop, whoever else is there."""
    said: str = httpx.get(at_shop(data_dir, drop), **PLAIN).json()["state"]
    return said


def buy(data_dir: Path, drop: str) -> httpx.Response:
    key = {"Idempotency-Key": '"one-buyer"'}
    return httpx.post(f"{at_shop(data_dir, drop)}/orders", json={"quantity": 1}, headers=key, **PLAIN)


def test_it_counts_down_is_stopped_opens_without_its_console_and_closes_when_all_is_sold(tmp_path: Path) -> None:
    path, data_dir = tmp_path / "show.toml", tmp_path / "data"
    path.write_text(SHOW)
    arguments = (str(path), "--headless")
    with ConsoleProcess(data_dir, *arguments) as console:
        console.until_state(lambda s: s["shop"]["link"] == "up", within_s=30)
        console.done("stream.delay.mark")
        marked_s = time.monotonic()
        console.done("drop.arm", drop="mug-01")
        console.done("drop.fire", drop="mug-01")
        assert console.state()["drops"][1]["state"] == shop_says(data_dir, "mug-01") == "countdown"
        console.done("sale.stop")
        assert console.state()["drops"][1]["state"] == shop_says(data_dir, "mug-01") == "closed"
        console.until(lambda: time.monotonic() - marked_s > DELAY_S, what="the phone")
        console.done("stream.delay.mark")
        console.done("drop.arm", drop="cap-01")
        console.done("drop.fire", drop="cap-01")
        assert buy(data_dir, "cap-01").json()["reason"] == "not_open"
        cap, delay = console.state()["drops"][0], console.state()["sale"]["stream_delay"]
        assert (cap["state"], cap["lamp"], delay["is_measured"]) == ("countdown", "CONFIRMED", True)
        assert delay["seconds"] == pytest.approx(DELAY_S, abs=0.9)
        assert cap["room_opens_at"] < cap["opens_at"] < cap["closes_at"]
        console.kill()
    until_open_s = time.monotonic() + 20
    while shop_says(data_dir, "cap-01") != "open":  # nobody else is there
        assert time.monotonic() < until_open_s
        time.sleep(0.05)
    with ConsoleProcess(data_dir, *arguments) as again:
        seen = again.until_state(lambda s: s["drops"][0]["state"] == "open")
        assert (seen["drops"][0]["opens_at"], seen["sale"]["stream_delay"]) == (cap["opens_at"], delay)
        assert buy(data_dir, "cap-01").status_code == 201
        again.until_state(lambda s: s["sale"]["sold"] == 1)
        again.until_state(lambda s: s["drops"][0]["state"] == "closed", within_s=30)  # nobody pressed anything
        assert shop_says(data_dir, "cap-01") == "closed"
