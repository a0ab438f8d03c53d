"""OBS's virtual camera, played by a worker of its own while OBS runs it: program (or preview) at full rate.

Loop thread only. On this machine only: it is a device. OBS lets several programs read it, so that nothing is taken
from anybody; it is never started or stopped from here (law 1).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from console.cameras.devices import virtual_camera
from console.cameras.following import Grid, grid_of
from console.cameras.place import Stagehands
from console.cameras.state import CameraState, Picture
from console.cameras.tile import USUAL_SIZE, WorkerTile, room_for
from console.settings.show import Camera

NAME: Final = "OBS virtual camera"
AGAIN_S: Final = 10.0  # until a device that was not found, or pictures of nothing that is looked at, are tried again
KEPT: Final = 16  # grids, one a tick: longer than a picture of OBS takes to be compared
SHOWS: Final = frozenset({CameraState.LIVE, CameraState.FROZEN, CameraState.BLACK})  # slides and black are pictures

Find = Callable[[], str | None]


def find_virtual_camera() -> str | None:
    """The address of OBS's virtual camera on this machine; None where it has none. Reads a few small files."""
    node = virtual_camera()
    return f"v4l2://{node}" if node else None


class VirtualCamera:
    """Its pictures, for as long as OBS runs it and somebody wants to see them."""

    def __init__(self, hands: Stagehands, end: Callable[[WorkerTile | None], None], find: Find) -> None:
        self._hands = hands
        self._end = end
        self._find = find
        self._is_wanted = False
        self._size = USUAL_SIZE
        self._tile: WorkerTile | None = None
        self._finding: asyncio.Task[None] | None = None
        self._again_ns = 0
        self._grids: deque[tuple[int, Grid]] = deque(maxlen=KEPT)
        self._sequence = 0

    def want(self, is_so: bool) -> None:
        """Whether OBS runs it and somebody would look."""
        if is_so and not self._is_wanted:
            self._again_ns = 0
        self._is_wanted = is_so
        if not is_so:
            self.drop(0)

    def set_size(self, width: int, height: int) -> None:
        """It is shown at so many pixels."""
        self._size = width, height
        if self._tile:
            self._tile.set_size(width, height)

    def look(self, now_ns: int) -> None:
        """Begin to play it when it is time; note what it shows."""
        if self._tile is None:
            if self._is_wanted and self._finding is None and now_ns >= self._again_ns:
                self._again_ns = now_ns + round(AGAIN_S * 1e9)
                self._finding = asyncio.create_task(self._begin(), name="virtual camera")
            return
        picture = self.picture(now_ns)
        if picture is not None and picture.sequence != self._sequence:
            self._sequence = picture.sequence
            self._grids.append((now_ns, grid_of(picture)))
        elif picture is not None and self._grids:
            self._grids.append((now_ns, self._grids[-1][1]))  # it shows the same still

    def picture(self, now_ns: int) -> Picture | None:
        """Its newest picture; None when it stands still, is gone, or never came."""
        if self._tile is None or self._tile.said(now_ns)[0] not in SHOWS:
            return None
        return self._tile.picture()

    def grids(self, from_ns: int, to_ns: int) -> list[Grid]:
        """What it showed between these two times."""
        return [grid for at_ns, grid in self._grids if from_ns <= at_ns <= to_ns]

    def drop(self, now_ns: int) -> None:
        """Play it no more, for a while at least."""
        self._again_ns = now_ns + round(AGAIN_S * 1e9)
        self._grids.clear()
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        tile, self._tile = self._tile, None
        self._end(tile)

    async def _begin(self) -> None:
        mrl = await asyncio.to_thread(self._find)
        self._finding = None
        if mrl is not None and self._is_wanted:
            camera = Camera(name=NAME, mrl=mrl, may_open=True)
            self._tile = WorkerTile(camera, self._hands.supervisor, self._hands.on_change, room_for(*self._size))
