"""Bad input and faults at the whole console: OBS, cameras and sound. Each costs its own panel, and says what to do."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import jack as jacks
from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import RealObs, free_port
from tests.rigs.practice import PracticeRig, practice_rig
from tests.rigs.streams import talker

pytestmark = pytest.mark.slow

State = dict[str, Any]

SHOW = """
format = 1
name = "Van"
[obs]
url = "{obs}"
safe_scene = "Safe"
[shop]
kind = "manual"
"""


@pytest.fixture(scope="module")
def obs() -> Iterator[PracticeRig]:
    with practice_rig() as rig:
        yield rig


@pytest.fixture(scope="module")
def console(obs: PracticeRig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    with start(tmp_path_factory.mktemp("van"), SHOW.format(obs=obs.url), obs.password) as console:
        console.until_state(is_up)
        yield console
        assert console.process.poll() is None, "the console did not live through it all"


def start(folder: Path, show: str, password: str = "") -> ConsoleProcess:
    path = folder / "show.toml"
    path.write_text(show)
    environment = {"CUEDROP_SECRET_OBS": password} if password else None
    return ConsoleProcess(folder / "data", str(path), "--headless", environment=environment)


def is_up(state: State) -> bool:
    return bool(state["obs"]["link"] == "up" and state["obs"]["program"])


def alarm(state: State, id: str) -> dict[str, str]:
    """The alarm of that id; {} while there is none. Every alarm says what happened and what to do."""
    for one in state["alarms"]:
        assert one["what"], one
        assert one["fix"], one
    found: dict[str, str] = next((one for one in state["alarms"] if one["id"] == id), {})
    return found


def alarms_with(id: str, *words: str) -> Callable[[State], bool]:
    """True when the alarm is there and its words and fix hold every one of `words`."""

    def told(state: State) -> bool:
        one = alarm(state, id)
        return bool(one) and all(word in f"{one['what']} {one['fix']}" for word in words)

    return told


def kinds(console: ConsoleProcess) -> list[str]:
    (journal,) = (console.data_dir / "journal").glob("*.jsonl")
    return [json.loads(line)["kind"] for line in journal.read_text().splitlines()]


# --- OBS ---


def test_a_wrong_password_is_named_and_the_right_one_is_all_it_takes(obs: PracticeRig, tmp_path: Path) -> None:
    with start(tmp_path, SHOW.format(obs=obs.url), "wrong") as console:
        state = console.until_state(alarms_with("obs", "password"))
        fix = alarm(state, "obs")["fix"]
        assert "secret set obs" in fix or "CUEDROP_SECRET_OBS" in fix, "the way of this machine"
        assert state["obs"]["program"] is None
        refused = console.do("scene.cut", scene="Wide")
        assert refused["outcome"] == "refused"
        assert console.end() == 1, "an OBS that was never there is a problem of the run"
    assert "password" in console.log_path.read_text()


def test_no_obs_is_said_and_one_that_comes_later_is_found(tmp_path: Path) -> None:
    with practice_rig() as late:
        late.stop()
        with start(tmp_path, SHOW.format(obs=late.url), late.password) as console:
            console.until_state(alarms_with("obs", "OBS", "Start"))
            late.start()
            console.until_state(is_up, within_s=20)
            console.until_state(lambda state: state["alarms"] == [])
            assert console.end() == 0, "trouble that healed is no problem"


def test_an_obs_that_ends_and_comes_back_is_read_anew(console: ConsoleProcess, obs: PracticeRig) -> None:
    obs.stop()
    state = console.until_state(alarms_with("obs", "OBS"))
    assert state["obs"]["program"] is None
    refused = console.do("scene.cut", scene="Wide")
    assert refused["outcome"] == "refused"
    assert refused["why"]
    obs.start()
    console.until_state(is_up, within_s=20)
    console.done("scene.cut", scene="Close")
    console.until_state(lambda state: state["alarms"] == [])


def test_an_obs_that_still_loads_is_waited_for(console: ConsoleProcess, obs: PracticeRig) -> None:
    obs.do(lambda: obs.server.misbehave(not_ready=True))
    obs.stop()
    obs.start()
    state = console.until_state(lambda state: state["obs"]["link"] == "connecting", within_s=20)
    assert state["obs"]["program"] is None
    refused = console.do("scene.cut", scene="Close")
    assert refused["outcome"] == "refused"
    obs.do(obs.server.misbehave)
    console.until_state(is_up, within_s=20)


def test_a_scene_deleted_while_on_air_leaves_the_list_and_what_follows_is_shown(
    console: ConsoleProcess, obs: PracticeRig
) -> None:
    console.until_state(is_up)
    with obs.client() as other:
        other.call("CreateScene", sceneName="Extra")
        console.until_state(lambda state: "Extra" in state["obs"]["scenes"])
        assert console.do("scene.cut", scene="Extra")["outcome"] in ("done", "failed")  # empty: nothing can prove it
        other.call("RemoveScene", sceneName="Extra")
        truth = other.call("GetCurrentProgramScene")["currentProgramSceneName"]
    state = console.until_state(
        lambda state: "Extra" not in state["obs"]["scenes"] and state["obs"]["program"] == truth
    )
    assert state["obs"]["claimed"] == truth
    gone = console.do("scene.cut", scene="Extra")
    assert gone["outcome"] == "refused"
    assert "Extra" in gone["why"]
    console.done("scene.cut", scene="Close", expect=truth)


def test_a_scene_renamed_while_on_air_is_followed(console: ConsoleProcess, obs: PracticeRig) -> None:
    before = console.until_state(lambda state: state["obs"]["program"])["obs"]["program"]
    console.done("scene.cut", scene="Table", expect=before)
    with obs.client() as other:
        other.call("SetSceneName", sceneName="Table", newSceneName="Bench")
        console.until_state(lambda state: state["obs"]["program"] == "Bench" and "Table" not in state["obs"]["scenes"])
        assert console.do("scene.cut", scene="Table")["outcome"] == "refused"
        console.done("scene.cut", scene="Close")
        console.done("scene.cut", scene="Bench")
        other.call("SetSceneName", sceneName="Bench", newSceneName="Table")
    console.until_state(lambda state: state["obs"]["program"] == "Table")


def test_a_safe_scene_that_was_renamed_is_the_safe_scene_still(console: ConsoleProcess, obs: PracticeRig) -> None:
    with obs.client() as other:
        other.call("SetSceneName", sceneName="Safe", newSceneName="Gone")
        console.until_state(lambda state: "Gone" in state["obs"]["scenes"])
        console.done("scene.safe")
        assert console.state()["obs"]["program"] == "Gone"
        other.call("SetSceneName", sceneName="Gone", newSceneName="Safe")
    console.until_state(lambda state: state["obs"]["program"] == "Safe")


def test_garbage_on_the_practice_port_hurts_nobody(console: ConsoleProcess, obs: PracticeRig) -> None:
    port = int(obs.url.rsplit(":", 1)[1])
    for garbage in (b"\x00" * 4096, b"GET / HTTP/1.1\r\n\r\n", os.urandom(65_536), b""):
        say(port, garbage)
    console.done("scene.cut", scene="Wide")
    assert console.state()["obs"]["link"] == "up"


def test_garbage_on_the_control_port_hurts_nobody(console: ConsoleProcess) -> None:
    port = int(console.url.rsplit(":", 1)[1])
    head = b"POST /v1/actions/scene.cut HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + console.token.encode()
    for garbage in (
        b"\x00" * 4096,
        os.urandom(65_536),
        b"GET " + b"a" * 200_000,
        head + b"\r\nContent-Length: 9\r\n\r\n{",
    ):
        say(port, garbage)
    for body in (b"\xff\xfe", b"[" * 50_000, b'{"scene": 1e999}', b'{"scene": ["Wide"]}', b"null"):
        answer = console.client.post("/v1/actions/scene.cut", content=body)
        assert answer.status_code in (400, 413, 422), answer.text
        assert answer.json()["title"], answer.text
    assert console.client.post("/v1/actions/no.such.thing", json={}).status_code == 404
    assert console.client.get("/v1/state", headers=[(b"Authorization", b"Bearer \xff")]).status_code == 401
    assert console.state()["obs"]["link"] == "up"


def say(port: int, what: bytes) -> None:
    """Send bytes to a port of this machine and hang up, whatever it thinks of them."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        try:
            line.sendall(what)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(2)
            line.recv(4096)
        except OSError:
            return


@pytest.mark.real
def test_a_take_on_a_frozen_obs_is_refused_or_failed_and_never_waits(tmp_path: Path) -> None:
    with RealObs() as obs, start(tmp_path, SHOW.format(obs=obs.url), obs.password) as console:
        console.until_state(is_up, within_s=30)
        console.done("scene.cut", scene="Table")
        obs.freeze()
        try:
            in_flight = console.do("scene.cut", scene="Close")  # heard from a moment ago, or not any more
            assert in_flight["outcome"] in ("failed", "refused"), in_flight
            late = console.do("scene.cut", scene="Wide")
            assert late["outcome"] == "refused", late
            assert late["why"], late
            state = console.until_state(alarms_with("obs", "OBS"))
            assert state["obs"]["program"] is None, "nothing is proved of a frozen OBS"
        finally:
            obs.thaw()
        state = console.until_state(is_up, within_s=30)
        with obs.client() as witness:
            truth = witness.call("GetCurrentProgramScene")["currentProgramSceneName"]
        assert truth != "Wide", "a refused take went on air"
        assert state["obs"]["claimed"] == truth
        if in_flight["outcome"] == "failed" and truth == "Close":
            console.until(lambda: "take.landed_late" in kinds(console), what=lambda: kinds(console)[-20:])
        console.done("scene.cut", scene="Wide")


@pytest.mark.real
def test_a_take_is_refused_once_obs_was_silent_for_150_ms(tmp_path: Path) -> None:
    with RealObs() as obs, start(tmp_path, SHOW.format(obs=obs.url), obs.password) as console:
        console.until_state(is_up, within_s=30)
        obs.freeze()
        silent_since_s = time.monotonic()
        try:
            console.until(lambda: time.monotonic() - silent_since_s > 0.2)  # the law counts real time
            refused = console.do("scene.cut", scene="Close")
            assert refused["outcome"] == "refused", refused
            assert "take.sent" not in kinds(console)
        finally:
            obs.thaw()
        console.until_state(is_up, within_s=30)
        with obs.client() as witness:
            assert witness.call("GetCurrentProgramScene")["currentProgramSceneName"] == "Wide"


# --- cameras ---


def test_cameras_that_resolve_to_nothing_hang_or_send_garbage_each_say_so(obs: PracticeRig, tmp_path: Path) -> None:
    with talker(None) as silent, talker(os.urandom(200_000)) as noisy:
        cameras = {
            "Nowhere": "http://no-such-host.invalid/live.ts",
            "Refuses": f"http://127.0.0.1:{free_port()}/live.ts",
            "Hangs": f"http://{silent}/live.ts",
            "Garbage": f"http://{noisy}/live.ts",
            "No file": str(tmp_path / "none.mp4"),
        }
        rows = "".join(f'[[cameras]]\nname = "{name}"\nmrl = "{mrl}"\n' for name, mrl in cameras.items())
        path = tmp_path / "show.toml"
        path.write_text(SHOW.format(obs=obs.url) + rows + '[[cameras]]\nname = "Wide"\nscene = "Wide"\n')
        with ConsoleProcess(
            tmp_path / "data", str(path), "--headless", "--trust", environment={"CUEDROP_SECRET_OBS": obs.password}
        ) as console:
            state = console.until_state(
                lambda state: all(alarm(state, f"camera.{name}") for name in cameras), within_s=40
            )
            assert len({alarm(state, f"camera.{name}")["fix"] for name in cameras}) >= 4, state["alarms"]
            good = next(camera for camera in state["cameras"] if camera["name"] == "Wide")
            assert good["state"] == "live", "a bad camera cost a good one its tile"
            console.done("scene.cut", scene="Close")


# --- sound ---

SOUND = """
[audio]
device = "{device}"
sample_rate_hz = {rate}
block_frames = 256
[[audio.channels]]
name = "Host"
inputs = [1]
[[audio.channels]]
name = "Far"
inputs = [{far}]
[[audio.returns]]
name = "Host"
listener = ["Host"]
outputs = [{out}]
"""


def test_no_sound_device_is_said_and_costs_only_the_sound(obs: PracticeRig, tmp_path: Path) -> None:
    sound = SOUND.format(device="JACK Audio Connection Kit: nothing", rate=48_000, far=2, out=1)
    with start(tmp_path, SHOW.format(obs=obs.url) + sound, obs.password) as console:
        state = console.until_state(lambda state: is_up(state) and alarm(state, "sound"), within_s=30)
        assert state["audio"]["link"] == "down"
        assert "nothing" in alarm(state, "sound")["what"]
        console.done("scene.cut", scene="Close")
        assert console.do("channel.mute", channel="Host", on=True)["why"] != "bug"


@pytest.mark.real
def test_a_device_with_other_rates_or_fewer_channels_and_one_that_vanishes(obs: PracticeRig, tmp_path: Path) -> None:
    with jacks.Jack() as jack:
        sound = SOUND.format(device=jacks.DEVICE, rate=44_100, far=12, out=12)
        with start(tmp_path, SHOW.format(obs=obs.url) + sound, obs.password) as console:
            state = console.until_state(lambda state: state["audio"]["link"] == "up", within_s=30)
            told = alarm(state, "sound")
            assert "48000" in told["what"].replace(" ", "").replace(",", ""), told
            jack.stop(signal.SIGKILL)
            console.until_state(lambda state: state["audio"]["link"] != "up" and alarm(state, "sound"))
            assert console.state()["obs"]["link"] == "up"
            jack.start()
            console.until_state(lambda state: state["audio"]["link"] == "up", within_s=30)
