"""What the director can do with the picture, and what each action says when it cannot run."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast, get_args

import pytest

from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome, Result
from console.desk.desk import MOVED_S, TAKES
from console.desk.trouble import How
from console.practice.misbehaviour import HOWS, REQUEST, VENDOR
from scenes.state import Backup, Scene, Take, TakeState
from scenes.wire.line import ObsGone, ObsRefused
from tests.desk.parts import SHOW, Stage
from tests.waiting import until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage(SHOW + "\n[switching]\nhot_release_s = 60.0\n")
    stage.switch(studio_mode=True)
    yield stage
    stage.desk.close()


async def refused(stage: Stage, action: str, **arguments: object) -> str:
    outcome = await stage.desk.run(action, Origin.KEY, **arguments)
    assert outcome.result is Result.REFUSED, outcome
    return outcome.why


@pytest.mark.parametrize(
    ("action", "arguments", "called", "with_"),
    [
        ("scene.auto", {"scene": "Table", "transition": "Fade", "duration_ms": 400}, "auto",
         (("Table",), {"expect": None, "transition": "Fade", "duration_ms": 400})),
        ("scene.take", {"expect": "Wide"}, "take", ((None,), {"expect": "Wide"})),
        ("black.fade", {}, "fade_black", ((), {"duration_ms": None})),
        ("tbar.move", {"position": 0.25}, "move_t_bar", ((0.25,), {"release": False})),
        ("tbar.move", {"position": 1, "release": True}, "move_t_bar", ((1.0,), {"release": True})),
        ("override.set", {"scene": "Table", "name": "Fade"}, "set_override",
         (("Table", "Fade"), {"duration_ms": None})),
        ("override.set", {"scene": "Table"}, "set_override", (("Table", None), {"duration_ms": None})),
    ],
)  # fmt: skip
async def test_an_action_asks_obs_for_just_that(
    stage: Stage, action: str, arguments: dict[str, Any], called: str, with_: object
) -> None:
    assert (await stage.desk.run(action, Origin.KEY, **arguments)).is_done
    assert stage.called(called) == [with_]


async def test_a_lost_take_has_two_ways_out_and_only_then(stage: Stage) -> None:
    assert await refused(stage, "take.put_right") == "No take is lost: OBS names what is on air."
    assert await refused(stage, "take.keep") == "No take is lost: OBS names what is on air."
    stage.switch(take=Take("Table", TakeState.LOST, 0, on_air="Wide"))
    assert (await stage.desk.run("take.put_right", Origin.KEY)).is_done
    assert (await stage.desk.run("take.keep", Origin.KEY)).is_done
    assert stage.called("put_right") == [((), {"keep": False}), ((), {"keep": True})]


@pytest.mark.parametrize(
    ("here", "by", "position", "release"),
    [(None, 0.1, 0.1, False), (0.1, 0.1, 0.2, False), (0.95, 0.1, 1.0, True), (0.1, -0.1, 0.0, True)],
)
async def test_the_t_bar_goes_in_steps_and_is_let_go_at_its_ends(
    stage: Stage, here: float | None, by: float, position: float, release: bool
) -> None:
    stage.switch(t_bar=here)
    assert (await stage.desk.run("tbar.step", Origin.KEY, by=by)).is_done
    assert stage.called("move_t_bar") == [((position,), {"release": release})]


async def test_the_t_bar_says_why_it_cannot_be_moved(stage: Stage) -> None:
    assert await refused(stage, "tbar.back") == "The T-bar is at rest."
    stage.switch(studio_mode=False)
    assert await refused(stage, "tbar.move", position=0.5) == "Studio Mode is off: the T-bar has no preview to go to."
    stage.switch(studio_mode=True, preview=None)
    assert await refused(stage, "tbar.step", by=0.1) == "Nothing is in preview."
    stage.switch(requests=frozenset({"GetVersion"}), version="28.0.1")
    assert "28.0.1" in await refused(stage, "tbar.step", by=0.1)
    assert "28.0.1" in await refused(stage, "override.set", scene="Table")


async def test_escape_takes_back_one_thing_at_a_time_the_take_first(stage: Stage) -> None:
    stage.switch(take=Take("Table", TakeState.WAITING, 0), t_bar=0.4)
    stage.commerce.state.set(replace(stage.commerce.state.value, is_stopping=True))
    assert (await stage.desk.run("scene.cancel", Origin.KEY)).is_done
    assert [name for name, _, _ in stage.calls] == ["cancel_waiting"]
    stage.switch(take=Take("Table", TakeState.REFUSED, 0))
    await stage.desk.run("scene.cancel", Origin.KEY)
    assert stage.called("move_t_bar") == [((0.0,), {"release": True})]
    stage.switch(t_bar=None)
    await stage.desk.run("scene.cancel", Origin.KEY)
    assert len(stage.called("take_back_stop")) == 1
    stage.commerce.state.set(replace(stage.commerce.state.value, is_stopping=False))
    assert await refused(stage, "scene.cancel") == "Nothing is waiting."


MOVES = [("Table", "Wide", "Safe"), ("Wide", "Desk", "Safe"), ("Table", "Safe")]


@pytest.mark.parametrize("names", MOVES, ids=["reordered", "renamed", "removed"])
@pytest.mark.parametrize("action", ["scene.preview", "scene.cut", "scene.auto", "scene.take"])
async def test_a_press_does_not_land_on_what_moved_under_it(stage: Stage, action: str, names: tuple[str, ...]) -> None:
    stage.switch(scenes=tuple(Scene(name) for name in names))
    assert "moved just now" in await refused(stage, action, scene=names[0])
    assert (await stage.desk.run(action, Origin.KEY, scene=names[0])).is_done  # pressed again


async def test_whoever_names_a_scene_gets_it_and_so_does_whoever_comes_later(stage: Stage) -> None:
    stage.switch(scenes=(Scene("Table"), Scene("Wide"), Scene("Safe")))
    assert (await stage.desk.run("scene.cut", Origin.REMOTE, scene="Table")).is_done
    assert (await stage.desk.run("scene.cut", Origin.KEY)).is_done  # the preview is the preview
    stage.clock.step(MOVED_S)
    assert (await stage.desk.run("scene.cut", Origin.KEY, scene="Table")).is_done


async def test_a_scene_more_at_the_end_or_another_transition_moves_nothing(stage: Stage) -> None:
    scenes = stage.desk.switcher.value.scenes
    stage.switch(scenes=(*scenes, Scene("New")))
    stage.switch(scenes=(replace(scenes[0], override="Fade"), *scenes[1:], Scene("New")))
    stage.switch(link=Link(LinkState.DOWN, "OBS was closed."))
    stage.switch(link=Link(LinkState.UP))
    assert (await stage.desk.run("scene.cut", Origin.KEY, scene="Table")).is_done


async def test_hot_lets_go_by_itself_after_a_time_without_a_hot_cut(stage: Stage) -> None:
    desk = stage.desk
    assert (await desk.run("hot.latch", Origin.KEY, on=True)).is_done
    assert desk.hot_until_ns.value == stage.clock.mono_ns() + 60 * 10**9
    stage.clock.step(50)
    await desk.run("scene.cut", Origin.KEY, scene="Table")
    assert desk.hot_until_ns.value == stage.clock.mono_ns() + 60 * 10**9
    stage.clock.step(50)
    await desk.run("scene.cut", Origin.KEY)  # no hot cut: the preview
    stage.clock.step(11)
    await until(lambda: not desk.hot.value, what="the end of HOT")
    notice = stage.desk.notice.value
    assert notice is not None
    assert notice.what == "HOT let go: nothing was cut for 60 s."
    assert stage.desk.hot_until_ns.value is None
    assert [fields["why"] for fields in stage.journal.of("hot.released")] == ["nothing was cut for 60 s"]


async def test_hot_is_let_go_by_hand_without_a_word(stage: Stage) -> None:
    await stage.desk.run("hot.latch", Origin.KEY, on=True)
    await stage.desk.run("hot.latch", Origin.KEY, on=False)
    assert (stage.desk.hot.value, stage.desk.hot_until_ns.value, stage.desk.notice.value) == (False, None, None)


@pytest.mark.parametrize("what", ["lock", "OBS away", "scenes moved"])
async def test_hot_does_not_outlast_what_it_was_latched_for(stage: Stage, what: str) -> None:
    await stage.desk.run("hot.latch", Origin.KEY, on=True)
    if what == "lock":
        await stage.desk.run("lock.set", Origin.KEY, on=True)
    elif what == "OBS away":
        stage.switch(link=Link(LinkState.DOWN, "OBS was closed."))
    else:
        stage.switch(scenes=(Scene("Table"), Scene("Wide")))
    assert not stage.desk.hot.value


async def test_one_obs_alone_has_no_second_one_to_lead(stage: Stage) -> None:
    assert "[obs.backup]" in await refused(stage, "obs.lead", which="backup")
    assert "[obs.backup]" in await refused(stage, "obs.match")
    stage.switch(backup=Backup())
    assert (await stage.desk.run("obs.lead", Origin.KEY, which="backup")).is_done
    assert (await stage.desk.run("obs.match", Origin.KEY)).is_done
    assert stage.called("lead") == [(("backup",), {})]


async def test_only_a_practice_obs_can_be_told_to_misbehave(stage: Stage) -> None:
    assert await refused(stage, "practice.misbehave", how="stall") == "This is no practice: OBS is real."
    stage.switch(is_practice=True)
    assert (await stage.desk.run("practice.misbehave", Origin.KEY, how="stall", for_s=2)).is_done
    (((request,), asked),) = stage.called("call")
    assert request == "CallVendorRequest"
    assert (asked["vendorName"], asked["requestType"]) == (VENDOR, REQUEST)
    assert asked["requestData"] == {"how": "stall", "for_s": 2.0}
    assert get_args(How) == HOWS


@pytest.mark.parametrize("error", [ObsRefused("CallVendorRequest", 600, "No vendor."), ObsGone("OBS was closed.")])
async def test_a_practice_obs_that_does_not_listen_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def call(*arguments: object, **named: object) -> dict[str, object]:
        raise error

    monkeypatch.setattr(stage.obs, "call", call, raising=False)
    stage.switch(is_practice=True)
    outcome = await stage.desk.run("practice.misbehave", Origin.KEY, how="die")
    assert not outcome.is_done
    assert outcome.why


async def test_whatever_changes_the_picture_counts_as_a_hand() -> None:
    stage = Stage()
    takes = {action.id for action in stage.desk.actions if action.id.startswith(("scene.", "take.", "tbar.", "black."))}
    assert takes - TAKES == {"scene.preview", "scene.cancel"}


async def captures(stage: Stage) -> None:
    rows = [
        {"inputName": "Mic", "unversionedInputKind": "pulse_input_capture"},
        {"inputName": "Room", "unversionedInputKind": "pulse_input_capture"},
        {"inputName": "Clip", "unversionedInputKind": "ffmpeg_source"},
    ]
    stage.obs.answers["call"] = cast(Outcome, {"inputs": rows})


async def test_all_microphones_off_mutes_those_too_that_the_show_does_not_name(stage: Stage) -> None:
    await captures(stage)
    assert (await stage.desk.run("safe.mics_off", Origin.KEY)).is_done
    assert len(stage.called("safe")) == 1
    everywhere = {"everywhere": True}  # whatever their strips say
    assert sorted(stage.called("set_mute")) == [(("Director", True), everywhere), (("Host", True), everywhere)]
    assert sorted(stage.called("set_input_mute")) == [(("Mic", True), {}), (("Room", True), {})]


async def test_microphones_are_tried_until_obs_confirms(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.desk.mics.PENDING_S", 0.05)
    await captures(stage)
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS did not answer.")
    outcome = await stage.desk.run("safe.mics_off", Origin.KEY)
    assert (outcome.result, outcome.why.split(".")[0]) == (
        Result.PENDING, "The microphones are muted in OBS as soon as it confirms it",
    )  # fmt: skip
    assert set(stage.desk.mics.unconfirmed.value) == {"Mic", "Room"}
    stage.obs.answers["set_input_mute"] = Outcome.done()
    await until(lambda: stage.journal.of("mics.off"), what="the proof")
    assert stage.desk.mics.unconfirmed.value == ()


@pytest.mark.parametrize("way", ["Esc", "open one"])
async def test_the_muting_can_be_taken_back(stage: Stage, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr("console.desk.mics.PENDING_S", 0.05)
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS did not answer.")
    await stage.desk.run("safe.mics_off", Origin.KEY)
    assert stage.desk.mics.is_trying
    if way == "Esc":
        assert (await stage.desk.run("scene.cancel", Origin.KEY)).is_done
    else:
        await stage.desk.run("channel.mute", Origin.KEY, channel="Host", on=False)
    await until(lambda: not stage.desk.mics.is_trying, what="the end of the trying")
    assert stage.journal.of("mics.off") == []


async def test_an_input_that_obs_does_not_mute_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.desk.mics.AGAIN_S", 0.01)
    stage.obs.answers["set_input_mute"] = Outcome.refused("OBS has no such input.")
    outcome = await stage.desk.run("safe.mics_off", Origin.KEY)
    assert (outcome.result, outcome.why) == (Result.FAILED, "Mic is not muted in OBS: OBS has no such input.")
