"""The line test as the console runs it: plays a sweep into a return, listens to the listener's channels. Loop thread.

It is the one test that somebody hears. What comes back is measured in a thread: it takes a while.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from console.audio.layout import Bus, Layout
from console.audio.line_test import LATEST_S, LineResult, line_result, line_signal
from console.audio.messages import Play
from console.audio.plan import Strip
from console.audio.state import Channel, Return
from console.core.outcome import Outcome
from console.workers.rings import CaptureRing, Samples

_BEGINS_S: Final = 0.3  # until the engine plays what it was sent
_MARGIN_S: Final = 2.0
_POLL_S: Final = 0.03


def why_not(made_for: Return, bus: Bus | None) -> Outcome | None:
    """Why a line cannot be tested."""
    if bus is None:
        return Outcome.refused(
            f"{made_for.name} is made elsewhere: Cuedrop cannot play into it.", "Use the test of the call software."
        )
    if not bus.outputs:
        return Outcome.refused(f"{made_for.name} has no outputs.", "Say under GUESTS where it goes out.")
    if not made_for.listener:
        return Outcome.refused(f"{made_for.name} has no channel to listen to.", "Say under GUESTS whose it is.")
    return None


async def test_line(
    made_for: Return,
    channels: tuple[Channel, ...],
    layout: Layout,
    ring: CaptureRing,
    *,
    rate_hz: int,
    play: Callable[[Play], None],
) -> Outcome:
    """Done with what came back, failed when nothing did: then nobody knows whether the line is there.

    Refused when there is nothing to play into, or nothing to listen to.
    """
    bus = layout.return_bus(made_for.name)
    refusal = why_not(made_for, bus)
    if refusal is not None or bus is None:
        return refusal or Outcome.refused("")
    sweep, latest_s = await asyncio.to_thread(_sweep, rate_hz)
    sent_frames = len(sweep) + round(_BEGINS_S * rate_hz)
    longest_s = max((channel.delay_ms for channel in channels), default=0.0) / 1000
    frames = min(sent_frames + round((latest_s + longest_s) * rate_hz), ring.frames * 7 // 8)
    start = ring.end
    play(Play(made_for.name, sweep))
    sound = await _heard(ring, start + frames, frames, rate_hz)
    if sound is None:
        return Outcome.failed("The sound stopped during the test.", "Test again when it is back.")
    own = [channel for channel in channels if channel.name in made_for.listener]
    found = await asyncio.to_thread(_best, layout, bus, own, sound, sent_frames=sent_frames, rate_hz=rate_hz)
    if found is None:
        return Outcome.failed(
            f"Nothing of the tone comes back from {made_for.name}.",
            "With headphones on that is as it should be: ask whether they heard it.",
        )
    return Outcome.done(f"{made_for.name}: the tone {found}.")


def _sweep(rate_hz: int) -> tuple[Samples, float]:
    """What is played, and how long after it one listens, in seconds."""
    return line_signal(rate_hz), LATEST_S


async def _heard(ring: CaptureRing, end: int, frames: int, rate_hz: int) -> Samples | None:
    """The `frames` frames up to `end`, all columns; None when they do not come."""
    give_up_s = time.monotonic() + frames / rate_hz + _MARGIN_S
    while ring.end < end:
        if time.monotonic() > give_up_s:
            return None
        await asyncio.sleep(_POLL_S)
    return ring.read(end, frames)


def _best(
    layout: Layout, bus: Bus, own: list[Channel], sound: Samples, *, sent_frames: int, rate_hz: int
) -> LineResult | None:
    """What comes back loudest on one of the listener's channels; their strips are taken out of it."""
    sent = np.ascontiguousarray(sound[:sent_frames, bus.columns[0]])
    found = []
    for channel in own:
        for column in layout.columns_of(channel.name):
            result = line_result(sent, np.ascontiguousarray(sound[:, column]), rate_hz)
            if result is not None:
                found.append(_before(Strip(channel.delay_ms, is_inverted=channel.is_inverted), result))
    return max(found, key=lambda result: result.level_db, default=None)


def _before(strip: Strip, result: LineResult) -> LineResult:
    return replace(
        result,
        delay_ms=max(0.0, result.delay_ms - strip.delay_ms),
        is_inverted=result.is_inverted is not strip.is_inverted,
    )
