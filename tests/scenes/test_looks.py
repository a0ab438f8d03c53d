"""A look's run on an OBS that fails on demand: refusals, a line that dies, an OBS that is slow or wrong."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.core.outcome import Outcome, Result
from console.settings.show import Look, Step
from scenes.link import ObsLink
from scenes.sources.looks import lines_of, plan_of, run_of, untried
from scenes.sources.steps import Judged
from tests.scenes.conftest import Connect
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until

SHOW = Step(do="show", source="Logo", scene="A")
MUTE = Step(do="mute", source="Mic")
LOOK = Look(name="Open", steps=(SHOW, MUTE))
WITH_TAKE = LOOK.model_copy(update={"scene": "B"})


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs() as obs:
        flags: dict[str, bool] = {"sceneItemEnabled": False, "inputMuted": False}

        def set_flag(key: str) -> Any:
            return lambda data: flags.update({key: data[key]}) or {}

        obs.script["GetSceneItemId"] = lambda _: {"sceneItemId": 3}
        obs.script["GetSceneItemEnabled"] = lambda _: dict(flags)
        obs.script["GetInputMute"] = lambda _: dict(flags)
        obs.script["SetSceneItemEnabled"] = set_flag("sceneItemEnabled")
        obs.script["SetInputMute"] = set_flag("inputMuted")
        yield obs


async def linked(fake: FakeObs, connect: Connect) -> ObsLink:
    return await connect(fake.url, None)


async def test_all_done_is_done_and_the_way_back_goes_backwards(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    run = await link.run_look(LOOK)
    assert run.outcome == Outcome.done("Open: all 2 steps are done.")
    assert run.back is not None
    assert lines_of(run.back) == ("Unmute Mic", "Hide Logo in A")


async def test_a_look_with_its_take_is_one_batch(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.requests.clear()
    run = await link.run_look(WITH_TAKE)
    assert run.outcome.is_done, run
    assert [step.line for step in run.steps] == ["Show Logo in A", "Mute Mic", "Take B"]
    sent = [name for name, _ in fake.requests if name.startswith("Set")]
    assert sent == ["SetSceneItemEnabled", "SetInputMute", "SetCurrentProgramScene"]
    assert run.back is not None
    assert run.back.scene == "A"


async def test_a_take_that_obs_refuses_leaves_the_steps_told_as_done(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.script["SetCurrentProgramScene"] = lambda _: 600
    run = await link.run_look(WITH_TAKE)
    assert run.outcome.result is Result.FAILED
    assert [step.is_done for step in run.steps] == [True, True, False]
    assert "1 of 3 not done: Take B (OBS refuses to take B: scripted)" in run.outcome.why
    assert run.back is not None
    assert run.back.scene is None


async def test_a_take_that_is_refused_before_it_leaves_tries_no_step(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.requests.clear()
    run = await link.run_look(LOOK.model_copy(update={"scene": "Nowhere"}))
    assert run.outcome.result is Result.REFUSED
    assert [step.is_done for step in run.steps] == [None, None, None]
    assert fake.requests == []
    assert run.back is None


@pytest.mark.parametrize("look", [LOOK, WITH_TAKE])
async def test_a_line_that_dies_midway_leaves_nothing_known(
    fake: FakeObs, connect: Connect, look: Look, journal: MemoryJournal
) -> None:
    link = await linked(fake, connect)
    fake.script["SetInputMute"] = lambda _: None  # never answered
    running = asyncio.create_task(link.run_look(look))
    await until(lambda: any(name == "SetInputMute" for name, _ in fake.requests))
    await fake.close()
    run = await running
    assert run.outcome.result is Result.FAILED
    assert "not known whether it happened" in run.outcome.why
    assert {step.why for step in run.steps} == {"Not known whether it happened: OBS went away."}
    assert {step.is_done for step in run.steps} == {False}
    assert len(journal.of("look.run")) == 1


async def test_without_obs_nothing_is_tried(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    await fake.close()
    await until(lambda: not link.state.value.link.is_up)
    for look in (LOOK, WITH_TAKE):
        run = await link.run_look(look)
        assert run.outcome.result is Result.REFUSED
        assert {step.is_done for step in run.steps} == {None}
    assert (await link.do(MUTE)).result is Result.REFUSED
    assert (await link.seek("Clip", 5)).result is Result.REFUSED


async def test_nothing_is_sent_to_an_obs_that_stands_still(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.has_meters = False
    await until(lambda: link.line is not None and link.line.silence_s > 0.6, what="the silence")
    fake.requests.clear()
    for outcome in (await link.do(MUTE), (await link.run_look(LOOK)).outcome, await link.seek("Clip", 5)):
        assert outcome.result is Result.REFUSED
        assert outcome.why == "OBS was not heard just now, so nothing was sent."
    assert not any(name.startswith("Set") for name, _ in fake.requests)


async def test_an_obs_that_says_yes_and_does_nothing_is_found_out(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.script["SetSceneItemEnabled"] = lambda _: {}
    outcome = await link.do(SHOW)
    assert outcome == Outcome.failed("Not done: Show Logo in A. OBS says that it did not happen.", "Look at OBS.")
    run = await link.run_look(LOOK)
    assert [step.is_done for step in run.steps] == [False, True]


async def test_an_old_obs_that_does_not_know_a_request_is_named(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    fake.script["SetSceneItemEnabled"] = lambda _: 204
    outcome = await link.do(SHOW)
    assert outcome.result is Result.REFUSED
    assert "a newer one can" in outcome.why


async def test_media_that_takes_its_time_is_waited_for(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    asked: list[int] = []

    def status(_: Any) -> dict[str, Any]:
        asked.append(1)
        state = "PAUSED" if len(asked) > 5 else "PLAYING"
        return {"mediaState": f"OBS_MEDIA_STATE_{state}", "mediaDuration": 9000, "mediaCursor": 100}

    fake.script["GetMediaInputStatus"] = status
    assert (await link.do(Step(do="pause", source="Clip"))).is_done
    assert len(asked) == 6
    fake.script["GetMediaInputStatus"] = lambda _: {"mediaState": "OBS_MEDIA_STATE_PLAYING", "mediaCursor": 1}
    outcome = await link.do(Step(do="pause", source="Clip"))
    assert outcome.why == "Not done: Pause Clip. OBS did not do it in time."
    outcome = await link.seek("Clip", 60_000)
    assert outcome.why == "Clip is at 0:00, not at 1:00."


async def test_a_source_that_a_scene_holds_twice_is_not_changed_by_guess(fake: FakeObs, connect: Connect) -> None:
    def twice(_: Any) -> dict[str, Any]:
        item = {"sourceName": "Logo", "sourceType": "OBS_SOURCE_TYPE_INPUT"}
        return {"sceneItems": [{**item, "sceneItemId": 1}, {**item, "sceneItemId": 2}]}

    link = await linked(fake, connect)
    fake.script["GetSceneItemList"] = twice
    await fake.push("SceneItemCreated", sceneName="A")
    await until(lambda: len(link.sources.value.rows) == 2)
    outcome = await link.do(Step(do="show", source="Logo", scene=link.sources.value.scene))
    assert outcome.result is Result.REFUSED
    assert "holds Logo 2 times" in outcome.why


# Pure.


def test_a_look_of_steps_that_cannot_be_asked_asks_nothing() -> None:
    look = Look(name="Open", steps=(Step(do="text", source="Gone", text="x"),))
    plan = plan_of(look, {"Gone": None})
    assert plan.requests == ()
    run = run_of(look, plan.judge([]))
    assert run.steps[0].why == "OBS has no input Gone."
    assert run.outcome.result is Result.FAILED


def test_only_some_of_many_failures_are_named_and_all_are_counted() -> None:
    look = Look(name="Open", steps=tuple(Step(do="mute", source=f"Mic {n}") for n in range(6)))
    run = run_of(look, [Judged(False, "No.")] * 6)
    assert run.outcome.why.startswith("Open: 6 of 6 not done: Mute Mic 0 (No)")
    assert run.outcome.why.endswith("; and 3 more.")


def test_a_look_that_was_not_tried_has_a_line_for_all_of_it() -> None:
    look = WITH_TAKE.model_copy(update={"transition": "Fade", "duration_ms": 1500})
    run = untried(look, Outcome.refused("No."))
    assert [(step.line, step.is_done) for step in run.steps][-1] == ("Take B with Fade, 1.5 s", None)


def test_a_take_back_to_what_was_on_air_comes_only_after_a_take() -> None:
    done = [Judged(True), Judged(True)]
    assert run_of(WITH_TAKE, done, Outcome.failed("No."), before="A").back is None
    assert run_of(WITH_TAKE, done, Outcome.done(), before="B").back is None
    back = run_of(WITH_TAKE, done, Outcome.done(), before="A").back
    assert back is not None
    assert (back.scene, back.steps) == ("A", ())


async def test_a_look_whose_sources_are_asked_for_too_long_takes_nothing_late(fake: FakeObs, connect: Connect) -> None:
    link = await linked(fake, connect)
    link.clock = clock = SteppedClock()

    def slowly(_: dict[str, Any]) -> dict[str, Any]:
        clock.step(0.6)
        return {"inputSettings": {"text": "Then"}, "inputKind": "text_ft2_source_v2"}

    fake.script["GetInputSettings"] = slowly
    look = WITH_TAKE.model_copy(update={"steps": (Step(do="text", source="A picture", text="Now"),)})
    run = await link.run_look(look)
    assert run.outcome.result is Result.REFUSED
    assert "SetCurrentProgramScene" not in [name for name, _ in fake.requests]
