"""Recorded files: whole at every moment, exact, and never in the place of another."""

import errno
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from console.audio.recorded_files import SoundFile, cut, open_file, wav_head

RATE_HZ = 48_000
NOISE: NDArray[np.float32] = np.random.default_rng(5).uniform(-1, 1, (60_000, 2)).astype(np.float32)
SUFFIXES = (".flac", ".wav")
STEP = 2.0**-23


def opened(path: Path, columns: int = 1) -> SoundFile:
    return open_file(path, columns=columns, rate_hz=RATE_HZ, title="Host", album="Friday drop")


def killed(path: Path) -> Path:
    """What a kill would leave behind now."""
    copy = path.with_stem("killed")
    shutil.copyfile(path, copy)
    return copy


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(st.lists(st.integers(1, 12_000), min_size=1, max_size=5), st.sampled_from([1, 2]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_cut_off_opens_and_lacks_its_last_block_at_most(
    tmp_path: Path, suffix: str, blocks: list[int], columns: int
) -> None:
    path = tmp_path / f"host{suffix}"
    path.unlink(missing_ok=True)
    file, fed = opened(path, columns), 0
    for block in blocks:
        file.write(NOISE[fed : fed + block, :columns])
        fed += block
        whole = file.whole
        file.settle(whole)
        assert fed - 4_097 <= whole <= fed
        if whole:
            heard, rate_hz = soundfile.read(killed(path), dtype="float32", always_2d=True)
            assert rate_hz == RATE_HZ
            assert len(heard) == whole
            np.testing.assert_allclose(heard, NOISE[:whole, :columns], atol=STEP)
    file.close()
    heard, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_allclose(heard, NOISE[:fed, :columns], atol=STEP)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_programs_read_a_file_that_was_cut_off(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"host{suffix}"
    file = opened(path, 2)
    file.write(NOISE[:40_000])
    whole = file.whole
    file.settle(whole)
    file.write(NOISE[40_000:])  # what came after the last look
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", killed(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    file.close()
    assert float(told.stdout) == pytest.approx(whole / RATE_HZ, abs=1e-4)
    assert not told.stderr
    decoded = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path.with_stem("killed"), "-f", "f32le", "-"], capture_output=True, check=True
    )
    assert len(decoded.stdout) >= whole * 8
    assert not decoded.stderr


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_nobody_ended_is_cut_to_the_length_of_the_others(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"host{suffix}"
    file = opened(path, 2)
    file.write(NOISE[:40_000])
    file.settle(file.whole)
    cut(killed(path), 20_000, columns=2, rate_hz=RATE_HZ)
    heard, _ = soundfile.read(path.with_stem("killed"), dtype="float32")
    np.testing.assert_allclose(heard, NOISE[:20_000], atol=STEP)
    cut(killed(path), 0, columns=2, rate_hz=RATE_HZ)
    assert not path.with_stem("killed").exists()
    file.close()


def test_beyond_full_scale_is_cut_and_never_wraps(tmp_path: Path) -> None:
    loud = np.array([[2.0], [1.0], [-1.0], [-2.0]], dtype=np.float32)
    for suffix in SUFFIXES:
        file = opened(tmp_path / f"loud{suffix}")
        file.write(loud)
        file.close()
        heard, _ = soundfile.read(tmp_path / f"loud{suffix}", dtype="float32")
        np.testing.assert_allclose(heard, [1, 1, -1, -1], atol=2 * STEP)


def test_flac_says_whose_sound_it_is(tmp_path: Path) -> None:
    file = opened(tmp_path / "host.flac")
    file.write(NOISE[:100, :1])
    file.close()
    with soundfile.SoundFile(tmp_path / "host.flac") as read:
        assert (read.title, read.album, read.subtype) == ("Host", "Friday drop", "PCM_24")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_file_takes_the_place_of_another(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"host{suffix}").write_bytes(b"of yesterday")
    with pytest.raises(FileExistsError):
        opened(tmp_path / f"host{suffix}")
    assert (tmp_path / f"host{suffix}").read_bytes() == b"of yesterday"


@pytest.mark.parametrize("sound_bytes", [1_000_002, 0xFFFF_FFFF - 77, 0xFFFF_FFFF - 73, 5_000_000_004])
def test_a_wav_over_four_gigabytes_is_rf64_and_opens(tmp_path: Path, sound_bytes: int) -> None:
    sound_bytes -= sound_bytes % 6
    path = tmp_path / "long.wav"
    with path.open("wb") as file:  # a sparse file: nothing is written but its head
        file.write(wav_head(columns=2, rate_hz=RATE_HZ, sound_bytes=sound_bytes))
        file.truncate(80 + sound_bytes)
    info = soundfile.info(path)
    assert (info.frames, info.channels, info.subtype) == (sound_bytes // 6, 2, "PCM_24")
    assert info.format == ("WAV" if sound_bytes + 72 <= 0xFFFF_FFFF else "RF64")


def test_an_odd_wav_ends_on_an_even_byte(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    file = opened(path)
    file.write(NOISE[:333, :1])
    file.close()
    raw = path.read_bytes()
    assert len(raw) == 80 + 1_000
    assert struct.unpack_from("<I", raw, 4) == (len(raw) - 8,)
    assert struct.unpack_from("<I", raw, 76) == (999,)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may grow over 100,000 bytes, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.usefixtures("small_files")
def test_a_disk_that_refuses_is_told_and_what_had_settled_stays(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"host{suffix}"
    file, whole = opened(path), 0
    with pytest.raises(OSError, match="too large") as refused:  # noqa: PT012 - which block is refused is the disk's
        for start in range(0, 60_000, 4_800):
            file.write(NOISE[start : start + 4_800, :1])
            whole = file.whole
            file.settle(whole)
    file.close()
    assert refused.value.errno == errno.EFBIG
    assert whole > 4_800
    heard, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert len(heard) >= whole
    np.testing.assert_allclose(heard[:whole], NOISE[:whole, :1], atol=STEP)
    decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], check=True, capture_output=True)
    assert not decoded.stderr  # not half a block at its end
