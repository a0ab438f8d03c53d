"""Two real OBS in lockstep under a console: proved on both by independent clients, and one of them killed mid-show."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import BareObs, RealObs

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = """
format = 1
name = "Two of them"
[obs]
url = "{main}"
safe_scene = "Safe"
[obs.backup]
url = "{backup}"
[shop]
kind = "manual"
"""


@pytest.fixture(scope="module")
def main() -> Iterator[RealObs]:
    with RealObs(width=320, height=180) as obs:
        obs.stop()  # so that it keeps its scenes
        obs.start()
        yield obs


@pytest.fixture(scope="module")
def backup() -> Iterator[RealObs]:
    with RealObs(width=320, height=180) as obs:
        yield obs


@pytest.fixture
def console(main: RealObs, backup: RealObs, tmp_path: Path) -> Iterator[ConsoleProcess]:
    show = tmp_path / "two.toml"
    show.write_text(SHOW.format(main=main.url, backup=backup.url))
    secrets = {"CUEDROP_SECRET_OBS": main.password, "CUEDROP_SECRET_OBS_BACKUP": backup.password}
    with ConsoleProcess(tmp_path / "data", str(show), "--headless", environment=secrets) as console:
        console.until_state(lambda state: both(state) == ("Wide", "Wide"), within_s=30)
        yield console


def both(state: dict[str, Any]) -> tuple[str | None, str | None]:
    """What is proved on the leading one and on the other."""
    other = state["obs"]["backup"]
    return state["obs"]["program"], other and other["program"]


def on_air(witness: BareObs) -> str:
    """What OBS names; that its own inputs are active too."""
    name: str = witness.call("GetCurrentProgramScene")["currentProgramSceneName"]
    assert witness.call("GetSourceActive", sourceName=f"{name} picture")["videoActive"]
    return name


def test_every_take_goes_to_both_and_when_the_main_one_dies_work_goes_on(
    main: RealObs, backup: RealObs, console: ConsoleProcess
) -> None:
    with backup.client() as there:
        with main.client() as here:
            for scene in ("Close", "Table", "Safe", "Close"):
                console.done("scene.cut", scene=scene)
                console.until_state(lambda state, scene=scene: both(state) == (scene, scene))  # type: ignore[misc]
                assert (on_air(here), on_air(there)) == (scene, scene)
            assert console.state()["obs"]["backup"]["differences"] == []
            usual_s = max(took_s(console, scene) for scene in ("Wide", "Table", "Close"))
        main.kill()
        state = console.until_state(lambda state: state["obs"]["backup"]["leads"], within_s=2)
        assert (state["obs"]["link"], state["obs"]["program"]) == ("up", "Close")
        assert state["obs"]["backup"]["link"] != "up"
        took = took_s(console, "Table")
        print(f"a take took at most {usual_s * 1e3:.0f} ms with both, {took * 1e3:.0f} ms right after the death")
        assert on_air(there) == "Table"
        main.start()
        state = console.until_state(
            lambda state: state["obs"]["backup"]["link"] == "up" and state["obs"]["backup"]["differences"], within_s=30
        )
        assert state["obs"]["backup"]["leads"]
        assert state["obs"]["backup"]["differences"][0].startswith("On air: Backup Table, Main ")
        with main.client() as here:
            came_with = on_air(here)
            assert came_with != "Table"
            console.done("scene.cut", scene="Safe")
            assert on_air(there) == "Safe"
            console.until_state(lambda state: both(state) == ("Safe", "Safe"))
            console.done("obs.lead", which="main")
            state = console.until_state(lambda state: not state["obs"]["backup"]["leads"])
            assert both(state) == ("Safe", "Safe")
            console.done("scene.cut", scene="Wide")
            console.until_state(lambda state: both(state) == ("Wide", "Wide"))
            assert (on_air(here), on_air(there)) == ("Wide", "Wide")


def took_s(console: ConsoleProcess, scene: str) -> float:
    """How long a cut to `scene` takes to its proof, the caller's way there and back included."""
    began_s = time.perf_counter()
    outcome = console.do("scene.cut", scene=scene)
    assert outcome["outcome"] == "done", outcome
    return time.perf_counter() - began_s
