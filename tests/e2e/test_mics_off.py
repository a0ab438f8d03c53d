"""All microphones off at a whole console: also those that the show does not name, also while OBS is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.practice import PracticeRig, practice_rig
from tests.waiting import until_blocking

pytestmark = pytest.mark.slow

SHOW = """
format = 1
name = "Van"
[obs]
url = "{obs}"
safe_scene = "Safe"
[shop]
kind = "manual"
"""
MICS = ("Host mic", "Guest mic")


@pytest.fixture
def obs() -> Iterator[PracticeRig]:
    with practice_rig() as rig:
        yield rig


@pytest.fixture
def console(obs: PracticeRig, tmp_path: Path) -> Iterator[ConsoleProcess]:
    path = tmp_path / "show.toml"
    path.write_text(SHOW.format(obs=obs.url))
    environment = {"CUEDROP_SECRET_OBS": obs.password}
    with ConsoleProcess(tmp_path / "data", str(path), "--headless", environment=environment) as console:
        console.until_state(lambda state: state["obs"]["program"])
        yield console


def muted(obs: PracticeRig) -> set[str]:
    with obs.client() as other:
        return {name for name in MICS if other.call("GetInputMute", inputName=name)["inputMuted"]}


def test_microphones_that_the_show_does_not_name_are_muted_too(console: ConsoleProcess, obs: PracticeRig) -> None:
    assert muted(obs) == set()
    console.done("safe.mics_off")
    assert muted(obs) == set(MICS)
    assert console.state()["obs"]["program"] == "Safe"


def test_pressed_while_obs_is_away_they_are_muted_when_it_is_back(console: ConsoleProcess, obs: PracticeRig) -> None:
    obs.stop()
    console.until_state(lambda state: state["obs"]["link"] != "up")
    assert console.do("safe.mics_off")["outcome"] == "pending"
    console.until_state(lambda state: any(alarm["kind"] == "mics.not_muted" for alarm in state["alarms"]))
    obs.start()
    until_blocking(lambda: muted(obs) == set(MICS), what="the mutes")
    console.until_state(
        lambda state: (
            state["obs"]["program"] == "Safe" and {alarm["kind"] for alarm in state["alarms"]} <= {"sound.talking"}
        )  # they talk on, muted
    )
