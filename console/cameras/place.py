"""A camera's place on the wall: what plays it, a worker or OBS, and what is said of it. Loop thread only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from console.cameras.plan import Plan
from console.cameras.screens import Screens
from console.cameras.state import FLOOR_DBFS, Camera, CameraState, Origin, Picture
from console.cameras.tile import USUAL_SIZE, Said, WorkerTile, room_for
from console.settings import show
from console.workers.supervisor import Supervisor

Played = tuple[object, ...]


def played(camera: show.Camera) -> Played:
    """What a worker plays of `camera`: while this is the same, an edited or renamed camera goes on undisturbed."""
    return camera.mrl, camera.options, camera.secret


@dataclass(frozen=True, slots=True)
class Stagehands:
    """What every place needs: who runs workers, who asks OBS, and whom to tell that something changed."""

    supervisor: Supervisor
    screens: Screens
    on_change: Callable[[], None]


class Place:
    """One camera that is shown. `end` hands its worker on, to be closed or to play for another place."""

    def __init__(self, camera: show.Camera, plan: Plan, who: str, hands: Stagehands) -> None:
        self.camera = camera
        self.plan = plan
        self._who = who
        self._hands = hands
        self._size = USUAL_SIZE
        self._is_hidden = False
        self._tile: WorkerTile | None = None  # when a worker plays it

    @property
    def is_played(self) -> bool:
        """Whether a worker plays it, or is to."""
        return self.plan.origin is Origin.WORKER and self.plan.is_open

    @property
    def pid(self) -> int | None:
        """The process that plays it; None when there is none."""
        return self._tile.pid if self._tile else None

    def begin(self, size: tuple[int, int], *, is_hidden: bool, tile: WorkerTile | None = None) -> None:
        """Have it played at `size`, by `tile` when that plays the same already."""
        self._size, self._is_hidden = size, is_hidden
        if self.plan.origin is Origin.OBS:
            self._want()
        elif self.plan.is_open:
            self._tile = tile or WorkerTile(self.camera, self._hands.supervisor, self._hands.on_change, room_for(*size))
            self._tile.set_size(*size)
            self._tile.rest(is_hidden=is_hidden)

    def end(self) -> WorkerTile | None:
        """Ask OBS no more. Its worker, for whoever closes it or plays the same; the place has none any more."""
        self._hands.screens.want(self._who, None)
        tile, self._tile = self._tile, None
        return tile

    def set_size(self, width: int, height: int) -> None:
        """It is shown at so many pixels: its worker or OBS scales to what is needed."""
        self._size = width, height
        if self._tile:
            self._tile.set_size(width, height)
        self._want()

    def rest(self, is_hidden: bool) -> None:
        """Nobody sees it (or somebody does again): it costs next to nothing then, and is still watched."""
        if is_hidden != self._is_hidden:
            self._is_hidden = is_hidden
            if self._tile:
                self._tile.rest(is_hidden=is_hidden)
            self._want()

    def picture(self) -> Picture | None:
        """Its newest picture."""
        return self._tile.picture() if self._tile else self._hands.screens.picture(self._who)

    async def whole_picture(self) -> Picture | None:
        """Its newest picture as large as its source where a worker plays it. Use it before the next await."""
        return await self._tile.whole_picture() if self._tile else self._hands.screens.picture(self._who)

    def level(self) -> float:
        """The peak of its own sound in the last 100 ms, dBFS; FLOOR_DBFS when it has none."""
        return self._tile.level() if self._tile else FLOOR_DBFS

    def shown(self, was: Camera | None, now_ns: int) -> Camera:
        """How it is now; `was` is what was said last."""
        state, why, fix = self._said(now_ns)
        fps = self._tile.fps(now_ns) if self._tile else self._hands.screens.fps(self._who, now_ns)
        since_ns = was.since_mono_ns if was and was.state is state else now_ns
        camera = Camera(self.camera.name, self.camera.scene, self.plan.origin, state, fps, why, fix, since_ns)
        if self._tile:
            return replace(camera, stats=self._tile.stats, delay_ms=self._tile.delay_ms)
        is_live = state is CameraState.LIVE
        return replace(camera, delay_ms=self._hands.screens.delay_ms(self._who)) if is_live else camera

    @property
    def source(self) -> str | None:
        """The scene or input of OBS that shows it, when OBS does."""
        return self.camera.source or self.plan.source or self.camera.scene

    def _want(self) -> None:
        if self.plan.origin is Origin.OBS:
            self._hands.screens.want(self._who, self.source, *self._size, is_hidden=self._is_hidden)

    def _said(self, now_ns: int) -> Said:
        camera, plan = self.camera, self.plan
        if self._tile:
            return self._tile.said(now_ns)
        if not plan.is_open:
            return CameraState.CONNECTING, plan.why, plan.fix
        if not self.source:
            return (
                CameraState.LOST,
                plan.why or f"{camera.name} has no picture: no mrl, no scene and no source.",
                plan.fix or f"Give {camera.name} an address or a scene of OBS, on the page CAMERAS (F5).",
            )
        state, why, fix = self._hands.screens.said(self._who, now_ns)
        return state, why or plan.why, fix or plan.fix
