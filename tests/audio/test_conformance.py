"""EBU Tech 3341 and 3342: every signal that can be made from its description, at the tolerance given there.

The live path takes them in blocks of several lengths, many signals at once as columns of one stream; `cuedrop meter`
takes them as files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from console.audio.loudness import Loudness
from console.audio.true_peak import TruePeak
from console.audio.weighting import LAYOUTS
from console.cli import run
from tests.audio import ebu
from tests.audio.ebu import RATE, Sound

BLOCKS = [64, 480, 1_024, 4_096]
LOUDNESS_LU = 0.1
RANGE_LU = 1.0
LOOK_FRAMES = RATE // 100


@pytest.fixture(scope="module")
def long_sounds() -> dict[str, Sound]:
    return {
        **{f"integrated {name}": signal.make() for name, signal in ebu.INTEGRATED.items()},
        **{f"range {name}": signal.make() for name, signal in ebu.RANGES.items()},
        "9": ebu.short_term_steady(),
        "11": ebu.short_term_live(),
        "12": ebu.momentary_steady(),
        "14": ebu.momentary_live(),
    }


@dataclass(frozen=True, slots=True)
class Reading:
    """The readings of one sound after so many seconds of it."""

    at_s: float
    momentary: float
    short_term: float
    momentary_max: float
    short_term_max: float
    integrated: float
    range_lu: float


def measured(sounds: Mapping[str, Sound], frames: int) -> dict[str, list[Reading]]:
    """Sounds measured beside each other in blocks of `frames`: all readings at the end of each, by its name.

    Those named with a number alone are read every 10 ms, too. A block ends where a sound ends, so that it is read
    before anything else comes. Left and right are the same in all of them: one column, counted twice.
    """
    groups, columns = [], list[Sound]()
    for sound in sounds.values():
        wanted = [sound[:, 0]] if sound.shape[1] == 2 else list(sound.T)
        weights = [2.0] if sound.shape[1] == 2 else [weight for _, weight in LAYOUTS[sound.shape[1]]]
        groups.append(dict(enumerate(weights, start=len(columns))))
        columns += wanted
    loudness, tracks = Loudness(groups, sample_rate_hz=RATE), {name: list[Reading]() for name in sounds}
    lengths = {len(sound) for sound in sounds.values()}
    start = 0
    for end in sorted(lengths | set(range(frames, max(lengths), frames))):
        block = np.zeros((end - start, len(columns)), dtype=np.float32)
        for place, column in enumerate(columns):
            if end <= len(column):
                block[:, place] = column[start:end]
        loudness.feed(block)
        if end in lengths or end // LOOK_FRAMES > start // LOOK_FRAMES:
            for number, (name, sound) in enumerate(sounds.items()):
                if end == len(sound) or (end < len(sound) and name.isdigit()):
                    tracks[name].append(_read(loudness, number, end, is_over=end == len(sound)))
        start = end
    return tracks


def _read(loudness: Loudness, group: int, end: int, *, is_over: bool) -> Reading:
    momentary, short_term = loudness.momentary_lufs[group], loudness.short_term_lufs[group]
    maxima = loudness.momentary_max_lufs[group], loudness.short_term_max_lufs[group]
    gated = (loudness.integrated_lufs()[group], loudness.range_lu()[group]) if is_over else (0.0, 0.0)
    return Reading(end / RATE, momentary, short_term, *maxima, *gated)


@pytest.fixture(scope="module", params=BLOCKS)
def live(request: pytest.FixtureRequest, long_sounds: dict[str, Sound]) -> dict[str, list[Reading]]:
    """The long sounds, measured as they come."""
    return measured(long_sounds, request.param)


@pytest.mark.slow
@pytest.mark.parametrize("name", ebu.INTEGRATED)
def test_live_1_to_6_integrated(live: dict[str, list[Reading]], name: str) -> None:
    expected, (found,) = ebu.INTEGRATED[name].expected, live[f"integrated {name}"]
    assert found.integrated == pytest.approx(expected, abs=LOUDNESS_LU)
    if name in "12":
        assert found.momentary == pytest.approx(expected, abs=LOUDNESS_LU)
        assert found.short_term == pytest.approx(expected, abs=LOUDNESS_LU)


@pytest.mark.slow
@pytest.mark.parametrize("name", ebu.RANGES)
def test_live_loudness_ranges(live: dict[str, list[Reading]], name: str) -> None:
    (found,) = live[f"range {name}"]
    assert found.range_lu == pytest.approx(ebu.RANGES[name].expected, abs=RANGE_LU)


@pytest.mark.slow
def test_live_9_and_12_are_steady(live: dict[str, list[Reading]]) -> None:
    short_terms = [read.short_term for read in live["9"] if read.at_s >= 3]
    momentaries = [read.momentary for read in live["12"] if read.at_s >= 1]
    assert len(short_terms) > 100
    assert len(momentaries) > 90
    assert short_terms == pytest.approx([-23.0] * len(short_terms), abs=LOUDNESS_LU)
    assert momentaries == pytest.approx([-23.0] * len(momentaries), abs=LOUDNESS_LU)


@pytest.mark.slow
def test_live_11_and_14_each_step_is_a_new_maximum(live: dict[str, list[Reading]]) -> None:
    steps = range(1, 21)
    short_terms = [next(read.short_term_max for read in live["11"] if read.at_s >= 6 * step) for step in steps]
    momentaries = [next(read.momentary_max for read in live["14"] if read.at_s >= 0.8 * step) for step in steps]
    assert short_terms == pytest.approx(ebu.LIVE_LEVELS, abs=LOUDNESS_LU)
    assert momentaries == pytest.approx(ebu.LIVE_LEVELS, abs=LOUDNESS_LU)


@pytest.mark.slow
@pytest.mark.parametrize("frames", BLOCKS)
def test_live_10_and_13_the_maxima_wherever_the_sound_begins(frames: int) -> None:
    short_terms = measured({f"10.{number}": sound for number, sound in enumerate(ebu.short_term_files())}, frames)
    momentaries = measured({f"13.{number}": sound for number, sound in enumerate(ebu.momentary_files())}, frames)
    found = [read.short_term_max for (read,) in short_terms.values()]
    found += [read.momentary_max for (read,) in momentaries.values()]
    assert found == pytest.approx([-23.0] * 40, abs=LOUDNESS_LU)


@pytest.mark.parametrize("frames", BLOCKS)
@pytest.mark.parametrize("is_maximum_only", [False, True])
@pytest.mark.parametrize("name", ebu.TRUE_PEAKS)
def test_live_15_to_23_true_peaks(name: str, frames: int, is_maximum_only: bool) -> None:
    sound, expected = ebu.TRUE_PEAKS[name].make(), ebu.TRUE_PEAKS[name].expected
    meter = TruePeak(2, is_maximum_only=is_maximum_only)
    for start in range(0, len(sound), frames):
        meter.feed(sound[start : start + frames])
    for found in 20 * np.log10(meter.maximum):
        assert expected - 0.4 <= found <= expected + 0.2


def metered(sound: Sound, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """What `cuedrop meter --json` says of a sound."""
    path = folder / "signal.wav"
    soundfile.write(path, sound, RATE, subtype="PCM_24")
    assert run(["meter", str(path), "--json"]) == 0
    found: dict[str, float] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("name", ebu.INTEGRATED)
def test_a_file_1_to_6_integrated(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = ebu.INTEGRATED[name].expected
    found = metered(ebu.INTEGRATED[name].make(), tmp_path, capsys)
    assert found["integrated_lufs"] == pytest.approx(expected, abs=LOUDNESS_LU)
    if name in "12":
        assert found["momentary_max_lufs"] == pytest.approx(expected, abs=LOUDNESS_LU)
        assert found["short_term_max_lufs"] == pytest.approx(expected, abs=LOUDNESS_LU)


@pytest.mark.slow
def test_files_9_to_14_maxima(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for sound in (ebu.short_term_steady(), *ebu.short_term_files()):
        assert metered(sound, tmp_path, capsys)["short_term_max_lufs"] == pytest.approx(-23.0, abs=LOUDNESS_LU)
    for sound in (ebu.momentary_steady(), *ebu.momentary_files()):
        assert metered(sound, tmp_path, capsys)["momentary_max_lufs"] == pytest.approx(-23.0, abs=LOUDNESS_LU)
    steps = metered(ebu.short_term_live(), tmp_path, capsys)
    assert steps["short_term_max_lufs"] == pytest.approx(-19.0, abs=LOUDNESS_LU)
    steps = metered(ebu.momentary_live(), tmp_path, capsys)
    assert steps["momentary_max_lufs"] == pytest.approx(-19.0, abs=LOUDNESS_LU)


@pytest.mark.parametrize("name", ebu.RANGES)
def test_a_files_loudness_range(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signal = ebu.RANGES[name]
    assert metered(signal.make(), tmp_path, capsys)["range_lu"] == pytest.approx(signal.expected, abs=RANGE_LU)


@pytest.mark.parametrize("name", ebu.TRUE_PEAKS)
def test_a_files_15_to_23_true_peaks(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = ebu.TRUE_PEAKS[name].expected
    # float: two of them are over full scale
    soundfile.write(tmp_path / "signal.wav", ebu.TRUE_PEAKS[name].make(), RATE, subtype="FLOAT")
    assert run(["meter", str(tmp_path / "signal.wav"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for peak in (found["true_peak_dbtp"], *(channel["true_peak_dbtp"] for channel in found["channels"])):
        assert expected - 0.4 <= peak <= expected + 0.2
