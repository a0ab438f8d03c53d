"""The first real show: a real OBS, two SRT cameras, keys on a real window, and everything killed once."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import BareObs, RealObs
from tests.rigs.screen import Screen
from tests.rigs.streams import Encoder

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = """
format = 1
name = "First real show"
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
[[audio.channels]]
name = "Guest"
inputs = [2]
[[audio.returns]]
name = "Guest"
listener = ["Guest"]
outputs = [1]
[shop]
listen = "127.0.0.1:0"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 5
duration_s = 120
"""


@pytest.fixture(scope="module")
def obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


@pytest.fixture(scope="module")
def cameras() -> Iterator[list[Encoder]]:
    with Encoder(size="640x360", rate=25) as wide, Encoder(size="640x360", rate=25) as close:
        yield [wide, close]


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with Screen("1280x720") as screen:
        yield screen


@pytest.fixture(scope="module")
def show(obs: RealObs, cameras: list[Encoder], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_show(tmp_path_factory.mktemp("show") / "first.toml", obs, cameras)


def write_show(path: Path, obs: RealObs, cameras: list[Encoder]) -> Path:
    path.write_text(SHOW.format(obs=obs.url, wide=cameras[0].mrl, close=cameras[1].mrl))
    return path


@pytest.fixture
def witness(obs: RealObs) -> Iterator[BareObs]:
    with obs.client() as witness:
        obs.reset(witness)
        yield witness


@pytest.fixture(scope="module")
def console(
    show: Path, obs: RealObs, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ConsoleProcess]:
    environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
    with ConsoleProcess(tmp_path_factory.mktemp("real") / "data", str(show), environment=environment) as console:
        console.until_state(is_whole, within_s=40)
        yield console


def is_whole(state: dict[str, Any]) -> bool:
    return bool(
        state["obs"]["link"] == state["audio"]["link"] == state["shop"]["link"] == "up"
        and all(camera["state"] == "live" for camera in state["cameras"])
    )


def witness_sees(witness: BareObs, scene: str) -> None:
    """OBS tells the witness of a change to `scene`; what the tidying before the test changed is passed over."""
    while witness.wait_event("CurrentProgramSceneChanged")["sceneName"] != scene:
        pass


def child(console: ConsoleProcess, name: str) -> psutil.Process:
    """The worker whose process holds what `name` says open: the camera workers hold libVLC, the engine PortAudio."""
    for process in psutil.Process(console.process.pid).children(recursive=True):
        try:
            if any(name in mapped.path for mapped in process.memory_maps()):
                return process
        except psutil.Error:
            continue
    raise AssertionError(f"no child with {name}")


def test_a_take_by_api_is_confirmed_by_an_independent_witness(console: ConsoleProcess, witness: BareObs) -> None:
    console.until_state(lambda state: state["obs"]["program"] == "Wide")
    outcome = console.do("scene.cut", scene="Close", expect="Wide")
    assert outcome["outcome"] == "done", outcome
    witness_sees(witness, "Close")
    assert witness.call("GetCurrentProgramScene")["currentProgramSceneName"] == "Close"
    assert console.state()["obs"]["program"] == "Close"


def test_takes_by_key_are_confirmed_by_an_independent_witness(
    console: ConsoleProcess, witness: BareObs, screen: Screen
) -> None:
    console.done("studio_mode.set", on=True)
    scenes = console.until_state(lambda state: state["obs"]["preview"])["obs"]["scenes"]
    screen.focus("First real show")
    screen.key(str(scenes.index("Close") + 1))
    console.until_state(lambda state: state["obs"]["preview"] == "Close")
    time.sleep(1.1)  # a press by hand within a second of the tidying's take is refused once
    screen.key("space")
    witness_sees(witness, "Close")
    console.until_state(lambda state: state["obs"]["program"] == "Close")
    screen.key(str(scenes.index("Wide") + 1))
    console.until_state(lambda state: state["obs"]["preview"] == "Wide")
    time.sleep(0.3)  # a press within the guard time is a double press, and refused
    screen.key("Return")
    console.until_state(lambda state: state["obs"]["program"] == "Wide")
    screen.hold("Escape", 0.7)
    console.until_state(lambda state: state["obs"]["program"] == "Safe")
    assert witness.call("GetCurrentProgramScene")["currentProgramSceneName"] == "Safe"


def test_the_tiles_move(console: ConsoleProcess) -> None:
    console.until_state(lambda state: all(camera["fps"] > 15 for camera in state["cameras"]))


def test_a_buyer_buys_what_the_key_has_fired(console: ConsoleProcess, screen: Screen) -> None:
    screen.focus("First real show")
    screen.key("d")
    console.until_state(lambda state: state["drops"][0]["state"] == "armed")
    screen.hold("f", 0.8)
    state = console.until_state(lambda state: state["drops"][0]["state"] == "open")
    bought = console.client.post(
        f"{state['shop']['public_url']}/v1/drops/cap-01/orders",
        json={"quantity": 2},
        headers={"Idempotency-Key": '"a-buyer"'},
    )
    assert bought.status_code == 201, bought.text
    console.until_state(lambda state: (state["drops"][0]["sold"], state["drops"][0]["stock_left"]) == (2, 3))
    screen.hold("x", 0.8)
    console.until_state(lambda state: state["drops"][0]["state"] == "closed" and state["checkout"] == "closed")


@pytest.mark.parametrize("library", ["libvlc", "_portaudio"])
def test_a_killed_worker_costs_its_own_panel_and_heals(console: ConsoleProcess, library: str) -> None:
    console.until_state(is_whole)
    if library == "_portaudio":
        victims = [p for p in psutil.Process(console.process.pid).children(recursive=True) if is_engine(p)]
        victim = victims[0]
    else:
        victim = child(console, library)
    os.kill(victim.pid, signal.SIGKILL)
    console.until(lambda: not victim.is_running(), what="the end of the worker")
    console.until_state(is_whole, within_s=20)
    assert console.state()["obs"]["link"] == "up"


def is_engine(process: psutil.Process) -> bool:
    """The sound engine maps numpy, no libVLC, and is a spawned worker."""
    try:
        maps = " ".join(mapped.path for mapped in process.memory_maps())
    except psutil.Error:
        return False
    return "numpy" in maps and "libvlc" not in maps and "PySide6" not in maps


def test_obs_killed_and_started_again_is_back_with_its_whole_state(console: ConsoleProcess, obs: RealObs) -> None:
    obs.kill()
    state = console.until_state(lambda state: state["obs"]["link"] != "up")
    assert state["obs"]["program"] is None
    refused = console.do("scene.cut", scene="Close")
    assert refused["outcome"] == "refused"
    console.until_state(lambda state: any(alarm["kind"] == "obs.down" for alarm in state["alarms"]))
    obs.start()
    state = console.until_state(lambda state: state["obs"]["link"] == "up" and state["obs"]["program"], within_s=30)
    assert set(state["obs"]["scenes"]) >= {"Wide", "Close", "Table", "Safe"}
    cut = console.do("scene.cut", scene="Table", expect=state["obs"]["program"])
    assert cut["outcome"] == "done", cut
    with obs.client() as witness:
        assert witness.call("GetCurrentProgramScene")["currentProgramSceneName"] == "Table"


def test_a_killed_console_leaves_no_worker_and_the_next_one_goes_on(
    obs: RealObs, screen: Screen, tmp_path: Path
) -> None:
    with Encoder() as wide, Encoder() as close:
        kill_and_go_on(write_show(tmp_path / "show.toml", obs, [wide, close]), obs, screen, tmp_path)


def kill_and_go_on(show: Path, obs: RealObs, screen: Screen, tmp_path: Path) -> None:
    environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
    first = ConsoleProcess(tmp_path / "data", str(show), environment=environment)
    first.wait_for_control()
    first.until_state(is_whole, within_s=40)
    assert first.do("drop.arm", drop="cap-01")["outcome"] == "done"
    assert first.do("drop.fire", drop="cap-01")["outcome"] == "done"
    state = first.state()
    workers = [
        p for p in psutil.Process(first.process.pid).children(recursive=True) if "shop" not in " ".join(p.cmdline())
    ]
    first.kill()
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive, alive
    with ConsoleProcess(tmp_path / "data", str(show), environment=environment) as second:
        again = second.until_state(lambda state: state["drops"][0]["state"] == "open", within_s=30)
        assert again["shop"]["public_url"] == state["shop"]["public_url"], "the shop was adopted, not started anew"
        assert again["drops"][0]["closes_at"] == state["drops"][0]["closes_at"]
        second.until_state(is_whole, within_s=40)
        assert second.do("sale.stop")["outcome"] == "done"
        second.until_state(lambda state: state["drops"][0]["state"] == "closed")
