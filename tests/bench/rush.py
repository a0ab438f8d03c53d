"""2,000 buyers' pages and 200 orders in the first second of a drop of 50 pieces, beside a console with its window.

The console runs four tiles and its sound in a real window; it fires the drop, its own shop sells. The crowd is a
process of its own. The floor is bare Starlette that answers the same from one number in memory, met by the same crowd.
"""

import bisect
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from tests.bench.figures import Figure, against, p99
from tests.rigs.console import ROOT, ConsoleProcess
from tests.rigs.screen import Screen

PAGES: Final = 2_000
ORDERS: Final = 200
STOCK: Final = 50
RUNS: Final = 3
SETTLE_S: Final = 5.0
SAMPLE_S: Final = 0.005
BESIDE_S: Final = 20.0
TILES: Final = ("wide", "close", "table", "slides")
SHOW: Final = f"""
format = 1
name = "Rush"
[audio]
device = "practice"
[[audio.channels]]
name = "Host"
inputs = [1]
[shop]
listen = "127.0.0.1:0"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = {STOCK}
duration_s = 300
"""


@dataclass
class Rush:
    """One sale: what the crowd met, from FIRE on, and what it cost. Milliseconds."""

    sold: int
    refused: int
    other: int
    lines: int
    answers_ms: list[float]
    open_news_ms: list[float]
    over_news_ms: list[float]
    crowd_share: float  # of one core, from the connecting to the end
    shop_share: float  # of one core, from FIRE until all was answered
    broken: int
    stalls: list[float] = field(default_factory=list)  # of the console's window
    own_stalls: list[float] = field(default_factory=list)  # the same, without the wait for a processor


class Waits(threading.Thread):
    """How long a process's main thread was ready to run and had no processor, sampled: that is no stall of its own."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._stat = Path(f"/proc/{pid}/task/{pid}/schedstat")
        self._seen: list[tuple[int, int]] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look until it is over, or the process is."""
        with contextlib.suppress(OSError):
            while not self.is_over.wait(SAMPLE_S):
                self._seen.append((time.monotonic_ns(), int(self._stat.read_text().split()[1])))

    def own_ms(self, late_ms: float, at_ns: int) -> float:
        """What is left of a lateness that ended at `at_ns`, without that wait."""
        begin = bisect.bisect_left(self._seen, (at_ns - int((late_ms + 20) * 1e6), 0))
        end = bisect.bisect_right(self._seen, (at_ns, 1 << 62))
        inside = self._seen[max(0, begin - 1) : end + 1]
        return late_ms - (inside[-1][1] - inside[0][1]) / 1e6 if inside else late_ms


def measure(*, runs: int = RUNS, pages: int = PAGES, orders: int = ORDERS) -> list[Figure]:
    """The answers and the news of each sale against the floor's, what was sold, and the window's stalls."""
    with ExitStack() as stack:
        screen = stack.enter_context(Screen("1920x1080"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        show = folder / "show.toml"
        show.write_text(SHOW + "".join(_camera(name) for name in TILES))
        console = ConsoleProcess(
            folder / "data", str(show), "--trust", environment={**os.environ, **screen.environment}, within_s=60.0
        )
        with console:
            console.until_state(lambda state: all(each["state"] == "live" for each in state["cameras"]), within_s=60)
            time.sleep(SETTLE_S)
            ours, floors = [], []
            for run in range(runs):
                ours.append(_sale(console, run, pages, orders))
                floors.append(_floor(pages, orders))
            bare = _bare_window(screen, pages, orders)
            console.do("sale.stop")
        return [*_figures(ours, floors), _window(folder / "data", ours, bare)]


def _camera(name: str) -> str:
    clip = (ROOT / "resources" / "practice" / f"{name}.mp4").as_uri()
    return f'[[cameras]]\nname = "{name}"\nmrl = "{clip}"\nscene = "{name}"\n'


def _sale(console: ConsoleProcess, run: int, pages: int, orders: int) -> Rush:
    """Arm, let the crowd gather, fire, and count."""
    if run:
        console.done("drop.close", drop="cap-01")
        console.done("drop.renew", drop="cap-01")
    console.done("drop.arm", drop="cap-01")
    address = json.loads((console.data_dir / "shop.json").read_text())
    before, waits = time.monotonic_ns(), Waits(console.process.pid)
    waits.start()
    rush = _rush(address["url"], address["pid"], pages, orders, lambda: console.done("drop.fire", drop="cap-01"))
    said = httpx.get(f"{address['url']}/v1/drops/cap-01").json()
    if (said["sold"], said["stock_left"]) != (rush.sold, STOCK - rush.sold):
        raise RuntimeError(f"the shop says {said['sold']} are sold, its buyers {rush.sold}")
    waits.is_over.set()
    waits.join()
    stalls = [entry for entry in _journal(console.data_dir, "window.stall") if entry["mono_ns"] > before]
    rush.stalls = [entry["ms"] for entry in stalls]
    rush.own_stalls = [waits.own_ms(entry["ms"], entry["mono_ns"]) for entry in stalls]
    return rush


def _floor(pages: int, orders: int) -> Rush:
    command = [sys.executable, "-m", "tests.bench.rush_floor", str(STOCK)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        return _rush(url, server.pid, pages, orders, lambda: httpx.post(f"{url}/open"))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _rush(url: str, pid: int, pages: int, orders: int, fire: Any) -> Rush:
    command = [sys.executable, "-m", "tests.bench.rush_crowd", url, "cap-01", str(pages), str(orders)]
    crowd = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert crowd.stdout is not None
    began_s = time.monotonic()
    with crowd.stdout as said:
        if said.readline().strip() != "ready":
            raise RuntimeError("the crowd could not gather")
        time.sleep(2.0)  # the connecting is over
        shop, fired_s = psutil.Process(pid), time.monotonic()
        cpu_s = _cpu_s(shop)
        fire()
        met = json.loads(said.readline())
        spent_s = _cpu_s(shop) - cpu_s
    crowd.wait()
    statuses = Counter(status for status, _, _ in met["answers"])
    took_s, last_s = time.monotonic() - began_s, max(at for _, at, _ in met["answers"])
    over_s = max((at for status, at, _ in met["answers"] if status == 201), default=last_s)
    return Rush(
        sold=statuses.pop(201, 0),
        refused=statuses.pop(409, 0),
        other=sum(statuses.values()),
        lines=met["lines"],
        answers_ms=[ms for _, _, ms in met["answers"]],
        open_news_ms=[(at - fired_s) * 1e3 for at in met["heard_open"]],
        over_news_ms=[(at - over_s) * 1e3 for at in met["heard_over"]],
        crowd_share=met["cpu_s"] / took_s,
        shop_share=spent_s / (time.monotonic() - fired_s),
        broken=met["broken"],
    )


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _bare_window(screen: Screen, pages: int, orders: int) -> dict[str, float]:
    """How late a bare window is beside the floor's rush, milliseconds."""
    command = [sys.executable, "-m", "tests.bench.bare", str(BESIDE_S), "bare"]
    window = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **screen.environment}, stdout=subprocess.PIPE, text=True
    )
    _floor(pages, orders)
    out, _ = window.communicate(timeout=60)
    found: dict[str, float] = json.loads(out)
    return found


def _figures(ours: list[Rush], floors: list[Rush]) -> list[Figure]:
    sold = ", ".join(f"{rush.sold}" for rush in ours)
    others = sum(rush.other + rush.broken for rush in ours)
    crowd = f"crowd {max(rush.crowd_share for rush in ours):.0%} of a core, shop {max(r.shop_share for r in ours):.0%}"
    figures = [
        against("pieces sold of 50, the stock", max(rush.sold for rush in ours), STOCK, "", f"each: {sold}; {crowd}"),
        against("orders with no answer, or pages lost", others, 1, "", f"in line: {sum(r.lines for r in ours)}"),
    ]
    for name, of in (
        ("answer to an order", "answers_ms"),
        ("news of the opening", "open_news_ms"),
        ("news of the end", "over_news_ms"),
    ):
        mine, least = [getattr(rush, of) for rush in ours], [getattr(rush, of) for rush in floors]
        worst = f"max {max(max(each) for each in mine):.0f} ms"
        figures.append(
            against(f"{name} p50, bare Starlette", _median(mine), _median(least), "ms", f"{len(mine[0])} each")
        )
        figures.append(against(f"{name} p99, bare Starlette", _worst(mine), _worst(least), "ms", worst))
    return figures


def _median(each: list[list[float]]) -> float:
    values = sorted(value for one in each for value in one)
    return values[len(values) // 2]


def _worst(each: list[list[float]]) -> float:
    """The p99 of the worst sale."""
    return max(p99(one) for one in each)


def _window(data: Path, ours: list[Rush], bare: dict[str, float]) -> Figure:
    last = _journal(data, "window.lateness")[-1]
    stalls = sorted((ms for rush in ours for ms in rush.stalls), reverse=True)
    worst = ", ".join(f"{ms:.0f}" for ms in stalls[:6]) or "none"
    own = max((ms for rush in ours for ms in rush.own_stalls), default=0.0)
    spread = f"{len(stalls)} over 50 ms in the rush: {worst}; of its own {own:.0f}; bare max {bare['max_ms']:.0f} ms"
    return against("window late p99, bare window beside the floor", last["p99_ms"], bare["p99_ms"], "ms", spread)


def _journal(data: Path, kind: str) -> list[dict[str, Any]]:
    lines = [line for path in data.glob("journal/*.jsonl") for line in path.read_text().splitlines(keepends=True)]
    return [entry for line in lines if line.endswith("\n") and (entry := json.loads(line))["kind"] == kind]
