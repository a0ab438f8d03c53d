"""The first own show out of an OBS: real OBS where there is one, the practice OBS everywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import MemoryJournal
from console.desk.first_show import look_into, write_first_show
from console.practice.obs import PracticeObs
from console.show.file import load_show
from tests.rigs.obs import RealObs


@pytest.fixture(scope="module")
def real_obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


async def test_a_show_is_made_of_what_the_practice_obs_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with PracticeObs() as obs:
        before = dict(obs.studio.scenes)
        monkeypatch.setenv("CUEDROP_SECRET_OBS", obs.password)
        found = await look_into(obs.url, secret="obs", journal=MemoryJournal(), clock=SystemClock())
        assert dict(obs.studio.scenes) == before
        url = obs.url
    path = write_first_show(tmp_path / "shows", found.show("Friday", scenes=["Wide", "Table", "Safe"]))
    show = load_show(path)
    assert (path.name, show.name, show.obs.url, show.obs.safe_scene) == ("friday.toml", "Friday", url, "Safe")
    assert [camera.scene for camera in show.cameras] == ["Wide", "Table"]
    assert write_first_show(tmp_path / "shows", show).name == "friday-2.toml"


async def test_an_obs_that_wants_a_password_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUEDROP_SECRET_OBS", raising=False)
    async with PracticeObs() as obs:
        with pytest.raises(UserError, match="password"):
            await look_into(obs.url, secret="obs", journal=MemoryJournal(), clock=SystemClock())


async def test_no_obs_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUEDROP_SECRET_OBS", "x")
    with pytest.raises(UserError, match="OBS") as caught:
        await look_into("ws://127.0.0.1:1", secret="obs", journal=MemoryJournal(), clock=SystemClock())
    assert caught.value.fix


@pytest.mark.real
@pytest.mark.slow
async def test_looking_into_a_real_obs_changes_nothing_and_finds_every_scene(
    real_obs: RealObs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUEDROP_SECRET_OBS", real_obs.password)
    with real_obs.client() as witness:
        questions = ("GetSceneList", "GetInputList", "GetStudioModeEnabled", "GetCurrentSceneTransition")
        before = [witness.call(question) for question in questions]
        found = await look_into(real_obs.url, secret="obs", journal=MemoryJournal(), clock=SystemClock())
        assert [witness.call(question) for question in questions] == before
    scenes = [scene.name for scene in found.obs.scenes]
    assert {"Wide", "Close", "Table", "Safe"} <= set(scenes)
    assert load_show(write_first_show(tmp_path, found.show("First", scenes=scenes))).obs.safe_scene == "Safe"
