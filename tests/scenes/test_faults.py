"""The link and its takes when OBS is away, frozen, loading, odd: states with words, and nothing sent late."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.core.errors import UserError
from console.core.journal import MemoryJournal, Origin
from console.core.links import Link, LinkState
from console.core.outcome import Result
from scenes.link import ObsLink
from scenes.state import TakeState
from scenes.wire.line import ObsGone, ObsRefused
from tests.scenes.conftest import Connect
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs() as server:
        yield server


def takes_seen(fake: FakeObs) -> list[str]:
    return [data["sceneName"] for name, data in fake.requests if name == "SetCurrentProgramScene"]


def take_state(link: ObsLink) -> TakeState | None:
    take = link.state.value.take
    return take.state if take else None


async def test_a_take_is_proved_over_a_plain_server(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None, safe_scene="B")
    assert (await link.cut("B")).is_done
    assert link.state.value.program == "B"


async def test_obs_that_is_not_there_is_said_with_what_to_do(connect: Connect, journal: MemoryJournal) -> None:
    link = await connect("ws://127.0.0.1:1", None, is_up=False)
    await until(lambda: link.state.value.link.why == "OBS does not answer.")
    assert link.state.value.link.state is LinkState.DOWN
    assert "Start OBS" in link.state.value.link.fix
    outcome = await link.cut("A")
    assert (outcome.result, outcome.why) == (Result.REFUSED, "OBS does not answer.")
    for asked in (link.preview("A"), link.set_studio_mode(True), link.set_output("record", True)):
        assert (await asked).result is Result.REFUSED
    with pytest.raises(UserError):
        await link.screenshot("A", 100, 100)
    with pytest.raises(ObsGone):
        await link.call("GetVersion")
    assert len(journal.of("obs.down")) == 1


async def test_an_obs_that_comes_back_is_read_anew(fake: FakeObs, connect: Connect, journal: MemoryJournal) -> None:
    link = await connect(fake.url, None)
    fake.program = "B"
    await fake.close()
    await until(lambda: link.state.value.link.state is LinkState.DOWN)
    assert link.state.value.program is None
    await until(lambda: link.state.value.program == "B")
    assert len(journal.of("obs.up")) == 2
    assert journal.of("program.changed") == [{"scene": "B", "before": "A"}]


async def test_an_obs_that_is_started_anew_by_itself_is_waited_for_and_nobody_changed_it(
    fake: FakeObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(fake.url, None, anew=("The practice studio starts anew.", "Wait."))
    assert (await link.cut("B")).is_done
    fake.program = "A"
    await fake.close()
    await until(lambda: link.state.value.link == Link(LinkState.DOWN, "The practice studio starts anew.", "Wait."))
    await until(lambda: link.state.value.program == "A")
    assert take_state(link) is None
    assert journal.of("program.changed") == []


async def test_an_obs_that_is_still_loading_is_waited_for(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetSceneList"] = lambda _: 207
    link = await connect(fake.url, None, is_up=False)
    await until(lambda: link.state.value.link.why == "OBS is still loading.")
    assert link.state.value.link.state is LinkState.CONNECTING
    assert (await link.cut("A")).why == "OBS is still loading."
    del fake.script["GetSceneList"]
    await until(lambda: link.state.value.program == "A")


async def test_while_the_collection_changes_nothing_is_taken(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    await fake.push("CurrentSceneCollectionChanging", sceneCollectionName="Other")
    await until(lambda: not link.state.value.link.is_up)
    assert (await link.cut("B")).result is Result.REFUSED
    await fake.push("CurrentSceneCollectionChanged", sceneCollectionName="Other")
    await until(lambda: link.state.value.link.is_up)
    assert (await link.cut("B")).is_done


async def test_a_take_is_refused_when_obs_was_not_heard_just_now(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    fake.is_frozen = True
    await until(lambda: link.line is not None and link.line.silence_s > 0.16)
    outcome = await link.cut("B")
    assert (outcome.result, takes_seen(fake)) == (Result.REFUSED, [])
    assert outcome.why == "OBS was not heard just now, so nothing was sent."
    assert take_state(link) is TakeState.REFUSED


@pytest.mark.slow
async def test_a_take_in_flight_when_obs_freezes_fails_and_its_line_is_dropped(
    fake: FakeObs, connect: Connect, journal: MemoryJournal
) -> None:
    def freeze(_: dict[str, Any]) -> None:
        fake.is_frozen = True

    fake.script["SetCurrentProgramScene"] = freeze
    link = await connect(fake.url, None)
    outcome = await link.cut("B", origin=Origin.KEY)
    assert outcome.result is Result.FAILED
    assert "stood still" in outcome.why
    assert take_state(link) is TakeState.FAILED
    assert not link.state.value.link.is_up
    del fake.script["SetCurrentProgramScene"]
    fake.is_frozen = False
    fake.program = "B"  # it landed after all
    await until(lambda: journal.of("take.landed_late"))
    take = link.state.value.take
    assert take is not None
    assert take.state is TakeState.ON_AIR
    assert take.why.startswith("Late: OBS put B on air")


async def test_a_take_that_obs_refuses_is_refused_in_its_words(fake: FakeObs, connect: Connect) -> None:
    fake.script["SetCurrentProgramScene"] = lambda _: 600
    link = await connect(fake.url, None)
    outcome = await link.take("B")
    assert (outcome.result, outcome.why) == (Result.REFUSED, "OBS refuses to take B: scripted")
    again = await link.take("B")
    assert again.why == "That was a double press."


async def test_a_take_whose_line_breaks_has_failed_and_is_not_sent_again(fake: FakeObs, connect: Connect) -> None:
    fake.script["SetCurrentProgramScene"] = lambda _: None
    link = await connect(fake.url, None)
    take = asyncio.create_task(link.take("B"))
    await until(lambda: takes_seen(fake))
    await fake.close()
    assert (await take).result is Result.FAILED
    await until(lambda: link.state.value.link.is_up)
    await until(lambda: link.state.value.program == "A")
    assert takes_seen(fake) == ["B"]


async def test_a_take_that_waits_when_the_line_breaks_is_never_sent(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetStudioModeEnabled"] = lambda _: {"studioModeEnabled": True}
    link = await connect(fake.url, None)
    await fake.push("SceneTransitionStarted", transitionName="Fade")
    await until(lambda: link.state.value.in_transition)
    take = asyncio.create_task(link.take("B"))
    await until(lambda: take_state(link) is TakeState.WAITING)
    await fake.close()
    assert (await take).result is Result.REFUSED
    await until(lambda: link.state.value.link.is_up)
    assert takes_seen(fake) == []


async def test_a_transition_whose_end_is_never_told_is_found_by_asking(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    await fake.push("SceneTransitionStarted", transitionName="Stinger")
    await until(lambda: link.state.value.in_transition)
    await until(lambda: not link.state.value.in_transition)


async def test_a_stinger_ends_with_its_video(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetCurrentSceneTransitionCursor"] = lambda _: {"transitionCursor": 0.5}
    link = await connect(fake.url, None, is_up=False)
    await until(lambda: link.state.value.in_transition)
    await fake.push("SceneTransitionStarted", transitionName="Stinger")
    await fake.push("SceneTransitionVideoEnded", transitionName="Stinger")
    await until(lambda: not link.state.value.in_transition)


@pytest.mark.slow
async def test_safe_pressed_while_obs_is_away_goes_out_when_it_is_back(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None, safe_scene="B")
    refuse = fake.script["GetSceneList"] = lambda _: 207
    await fake.close()
    await until(lambda: not link.state.value.link.is_up)
    pressed = await link.safe()
    assert pressed.result is Result.PENDING
    assert refuse is fake.script.pop("GetSceneList")
    await until(lambda: link.state.value.program == "B")
    await until(lambda: take_state(link) is TakeState.ON_AIR)


async def test_safe_is_tried_again_when_obs_refuses_and_can_be_taken_back(fake: FakeObs, connect: Connect) -> None:
    fake.script["SetCurrentProgramScene"] = lambda _: 205
    link = await connect(fake.url, None, safe_scene="B")
    pressed = asyncio.create_task(link.safe())
    await until(lambda: len(takes_seen(fake)) > 2)
    assert (await link.cut("A")).why == "SAFE is being tried."
    assert link.cancel_waiting().is_done
    assert (await pressed).why == "SAFE was taken back."
    count = len(takes_seen(fake))
    await link.call("GetVersion")
    assert len(takes_seen(fake)) <= count + 1


async def test_without_a_safe_scene_safe_says_what_is_missing(fake: FakeObs, connect: Connect) -> None:
    nameless = await connect(fake.url, None, safe_scene=None)
    assert "safe_scene" in (await nameless.safe()).fix
    wrong = await connect(fake.url, None, safe_scene="Nowhere")
    assert (await wrong.safe()).why == "OBS has no scene Nowhere."


async def test_a_picture_that_is_none_is_a_message(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    for answer in ({}, {"imageData": "data:image/jpg;base64,###"}, 600, 702):
        fake.script["GetSourceScreenshot"] = lambda _, answer=answer: answer  # type: ignore[misc]
        if answer == {}:
            assert await link.screenshot("A", 10, 10) == b""
            continue
        with pytest.raises(UserError):
            await link.screenshot("A", 10, 10)


async def test_calls_and_batches_hand_on_refusals(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    fake.script["Odd"] = lambda _: 204
    with pytest.raises(ObsRefused):
        await link.call("Odd", some="data")
    answers = await link.batch([("Odd", {}), ("GetVersion", {})])
    assert isinstance(answers[0], ObsRefused)
    assert await link.batch([]) == []


async def test_an_obs_too_old_is_named(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetSceneList"] = lambda _: 204
    link = await connect(fake.url, None, is_up=False)
    await until(lambda: link.state.value.link.why == "This OBS is too old.")


async def test_a_closed_link_is_down_and_stays_down(fake: FakeObs, connect: Connect) -> None:
    link = await connect(fake.url, None)
    await link.close()
    assert link.state.value.link.state is LinkState.DOWN
    assert (await link.cut("B")).result is Result.REFUSED
