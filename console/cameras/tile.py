"""One tile that a worker plays: its process, its shared pictures, and what is said of it. Loop thread only."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from console.cameras import worker
from console.cameras.messages import Delay, Figures, Look, Password, Report, Resize, Rest, Stage
from console.cameras.sound import SOUND_BYTES, SoundMeter
from console.cameras.state import CameraState, Picture, Stats
from console.core.errors import UserError
from console.settings.secrets import need_secret
from console.settings.show import Camera
from console.workers.frames import FrameReader, frames_size
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

STALLED_S = 0.5
ASK_AGAIN_S = 5.0  # for a password that the keyring does not have yet
HEARTBEAT_S = 2.5
NICENESS = 5  # a tile may stutter for a moment; the window, what is on air and the sound may not
FPS_WINDOW_S = 1.0
LARGEST_SIZE = (1920, 1080)
WHOLE_S = 1.0  # how long a picture of the source's own size is waited for
WHOLE_STEP_S = 0.01
USUAL_SIZE = (640, 360)  # until the window says at what size it is shown

_NOTHING = memoryview(bytearray(SOUND_BYTES + frames_size(0, 0)))  # what a closed tile reads

Said = tuple[CameraState, str, str]  # state, why, fix

FROZEN: Said = (
    CameraState.FROZEN,
    "Pictures come, but they do not change.",
    "If something should move there, look at the camera itself.",
)


def judge(report: Report | None, age_s: float | None) -> Said:
    """What to say of a tile: `report` of its worker (None: none yet), `age_s` of its newest picture (None: none)."""
    if report is None or report.stage is Stage.OPENING:
        return CameraState.CONNECTING, "", ""
    if report.stage is Stage.LOST:
        return CameraState.LOST, report.why, report.fix
    if age_s is None or age_s > STALLED_S:
        return (
            CameraState.STALLED,
            "No new picture for half a second.",
            "Wait a moment; if it stays, look at the sender and its network.",
        )
    if report.look is Look.BLACK:
        return CameraState.BLACK, "The picture is black.", "Look at the lens cap, the exposure and the light."
    if report.look is Look.FROZEN:
        return FROZEN
    return CameraState.LIVE, "", ""


class Fps:
    """Pictures per second from a counter that is looked at now and then; a new figure once a second."""

    def __init__(self) -> None:
        self._from: tuple[float, int] | None = None
        self._fps = 0.0

    def at(self, now_s: float, count: int) -> float:
        """The rate of the last second at `now_s`, given that `count` pictures came so far."""
        if self._from is None:
            self._from = now_s, count
        span_s = now_s - self._from[0]
        if span_s >= FPS_WINDOW_S:
            self._fps = float(round((count - self._from[1]) / span_s))
            self._from = now_s, count
        return self._fps


def room_for(width: int, height: int) -> tuple[int, int]:
    """The size that pictures are made at for a tile of that many pixels: its own, up to LARGEST_SIZE."""
    return min(max(2, width), LARGEST_SIZE[0]), min(max(2, height), LARGEST_SIZE[1])


class WorkerTile:
    """A camera that a process of its own plays. Build it within a running loop; `close` ends the process."""

    def __init__(
        self, camera: Camera, supervisor: Supervisor, on_change: Callable[[], None], size: tuple[int, int]
    ) -> None:
        assert camera.mrl is not None
        self._on_change = on_change
        self._report: Report | None = None
        self._size = size
        self._fps = Fps()
        self._picture: Picture | None = None
        self._is_closed = False
        self._is_hidden = False
        self._password: Password | None = None
        self._stats = Stats()
        self._reconnects = 0
        self._plays: bool | None = None  # None: it never did
        self.delay_ms: float | None = None
        self._shared = SharedFile.create(SOUND_BYTES + frames_size(*LARGEST_SIZE))
        self._frames = FrameReader(self._shared.buffer[:-SOUND_BYTES])
        self._sound = SoundMeter(self._shared.buffer[-SOUND_BYTES:])
        arguments = {
            "path": self._shared.path,
            "mrl": camera.mrl,
            "options": camera.options,
            "size": size,
            "has_password": camera.secret is not None,
        }
        self._worker: Worker = supervisor.start(
            WorkerSpec(f"camera {camera.name}", worker.main, arguments, HEARTBEAT_S, niceness=NICENESS),
            on_message=self._heard,
            on_state=self._worker_is,
        )
        self._asking = asyncio.create_task(self._ask(camera.secret)) if camera.secret is not None else None

    @property
    def stats(self) -> Stats:
        """How its stream arrives, a new value about once a second."""
        return replace(self._stats, reconnects=self._reconnects)

    @property
    def pid(self) -> int | None:
        """The worker's process; None while there is none."""
        return self._worker.pid

    def said(self, now_ns: int) -> Said:
        """State, why and what to do now."""
        newest_ns = self._frames.mono_ns
        return judge(self._report, (now_ns - newest_ns) / 1e9 if newest_ns else None)

    def fps(self, now_ns: int) -> float:
        """New pictures of the last second (repeats of the one before do not count); call it some times a second.

        A hidden tile publishes none: what arrives is told instead.
        """
        if self._is_hidden:
            return self._stats.arriving_fps
        return self._fps.at(now_ns / 1e9, self._frames.sequence)

    def picture(self) -> Picture | None:
        """The newest picture; the same object as long as there is nothing newer."""
        if self._is_closed:
            return None
        old = self._picture
        if old is not None and old.sequence == self._frames.sequence:
            return old
        frame = self._frames.latest()
        if frame is not None:
            pixels = frame.pixels.toreadonly()
            self._picture = Picture(
                frame.sequence, frame.width, frame.height, frame.stride, pixels, mono_ns=frame.mono_ns
            )
        return self._picture

    async def whole_picture(self) -> Picture | None:
        """The newest picture as large as its source, up to LARGEST_SIZE, however small or hidden the tile is.

        What there is when none comes within WHOLE_S. Use it before the next await.
        """
        since_ns = time.monotonic_ns()
        self._worker.send(Resize(*LARGEST_SIZE))
        self._worker.send(Rest(is_hidden=False))
        try:
            async with asyncio.timeout(WHOLE_S):
                while not self._is_whole(self.picture(), since_ns):
                    await asyncio.sleep(WHOLE_STEP_S)
        except TimeoutError:
            pass  # it stands still, or is of an odd shape
        finally:
            if not self._is_closed:
                self._worker.send(Resize(*self._size))
                self._worker.send(Rest(self._is_hidden))
        return self.picture()

    def _is_whole(self, picture: Picture | None, since_ns: int) -> bool:
        if picture is None or picture.mono_ns < since_ns:
            return False
        source = self._frames.source_size
        return any(
            picture_px + 1 >= min(px, most)
            for picture_px, px, most in zip((picture.width, picture.height), source, LARGEST_SIZE, strict=True)
        )

    def level(self) -> float:
        """The peak of its own sound in the last 100 ms, dBFS."""
        return self._sound.peak_dbfs()

    def rest(self, *, is_hidden: bool) -> None:
        """Nobody sees the tile, or somebody does again: a hidden one is watched, and costs no drawing."""
        if is_hidden != self._is_hidden:
            self._is_hidden = is_hidden
            self._worker.send(Rest(is_hidden))

    def set_size(self, width: int, height: int) -> None:
        """Ask for pictures fit for a tile of that many pixels."""
        size = room_for(width, height)
        if size != self._size:
            self._size = size
            self._worker.send(Resize(*size))

    async def close(self) -> None:
        """End the worker; pictures that were handed out stay readable."""
        self._is_closed = True
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking
        await self._worker.stop()
        self._picture = None
        self._frames, self._sound = FrameReader(_NOTHING[:-SOUND_BYTES]), SoundMeter(_NOTHING[-SOUND_BYTES:])
        self._shared.close()

    async def _ask(self, secret: str) -> None:
        """Get the password from the keyring, for as long as it takes; the worker waits for it."""
        while self._password is None:
            try:
                self._password = Password(await need_secret(secret))
            except UserError as error:
                self._become(Report(Stage.LOST, why=error.what, fix=error.fix))
                await asyncio.sleep(ASK_AGAIN_S)
        self._worker.send(self._password)

    def _heard(self, message: object) -> None:
        if self._is_closed:
            return
        if isinstance(message, Report):
            self._become(message)
        elif isinstance(message, Figures):
            self._stats = message.stats
        elif isinstance(message, Delay):
            self.delay_ms = message.delay_ms

    def _become(self, report: Report) -> None:
        self._report = report
        plays = report.stage is Stage.PLAYING
        if plays and self._plays is False:
            self._reconnects += 1
        if plays or self._plays:
            self._plays = plays
        if not plays:
            self._stats, self.delay_ms = replace(self._stats, arriving_fps=0.0, bitrate_kbps=0.0), None
        self._on_change()

    def _worker_is(self, state: WorkerState) -> None:
        if self._is_closed:
            return
        if state is WorkerState.RUNNING:
            if self._password is not None:
                self._worker.send(self._password)
            self._worker.send(Resize(*self._size))
            self._worker.send(Rest(self._is_hidden))
        elif state is WorkerState.DEAD:
            told = self._report
            if told is None or told.stage is not Stage.LOST:  # else it has said why
                told = Report(Stage.LOST, why="The process that plays this picture ended.", fix="Wait: it starts anew.")
            self._become(told)
