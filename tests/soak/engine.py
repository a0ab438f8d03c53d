"""The engine at its largest on a JACK card: 32 channels, 32 returns, every strip in use, blocks of 128 frames.

Meanwhile the console's process paints 60 pictures a second, a thread of it burns its Python, and the director changes
the mix ten times a second. No block may be missed by the engine's own work, and fewer than one in a thousand may take
more than half of its time. What is the engine's own is measured in its process: the processor's time of each block; all
beyond that, a busy machine took. Both are counted, and how long its threads waited for a processor.

A rented machine's host may stop it in the middle of a block, which looks like the block's own work. So a process that
only multiplies runs beside it, as long and as often: what that one is late by, is not held against the engine.
"""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from console.audio.blame import Cause
from console.audio.desk_side import Audio
from console.core.journal import MemoryJournal
from console.settings import sound as settings
from console.workers.rings import Counter
from tests.audio.studio import sound, up
from tests.rigs.jack import DEVICE, Jack
from tests.soak.campaign import Effort, Result
from tests.soak.lateness import stolen_ms

MANY, FRAMES, TURN_S, MOST_OVER_HALF = 32, 128, 10.0, 0.001
SAMPLE_RATE_HZ, FIRST_S = 48_000, 2.0
NAMES = [f"Channel {number}" for number in range(1, MANY + 1)]
SHOW = settings.Audio.model_validate(
    {
        "device": DEVICE,
        "block_frames": FRAMES,
        "channels": [
            {"name": name, "inputs": [number], "delay_ms": 40.0, "high_pass_hz": 80.0, "polarity": True}
            for number, name in enumerate(NAMES, 1)
        ],
        "returns": [
            {"name": f"Return {number}", "listener": [name], "outputs": [number]}
            for number, name in enumerate(NAMES, 1)
        ],
    }
)


def run(effort: Effort, result: Result) -> None:
    """Each turn is 10 s of sound; ten minutes of them unless told otherwise."""
    has_ended = threading.Event()
    burner = threading.Thread(target=_burn, args=(has_ended,), daemon=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication([])
    burner.start()
    try:
        with Jack(ports=MANY, block=FRAMES):
            asyncio.run(_play(effort, result))
    finally:
        has_ended.set()
        burner.join()
        del application


async def _play(effort: Effort, result: Result) -> None:
    chance = random.Random(effort.seed)
    journal = MemoryJournal()
    async with sound(journal) as (audio, _):
        audio.open(SHOW)
        await up(audio, within_s=60)
        await asyncio.sleep(FIRST_S)  # the analyst starts beside it, and is no part of the show then
        bare = await _start_bare(audio)
        painting = asyncio.create_task(_paint())
        for turn in effort.turns(60):
            before, noted, waited_ns = audio.counters(), len(journal.of("sound.xruns")), _waited_ns(audio.engine_pid)
            total, stolen = audio.state.value.xruns, stolen_ms()
            await _change(audio, chance)
            after = audio.counters()
            count = {counter: after[counter] - before[counter] for counter in Counter}
            waited_ms = (_waited_ns(audio.engine_pid) - waited_ns) / 1e6
            result.counts.update(
                {
                    "blocks": count[Counter.CALLBACKS],
                    "over half their time": count[Counter.OVER_HALF],
                    "over half by their own work": count[Counter.OWN_OVER_HALF],
                    "missed": count[Counter.XRUNS],
                    "ms that the engine waited for a processor": round(waited_ms),
                    "ms that the host took from the machine": stolen_ms() - stolen,
                }
            )
            for entry in journal.of("sound.xruns")[noted:]:
                now = int(str(entry["total"]))
                missed, total = now - total, now
                result.counts[f"missed, {entry['cause']}"] += missed
                if entry["cause"] == Cause.OWN_WORK:
                    result.losses.append(f"turn {turn}: {missed} blocks missed: {entry['why']}")
        painting.cancel()
        bare_blocks, bare_over = map(int, (await asyncio.to_thread(bare.communicate, "\n"))[0].split())
    result.counts.update({"blocks of products alone": bare_blocks, "of them over half their time": bare_over})
    own_share = result.counts["over half by their own work"] / max(1, result.counts["blocks"])
    if own_share - bare_over / bare_blocks > MOST_OVER_HALF:
        result.losses.append("more than one block in a thousand took more than half of its time")


async def _start_bare(audio: Audio) -> subprocess.Popen[str]:
    """What is done as long and as often as the engine's blocks, by the mean of a second."""
    before = audio.counters()
    await asyncio.sleep(1.0)
    after = audio.counters()
    busy_ns, blocks = (after[counter] - before[counter] for counter in (Counter.BUSY_NS, Counter.CALLBACKS))
    figures = (1000 * FRAMES / SAMPLE_RATE_HZ, busy_ns / max(1, blocks) / 1e6)
    command = [sys.executable, "-m", "tests.soak.bare_block", *map(str, figures)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _paint() -> None:
    """Pictures as a window full of meters makes them, on the thread that the console's loop is on."""
    picture, shade = QImage(1920, 1080, QImage.Format.Format_RGB32), 0
    while True:
        shade = (shade + 5) % 256
        with QPainter(picture) as painter:
            for bar in range(64):
                painter.fillRect(QRect(bar * 30, 0, 28, 1080), QColor(shade, 255 - shade, bar * 4))
        await asyncio.sleep(1 / 60)


def _waited_ns(pid: int | None) -> int:
    """How long the threads of a process were ready to run and had no processor, since they began."""
    waited = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # ended meanwhile
            waited += int(task.read_text().split()[1])
    return waited


async def _change(audio: Audio, chance: random.Random) -> None:
    """Ten changes a second, for a turn."""
    for _ in range(round(TURN_S * 10)):
        name = chance.choice(NAMES)
        if chance.random() < 0.5:
            audio.set_gain(name, chance.uniform(-20, 0))
        else:
            audio.set_mute(name, chance.random() < 0.5)
        await asyncio.sleep(0.1)


def _burn(has_ended: threading.Event) -> None:
    while not has_ended.is_set():
        sum(range(10_000))
