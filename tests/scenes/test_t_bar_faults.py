"""The T-bar when OBS refuses, stands still, or when SAFE takes it out of a hand that goes on moving."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from scenes.link import ObsLink
from tests.scenes.fake_obs import Answer, FakeObs
from tests.waiting import until


class Bar:
    """The bar of a scripted OBS in Studio Mode: B on preview, A on air; `asked` is how it was moved."""

    def __init__(self, obs: FakeObs) -> None:
        self.at = self.mix = 0.0
        self.asked: list[tuple[float, bool]] = []
        self.is_refused = False
        scenes = [{"sceneName": "B", "sceneIndex": 0}, {"sceneName": "A", "sceneIndex": 1}]
        obs.script |= {
            "GetStudioModeEnabled": lambda _: {"studioModeEnabled": True},
            "GetSceneList": lambda _: {
                "currentProgramSceneName": obs.program,
                "currentPreviewSceneName": "B",
                "scenes": scenes,
            },
            "GetCurrentSceneTransitionCursor": self._cursor,
            "SetTBarPosition": self._move,
        }

    def _cursor(self, _: dict[str, Any]) -> Answer:
        self.mix = self.at if abs(self.at - self.mix) <= 0.1 else self.mix + (0.1 if self.at > self.mix else -0.1)
        return {"transitionCursor": self.mix}  # the mix comes after the bar

    def _move(self, data: dict[str, Any]) -> Answer:
        if self.is_refused:
            return 207
        self.at = float(data["position"])
        self.asked.append((self.at, bool(data["release"])))
        return {}


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs() as obs:
        yield obs


@pytest.fixture
def bar(fake: FakeObs) -> Bar:
    return Bar(fake)


@pytest.fixture
async def link(fake: FakeObs, bar: Bar, journal: MemoryJournal) -> AsyncIterator[ObsLink]:
    async def password() -> str | None:
        return None

    found = ObsLink(fake.url, password, safe_scene="B", journal=journal, clock=SystemClock())
    found.start()
    await until(lambda: found.state.value.program == "A", what="A on air")
    yield found
    await found.close()


async def test_a_t_bar_that_obs_refuses_is_not_held(link: ObsLink, bar: Bar) -> None:
    bar.is_refused = True
    assert (await link.move_t_bar(0.4)).result is Result.REFUSED
    await until(lambda: not link.state.value.in_transition, what="no transition")
    assert link.state.value.t_bar is None
    assert (await link.safe()).is_done


async def test_safe_goes_out_though_obs_refuses_to_let_the_t_bar_go(link: ObsLink, bar: Bar) -> None:
    assert (await link.move_t_bar(0.4)).is_done
    bar.is_refused = True
    safe = asyncio.ensure_future(link.safe())
    await until(lambda: link.state.value.t_bar is None, what="nobody at the T-bar")
    bar.at = 0.0  # its end is not told
    await safe
    await until(lambda: link.state.value.program == "B", what="SAFE")


async def test_a_hand_that_goes_on_moving_does_not_hold_safe_up(link: ObsLink, bar: Bar) -> None:
    assert (await link.move_t_bar(0.4)).is_done
    bar.mix = 0.4
    hand = asyncio.ensure_future(_move_on(link))
    assert (await link.safe()).is_done
    hand.cancel()
    released = bar.asked.index((0.0, True))
    assert bar.asked[released:] == [(0.0, True)]


async def _move_on(link: ObsLink) -> None:
    while True:
        await link.move_t_bar(0.3)
        await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_a_t_bar_let_go_at_an_obs_that_stands_still_takes_nothing_late(
    link: ObsLink, fake: FakeObs, bar: Bar, journal: MemoryJournal
) -> None:
    assert (await link.move_t_bar(0.5)).is_done
    fake.is_frozen, fake.has_meters = True, False
    moving = asyncio.ensure_future(link.move_t_bar(0.8))
    await until(lambda: fake.requests[-1] == ("SetTBarPosition", {"position": 0.8, "release": False}))
    outcome = await link.move_t_bar(1.0, release=True)  # OBS was heard just now
    assert outcome.result is Result.REFUSED
    assert not (await moving).is_done
    assert journal.of("take.sent") == []
    assert (1.0, True) not in bar.asked
