"""A real OBS killed, stopped or frozen and started again, or its line spoiled, over and over.

Each time the console then shows OBS's full true state, carries out nothing from before, and holds no more than it did.
"""

import asyncio
import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import SCENES, BareObs, RealObs
from tests.rigs.proxy import Proxy
from tests.soak.campaign import Effort, Held, Result, growth

BACK_WITHIN_S = 40.0
TURNS = 50
OF_OBS = ("killed", "killed", "stopped", "frozen")
OF_THE_LINE = ("cut", "half-open", "flapping", "trickling")
FLAPS = 4
FLAP_S = 0.3
SLOWEST = "ms at most until all was true again"
TAKEN = ("Wide", "Close", "Table", "Safe")
SHOW = """
format = 1
name = "Soak of OBS"
[obs]
url = "{url}"
safe_scene = "Safe"
[shop]
kind = "manual"
"""


class Line:
    """The line between the console and OBS: a proxy on a loop of its own thread, spoiled from here."""

    def __init__(self, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._proxy = Proxy(port)
        self._run(self._proxy.__aenter__)
        self.url = self._proxy.url

    @property
    def connections(self) -> int:
        """How often it was connected through so far."""
        return self._proxy.connections

    def do(self, change: Callable[[Proxy], object]) -> None:
        """Change the line."""

        async def changed() -> None:
            change(self._proxy)

        self._run(changed)

    def flap(self) -> None:
        """Up and down, some times."""
        for _ in range(FLAPS):
            self.do(lambda proxy: setattr(proxy, "is_refusing", True))
            self.do(Proxy.cut)
            time.sleep(FLAP_S)
            self.do(lambda proxy: setattr(proxy, "is_refusing", False))
            time.sleep(FLAP_S)
        self.do(Proxy.cut)

    def close(self) -> None:
        """End it."""
        self._run(self._proxy.__aexit__)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(20)


@contextlib.contextmanager
def line_to(obs: RealObs) -> Iterator[Line]:
    """A line to that OBS."""
    line = Line(obs.port)
    try:
        yield line
    finally:
        line.close()


def run(effort: Effort, result: Result) -> None:
    """Each turn ends OBS or its line in one way or another, heals it, changes OBS from outside, compares, takes."""
    chance = random.Random(effort.seed)
    looks: list[Held] = []
    with RealObs() as obs, line_to(obs) as line, tempfile.TemporaryDirectory() as folder:
        obs.stop()  # so that it keeps its scenes
        obs.start()
        path = Path(folder) / "soak.toml"
        path.write_text(SHOW.format(url=line.url))
        environment = {"CUEDROP_SECRET_OBS": obs.password}
        with ConsoleProcess(Path(folder) / "data", str(path), "--headless", environment=environment) as console:
            console.until_state(lambda state: state["obs"]["program"], within_s=BACK_WITHIN_S)
            for turn in effort.turns(TURNS):
                way = chance.choice(OF_OBS if turn % 2 == 0 else OF_THE_LINE)
                try:
                    _turn(console, obs, line, way=way, chance=chance, result=result)
                except AssertionError as error:
                    result.losses.append(f"turn {turn}, {way}: {str(error)[:1500]}")
                    break
                looks.append(Held.by(console.process.pid))
            result.losses += growth(looks)


def _turn(
    console: ConsoleProcess, obs: RealObs, line: Line, *, way: str, chance: random.Random, result: Result
) -> None:
    result.counts[way] += 1
    met = line.connections
    _spoil(obs, line, way)
    if way not in ("cut", "flapping", "trickling"):  # those are over before anybody could look
        state = console.until_state(lambda state: state["obs"]["link"] != "up")
        assert state["obs"]["program"] is None, "a scene was shown as proved without OBS"
        assert console.do("scene.cut", scene="Close")["outcome"] == "refused", "a take was not refused without OBS"
    _heal(obs, line, way)
    if way != "trickling":
        console.until(lambda: line.connections > met, within_s=BACK_WITHIN_S, what="a new connection")
    with obs.client(subscriptions=0) as bare:
        before = bare.call("GetCurrentProgramScene")["currentProgramSceneName"]
        healed_s = time.monotonic()
        console.until_state(lambda state: differences(state["obs"], bare) == [], within_s=BACK_WITHIN_S)
        result.counts[SLOWEST] = max(result.counts[SLOWEST], round((time.monotonic() - healed_s) * 1e3))
        now = bare.call("GetCurrentProgramScene")["currentProgramSceneName"]
        assert now == before, f"{now} was taken by nobody; {before} was on air"
        _take(console, bare, way, chance)
    result.counts["takes proved"] += 1


def _take(console: ConsoleProcess, bare: BareObs, way: str, chance: random.Random) -> None:
    """Somebody else changes OBS; the console shows it, and takes."""
    studio_mode, on_air = chance.random() < 0.5, chance.choice(SCENES)
    bare.call("SetStudioModeEnabled", studioModeEnabled=studio_mode)
    bare.call("SetCurrentSceneTransition", transitionName="Cut")
    bare.call("SetCurrentProgramScene", sceneName=on_air)
    state = console.until_state(lambda state: differences(state["obs"], bare) == [], within_s=BACK_WITHIN_S)
    scene = chance.choice([each for each in TAKEN if each != on_air])
    seen = state["obs"]["program"] or state["obs"]["claimed"]
    outcome = console.do("scene.cut", scene=scene, expect=seen)
    assert outcome["outcome"] == "done", f"a cut to {scene} after {way}: {outcome}"
    found = bare.call("GetCurrentProgramScene")["currentProgramSceneName"]
    assert found == scene, f"{found} is on air, not {scene}"


def _spoil(obs: RealObs, line: Line, way: str) -> None:
    """End OBS, or its line."""
    ways: dict[str, Callable[[], object]] = {
        "killed": obs.kill,
        "stopped": obs.stop,
        "frozen": obs.freeze,
        "cut": lambda: line.do(Proxy.cut),
        "half-open": lambda: line.do(Proxy.hold),
        "flapping": line.flap,
        "trickling": lambda: line.do(lambda proxy: proxy.trickle(chunk=512, delay_s=0.02)),
    }
    ways[way]()


def _heal(obs: RealObs, line: Line, way: str) -> None:
    """Back to a good line to an OBS that answers."""
    if way == "trickling":
        time.sleep(1.0)
    line.do(Proxy.be_fine)
    if way == "frozen":
        obs.thaw()
        obs.wait_ready()
    elif way in OF_OBS:
        obs.start()


def differences(shown: dict[str, Any], bare: BareObs) -> list[str]:
    """In what the console's state is not that of OBS; what it can't prove may be claimed only."""
    listed = bare.call("GetSceneList")
    studio_mode = bare.call("GetStudioModeEnabled")["studioModeEnabled"]
    truth = {
        "link": "up",
        "claimed": listed["currentProgramSceneName"],
        "studio_mode": studio_mode,
        "transition": bare.call("GetCurrentSceneTransition")["transitionName"],
        "in_transition": False,
    }
    if studio_mode:  # without it the preview is the console's own choice
        truth["preview"] = listed["currentPreviewSceneName"]
    found = [f"{name} is {shown[name]}, not {value}" for name, value in truth.items() if shown[name] != value]
    if set(shown["scenes"]) != {scene["sceneName"] for scene in listed["scenes"]}:
        found.append(f"scenes are {shown['scenes']}")
    if shown["program"] not in (None, truth["claimed"]):
        found.append(f"program is {shown['program']}")
    return found
