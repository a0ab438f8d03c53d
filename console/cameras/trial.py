"""A camera that is tried before it is kept: opened beside the show, or as a tile plays it already. Loop thread only.

Many senders take one caller, and devices one program: what a tile plays is never opened a second time for a trial,
and a camera that is kept plays on with the worker that tried it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from console.cameras.mrl import Kind, parse_mrl
from console.cameras.place import Place, Played, Stagehands, played
from console.cameras.plan import Plan
from console.cameras.state import Picture, Trial
from console.cameras.tile import USUAL_SIZE, WorkerTile
from console.core.observable import Observable
from console.settings.show import Camera

Take = Callable[[Played], WorkerTile | None]

WHO: Final = "trial"
ONE_CALLER: Final = frozenset({"srt", "udp", "rtp"})  # a second program gets nothing, or takes it from the first


class Tryout:
    """The one camera that is tried, if any; `state` says how it is."""

    def __init__(self, hands: Stagehands, plan: Callable[[Camera], Plan]) -> None:
        self.state: Observable[Trial] = Observable(Trial())
        self._hands = hands
        self._plan = plan
        self._camera: Camera | None = None
        self._place: Place | None = None
        self._is_borrowed = False

    def begin(self, camera: Camera, places: Mapping[str, Place], take: Take = lambda what: None) -> None:
        """Try `camera`: as one of `places` plays it, else by a worker of its own (one to `take`, if any), or OBS."""
        self._camera = camera
        borrowed = next((place for place in places.values() if _is_same(place, camera)), None)
        self._is_borrowed = borrowed is not None
        self._place = borrowed or Place(camera, self._plan(camera), WHO, self._hands)
        if borrowed is None:
            self._place.begin(USUAL_SIZE, is_hidden=False, tile=take(played(camera)) if self._place.is_played else None)

    def end(self) -> WorkerTile | None:
        """Try nothing any more; the worker that has to be closed, if there is one."""
        tile = self._own()
        self._camera = self._place = None
        return tile

    def spare(self, wanted: Iterable[Played]) -> list[tuple[str, Played, WorkerTile]]:
        """Its worker, when it plays what is `wanted`: a tile goes on with it. `settle` afterwards."""
        if self._camera is None or self._is_borrowed or played(self._camera) not in wanted:
            return []
        tile = self._own()
        return [(WHO, played(self._camera), tile)] if tile else []

    def settle(self, places: Mapping[str, Place], take: Take) -> None:
        """The tiles are others now: look at what is tried where it plays from now on; `take` has spare workers."""
        is_gone = self._is_borrowed and self._place not in places.values()
        if self._camera is not None and (self._place is None or is_gone):
            self.begin(self._camera, places, take)

    def is_seen_in(self, place: Place | None) -> bool:
        """Whether `place` is what the trial shows."""
        return self._is_borrowed and self._place is place

    def picture(self) -> Picture | None:
        """Its newest picture."""
        return self._place.picture() if self._place else None

    def look(self, now_ns: int) -> None:
        """Bring `state` up to date."""
        if self._place is None or self._camera is None:
            self.state.set(Trial())
            return
        shown = self._place.shown(self.state.value.camera, now_ns)
        self.state.set(Trial(replace(shown, name=self._camera.name, scene=self._camera.scene), self._camera.mrl or ""))

    def _own(self) -> WorkerTile | None:
        """Its own worker, which it has no more."""
        place, self._place = self._place, None
        return place.end() if place and not self._is_borrowed else None


def _is_same(place: Place, camera: Camera) -> bool:
    """Whether `place` plays what is to be tried, or what nobody can open beside it."""
    if camera.mrl is None or not place.is_played or place.camera.mrl != camera.mrl:
        return False
    address = parse_mrl(camera.mrl)
    is_single = address.kind in (Kind.DEVICE, Kind.LISTENER) or address.scheme in ONE_CALLER
    return is_single or played(place.camera) == played(camera)
