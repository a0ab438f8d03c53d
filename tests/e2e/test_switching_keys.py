"""Keys and mouse of switching, pressed for real: put right, black, T-bar, looks, finder, failover, direct mode."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.practice import PracticeRig, practice_rig
from tests.rigs.screen import Screen
from tests.rigs.streams import Sender, srt

pytestmark = [pytest.mark.slow, pytest.mark.real]

State = dict[str, Any]
Condition = Callable[[State], object]

SHOW = """
format = 1
name = "Two hands"
[obs]
url = "{obs}"
safe_scene = "Safe"
[failover]
countdown_s = 5.0
[[cameras]]
name = "Wide"
scene = "Wide"
mrl = "{wide}"
[shop]
kind = "manual"
[[looks]]
name = "Offer"
scene = "Titles"
[[looks.steps]]
do = "text"
source = "Title"
text = "Today only"
[[looks]]
name = "Old logo"
[[looks.steps]]
do = "show"
source = "Logo 2019"
scene = "Titles"
"""
# where things are in a window of 1280x720
T_BAR_X, T_BAR_REST, T_BAR_WAY = 422, 172, 90  # a little more than the way, as a hand pushes to the end
HOT = (692, 398)


class Hands:
    """A console on a screen, its practice OBS, and two hands on keyboard and mouse."""

    def __init__(self, console: ConsoleProcess, screen: Screen, obs: PracticeRig) -> None:
        self.console, self.screen, self.obs = console, screen, obs

    def until(self, condition: Condition) -> State:
        return self.console.until_state(condition)

    def press(self, key: str, condition: Condition) -> State:
        """Press a key; returns the state once it did what it should."""
        self.screen.key(key)
        return self.until(condition)

    def hold(self, key: str, condition: Condition) -> State:
        """Keep a key down until it did what it should."""
        self.screen.down(key)
        try:
            return self.until(condition)
        finally:
            self.screen.up(key)

    def is_preview_after(self, key: str, scene: str) -> bool:
        """Press a key (again); True when the scene is in preview: a field that is left keeps its keys a moment."""
        self.screen.key(key)
        return bool(self.console.state()["obs"]["preview"] == scene)

    def breathe(self) -> None:
        """Let the guard against double presses go by (0.25 s), as any hand does."""
        enough_s = time.monotonic() + 0.3
        self.console.until(lambda: time.monotonic() > enough_s)

    def on_preview(self, key: str, scene: str) -> None:
        self.press(key, lambda s: s["obs"]["preview"] == scene)

    def lose_a_take(self) -> None:
        """Cut to Table by hand, and OBS loses it."""
        self.obs.do(lambda: setattr(self.obs.server.studio, "drop_takes", 1))
        self.on_preview("3", "Table")
        self.press("space", lambda s: s["obs"]["take"]["state"] == "lost")
        state = self.console.state()["obs"]
        assert (state["program"], state["claimed"]) == ("Wide", "Table")


@pytest.fixture(scope="module")
def obs() -> Iterator[PracticeRig]:
    with practice_rig() as rig:
        yield rig


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    with srt() as sender:
        yield sender


@pytest.fixture(scope="module")
def studio(obs: PracticeRig, sender: Sender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    folder: Path = tmp_path_factory.mktemp("hands")
    path = folder / "show.toml"
    path.write_text(SHOW.format(obs=obs.url, wide=sender.mrl))
    with Screen("1280x720") as screen:
        environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
        with ConsoleProcess(folder / "data", str(path), environment=environment) as console:
            console.until_state(lambda s: s["obs"]["link"] == "up" and s["cameras"][0]["state"] == "live", within_s=40)
            screen.focus("Two hands")
            yield Hands(console, screen, obs)


@pytest.fixture
def hands(studio: Hands) -> Hands:
    """The studio as at the start: Studio Mode, Wide on air, nothing latched, no field that has the keys."""
    console = studio.console
    studio.screen.focus("Two hands")
    studio.screen.key("Escape")
    console.done("studio_mode.set", on=True)
    console.done("transition.set", name="Fade", duration_ms=100)
    console.done("hot.latch", on=False)
    studio.until(lambda s: s["obs"]["studio_mode"] and not s["obs"]["in_transition"])
    if console.state()["obs"]["program"] != "Wide":
        console.done("scene.cut", scene="Wide")
    studio.until(lambda s: s["obs"]["program"] == s["obs"]["claimed"] == "Wide" and not s["obs"]["in_transition"])
    studio.breathe()
    return studio


def test_r_takes_what_obs_names_after_a_lost_take(hands: Hands) -> None:
    hands.lose_a_take()
    hands.press("r", lambda s: s["obs"]["program"] == s["obs"]["claimed"] == "Table")
    assert hands.console.state()["obs"]["take"]["state"] == "on_air"


def test_shift_r_keeps_the_picture_and_obs_names_it(hands: Hands) -> None:
    hands.lose_a_take()
    hands.press("shift+r", lambda s: s["obs"]["program"] == s["obs"]["claimed"] == "Wide")
    assert hands.console.state()["obs"]["take"]["state"] == "on_air"


def test_0_held_is_black_and_back_and_a_tap_is_not(hands: Hands) -> None:
    hands.screen.key("0")
    hands.on_preview("2", "Close")  # answered after it, so that was heard
    assert not hands.console.state()["obs"]["is_black"]
    hands.hold("0", lambda s: s["obs"]["is_black"])
    hands.breathe()
    hands.hold("0", lambda s: s["obs"]["program"] == "Wide" and not s["obs"]["is_black"])


def test_page_up_page_down_and_home_move_the_t_bar(hands: Hands) -> None:
    hands.on_preview("2", "Close")
    hands.press("Prior", lambda s: s["obs"]["t_bar"] == 0.1)
    hands.press("Prior", lambda s: s["obs"]["t_bar"] == 0.2)
    hands.press("Next", lambda s: s["obs"]["t_bar"] == 0.1)
    hands.press("Home", lambda s: s["obs"]["t_bar"] is None)
    hands.until(lambda s: not s["obs"]["in_transition"])
    assert hands.console.state()["obs"]["program"] == "Wide"
    hands.press("Prior", lambda s: s["obs"]["t_bar"] == 0.1)
    hands.press("Escape", lambda s: s["obs"]["t_bar"] is None)
    assert hands.console.state()["obs"]["program"] == "Wide"


def test_the_t_bar_dragged_half_way_is_held_and_to_its_end_takes(hands: Hands) -> None:
    hands.on_preview("2", "Close")
    hands.screen.drag(T_BAR_X, T_BAR_REST, T_BAR_REST - T_BAR_WAY // 2)
    held = hands.until(lambda s: s["obs"]["t_bar"] is not None)["obs"]
    assert 0.3 < held["t_bar"] < 0.8
    assert held["program"] == "Wide"
    hands.screen.drag(T_BAR_X, T_BAR_REST - T_BAR_WAY // 2, T_BAR_REST - T_BAR_WAY - 30)
    hands.until(lambda s: s["obs"]["program"] == "Close" and s["obs"]["t_bar"] is None)


def test_the_wheel_moves_the_t_bar_and_back(hands: Hands) -> None:
    hands.on_preview("2", "Close")
    hands.screen.wheel(T_BAR_X, T_BAR_REST, up=2)
    hands.until(lambda s: s["obs"]["t_bar"] == 0.2)
    hands.screen.wheel(T_BAR_X, T_BAR_REST, up=-2)
    hands.until(lambda s: s["obs"]["t_bar"] is None and s["obs"]["program"] == "Wide")


def test_hot_by_mouse_cuts_by_number_and_a_waiting_cut_is_taken_back(hands: Hands) -> None:
    hands.screen.click(*HOT)
    hands.until(lambda s: s["obs"]["is_hot"])
    hands.press("ctrl+3", lambda s: s["obs"]["program"] == "Table")
    hands.console.done("transition.set", name="Fade", duration_ms=3000)
    hands.breathe()
    hands.on_preview("1", "Wide")
    hands.press("Return", lambda s: s["obs"]["in_transition"])
    hands.press("ctrl+2", lambda s: s["obs"]["take"]["state"] == "waiting")
    hands.press("Escape", lambda s: s["obs"]["take"]["why"] == "Taken back.")
    hands.until(lambda s: s["obs"]["program"] == "Wide" and not s["obs"]["in_transition"])
    hands.screen.click(*HOT)
    hands.until(lambda s: not s["obs"]["is_hot"])


def test_shift_and_a_number_run_a_look(hands: Hands) -> None:
    hands.press("shift+1", lambda s: s["looks"]["last"] and s["looks"]["last"]["look"] == "Offer")
    state = hands.until(lambda s: s["obs"]["program"] == "Titles")
    assert state["looks"]["last"]["outcome"] == "done"
    with hands.obs.client() as witness:
        assert witness.call("GetInputSettings", inputName="Title")["inputSettings"]["text"] == "Today only"
    hands.press("shift+2", lambda s: s["looks"]["last"]["look"] == "Old logo")
    assert hands.console.state()["looks"]["last"]["steps"][0]["is_done"] is False


def test_a_slash_finds_a_scene_and_enter_puts_it_into_preview(hands: Hands) -> None:
    hands.screen.key("slash")
    hands.screen.type("sli")
    hands.press("Return", lambda s: s["obs"]["preview"] == "Slides")
    assert hands.console.state()["obs"]["program"] == "Wide"
    hands.console.until(lambda: hands.is_preview_after("2", "Close"))


def test_function_keys_change_the_page_and_nothing_else(hands: Hands) -> None:
    before = hands.console.state()["obs"]
    for key in ("F4", "F3", "F2", "F1"):
        hands.screen.key(key)
    hands.on_preview("3", "Table")  # the keys are still the show's
    after = hands.console.state()["obs"]
    assert (after["program"], after["take"]) == (before["program"], before["take"])


def test_direct_mode_cuts_by_number_only_while_hot_is_latched(hands: Hands) -> None:
    hands.console.done("studio_mode.set", on=False)
    hands.until(lambda s: not s["obs"]["studio_mode"])
    hands.on_preview("2", "Close")
    assert hands.console.state()["obs"]["program"] == "Wide"
    hands.screen.click(*HOT)
    hands.until(lambda s: s["obs"]["is_hot"])
    hands.press("2", lambda s: s["obs"]["program"] == "Close")


def test_the_failover_of_the_palette_counts_down_and_escape_holds_it(hands: Hands, sender: Sender) -> None:
    hands.screen.key("ctrl+k")
    hands.screen.type("failover")
    hands.press("Return", lambda s: s["failover"]["is_on"])
    sender.freeze()
    hands.until(lambda s: s["failover"]["due"])
    hands.press("Escape", lambda s: s["failover"]["is_held"])
    state = hands.console.state()
    assert state["obs"]["program"] == "Wide"
    assert not state["failover"]["has_taken"]
