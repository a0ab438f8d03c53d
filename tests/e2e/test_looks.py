"""A look recorded from what is done in a real OBS, kept in the show file, run after a restart, and undone."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.show.file import load_show
from tests.rigs.bare import BareObs
from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import RealObs

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = """
format = 1
name = "Looks" # every Friday
[obs]
url = "{url}"
safe_scene = "Safe"
[shop]
kind = "manual"
"""


@pytest.fixture(scope="module")
def obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


@contextlib.contextmanager
def opened(obs: RealObs, show: Path) -> Iterator[ConsoleProcess]:
    secrets = {"CUEDROP_SECRET_OBS": obs.password}
    with ConsoleProcess(show.parent / "data", str(show), "--headless", environment=secrets) as console:
        console.until_state(lambda state: state["obs"]["program"], within_s=30)
        yield console


def show_item(witness: BareObs, scene: str, source: str, on: bool) -> None:
    item = witness.call("GetSceneItemId", sceneName=scene, sourceName=source)["sceneItemId"]
    witness.call("SetSceneItemEnabled", sceneName=scene, sceneItemId=item, sceneItemEnabled=on)


def is_shown(witness: BareObs, scene: str, source: str) -> bool:
    item = witness.call("GetSceneItemId", sceneName=scene, sourceName=source)["sceneItemId"]
    return bool(witness.call("GetSceneItemEnabled", sceneName=scene, sceneItemId=item)["sceneItemEnabled"])


def text(witness: BareObs) -> str:
    return str(witness.call("GetInputSettings", inputName="Title")["inputSettings"]["text"])


def test_a_look_from_recording_to_undo(obs: RealObs, tmp_path: Path) -> None:
    show = tmp_path / "looks.toml"
    show.write_text(SHOW.format(url=obs.url))
    with obs.client() as witness:
        with opened(obs, show) as console:
            console.done("look.record", on=True)
            show_item(witness, "Corner", "Badge", on=False)
            witness.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=False)
            console.done("text.set", source="Title", text="First")
            console.done("text.set", source="Title", text="Welcome")
            console.done("scene.cut", scene="Titles")
            stopped = console.do("look.record", on=False)
            assert stopped["why"].endswith("Text of Title: Welcome; Take Titles with Cut.")
            assert "Hide Badge in Corner; " in stopped["why"]
            console.done("look.save", name="Open")
        show_item(witness, "Corner", "Badge", on=True)
        witness.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=True)
        witness.call("SetInputSettings", inputName="Title", inputSettings={"text": "Good evening"})
        witness.call("SetCurrentProgramScene", sceneName="Wide")
        [look] = load_show(show).looks
        assert (look.name, look.scene, len(look.steps)) == ("Open", "Titles", 3)
        assert "# every Friday" in show.read_text()
        with opened(obs, show) as console:
            assert console.state()["looks"]["names"] == ["Open"]
            ran = console.do("look.run", look=1)
            assert ran["outcome"] == "done", ran
            assert (is_shown(witness, "Corner", "Badge"), text(witness)) == (False, "Welcome")
            assert witness.call("GetSourceActive", sourceName="Title")["videoActive"]
            lines = console.state()["looks"]["last"]["steps"]
            assert len(lines) == 4
            assert all(line["is_done"] for line in lines)
            undone = console.do("look.undo")
            assert undone["outcome"] == "done", undone
            assert (is_shown(witness, "Corner", "Badge"), text(witness)) == (True, "Good evening")
            assert console.state()["obs"]["program"] == "Wide"
            witness.call("RemoveSourceFilter", sourceName="Title", filterName="Tint")
            failed = console.do("look.run", look="Open")
            assert failed["outcome"] == "failed"
            assert "1 of 4 not done: Filter Tint of Title off (OBS has no filter Tint on Title)" in failed["why"]
            assert console.state()["obs"]["program"] == "Titles"
