"""The window's keys, pressed for real on a screen of the test's own; the control API tells what they did."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.real]

State = dict[str, Any]


class Director:
    """A console on a screen, and two hands on its keyboard."""

    def __init__(self, console: ConsoleProcess, screen: Screen) -> None:
        self.console, self.screen = console, screen

    def until(self, condition: Callable[[State], object]) -> State:
        return self.console.until_state(condition)

    def press(self, key: str, condition: Callable[[State], object]) -> State:
        """Press a key; returns the state once it did what it should."""
        self.screen.key(key)
        return self.until(condition)

    def is_preview_after(self, key: str, scene: str) -> bool:
        """Press a key (again); True when the scene is in preview: a field that is left keeps its keys a moment."""
        self.screen.key(key)
        return bool(self.console.state()["obs"]["preview"] == scene)

    def hold(self, key: str, condition: Callable[[State], object], *, with_: str = "") -> State:
        """Keep a key down until it did what it should, then let go."""
        held = [name for name in (with_, key) if name]
        for name in held:
            self.screen.down(name)
        try:
            return self.until(condition)
        finally:
            for name in reversed(held):
                self.screen.up(name)

    def breathe(self) -> None:
        """Let the guard against double presses go by (0.25 s), as any hand does."""
        enough_s = time.monotonic() + 0.3
        self.console.until(lambda: time.monotonic() > enough_s)

    def on_preview(self, scene: str) -> State:
        """Put a scene into preview without a key."""
        self.console.done("scene.preview", scene=scene)
        return self.until(lambda s: s["obs"]["preview"] == scene)

    def marks(self) -> int:
        return sum("marker" in entry["kind"] for entry in self.journal())

    def journal(self) -> list[State]:
        (path,) = (self.console.data_dir / "journal").glob("*.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Director]:
    """A practice show in Studio Mode whose window has the keyboard."""
    data: Path = tmp_path_factory.mktemp("keys") / "data"
    with Screen("1280x720") as screen, ConsoleProcess(data, "--practice", environment=screen.environment) as console:
        console.until_state(lambda s: s["obs"]["link"] == s["audio"]["link"] == s["shop"]["link"] == "up", within_s=40)
        screen.focus("Practice")
        console.done("studio_mode.set", on=True)
        yield Director(console, screen)


@pytest.fixture
def director(studio: Director) -> Director:
    """The studio as at the start: Wide on air, nothing latched, nothing locked, no field that has the keys."""
    console = studio.console
    studio.screen.focus("Practice")
    studio.screen.key("Escape")
    console.done("transition.set", name="Fade", duration_ms=100)
    console.done("hot.latch", on=False)
    console.do("lock.set", on=False)
    if console.state()["obs"]["program"] != "Wide":
        console.done("scene.cut", scene="Wide")
    studio.until(lambda s: s["obs"]["program"] == "Wide" and not s["obs"]["in_transition"])
    studio.breathe()
    return studio


def drop(state: State, id: str = "cap-01") -> str:
    return str(next(each["state"] for each in state["drops"] if each["id"] == id))


def channel(state: State, name: str) -> State:
    found: State = next(each for each in state["audio"]["channels"] if each["name"] == name)
    return found


def test_numbers_choose_the_preview_and_space_enter_and_backspace_take_it(director: Director) -> None:
    director.press("2", lambda s: s["obs"]["preview"] == "Close")
    # the 3 of the keypad without NumLock: with it xdotool would press Shift, too
    director.press("KP_Next", lambda s: s["obs"]["preview"] == "Table")
    director.press("space", lambda s: s["obs"]["program"] == "Table")
    director.breathe()
    director.press("4", lambda s: s["obs"]["preview"] == "Slides")
    director.press("Return", lambda s: s["obs"]["program"] == "Slides")
    director.on_preview("Wide")
    director.press("BackSpace", lambda s: s["obs"]["preview"] == "Table")


def test_ctrl_and_a_number_cut_only_while_hot_is_latched(director: Director) -> None:
    director.screen.key("ctrl+3")
    director.press("2", lambda s: s["obs"]["preview"] == "Close")  # answered after it, so that was heard
    assert director.console.state()["obs"]["program"] == "Wide"
    director.console.done("hot.latch", on=True)
    director.press("ctrl+3", lambda s: s["obs"]["program"] == "Table")


def test_a_take_during_a_fade_waits_and_escape_takes_it_back(director: Director) -> None:
    director.console.done("transition.set", name="Fade", duration_ms=3000)
    director.console.done("hot.latch", on=True)
    director.on_preview("Close")
    director.press("Return", lambda s: s["obs"]["in_transition"])
    director.press("ctrl+3", lambda s: s["obs"]["take"]["state"] == "waiting")
    director.press("Escape", lambda s: s["obs"]["take"]["why"] == "Taken back.")
    director.until(lambda s: s["obs"]["program"] == "Close" and not s["obs"]["in_transition"])


def test_escape_held_is_safe_and_a_tap_is_not(director: Director) -> None:
    director.screen.key("Escape")
    director.press("2", lambda s: s["obs"]["preview"] == "Close")
    assert director.console.state()["obs"]["program"] == "Wide"
    director.hold("Escape", lambda s: s["obs"]["program"] == "Safe")


def test_escape_held_is_safe_while_typing_and_numbers_are_only_text(director: Director) -> None:
    director.on_preview("Close")
    director.screen.key("ctrl+k")
    director.screen.key("3")
    director.hold("Escape", lambda s: s["obs"]["program"] == "Safe")
    assert director.console.state()["obs"]["preview"] != "Table"
    director.breathe()  # let go and pressed at once looks like a key that repeats
    director.screen.key("Escape")
    director.console.until(lambda: director.is_preview_after("3", "Table"))


def test_shift_and_escape_held_is_safe_with_every_microphone_off(director: Director) -> None:
    director.hold(
        "Escape",
        lambda s: s["obs"]["program"] == "Safe" and all(each["is_muted"] for each in s["audio"]["channels"]),
        with_="shift",
    )
    for each in director.console.state()["audio"]["channels"]:
        director.console.do("channel.mute", channel=each["name"], on=False)


def test_up_down_and_g_choose_and_fire_cues(director: Director) -> None:
    director.press("Down", lambda s: s["rundown"]["standby"] == "Unbox the cap")
    director.press("Up", lambda s: s["rundown"]["standby"] == "Welcome")
    director.press("g", lambda s: s["rundown"]["current"] == "Welcome")
    assert director.console.state()["rundown"]["standby"] == "Unbox the cap"


def test_d_arms_and_disarms_f_held_fires_and_x_held_stops_the_sale(director: Director) -> None:
    director.press("d", lambda s: drop(s) == "armed")
    director.press("d", lambda s: drop(s) == "draft")
    director.press("d", lambda s: drop(s) == "armed")
    director.screen.hold("f", 0.2)
    director.press("2", lambda s: s["obs"]["preview"] == "Close")
    assert drop(director.console.state()) == "armed"
    director.hold("f", lambda s: drop(s) == "open")
    assert director.console.state()["checkout"] == "open"
    director.hold("x", lambda s: drop(s) == "closed" and s["checkout"] == "closed")


def test_t_is_talkback_and_m_mutes_while_they_are_held(director: Director) -> None:
    director.hold("t", lambda s: s["audio"]["is_talkback_open"])
    director.until(lambda s: not s["audio"]["is_talkback_open"])
    director.hold("m", lambda s: channel(s, "Host")["is_muted"])
    director.until(lambda s: not channel(s, "Host")["is_muted"])


def test_b_leaves_a_marker_each_time_it_is_pressed(director: Director) -> None:
    before = director.marks()
    director.screen.key("b")
    director.console.until(lambda: director.marks() == before + 1)


def test_l_locks_all_but_what_ends_harm(director: Director) -> None:
    director.on_preview("Close")
    director.screen.key("l")
    director.screen.key("3")
    director.hold("Escape", lambda s: s["obs"]["program"] == "Safe")
    assert director.console.state()["obs"]["preview"] != "Table"
    director.screen.key("l")
    director.press("3", lambda s: s["obs"]["preview"] == "Table")


def test_a_window_without_the_keyboard_ends_what_was_held(director: Director) -> None:
    director.screen.down("t")
    director.until(lambda s: s["audio"]["is_talkback_open"])
    director.screen.blur()
    director.until(lambda s: not s["audio"]["is_talkback_open"])
    director.screen.up("t")
    director.screen.focus("Practice")
    director.press("2", lambda s: s["obs"]["preview"] == "Close")
