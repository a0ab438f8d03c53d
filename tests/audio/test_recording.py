"""The safety recording end to end: real engine and recorder processes, clips instead of a card, real files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from console.core.journal import MemoryJournal
from console.core.outcome import Result
from console.settings import show as settings
from tests.audio.studio import sound, up, write_clip
from tests.waiting import until

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
        return [soundfile.info(path).duration for path in Path(folder).glob(f"*{part}.*") if path.stat().st_size]

    await until(lambda: len(lengths()) and min(lengths()) > seconds, what="the recording to grow")


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, str]:
    return {one.name: write_clip(tmp_path / f"{seed}.wav", seed=seed) for seed, one in enumerate(SHOW.channels)}


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
        await longer_than(running.folder, 0.5)
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
    host, guest = heard[f"{stem} Host.flac"][:, 0], heard[f"{stem} return Guest.flac"][:, 0]
    np.testing.assert_allclose(guest, host, atol=2**-20)  # the guest hears the host alone, at the same moment
    assert float(np.sqrt(np.mean(host**2))) > 0.05
