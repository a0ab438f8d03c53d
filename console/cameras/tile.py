"""One tile that a worker plays: its process, its shared pictures, and what is said of it. Loop thread only."""

from collections.abc import Callable

from console.cameras import worker
from console.cameras.messages import Look, Report, Resize, Stage
from console.cameras.state import FLOOR_DBFS, CameraState, Picture
from console.settings.show import Camera
from console.workers.frames import FrameReader, frames_size
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

STALLED_S = 0.5
HEARTBEAT_S = 2.5
NICENESS = 5  # a tile may stutter for a moment; the window, what is on air and the sound may not
FPS_WINDOW_S = 1.0
SIZES = ((480, 270), (640, 360), (960, 540), (1280, 720))  # few, so that a resized window rarely opens anew
USUAL_SIZE = SIZES[1]

Said = tuple[CameraState, str, str]  # state, why, fix


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
        return CameraState.FROZEN, "Pictures come, but nothing in them moves.", "Look at the camera itself."
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
    """The smallest of SIZES that shows a tile of that size sharply; the largest when none does."""
    return next((size for size in SIZES if width <= size[0] and height <= size[1]), SIZES[-1])


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
        self._shared = SharedFile.create(frames_size(*SIZES[-1]))
        self._frames = FrameReader(self._shared.buffer)
        self._worker: Worker = supervisor.start(
            WorkerSpec(
                f"camera {camera.name}",
                worker.main,
                {"path": self._shared.path, "mrl": camera.mrl, "options": camera.options, "size": size},
                HEARTBEAT_S,
                niceness=NICENESS,
            ),
            on_message=self._heard,
            on_state=self._worker_is,
        )

    @property
    def pid(self) -> int | None:
        """The worker's process; None while there is none."""
        return self._worker.pid

    def said(self, now_ns: int) -> Said:
        """State, why and what to do now."""
        newest_ns = self._frames.mono_ns
        return judge(self._report, (now_ns - newest_ns) / 1e9 if newest_ns else None)

    def fps(self, now_ns: int) -> float:
        """New pictures of the last second (repeats of the one before do not count); call it some times a second."""
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
            self._picture = Picture(frame.sequence, frame.width, frame.height, frame.stride, frame.pixels.toreadonly())
        return self._picture

    def level(self) -> float:
        """The peak of its own sound in the last 100 ms, dBFS."""
        return FLOOR_DBFS

    def set_size(self, width: int, height: int) -> None:
        """Ask for pictures fit for a tile of that many pixels."""
        size = room_for(width, height)
        if size != self._size:
            self._size = size
            self._worker.send(Resize(*size))

    async def close(self) -> None:
        """End the worker; pictures that were handed out stay readable."""
        self._is_closed = True
        await self._worker.stop()
        self._picture = None
        self._shared.close()

    def _heard(self, message: object) -> None:
        if isinstance(message, Report) and not self._is_closed:
            self._report = message
            self._on_change()

    def _worker_is(self, state: WorkerState) -> None:
        if self._is_closed:
            return
        if state is WorkerState.RUNNING:
            self._worker.send(Resize(*self._size))
        elif state is WorkerState.DEAD:
            told = self._report
            why = told.why if told and told.stage is Stage.LOST else "The process that plays this picture ended."
            self._report = Report(Stage.LOST, why=why, fix="It is started anew by itself.")
            self._on_change()
