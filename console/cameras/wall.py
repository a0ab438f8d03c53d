"""All camera tiles: who plays which, how each is, and the panes of program and preview. Loop thread only.

Alarms are the desk's: here each tile's state carries why and what to do.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from console.cameras.buses import BUSES, Buses
from console.cameras.held import Line
from console.cameras.pace import Work
from console.cameras.place import Place, Played, Stagehands, played
from console.cameras.plan import plan_of
from console.cameras.screens import Screens, Screenshot
from console.cameras.state import FLOOR_DBFS, Camera, Origin, Picture, Trial
from console.cameras.tile import USUAL_SIZE, WorkerTile
from console.cameras.trial import Tryout
from console.cameras.virtual_camera import Find, find_virtual_camera
from console.core import journal as journals
from console.core.clock import Clock
from console.core.journal import Journal
from console.core.observable import Observable
from console.settings import show
from console.workers.supervisor import Supervisor

log = logging.getLogger(__name__)

TICK_S = 0.1


def _who(name: str) -> str:
    return f"camera:{name}"


class Cameras:
    """The wall of tiles. Build it within a running loop; `close` ends every worker."""

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        journal: Journal,
        clock: Clock,
        screenshot: Screenshot,
        virtual_camera: Find = find_virtual_camera,
    ) -> None:
        self.tiles: Observable[tuple[Camera, ...]] = Observable(())
        self._journal = journal
        self._clock = clock
        self._screens = Screens(screenshot, clock)
        self._hands = Stagehands(supervisor, self._screens, self._look)
        self._held: Mapping[Line, str] = {}
        self._listed: Sequence[show.Camera] = ()
        self._is_trusted = False
        self._tryout = Tryout(self._hands, lambda camera: plan_of(camera, is_trusted=True, held=self._held))
        self.trial: Observable[Trial] = self._tryout.state
        self._places: dict[str, Place] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._buses = Buses(self._hands, clock, end=self._end, find=virtual_camera)
        self._seen: Collection[str] | None = None  # the tiles that somebody sees; None: all
        self.described: Callable[[Camera], Camera] = lambda tile: tile  # what somebody else knows of a tile
        self._closing: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run(), name="camera wall")

    def open(self, cameras: Sequence[show.Camera], *, is_trusted: bool) -> None:
        """Show these cameras, in this order. What plays unchanged goes on undisturbed, under another name as well.

        Without `is_trusted` nothing that reaches another machine is opened: the tile says so.
        """
        self._listed, self._is_trusted = cameras, is_trusted
        old, self._places = self._places, {}
        plans = {camera.name: plan_of(camera, is_trusted=is_trusted, held=self._held) for camera in cameras}
        kept = {c.name: p for c in cameras if (p := old.get(c.name)) and (p.camera, p.plan) == (c, plans[c.name])}
        spare = [
            (name, played(place.camera), tile)
            for name, place in old.items()
            if name not in kept and (tile := place.end()) is not None
        ]
        spare += self._tryout.spare(played(camera) for camera in cameras)
        for camera in cameras:
            place = kept.get(camera.name)
            if place is None:
                place = Place(camera, plans[camera.name], _who(camera.name), self._hands)
                tile = _taken(spare, camera.name, played(camera)) if place.is_played else None
                size = self._sizes.get(camera.name, USUAL_SIZE)
                place.begin(size, is_hidden=self._is_hidden(camera.name), tile=tile)
            self._places[camera.name] = place
        self._tryout.settle(self._places, lambda what: _taken(spare, "", what))
        for _, _, tile in spare:
            self._end(tile)
        self._rest()
        self._look()

    def picture(self, name: str) -> Picture | None:
        """The newest picture of a tile; cheap, poll it at the display's rate."""
        place = self._places.get(name)
        return place.picture() if place else None

    async def whole_picture(self, name: str) -> Picture | None:
        """The newest picture of a tile, as large as its source and not as its tile. Use it before the next await."""
        place = self._places.get(name)
        return await place.whole_picture() if place else None

    def level(self, name: str) -> float:
        """The peak of a tile's own sound in the last 100 ms, dBFS; FLOOR_DBFS when it has none."""
        place = self._places.get(name)
        return place.level() if place else FLOOR_DBFS

    def try_out(self, camera: show.Camera | None) -> None:
        """Open a camera that is not in the show, to look at it; None ends that. `trial` and `trial_picture` follow.

        Whoever asks has said yes to the machine it names. What a tile plays already is shown as that tile plays it.
        """
        self._end(self._tryout.end())
        if camera is not None:
            self._tryout.begin(camera, self._places)
        self._rest()
        self._look()

    def trial_picture(self) -> Picture | None:
        """The newest picture of the camera that is tried."""
        return self._tryout.picture()

    def set_size(self, name: str, width: int, height: int) -> None:
        """The tile is shown at so many pixels: its worker or OBS scales to what is needed."""
        self._sizes[name] = (width, height)
        place = self._places.get(name)
        if place is not None:
            place.set_size(width, height)

    def set_visible(self, cameras: Collection[str], buses: Collection[str] = BUSES) -> None:
        """Only these tiles and panes are seen by anybody.

        The others cost no scaling, copying or drawing; cameras are still watched for stall, freeze and black.
        """
        self._seen = frozenset(cameras)
        self._rest()
        self._buses.set_visible(buses)

    def watch_bus(self, bus: str, source: str | None) -> None:
        """Show the scene `source` in the pane of "program" or "preview"; None: nothing."""
        self._buses.watch(bus, source)

    def obs_answers(self, is_so: bool) -> None:
        """Whether OBS is there; when it is back, its tiles are looked at anew at once."""
        if self._screens.obs_answers(is_so):
            self._look()

    def obs_holds(self, held: Mapping[Line, str]) -> None:
        """What inputs of OBS have alone: a camera of such an address is OBS's, unless the director said yes."""
        if held != self._held:
            self._held = held
            self.open(self._listed, is_trusted=self._is_trusted)

    def obs_moves(self, sources: Collection[str]) -> None:
        """Which of OBS's scenes and sources are meant to move: a tile of such a one says when it does not."""
        self._screens.obs_moves(sources)

    def obs_works(self, work: Work) -> None:
        """What OBS says of its own work, once a second: the harder it is, the fewer screenshots are asked for."""
        self._screens.obs_works(work)

    def obs_takes(self, is_so: bool, *, is_mixing: bool = False) -> None:
        """Whether a take waits for its proof in OBS, and its transition runs: no pictures are asked for meanwhile."""
        self._screens.obs_takes(is_so, is_mixing=is_mixing)

    def obs_mixes(self, is_so: bool) -> None:
        """Whether a transition runs in OBS: the virtual camera is not judged meanwhile."""
        self._buses.mixes(is_so)

    def obs_virtual_camera(self, runs: bool) -> None:
        """Whether OBS, on this machine, runs its virtual camera: program is shown by it once that is proved."""
        self._buses.virtual_camera_runs(runs)

    def set_bus_size(self, bus: str, width: int, height: int) -> None:
        """The pane is shown at so many pixels."""
        self._buses.set_size(bus, width, height)

    def bus_picture(self, bus: str) -> Picture | None:
        """The newest picture of the scene on that bus."""
        return self._buses.picture(bus)

    def is_by_virtual_camera(self, bus: str) -> bool:
        """Whether that bus is shown by OBS's virtual camera at full rate; else by screenshots, a few a second."""
        return self._buses.by_virtual_camera(bus)

    def source(self, name: str) -> str | None:
        """The scene or input of OBS whose picture a tile shows; None when OBS is not asked for it."""
        place = self._places.get(name)
        return place.source if place and place.plan.origin is Origin.OBS else None

    def worker_pid(self, name: str) -> int | None:
        """The process that plays a tile; None when there is none."""
        place = self._places.get(name)
        return place.pid if place else None

    async def close(self) -> None:
        """End every worker and ask OBS no more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        for place in self._places.values():
            self._end(place.end())
        self._end(self._tryout.end())
        self._buses.close()
        self._places.clear()
        await self._screens.close()
        await asyncio.gather(*self._closing)

    def _is_hidden(self, name: str) -> bool:
        is_tried = self._tryout.is_seen_in(self._places.get(name))
        return self._seen is not None and name not in self._seen and not is_tried

    def _rest(self) -> None:
        for name, place in self._places.items():
            place.rest(self._is_hidden(name))

    def _end(self, tile: WorkerTile | None) -> None:
        if tile is not None:
            task = asyncio.create_task(tile.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self._look()
                self._buses.look(self._clock.mono_ns())
            except Exception:  # one tile's bug must not end the others
                log.exception("the wall stumbled and goes on")

    def _look(self) -> None:
        """Bring `tiles` up to date and journal what changed."""
        now_ns = self._clock.mono_ns()
        old = {tile.name: tile for tile in self.tiles.value}
        tiles = tuple(self.described(place.shown(old.get(name), now_ns)) for name, place in self._places.items())
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
        self._tryout.look(now_ns)


def _taken(spare: list[tuple[str, Played, WorkerTile]], name: str, what: Played) -> WorkerTile | None:
    """A worker out of `spare` that plays `what`, the one of that name first; None when there is none."""
    fitting = sorted((each for each in spare if each[1] == what), key=lambda each: each[0] != name)
    if not fitting:
        return None
    spare.remove(fitting[0])
    return fitting[0][2]
