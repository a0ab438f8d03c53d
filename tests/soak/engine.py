"""The engine at its largest on a JACK card: 32 channels, 32 returns, every strip in use, blocks of 128 frames.

Meanwhile a thread burns the console's Python, and the director changes the mix ten times a second. No block may be
missed, and fewer than one in a thousand may take more than half of its time.
"""

import asyncio
import random
import threading

from console.audio.desk_side import Audio
from console.core.journal import MemoryJournal
from console.settings import show as settings
from console.workers.rings import Counter
from tests.audio.studio import sound, up
from tests.rigs.jack import DEVICE, Jack
from tests.soak.campaign import Effort, Result

MANY, FRAMES, TURN_S, MOST_OVER_HALF = 32, 128, 10.0, 0.001
NAMES = [f"Channel {number}" for number in range(1, MANY + 1)]
SHOW = settings.Audio.model_validate(
    {
        "device": DEVICE,
        "block_frames": FRAMES,
        "channels": [
            {"name": name, "inputs": [number], "delay_ms": 40.0, "high_pass_hz": 80.0, "polarity": True}
            for number, name in enumerate(NAMES, 1)
        ],
        "returns": [
            {"name": f"Return {number}", "listener": [name], "outputs": [number]}
            for number, name in enumerate(NAMES, 1)
        ],
    }
)


def run(effort: Effort, result: Result) -> None:
    """Each turn is 10 s of sound; ten minutes of them unless told otherwise."""
    has_ended = threading.Event()
    burner = threading.Thread(target=_burn, args=(has_ended,), daemon=True)
    burner.start()
    try:
        with Jack(ports=MANY, block=FRAMES):
            asyncio.run(_play(effort, result))
    finally:
        has_ended.set()
        burner.join()


async def _play(effort: Effort, result: Result) -> None:
    chance = random.Random(effort.seed)
    async with sound(MemoryJournal()) as (audio, _):
        audio.open(SHOW)
        await up(audio, within_s=60)
        await asyncio.sleep(2.0)  # the analyst starts beside it, and is no part of the show then
        for turn in effort.turns(60):
            before = audio.counters()
            await _change(audio, chance)
            after = audio.counters()
            count = {counter: after[counter] - before[counter] for counter in Counter}
            blocks, missed, over = (count[one] for one in (Counter.CALLBACKS, Counter.XRUNS, Counter.OVER_HALF))
            result.counts.update({"blocks": blocks, "missed": missed, "over half their time": over})
            if missed:
                result.losses.append(f"turn {turn}: {missed} of {blocks} blocks missed")
    if result.counts["over half their time"] > MOST_OVER_HALF * result.counts["blocks"]:
        result.losses.append("more than one block in a thousand took more than half of its time")


async def _change(audio: Audio, chance: random.Random) -> None:
    """Ten changes a second, for a turn."""
    for _ in range(round(TURN_S * 10)):
        name = chance.choice(NAMES)
        if chance.random() < 0.5:
            audio.set_gain(name, chance.uniform(-20, 0))
        else:
            audio.set_mute(name, chance.random() < 0.5)
        await asyncio.sleep(0.1)


def _burn(has_ended: threading.Event) -> None:
    while not has_ended.is_set():
        sum(range(10_000))
