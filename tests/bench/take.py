"""Take latency: from a key and from the control API to OBS's program-changed event, against a bare websocket client.

A real OBS, a real window on Xvfb with two SRT cameras, and one witness with a connection of its own that times all
three ways: a key pressed by XTEST, a POST, and a bare SetCurrentProgramScene. They take turns, at random phases of
OBS's frame (30 fps: up to 33 ms of each figure is the wait for the next one).
"""

import queue
import random
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.figures import Figure, against, p95, paired
from tests.bench.start import is_whole
from tests.bench.xtest import XDisplay
from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import BareObs, RealObs
from tests.rigs.screen import Screen
from tests.rigs.streams import Encoder

ROUNDS = 30
WITHIN_S = 5.0
CHANGED = "CurrentProgramSceneChanged"
SHOW = """
format = 1
name = "Bench of takes"
[obs]
url = "{obs}"
safe_scene = "Safe"
[[cameras]]
name = "Wide"
mrl = "{wide}"
scene = "Wide"
[[cameras]]
name = "Close"
mrl = "{close}"
scene = "Close"
[audio]
device = "practice"
[[audio.channels]]
name = "Host"
inputs = [1]
[shop]
listen = "127.0.0.1:0"
"""


class Witness:
    """Notes when (perf_counter seconds) OBS told a client of its own that a scene is on program."""

    def __init__(self, obs: RealObs) -> None:
        self._client = obs.client(subscriptions=1 << 2)  # scenes
        self._seen: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self._is_on = True
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_on = False
        self._thread.join()
        self._client.close()

    def _listen(self) -> None:
        while self._is_on:
            try:
                data = self._client.wait_event(CHANGED, 0.2)
            except TimeoutError:
                continue
            self._seen.put((data["sceneName"], time.perf_counter()))

    def when(self, scene: str) -> float:
        """When `scene` went on program; what came before is passed over."""
        while True:
            name, at_s = self._seen.get(timeout=WITHIN_S)
            if name == scene:
                return at_s


class Stage:
    """The three ways to take, each in milliseconds until the witness knew."""

    def __init__(self, console: ConsoleProcess, bare: BareObs, witness: Witness, display: XDisplay) -> None:
        self._console, self._bare, self._witness, self._display = console, bare, witness, display
        self._space = display.code("space")

    def ready(self, scene: str) -> None:
        """Have `scene` in preview and nothing under way, and be at no particular phase of OBS's frame."""
        self._bare.call("SetCurrentPreviewScene", sceneName=scene)
        self._console.until_state(
            lambda state: (
                state["obs"]["preview"] == scene
                and state["obs"]["program"] not in (None, scene)
                and not state["obs"]["in_transition"]
            )
        )
        time.sleep(0.3 + random.uniform(0.0, 0.1))  # longer than the guard against double presses

    def by_key(self, scene: str) -> float:
        """The Space bar goes down."""
        self.ready(scene)
        began_s = time.perf_counter()
        self._display.send(self._space, is_down=True)
        took_ms = (self._witness.when(scene) - began_s) * 1e3
        self._display.send(self._space, is_down=False)
        return took_ms

    def by_api(self, scene: str) -> float:
        """POST /v1/actions/scene.cut; the answer comes after the proof, the witness knows before."""
        self.ready(scene)
        began_s = time.perf_counter()
        outcome = self._console.do("scene.cut", scene=scene)
        assert outcome["outcome"] == "done", outcome
        return (self._witness.when(scene) - began_s) * 1e3

    def bare(self, scene: str) -> float:
        """The floor: one request on an open websocket."""
        self.ready(scene)
        began_s = time.perf_counter()
        self._bare.call("SetCurrentProgramScene", sceneName=scene)
        return (self._witness.when(scene) - began_s) * 1e3


def measure(*, rounds: int = ROUNDS) -> list[Figure]:
    """Milliseconds from the press to the witness, by key and by API, each against the bare client of the same round."""
    with (
        RealObs() as obs,
        Encoder() as wide,
        Encoder() as close,
        Screen("1920x1080") as screen,
        XDisplay(screen.display) as display,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "bench.toml"
        path.write_text(SHOW.format(obs=obs.url, wide=wide.mrl, close=close.mrl))
        environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
        with ConsoleProcess(Path(folder) / "data", str(path), environment=environment) as console:
            console.until_state(is_whole, within_s=40)
            with obs.client(subscriptions=0) as bare, Witness(obs) as witness:
                bare.call("SetStudioModeEnabled", studioModeEnabled=True)
                screen.focus("Bench of takes")
                return [*_rounds(Stage(console, bare, witness, display), rounds), _injection(display)]


def _rounds(stage: Stage, rounds: int) -> list[Figure]:
    ways = {"key": stage.by_key, "api": stage.by_api, "bare": stage.bare}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    scene = "Close"
    for turn in range(rounds + 1):
        for name in random.sample(list(ways), len(ways)):
            took_ms = ways[name](scene)
            scene = "Close" if scene == "Wide" else "Wide"
            if turn:  # the first warms
                taken[name].append(took_ms)
    key, api, floor = taken["key"], taken["api"], taken["bare"]
    figures = [
        paired("take by key to OBS's event, bare websocket client", key, floor, "ms"),
        paired("take by API to OBS's event, bare websocket client", api, floor, "ms"),
    ]
    for name, of in (("key", key), ("API", api)):
        worst = f"max {max(of):.0f}, the floor's {max(floor):.0f}"
        figures.append(against(f"take by {name} to OBS's event, p95", p95(of), p95(floor), "ms", worst))
    return figures


def _injection(display: XDisplay, *, presses: int = 200) -> Figure:
    """What pressing the key costs by itself, which is within the take by key: XTEST and the X server's answer."""
    shift = display.code("Shift_L")
    pressed, empty = [], []
    for turn in range(2 * presses):
        began_s = time.perf_counter()
        display.send(shift, is_down=turn % 2 == 0)
        display.sync()
        pressed.append((time.perf_counter() - began_s) * 1e3)
        began_s = time.perf_counter()
        display.sync()
        empty.append((time.perf_counter() - began_s) * 1e3)
    return paired("key injection by XTEST (within the take by key), X round trip", pressed, empty, "ms")
