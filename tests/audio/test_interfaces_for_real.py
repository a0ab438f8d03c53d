"""An interface beside a JACK card: a card of PulseAudio's with a clock of its own, crossed, pulled out, put back."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from console.audio.desk_side import Audio
from console.audio.state import Interface
from console.core.journal import MemoryJournal
from console.core.links import LinkState
from console.settings import sound as settings
from tests.audio.studio import sound, up
from tests.rigs.jack import DEVICE, Jack, far_side
from tests.rigs.pulse import BLOCK, Pulse, device
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = settings.Audio.model_validate(
    {
        "device": DEVICE,
        "channels": [{"name": "Host", "inputs": [1]}, {"name": "Ana", "inputs": [17]}],
        "returns": [
            {"name": "Ana", "listener": ["Ana"], "outputs": [17]},
            {"name": "Host", "listener": ["Host"], "outputs": [1]},
        ],
        "interfaces": [
            {
                "name": "Call", "device": device("call"), "block_frames": BLOCK,
                "inputs": 1, "first_input": 17, "outputs": 1, "first_output": 17,
            }
        ],
    }
)  # fmt: skip


@pytest.fixture
def cards() -> Iterator[tuple[Jack, Pulse]]:
    with Pulse("call") as pulse, Jack() as jack:
        yield jack, pulse


def call(audio: Audio) -> Interface:
    return audio.state.value.interfaces[0]


async def test_an_interface_is_heard_goes_and_comes_back_and_the_show_goes_on(
    cards: tuple[Jack, Pulse], journal: MemoryJournal
) -> None:
    jack, pulse = cards
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW)
        await up(audio)
        engine_pid = audio.engine_pid
        audio.set_gain("Ana", -6.0)
        (engine,) = jack.clients()
        with pulse.playing("call"), far_side(jack, engine, outputs=1, inputs=1):
            await until(lambda: call(audio).link.is_up, within_s=30, what="the interface")
            assert call(audio).delay_ms > 20  # one of its blocks, and more
            with pulse.recording("call") as sent:
                await until(lambda: audio.levels().channels[1].rms_dbfs > -20, within_s=30, what="the guest")
                await until(lambda: audio.levels().channels[0].rms_dbfs > -30, within_s=30, what="the host")
                await until(lambda: np.abs(sent.sound()[-4_800:]).max(initial=0.0) > 0.01, within_s=30)
            await asyncio.to_thread(pulse.pull, "call")
            await until(lambda: call(audio).link.state is LinkState.DOWN, within_s=30, what="the loss to be said")
            await until(lambda: audio.levels().channels[1].peak_dbfs < -100, within_s=30, what="silence")
            (alarm,) = [one for one in alarms.present.value if one.kind == "interface.down"]
            assert "Ana not heard" in alarm.what
            assert alarm.fix
            assert audio.levels().channels[0].rms_dbfs > -30
            await asyncio.to_thread(pulse.plug, "call")
            with pulse.playing("call"):
                await until(lambda: audio.levels().channels[1].rms_dbfs > -20, within_s=30, what="the guest again")
                await until(lambda: call(audio).link.is_up, within_s=30, what="the lamp")
        assert not [one for one in alarms.present.value if one.kind.startswith("interface")]
        assert audio.state.value.channels[1].gain_db == -6.0
        assert audio.engine_pid == engine_pid, (journal.of("sound.down"), journal.of("worker.died"))
    assert not journal.of("sound.down")
