"""Loudness and peaks of a recording: whatever soundfile reads, mono to 5.1. Reads the file once, block by block."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from console.audio.blocks import Samples, finite
from console.audio.levels import dbfs
from console.audio.loudness import RANGE_STABLE_S, Loudness
from console.audio.state import NO_LOUDNESS_LUFS
from console.audio.true_peak import TruePeak
from console.audio.weighting import LAYOUTS
from console.core.errors import UserError

_BLOCK_FRAMES: Final = 16_384
_LOWEST_RATE_HZ, _HIGHEST_RATE_HZ = 8_000, 192_000
_READABLE: Final = "Export it as WAV or FLAC and measure that."


@dataclass(frozen=True, slots=True)
class ChannelPeaks:
    """The peaks of one channel of a file."""

    name: str
    true_peak_dbtp: float
    sample_peak_dbfs: float


@dataclass(frozen=True, slots=True)
class FileLoudness:
    """What was measured of a file; silence is -120. The peaks are those of the highest channel."""

    file: str
    duration_s: float
    is_damaged: bool  # at its end: only what comes before was measured
    sample_rate_hz: int
    integrated_lufs: float
    range_lu: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    channels: tuple[ChannelPeaks, ...]

    def as_json(self) -> str:
        """One JSON object, numbers to 0.01."""
        return json.dumps(_rounded(asdict(self)), indent=2, ensure_ascii=False)

    def as_text(self) -> str:
        """The same for people."""
        minutes, seconds = divmod(self.duration_s, 60)
        names = " ".join(channel.name for channel in self.channels)
        peaks = ", ".join(f"{channel.name} {channel.true_peak_dbtp:.1f}" for channel in self.channels)
        wanders = " (under a minute it says little)" if self.duration_s < RANGE_STABLE_S else ""
        damage = ["It is damaged there: only what comes before was measured."] if self.is_damaged else []
        return "\n".join(
            [
                f"{self.file}: {int(minutes)} min {seconds:04.1f} s, {self.sample_rate_hz} Hz, {names}",
                *damage,
                f"integrated   {_words(self.integrated_lufs)}",
                f"range        {self.range_lu:6.1f} LU{wanders}",
                f"momentary    {_words(self.momentary_max_lufs)} at most",
                f"short-term   {_words(self.short_term_max_lufs)} at most",
                f"true peak    {self.true_peak_dbtp:6.1f} dBTP ({peaks})",
                f"sample peak  {self.sample_peak_dbfs:6.1f} dBFS",
            ]
        )


def measure(path: Path) -> FileLoudness:
    """What a recording measures. Raises UserError when it is none, or one that cannot be measured."""
    with _opened(path) as sound:
        layout = LAYOUTS[sound.channels]
        weights = {column: weight for column, (_, weight) in enumerate(layout)}
        loudness = Loudness([weights], sample_rate_hz=sound.samplerate)
        true_peak = TruePeak(sound.channels, is_maximum_only=True)
        frames, is_damaged = 0, False
        try:
            for block in _blocks(sound):
                frames += len(block)
                loudness.feed(block)
                true_peak.feed(block)
        except soundfile.SoundFileError:
            is_damaged = True
        if not frames:
            raise UserError(f"{path} holds no sound.", fix="Record it again, or name another file.")
        true_peak.flush()
        return FileLoudness(
            file=str(path),
            duration_s=frames / sound.samplerate,
            is_damaged=is_damaged,
            sample_rate_hz=sound.samplerate,
            integrated_lufs=float(loudness.integrated_lufs()[0]),
            range_lu=float(loudness.range_lu()[0]),
            momentary_max_lufs=float(loudness.momentary_max_lufs[0]),
            short_term_max_lufs=float(loudness.short_term_max_lufs[0]),
            true_peak_dbtp=dbfs(float(true_peak.maximum.max())),
            sample_peak_dbfs=dbfs(float(true_peak.sample_maximum.max())),
            channels=tuple(
                ChannelPeaks(name, dbfs(float(between)), dbfs(float(sample)))
                for (name, _), between, sample in zip(layout, true_peak.maximum, true_peak.sample_maximum, strict=True)
            ),
        )


class _ReadOnce(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """A file that is only read from its beginning to its end.

    WORKAROUND: after every read soundfile seeks to where it is anyway (SoundFile._cdata_io). libsndfile then decodes
    MP3 without what came before, which reads 1.3 LU too little, and calls a FLAC of unknown length damaged.
    """

    def seekable(self) -> bool:
        return False


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    if not path.is_file():
        raise UserError(f"There is no file {path}.", fix="Name the recording that is to be measured.")
    try:
        sound = _ReadOnce(path)
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: headerless (.raw) needs to be told what it is
        raise UserError(f"{path} is no sound file that can be read here.", fix=_READABLE) from error
    with sound:
        if sound.channels not in LAYOUTS:
            raise UserError(
                f"{path} has {sound.channels} channels; loudness is defined for 1 (mono) to 6 (5.1).",
                fix="Export the programme in one of these, or measure its channels one by one.",
            )
        if not _LOWEST_RATE_HZ <= sound.samplerate <= _HIGHEST_RATE_HZ:
            raise UserError(f"{path} has a sample rate of {sound.samplerate} Hz.", fix="Export it at 48000 Hz.")
        yield sound


def _blocks(sound: soundfile.SoundFile) -> Iterator[Samples]:
    """All that can be read, without the numbers that are none. The array is the same each time."""
    room = np.empty((_BLOCK_FRAMES, sound.channels), dtype=np.float32)
    while len(block := sound.read(out=room)):
        yield finite(block)


def _words(loudness_lufs: float) -> str:
    return "  none heard" if loudness_lufs <= NO_LOUDNESS_LUFS else f"{loudness_lufs:6.1f} LUFS"


def _rounded(value: object) -> object:
    """Numbers to 0.01, in whatever holds them."""
    match value:
        case float():
            return round(value, 2)
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case tuple() | list():
            return [_rounded(inner) for inner in value]
        case _:
            return value
