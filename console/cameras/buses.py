"""The panes of program and preview: what is on them, by OBS's virtual camera where that is proved, else by screenshots.

Loop thread only. The virtual camera is believed of a bus only while OBS's own pictures of it say the same; meanwhile
they are asked for seldom and small.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from console.cameras.following import Following, Grid, Verdict, grid_of, verdict
from console.cameras.place import Stagehands
from console.cameras.state import Picture
from console.cameras.tile import USUAL_SIZE, WorkerTile
from console.cameras.virtual_camera import Find, VirtualCamera
from console.core.clock import Clock

log = logging.getLogger(__name__)

BUSES: Final = ("program", "preview")
OTHER_BUS: Final = {"program": "preview", "preview": "program"}
AFTER_S: Final = 0.5  # how long after OBS's picture the virtual camera may show the same
BEFORE_S: Final = 0.1
SETTLED_S: Final = 0.4  # after a transition: until then both may be half-way
GIVE_UP: Final = 12  # comparisons without one that fits, of every bus: it shows something else


@dataclass(slots=True)
class _Compared:
    """A picture of OBS's own, waiting for what the virtual camera showed about then."""

    asked_ns: int
    grid: Grid
    other: Grid | None


@dataclass(slots=True)
class _Bus:
    """One of the two panes."""

    source: str | None = None
    size: tuple[int, int] = USUAL_SIZE
    is_seen: bool = True
    following: Following = field(default_factory=Following)
    compared: _Compared | None = None
    done_ns: int = 0  # of the last picture that was compared


class Buses:
    """Both panes. `look` is called some times a second."""

    def __init__(
        self, hands: Stagehands, clock: Clock, *, end: Callable[[WorkerTile | None], None], find: Find
    ) -> None:
        self._hands = hands
        self._clock = clock
        self._buses = {bus: _Bus() for bus in BUSES}
        self._virtual = VirtualCamera(hands, end, find)
        self._runs = False
        self._is_mixing = False
        self._mixed_ns = 0

    def watch(self, bus: str, source: str | None) -> None:
        """Show the scene `source` in that pane; None: nothing."""
        one = self._buses[bus]
        if one.source != source:
            one.compared = None
        one.source = source
        one.following.become(source)
        self._want(bus)

    def set_size(self, bus: str, width: int, height: int) -> None:
        """The pane is shown at so many pixels."""
        self._buses[bus].size = width, height
        self._want(bus)
        sizes = [one.size for one in self._buses.values()]
        self._virtual.set_size(max(width for width, _ in sizes), max(height for _, height in sizes))

    def set_visible(self, buses: Collection[str]) -> None:
        """Only these panes are seen by anybody."""
        for bus, one in self._buses.items():
            one.is_seen = bus in buses
            self._want(bus)
        self._want_virtual()

    def virtual_camera_runs(self, is_so: bool) -> None:
        """Whether OBS, on this machine, says that its virtual camera runs."""
        self._runs = is_so
        self._want_virtual()

    def mixes(self, is_so: bool) -> None:
        """Whether a transition runs: what is seen then is neither the one nor the other."""
        if is_so or self._is_mixing:
            self._mixed_ns = self._clock.mono_ns()
            for one in self._buses.values():
                one.compared = None
        self._is_mixing = is_so

    def picture(self, bus: str) -> Picture | None:
        """The newest picture of that bus."""
        one = self._buses[bus]
        if one.following.is_shown and one.is_seen:
            picture = self._virtual.picture(self._clock.mono_ns())
            if picture is not None:
                return picture
        return self._hands.screens.picture(_who(bus))

    def by_virtual_camera(self, bus: str) -> bool:
        """Whether the virtual camera shows that bus, as far as proved."""
        return self._buses[bus].following.is_shown

    def look(self, now_ns: int) -> None:
        """Compare what the virtual camera shows with OBS's own pictures, and believe it or not."""
        self._virtual.look(now_ns)
        if self._virtual.picture(now_ns) is None:
            for bus in BUSES:
                self._believe(bus, lambda following: following.forget())
            return
        for bus, one in self._buses.items():
            self._compare(bus, one, now_ns)
        if all(one.following.misses >= GIVE_UP or one.source is None for one in self._buses.values()):
            log.info("the virtual camera of OBS shows neither program nor preview")
            self._virtual.drop(now_ns)

    def close(self) -> None:
        """Play nothing any more."""
        self._virtual.want(False)

    def _compare(self, bus: str, one: _Bus, now_ns: int) -> None:
        if one.compared is None:
            one.compared = self._next(bus, one, now_ns)
        elif now_ns - one.compared.asked_ns > AFTER_S * 1e9:
            compared, one.compared = one.compared, None
            one.done_ns = compared.asked_ns
            from_ns = compared.asked_ns - round(BEFORE_S * 1e9)
            seen = self._virtual.grids(from_ns, compared.asked_ns + round(AFTER_S * 1e9))
            found = verdict(seen, compared.grid, compared.other)
            if found is not Verdict.UNCLEAR:
                self._believe(bus, lambda following: following.see(found))

    def _next(self, bus: str, one: _Bus, now_ns: int) -> _Compared | None:
        """OBS's newest picture of that bus, when it can be compared."""
        picture = self._hands.screens.picture(_who(bus)) if one.source is not None else None
        settled_ns = self._mixed_ns + round(SETTLED_S * 1e9)
        if picture is None or self._is_mixing or picture.mono_ns <= max(one.done_ns, settled_ns):
            return None
        other = self._hands.screens.picture(_who(OTHER_BUS[bus]))
        return _Compared(picture.mono_ns, grid_of(picture), grid_of(other) if other is not None else None)

    def _believe(self, bus: str, change: Callable[[Following], None]) -> None:
        following = self._buses[bus].following
        was = following.is_shown
        change(following)
        if following.is_shown != was:
            log.info("%s comes from %s", bus, "OBS's virtual camera" if following.is_shown else "screenshots of OBS")
            self._want(bus)

    def _want(self, bus: str) -> None:
        one = self._buses[bus]
        source = one.source if one.is_seen else None
        is_small = one.following.is_shown
        self._hands.screens.want(_who(bus), source, *one.size, is_hidden=is_small, is_first=True)

    def _want_virtual(self) -> None:
        self._virtual.want(self._runs and any(one.is_seen for one in self._buses.values()))


def _who(bus: str) -> str:
    return f"bus:{bus}"
