"""What is read of OBS against what events tell meanwhile: the newer one is kept, whichever comes first."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from scenes.reading.reader import Reader
from scenes.state import Switcher
from scenes.switcher import Model, fold
from scenes.wire.line import Line, Request

ANSWERS: dict[str, dict[str, Any]] = {
    "GetStudioModeEnabled": {"studioModeEnabled": True},
    "GetCurrentPreviewScene": {"currentPreviewSceneName": "Wide"},
    "GetCurrentSceneTransition": {"transitionName": "Fade", "transitionDuration": 300},
}


class Obs:
    """Answers what it is asked; `meanwhile` comes to pass after an answer is made and before it arrives."""

    def __init__(self) -> None:
        self.answers = dict(ANSWERS)
        self.meanwhile: list[Callable[[], None]] = []

    async def batch(self, requests: Sequence[Request]) -> list[dict[str, Any]]:
        made = [self.answers.get(name, {}) for name, _ in requests]
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return made


@pytest.mark.parametrize(
    ("event", "said", "asked", "answer", "is_newest"),
    [
        (
            "CurrentPreviewSceneChanged",
            {"sceneName": "Close"},
            "GetCurrentPreviewScene",
            {"currentPreviewSceneName": "Close"},
            lambda shown: shown.preview == "Close",
        ),
        (
            "CurrentSceneTransitionDurationChanged",
            {"transitionDuration": 900},
            "GetCurrentSceneTransition",
            {"transitionName": "Fade", "transitionDuration": 900},
            lambda shown: shown.transition_ms == 900,
        ),
    ],
)
async def test_what_changes_while_the_settings_are_read_is_not_overwritten_by_an_older_answer(
    event: str, said: dict[str, Any], asked: str, answer: dict[str, Any], is_newest: Callable[[Switcher], bool]
) -> None:
    obs, reader = Obs(), Reader(None)
    reader.wants_whole = False
    model = Model(Switcher(studio_mode=True, preview="Wide", transition_ms=300))

    def change() -> None:
        nonlocal model
        obs.answers[asked] = answer
        reader.note(event, said)
        model = fold(model, event, said, at_ns=0)

    obs.meanwhile.append(change)
    reader.want_settings()
    while reader.is_stale:
        await reader.catch_up(cast(Line, obs))
        model = reader.applied(model)
        assert obs.meanwhile or is_newest(model.shown)
    assert model.shown.transition == "Fade"
    assert not reader.note(event, said), "told when nothing is being read, it is no reason to read"
