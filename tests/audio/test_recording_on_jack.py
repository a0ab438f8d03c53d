"""The safety recording on a virtual card: what a far side sends is what stands in the files."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from console.core.journal import MemoryJournal
from console.settings import sound as settings
from tests.audio.studio import sound, up
from tests.rigs.jack import BLOCK, DEVICE, RATE_HZ, Jack, far_side
from tests.rigs.jack_far import Player

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = settings.Audio.model_validate(
    {
        "device": DEVICE,
        "block_frames": BLOCK,
        "channels": [{"name": f"Channel {number}", "inputs": [number]} for number in range(1, 9)],
        "returns": [{"name": "Guest", "listener": ["Channel 1"], "outputs": [1]}],
    }
)


async def test_what_the_card_brings_stands_in_the_files_sample_for_sample(
    journal: MemoryJournal, tmp_path: Path
) -> None:
    with Jack() as jack:
        async with sound(journal) as (audio, _):
            audio.recorder.keep_in(tmp_path)
            audio.open(SHOW)
            await up(audio)
            (engine,) = jack.clients()
            with far_side(jack, engine, outputs=8, inputs=8) as far:
                assert (await audio.start_recording("Friday drop")).is_done
                await asyncio.to_thread(far.record, 1.5)
                assert (await audio.stop_recording()).is_done
    files = [next(tmp_path.rglob(f"*Channel {number}.flac")) for number in range(1, 9)]
    recorded = np.stack([soundfile.read(path, dtype="float32")[0] for path in files], axis=1)
    sent = Player(outputs=8, inputs=0).noise * np.float32(0.1)
    assert exact(recorded, sent) > RATE_HZ // 2


def exact(recorded: NDArray[np.float32], sent: NDArray[np.float32]) -> int:
    """How many frames are, in all columns at once, those that were sent; a busy machine may lose blocks between."""
    found = 0
    for start in range(0, len(recorded) - BLOCK, BLOCK):
        block = recorded[start : start + BLOCK]
        (at,) = np.nonzero(np.abs(sent[:, 0] - block[0, 0]) < 2**-23)
        for candidate in at:
            expected = np.take(sent, np.arange(candidate, candidate + BLOCK), axis=0, mode="wrap")
            if np.abs(block - expected).max() < 2**-23:
                found += BLOCK
                break
    return found
