"""Plays a list of steps through the desk, as a director would press them, and says what could not be proved."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from console.cameras.state import CameraState
from console.commerce.state import DropState, Sale
from console.contract.standing import standing_of
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.view import DeskView

READY_WITHIN_S = 25.0
SETTLED_WITHIN_S = 20.0
TICK_S = 0.1
HEARD_DBFS = -70.0
PRESSES = 3
AGAIN_S = 0.7
_UNDER_WAY = (DropState.ARMING, DropState.FIRING, DropState.COUNTDOWN, DropState.OPEN)


class Step(Protocol):
    """One press: `at_s` seconds after the studio was ready."""

    @property
    def at_s(self) -> float:
        """When."""
        ...

    @property
    def action(self) -> str:
        """Which action."""
        ...

    @property
    def arguments(self) -> Mapping[str, object]:
        """With what."""
        ...

    @property
    def ends(self) -> str:
        """What must come of it: a Result's value; "done" stands for "pending" as well."""
        ...

    @property
    def is_awaited(self) -> bool:
        """Whether the next press waits for this one's end."""
        ...


class _Seen:
    """What was seen to happen while the rehearsal ran."""

    def __init__(self, desk: DeskView) -> None:
        self._desk = desk
        self.live: set[str] = set()
        self.heard: set[str] = set()

    def look(self) -> None:
        self.live |= {camera.name for camera in self._desk.cameras.value if camera.state is CameraState.LIVE}
        names = [channel.name for channel in self._desk.sound.value.channels]
        levels = self._desk.levels().channels
        self.heard |= {name for name, level in zip(names, levels, strict=False) if level.peak_dbfs > HEARD_DBFS}

    def missing(self) -> list[str]:
        cameras = {camera.name for camera in self._desk.cameras.value}
        talkback = self._desk.show.value.audio.talkback  # silent until the director speaks
        channels = {channel.name for channel in self._desk.sound.value.channels} - {talkback}
        return [
            *(f"Camera {name} was never seen live." for name in sorted(cameras - self.live)),
            *(f"Channel {name} was never heard above {HEARD_DBFS:.0f} dBFS." for name in sorted(channels - self.heard)),
        ]


async def rehearse(desk: DeskView, steps: Sequence[Step], *, say: Callable[[str], None]) -> list[str]:
    """What was not proved, a sentence each; empty when the whole show was."""
    seen = _Seen(desk)
    if not await _ready(desk, seen):
        return [f"The studio was not ready within {READY_WITHIN_S:.0f} s: {_not_ready(desk)}."]
    problems: list[str | None] = []
    under_way: list[asyncio.Task[str | None]] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    for step in sorted(steps, key=lambda each: each.at_s):
        while loop.time() < began + step.at_s:
            seen.look()
            await asyncio.sleep(TICK_S)
        played = _play(desk, step, began_s=began, say=say)
        if step.is_awaited:
            problems.append(await played)
        else:
            under_way.append(asyncio.create_task(played))
    problems += await asyncio.gather(*under_way)
    await _settled(desk, seen)
    return [problem for problem in problems if problem] + seen.missing() + _unproved_sale(desk, say)


async def _play(desk: DeskView, step: Step, *, began_s: float, say: Callable[[str], None]) -> str | None:
    """What went otherwise than the step is to end; None: nothing."""
    outcome = await _press(desk, step, began_s=began_s, say=say)
    ended = Result.DONE if outcome.result is Result.PENDING else outcome.result
    if ended.value == step.ends:
        return None
    because = f"{outcome.why} {outcome.fix}".strip()
    return f"{step.action} {ended.value}: {because}" if because else f"{step.action} {ended.value}."


async def _press(desk: DeskView, step: Step, *, began_s: float, say: Callable[[str], None]) -> Outcome:
    """What came of the step. What was refused was not sent, and a test only listens: a person would press again."""
    for _ in range(PRESSES):
        outcome = await desk.run(step.action, Origin.AUTOMATION, **step.arguments)
        say(_line(asyncio.get_running_loop().time() - began_s, step, outcome))
        is_worth_another = outcome.result is Result.REFUSED or step.action == "return.test"
        if outcome.result.value == step.ends or not is_worth_another:
            break
        await asyncio.sleep(AGAIN_S)
    return outcome


def _line(at_s: float, step: Step, outcome: Outcome) -> str:
    arguments = " ".join(f"{value}" for value in step.arguments.values())
    return f"{at_s:6.1f} s  {outcome.result.value:8} {step.action} {arguments}".rstrip() + (
        f"  ({outcome.why})" if outcome.why else ""
    )


async def _ready(desk: DeskView, seen: _Seen) -> bool:
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    while _not_ready(desk):
        if asyncio.get_running_loop().time() > deadline:
            return False
        seen.look()
        await asyncio.sleep(TICK_S)
    return True


def _not_ready(desk: DeskView) -> str:
    parts = {
        "OBS": desk.switcher.value.link.is_up,
        "the sound": desk.sound.value.link.is_up,
        "the shop": desk.sale.value.link.is_up,
        "a camera": any(camera.state is CameraState.LIVE for camera in desk.cameras.value),
    }
    return ", ".join(name for name, is_ready in parts.items() if not is_ready)


async def _settled(desk: DeskView, seen: _Seen) -> None:
    """Wait until nothing is under way any more, or long enough."""
    deadline = asyncio.get_running_loop().time() + SETTLED_WITHIN_S
    while asyncio.get_running_loop().time() < deadline:
        seen.look()
        sale = desk.sale.value
        is_open = any(drop.state in _UNDER_WAY for drop in sale.drops)
        if not sale.outbox_pending and not is_open and not seen.missing() and _agrees(sale):
            return
        await asyncio.sleep(TICK_S)


def _pieces(sale: Sale) -> tuple[int, int, int]:
    """Pieces sold as the last orders have them, the shop's drops, and the figures."""
    ordered = sum(order.quantity for order in sale.orders if standing_of(order.state).counts)
    return ordered, sum(drop.sold for drop in sale.drops), sale.sold


def _agrees(sale: Sale) -> bool:
    """Whether all three are the same; the list holds the last 200 orders alone."""
    return len(sale.orders) >= 200 or len(set(_pieces(sale))) == 1


def _unproved_sale(desk: DeskView, say: Callable[[str], None]) -> list[str]:
    sale = desk.sale.value
    ordered, told, counted = _pieces(sale)
    say(f"Sold {sale.sold} pieces in {len(sale.orders)} orders; the shop says {told}.")
    problems = []
    if not sale.orders:
        problems.append("No buyer bought anything.")
    if not _agrees(sale):
        problems.append(f"The orders hold {ordered} pieces, the drops {told}, the figures {counted}.")
    if sale.outbox_pending:
        problems.append(f"{sale.outbox_pending} messages to the shop are not confirmed.")
    if desk.switcher.value.program is None:
        problems.append("What is on air at the end is not proved.")
    return problems
