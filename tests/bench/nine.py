"""Nine 720p30 cameras and an idle real OBS on this machine: how often each tile shows a new picture, and stalls.

Read from the screen: each tile shows the same coded stream, and a code that changes is a picture that was shown.
"""

import json
import os
import socket
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.bench.coded import FPS, CodedSender
from tests.bench.delay import all_found
from tests.bench.figures import Figure, against
from tests.bench.xpixels import XPixels
from tests.rigs.collection import SCENES
from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import RealObs
from tests.rigs.screen import Screen
from tests.rigs.streams import free_port

SECONDS: Final = 20.0
SETTLE_S: Final = 5.0
LOOK_EVERY_S: Final = 0.005
STALLS_SHARE: Final = 0.001  # p99.9 below 50 ms


def measure(*, seconds: float = SECONDS) -> list[Figure]:
    """Pictures a second of the tiles on program and preview, and of the seven others; and the share of late ticks."""
    with ExitStack() as stack:
        obs = stack.enter_context(RealObs())
        screen = stack.enter_context(Screen("1920x1080"))
        pixels = stack.enter_context(XPixels(screen.display))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = [free_port(socket.SOCK_DGRAM) for _ in SCENES]
        show = folder / "show.toml"
        show.write_text(_show(obs.url, ports))
        environment = {**os.environ, **screen.environment, "CUEDROP_SECRET_OBS": obs.password}
        console = ConsoleProcess(folder / "data", str(show), "--trust", environment=environment, within_s=60.0)
        with console:
            outputs = [("mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316") for port in ports]
            stack.callback(CodedSender(outputs).close)
            console.until_state(lambda state: state["obs"]["link"] == "up", within_s=60)
            console.do("studio_mode.set", on=True)
            console.do("scene.preview", scene=SCENES[1])
            console.until_state(lambda state: all(each["state"] == "live" for each in state["cameras"]), within_s=60)
            time.sleep(SETTLE_S)
            spots = all_found(pixels)
            if len(spots) != len(SCENES):
                raise RuntimeError(f"{len(spots)} of {len(SCENES)} tiles are to be seen")
            end_s = time.monotonic() + seconds
            while time.monotonic() < end_s:
                for spot in spots:
                    spot.look(pixels)
                time.sleep(LOOK_EVERY_S)
            obs_state = console.state()["obs"]
        fps = [len(spot.late) / seconds for spot in spots]
        on_bus = [SCENES.index(obs_state[bus]) for bus in ("program", "preview") if obs_state[bus] in SCENES]
        return [*_rates(fps, on_bus), _stalls(folder / "data")]


def _rates(fps: list[float], on_bus: list[int]) -> list[Figure]:
    first = [fps[index] for index in on_bus]
    others = [rate for index, rate in enumerate(fps) if index not in on_bus]
    spread = f"{min(others):.1f} .. {max(others):.1f}"
    return [
        against("tiles on program and preview, the lower one; those sent", min(first), FPS, "1/s", "goal 24"),
        against("the other seven, those sent", statistics.median(others), FPS, "1/s", spread),
    ]


def _stalls(data: Path) -> Figure:
    """How many ticks of the window's loop were over 50 ms late, of all."""
    entries = [json.loads(line) for path in data.glob("journal/*.jsonl") for line in path.read_text().splitlines()]
    late = [entry["ms"] for entry in entries if entry["kind"] == "window.stall"]
    told = next(entry for entry in entries if entry["kind"] == "window.lateness")
    worst = f"p99 {told['p99_ms']:.0f} ms, worst {told['max_ms']:.0f} ms"
    return against("ticks over 50 ms late, one in a thousand", len(late) / told["count"], STALLS_SHARE, "share", worst)


def _show(url: str, ports: list[int]) -> str:
    cameras = (
        f'[[cameras]]\nname = "{scene}"\nmrl = "udp://@127.0.0.1:{port}"\nscene = "{scene}"\n'
        for scene, port in zip(SCENES, ports, strict=True)
    )
    return f'format = 1\nname = "Nine"\n[obs]\nurl = "{url}"\nsecret = "obs"\n' + "".join(cameras)
