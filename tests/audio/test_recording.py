"""The safety recording end to end: real engine and recorder processes, clips instead of a card, real files."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.settings import sound as settings
from tests.audio.studio import sound, up, write_clip
from tests.waiting import until

RATE_HZ = 48_000
SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "channels": [{"name": "Host", "inputs": [1]}, {"name": "Bo/Guest", "inputs": [2, 3]}],
        "returns": [{"name": "Guest", "listener": ["Bo/Guest"], "outputs": [1, 2]}],
    }
)


def read(folder: str) -> dict[str, NDArray[np.float32]]:
    """Every file of a recording by its name."""
    return {
        path.name: soundfile.read(path, dtype="float32", always_2d=True)[0] for path in sorted(Path(folder).iterdir())
    }


async def longer_than(folder: str, seconds: float, *, part: str = "") -> None:
    """Wait until every file of a part says that it holds so much."""

    def lengths() -> list[float]:
        try:
            return [soundfile.info(path).duration for path in Path(folder).glob(f"*{part}.*")]
        except soundfile.LibsndfileError:  # its head is being written
            return []

    await until(lambda: min(lengths(), default=0.0) > seconds, within_s=30, what="the recording to grow")


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, str]:
    return {one.name: write_clip(tmp_path / f"{seed}.wav", seed=seed) for seed, one in enumerate(SHOW.channels)}


@pytest.mark.slow
async def test_every_channel_return_and_the_programme_get_a_file_of_their_own(
    journal: MemoryJournal, clips: dict[str, str], tmp_path: Path
) -> None:
    async with sound(journal) as (audio, alarms):
        audio.recorder.keep_in(tmp_path / "recordings")
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        begun = await audio.start_recording("Friday: drop")
        assert begun.is_done, begun
        assert "4 files" in begun.why
        assert "minutes left" in begun.why
        running = audio.state.value.recording
        assert (running.is_running, running.files, running.parts) == (True, 4, 1)
        assert (await audio.start_recording("Friday: drop")).result is Result.REFUSED
        await longer_than(running.folder, 1.0)  # what a new engine fades in is over
        ended = await audio.stop_recording()
        assert ended.is_done, ended
        assert not audio.state.value.recording.is_running
        assert not alarms.present.value
    heard = read(running.folder)
    stem = Path(running.folder).name
    assert stem.startswith("Friday- drop 20")
    assert set(heard) == {f"{stem} {name}.flac" for name in ("Host", "Bo-Guest", "return Guest", "programme")}
    assert len({len(one) for one in heard.values()}) == 1
    assert [one.shape[1] for one in heard.values()] == [2, 1, 2, 2]  # in the order of their names
    host, guest = (heard[f"{stem} {name}.flac"][-RATE_HZ // 2 :, 0] for name in ("Host", "return Guest"))
    assert np.std(host) > 0.05
    assert np.std(guest) == pytest.approx(np.std(host), rel=0.02)  # the guest hears the host alone


@pytest.mark.slow
async def test_a_killed_engine_leaves_silence_and_files_in_step(
    journal: MemoryJournal, clips: dict[str, str], tmp_path: Path
) -> None:
    async with sound(journal) as (audio, _):
        audio.recorder.keep_in(tmp_path / "recordings")
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        assert (await audio.start_recording("Friday drop")).is_done
        folder = audio.state.value.recording.folder
        await longer_than(folder, 0.5)
        assert audio.engine_pid is not None
        os.kill(audio.engine_pid, signal.SIGKILL)
        await until(
            lambda: any(gap["why"] == "the sound was away" for gap in journal.of("soundrecord.gap")),
            within_s=30,
            what="the gap",
        )
        await up(audio)
        gap = next(gap for gap in journal.of("soundrecord.gap") if gap["why"] == "the sound was away")
        await longer_than(folder, float(str(gap["at_s"])) + float(str(gap["lasted_s"])) + 1.0)
        assert (await audio.stop_recording()).is_done
    heard = read(folder)
    assert len({len(one) for one in heard.values()}) == 1  # in step with each other
    at = round(float(str(gap["at_s"])) * RATE_HZ)
    length = round(float(str(gap["lasted_s"])) * RATE_HZ)
    for one in heard.values():
        assert np.abs(one[at - 2_000 : at]).max() > 0.01
        assert not one[at + 50 : at + length - 50].any()  # told to the millisecond
        assert np.abs(one[-20_000:]).max() > 0.01  # and sound again


@pytest.mark.slow
async def test_a_disk_that_refuses_ends_the_recording_and_says_what_to_do(
    journal: MemoryJournal, clips: dict[str, str], tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")
    async with sound(journal) as (audio, alarms):
        audio.recorder.keep_in(tmp_path / "recordings")
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        assert (await audio.start_recording("Friday drop")).is_done
        folder = audio.state.value.recording.folder
        await longer_than(folder, 0.2)
        resource.prlimit(audio.recorder.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))  # no file may grow over that
        await until(lambda: not audio.state.value.recording.is_running, what="the end of the recording")
        ended = audio.state.value.recording
        assert (ended.why, ended.folder) == ("The disk is full.", folder)
        assert "Free space" in ended.fix
        (alarm,) = alarms.present.value
        assert (alarm.kind, alarm.fix) == ("soundrecord.ended", ended.fix)
        assert all(len(one) > 0.2 * RATE_HZ for one in read(folder).values())
        assert journal.of("soundrecord.stopped")[0]["why"] == ended.why
        again = await audio.start_recording("Friday drop")  # there is room in a new file
        assert again.is_done, again
        assert not alarms.present.value
        assert (await audio.stop_recording()).is_done


async def test_a_disk_with_no_room_to_spare_is_left_alone(
    journal: MemoryJournal, clips: dict[str, str], tmp_path: Path
) -> None:
    async with sound(journal) as (audio, alarms):
        audio.recorder.keep_in(tmp_path / "recordings", spare_bytes=10**15)
        audio.open(SHOW, practice_clips=clips)
        refused = await audio.start_recording("Friday drop")
        assert refused.result is Result.FAILED
        assert "disk is full" in refused.why
        assert not audio.state.value.recording.is_running
        assert not list((tmp_path / "recordings").rglob("*.flac"))
        assert [alarm.kind for alarm in alarms.present.value] == ["soundrecord.ended"]


async def test_another_show_and_another_rate_never_spoil_a_recording(
    journal: MemoryJournal, clips: dict[str, str], tmp_path: Path
) -> None:
    async with sound(journal) as (audio, _):
        audio.recorder.keep_in(tmp_path / "recordings")
        audio.open(SHOW, practice_clips=clips)
        await up(audio)
        assert (await audio.start_recording("Friday drop")).is_done
        folder = audio.state.value.recording.folder
        await longer_than(folder, 0.2)
        audio.recorder.runs_at(44_100)  # as when another program changed the device's rate
        await until(lambda: audio.state.value.recording.parts == 2, what="the next part")
        audio.open(SHOW, practice_clips=clips)
        await until(lambda: not audio.recorder.is_on, what="the end of the recording")
        assert journal.of("soundrecord.stopped")[0]["why"] == ""
    rates = {path.name.rsplit(" ", 1)[1]: soundfile.info(path).samplerate for path in Path(folder).glob("*Host*")}
    assert rates == {"Host.flac": 48_000, "2.flac": 44_100}


async def test_without_sound_there_is_nothing_to_record(journal: MemoryJournal, tmp_path: Path) -> None:
    async with sound(journal) as (audio, _):
        audio.recorder.keep_in(tmp_path)
        assert (await audio.start_recording("Friday drop")).result is Result.REFUSED
        assert (await audio.stop_recording()).result is Result.REFUSED
