"""What the wall is told of OBS, on values alone."""

from dataclasses import replace
from typing import Any, cast

import pytest

from console.app.obs_and_cameras import Telling
from console.cameras.pace import Work
from console.cameras.wall import Cameras
from console.core.links import Link, LinkState
from console.core.observable import Observable
from scenes.outputs.state import Output, Outputs, Sample
from scenes.port import Obs
from scenes.state import OutputState, Switcher, Take, TakeState

UP = Switcher(link=Link(LinkState.UP), program="Wide", claimed="Wide", preview="Close")


class FakeObs:
    def __init__(self) -> None:
        self.state = Observable(UP)
        self.outputs = Observable(Outputs())


class Told:
    """Stands in for the wall: the last of each thing that it was told."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def tell(*values: Any) -> None:
            key, value = (f"{name}:{values[0]}", values[1]) if len(values) > 1 else (name, values[0])
            self.last[key] = value

        return tell


def telling(obs: FakeObs, *, obs_url: str | None = "ws://127.0.0.1:4455") -> dict[str, Any]:
    told = Told()
    telling = Telling(cast(Obs, obs), cast(Cameras, told), obs_url=obs_url)
    telling.begin()
    telling.show_buses()
    return told.last


def test_the_program_pane_shows_what_is_on_air_and_not_what_obs_names() -> None:
    obs = FakeObs()
    told = telling(obs)
    assert (told["watch_bus:program"], told["watch_bus:preview"]) == ("Wide", "Close")
    lost = Take("Table", TakeState.LOST, 0, on_air="Close")
    obs.state.set(replace(UP, program=None, claimed="Table", take=lost))
    assert told["watch_bus:program"] == "Close"
    obs.state.set(replace(UP, program=None, claimed="Table"))
    assert told["watch_bus:program"] == "Table"


def test_takes_and_transitions_are_told_while_they_run() -> None:
    obs = FakeObs()
    told = telling(obs)
    assert (told["obs_answers"], told["obs_takes"], told["obs_mixes"]) == (True, False, False)
    obs.state.set(replace(UP, take=Take("Close", TakeState.SENT, 0), in_transition=True))
    assert (told["obs_takes"], told["obs_mixes"]) == (True, True)
    obs.state.set(replace(UP, link=Link(LinkState.DOWN), t_bar=0.4))
    assert (told["obs_answers"], told["obs_takes"], told["obs_mixes"]) == (False, False, True)


def test_obs_tells_how_hard_it_works_with_its_last_second() -> None:
    obs = FakeObs()
    told = telling(obs)
    assert "obs_works" not in told
    obs.outputs.set(Outputs(fps=50.0, history=(Sample(7, render_ms=3.0, skipped=1, lagged=2),)))
    assert told["obs_works"] == Work(7, 3.0, 20.0, 3)


@pytest.mark.parametrize(
    ("obs_url", "is_looked_for"),
    [("ws://127.0.0.1:4455", True), ("ws://192.0.2.7:4455", False), (None, False)],
)
def test_a_virtual_camera_is_looked_for_on_this_machine_alone(obs_url: str | None, is_looked_for: bool) -> None:
    obs = FakeObs()
    told = telling(obs, obs_url=obs_url)
    assert told["obs_virtual_camera"] is False
    obs.outputs.set(Outputs(vcam=Output(OutputState.ON)))
    assert told["obs_virtual_camera"] is is_looked_for
    obs.state.set(replace(UP, link=Link(LinkState.DOWN)))
    assert told["obs_virtual_camera"] is False
