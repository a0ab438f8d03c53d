"""Takes against a line of the test's own: whatever comes in whatever order, each press ends once and in truth."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal, Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome, Result
from scenes.state import Scene, Switcher, Take, TakeState
from scenes.switcher import Model, fold, settle
from scenes.taking.press import TAKE, Answers, Manner
from scenes.taking.takes import HEARD_S, How, Takes
from scenes.wire.line import ObsGone
from scenes.wire.socket import LineError

SCENES = tuple(Scene(name, inputs=frozenset({name.lower()})) for name in "ABC")
DONE = {"requestStatus": {"result": True, "code": 100}}
REFUSED = {"requestStatus": {"result": False, "code": 600, "comment": "no"}}


class FakeLine:
    """Notes what is sent, and when OBS was heard."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, asyncio.Future[dict[str, Any]]]] = []
        self.batches: list[list[dict[str, Any]]] = []
        self.silence_s = 0.0

    def send(self, request: str, data: dict[str, Any]) -> asyncio.Future[dict[str, Any]]:
        assert self.silence_s <= HEARD_S, "law 2: nothing is sent to an OBS that was not heard"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.sent.append((data.get("sceneName") or data["sceneUuid"], future))
        return future

    def send_batch(self, requests: list[dict[str, Any]]) -> asyncio.Future[dict[str, Any]]:
        self.batches.append(requests)
        take = next(each for each in requests if each["requestType"] == TAKE)
        return self.send(TAKE, take["requestData"])

    def drop(self, why: LineError) -> None:
        """Nothing to do: the test ends the line."""


class FakeStage:
    """A stage whose model the test folds."""

    def __init__(self, *, studio_mode: bool) -> None:
        self.clock = SteppedClock()
        self.journal = MemoryJournal()
        up = Link(LinkState.UP)
        shown = Switcher(link=up, studio_mode=studio_mode, program="A", claimed="A", preview="B", scenes=SCENES)
        self.model = Model(shown, frozenset({"a"}), aired=("A", frozenset({"a"})))
        self.wire = FakeLine()
        self.line: Any = self.wire
        self.taken: list[Take] = []
        self.takes = Takes(self, safe_scene="C")

    def show_take(self, take: Take) -> None:
        if take.state is TakeState.ON_AIR:
            assert self.model.shown.program == take.scene, "only what is proved is shown as on air"
        self.taken.append(take)

    def judge_soon(self) -> None:
        """The test settles by hand."""

    def let_go_t_bar(self) -> None:
        """There is none."""

    def next_is(self, scene: str) -> None:
        """What OBS has in preview is for OBS to say."""

    def tell(self, event: str, **data: Any) -> None:
        """An event of OBS."""
        at_ns = self.clock.mono_ns()
        if event == "SceneTransitionStarted":
            self.takes.on_transition_started()
        self.model = settle(fold(self.model, event, data, at_ns=at_ns), at_ns=at_ns, is_final=False)
        self.takes.on_model()

    def settle(self) -> None:
        """What is on air judged for good."""
        self.model = settle(self.model, at_ns=self.clock.mono_ns(), is_final=True)
        self.takes.on_settled()

    def end(self) -> None:
        """The line ends."""
        self.line = None
        self.takes.on_line_end(LineError("gone"))

    def air(self, scene: str) -> None:
        """OBS puts `scene` on air, whole and in order, and says so."""
        self.tell("SceneTransitionStarted")
        self.swap_to(scene)
        self.tell("SceneTransitionEnded")

    def swap_to(self, scene: str) -> None:
        """The picture and the name of program change."""
        self.tell("InputActiveStateChanged", inputName=scene.lower(), videoActive=True)
        self.tell("CurrentProgramSceneChanged", sceneName=scene)
        for other in self.model.active - {scene.lower()}:
            self.tell("InputActiveStateChanged", inputName=other, videoActive=False)


async def pressed(
    stage: FakeStage, scene: str | None, how: How | Manner = How.MIX, **more: Any
) -> asyncio.Task[Outcome]:
    """A press whose frame has left when this returns."""
    task = asyncio.ensure_future(stage.takes.take(scene, how, **more))
    await asyncio.sleep(0)
    return task


async def landed(stage: FakeStage, task: asyncio.Task[Outcome]) -> Outcome:
    """A press that OBS carries out at once."""
    await answered(stage)
    stage.air(stage.wire.sent[-1][0])
    return await task


async def answered(stage: FakeStage, answer: dict[str, Any] = DONE) -> None:
    """OBS answers whatever it was asked."""
    for _, future in stage.wire.sent:
        if not future.done():
            future.set_result(answer)
    await asyncio.sleep(0)


def sent(stage: FakeStage) -> list[str]:
    return [scene for scene, _ in stage.wire.sent]


async def test_a_press_right_after_a_change_from_outside_lands_only_when_it_comes_again() -> None:
    stage = FakeStage(studio_mode=False)
    stage.takes.on_model()  # A is known to be on air
    stage.swap_to("B")
    stage.clock.step(0.4)
    first = await (await pressed(stage, "C", origin=Origin.KEY))
    assert (first.result, first.why, first.fix) == (
        Result.REFUSED,
        "Program changed from A to B 0.4 s ago, from outside Cuedrop.",
        "Press again to take C.",
    )
    stage.clock.step(0.1)
    assert (await (await pressed(stage, "C", origin=Origin.KEY))).why == "That was a double press."
    stage.clock.step(0.2)
    assert (await landed(stage, await pressed(stage, "C", origin=Origin.KEY))).is_done
    assert sent(stage) == ["C"]


async def test_the_other_press_and_the_one_after_a_new_change_are_refused_once_more() -> None:
    stage = FakeStage(studio_mode=False)
    stage.takes.on_model()
    stage.swap_to("B")
    assert (await (await pressed(stage, "C", origin=Origin.KEY))).result is Result.REFUSED
    stage.clock.step(0.3)
    assert (await (await pressed(stage, "A", origin=Origin.KEY))).result is Result.REFUSED
    stage.clock.step(0.3)
    stage.swap_to("C")
    again = await (await pressed(stage, "A", origin=Origin.KEY))
    assert again.why == "Program changed from B to C 0.0 s ago, from outside Cuedrop."
    stage.clock.step(1.1)
    assert (await landed(stage, await pressed(stage, "B", origin=Origin.KEY))).is_done


async def test_obs_naming_another_scene_is_a_change_before_it_is_proved() -> None:
    stage = FakeStage(studio_mode=False)
    stage.takes.on_model()
    stage.tell("CurrentProgramSceneChanged", sceneName="B")
    assert stage.model.shown.program == "A"
    assert (await (await pressed(stage, "C", origin=Origin.BUTTON))).result is Result.REFUSED
    assert (await (await pressed(stage, "C", origin=Origin.REMOTE, expect="A"))).result is Result.REFUSED
    assert sent(stage) == []


async def test_a_remote_that_knows_what_is_on_air_and_automation_are_not_held_up() -> None:
    stage = FakeStage(studio_mode=False)
    stage.takes.on_model()
    stage.swap_to("B")
    assert (await landed(stage, await pressed(stage, "C", origin=Origin.REMOTE, expect="B"))).is_done
    stage.swap_to("A")
    assert (await landed(stage, await pressed(stage, "B", origin=Origin.AUTOMATION))).is_done


async def test_a_wrong_belief_is_refused_with_what_changed_and_for_automation_every_time() -> None:
    stage = FakeStage(studio_mode=False)
    assert (await landed(stage, await pressed(stage, "B"))).is_done
    stage.clock.step(3.0)
    told = "Program changed from A to B 3.0 s ago, by Cuedrop."
    first = await (await pressed(stage, "C", origin=Origin.HOST, expect="A"))
    assert (first.result, first.why) == (Result.REFUSED, told)
    for _ in range(2):
        machine = await (await pressed(stage, "C", origin=Origin.AUTOMATION, expect="A"))
        assert (machine.why, machine.fix) == (told, "Look at program, then take again.")
        stage.clock.step(0.0)
    stage.clock.step(0.3)
    assert (await landed(stage, await pressed(stage, "C", origin=Origin.HOST, expect="A"))).is_done


async def test_a_double_press_is_the_same_press_and_nothing_else() -> None:
    stage = FakeStage(studio_mode=True)
    assert (await landed(stage, await pressed(stage, None, How.CUT))).is_done  # Space: B
    stage.tell("CurrentPreviewSceneChanged", sceneName="A")  # OBS swaps
    assert (await (await pressed(stage, None, How.CUT))).why == "That was a double press."
    stage.takes.chosen()
    stage.tell("CurrentPreviewSceneChanged", sceneName="C")  # a number
    assert (await landed(stage, await pressed(stage, None, How.MIX))).is_done  # Enter
    assert (await landed(stage, await pressed(stage, "B", How.MIX))).is_done  # a cue
    assert (await (await pressed(stage, "B", How.MIX))).why == "That was a double press."
    assert sent(stage) == ["B", "C", "B"]


async def test_a_waiting_take_is_refused_when_its_transition_brought_something_else() -> None:
    stage = FakeStage(studio_mode=True)
    first = await pressed(stage, "B")
    second = await pressed(stage, "C")
    await answered(stage)
    stage.air("A")  # somebody else's take has overtaken ours
    stage.clock.step(1.0)
    stage.settle()
    assert (await first).result is Result.FAILED
    refused = await second
    assert (refused.result, refused.why) == (Result.REFUSED, "A is on air, not B, so C was not taken.")
    assert sent(stage) == ["B"]


def renamed(stage: FakeStage, before: str, now: str) -> None:
    scenes = tuple(replace(each, name=now) if each.name == before else each for each in stage.model.shown.scenes)
    stage.model = stage.model.showing(scenes=scenes)
    stage.takes.on_model()


@pytest.mark.parametrize("has_uuids", [False, True])
async def test_a_waiting_take_follows_a_scene_that_is_renamed_where_obs_tells_uuids(has_uuids: bool) -> None:
    stage = FakeStage(studio_mode=True)
    if has_uuids:
        scenes = tuple(replace(each, uuid=f"uuid of {each.name}") for each in SCENES)
        stage.model = stage.model.showing(scenes=scenes)
    stage.tell("SceneTransitionStarted")
    press = await pressed(stage, "B")
    renamed(stage, "B", "Big")
    stage.tell("SceneTransitionEnded")
    if has_uuids:
        assert sent(stage) == ["uuid of B"]
        stage.end()
        await press
    else:
        assert (await press).why == "OBS has no scene B any more."


async def test_the_steps_of_a_look_leave_in_the_same_batch_and_have_their_own_answers() -> None:
    stage = FakeStage(studio_mode=False)
    told: list[Answers] = []
    step = {"requestType": "SetInputMute", "requestData": {"inputName": "Mic", "inputMuted": True}}
    stage.model = stage.model.showing(transitions=("Cut", "Wipe"))
    manner = Manner(How.MIX, "Wipe", 400, (step,), told.append)
    press = await pressed(stage, "B", manner)
    names = [each["requestType"] for each in stage.wire.batches[0]]
    override = "SceneSceneTransitionOverride"
    assert names == ["SetInputMute", f"Get{override}", f"Set{override}", TAKE, f"Set{override}"]
    await answered(stage, {"results": [REFUSED, DONE, DONE, DONE, DONE]})
    stage.air("B")
    assert (await press).is_done
    assert [[str(answer) for answer in answers] for answers in told] == [["SetInputMute: 600 no"]]


async def test_a_look_that_is_refused_or_loses_its_line_tells_nothing_of_its_steps() -> None:
    stage = FakeStage(studio_mode=False)
    told: list[Answers] = []
    manner = Manner(How.MIX, None, None, ({"requestType": "GetVersion"},), told.append)
    assert (await (await pressed(stage, "Nowhere", manner))).result is Result.REFUSED
    press = await pressed(stage, "B", manner)
    stage.end()
    assert (await press).result is Result.FAILED
    assert told == []


async def test_put_right_needs_a_lost_take() -> None:
    stage = FakeStage(studio_mode=True)
    assert (await stage.takes.put_right(keep=False)).why == "No take is lost."
    stage.tell("CurrentProgramSceneChanged", sceneName="B")
    stage.settle()
    assert stage.taken[-1].state is TakeState.LOST
    assert (stage.taken[-1].why, stage.taken[-1].on_air) == ("OBS says B; on air is A.", "A")
    task = asyncio.ensure_future(stage.takes.put_right(keep=True, origin=Origin.KEY))
    await asyncio.sleep(0)
    await answered(stage)
    stage.air("A")
    assert (await task).is_done
    assert sent(stage) == ["A"]


async def test_put_right_goes_out_though_the_lost_take_still_counts_as_on_its_way() -> None:
    stage = FakeStage(studio_mode=True)
    lost = await pressed(stage, "B", How.CUT)
    stage.tell("CurrentProgramSceneChanged", sceneName="B")
    await answered(stage)
    stage.settle()
    assert stage.taken[-1].state is TakeState.LOST
    again = asyncio.ensure_future(stage.takes.put_right(keep=False, origin=Origin.KEY))
    await asyncio.sleep(0)
    stage.clock.step(1.0)
    stage.settle()
    assert (await lost).result is Result.FAILED
    assert sent(stage) == ["B", "B"]
    await answered(stage)
    stage.air("B")
    assert (await again).is_done


async def test_a_take_leaves_in_the_very_turn_of_the_press() -> None:
    stage = FakeStage(studio_mode=False)
    coroutine = stage.takes.take("B", How.MIX)
    future = coroutine.send(None)
    assert [scene for scene, _ in stage.wire.sent] == ["B"]
    assert future is not None
    coroutine.close()


async def test_a_second_waiting_press_replaces_the_first() -> None:
    stage = FakeStage(studio_mode=True)
    stage.tell("SceneTransitionStarted")
    first, second = await pressed(stage, "B"), await pressed(stage, "C")
    assert (await first).why == "Replaced by the take of C."
    stage.tell("SceneTransitionEnded")
    assert [scene for scene, _ in stage.wire.sent] == ["C"]
    stage.end()
    assert (await second).result is Result.FAILED


async def test_a_waiting_take_is_refused_when_obs_is_not_heard_at_the_end_of_the_transition() -> None:
    stage = FakeStage(studio_mode=True)
    stage.tell("SceneTransitionStarted")
    press = await pressed(stage, "B")
    stage.wire.silence_s = 0.2
    stage.tell("SceneTransitionEnded")
    assert (await press).result is Result.REFUSED
    assert stage.wire.sent == []


async def test_a_line_that_takes_nothing_refuses_the_take() -> None:
    stage = FakeStage(studio_mode=False)

    def broken(request: str, data: dict[str, Any]) -> asyncio.Future[dict[str, Any]]:
        raise ObsGone("OBS has gone silent.")

    stage.wire.send = broken  # type: ignore[method-assign]
    assert (await (await pressed(stage, "B"))).result is Result.REFUSED


scene_names = st.sampled_from("ABC")
origins = st.sampled_from([Origin.KEY, Origin.BUTTON, Origin.REMOTE, Origin.AUTOMATION, Origin.CONSOLE])
presses = st.fixed_dictionaries(
    {
        "scene": st.none() | scene_names,
        "how": st.sampled_from(How),
        "origin": origins,
        "expect": st.none() | scene_names,
    }
)
PRESS_B = {"scene": "B", "how": How.MIX, "origin": Origin.CONSOLE, "expect": None}
PRESS_C = {**PRESS_B, "scene": "C"}
steps = st.one_of(
    st.tuples(st.just("press"), presses),
    st.tuples(st.just("press"), st.sampled_from([PRESS_B, PRESS_C])),
    st.tuples(st.just("begin"), st.none()),
    st.tuples(st.just("end"), st.none()),
    st.tuples(st.just("claim"), scene_names),
    st.tuples(st.just("on"), scene_names),
    st.tuples(st.just("off"), scene_names),
    st.tuples(st.just("air"), scene_names),
    st.tuples(st.just("next"), scene_names),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("settle"), st.none()),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("right"), st.booleans()),
    st.tuples(st.just("silence"), st.sampled_from([0.0, 0.1, 0.16, 0.9])),
    st.tuples(st.just("step"), st.floats(0.01, 1.0)),
)


@settings(max_examples=200, deadline=None)
@example(True, [("press", PRESS_B), ("press", PRESS_C)])
@example(True, [("begin", None), ("press", PRESS_B), ("silence", 0.16), ("end", None)])
@example(
    True, [("press", PRESS_B), ("press", PRESS_C), ("answer", True), ("air", "A"), ("step", 0.6), ("settle", None)]
)
@given(st.booleans(), st.lists(steps, max_size=25))
def test_every_press_ends_once_and_on_air_is_only_said_with_proof(
    studio_mode: bool, told: list[tuple[str, Any]]
) -> None:
    asyncio.run(play(studio_mode, told))


async def play(studio_mode: bool, told: list[tuple[str, Any]]) -> None:
    stage = FakeStage(studio_mode=studio_mode)
    tasks: list[asyncio.Task[Outcome]] = []
    for what, about in told:
        before, was_running = len(stage.wire.sent), stage.model.shown.in_transition
        was_flying = stage.takes.target is not None
        await do(stage, tasks, what, about)
        if studio_mode and was_running and what not in {"end", "air"}:
            assert len(stage.wire.sent) == before, "OBS loses takes in a running transition"
        if studio_mode and was_flying and what == "press":
            assert len(stage.wire.sent) == before, "never two takes in flight"
        await asyncio.sleep(0)
        open_ones = [task for task in tasks if not task.done()]
        assert len(open_ones) <= 2, "one in flight and one that waits"
    stage.end()
    async with asyncio.timeout(2):
        outcomes = await asyncio.gather(*tasks)
    assert not stage.takes.is_busy
    proofs = len(stage.journal.of("take.proved")) + len(stage.journal.of("take.claimed"))
    assert sum(outcome.is_done for outcome in outcomes) == proofs
    assert len(stage.journal.of("take.sent")) == len(stage.wire.sent)


async def do(stage: FakeStage, tasks: list[asyncio.Task[Outcome]], what: str, about: Any) -> None:
    inputs = {"on": True, "off": False}
    plain: dict[str, Callable[[], object]] = {
        "claim": lambda: stage.tell("CurrentProgramSceneChanged", sceneName=about),
        "begin": lambda: stage.tell("SceneTransitionStarted"),
        "end": lambda: stage.tell("SceneTransitionEnded"),
        "next": lambda: stage.tell("CurrentPreviewSceneChanged", sceneName=about),
        "air": lambda: stage.air(about),
        "settle": stage.settle,
        "cancel": stage.takes.cancel_waiting,
        "silence": lambda: setattr(stage.wire, "silence_s", about),
        "step": lambda: stage.clock.step(about),
    }
    if what == "press":
        scene, how = about["scene"], about["how"]
        tasks.append(await pressed(stage, scene, how, origin=about["origin"], expect=about["expect"]))
    elif what == "right":
        tasks.append(asyncio.ensure_future(stage.takes.put_right(keep=about)))
        await asyncio.sleep(0)
    elif what in inputs:
        stage.tell("InputActiveStateChanged", inputName=about.lower(), videoActive=inputs[what])
    elif what == "answer":
        await answered(stage, DONE if about else REFUSED)
    else:
        plain[what]()
