"""`cuedrop meter FILE`: what it reads, what it says, and what it says of files that it cannot read."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from console.audio.file_meter import measure
from console.cli import run
from tests.audio import ebu
from tests.audio.ebu import RATE, Sound
from tests.rigs.voices import speech

CLIPS = Path(__file__).resolve().parents[2] / "resources" / "practice"
KEYS = {
    "integrated_lufs",
    "range_lu",
    "momentary_max_lufs",
    "short_term_max_lufs",
    "true_peak_dbtp",
    "sample_peak_dbfs",
}


def written(
    folder: Path, sound: Sound, *, name: str = "sound.wav", rate_hz: int = RATE, subtype: str | None = None
) -> Path:
    path = folder / name
    soundfile.write(path, sound, rate_hz, subtype=subtype)
    return path


def program(seconds: float, channels: int = 2) -> Sound:
    """Noise whose level wanders, as speech does."""
    rng = np.random.default_rng(channels)
    level = np.repeat(10 ** rng.uniform(-2.5, -0.8, round(seconds * 4)), RATE // 4)
    return (level[:, None] * rng.uniform(-1, 1, (len(level), channels))).astype(np.float32)


def test_it_says_everything_as_json_per_channel_where_it_applies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = ebu.stereo((4, -23)).copy()
    sound[:, 1] *= 0.5
    assert run(["meter", str(written(tmp_path, sound)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= KEYS
    assert (found["duration_s"], found["sample_rate_hz"]) == (4.0, RATE)
    assert [channel["name"] for channel in found["channels"]] == ["L", "R"]
    assert [channel["sample_peak_dbfs"] for channel in found["channels"]] == pytest.approx([-23.0, -29.0], abs=0.1)
    assert found["true_peak_dbtp"] == pytest.approx(-23.0, abs=0.1)


def test_it_says_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["meter", str(written(tmp_path, ebu.stereo((4, -23))))]) == 0
    said = capsys.readouterr().out
    assert "0 min 04.0 s, 48000 Hz, L R" in said
    assert re.search(r"integrated +-23\.0 LUFS", said)
    assert re.search(r"true peak +-23\.0 dBTP \(L -23\.0, R -23\.0\)", said)
    assert "under a minute it says little" in said


def test_the_command_itself(tmp_path: Path) -> None:
    path = written(tmp_path, ebu.stereo((4, -23)))
    ran = subprocess.run([sys.executable, "-m", "console", "meter", path, "--json"], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["integrated_lufs"] == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6])
def test_every_channel_has_its_weight(channels: int, tmp_path: Path) -> None:
    weights = {1: 1, 2: 2, 3: 3, 4: 2 + 2 * 1.41, 5: 3 + 2 * 1.41, 6: 3 + 2 * 1.41}
    sound = np.repeat(ebu.tone((3, -23))[:, None], channels, axis=1)
    found = measure(written(tmp_path, sound))
    assert found.integrated_lufs == pytest.approx(-26.01 + 10 * np.log10(weights[channels]), abs=0.05)
    assert len(found.channels) == channels


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.wav", "PCM_16"),
        ("a.wav", "PCM_24"),
        ("a.wav", "FLOAT"),
        ("a.flac", None),
        ("a.aiff", None),
        ("a.ogg", None),
        ("a.mp3", None),
        ("a.rf64", None),
        ("a.w64", None),
        ("a.caf", None),
    ],
)
def test_every_common_format_reads_the_same(name: str, subtype: str | None, tmp_path: Path) -> None:
    path = written(tmp_path, ebu.stereo((4, -23)), name=name, subtype=subtype)
    # MP3 itself makes the tone a little louder
    assert measure(path).integrated_lufs == pytest.approx(-23.0, abs=0.2)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 96_000, 192_000])
def test_every_rate_reads_the_same(rate_hz: int, tmp_path: Path) -> None:
    at_s = np.arange(4 * rate_hz) / rate_hz
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * at_s)).astype(np.float32)
    found = measure(written(tmp_path, np.stack((tone, tone), axis=1), rate_hz=rate_hz))
    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.05)
    assert found.true_peak_dbtp == pytest.approx(-23.0, abs=0.05)


def test_silence_is_minus_120_and_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, np.zeros((RATE, 2), np.float32))
    found = measure(path)
    assert (found.integrated_lufs, found.true_peak_dbtp, found.range_lu) == (-120.0, -120.0, 0.0)
    assert run(["meter", str(path)]) == 0
    assert "none heard" in capsys.readouterr().out


def test_numbers_that_are_none_are_silence(tmp_path: Path) -> None:
    sound = ebu.stereo((4, -23)).copy()
    sound[RATE], sound[2 * RATE] = np.nan, np.inf
    found = measure(written(tmp_path, sound, subtype="FLOAT"))
    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert found.sample_peak_dbfs == pytest.approx(-23.0, abs=0.1)


def bad_files(folder: Path) -> dict[str, tuple[Path, str, str]]:
    (folder / "text.wav").write_text("not sound")
    (folder / "nothing.flac").write_bytes(b"")
    (folder / "bare.raw").write_bytes(bytes(1_000))
    return {
        "missing": (folder / "missing.wav", "There is no file", "Name the recording"),
        "a folder": (folder, "There is no file", "Name the recording"),
        "text": (folder / "text.wav", "no sound file that can be read", "as WAV or FLAC"),
        "no bytes": (folder / "nothing.flac", "no sound file that can be read", "as WAV or FLAC"),
        "no header": (folder / "bare.raw", "no sound file that can be read", "as WAV or FLAC"),
        "no sound": (written(folder, np.zeros((0, 2), np.float32), name="empty.wav"), "holds no sound", "Record it"),
        "eight": (written(folder, np.zeros((9, 8), np.float32), name="eight.wav"), "has 8 channels", "one by one"),
        "slow": (written(folder, np.zeros((9, 1), np.float32), name="slow.wav", rate_hz=4_000), "4000 Hz", "48000 Hz"),
    }


@pytest.mark.parametrize("kind", ["missing", "a folder", "text", "no bytes", "no header", "no sound", "eight", "slow"])
def test_a_bad_file_is_told_with_what_to_do(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, what, fix = bad_files(tmp_path)[kind]
    assert run(["meter", str(path), "--json"]) == 2
    told = capsys.readouterr()
    assert what in told.err
    assert fix in told.err
    assert told.out == ""


@pytest.mark.parametrize(("name", "is_damaged"), [("cut.wav", False), ("cut.flac", True)])
def test_a_recording_that_was_cut_off_is_measured_as_far_as_it_goes(
    name: str, is_damaged: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, program(10), name=name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    found = measure(path)
    assert 5 < found.duration_s < 6.1
    assert found.is_damaged is is_damaged
    assert run(["meter", str(path)]) == int(is_damaged)
    assert ("It is damaged there" in capsys.readouterr().out) is is_damaged


@pytest.mark.real
def test_a_flac_that_does_not_know_its_length_is_whole(tmp_path: Path) -> None:
    source = written(tmp_path, ebu.stereo((4, -23)))
    piped = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(source), "-f", "flac", "-"], capture_output=True, check=True
    )
    (tmp_path / "piped.flac").write_bytes(piped.stdout)
    found = measure(tmp_path / "piped.flac")
    assert (found.duration_s, found.is_damaged) == (4.0, False)


def ffmpeg_says(path: Path) -> dict[str, float]:
    """What ffmpeg's ebur128 filter finds; it prints tenths, and looks for the maxima ten times a second."""
    command = ["ffmpeg", "-nostats", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    on_the_way, summary = subprocess.run(command, capture_output=True, text=True, check=True).stderr.split("Summary:")
    names = {"integrated_lufs": "I", "range_lu": "LRA", "true_peak_dbtp": "Peak"}
    found = {key: float(re.findall(rf"\b{name}: +(-?[\d.]+)", summary)[0]) for key, name in names.items()}
    maxima = {"momentary_max_lufs": "M", "short_term_max_lufs": "S"}
    readings = {key: re.findall(rf"\b{name}: *(-?[\d.]+)", on_the_way) for key, name in maxima.items()}
    return found | {key: max(map(float, texts)) for key, texts in readings.items()}


def conversation(seconds: float) -> Sound:
    """Two people, one left and one right of the middle, each now and then."""
    one, other = (speech(person, seconds=seconds, rate_hz=RATE) for person in (0, 5))
    return np.stack((one + 0.4 * other, 0.4 * one + other), axis=1)


def assert_the_same(path: Path) -> None:
    ours, theirs = measure(path), ffmpeg_says(path)
    assert ours.integrated_lufs == pytest.approx(theirs["integrated_lufs"], abs=0.11)
    assert ours.range_lu == pytest.approx(theirs["range_lu"], abs=0.3)
    assert ours.true_peak_dbtp == pytest.approx(theirs["true_peak_dbtp"], abs=0.2)
    for reading in ("momentary_max_lufs", "short_term_max_lufs"):
        assert theirs[reading] - 0.06 <= getattr(ours, reading) <= theirs[reading] + 0.5


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("clip", ["voice-host.wav", "voice-guest.wav", "music.wav"])
def test_ffmpeg_says_the_same_of_the_practice_sounds(clip: str, tmp_path: Path) -> None:
    sound, rate_hz = soundfile.read(CLIPS / clip, dtype="float32")
    assert_the_same(written(tmp_path, np.tile(sound, 3)[:, None], rate_hz=rate_hz))


@pytest.mark.real
@pytest.mark.slow
def test_ffmpeg_says_the_same_of_two_people_talking(tmp_path: Path) -> None:
    assert_the_same(written(tmp_path, conversation(40)))


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 48_000), (2, 44_100), (6, 48_000)])
def test_ffmpeg_says_the_same_of_every_layout(channels: int, rate_hz: int, tmp_path: Path) -> None:
    assert_the_same(written(tmp_path, program(40, channels), rate_hz=rate_hz))
