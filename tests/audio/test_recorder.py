"""The recorder's process on a ring of the test's own, in which every frame tells its number."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from console.audio.layout import Layout
from console.audio.plan import plan_of
from console.audio.recorder import _Recorder
from console.audio.recorder_messages import Order, Progress, Track
from console.audio.recording import Recordable, SoundRecorder
from console.audio.state import Recording
from console.audio.timeline import Piece
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings import sound as settings
from console.workers.port import WorkerPort
from console.workers.rings import CaptureRing, Counter, MeterBlock
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor
from tests.waiting import until

RATE_HZ, BLOCK = 8_000, 80
SHOW = settings.Audio.model_validate({"channels": [{"name": "Host", "inputs": [1]}], "record_as": "wav"})
FULL_SCALE = 2**23  # 24 bit


class Counting:
    """A ring that an engine fills in real time: frame n holds n of 24 bit."""

    def __init__(self, seconds: int) -> None:
        self.layout = Layout(plan_of(SHOW))
        shape = {"frames": seconds * RATE_HZ, "columns": self.layout.columns}
        self.ring_file = SharedFile.create(CaptureRing.size(**shape))
        self.meters_file = SharedFile.create(MeterBlock.size(rows=1, columns=1))
        self.ring = CaptureRing(self.ring_file.buffer, **shape)
        self._counters = MeterBlock(self.meters_file.buffer, rows=1, columns=1).counters
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def recordable(self, suffix: str = ".wav") -> Recordable:
        """What the recorder is told of it."""
        paths = (self.ring_file.path, self.meters_file.path)
        return Recordable("Friday drop", self.layout, RATE_HZ, BLOCK, self.ring, *paths, suffix=suffix)

    def end(self) -> None:
        """No more frames."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        began_s = time.monotonic()
        while not self._is_over.wait(max(0.0, began_s + self.ring.end / RATE_HZ - time.monotonic())):
            numbers = np.arange(self.ring.end, self.ring.end + BLOCK, dtype=np.float32) / np.float32(FULL_SCALE)
            self.ring.write(np.repeat(numbers.reshape(-1, 1), self.layout.columns, axis=1))
            self._counters[Counter.AT_NS] = time.monotonic_ns()


class Rig:
    """A recorder on a counting ring."""

    def __init__(self, journal: MemoryJournal, folder: Path, *, ring_s: int) -> None:
        clock = SystemClock()
        self.sound = Counting(ring_s)
        self.supervisor = Supervisor(journal)
        self.state = Recording()
        self.recorder = SoundRecorder(
            self.supervisor, journal=journal, clock=clock, alarms=Alarms(clock, journal), show=self._show
        )
        self.recorder.keep_in(folder, spare_bytes=0)
        self._folder = folder

    async def close(self) -> None:
        await self.recorder.close()
        await self.supervisor.close()
        self.sound.end()

    def host(self, part: str = "") -> NDArray[np.int64]:
        """The numbers of the frames in the host's file; 0 is silence."""
        (path,) = self._folder.rglob(f"*Host{part}.*")
        samples: NDArray[np.float64] = soundfile.read(path)[0]
        return np.rint(samples * FULL_SCALE).astype(np.int64)

    def _show(self, recording: Recording) -> None:
        self.state = recording


@pytest.fixture
async def rig(request: pytest.FixtureRequest, journal: MemoryJournal, tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(journal, tmp_path, ring_s=request.param)
    await until(lambda: rig.sound.ring.end > 2 * BLOCK, what="sound")
    yield rig
    await rig.close()


@pytest.mark.slow
@pytest.mark.parametrize("rig", [1], indirect=True)
async def test_what_a_slow_disk_lost_is_silence_of_just_that_length(rig: Rig, journal: MemoryJournal) -> None:
    assert (await rig.recorder.start(rig.sound.recordable())).is_done
    await until(lambda: rig.sound.ring.end > RATE_HZ // 2, what="half a second")
    assert rig.recorder.pid is not None
    os.kill(rig.recorder.pid, signal.SIGSTOP)
    overtaken = rig.sound.ring.end + 2 * RATE_HZ
    await until(lambda: rig.sound.ring.end > overtaken, what="more than the ring holds")
    os.kill(rig.recorder.pid, signal.SIGCONT)
    await until(lambda: rig.state.gaps, what="the gap")
    heard = rig.sound.ring.end + RATE_HZ // 2
    await until(lambda: rig.sound.ring.end > heard, what="sound after it")
    assert (await rig.recorder.stop()).is_done
    host = rig.host()
    is_lost = host == 0
    first = int(np.argmin(is_lost))  # a machine that took long to start the recorder has lost something already
    expected = np.arange(len(host)) + host[first] - first
    np.testing.assert_array_equal(host[~is_lost], expected[~is_lost])  # every frame in its place
    gaps = journal.of("soundrecord.gap")
    assert {gap["why"] for gap in gaps} == {"the disk was too slow"}
    assert np.count_nonzero(is_lost) == pytest.approx(sum(float(str(gap["lasted_s"])) for gap in gaps) * RATE_HZ, abs=8)


@pytest.mark.slow
@pytest.mark.parametrize("rig", [30], indirect=True)
@pytest.mark.parametrize("suffix", [".flac", ".wav"])
async def test_a_killed_recorder_goes_on_with_the_very_next_frame(
    rig: Rig, journal: MemoryJournal, suffix: str
) -> None:
    assert (await rig.recorder.start(rig.sound.recordable(suffix))).is_done
    long_enough = rig.sound.ring.end + 12_000  # FLAC's blocks are half a second at this rate
    await until(lambda: rig.sound.ring.end > long_enough, what="some sound")
    pid = rig.recorder.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: rig.state.parts == 2, within_s=25, what="the next part")
    await until(lambda: rig.sound.ring.end > long_enough + 12_000, what="some more")
    assert (await rig.recorder.stop()).is_done
    assert not journal.of("soundrecord.gap")
    first, second = rig.host(), rig.host(" part 2")
    whole = np.concatenate((first, second))
    np.testing.assert_array_equal(whole, np.arange(whole[0], whole[0] + len(whole)))
    assert [part["at_s"] for part in journal.of("soundrecord.part")] == [0.0, len(first) / RATE_HZ]


@pytest.mark.parametrize("rig", [30], indirect=True)
async def test_a_recording_begins_and_ends_with_the_press(rig: Rig) -> None:
    before = rig.sound.ring.end
    starting = asyncio.create_task(rig.recorder.start(rig.sound.recordable()))
    await asyncio.sleep(0)
    after = rig.sound.ring.end
    assert (await starting).is_done
    await until(lambda: rig.sound.ring.end > after + RATE_HZ // 4, what="a quarter of a second")
    asked = rig.sound.ring.end
    stopping = asyncio.create_task(rig.recorder.stop())
    await asyncio.sleep(0)
    latest = rig.sound.ring.end
    assert (await stopping).is_done
    host = rig.host()
    assert before <= host[0] <= after  # not when the process was up
    assert asked <= host[-1] + 1 <= latest
    np.testing.assert_array_equal(host, np.arange(host[0], host[-1] + 1))


class Deaf(WorkerPort):
    """A port that leads nowhere."""

    def __init__(self) -> None:
        pass

    def send(self, message: object) -> None:
        pass


class Killed(Exception):
    """The recorder's process ends here."""


class Words(list[int]):
    """The words of the shared memory; whoever writes them may be killed after the next `lives_for` of them."""

    lives_for = 100

    def __setitem__(self, at: Any, value: Any) -> None:
        if self.lives_for == 0:
            raise Killed
        self.lives_for -= 1
        super().__setitem__(at, value)


@pytest.mark.parametrize("lives_for", range(4))
def test_a_recorder_that_is_killed_while_it_begins_a_part_costs_nothing_of_the_part_before(
    tmp_path: Path, lives_for: int
) -> None:
    words = Words([0] * len(Progress))
    order = Order(
        "Friday drop",
        datetime.now(UTC),
        str(tmp_path),
        ".wav",
        (Track("Host", (0,)),),
        *("", RATE_HZ, 1, "", "", BLOCK, 0),
    )
    ring = CaptureRing(memoryview(bytearray(CaptureRing.size(frames=RATE_HZ, columns=1))), frames=RATE_HZ, columns=1)

    def recorder() -> _Recorder:
        shared: Any = words
        return _Recorder(Deaf(), order, ring=ring, counters=np.zeros(16, np.int64), progress=shared)

    words[Progress.RATE_HZ] = RATE_HZ
    first = recorder()
    first._begin_part(0, 0)
    ring.write(np.full((800, 1), 0.5, dtype=np.float32))
    first._sound(Piece(800, 800, None))
    first._settle()
    words.lives_for = lives_for
    with contextlib.suppress(Killed):
        first._begin_part(800, 0)
    if first._part is not None:
        first._part.close()
    words.lives_for = 100
    recorder()._end_part_before()
    (path,) = tmp_path.glob("*Host.wav")
    assert soundfile.info(path).frames == 800
