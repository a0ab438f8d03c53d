"""What the views and the remote surfaces see of the desk: a protocol, so that they can be tried on values alone.

Loop thread only. Views read observables and call `run`; nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from console.audio.state import Levels, Sound
from console.cameras.state import Camera, Offer, Picture, Trial
from console.commerce.state import Sale
from console.core.alarms import Alarm
from console.core.clock import Clock
from console.core.journal import Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.actions import Actions
from console.desk.counter_state import CounterState
from console.desk.failover_state import Failover
from console.desk.host_state import HostPage
from console.desk.looks_state import Looks
from console.desk.starting_state import Starts
from console.settings.show import Show
from console.show.rundown import Rundown
from scenes.outputs.state import Outputs
from scenes.sources.state import SceneSources
from scenes.state import InputLevel, Switcher


class Tone(StrEnum):
    """How a banner is to be taken."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notice:
    """The banner: what happened, what to do now. `offer` is an action id that its button runs, if any."""

    what: str
    fix: str = ""
    tone: Tone = Tone.WAIT
    offer: str = ""


class DeskView(Protocol):
    """The desk as views see it."""

    show: Observable[Show]
    switcher: Observable[Switcher]
    sources: Observable[SceneSources]
    outputs: Observable[Outputs]
    looks: Observable[Looks]
    failover: Observable[Failover]
    starts: Observable[Starts]  # drops that are about to be fired by themselves
    cameras: Observable[tuple[Camera, ...]]
    offers: Observable[tuple[Offer, ...]]  # cameras that were found and are not in the show
    trial: Observable[Trial]
    sound: Observable[Sound]
    sale: Observable[Sale]
    delay_marked_ns: Observable[int | None]  # the stream's delay is being measured since (monotonic)
    counter: Observable[CounterState]  # our own shop's table in the room
    rundown: Observable[Rundown]
    host: Observable[HostPage]  # the host's and the moderator's page
    alarms: Observable[tuple[Alarm, ...]]
    notice: Observable[Notice | None]
    hot: Observable[bool]  # HOT latched: number keys may cut
    hot_until_ns: Observable[int | None]  # when HOT lets go by itself (monotonic); None while it is off
    is_locked: Observable[bool]
    actions: Actions
    clock: Clock

    def picture(self, camera: str) -> Picture | None:
        """The newest picture of a tile; poll it at the display's rate."""
        ...

    def bus_picture(self, bus: str) -> Picture | None:
        """The newest picture of "program" or "preview", from OBS; None when there is none."""
        ...

    def trial_picture(self) -> Picture | None:
        """The newest picture of the camera that is tried before it is kept."""
        ...

    def camera_level(self, camera: str) -> float:
        """The peak of a camera's own sound in the last 100 ms, dBFS; FLOOR_DBFS when it has none. Poll it."""
        ...

    def levels(self) -> Levels:
        """All meters now; poll it at the display's rate."""
        ...

    def obs_levels(self) -> Mapping[str, InputLevel]:
        """The meters of OBS's inputs by name; poll it."""
        ...

    async def run(self, action_id: str, origin: Origin, /, **arguments: object) -> Outcome:
        """Run one action and say what came of it; never raises for what people can cause."""
        ...
