"""Takes against a line of the test's own: whatever comes in whatever order, each press ends once and in truth."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.core.links import Link, LinkState
from console.core.outcome import Outcome, Result
from scenes.line import ObsGone
from scenes.socket import LineError
from scenes.state import Scene, Switcher, Take, TakeState
from scenes.switcher import Model, fold, settle
from scenes.takes import How, Takes

SCENES = tuple(Scene(name, inputs=frozenset({name.lower()})) for name in "ABC")
DONE = {"requestStatus": {"result": True, "code": 100}}
REFUSED = {"requestStatus": {"result": False, "code": 600, "comment": "no"}}


class FakeLine:
    """Notes what is sent, and when OBS was heard."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, asyncio.Future[dict[str, Any]]]] = []
        self.silence_s = 0.0

    def send(self, request: str, data: dict[str, Any]) -> asyncio.Future[dict[str, Any]]:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.sent.append((data["sceneName"], future))
        return future

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


async def pressed(stage: FakeStage, scene: str) -> asyncio.Task[Outcome]:
    """A press whose frame has left when this returns."""
    task = asyncio.ensure_future(stage.takes.take(scene, How.MIX))
    await asyncio.sleep(0)
    return task


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
steps = st.one_of(
    st.tuples(st.just("press"), scene_names),
    st.tuples(st.just("begin"), st.none()),
    st.tuples(st.just("end"), st.none()),
    st.tuples(st.just("claim"), scene_names),
    st.tuples(st.just("on"), scene_names),
    st.tuples(st.just("off"), scene_names),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("settle"), st.none()),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("step"), st.floats(0.01, 1.0)),
)


@settings(max_examples=150, deadline=None)
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
        await do(stage, tasks, what, about)
        if studio_mode and was_running and what != "end":
            assert len(stage.wire.sent) == before, "OBS loses takes in a running transition"
    stage.end()
    await asyncio.wait_for(asyncio.gather(*tasks), 2)
    for task in tasks:
        if task.result().is_done:
            assert stage.journal.of("take.proved") or stage.journal.of("take.claimed")
    assert len(stage.journal.of("take.sent")) == len(stage.wire.sent)


async def do(stage: FakeStage, tasks: list[asyncio.Task[Outcome]], what: str, about: Any) -> None:
    inputs = {"on": True, "off": False}
    if what == "press":
        tasks.append(await pressed(stage, about))
    elif what in inputs:
        stage.tell("InputActiveStateChanged", inputName=about.lower(), videoActive=inputs[what])
    elif what == "claim":
        stage.tell("CurrentProgramSceneChanged", sceneName=about)
    elif what in {"begin", "end"}:
        stage.tell("SceneTransitionStarted" if what == "begin" else "SceneTransitionEnded")
    elif what == "answer":
        for _, future in stage.wire.sent:
            if not future.done():
                future.set_result(DONE if about else REFUSED)
        await asyncio.sleep(0)
    elif what == "settle":
        stage.settle()
    elif what == "cancel":
        stage.takes.cancel_waiting()
    else:
        stage.clock.step(about)
