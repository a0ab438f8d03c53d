"""What the tests of the whole sound share: clips, and an Audio that is closed in the right order."""

import contextlib
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from console.audio.desk_side import Audio
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.workers.supervisor import Supervisor
from tests.waiting import until


def write_clip(path: Path, *, seed: int, seconds: float = 1.0, rate_hz: int = 48_000) -> str:
    """Noise of its own as a 16 bit mono WAV; its path."""
    sound = np.random.default_rng(seed).uniform(-0.2, 0.2, round(seconds * rate_hz)) * 32767
    with wave.open(str(path), "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(rate_hz)
        clip.writeframes(sound.astype("<i2").tobytes())
    return str(path)


@contextlib.asynccontextmanager
async def sound(journal: MemoryJournal) -> AsyncIterator[tuple[Audio, Alarms]]:
    """An Audio with a supervisor and alarms of its own."""
    clock = SystemClock()
    alarms, supervisor = Alarms(clock, journal), Supervisor(journal)
    audio = Audio(supervisor, journal=journal, clock=clock, alarms=alarms)
    try:
        yield audio, alarms
    finally:
        await audio.close()
        await supervisor.close()


async def up(audio: Audio, within_s: float = 15.0) -> None:
    """Wait until sound runs."""
    await until(lambda: audio.state.value.link.is_up, within_s=within_s, what="sound to be up")
