"""A window with live tiles and nothing else, a process of its own: `python -m tests.bench.viewer SECONDS MRL...`.

Prints as JSON the CPU seconds of this process and of each worker in that time, and each tile's pictures. Without a
address it tells what the window costs by itself. Qt thread.
"""

import asyncio
import json
import sys
import time

import psutil
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from console.cameras.state import CameraState
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from widgets.pictures import PictureView
from widgets.window import LOOK_MS

TILE = (640, 360)


async def no_obs(source: str, width: int, height: int) -> bytes:
    raise AssertionError("no tile comes from OBS here")


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def run(mrls: list[str], seconds: float) -> dict[str, object]:
    journal = MemoryJournal()
    supervisor = Supervisor(journal)
    wall = Cameras(supervisor, journal=journal, clock=SystemClock(), screenshot=no_obs)
    names = [str(number) for number in range(len(mrls))]
    wall.open([Camera(name=name, mrl=mrl) for name, mrl in zip(names, mrls, strict=True)], is_trusted=True)
    window = QWidget()
    window.resize(*TILE)
    views = [PictureView(lambda name=name: wall.picture(name), window) for name in names]  # type: ignore[misc]
    for view, name in zip(views, names, strict=True):
        view.resize(*TILE)
        wall.set_size(name, *TILE)
    window.show()
    timer = QTimer(window)
    for view in views:
        timer.timeout.connect(view.poll)
    timer.start(LOOK_MS)
    try:
        async with asyncio.timeout(60):
            while any(tile.state is not CameraState.LIVE for tile in wall.tiles.value):
                await asyncio.sleep(0.02)
        pids = [pid for name in names if (pid := wall.worker_pid(name)) is not None]
        workers = [psutil.Process(pid) for pid in pids]
        first = [picture.sequence if (picture := wall.picture(name)) else 0 for name in names]
        before, began_s = [cpu_s(each) for each in (psutil.Process(), *workers)], time.monotonic()
        await asyncio.sleep(seconds)
        took_s = time.monotonic() - began_s
        after = [cpu_s(each) for each in (psutil.Process(), *workers)]
        last = [picture.sequence if (picture := wall.picture(name)) else 0 for name in names]
        own, *theirs = (round(end - begin, 3) for begin, end in zip(before, after, strict=True))
        fps = [round((end - begin) / took_s, 2) for begin, end in zip(first, last, strict=True)]
        return {"window_s": own, "workers_s": theirs, "fps": fps, "took_s": took_s}
    finally:
        timer.stop()
        window.close()
        await wall.close()
        await supervisor.close()


def main(mrls: list[str], seconds: float) -> None:
    application = QApplication(["viewer"])
    application.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(application) as loop:
        print(json.dumps(loop.run_until_complete(run(mrls, seconds))))


if __name__ == "__main__":
    main(sys.argv[2:], float(sys.argv[1]))
