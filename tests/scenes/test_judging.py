"""How soon what is on air is judged: on a stepped loop, where the times are the code's own and not a machine's."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from scenes.state import Scene, TakeState
from scenes.switcher import VIDEO_ENDED, Model, settle
from scenes.taking.judging import Judge
from scenes.wire.line import Request
from tests.scenes.test_takes import FakeLine, FakeStage
from tests.stepped_loop import run_stepped

TOLD_S = 0.3  # README: a lost take is named so soon after the transition ended
LETS_GO_S = 0.92  # the worst, measured
ANSWERS_S = 0.005  # so long OBS takes to answer; 1 ms in the middle, measured


class AskedLine(FakeLine):
    """A line to an OBS that knows what is active."""

    def __init__(self) -> None:
        super().__init__()
        self.active: set[str] = set()

    async def batch(self, requests: Sequence[Request]) -> list[dict[str, Any]]:
        await asyncio.sleep(ANSWERS_S)
        return [{"videoActive": data["sourceName"] in self.active} for _, data in requests]


class JudgedStage(FakeStage):
    """A stage that judges by itself."""

    is_flying = False

    def __init__(self) -> None:
        super().__init__(studio_mode=True)
        self.obs = self.wire = self.line = AskedLine()
        self.obs.active = {"a"}
        self.judge = Judge(self)

    def tell(self, event: str, **data: Any) -> None:
        super().tell(event, **data)
        self.judge.on_event(event)

    def show_model(self, model: Model) -> None:
        self.model = model

    def on_proof(self) -> None:
        self.model = settle(self.model, at_ns=self.clock.mono_ns(), is_final=False)
        self.takes.on_model()

    def on_settled(self) -> None:
        self.takes.on_settled()

    def on_stuck(self) -> None:
        raise AssertionError("nobody holds the T-bar")

    async def lose(self, end: str) -> None:
        """Another client fades to B and takes C before that has ended: B is on air, OBS names C. end: what tells it."""
        self.tell("SceneTransitionStarted")
        self.obs.active.add("b")
        self.tell("InputActiveStateChanged", inputName="b", videoActive=True)
        self.tell("CurrentProgramSceneChanged", sceneName="B")
        await asyncio.sleep(0.2)
        self.tell("CurrentProgramSceneChanged", sceneName="C")
        await asyncio.sleep(0.2)
        self.obs.active.discard("a")
        self.tell(end)


def lost(stage: FakeStage) -> list[tuple[str, str | None]]:
    """Each take that was called lost: what OBS names, and what is on air."""
    return [(take.scene, take.on_air) for take in stage.taken if take.state is TakeState.LOST]


@pytest.mark.parametrize("end", ["SceneTransitionEnded", VIDEO_ENDED])
def test_a_take_that_another_client_lost_is_named_within_300_ms_of_the_transitions_end(end: str) -> None:
    async def play() -> None:
        stage = JudgedStage()
        await stage.lose(end)
        await asyncio.sleep(TOLD_S)
        assert lost(stage) == [("C", "B")]
        await stage.judge.close()

    run_stepped(play())


def test_no_take_is_called_lost_while_obs_has_only_not_let_go_of_a_scene_that_holds_the_next_one() -> None:
    async def play() -> None:
        stage = JudgedStage()
        outer, inner = frozenset({"b", "more"}), frozenset({"b"})
        scenes = (Scene("A", inputs=frozenset({"a"})), Scene("B", inputs=outer), Scene("C", inputs=inner))
        shown = replace(stage.model.shown, scenes=scenes, program="B", claimed="B")
        stage.model = replace(stage.model, shown=shown, active=outer, aired=("B", outer))
        stage.obs.active = set(outer)
        stage.tell("CurrentProgramSceneChanged", sceneName="C")
        await asyncio.sleep(LETS_GO_S)
        stage.obs.active = set(inner)
        await asyncio.sleep(2.0)
        assert lost(stage) == []
        assert stage.model.shown.program == "C"
        await stage.judge.close()

    run_stepped(play())
