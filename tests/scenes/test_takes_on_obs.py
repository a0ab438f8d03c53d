"""Takes against the real OBS and the practice OBS alike: lost, waiting, held by the T-bar, black, and put right."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Outcome, Result
from scenes.link import ObsLink
from scenes.state import TakeState
from scenes.taking.black import BLACK_SCENE
from scenes.taking.press import Answers, How, Manner
from scenes.wire.line import ObsRefused
from scenes.wire.socket import LineError
from tests.scenes.conftest import AnyObs, Connect
from tests.waiting import until


@pytest.fixture
async def studio(obs: AnyObs, connect: Connect) -> ObsLink:
    """A link in Studio Mode with a fade of 700 ms, Wide on air."""
    link = await connect(obs.url, obs.password)
    assert (await link.set_studio_mode(True)).is_done
    assert (await link.set_transition("Fade", 700)).is_done
    return link


async def lose_table(obs: AnyObs, link: ObsLink) -> None:
    """Another client fades to Close, and takes Table before that has ended: OBS loses it and names it all the same."""
    await obs.call("SetCurrentProgramScene", sceneName="Close")
    await until(lambda: link.state.value.in_transition)
    await asyncio.sleep(0.2)  # well inside the transition, where OBS loses takes
    await obs.call("SetCurrentProgramScene", sceneName="Table")


async def is_lost(link: ObsLink) -> None:
    await until(lambda: link.state.value.take and link.state.value.take.state is TakeState.LOST)


async def names_what_is_on_air(obs: AnyObs, link: ObsLink, scene: str) -> None:
    """By the console and by the witness: the picture, and the name that OBS gives it."""
    shown = link.state.value
    assert (shown.program, shown.claimed) == (scene, scene)
    for name in ("Wide", "Close", "Table"):
        assert await obs.is_on_air(f"{name} picture") is (name == scene)
    assert (await obs.call("GetCurrentProgramScene"))["currentProgramSceneName"] == scene


@pytest.mark.slow
async def test_a_take_lost_by_another_client_is_named_with_what_is_on_air(
    obs: AnyObs, studio: ObsLink, journal: MemoryJournal
) -> None:
    await lose_table(obs, studio)
    await until(lambda: not studio.state.value.in_transition)
    await is_lost(studio)
    take = studio.state.value.take
    assert take is not None
    assert (take.why, take.on_air) == ("OBS says Table; on air is Close.", "Close")
    assert take.fix == "Take Table again, or keep Close and put OBS right."
    assert journal.of("take.lost") == [{"scene": "Table", "on_air": "Close"}]


@pytest.mark.slow
@pytest.mark.parametrize(("keep", "scene"), [(False, "Table"), (True, "Close")])
async def test_a_lost_take_is_put_right_either_way(obs: AnyObs, studio: ObsLink, keep: bool, scene: str) -> None:
    await lose_table(obs, studio)
    await is_lost(studio)
    outcome = await studio.put_right(keep=keep, origin=Origin.KEY)
    assert outcome.is_done, outcome
    await names_what_is_on_air(obs, studio, scene)
    assert (await studio.put_right(keep=keep)).result is Result.REFUSED


@pytest.mark.slow
async def test_a_waiting_take_is_not_sent_when_something_else_is_on_air_than_it_expected(
    obs: AnyObs, studio: ObsLink
) -> None:
    ours = asyncio.create_task(studio.auto("Close"))
    await until(lambda: studio.state.value.in_transition)
    waiting = asyncio.create_task(studio.cut("Wide"))
    await asyncio.sleep(0.2)  # well inside the transition
    await obs.call("SetCurrentProgramScene", sceneName="Table")  # lost: the picture is ours, and the wait was for it
    assert (await ours).is_done
    assert (await waiting).is_done
    await names_what_is_on_air(obs, studio, "Wide")


async def test_a_named_transition_is_for_one_take_alone(obs: AnyObs, studio: ObsLink) -> None:
    waiting_since = asyncio.get_running_loop().time()
    first = asyncio.create_task(studio.auto("Close", transition="Fade", duration_ms=1100))
    await until(lambda: studio.state.value.in_transition)
    second = asyncio.create_task(studio.cut("Table"))
    await until(lambda: studio.state.value.take and studio.state.value.take.due_mono_ns)
    take = studio.state.value.take
    assert take is not None
    assert take.due_mono_ns - take.since_mono_ns > 700_000_000  # its own duration, not the chosen one
    assert (await first).is_done
    assert (await second).is_done
    assert asyncio.get_running_loop().time() - waiting_since > 1.0
    shown = studio.state.value
    assert (shown.program, shown.transition, shown.transition_ms) == ("Table", "Fade", 700)
    own = await obs.call("GetSceneSceneTransitionOverride", sceneName="Close")
    assert own == {"transitionName": None, "transitionDuration": None}
    assert (await studio.auto("Close", transition="Nothing")).result is Result.REFUSED


async def test_a_scenes_own_transition_is_set_shown_and_decides_when_a_waiting_take_is_due(
    obs: AnyObs, studio: ObsLink
) -> None:
    assert (await studio.set_override("Close", "Fade", 1200)).is_done
    own = await obs.call("GetSceneSceneTransitionOverride", sceneName="Close")
    assert own == {"transitionName": "Fade", "transitionDuration": 1200}
    scene = studio.model.scene("Close")
    assert scene is not None
    assert (scene.override, scene.override_ms) == ("Fade", 1200)
    first = asyncio.create_task(studio.auto("Close"))
    await until(lambda: studio.state.value.in_transition)
    second = asyncio.create_task(studio.cut("Table"))
    await until(lambda: studio.state.value.take and studio.state.value.take.due_mono_ns)
    take = studio.state.value.take
    assert take is not None
    assert take.due_mono_ns - take.since_mono_ns > 750_000_000
    assert (await first).is_done
    assert (await second).is_done
    assert (await studio.set_override("Close", None)).is_done
    scene = studio.model.scene("Close")
    assert scene is not None
    assert (scene.override, scene.override_ms) == (None, None)
    assert (await studio.set_override("Close", "Nothing")).result is Result.REFUSED


async def test_steps_before_a_take_travel_with_it(obs: AnyObs, studio: ObsLink) -> None:
    told: list[Answers] = []
    steps = [
        {"requestType": "SetInputMute", "requestData": {"inputName": "Mic", "inputMuted": True}},
        {"requestType": "SetInputMute", "requestData": {"inputName": "Nothing", "inputMuted": True}},
        {"requestType": "GetInputMute", "requestData": {"inputName": "Mic"}},
    ]
    manner = Manner(How.CUT, before=tuple(steps), on_answers=told.append)
    outcome = await studio.takes.take("Close", manner)
    assert outcome.is_done, outcome
    assert len(told) == 1
    done, wrong, asked = told[0]
    assert (done, asked) == ({}, {"inputMuted": True})
    assert isinstance(wrong, ObsRefused)
    await names_what_is_on_air(obs, studio, "Close")


async def held(link: ObsLink, position: float) -> Outcome:
    outcome = await link.move_t_bar(position)
    assert outcome.is_done, outcome
    return outcome


async def test_the_t_bar_at_its_end_is_a_take(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    for position in (0.05, 0.3, 0.8):
        await held(studio, position)
    shown = studio.state.value
    assert (shown.t_bar, shown.in_transition, shown.program) == (0.8, True, "Wide")
    outcome = await studio.move_t_bar(1.0, release=True, origin=Origin.KEY)
    assert outcome.is_done, outcome
    await names_what_is_on_air(obs, studio, "Close")
    shown = studio.state.value
    assert (shown.t_bar, shown.in_transition, shown.preview) == (None, False, "Wide")


async def test_the_t_bar_taken_back_leaves_on_air_what_was(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    await held(studio, 0.5)
    waiting = asyncio.create_task(studio.cut("Table"))
    await until(lambda: studio.state.value.take and studio.state.value.take.state is TakeState.WAITING)
    assert studio.cancel_waiting().is_done
    assert (await waiting).result is Result.REFUSED
    outcome = await studio.move_t_bar(0.0, release=True)
    assert outcome.is_done, outcome
    await names_what_is_on_air(obs, studio, "Wide")
    shown = studio.state.value
    assert (shown.t_bar, shown.in_transition, shown.preview) == (None, False, "Close")


async def test_safe_does_not_wait_for_the_hand_on_the_t_bar(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    await held(studio, 0.4)
    assert (await studio.safe(origin=Origin.KEY)).is_done
    late = await studio.move_t_bar(0.5)  # at once: a hand that has rested a while begins anew
    assert studio.state.value.program == "Safe"
    assert await obs.is_on_air("Safe picture")
    assert not await obs.is_on_air("Close picture")
    assert (late.result, late.why) == (Result.REFUSED, "The transition ended without the T-bar.")


async def test_safe_does_not_wait_for_a_t_bar_that_another_client_holds(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    await obs.call("SetTBarPosition", position=0.6, release=False)
    await until(lambda: studio.state.value.in_transition)
    await studio.safe(origin=Origin.KEY)
    await until(lambda: studio.state.value.program == "Safe")
    assert await obs.is_on_air("Safe picture")
    assert not await obs.is_on_air("Wide picture")


async def test_a_t_bar_that_another_client_ends_begins_nothing_new_under_the_hand(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    await held(studio, 0.6)
    await obs.call("SetTBarPosition", position=1.0, release=True)
    await until(lambda: studio.state.value.program == "Close")
    assert studio.state.value.t_bar is None
    late = await studio.move_t_bar(0.7)
    assert (late.result, late.why) == (Result.REFUSED, "The transition ended without the T-bar.")
    assert (await studio.move_t_bar(1.0, release=True)).result is Result.REFUSED
    assert studio.state.value.program == "Close"


async def test_a_line_that_ends_takes_the_t_bar_with_it(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    await held(studio, 0.6)
    assert studio.line is not None
    studio.line.drop(LineError("The test cut the line."))
    await until(lambda: not studio.state.value.link.is_up)
    assert studio.state.value.t_bar is None
    assert (await studio.move_t_bar(0.7)).result is Result.REFUSED
    await until(lambda: studio.state.value.link.is_up)
    assert studio.state.value.in_transition  # OBS goes on holding it
    await obs.call("SetTBarPosition", position=1.0, release=True)
    await until(lambda: studio.state.value.program == "Close")


async def test_many_moves_at_once_end_where_the_last_one_is(obs: AnyObs, studio: ObsLink) -> None:
    assert (await studio.preview("Close")).is_done
    outcomes = await asyncio.gather(*(studio.move_t_bar(0.2 + step / 100) for step in range(60)))
    assert all(outcome.is_done for outcome in outcomes)
    assert studio.state.value.t_bar == pytest.approx(0.79)
    assert (await studio.move_t_bar(1.0, release=True)).is_done
    assert studio.state.value.program == "Close"


async def test_the_t_bar_needs_studio_mode_and_a_position(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    assert (await link.move_t_bar(0.5)).result is Result.REFUSED
    for junk in (-0.1, 1.1, float("nan"), float("inf"), "half", None, True):
        assert (await link.move_t_bar(junk)).result is Result.REFUSED  # type: ignore[arg-type]


async def test_a_stinger_is_proved_at_its_true_end(obs: AnyObs, studio: ObsLink) -> None:
    outcome = await studio.auto("Close", transition="Stinger")
    assert outcome.is_done, outcome
    await names_what_is_on_air(obs, studio, "Close")
    assert not studio.state.value.in_transition
    assert (await studio.cut("Table")).is_done
    await names_what_is_on_air(obs, studio, "Table")


@pytest.fixture
async def no_other_black(obs: AnyObs) -> AsyncIterator[None]:
    """The rig's other empty scene shows something, so that only one is black; what was made is removed."""
    frame = {"color": 0xFFFFFFFF, "width": 100, "height": 20}
    spare = {"sceneName": "Spare"}
    name = f"Something {uuid4().hex[:6]}"  # OBS takes a while to let go of the last one
    made = await obs.call("CreateInput", **spare, inputName=name, inputKind="color_source_v3", inputSettings=frame)
    yield
    await obs.call("RemoveSceneItem", **spare, sceneItemId=made["sceneItemId"])
    await obs.ask("RemoveInput", inputName=name)
    await obs.ask("RemoveScene", sceneName=BLACK_SCENE)


@pytest.mark.usefixtures("no_other_black")
@pytest.mark.parametrize("in_studio", [False, True])
async def test_fade_to_black_and_back(obs: AnyObs, connect: Connect, in_studio: bool) -> None:
    link = await connect(obs.url, obs.password)
    await link.set_studio_mode(in_studio)
    outcome = await link.fade_black(duration_ms=200)
    assert outcome.is_done, outcome
    shown = link.state.value
    assert (shown.is_black, shown.program) == (True, BLACK_SCENE)
    for name in ("Wide", "Close", "Table"):
        assert not await obs.is_on_air(f"{name} picture")
    outcome = await link.fade_black(duration_ms=200)
    assert outcome.is_done, outcome
    assert not link.state.value.is_black
    await names_what_is_on_air(obs, link, "Wide")
    assert link.state.value.transition == "Cut"


async def test_in_direct_mode_the_same_keys_mean_the_same(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    assert (await link.cut()).result is Result.REFUSED  # nothing is in preview
    assert (await link.preview("Close")).is_done
    assert (link.state.value.preview, link.state.value.program) == ("Close", "Wide")
    assert (await link.cut()).is_done
    await names_what_is_on_air(obs, link, "Close")
    assert link.state.value.preview == "Wide"  # as OBS swaps in Studio Mode
    await link.set_transition("Fade", 300)
    assert (await link.auto()).is_done
    await names_what_is_on_air(obs, link, "Wide")
    assert link.state.value.preview == "Close"
    await link.set_studio_mode(True)
    assert link.state.value.preview == "Wide"


async def test_a_press_right_after_a_change_from_outside_counts_when_it_comes_again(
    obs: AnyObs, connect: Connect
) -> None:
    link = await connect(obs.url, obs.password)
    await obs.call("SetCurrentProgramScene", sceneName="Close")
    await until(lambda: link.state.value.claimed == "Close")
    first = await link.cut("Table", origin=Origin.KEY)
    assert first.result is Result.REFUSED
    assert first.why.startswith("Program changed from Wide to Close 0.")
    assert first.why.endswith(" s ago, from outside Cuedrop.")
    assert first.fix == "Press again to take Table."
    double = await link.cut("Table", origin=Origin.KEY)
    assert double.why == "That was a double press."
    await asyncio.sleep(0.26)  # the guard time
    assert (await link.cut("Table", origin=Origin.KEY)).is_done
