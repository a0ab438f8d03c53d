"""What `cuedrop meter` takes on a long recording, against ffmpeg's ebur128 filter (peak=true) on the same file.

The recording is made of the practice voices and music, louder and quieter by turns. CPU time, in pairs: the machine may
be busy with other things.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from tests.bench.figures import Figure, paired

MINUTES = 60
PAIRS = 3
RATE = 48_000
CLIPS = Path(__file__).resolve().parents[2] / "resources" / "practice"


def measure(*, minutes: int = MINUTES, pairs: int = PAIRS) -> list[Figure]:
    """CPU seconds of both, whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "show.wav"
        make_show(path, minutes)
        ours, floors = [], []
        for _ in range(pairs):
            floors.append(_cpu_s(["ffmpeg", "-v", "error", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]))
            ours.append(_cpu_s([sys.executable, "-m", "console", "meter", path, "--json"]))
    return [paired(f"cuedrop meter on {minutes} min of stereo, ffmpeg ebur128 (at most 1.5)", ours, floors, "s CPU")]


def make_show(path: Path, minutes: int) -> None:
    """A recording of that length: two voices beside the middle and music, at a level that wanders."""
    host, guest, music = (
        soundfile.read(CLIPS / name, dtype="float32")[0] for name in ("voice-host.wav", "voice-guest.wav", "music.wav")
    )
    round_s = np.stack((host + 0.5 * guest + 0.3 * music, 0.5 * host + guest + 0.3 * music), axis=1)
    rng = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as show:
        for _ in range(minutes * 60 * RATE // len(round_s)):
            louder = np.float32(rng.uniform(0.3, 2.5))
            hiss = rng.uniform(-0.001, 0.001, round_s.shape).astype(np.float32)
            show.write(np.clip(round_s * louder + hiss, -1, 1))


def _cpu_s(command: Sequence[str | Path]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
