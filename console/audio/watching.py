"""Looks at every channel and at the programme once a second for what goes wrong in sound. Pure numpy on float32.

Fed with blocks of any length. Each look is a list of checks; how long they must hold is not decided here.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.blocks import Numbers, Samples, Slots
from console.audio.crosspoints import gains
from console.audio.layout import Layout, Routing
from console.audio.levels import CLIP_AT
from console.audio.sound_alarms import PROGRAMME, Check, Kind, Limits
from console.audio.state import FLOOR_DBFS

LOOK_S: Final = 1.0
THERE_IS_SOUND_LUFS: Final = -50.0
_MARGIN_DB: Final = 3.0
_HAD_SOUND_DB: Final = 6.0  # above the limit of silence: only what spoke can fall silent

_HUM_RATE_HZ: Final = 1000
_MAINS_HZ: Final = (50, 60)
_HARMONICS: Final = 6
_LOBE: Final = 2  # bins of 1 Hz on each side that belong to a tone
_BESIDE: Final = (5, 12)  # bins away from a tone that say how loud the rest is
_STANDS_OUT: Final = 10 ** (15 / 10)
_FAINTEST: Final = 10 ** (-30 / 10)  # of the loudest harmonic: what is fainter is its own skirt


@dataclass(frozen=True, slots=True)
class _Place:
    """A channel or the programme, with its columns."""

    name: str
    columns: tuple[int, ...]

    @property
    def index(self) -> list[int]:
        return list(self.columns)


class Watching:
    """The watch over all channels and the programme; `feed` blocks, and `look` when `is_due`."""

    def __init__(self, layout: Layout, limits: Limits, *, sample_rate_hz: float) -> None:
        self._layout, self._limits, self._rate = layout, limits, sample_rate_hz
        self._channels = [_Place(one.name, layout.channel_columns(one)) for one in layout.plan.channels]
        self._programme = _Place(PROGRAMME, layout.programme_columns)
        self._had_sound: set[str] = set()
        self._is_heard: NDArray[np.bool_] = np.zeros(len(layout.sources), dtype=np.bool_)
        pairs = [place.columns for place in (*self._channels, self._programme) if len(place.columns) == 2]
        self._left, self._right = ([pair[side] for pair in pairs] for side in (0, 1))
        self.skip()

    def skip(self) -> None:
        """Say that what comes next does not follow on what came last. Whoever had sound before is still missed."""
        self.set_limits(self._limits)
        self._begin()

    def set_limits(self, limits: Limits) -> None:
        """Judge by other limits from now on; what takes several looks to judge begins anew."""
        self._limits = limits
        columns, windows = self._layout.columns, max(2, round(limits.hum_s))
        self._clips = _Clips(columns, within_s=limits.clipping_s)
        self._hum = _Hum(columns, windows=windows, sample_rate_hz=self._rate)

    def expect(self, names: Iterable[str]) -> None:
        """Miss these when they are silent: they had sound before this watch began."""
        self._had_sound.update(names)

    def _begin(self) -> None:
        columns = self._layout.columns
        self._frames = 0
        self._sums, self._squares = np.zeros((2, columns))
        self._lows, self._highs = np.full(columns, np.inf), np.full(columns, -np.inf)
        self._products = np.zeros(len(self._left))

    def feed(self, block: Samples) -> None:
        """Take in a block of shape (frames, columns) with any number of frames from 1."""
        self._frames += len(block)
        self._sums += block.sum(axis=0, dtype=np.float64)
        self._squares += np.einsum("ij,ij->j", block, block)
        self._products += np.einsum("ij,ij->j", block[:, self._left], block[:, self._right])
        lows, highs = block.min(axis=0), block.max(axis=0)
        np.minimum(self._lows, lows, out=self._lows)
        np.maximum(self._highs, highs, out=self._highs)
        self._clips.feed(np.maximum(highs, -lows) >= CLIP_AT, len(block) / self._rate)
        self._hum.feed(block)

    @property
    def is_due(self) -> bool:
        """Whether there is enough new sound to look at."""
        return self._frames >= LOOK_S * self._rate

    def look(self, routing: Routing, *, short_term_lufs: float | None) -> tuple[float, list[Check]]:
        """What the sound since the last look says, and how many seconds of it there were.

        short_term_lufs: of the programme; None: it is not known yet.
        """
        elapsed_s = self._frames / self._rate
        self._is_heard = self._heard(routing)
        checks = [check for place in self._channels for check in self._of_channel(place, routing)]
        checks += self._of_programme(short_term_lufs)
        self._clips.begin()
        self._begin()
        return elapsed_s, checks

    def _of_channel(self, place: _Place, routing: Routing) -> Iterator[Check]:
        limits, rms_dbfs = self._limits, self._rms_dbfs(place)
        if rms_dbfs > limits.silence_dbfs + _HAD_SOUND_DB:
            self._had_sound.add(place.name)
        is_muted = place.name in routing.muted or place.name in routing.off_programme
        is_due = place.name in self._had_sound and self._is_due(place)
        yield Check(
            Kind.SILENT,
            place.name,
            -rms_dbfs if is_due else FLOOR_DBFS,
            -limits.silence_dbfs,
            _MARGIN_DB,
            limits.silence_s,
        )
        yield Check(
            Kind.TALKING,
            place.name,
            rms_dbfs if is_muted else FLOOR_DBFS,
            limits.talking_dbfs,
            _MARGIN_DB,
            limits.talking_s,
        )
        yield from self._of_any(place)

    def _of_programme(self, short_term_lufs: float | None) -> Iterator[Check]:
        limits, place = self._limits, self._programme
        rms_dbfs = self._rms_dbfs(place)
        if rms_dbfs > limits.silence_dbfs + _HAD_SOUND_DB:
            self._had_sound.add(place.name)
        silence = -rms_dbfs if place.name in self._had_sound else FLOOR_DBFS
        yield Check(Kind.SILENT, place.name, silence, -limits.silence_dbfs, _MARGIN_DB, limits.silence_s)
        yield self._of_loudness(short_term_lufs)
        yield from self._of_any(place)

    def _of_loudness(self, short_term_lufs: float | None) -> Check:
        """How far the programme is off its target; silence is not wrong."""
        limits, value, words = self._limits, short_term_lufs, ""
        if short_term_lufs is not None:
            off_lu = short_term_lufs - limits.target_lufs
            value = abs(off_lu) if short_term_lufs > THERE_IS_SOUND_LUFS else 0.0
            words = f"{short_term_lufs:.0f} LUFS, {abs(off_lu):.0f} LU too {'loud' if off_lu > 0 else 'quiet'}"
        return Check(Kind.OFF_TARGET, PROGRAMME, value, limits.off_target_lu, 0.5, limits.off_target_s, words)

    def _of_any(self, place: _Place) -> Iterator[Check]:
        limits, index = self._limits, place.index
        clips = bool(self._clips.again[index].any())
        # the clipping itself has been waited for: it is raised at once
        yield Check(Kind.CLIPPING, place.name, float(clips), 0.5, 0.0, min(limits.clipping_s, LOOK_S))
        is_frozen = bool(((self._lows == self._highs) & (self._lows != 0.0))[index].any())
        yield Check(Kind.FROZEN, place.name, float(is_frozen), 0.5, 0.0, limits.frozen_s)
        offset_dbfs = _dbfs(float(np.abs(self._sums[index]).max()) / self._frames)
        offset = FLOOR_DBFS if is_frozen else offset_dbfs
        yield Check(Kind.DC, place.name, offset, limits.dc_dbfs, _MARGIN_DB, limits.dc_s, f"at {offset_dbfs:.0f} dBFS")
        level_dbfs, words = self._hum.loudest(index)
        # what is looked at is the least of `hum_s` already
        yield Check(Kind.HUM, place.name, level_dbfs, limits.hum_dbfs, _MARGIN_DB, min(limits.hum_s, LOOK_S / 2), words)
        if len(place.columns) == 2:
            against = self._against(place)
            yield Check(Kind.POLARITY, place.name, against, -limits.polarity_correlation, 0.2, limits.polarity_s)

    def _is_due(self, place: _Place) -> bool:
        """Whether anybody is to hear it now, on the line or on air; the director's own channel comes and goes."""
        if place.name == self._layout.plan.talkback:
            return False
        return bool(self._is_heard[place.index].any())

    def _heard(self, routing: Routing) -> NDArray[np.bool_]:
        """Which sources are in any mix but the monitor's; shape (sources,)."""
        sources = len(self._layout.sources)
        heard = [column - sources for bus in self._layout.buses if bus.kind != "monitor" for column in bus.columns]
        return np.asarray(gains(self._layout, routing)[:, heard].any(axis=1))

    def _against(self, place: _Place) -> float | None:
        """How much left and right are against each other, -1 to 1; None while one of them is silent."""
        left, right = place.columns
        power = math.sqrt(self._squares[left] * self._squares[right])
        quieter = min(self._squares[left], self._squares[right]) / self._frames
        if 10 * math.log10(quieter + 1e-30) < self._limits.silence_dbfs:
            return None
        return -float(self._products[self._left.index(left)]) / power

    def _rms_dbfs(self, place: _Place) -> float:
        """The loudest of a place's columns, without its offset."""
        index = place.index
        power = self._squares[index] / self._frames - (self._sums[index] / self._frames) ** 2
        return _dbfs(math.sqrt(max(0.0, float(power.max()))))


class _Clips:
    """Which columns clipped twice within `within_s`."""

    def __init__(self, columns: int, *, within_s: float) -> None:
        self._within_s = within_s
        self._since_s = np.full(columns, np.inf)
        self.again: NDArray[np.bool_] = np.zeros(columns, dtype=np.bool_)

    def begin(self) -> None:
        """Forget what was found, not when the last one was."""
        self.again.fill(False)

    def feed(self, has_clipped: NDArray[np.bool_], elapsed_s: float) -> None:
        self._since_s += elapsed_s
        self.again |= has_clipped & (self._since_s <= self._within_s)
        self._since_s[has_clipped] = 0.0


class _Hum:
    """How loud the mains and its harmonics are in each column: the least of some windows of a second.

    What speaks or plays moves; what never falls in all of them is what hums.
    """

    def __init__(self, columns: int, *, windows: int, sample_rate_hz: float) -> None:
        step = max(1, round(sample_rate_hz / _HUM_RATE_HZ))
        self._frames = round(sample_rate_hz / step)  # bins of 1 Hz
        self._slots = Slots(step, columns)
        self._waiting: Numbers = np.zeros((columns, 0))
        self._window = np.hanning(self._frames)
        self._scale = 2 / (self._frames * float(np.sum(self._window**2)))
        self._spectra: deque[Numbers] = deque(maxlen=windows)
        self._level_dbfs = np.full(columns, FLOOR_DBFS)
        self._mains_hz = np.zeros(columns, dtype=np.int64)

    def feed(self, block: Samples) -> None:
        slow = self._slots.feed(block).mean(axis=1, dtype=np.float64).T
        self._waiting = np.concatenate((self._waiting, slow), axis=1)
        if self._waiting.shape[1] >= self._frames:
            window, self._waiting = self._waiting[:, : self._frames], self._waiting[:, self._frames :]
            self._take(window - window.mean(axis=1, keepdims=True))

    def _take(self, window: Numbers) -> None:
        highest = (_HARMONICS * _MAINS_HZ[-1] + _BESIDE[1]) + 1
        power = np.abs(np.fft.rfft(window * self._window, axis=1)[:, :highest]) ** 2 * self._scale
        self._spectra.append(power)
        self._level_dbfs.fill(FLOOR_DBFS)
        if not self._is_full:
            return
        steady = np.min(self._spectra, axis=0)
        for mains_hz in _MAINS_HZ:
            level_dbfs = _hum_dbfs(steady, mains_hz)
            is_louder = level_dbfs > self._level_dbfs
            self._level_dbfs[is_louder], self._mains_hz[is_louder] = level_dbfs[is_louder], mains_hz

    def loudest(self, columns: list[int]) -> tuple[float | None, str]:
        """The level of the hum in the worst of some columns, in words too; None until enough was heard."""
        if not self._is_full:
            return None, ""
        column = columns[int(np.argmax(self._level_dbfs[columns]))]
        level_dbfs = float(self._level_dbfs[column])
        return level_dbfs, f"{self._mains_hz[column]} Hz at {level_dbfs:.0f} dBFS"

    @property
    def _is_full(self) -> bool:
        return len(self._spectra) == self._spectra.maxlen


def _hum_dbfs(power: Numbers, mains_hz: int) -> Numbers:
    """The level of the harmonics that stand out, shape (columns,); floor unless two do, and an odd one among them.

    A voice of 100 Hz has a harmonic at every second of these and none between. power: shape (columns, bins of 1 Hz).
    """
    tones = np.arange(1, _HARMONICS + 1) * mains_hz
    near, far = _BESIDE
    lobes = np.stack([power[:, tone - _LOBE : tone + _LOBE + 1].sum(axis=1) for tone in tones])
    beside = np.stack(
        [power[:, [*range(tone - far, tone - near), *range(tone + near, tone + far)]].mean(axis=1) for tone in tones]
    )
    stands_out = (lobes > _STANDS_OUT * (2 * _LOBE + 1) * beside) & (lobes > _FAINTEST * lobes.max(axis=0))
    count, odd = stands_out.sum(axis=0), stands_out[::2].sum(axis=0)
    total = np.sum(lobes, axis=0, where=stands_out)
    is_hum = (count >= 2) & (odd >= 1)
    return np.where(is_hum, 10 * np.log10(np.maximum(total, 1e-12)), FLOOR_DBFS)


def _dbfs(amplitude: float) -> float:
    return FLOOR_DBFS if amplitude <= 1e-6 else 20 * math.log10(amplitude)
