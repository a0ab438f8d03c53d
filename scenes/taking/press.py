"""One press of a take, and what is asked of OBS for it. Values and requests; nothing here sends or waits."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.state import Scene
from scenes.wire.line import ObsRefused, answers_of
from scenes.wire.socket import Message

OVERRIDE: Final = "SceneSceneTransitionOverride"
TAKE: Final = "SetCurrentProgramScene"
Answers = list[Message | ObsRefused]


class How(StrEnum):
    """Without or with the transition."""

    CUT = "cut"
    MIX = "mix"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a scene is taken. A named transition is for this take alone; the chosen one stays as it is.

    before: raw requests that travel in the same batch ahead of the take; `on_answers` gets the answers to exactly
    these, once, as soon as OBS has answered, whatever became of the take; never when its line was lost.
    """

    how: How
    transition: str | None = None
    duration_ms: int | None = None
    before: tuple[Message, ...] = ()
    on_answers: Callable[[Answers], None] | None = None


@dataclass(slots=True, eq=False)
class Press:
    """One accepted press, from WAITING to its end."""

    scene: str
    manner: Manner
    origin: Origin
    done: asyncio.Future[Outcome]
    uuid: str | None = None
    is_safe: bool = False
    expects: str | None = None  # while it waits: the scene that must be on air when it goes out
    due_ns: int = 0  # while it waits: when it goes out, as far as known
    runs_ms: int | None = None  # in flight: how long its transition takes, as far as known
    sent_ns: int = 0
    is_answered: bool = False
    has_moved: bool = False  # a transition was seen to start after it was sent
    was_on_air: bool = False

    @property
    def is_cut(self) -> bool:
        """A CUT, not an AUTO."""
        return self.manner.how is How.CUT

    def finish(self, outcome: Outcome) -> None:
        """Its end; later ones are not heard."""
        if not self.done.done():
            self.done.set_result(outcome)


def scene_reference(scene: Scene) -> Message:
    """A scene as OBS is told of it: by UUID where it has one, else by name.

    OBS lists UUIDs from obs-websocket 5.4 on (OBS 30.1), and takes them in requests from then on.
    """
    return {"sceneUuid": scene.uuid} if scene.uuid else {"sceneName": scene.name}


def take_requests(
    scene: Scene, transition: str | None = None, duration_ms: int | None = None, before: Sequence[Message] = ()
) -> list[Message]:
    """A take of `scene` as one batch that leaves OBS's transitions as they were.

    With a transition: the scene's override is read, set to it, and put back; OBS reads it when the take begins. The
    chosen transition and its duration are never touched.
    """
    which = scene_reference(scene)
    take: Message = {"requestType": TAKE, "requestData": which}
    if transition is None:
        return [*before, take]
    wanted: Message = {**which, "transitionName": transition}
    if duration_ms is not None:
        wanted["transitionDuration"] = duration_ms
    kept = {"cuedropName": "transitionName", "cuedropDuration": "transitionDuration"}
    back = {"transitionName": "cuedropName", "transitionDuration": "cuedropDuration"}
    return [
        *before,
        {"requestType": f"Get{OVERRIDE}", "requestData": which, "outputVariables": kept},
        {"requestType": f"Set{OVERRIDE}", "requestData": wanted},
        take,
        {"requestType": f"Set{OVERRIDE}", "requestData": which, "inputVariables": back},
    ]


def read_batch(answer: Message, requests: Sequence[Message]) -> Answers:
    """The answer to each request of a batch, a refused take's included."""
    return answers_of(answer, [str(request["requestType"]) for request in requests])


def took(answers: Answers, requests: Sequence[Message]) -> None:
    """Raises ObsRefused when the batch's take was refused."""
    for answer, request in zip(answers, requests, strict=True):
        if request["requestType"] == TAKE and isinstance(answer, ObsRefused):
            raise answer
