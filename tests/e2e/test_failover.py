"""The failover of a whole console: a real camera stream that stops, the countdown, SAFE, and the hand that wins."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.practice import PracticeRig, practice_rig
from tests.rigs.streams import Sender, srt

pytestmark = [pytest.mark.slow, pytest.mark.real]

State = dict[str, Any]

SHOW = """
format = 1
name = "Van"
[obs]
url = "{obs}"
safe_scene = "Safe"
[failover]
countdown_s = 2.0
[[cameras]]
name = "Wide"
scene = "Wide"
mrl = "{wide}"
[[cameras]]
name = "Capture"
scene = "Dark"
[shop]
kind = "manual"
"""


@pytest.fixture(scope="module")
def obs() -> Iterator[PracticeRig]:
    with practice_rig() as rig:
        with rig.client() as other:
            other.call("CreateScene", sceneName="Dark")  # as a capture card shows it without a signal
        yield rig


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    with srt() as sender:
        yield sender


@pytest.fixture(scope="module")
def console(obs: PracticeRig, sender: Sender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    folder = tmp_path_factory.mktemp("van")
    path = folder / "show.toml"
    path.write_text(SHOW.format(obs=obs.url, wide=sender.mrl))
    environment = {"CUEDROP_SECRET_OBS": obs.password}
    with ConsoleProcess(folder / "data", str(path), "--headless", environment=environment) as console:
        yield console


@pytest.fixture(autouse=True)
def watching(console: ConsoleProcess, sender: Sender) -> Iterator[None]:
    """Wide is on air and live, and the failover watches it; afterwards the camera sends again."""
    console.until_state(lambda state: is_live(state) and state["obs"]["link"] == "up", within_s=30)
    if console.state()["obs"]["program"] != "Wide":
        console.done("scene.cut", scene="Wide")
    console.done("failover.set", on=True)
    yield
    sender.start()
    console.done("failover.set", on=False)


def is_live(state: State) -> bool:
    return bool(state["cameras"][0]["state"] == "live")


def is_counting(state: State) -> bool:
    return bool(state["failover"]["due"])


def alarms(state: State) -> list[str]:
    """What is wrong, but for the capture card that has no signal."""
    return [alarm["kind"] for alarm in state["alarms"] if alarm["id"] != "camera.Capture"]


def journal(console: ConsoleProcess) -> list[dict[str, Any]]:
    (path,) = (console.data_dir / "journal").glob("*.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def failover_kinds(console: ConsoleProcess, since: int) -> list[str]:
    return [entry["kind"] for entry in journal(console)[since:] if entry["kind"].startswith("failover.")]


def test_a_camera_that_stops_on_air_is_announced_and_ends_in_safe(console: ConsoleProcess, sender: Sender) -> None:
    since = len(journal(console))
    sender.freeze()
    state = console.until_state(is_counting, within_s=20)
    assert state["obs"]["program"] == "Wide"
    assert state["failover"]["why"] in ('Camera "Wide" stands still.', 'Camera "Wide" is lost.')
    state = console.until_state(lambda state: state["obs"]["program"] == "Safe", within_s=10)
    console.until_state(lambda state: state["failover"]["has_taken"])
    assert failover_kinds(console, since) == ["failover.counting", "failover.taking", "failover.taken"]
    counted, taken = (
        next(entry for entry in journal(console)[since:] if entry["kind"] == kind)
        for kind in ("failover.counting", "take.proved")
    )
    assert taken["origin"] == "automation"
    assert taken["mono_ns"] - counted["mono_ns"] >= 2.0e9
    sender.start()
    state = console.until_state(is_live, within_s=30)
    assert (state["obs"]["program"], state["failover"]["has_taken"]) == ("Safe", True)
    assert alarms(state) == ["failover.taken"]
    console.done("scene.cut", scene="Wide")
    console.until_state(lambda state: not state["failover"]["has_taken"] and alarms(state) == [])


def test_a_countdown_that_is_held_takes_nothing(console: ConsoleProcess, sender: Sender) -> None:
    since = len(journal(console))
    sender.freeze()
    console.until_state(is_counting, within_s=20)
    console.done("scene.cancel")
    assert console.state()["failover"]["is_held"]
    sender.start()
    console.until_state(lambda state: is_live(state) and not state["failover"]["is_held"], within_s=30)
    assert console.state()["obs"]["program"] == "Wide"
    assert failover_kinds(console, since) == ["failover.counting", "failover.held", "failover.watching"]


def test_a_take_by_hand_during_the_countdown_wins(console: ConsoleProcess, sender: Sender) -> None:
    since = len(journal(console))
    sender.freeze()
    console.until_state(is_counting, within_s=20)
    console.done("scene.cut", scene="Table")
    state = console.until_state(lambda state: state["obs"]["program"] == "Table")
    assert not is_counting(state)
    sender.start()
    console.until_state(is_live, within_s=30)
    assert console.state()["obs"]["program"] == "Table"
    assert failover_kinds(console, since) == ["failover.counting", "failover.stopped"]


def test_a_tile_from_obs_that_is_black_on_air_is_a_fault_too(console: ConsoleProcess) -> None:
    console.until_state(lambda state: state["cameras"][1]["state"] == "black")
    console.done("scene.cut", scene="Dark")
    state = console.until_state(is_counting, within_s=20)
    assert state["failover"]["why"] == 'Camera "Capture" is black.'
    console.until_state(lambda state: state["failover"]["has_taken"] and state["obs"]["program"] == "Safe")
