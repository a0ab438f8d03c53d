"""The failover: looks at what is on air, announces SAFE with a countdown, and takes it (law 6). Loop thread only.

What it decides is failover_core's; here are the looks, the clock, the journal and the one thing that it does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from console.audio.desk_side import Audio
from console.cameras import state as tiles
from console.cameras.state import Camera, CameraState
from console.cameras.wall import Cameras
from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.desk.camera_words import TROUBLE
from console.desk.failover_core import Guard, Health, Phase, Sight
from console.desk.failover_state import Failover
from console.settings.show import Show
from scenes.port import Obs
from scenes.state import Switcher, TakeState

LOOK_S: Final = 0.1
SILENT_DBFS: Final = -60.0  # below every open microphone in a room; a cable that was pulled out is far below

_KINDS: Final = {
    (Phase.WATCHING, Phase.COUNTING): "failover.counting",
    (Phase.COUNTING, Phase.WATCHING): "failover.stopped",
    (Phase.COUNTING, Phase.HELD): "failover.held",
    (Phase.COUNTING, Phase.TAKING): "failover.taking",
    (Phase.TAKING, Phase.TAKEN): "failover.taken",
    (Phase.TAKING, Phase.HELD): "failover.not_taken",
    (Phase.TAKING, Phase.WATCHING): "failover.stopped",
    (Phase.HELD, Phase.WATCHING): "failover.watching",
    (Phase.TAKEN, Phase.WATCHING): "failover.over",
}


class FailoverGuard:
    """The failover of one desk. `state` is for the views."""

    def __init__(self, show: Show, obs: Obs, cameras: Cameras, audio: Audio, *, clock: Clock, journal: Journal) -> None:
        self.state: Observable[Failover] = Observable(Failover())
        self._show = show
        self._obs = obs
        self._cameras = cameras
        self._audio = audio
        self._clock = clock
        self._journal = journal
        self._guard = Guard(show.failover.countdown_s, show.failover.silence_s)
        self._hands = 0  # takes by hand that are under way
        self._timer: asyncio.TimerHandle | None = None
        self._taking: asyncio.Task[None] | None = None

    def follow(self, show: Show) -> None:
        """The cameras' own sounds are these from now on."""
        self._show = show

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._taking is not None:
            self._taking.cancel()

    # --- what people do ---

    def why_not(self) -> Outcome | None:
        """Why it cannot be turned on now; None: it can."""
        safe, switcher = self._safe_scene, self._obs.state.value
        if safe is None:
            return Outcome.refused(
                "This show names no safe scene, so there is nothing to fail over to.",
                "Set safe_scene under [obs] in the show file.",
            )
        if switcher.link.is_up and all(scene.name != safe for scene in switcher.scenes):
            fix = "Make it in OBS, or mend safe_scene in the show file."
            return Outcome.refused(f'OBS has no scene "{safe}" to fail over to.', fix)
        return None

    @property
    def _safe_scene(self) -> str | None:
        """As it is called in OBS since it was renamed there, else as the show names it."""
        return self._obs.state.value.safe_scene or self._show.obs.safe_scene

    def set(self, on: bool, origin: Origin) -> Outcome:
        """Turn it on, or off; off also ends what it has begun."""
        refused = self.why_not() if on else None
        if refused is not None:
            return refused
        if not on and self._guard.phase is Phase.TAKING:
            self._obs.cancel_waiting(origin=origin)
        if on is not self.state.value.is_on:
            self._journal.write("failover.on" if on else "failover.off", origin)
        self._move(self._guard.switched(on, self._clock.mono_ns()), origin)
        if on and self._timer is None:
            self._look()
        return Outcome.done("The failover watches." if on else "The failover is off.")

    def hold(self, origin: Origin) -> Outcome:
        """Hold the countdown, or take back the SAFE that it is trying, until what is on air was well again."""
        if self._guard.phase not in (Phase.COUNTING, Phase.TAKING):
            return Outcome.refused("The failover counts nothing down.")
        is_tried = self._guard.phase is Phase.TAKING
        self._move(self._guard.held(self._clock.mono_ns()), origin)
        if is_tried:
            self._obs.cancel_waiting(origin=origin)
        return Outcome.done("The failover is held until what is on air was well again.")

    @contextlib.asynccontextmanager
    async def by_hand(self, origin: Origin, *, is_safe: bool = False) -> AsyncIterator[None]:
        """A person takes something: nothing is counted meanwhile, and afterwards the watching begins anew.

        A SAFE that the failover is trying gives way first, unless SAFE is what the person wants.
        """
        taking = self._taking
        was_trying = self._guard.phase is Phase.TAKING
        self._hands += 1
        self._move(self._guard.hand(self._clock.mono_ns()), origin, because="A person takes something.")
        try:
            if was_trying and taking is not None and not is_safe:
                self._obs.cancel_waiting(origin=origin)
                await asyncio.gather(taking, return_exceptions=True)
            yield
        finally:
            self._hands -= 1
            self._move(self._guard.hand(self._clock.mono_ns()), origin, because="A person has taken something.")

    # --- what is seen ---

    def _look(self) -> None:
        if self._guard.phase is Phase.OFF:
            self._timer = None
            return
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        before = self._guard.phase
        sight = self._sight()
        because = "What is on air is well again." if sight.health is Health.WELL else "Something else is on air."
        self._move(self._guard.looked(sight, self._clock.mono_ns()), Origin.AUTOMATION, because=because)
        if before is not Phase.TAKING and self._guard.phase is Phase.TAKING:
            self._taking = asyncio.create_task(self._take(), name="failover")

    def _sight(self) -> Sight:
        switcher = self._obs.state.value
        scene = on_air(switcher)
        cameras = [camera for camera in self._cameras.tiles.value if scene is not None and camera.scene == scene]
        health, why = _health_of(cameras)
        is_silent, whose = self._sound_of(cameras, switcher)
        return Sight(
            scene=scene,
            health=health,
            why=why,
            is_silent=is_silent,
            whose=whose,
            can_take=switcher.link.is_up and scene not in (None, self._safe_scene) and self.why_not() is None,
            is_hand_busy=self._hands > 0 or _is_somebody_busy(switcher),
        )

    def _sound_of(self, cameras: list[Camera], switcher: Switcher) -> tuple[bool | None, str]:
        """Whether a camera's own sound is silent though nobody muted it (None: nobody can tell), and whose it is."""
        wanted = {camera.name: camera.sound for camera in self._show.cameras if camera.sound}
        verdicts = [(camera.name, self._is_silent(wanted[camera.name], switcher)) for camera in cameras
                    if camera.name in wanted]  # fmt: skip
        silent = next((name for name, is_silent in verdicts if is_silent), None)
        if silent is not None:
            return True, f'Camera "{silent}"'
        return (None if any(verdict is None for _, verdict in verdicts) else False), ""

    def _is_silent(self, sound: str, switcher: Switcher) -> bool | None:
        """Of a channel, else of an input of OBS; None where there is no meter of it."""
        heard = self._audio.state.value
        names = [channel.name for channel in heard.channels]
        if sound in names:
            index = names.index(sound)
            levels = self._audio.levels().channels
            if heard.channels[index].is_muted:
                return False
            return levels[index].peak_dbfs < SILENT_DBFS if heard.link.is_up and index < len(levels) else None
        if sound in switcher.muted_inputs:
            return False
        level = self._obs.levels().get(sound)
        return level.before_fader_dbfs < SILENT_DBFS if level is not None else None

    # --- what it does ---

    async def _take(self) -> None:
        """Take SAFE. The link tries it until OBS confirms; a person may take it back."""
        outcome = Outcome.pending()
        while outcome.result is Result.PENDING and self._guard.phase is Phase.TAKING:
            outcome = await self._obs.safe(origin=Origin.AUTOMATION)
        now = self._clock.mono_ns()
        if outcome.is_done:
            self._move(self._guard.taken(now), Origin.AUTOMATION)
        elif outcome.result is not Result.PENDING:
            why = f"{self._guard.why} SAFE was not taken: {outcome.why}".strip()
            self._move(self._guard.not_taken(why, now), Origin.AUTOMATION)

    def _move(self, guard: Guard, origin: Origin, *, because: str = "") -> None:
        before, self._guard = self._guard, guard
        kind = _KINDS.get((before.phase, guard.phase))
        if kind is not None:
            why = guard.why or before.why
            self._journal.write(kind, origin, why=why, because=because, scene=guard.scene)
        self.state.set(
            Failover(
                is_on=guard.phase is not Phase.OFF,
                why=guard.why,
                since_mono_ns=guard.since_ns if guard.phase is not Phase.WATCHING else 0,
                due_mono_ns=guard.due_ns,
                is_held=guard.phase is Phase.HELD,
                has_taken=guard.phase is Phase.TAKEN,
            )
        )


def on_air(switcher: Switcher) -> str | None:
    """The scene that viewers see: as proved, else as OBS names it where only the picture could prove it."""
    take = switcher.take
    named = take.on_air if take is not None and take.state is TakeState.LOST else switcher.claimed
    return switcher.program or named


def _health_of(cameras: list[Camera]) -> tuple[Health, str]:
    """How the worst of the cameras on air is, and its words. FROZEN is a doubt and no fault: a still is a picture."""
    health = Health.WELL
    for camera in cameras:
        # an OBS that is late with its pictures of a scene says nothing against the scene
        is_obs_late = camera.state is CameraState.STALLED and camera.origin is tiles.Origin.OBS
        if camera.state is CameraState.CONNECTING or is_obs_late:
            health = Health.UNCLEAR
        elif camera.state in (CameraState.LOST, CameraState.STALLED, CameraState.BLACK):
            return Health.FAULT, f'Camera "{camera.name}" {TROUBLE[camera.state]}.'
    return health, ""


def _is_somebody_busy(switcher: Switcher) -> bool:
    """Somebody's take is under way, or their hand is on the T-bar."""
    take = switcher.take
    is_under_way = take is not None and take.state in (TakeState.WAITING, TakeState.SENT)
    return is_under_way or switcher.in_transition or switcher.t_bar is not None
