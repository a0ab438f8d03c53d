"""The whole sound on a virtual card: what a far side of its own hears. JACK itself must be free (one at a time)."""

import asyncio
import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from console.audio.desk_side import Audio
from console.audio.state import Leak
from console.core.journal import MemoryJournal
from console.core.links import LinkState
from console.settings import sound as settings
from console.workers.rings import Counter
from tests.audio.studio import sound, up
from tests.rigs.jack import DEVICE, Heard, Jack, far_side
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

NAMES = [f"Channel {number}" for number in range(1, 9)]
GAINS = {"Channel 2": -6.0, "Channel 3": 3.0, "Channel 8": -20.0}
SHOW = settings.Audio.model_validate(
    {
        "device": DEVICE,
        "block_frames": 256,
        "channels": [{"name": name, "inputs": [number]} for number, name in enumerate(NAMES, 1)],
        "returns": [
            {"name": f"Return {number}", "listener": [NAMES[number - 1]], "outputs": [number], "gains_db": GAINS}
            for number in range(1, 9)
        ],
    }
)


@pytest.fixture
def jack() -> Iterator[Jack]:
    with Jack() as server:
        yield server


async def heard(jack: Jack) -> Heard:
    """What a far side plugged to the engine hears within 2 s."""

    def listen() -> Heard:
        (engine,) = jack.clients()
        with far_side(jack, engine, outputs=8, inputs=8) as far:
            return far.record(2.0)

    return await asyncio.to_thread(listen)


def check(measured: Heard, *, muted: tuple[str, ...] = ()) -> float:
    """Every return holds the others at their gains within 0.1 dB, and its own below -100 dB; the worst own, in dB."""
    gains = measured.gains()
    worst_own_db = -200.0
    for column in range(8):
        for row, name in enumerate(NAMES):
            db = 20 * np.log10(max(1e-12, abs(gains[row, column])))
            if row == column:
                worst_own_db = max(worst_own_db, db)
                assert db < -100, f"{name} hears itself at {db:.1f} dB"
            elif name in muted:
                assert db < -100, f"{name} is muted, and at {db:.1f} dB in return {column + 1}"
            else:
                assert abs(db - GAINS.get(name, 0.0)) < 0.1, f"{name} is at {db:.2f} dB in return {column + 1}"
    return float(worst_own_db)


async def test_every_return_holds_the_others_at_their_gains_and_not_its_own(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW)
        await up(audio)
        print(f"worst own channel: {check(await heard(jack)):.1f} dB")


async def test_an_engine_that_is_killed_comes_back_with_its_mutes(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW)
        await up(audio)
        audio.set_mute("Channel 5", True)
        pid = audio.engine_pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not audio.state.value.link.is_up, within_s=2, what="the loss to be seen")
        assert [alarm.kind for alarm in alarms.present.value] == ["sound.down"]
        await up(audio)
        assert not alarms.present.value
        check(await heard(jack), muted=("Channel 5",))
        assert [channel.is_muted for channel in audio.state.value.channels].index(True) == 4


async def test_a_device_that_is_given_up_is_left_with_silence_not_a_click(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW)
        await up(audio)
        (engine,) = jack.clients()
        with far_side(jack, engine, outputs=8, inputs=8) as far:
            recording = asyncio.create_task(asyncio.to_thread(far.record, 3.0))
            await until(lambda: audio.levels().returns[0].rms_dbfs > -40, what="sound on its way")
            before = audio.counters()[Counter.CALLBACKS]
            await until(lambda: audio.counters()[Counter.CALLBACKS] > before + 200, what="a second of it")
            audio.reopen(SHOW.model_copy(update={"device": "practice"}))
            got = (await recording).got[:, 0]
    end = int(np.flatnonzero(got)[-1])
    assert end < len(got) - 4_800
    assert np.abs(got[end - 48 : end]).max() < 0.01
    assert np.abs(got[end - 4_800 : end - 480]).max() > 0.1


async def test_a_frozen_engine_is_replaced(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW)
        await up(audio)
        pid = audio.engine_pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: not audio.state.value.link.is_up, within_s=3, what="the freeze to be seen")
        await up(audio)
        assert audio.engine_pid != pid


async def test_a_sound_server_that_dies_is_a_banner_and_comes_back_by_itself(
    jack: Jack, journal: MemoryJournal
) -> None:
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW)
        await up(audio)
        audio.set_mute("Channel 1", True)
        await asyncio.to_thread(jack.stop, signal.SIGKILL)
        await until(lambda: "is not there" in audio.state.value.link.why, within_s=10, what="the device to be missed")
        assert audio.state.value.link.state is LinkState.DOWN
        assert audio.state.value.link.fix
        assert [alarm.kind for alarm in alarms.present.value] == ["sound.down"]
        await asyncio.to_thread(jack.start)
        await up(audio)
        assert not alarms.present.value
        check(await heard(jack), muted=("Channel 1",))


async def test_the_leak_test_hears_the_real_card(jack: Jack, journal: MemoryJournal) -> None:
    names = NAMES[:3]
    three = settings.Audio.model_validate(
        {
            "device": DEVICE,
            "channels": [{"name": name, "inputs": [number]} for number, name in enumerate(names, 1)],
            "returns": [
                {"name": f"Return {number}", "listener": [name], "outputs": [number]}
                for number, name in enumerate(names, 1)
            ],
        }
    )
    async with sound(journal) as (audio, _):
        audio.open(three)
        await up(audio)
        silent = await audio.test_return("Return 3")
        assert not silent.is_done
        (engine,) = jack.clients()
        with far_side(jack, engine, outputs=3, inputs=3):
            await until(lambda: leak_of(audio, "Return 3") is Leak.CLEAN, within_s=30, what="the proof")
            clean = await audio.test_return("Return 3")
        assert clean.is_done, clean
        assert leak_of(audio, "Return 3") is Leak.CLEAN


async def test_a_leak_in_a_call_is_found_named_and_proved_to_be_gone(jack: Jack, journal: MemoryJournal) -> None:
    call = settings.Audio.model_validate(
        {
            "device": DEVICE,
            "channels": [{"name": "Host", "inputs": [1]}, {"name": "Guest", "inputs": [2]}],
            "returns": [{"name": "Call", "listener": ["Guest"], "made_by": "elsewhere", "loopback": [3]}],
            "alarms": {"off_target_s": 0},
        }
    )
    async with sound(journal) as (audio, alarms):
        audio.open(call)
        await up(audio)
        (engine,) = jack.clients()
        with far_side(jack, engine, outputs=2, inputs=1) as far:
            host, guest, sent = f"{far.client}:out_0", f"{far.client}:out_1", f"{engine}:in_2"
            jack.wire(host, sent)
            await until(lambda: leak_of(audio, "Call") is Leak.CLEAN, within_s=30, what="a proof")
            jack.wire(guest, sent)
            await until(lambda: leak_of(audio, "Call") is Leak.LEAK, within_s=30, what="the leak")
            await until(lambda: [one.kind for one in alarms.present.value] == ["return.leak"], what="its alarm")
            await until(
                lambda: abs(audio.state.value.returns[0].leak_db or -99) < 3, what="its level, once all is heard"
            )
            jack.wire(guest, sent, on=False)
            await until(lambda: not alarms.present.value, within_s=30, what="the proof that it is gone")
            assert audio.levels().returns_loudness[0].momentary_lufs > -40
    assert [found["leak"] for found in journal.of("return.found")] == ["clean", "leak", "clean"]


def leak_of(audio: Audio, name: str) -> Leak:
    return next(made_for.leak for made_for in audio.state.value.returns if made_for.name == name)


async def test_a_device_with_fewer_ports_runs_with_what_it_has(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, alarms):
        more = [*SHOW.channels, settings.Channel(name="Far away", inputs=(12,))]
        audio.open(SHOW.model_copy(update={"channels": tuple(more)}))
        await up(audio)
        assert "Far away" in audio.state.value.link.why
        assert [alarm.kind for alarm in alarms.present.value] == ["sound.less"]
        check(await heard(jack))
        assert audio.levels().channels[-1].peak_dbfs == -120.0


async def test_a_device_with_another_rate_is_taken_at_its_own(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW.model_copy(update={"sample_rate_hz": 44_100}))
        await up(audio)
        assert "48000 Hz" in audio.state.value.link.why
        assert audio.state.value.sample_rate_hz == 48_000


async def test_a_rate_that_changes_in_the_show_is_taken_and_said(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW)
        await up(audio)
        await asyncio.to_thread(jack.stop, signal.SIGKILL)
        await asyncio.to_thread(jack.start, 44_100)
        await until(lambda: audio.state.value.sample_rate_hz == 44_100, within_s=15, what="the sound at that rate")
        assert audio.state.value.link.is_up
        (alarm,) = alarms.present.value
        assert "44100 Hz" in alarm.what
        before = audio.counters()[Counter.CALLBACKS]
        await until(lambda: audio.counters()[Counter.CALLBACKS] > before + 100, what="blocks of it")
        await until(lambda: audio.listening.reading() is not None, what="its analysis")


async def test_a_device_that_is_not_there_is_named_with_near_misses(jack: Jack, journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW.model_copy(update={"device": "JACK Audio Connection Kit: sistem"}))
        await until(lambda: audio.state.value.link.state is LinkState.DOWN, within_s=10)
        assert DEVICE in audio.state.value.link.fix
