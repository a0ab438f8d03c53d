"""Take latency: from a key to OBS's program-changed event, against a bare websocket client; and from an API call.

A real OBS at 30 fps with its meters heard, a real window on Xvfb with four live tiles, 100 orders a second coming in,
and one witness with a connection of its own that times all ways: a key pressed by XTEST, a POST, and a bare
SetCurrentProgramScene. Key and bare client take turns of a few presses each, at random phases of OBS's frame: up to
33 ms of each figure is the wait for the next one. Then, with no orders: how soon another client's take is called lost
(in the journal, whose times are the machine's), and how soon an OBS that was started anew is known (by the API).
"""

import contextlib
import json
import queue
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.figures import Figure, against, p99, paired
from tests.bench.start import is_whole
from tests.bench.xtest import XDisplay
from tests.rigs.console import ROOT, ConsoleProcess
from tests.rigs.obs import BareObs, RealObs
from tests.rigs.screen import Screen

PAIRS = 300
CALLS = 60
ORDERS_PER_S = 100
WITHIN_S = 5.0
GUARD_S = 0.27  # longer than the guard against double presses
FRESH_S = 1.9  # so long a press by hand may be refused after somebody else's take: 1 s from when it is proved
BLOCK = 5  # presses of one way before the other's turn, since each turn of the keys waits FRESH_S
CHANGED = "CurrentProgramSceneChanged"
LOST = 20
TOLD_MS = 300  # promised, from the end of the transition
RESTARTS = 3
BACK_MS = 1000  # promised, from when its socket answers
FADE_MS = 700
TILES = ("wide", "close", "table", "slides")
SHOW = """
format = 1
name = "Bench of takes"
[obs]
url = "{obs}"
safe_scene = "Safe"
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
stock = 1000000
duration_s = 7200
"""
CAMERA = '[[cameras]]\nname = "{scene}"\nmrl = "{clip}"\nscene = "{scene}"\n'


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
        self._scene = "Wide"
        self._strange_s = 0.0  # when the bare client took last

    def _ready(self, *, by_hand: bool) -> str:
        """Have another scene in preview and nothing under way, at no particular phase of OBS's frame; returns it."""
        scene = "Close" if self._scene == "Wide" else "Wide"
        self._bare.call("SetCurrentPreviewScene", sceneName=scene)
        self._console.until_state(
            lambda state: (
                state["obs"]["preview"] == scene
                and state["obs"]["program"] not in (None, scene)
                and not state["obs"]["in_transition"]
            )
        )
        fresh_s = self._strange_s + FRESH_S - time.perf_counter() if by_hand else 0.0
        time.sleep(max(GUARD_S, fresh_s) + random.uniform(0.0, 0.1))
        self._scene = scene
        return scene

    def by_key(self) -> float:
        """The Space bar goes down."""
        scene = self._ready(by_hand=True)
        began_s = time.perf_counter()
        self._display.send(self._space, is_down=True)
        took_ms = (self._witness.when(scene) - began_s) * 1e3
        self._display.send(self._space, is_down=False)
        return took_ms

    def bare(self) -> float:
        """The floor: one request on an open websocket."""
        scene = self._ready(by_hand=False)
        began_s = time.perf_counter()
        self._bare.call("SetCurrentProgramScene", sceneName=scene)
        self._strange_s = self._witness.when(scene)
        return (self._strange_s - began_s) * 1e3

    def by_api(self) -> tuple[float, float]:
        """POST /v1/actions/scene.cut: milliseconds to its answer, which comes after the proof, and to the witness."""
        before = self._scene
        scene = self._ready(by_hand=False)
        began_s = time.perf_counter()
        outcome = self._console.do("scene.cut", scene=scene, expect=before)
        proved_s = time.perf_counter()
        assert outcome["outcome"] == "done", outcome
        return (proved_s - began_s) * 1e3, (self._witness.when(scene) - began_s) * 1e3


def measure(*, pairs: int = PAIRS, calls: int = CALLS) -> list[Figure]:
    """Milliseconds from the press to the witness by key against the bare client; by API to the proof and the event.

    Then what is promised of lost takes and of an OBS that comes back.
    """
    with (
        RealObs() as obs,
        Screen("1920x1080") as screen,
        XDisplay(screen.display) as display,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "bench.toml"
        cameras = [CAMERA.format(scene=clip.title(), clip=_clip(clip)) for clip in TILES]
        path.write_text(SHOW.format(obs=obs.url) + "".join(cameras))
        environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
        with ConsoleProcess(Path(folder) / "data", str(path), environment=environment) as console:
            console.until_state(is_whole, within_s=40)
            with obs.client(subscriptions=0) as bare, Witness(obs) as witness, buyers(console) as rate:
                bare.call("SetStudioModeEnabled", studioModeEnabled=True)
                screen.focus("Bench of takes")
                stage = Stage(console, bare, witness, display)
                figures = [*_by_key(stage, pairs), *_by_api(stage, calls), _injection(display)]
            figures.append(against("orders coming in meanwhile, those meant", rate[0], ORDERS_PER_S, "1/s", ""))
            return [*figures, _lost(console, obs), _back(console, obs)]


def _clip(name: str) -> str:
    return (ROOT / "resources" / "practice" / f"{name}.mp4").as_uri()


@contextlib.contextmanager
def buyers(console: ConsoleProcess) -> Iterator[list[float]]:
    """A drop that is open with ORDERS_PER_S; at the end the list holds the rate that the console has seen."""
    for action in ("drop.arm", "drop.fire"):
        assert console.do(action, drop="cap-01")["outcome"] == "done", action
    state = console.until_state(lambda state: state["drops"][0]["state"] == "open")
    command = [sys.executable, "-m", "tests.bench.crowd", state["shop"]["url"], "cap-01", str(ORDERS_PER_S)]
    crowd = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    rate: list[float] = []
    try:
        console.until_state(lambda state: state["sale"]["sold"] > ORDERS_PER_S)
        sold, began_s = console.state()["sale"]["sold"], time.monotonic()
        yield rate
        rate.append((console.state()["sale"]["sold"] - sold) / (time.monotonic() - began_s))
    finally:
        assert crowd.stdin is not None
        crowd.stdin.close()
        crowd.wait(10)
        console.do("drop.close", drop="cap-01")  # else its shop would sell on when the console has gone


def _by_key(stage: Stage, pairs: int) -> list[Figure]:
    keys: list[float] = []
    floors: list[float] = []
    for _ in range(2):  # warms
        stage.by_key()
        stage.bare()
    for _ in range(max(1, pairs // BLOCK)):
        floors += [stage.bare() for _ in range(BLOCK)]
        keys += [stage.by_key() for _ in range(BLOCK)]
    worst = f"max {max(keys):.0f}, the floor's {max(floors):.0f}"
    middle = (statistics.median(keys), statistics.median(floors))
    return [
        paired("take by key to OBS's event, bare websocket client", keys, floors, "ms"),
        against("take by key to OBS's event, median (at most x1.1)", *middle, "ms", f"{len(keys)} each"),
        against("take by key to OBS's event, p99 (at most x1.3)", p99(keys), p99(floors), "ms", worst),
    ]


def _by_api(stage: Stage, calls: int) -> list[Figure]:
    stage.by_api()
    took = [stage.by_api() for _ in range(calls)]
    proofs, events = [proof for proof, _ in took], [event for _, event in took]
    more = [proof - event for proof, event in took]
    name = "take by API to the proof, OBS's event (at most 5 ms more)"
    spread = f"{statistics.median(more):+.1f} ms median, {max(more):+.1f} ms at most"
    return [against(name, statistics.median(proofs), statistics.median(events), "ms", spread)]


def _lost(console: ConsoleProcess, obs: RealObs) -> Figure:
    """From the end of the transition that another client took into, until the console says that it was lost."""
    ended_ns = []
    with obs.client(subscriptions=1 << 4) as other:  # transitions
        other.call("SetCurrentSceneTransition", transitionName="Fade")
        other.call("SetCurrentSceneTransitionDuration", transitionDuration=FADE_MS)
        for _ in range(LOST):
            now = console.until_state(lambda state: state["obs"]["program"])["obs"]["program"]
            first, second = (scene for scene in ("Wide", "Close", "Table") if scene != now)
            other.call("GetVersion")  # what came before its answer is of the last one
            other.events.clear()
            other.call("SetCurrentProgramScene", sceneName=first)
            other.wait_event("SceneTransitionStarted")
            time.sleep(FADE_MS / 3500)  # well inside the transition, where OBS loses takes
            other.call("SetCurrentProgramScene", sceneName=second)
            other.wait_event("SceneTransitionEnded")
            ended_ns.append(time.monotonic_ns())
            console.until_state(lambda state: (state["obs"]["take"] or {}).get("state") == "lost")
            assert console.do("take.put_right")["outcome"] == "done"
    (journal,) = (console.data_dir / "journal").glob("*.jsonl")
    entries = (json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}"))
    told_ns = [entry["mono_ns"] for entry in entries if entry["kind"] == "take.lost"]
    took = [(told - ended) / 1e6 for ended, told in zip(ended_ns, told_ns, strict=True)]
    worst = f"max {max(took):.0f} of {len(took)}"
    return against("a lost take is named after the transition, at most", statistics.median(took), TOLD_MS, "ms", worst)


def _back(console: ConsoleProcess, obs: RealObs) -> Figure:
    """From when an OBS that was started anew answers at all, to a state that says what is on air."""
    took = []
    for _ in range(RESTARTS):
        obs.stop()  # it keeps its scenes
        console.until_state(lambda state: state["obs"]["link"] != "up")
        obs.start(wait=False)
        obs.wait_socket()
        answers_s = time.perf_counter()
        console.until_state(lambda state: state["obs"]["link"] == "up" and state["obs"]["program"])
        took.append((time.perf_counter() - answers_s) * 1e3)
    worst = f"max {max(took):.0f} of {len(took)}"
    return against("OBS started anew is known, at most", statistics.median(took), BACK_MS, "ms", worst)


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
