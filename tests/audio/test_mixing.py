"""What the director has set outlives the engine that had it, and a line is tested on a real card."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from console.audio.desk_side import Audio
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.settings import sound as settings
from console.workers.rings import Counter
from tests.audio.studio import sound, up, write_clip
from tests.rigs.jack import DEVICE, SERVER, Jack
from tests.waiting import until

SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "channels": [{"name": "Host", "inputs": [1]}, {"name": "Guest", "inputs": [2]}],
        "returns": [{"name": "Guest", "listener": ["Guest"], "outputs": [1, 2]}],
    }
)


def since_it_began(audio: Audio) -> dict[str, float]:
    """The highest sample of every channel and return since the sound was opened."""
    assert audio.layout is not None
    assert audio._open is not None
    ring, layout = audio._open.ring, audio.layout
    block = ring.read(ring.end, ring.end)
    assert block is not None
    columns = {f"channel {one.name}": layout.columns_of(one.name) for one in layout.plan.channels}
    columns |= {f"return {one.name}": layout.return_columns(one.name) for one in layout.plan.returns}
    return {name: float(np.abs(block[:, list(of)]).max()) for name, of in columns.items()}


@pytest.mark.slow
async def test_a_sound_that_is_opened_anew_never_lets_a_muted_channel_through(
    journal: MemoryJournal, tmp_path: Path
) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW, practice_clips={"Host": write_clip(tmp_path / "host.wav", seed=1)})
        await up(audio)
        audio.set_mute("Host", True)
        more = settings.Return(name="Room", outputs=(3,))
        audio.reopen(SHOW.model_copy(update={"returns": (*SHOW.returns, more)}))
        assert audio.state.value.channels[0].is_muted
        await up(audio)
        await until(lambda: audio.levels().channels[0].rms_dbfs > -25, what="the host's meter")
        loudest = since_it_began(audio)
        assert loudest["channel Host"] > 0.1
        assert loudest["return Guest"] == loudest["return Room"] == 0.0


@pytest.mark.slow
async def test_a_channel_by_another_name_stays_muted_in_the_same_engine_and_in_the_next(
    journal: MemoryJournal, tmp_path: Path
) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW, practice_clips={"Host": write_clip(tmp_path / "host.wav", seed=1)})
        audio.set_mute("Host", True)
        await up(audio)
        await until(lambda: audio.levels().channels[0].rms_dbfs > -25, what="the host's meter")
        engine = audio.engine_pid
        mara = SHOW.channels[0].model_copy(update={"name": "Mara"})
        audio.follow(SHOW.model_copy(update={"channels": (mara, SHOW.channels[1])}), renamed={"Host": "Mara"})
        assert audio.state.value.link.is_up
        callbacks = audio.counters()[Counter.CALLBACKS]
        await until(lambda: audio.counters()[Counter.CALLBACKS] > callbacks + 100, what="half a second of blocks")
        loudest = since_it_began(audio)
        assert audio.engine_pid == engine
        assert loudest["channel Mara"] > 0.1
        assert loudest["return Guest"] == 0.0
        assert engine is not None
        os.kill(engine, signal.SIGKILL)
        await until(lambda: audio.engine_pid not in (None, engine), what="the next engine")
        await up(audio)
        await until(lambda: audio.levels().channels[0].rms_dbfs > -25, what="the host's meter again")
        assert since_it_began(audio)["return Guest"] == 0.0


@pytest.fixture
def jack() -> Iterator[Jack]:
    with Jack() as server:
        yield server


async def plug(jack: Jack, output: int, input: int) -> None:
    """Lead an output of the engine back into one of its inputs: a guest with a loudspeaker."""
    (engine,) = jack.clients()
    ends = (f"{engine}:out_{output - 1}", f"{engine}:in_{input - 1}")
    tool = await asyncio.create_subprocess_exec("jack_connect", "-s", SERVER, *ends)
    assert await tool.wait() == 0


@pytest.mark.real
@pytest.mark.slow
async def test_a_line_on_a_card_is_proved_by_what_comes_back(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW.model_copy(update={"device": DEVICE}))
        await up(audio)
        nothing = await audio.test_line("Guest")
        assert (nothing.result, nothing.why) == (Result.FAILED, "Nothing of the tone comes back from Guest.")
        await plug(jack, 1, 2)
        found = await audio.test_line("Guest")
        assert found.is_done, found
        assert found.why.startswith("Guest: the tone comes back at 0 dB after ")
        assert "in phase, 80 Hz to 16.0 kHz" in found.why
        assert (await audio.test_line("Gest")).result is Result.REFUSED
        print(found.why)
