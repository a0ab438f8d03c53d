"""All camera tiles: who plays which, how each is, and the panes of program and preview. Loop thread only.

Alarms are the desk's: here each tile's state carries why and what to do.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from console.cameras.plan import Plan, plan_of
from console.cameras.screens import Screens, Screenshot
from console.cameras.state import FLOOR_DBFS, Camera, CameraState, Origin, Picture, Trial
from console.cameras.tile import USUAL_SIZE, Said, WorkerTile, room_for
from console.core import journal as journals
from console.core.clock import Clock
from console.core.journal import Journal
from console.core.observable import Observable
from console.settings import show
from console.workers.supervisor import Supervisor

log = logging.getLogger(__name__)

TICK_S = 0.1
BUSES = ("program", "preview")


@dataclass(slots=True)
class _Place:
    """A tile's place on the wall."""

    camera: show.Camera
    plan: Plan
    tile: WorkerTile | None = None  # when a worker plays it


def _who(name: str) -> str:
    return f"camera:{name}"


class Cameras:
    """The wall of tiles. Build it within a running loop; `close` ends every worker."""

    def __init__(self, supervisor: Supervisor, *, journal: Journal, clock: Clock, screenshot: Screenshot) -> None:
        self.tiles: Observable[tuple[Camera, ...]] = Observable(())
        self.trial: Observable[Trial] = Observable(Trial())
        self._supervisor = supervisor
        self._journal = journal
        self._clock = clock
        self._screens = Screens(screenshot, clock)
        self._places: dict[str, _Place] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._bus_sizes = dict.fromkeys(BUSES, USUAL_SIZE)
        self._on_bus: dict[str, str | None] = dict.fromkeys(BUSES)
        self._closing: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run(), name="camera wall")

    def open(self, cameras: Sequence[show.Camera], *, is_trusted: bool) -> None:
        """Show these cameras, in this order. Those that are unchanged go on undisturbed.

        Without `is_trusted` nothing that reaches another machine is opened: the tile says so.
        """
        old, self._places = self._places, {}
        for camera in cameras:
            plan = plan_of(camera, is_trusted=is_trusted)
            place = old.get(camera.name)
            if place is not None and (place.camera, place.plan) == (camera, plan):
                self._places[camera.name] = old.pop(camera.name)
        for name, gone in old.items():
            self._end(name, gone)
        for camera in cameras:
            kept = self._places.pop(camera.name, None)
            self._places[camera.name] = kept or self._begin(camera, plan_of(camera, is_trusted=is_trusted))
        self._look()

    def picture(self, name: str) -> Picture | None:
        """The newest picture of a tile; cheap, poll it at the display's rate."""
        place = self._places.get(name)
        if place is None:
            return None
        return place.tile.picture() if place.tile else self._screens.picture(_who(name))

    def level(self, name: str) -> float:
        """The peak of a tile's own sound in the last 100 ms, dBFS; FLOOR_DBFS when it has none."""
        place = self._places.get(name)
        return place.tile.level() if place and place.tile else FLOOR_DBFS

    def try_out(self, camera: show.Camera | None) -> None:
        """Open a camera that is not in the show, to look at it; None ends that. `trial` and `trial_picture` follow."""
        raise NotImplementedError

    def trial_picture(self) -> Picture | None:
        """The newest picture of the camera that is tried."""
        return None

    def set_size(self, name: str, width: int, height: int) -> None:
        """The tile is shown at so many pixels: its worker or OBS scales to what is needed."""
        self._sizes[name] = (width, height)
        place = self._places.get(name)
        if place is None:
            return
        if place.tile:
            place.tile.set_size(width, height)
        else:
            self._want(place)

    def watch_bus(self, bus: str, source: str | None) -> None:
        """Show the scene `source` in the pane of "program" or "preview"; None: nothing."""
        self._on_bus[bus] = source
        self._screens.want(f"bus:{bus}", source, *self._bus_sizes[bus])

    def obs_answers(self, is_so: bool) -> None:
        """Whether OBS is there; when it is back, its tiles are looked at anew at once."""
        if self._screens.obs_answers(is_so):
            self._look()

    def obs_takes(self, is_so: bool) -> None:
        """Whether a take waits for its proof in OBS: no pictures are asked for meanwhile."""
        self._screens.obs_takes(is_so)

    def set_bus_size(self, bus: str, width: int, height: int) -> None:
        """The pane is shown at so many pixels."""
        self._bus_sizes[bus] = (width, height)
        self.watch_bus(bus, self._on_bus[bus])

    def bus_picture(self, bus: str) -> Picture | None:
        """The newest picture of the scene on that bus."""
        return self._screens.picture(f"bus:{bus}")

    def worker_pid(self, name: str) -> int | None:
        """The process that plays a tile; None when there is none."""
        place = self._places.get(name)
        return place.tile.pid if place and place.tile else None

    async def close(self) -> None:
        """End every worker and ask OBS no more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        for name, place in self._places.items():
            self._end(name, place)
        self._places.clear()
        await self._screens.close()
        await asyncio.gather(*self._closing)

    def _begin(self, camera: show.Camera, plan: Plan) -> _Place:
        place = _Place(camera, plan)
        if plan.origin is Origin.OBS:
            self._want(place)
        elif plan.is_open:
            size = room_for(*self._sizes.get(camera.name, USUAL_SIZE))
            place.tile = WorkerTile(camera, self._supervisor, self._look, size)
        return place

    def _end(self, name: str, place: _Place) -> None:
        self._screens.want(_who(name), None)
        if place.tile:
            task = asyncio.create_task(place.tile.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _want(self, place: _Place) -> None:
        camera = place.camera
        if place.plan.origin is Origin.OBS:
            size = self._sizes.get(camera.name, USUAL_SIZE)
            self._screens.want(_who(camera.name), camera.source or camera.scene, *size)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self._look()
            except Exception:  # one tile's bug must not end the others
                log.exception("the wall stumbled and goes on")

    def _look(self) -> None:
        """Bring `tiles` up to date and journal what changed."""
        now_ns = self._clock.mono_ns()
        old = {tile.name: tile for tile in self.tiles.value}
        tiles = tuple(self._tile(place, old.get(name), now_ns) for name, place in self._places.items())
        for tile in tiles:
            was = old.get(tile.name)
            if was is None or was.state is not tile.state:
                self._journal.write(
                    "camera.state",
                    journals.Origin.OUTSIDE,
                    camera=tile.name,
                    state=tile.state.value,
                    was=was.state.value if was else "",
                    why=tile.why,
                )
        self.tiles.set(tiles)

    def _tile(self, place: _Place, was: Camera | None, now_ns: int) -> Camera:
        state, why, fix = self._said(place, now_ns)
        name = place.camera.name
        fps = place.tile.fps(now_ns) if place.tile else self._screens.fps(_who(name), now_ns)
        since_ns = was.since_mono_ns if was and was.state is state else now_ns
        return Camera(name, place.camera.scene, place.plan.origin, state, fps, why, fix, since_ns)

    def _said(self, place: _Place, now_ns: int) -> Said:
        camera, plan = place.camera, place.plan
        if place.tile:
            return place.tile.said(now_ns)
        if not plan.is_open:
            return CameraState.CONNECTING, plan.why, plan.fix
        if not (camera.source or camera.scene):
            return (
                CameraState.LOST,
                plan.why or f"{camera.name} has no picture: no mrl, no scene and no source.",
                plan.fix or f"Give {camera.name} a scene of OBS or an mrl in the show file.",
            )
        state, why, fix = self._screens.said(_who(camera.name), now_ns)
        return state, why or plan.why, fix or plan.fix
