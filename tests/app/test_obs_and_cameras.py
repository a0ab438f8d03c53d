"""What the wall is told of OBS, on values alone."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from console.app.obs_and_cameras import Telling
from console.cameras.held import line_of
from console.cameras.pace import Work
from console.cameras.wall import Cameras
from console.core.links import Link, LinkState
from console.core.observable import Observable
from scenes.outputs.state import Output, Outputs, Sample
from scenes.port import Obs
from scenes.state import OutputState, Scene, Switcher, Take, TakeState
from scenes.wire.line import ObsGone, Request
from tests.waiting import until

UP = Switcher(link=Link(LinkState.UP), program="Wide", claimed="Wide", preview="Close")


class FakeObs:
    def __init__(self) -> None:
        self.state = Observable(UP)
        self.outputs = Observable(Outputs())
        self.settings: dict[str, Any] = {"is_local_file": False, "input": "srt://192.0.2.1:9000"}
        self.gone: ObsGone | None = None

    async def batch(self, requests: Sequence[Request]) -> list[dict[str, Any]]:
        if self.gone:
            raise self.gone
        return [
            {"inputs": self._of_kind(what["inputKind"])} if name == "GetInputList" else {"inputSettings": self.settings}
            for name, what in requests
        ]

    @staticmethod
    def _of_kind(kind: str) -> list[dict[str, str]]:
        names = {"ffmpeg_source": "Cam", "v4l2_input": "Webcam", "image_source": "Logo"}
        return [{"inputName": names[kind], "inputKind": kind}] if kind in names else []


class Told:
    """Stands in for the wall: the last of each thing that it was told."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def tell(*values: Any, **named: Any) -> None:
            key, value = (f"{name}:{values[0]}", values[1]) if len(values) > 1 else (name, values[0])
            self.last[key] = value
            self.last |= {f"{name}.{key}": value for key, value in named.items()}

        return tell


Tell = Callable[..., dict[str, Any]]


@pytest.fixture
async def telling() -> AsyncIterator[Tell]:
    """Begins to tell a wall of that OBS; what it was told last, by name."""
    undo: list[Callable[[], None]] = []

    def begin(obs: FakeObs, *, obs_url: str | None = "ws://127.0.0.1:4455") -> dict[str, Any]:
        told = Told()
        telling = Telling(cast(Obs, obs), cast(Cameras, told), obs_url=obs_url)
        undo.extend([*telling.begin(), telling.show_buses()])
        return told.last

    yield begin
    for each in undo:
        each()


async def test_the_program_pane_shows_what_is_on_air_and_not_what_obs_names(telling: Tell) -> None:
    obs = FakeObs()
    told = telling(obs)
    assert (told["watch_bus:program"], told["watch_bus:preview"]) == ("Wide", "Close")
    lost = Take("Table", TakeState.LOST, 0, on_air="Close")
    obs.state.set(replace(UP, program=None, claimed="Table", take=lost))
    assert told["watch_bus:program"] == "Close"
    obs.state.set(replace(UP, program=None, claimed="Table"))
    assert told["watch_bus:program"] == "Table"


async def test_takes_and_transitions_are_told_while_they_run(telling: Tell) -> None:
    obs = FakeObs()
    told = telling(obs)
    assert (told["obs_answers"], told["obs_takes"], told["obs_mixes"]) == (True, False, False)
    obs.state.set(replace(UP, take=Take("Close", TakeState.SENT, 0), in_transition=True))
    assert (told["obs_takes"], told["obs_takes.is_mixing"], told["obs_mixes"]) == (True, True, True)
    obs.state.set(replace(UP, take=Take("Close", TakeState.SENT, 0)))
    assert (told["obs_takes"], told["obs_takes.is_mixing"], told["obs_mixes"]) == (True, False, False)
    obs.state.set(replace(UP, take=Take("Close", TakeState.SENT, 0), in_transition=True, t_bar=0.4))
    assert (told["obs_takes"], told["obs_mixes"]) == (False, True)
    obs.state.set(replace(UP, link=Link(LinkState.DOWN), t_bar=0.4))
    assert (told["obs_answers"], told["obs_takes"], told["obs_mixes"]) == (False, False, True)


async def test_obs_tells_how_hard_it_works_with_its_last_second(telling: Tell) -> None:
    obs = FakeObs()
    told = telling(obs)
    assert "obs_works" not in told
    obs.outputs.set(Outputs(fps=50.0, history=(Sample(7, render_ms=3.0, skipped=1, lagged=2),)))
    assert told["obs_works"] == Work(7, 3.0, 20.0, 3)


@pytest.mark.parametrize(
    ("obs_url", "is_looked_for"),
    [("ws://127.0.0.1:4455", True), ("ws://192.0.2.7:4455", False), (None, False)],
)
async def test_a_virtual_camera_is_looked_for_on_this_machine_alone(
    obs_url: str | None, is_looked_for: bool, telling: Tell
) -> None:
    obs = FakeObs()
    told = telling(obs, obs_url=obs_url)
    assert told["obs_virtual_camera"] is False
    obs.outputs.set(Outputs(vcam=Output(OutputState.ON)))
    assert told["obs_virtual_camera"] is is_looked_for
    obs.state.set(replace(UP, link=Link(LinkState.DOWN)))
    assert told["obs_virtual_camera"] is False


async def test_what_obs_has_alone_is_told_also_when_it_changes_and_obs_went_away_meanwhile(
    telling: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.app.obs_and_cameras.LOOK_EVERY_S", 0.01)
    obs = FakeObs()
    told = telling(obs)
    await until(lambda: told.get("obs_holds") == {line_of("srt://192.0.2.1:9000"): "Cam"})
    obs.gone = ObsGone("OBS is gone.")
    obs.state.set(replace(UP, link=Link(LinkState.DOWN)))
    obs.settings = {"is_local_file": False, "input": "srt://192.0.2.2:9000"}
    obs.state.set(UP)
    obs.gone = None
    await until(lambda: told.get("obs_holds") == {line_of("srt://192.0.2.2:9000"): "Cam"})


async def test_what_comes_from_devices_is_meant_to_move_and_a_slide_is_not(telling: Tell) -> None:
    obs = FakeObs()
    scenes = {"Desk": {"Webcam", "Logo"}, "Clip": {"Cam"}, "Slide": {"Logo"}}
    obs.state.set(replace(UP, scenes=tuple(Scene(name, inputs=frozenset(inputs)) for name, inputs in scenes.items())))
    told = telling(obs)
    await until(lambda: told.get("obs_moves") == {"Webcam", "Cam", "Desk"})


async def test_the_practice_studio_holds_nothing(telling: Tell) -> None:
    told = telling(FakeObs(), obs_url=None)
    await until(lambda: "obs_answers" in told)
    assert "obs_holds" not in told
