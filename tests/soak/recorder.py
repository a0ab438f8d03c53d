"""Recorder and engine killed at any moment of a recording: no frame is lost or doubled, and the files stay in step.

The practice device plays the same second over and over, so whatever is missing at a seam shows in the files; where the
engine was away there is silence, and the second begins anew.
"""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from console.audio.desk_side import Audio
from console.core.journal import MemoryJournal
from console.settings import sound as settings
from tests.audio.studio import sound, up, write_clip
from tests.soak.campaign import Effort, Result
from tests.waiting import until

RATE_HZ = 48_000
SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "channels": [{"name": f"Channel {number}", "inputs": [number]} for number in range(1, 9)],
        "returns": [{"name": f"Guest {number}", "listener": [f"Channel {number}"]} for number in range(1, 5)],
    }
)


def run(effort: Effort, result: Result) -> None:
    """Each turn is one recording with some kills in it."""
    chance = random.Random(effort.seed)
    for turn in effort.turns(20):
        suffix = chance.choice(["flac", "wav"])
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_record(Path(folder), chance, result, turn, suffix))


async def _record(folder: Path, chance: random.Random, result: Result, turn: int, suffix: str) -> None:
    clips = {one.name: write_clip(folder / f"{seed}.wav", seed=seed) for seed, one in enumerate(SHOW.channels)}
    journal = MemoryJournal()
    async with sound(journal) as (audio, _):
        audio.recorder.keep_in(folder / "recordings", spare_bytes=0)
        audio.open(SHOW.model_copy(update={"record_as": suffix}), practice_clips=clips)
        await up(audio, within_s=60)
        began_s = time.monotonic()
        if not (done := await audio.start_recording("Soak")).is_done:
            result.losses.append(f"turn {turn}: {done.why}")
            return
        started_s = time.monotonic() - began_s
        kept = audio.state.value.recording.folder
        for _ in range(chance.randint(1, 4)):
            await asyncio.sleep(chance.uniform(0.05, 2.5))
            await _kill(audio, chance, result)
        await asyncio.sleep(chance.uniform(0.2, 2.0))
        lasted_s = time.monotonic() - began_s
        ended = await audio.stop_recording()
        if not ended.is_done:
            result.losses.append(f"turn {turn}: {ended.why}")
    off_s = _off_s(Path(kept), lasted_s)
    result.counts["most ms off the clock"] = max(result.counts["most ms off the clock"], round(off_s * 1e3))
    if off_s > 0.3 + started_s:
        result.losses.append(f"turn {turn}: the files are {off_s:.3f} s off the clock: {journal.entries}")
    result.losses += [f"turn {turn}: {fault}" for fault in _faults(Path(kept), result)]


async def _kill(audio: Audio, chance: random.Random, result: Result) -> None:
    what = chance.choice(["recorder", "recorder", "engine"])
    before = audio.state.value.recording.parts
    pid = audio.recorder.pid if what == "recorder" else audio.engine_pid
    if pid is None:
        return
    os.kill(pid, signal.SIGKILL)
    result.counts[f"{what}s killed"] += 1
    if what == "recorder":
        await until(lambda: audio.state.value.recording.parts > before, within_s=30, what="the next part")
    else:
        await until(lambda: audio.engine_pid not in (None, pid), within_s=30, what="the next engine")
        await up(audio, within_s=30)


def _parts(folder: Path) -> dict[str, list[NDArray[np.float32]]]:
    """The parts of each track, in order."""
    found: dict[str, list[tuple[int, Path]]] = {}
    for path in folder.iterdir():
        name, _, part = path.stem[len(folder.name) + 1 :].partition(" part ")
        found.setdefault(name, []).append((int(part or 1), path))
    return {
        name: [soundfile.read(path, dtype="float32", always_2d=True)[0][:, 0] for _, path in sorted(files)]
        for name, files in found.items()
    }


def _off_s(folder: Path, lasted_s: float) -> float:
    """How much the files differ in length from the time that went by."""
    return abs(sum(map(len, _parts(folder)["Channel 1"])) / RATE_HZ - lasted_s)


def _faults(folder: Path, result: Result) -> Iterator[str]:
    """Parts that differ in length, and channels that do not play their own second on and on."""
    heard = _parts(folder)
    result.counts["files"] += sum(map(len, heard.values()))
    if len({tuple(map(len, pieces)) for pieces in heard.values()}) != 1:
        yield "files of one part differ in length"
    for name, pieces in heard.items():
        if name.startswith("Channel") and (seams := _seams(np.concatenate(pieces))):
            yield f"{name}: {seams} frames do not follow from those before"


def _seams(sound: NDArray[np.float32]) -> int:
    """How many frames differ from those of a second before, leaving out what has silence in between."""
    run = np.ones(480)
    begins = np.convolve(sound == 0, run, "valid") > len(run) - 0.5  # so many zeros from here on
    is_silent = np.convolve(begins, run) > 0.5
    silences = np.cumsum(is_silent)
    is_one_run = (silences[RATE_HZ:] == silences[:-RATE_HZ]) & ~is_silent[:-RATE_HZ]
    return int(np.count_nonzero((sound[RATE_HZ:] != sound[:-RATE_HZ]) & is_one_run))
