"""The preflight of a show: everything that it names in OBS is looked for, and near misses are told."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from console.audio.state import Leak, Return
from console.cameras.state import Camera, CameraState, Stats
from console.cameras.state import Origin as Source
from console.core.links import Link, LinkState
from console.desk.preflight import preflight
from scenes.state import Backup
from scenes.wire.line import ObsGone
from tests.desk.parts import SHOW, Stage

NAMES = """
[[cameras]]
name = "Wide"
scene = "Wide"
sound = "{sound}"
[[looks]]
name = "Start"
scene = "{scene}"
transition = "{transition}"
[[looks.steps]]
do = "show"
scene = "Frame"
source = "{source}"
"""
GOOD = {"sound": "Host", "scene": "Table", "transition": "Fade", "source": "Title"}


def answering(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {
        "GetInputList": {"inputs": [{"inputName": "Title"}, {"inputName": "Mic"}]},
        "GetGroupList": {"groups": ["Frame"]},
    }

    async def call(request: str, **data: object) -> Any:
        return answers[request]

    monkeypatch.setattr(stage.obs, "call", call, raising=False)


def ready(names: dict[str, str], toml: str = SHOW) -> Stage:
    stage = Stage(toml.replace("[audio]", f"{NAMES.format(**names)}[audio]"))
    stage.cameras.tiles.set((Camera("Wide", "Wide", Source.WORKER, CameraState.LIVE),))
    stage.switch(transitions=("Cut", "Fade"), version="29.0.2")
    return stage


async def test_a_show_of_which_all_is_there_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    assert await preflight(stage.desk, say=said.append, within_s=0) == []
    assert "ready      Sources: 6 in OBS" in said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scene": "Tabel"}, 'Scenes: OBS has no scene "Tabel".'),
        ({"transition": "Fude"}, 'Did you mean "Fade"?'),
        ({"source": "Titel"}, 'Did you mean "Title"?'),
        ({"sound": "Nobody"}, 'Sources: OBS has no source "Nobody".'),
    ],
)
async def test_a_name_that_leads_nowhere_is_told(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], words: str
) -> None:
    stage = ready({**GOOD, **wrong})
    answering(stage, monkeypatch)
    (problem,) = await preflight(stage.desk, say=lambda _: None, within_s=0)
    assert words in problem


async def test_an_obs_that_goes_away_meanwhile_costs_only_its_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = ready(GOOD), list[str]()

    async def call(request: str, **data: object) -> Any:
        raise ObsGone("OBS was closed.")

    monkeypatch.setattr(stage.obs, "call", call, raising=False)
    assert await preflight(stage.desk, say=said.append, within_s=0) == []
    assert not any("Sources" in line for line in said)


async def test_a_listener_who_hears_themselves_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    guest = Return("Guest", (), "cuedrop", Leak.NOT_VERIFIABLE, "not tested yet")
    stage.audio.state.set(replace(stage.audio.state.value, returns=(guest,)))
    assert await preflight(stage.desk, say=said.append, within_s=0) == []
    assert "ready      Return Guest: not verifiable, not tested yet" in said
    leaking = replace(guest, leak=Leak.LEAK, leak_detail="own voice -31 dB, 240 ms late")
    stage.audio.state.set(replace(stage.audio.state.value, returns=(leaking,)))
    (problem,) = await preflight(stage.desk, say=lambda _: None, within_s=0)
    assert problem.startswith("Return Guest: leak, own voice -31 dB, 240 ms late.")


async def test_a_host_who_is_the_talkback_too_is_told_that_no_guest_hears_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    assert await preflight(stage.desk, say=said.append, within_s=0) == []
    assert "ready      Talkback: Director, heard in the returns while T is held" in said
    stage = ready(GOOD, SHOW.replace('talkback = "Director"', 'talkback = "Host"'))
    answering(stage, monkeypatch)
    (problem,) = await preflight(stage.desk, say=said.append, within_s=0)
    assert problem.startswith("Talkback: Host, heard in the returns while T is held, and otherwise by no guest. Give T")


async def test_a_second_obs_must_be_there_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    second = '[obs]\nbackup = { url = "ws://192.0.2.7:4455" }\n'
    stage = ready(GOOD, SHOW.replace("[obs]\n", second))
    answering(stage, monkeypatch)
    up = Link(LinkState.UP)
    stage.switch(backup=Backup(up))
    assert await preflight(stage.desk, say=lambda _: None, within_s=0) == []
    stage.switch(backup=Backup(up, differences=("Studio Mode: Main on, Backup off",)))
    (problem,) = await preflight(stage.desk, say=lambda _: None, within_s=0)
    assert "Studio Mode: Main on, Backup off" in problem
    stage.switch(backup=Backup(Link(LinkState.DOWN, "Nothing answers.", "Start it.")))
    (problem,) = await preflight(stage.desk, say=lambda _: None, within_s=0)
    assert problem == "The second OBS: Nothing answers. Start it."


async def test_a_live_camera_tells_how_it_arrives_and_how_late_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    waiting = asyncio.create_task(preflight(stage.desk, say=said.append, within_s=20))
    await asyncio.sleep(0)
    assert not waiting.done(), "it waits for the camera's figures"
    stats = Stats(24.0, 25.0, bitrate_kbps=4_120.0, width=1280, height=720, codec="H.264")
    (wide,) = stage.cameras.tiles.value
    stage.cameras.tiles.set((replace(wide, stats=stats, delay_ms=181.6),))
    assert await waiting == []
    assert "ready      Camera Wide: live, 24 of 25 fps, 1280 × 720 H.264, 4.1 Mbit/s, delay 182 ms" in said


async def test_a_camera_that_tells_no_figures_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.desk.preflight.FIGURES_S", 0.1)
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    assert await preflight(stage.desk, say=said.append, within_s=3600) == []
    assert "ready      Camera Wide: live, 0 fps" in said


@pytest.mark.parametrize(
    ("words", "is_ready"), [("handed to OBS", True), ("OBS does not take it", False), ("nothing comes in", False)]
)
async def test_a_camera_that_is_handed_to_obs_is_looked_for_there(
    monkeypatch: pytest.MonkeyPatch, words: str, is_ready: bool
) -> None:
    stage, said = ready(GOOD), list[str]()
    answering(stage, monkeypatch)
    (wide,) = stage.cameras.tiles.value
    stats = Stats(25.0, 25.0, codec="H.264")
    stage.cameras.tiles.set((replace(wide, relay=words, stats=stats),))
    problems = await preflight(stage.desk, say=said.append, within_s=0)
    assert (f"ready      Camera Wide in OBS: {words}" if is_ready else "NOT READY  Camera Wide in OBS") in said
    why = [problem.partition(". ")[0] for problem in problems]
    assert why == ([] if is_ready else [f"Camera Wide in OBS: {words}"])
