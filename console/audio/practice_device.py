"""The practice device: looped clips instead of inputs, a timer instead of a sound card, and no PortAudio.

Clips are WAV, 16 bit, mono or stereo, any rate (played at the show's, by straight lines between the samples).
"""

import threading
import time
import wave
from collections.abc import Mapping
from typing import Final

import numpy as np

from console.audio.device import RunBlock
from console.audio.layout import Layout
from console.audio.matrix import Samples
from console.audio.plan import PRACTICE
from console.core.errors import UserError

_LATE_NS: Final = 500_000_000


def read_clip(path: str, sample_rate_hz: int) -> Samples:
    """A clip as float32, shape (frames, 1 or 2). Raises UserError when it is no 16 bit WAV."""
    try:
        with wave.open(path, "rb") as clip:
            if clip.getsampwidth() != 2 or not clip.getnframes():
                raise UserError(f"The practice clip {path} is not 16 bit sound.", fix="Give a 16 bit WAV.")
            raw, rate, ports = clip.readframes(clip.getnframes()), clip.getframerate(), clip.getnchannels()
    except (OSError, EOFError, wave.Error) as error:
        raise UserError(f"The practice clip {path} cannot be read: {error}.", fix="Give a 16 bit WAV.") from error
    sound = np.frombuffer(raw, "<i2").reshape(-1, ports)[:, :2].astype(np.float32) / np.float32(32768)
    if rate == sample_rate_hz:
        return sound
    at = np.arange(0, len(sound), rate / sample_rate_hz)
    columns = [np.interp(at, np.arange(len(sound)), sound[:, side]) for side in range(sound.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


class PracticeDevice:
    """Plays each channel's clip into that channel's inputs; a channel without a clip is silent."""

    name = PRACTICE

    def __init__(self, layout: Layout, clips: Mapping[str, str], *, sample_rate_hz: int, block_frames: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.inputs = layout.inputs
        self.outputs = layout.outputs
        self._frames = block_frames
        self._voices: list[tuple[int, Samples]] = []
        for channel in layout.plan.channels:
            if channel.name in clips:
                sound = read_clip(clips[channel.name], sample_rate_hz)
                for side, port in enumerate(channel.inputs):
                    self._voices.append((port - 1, np.ascontiguousarray(sound[:, side % sound.shape[1]])))
        self._thread: threading.Thread | None = None

    def start(self, run: RunBlock) -> None:
        """Call `run` once per block's time, in a thread of its own."""
        self._thread = threading.Thread(target=self._play, args=(run,), name="practice sound", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """True while its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def _play(self, run: RunBlock) -> None:
        sound = np.zeros((self._frames, self.inputs), dtype=np.float32)
        out = np.zeros((self._frames, self.outputs), dtype=np.float32)
        period_ns = round(self._frames / self.sample_rate_hz * 1e9)
        frame, due_ns = 0, time.monotonic_ns()
        while True:
            for column, clip in self._voices:
                _loop(clip, frame, sound[:, column])
            run(sound, out)
            frame += self._frames
            due_ns += period_ns
            ahead_ns = due_ns - time.monotonic_ns()
            if ahead_ns > 0:
                time.sleep(ahead_ns / 1e9)
            elif ahead_ns < -_LATE_NS:
                due_ns -= ahead_ns  # the machine slept: go on from now, as a sound card would


def _loop(clip: Samples, start: int, into: Samples) -> None:
    """Fill `into` with the endless repetition of `clip` from frame `start` on."""
    at = start % len(clip)
    done = 0
    while done < len(into):
        piece = min(len(into) - done, len(clip) - at)
        into[done : done + piece] = clip[at : at + piece]
        done, at = done + piece, 0
