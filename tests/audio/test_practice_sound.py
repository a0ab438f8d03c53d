"""The practice device end to end: the real engine process, clips instead of a card."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from console.audio.engine import leave
from console.audio.fades import FADE_S
from console.audio.layout import Layout
from console.audio.plan import plan_of
from console.audio.practice_device import PracticeDevice, read_clip
from console.audio.state import Leak, Level
from console.core.errors import UserError
from console.core.journal import MemoryJournal
from console.core.links import LinkState
from console.core.outcome import Result
from console.settings import sound as settings
from tests.audio.studio import sound, up, write_clip
from tests.audio.test_process import block_of, come_up
from tests.waiting import until, until_blocking

SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "channels": [
            {"name": "Host", "inputs": [1], "obs_input": "Mic"},
            {"name": "Guest", "inputs": [2]},
            {"name": "Director", "inputs": [3]},
        ],
        "returns": [
            {"name": "Guest", "listener": ["Guest"], "outputs": [1, 2]},
            {"name": "Host", "listener": ["Host"], "gains_db": {"Guest": -120}},
            {"name": "Call", "listener": ["Guest"], "made_by": "elsewhere"},
        ],
        "talkback": "Director",
    }
)


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, str]:
    names = [channel.name for channel in SHOW.channels]
    return {name: write_clip(tmp_path / f"{number}.wav", seed=number) for number, name in enumerate(names)}


def test_an_engine_that_ends_leaves_with_silence_not_with_a_click(clips: dict[str, str]) -> None:
    plan = plan_of(SHOW)
    block, _, _ = block_of(plan, plan.block_frames)
    come_up(block, 0.0, 2, inputs=3, frames=plan.block_frames)
    device = PracticeDevice(Layout(plan), clips, sample_rate_hz=plan.sample_rate_hz, block_frames=plan.block_frames)
    played: list[NDArray[np.float32]] = []

    def run(heard: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        block.run(heard, out)
        played.append(out[:, 0].copy())

    device.start(run)
    until_blocking(lambda: len(played) > 50, what="some sound")
    leave(device, block)
    heard = np.concatenate(played)
    end = int(np.flatnonzero(heard)[-1])
    fade = round(FADE_S * plan.sample_rate_hz)
    assert len(heard) - end > plan.block_frames
    assert np.abs(heard[end - fade // 10 : end]).max() < 0.02 < np.abs(heard[end - 3 * fade : end - fade]).max()


@pytest.mark.slow
async def test_the_practice_sound_meters_mutes_and_proves_its_returns(
    journal: MemoryJournal, clips: dict[str, str]
) -> None:
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        await until(lambda: audio.levels().channels[0].rms_dbfs > -25, what="the host's meter")
        await until(lambda: audio.levels().returns[0].rms_dbfs > -25, what="the guest's return")
        assert audio.levels().returns[1] == Level()  # the guest is off in it, the director not talking
        clean = await audio.test_return("Guest")
        assert clean.is_done, clean
        assert audio.state.value.returns[0].leak is Leak.CLEAN
        assert audio.set_mute("Host", True).is_done
        await until(lambda: audio.levels().returns[0].rms_dbfs < -60, what="silence in the guest's return")
        assert audio.levels().channels[0].rms_dbfs > -25  # meters are before mute
        assert audio.set_talkback(True).is_done
        await until(lambda: audio.levels().returns[1].rms_dbfs > -25, what="talkback in the host's return")
        assert audio.set_talkback(False).is_done
        await until(lambda: audio.levels().returns[1].rms_dbfs < -60, what="talkback to be closed")
        assert {alarm.kind for alarm in alarms.present.value} <= {"sound.talking"}  # the host goes on, muted
        assert {"sound.up", "channel.muted", "talkback.open", "return.tested"} <= {one[0] for one in journal.entries}


@pytest.mark.slow
async def test_a_return_without_sound_is_silent_and_one_made_elsewhere_is_not_verifiable(
    journal: MemoryJournal, clips: dict[str, str]
) -> None:
    everybody = {"Host": -120.0, "Guest": 0.0}
    host = SHOW.returns[1].model_copy(update={"gains_db": everybody})
    async with sound(journal) as (audio, alarms):
        audio.open(SHOW.model_copy(update={"returns": (host, SHOW.returns[2])}), practice_clips={"Host": clips["Host"]})
        await up(audio)
        assert (await audio.test_return("Call")).result is Result.FAILED
        assert audio.state.value.returns[1].leak is Leak.NOT_VERIFIABLE
        await until(lambda: "does not hear" in audio.state.value.returns[1].leak_detail, what="why it is not")
        # only the host speaks, and is not in their own return: nothing leaks
        assert (await audio.test_return("Host")).is_done
        assert not alarms.present.value


@pytest.mark.slow
async def test_opening_another_show_ends_the_sound_before(journal: MemoryJournal, clips: dict[str, str]) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        first = audio.engine_pid
        audio.set_mute("Host", True)
        audio.open(SHOW, practice_clips=clips)
        assert not audio.state.value.channels[0].is_muted
        await up(audio)
        assert audio.engine_pid != first
        assert not journal.of("worker.died")


async def test_a_clip_that_is_no_sound_is_named(journal: MemoryJournal, tmp_path: Path) -> None:
    path = tmp_path / "not.wav"
    path.write_bytes(b"not a wave file at all")
    async with sound(journal) as (audio, _):
        audio.open(SHOW, practice_clips={"Host": str(path)})
        await until(lambda: audio.state.value.link.state is LinkState.DOWN, what="the fault")
        assert "not.wav" in audio.state.value.link.why


def test_a_clip_of_another_rate_keeps_its_length_in_seconds(tmp_path: Path) -> None:
    clip = read_clip(write_clip(tmp_path / "clip.wav", seed=1, seconds=0.5, rate_hz=24_000), 48_000)
    assert clip.shape == (24_000, 1)
    assert np.abs(clip).max() <= 0.2
    with pytest.raises(UserError):
        read_clip(str(tmp_path / "none.wav"), 48_000)


async def test_what_cannot_be_done_is_refused_with_what_to_do(journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW.model_copy(update={"talkback": None}))
        refusals = [
            audio.set_mute("Nobody", True),
            audio.set_solo("Host", True),  # no monitor outputs
            audio.set_gain("Host", 90.0),
            audio.set_talkback(True),
            await audio.test_return("Nobody"),
            await audio.test_return("Guest"),  # not up yet
        ]
        for refusal in refusals:
            assert refusal.result is Result.REFUSED
            assert refusal.why
        assert all(level == Level() for level in audio.levels().channels)


async def test_a_muted_talkback_says_so(journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW)
        audio.set_mute("Director", True)
        assert audio.set_talkback(True).result is Result.REFUSED
        assert not audio.state.value.is_talkback_open


async def test_solo_is_of_one_alone(journal: MemoryJournal) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW.model_copy(update={"monitor": (7, 8)}))
        audio.set_solo("Host", True)
        audio.set_solo("Guest", True)
        assert [channel.is_solo for channel in audio.state.value.channels] == [False, True, False]
        audio.set_solo("Host", False)
        assert audio.state.value.channels[1].is_solo
        audio.set_solo("Guest", False)
        assert not any(channel.is_solo for channel in audio.state.value.channels)


@pytest.mark.slow
async def test_an_analyst_that_is_killed_costs_neither_the_sound_nor_the_loudness_so_far(
    journal: MemoryJournal, clips: dict[str, str]
) -> None:
    async with sound(journal) as (audio, _):
        audio.open(SHOW, practice_clips=clips)
        await up(audio)

        def measured_s() -> float:
            reading = audio.listening.reading()
            return reading.measured_s if reading else 0.0

        await until(lambda: measured_s() > 1.0, within_s=60, what="a second of loudness")
        before, pid = measured_s(), audio.listening.analyst_pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: audio.listening.analyst_pid not in (None, pid), within_s=60, what="another analyst")
        assert audio.state.value.link.is_up
        assert audio.levels().channels[0].ballistic_dbfs > -25  # the engine's own while there is none
        await until(lambda: measured_s() > before + 0.5, within_s=60, what="loudness that goes on")
        assert audio.levels().programme_loudness.integrated_lufs > -25
        assert [died["worker"] for died in journal.of("worker.died")] == ["sound analyst"]
        assert not journal.of("sound.down")
    *_, loudness = journal.of("sound.loudness")
    assert float(str(loudness["measured_s"])) > before
