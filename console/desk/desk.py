"""The desk: all state in one place for the views, and the one door through which everything is done.

Loop thread only. It joins the domains' observables and runs actions; the domains know nothing of each other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from console.audio.desk_side import Audio
from console.audio.state import Channel, Levels, Sound
from console.cameras.relay import Relays
from console.cameras.state import Camera, Offer, Picture, Trial
from console.cameras.wall import Cameras
from console.commerce.sale import Commerce
from console.commerce.state import Sale
from console.core.alarms import Alarm, Alarms
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.desk.actions import Action, Actions
from console.desk.camera_book import CameraBook
from console.desk.coughing import Cough
from console.desk.counter_state import CounterState, state_of
from console.desk.delay_mark import DelayMark
from console.desk.drop_book import DropBook
from console.desk.failover import FailoverGuard
from console.desk.failover_state import Failover
from console.desk.host_door import HostDoor
from console.desk.host_state import HostPage
from console.desk.hot import Heat
from console.desk.looks import LookBook
from console.desk.looks_state import Looks
from console.desk.mics import MicsOff
from console.desk.origin import ORIGIN
from console.desk.sound_book import SoundBook
from console.desk.sound_saving import SoundSaving
from console.desk.starting import Starter
from console.desk.starting_state import Starts
from console.desk.stop_offer import StopOffer
from console.desk.view import Notice, Tone
from console.settings.show import Show
from console.shop.adopt import Keeping, ShopKeeper
from console.show.rundown import Rundown
from console.show.sound import names_changed
from scenes.outputs.state import Outputs
from scenes.port import Obs
from scenes.sources.state import SceneSources
from scenes.state import InputLevel, OutputState, Scene, Switcher, new_name

log = logging.getLogger(__name__)

# What a locked desk still does: what makes the show safe, and the unlocking.
ALLOWED_WHEN_LOCKED = frozenset(
    {
        "lock.set",
        "scene.safe",
        "safe.mics_off",
        "failover.hold",
        "start.hold",
        "sale.stop",
        "talkback.hold",
        "cough.hold",
        "notice.dismiss",
        "host.close",
    }
)

MOVED_S: Final = 1.0
WAY_OUT: Final = "take.put_right"
HANDS: Final = frozenset({Origin.KEY, Origin.BUTTON, Origin.HOST, Origin.REMOTE})
TAKES_OF_SAFE: Final = frozenset({"scene.safe", "safe.mics_off"})
TAKES: Final = TAKES_OF_SAFE | {
    *("scene.cut", "scene.auto", "scene.take", "take.put_right", "take.keep", "black.fade", "cue.go", "look.run"),
    *("tbar.move", "tbar.step", "tbar.back", "obs.lead"),
}  # a person decides what is on air
ON_DROPS: Final = frozenset({"drop.fire", "drop.disarm", "drop.close"})  # a person decides what becomes of a drop

UNTOLD: Final = frozenset({("sources.look_at", Origin.CONSOLE)})  # a page that follows each take: nobody did anything


@dataclass(frozen=True, slots=True)
class Parts:
    """The domains that a desk joins."""

    obs: Obs
    cameras: Cameras
    audio: Audio
    commerce: Commerce
    relays: Relays
    keeper: ShopKeeper | None = None  # of our own shop, where there is one


class Desk:
    """The console's whole state, and every action. Built by the app; implements DeskView."""

    def __init__(
        self, show: Show, parts: Parts, actions: Actions, *, journal: Journal, alarms: Alarms, clock: Clock
    ) -> None:
        self.parts = parts
        self.journal = journal
        self.clock = clock
        self.alarm_list = alarms
        self.show = Observable(show)
        self.switcher: Observable[Switcher] = parts.obs.state
        self.sources: Observable[SceneSources] = parts.obs.sources
        self.outputs: Observable[Outputs] = parts.obs.outputs
        writing = asyncio.Lock()  # one change of the show file at a time, whoever makes it
        self.look_book = LookBook(parts.obs, show.looks, journal=journal, writing=writing)
        self.looks: Observable[Looks] = self.look_book.state
        self.guard = FailoverGuard(show, parts.obs, parts.cameras, parts.audio, clock=clock, journal=journal)
        self.failover: Observable[Failover] = self.guard.state
        self.cameras: Observable[tuple[Camera, ...]] = parts.cameras.tiles
        self.camera_book = CameraBook(
            self.show, parts.cameras, parts.obs, parts.relays, journal=journal, clock=clock, writing=writing
        )
        self.sound_book = SoundBook(
            self.show,
            parts.audio,
            SoundSaving(alarms=alarms, writing=writing),
            journal=journal,
            clock=clock,
            is_on_air=self._is_on_air,
        )
        self.drop_book = DropBook(self.show, parts.commerce.state, journal=journal, writing=writing)
        self.offers: Observable[tuple[Offer, ...]] = self.camera_book.offers
        self.trial: Observable[Trial] = parts.cameras.trial
        self.sound: Observable[Sound] = Observable(Sound())
        self.sale: Observable[Sale] = parts.commerce.state
        self.starter = Starter(
            show,
            self.sale,
            clock=clock,
            journal=journal,
            tell=lambda what, fix: self.notice.set(Notice(what, fix)),
            fire=lambda drop: self.run("drop.fire", Origin.AUTOMATION, drop=drop),
        )
        self.starts: Observable[Starts] = self.starter.state
        self.delay = DelayMark(parts.commerce, clock=clock, journal=journal)
        self.delay_marked_ns: Observable[int | None] = self.delay.marked_ns
        self.counter: Observable[CounterState] = Observable(CounterState())
        self.rundown = Observable(Rundown.of(show.cues))
        self.alarms: Observable[tuple[Alarm, ...]] = alarms.present
        self.notice: Observable[Notice | None] = Observable(None)
        self.mics = MicsOff(show, parts.obs, parts.audio, clock=clock, journal=journal)
        self.heat = Heat(
            release_s=show.switching.hot_release_s, clock=clock, journal=journal, on_let_go=self._hot_let_go
        )
        self.hot: Observable[bool] = self.heat.latched
        self.hot_until_ns: Observable[int | None] = self.heat.until_ns
        self.host_door = HostDoor(journal=journal, clock=clock)
        self.host: Observable[HostPage] = self.host_door.state
        self.is_locked = Observable(False)
        self.actions = actions
        self.takes_by_hand = 0
        self.previous_program: str | None = None
        self._program: str | None = None
        self._scenes: tuple[Scene, ...] = ()
        self._refused: tuple[str, Notice] | None = None  # the action that the banner tells of last
        self._channels = show.audio.channels
        self._talking_inputs: frozenset[str] = frozenset()
        self._moved_ns: int | None = None  # when the scenes moved, until somebody was told
        self.cough = Cough()
        self.on_trust: Callable[[], Awaitable[Outcome]] | None = None  # the app's: connect to hosts named far away
        self.on_first_show: Callable[[], Awaitable[Outcome]] | None = None  # the app's: make a show from an OBS
        self._stop_offer = StopOffer(self.sale, self.notice)
        self._undo = [
            parts.audio.state.watch(lambda _: self._join_sound()),
            parts.obs.state.watch(self._follow_switcher),
            self.show.watch(self._follow_show, now=False),
            *([] if parts.keeper is None else [parts.keeper.state.watch(self._follow_keeper)]),
        ]

    def close(self) -> None:
        """Stop watching the parts."""
        for undo in self._undo:
            undo()
        self.look_book.close()
        self.camera_book.close()
        self.heat.close()
        self.guard.close()
        self.starter.close()
        self.delay.close()
        self.mics.close()
        self._stop_offer.close()

    # --- what views poll ---

    def picture(self, camera: str) -> Picture | None:
        """The newest picture of a tile."""
        return self.parts.cameras.picture(camera)

    def bus_picture(self, bus: str) -> Picture | None:
        """The newest picture of "program" or "preview", from OBS; None when there is none."""
        return self.parts.cameras.bus_picture(bus)

    def trial_picture(self) -> Picture | None:
        """The newest picture of the camera that is tried."""
        return self.parts.cameras.trial_picture()

    def camera_level(self, camera: str) -> float:
        """The peak of a camera's own sound, dBFS; of one that OBS shows, what OBS hears of its input, muted or not."""
        source = self.parts.cameras.source(camera)
        meter = self.parts.obs.levels().get(source) if source else None
        return meter.before_fader_dbfs if meter else self.parts.cameras.level(camera)

    def levels(self) -> Levels:
        """All meters now."""
        return self.parts.audio.levels()

    def obs_levels(self) -> Mapping[str, InputLevel]:
        """The meters of OBS's inputs by name."""
        return self.parts.obs.levels()

    # --- the one door ---

    async def run(self, action_id: str, origin: Origin, /, **arguments: object) -> Outcome:
        """Run one action and say what came of it; never raises for what people can cause."""
        action = self.actions.get(action_id)
        if action is None:
            return Outcome.refused(f"There is no action {action_id}.", "Look at the list of actions.")
        started_ns = self.clock.mono_ns()
        token = ORIGIN.set(origin)
        try:
            outcome = await self._try(action, origin, arguments)
        finally:
            ORIGIN.reset(token)
        took_ms = (self.clock.mono_ns() - started_ns) / 1e6
        if outcome.is_done and (action_id, origin) in UNTOLD:
            return outcome.timed(took_ms=took_ms, journal_id="")
        journal_id = self.journal.write(
            "action",
            origin,
            action=action_id,
            arguments=arguments,
            result=outcome.result.value,
            why=outcome.why,
            took_ms=round(took_ms, 2),
        )
        log.info("%s by %s: %s %s", action_id, origin.value, outcome.result.value, outcome.why)
        if action_id != "scene.cancel":  # Esc that finds nothing is how one makes sure
            self._announce(action_id, outcome)
        return outcome.timed(took_ms=took_ms, journal_id=journal_id)

    async def _try(self, action: Action, origin: Origin, arguments: dict[str, object]) -> Outcome:
        if self.is_locked.value and origin in (Origin.KEY, Origin.BUTTON) and not self._is_allowed_locked(action):
            return Outcome.refused("The desk is locked.", "Press L to unlock it.")
        enabled = action.enabled(self)
        if not enabled.is_enabled:
            return Outcome.refused(enabled.why)
        try:
            given = action.parse(arguments)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        try:
            return await self._do(action, origin, given)
        except UserError as error:
            return Outcome.failed(error.what, error.fix)
        except Exception:
            log.exception("action %s", action.id)
            return Outcome.failed(
                f"{action.title}: Cuedrop stumbled over a mistake of its own.", "Look whether it happened, then go on."
            )

    def _is_allowed_locked(self, action: Action) -> bool:
        """What makes the show safe; and Esc holds what is announced on a locked desk, too."""
        is_announced = self.failover.value.is_counting or self.starts.value.is_counting
        is_hold = action.id == "scene.cancel" and is_announced
        return is_hold or action.id in ALLOWED_WHEN_LOCKED

    async def _do(self, action: Action, origin: Origin, arguments: dict[str, Any]) -> Outcome:
        """The action itself; what a person does by hand is not to be overridden (law 6)."""
        if origin in HANDS and action.id in ON_DROPS:
            self.starter.hand(str(arguments["drop"]), origin)
        elif origin in HANDS and action.id == "sale.stop":
            self.starter.stopped(origin)
        if origin not in HANDS or action.id not in TAKES:
            return await action.do(self, **arguments)
        self.takes_by_hand += 1
        async with self.guard.by_hand(origin, is_safe=action.id in TAKES_OF_SAFE):
            return await action.do(self, **arguments)

    def _announce(self, action_id: str, outcome: Outcome) -> None:
        """Put what went otherwise than asked on the banner, until the same is done.

        One that says it already, with a way out, stays.
        """
        shown = self.notice.value
        if outcome.is_done and shown is not None and (action_id, shown) == self._refused:
            self.notice.set(None)
        if shown is not None and shown.offer and shown.what == outcome.why:
            return
        if outcome.result in (Result.REFUSED, Result.FAILED) and outcome.why:
            tone = Tone.BAD if outcome.result is Result.FAILED else Tone.WAIT
            notice = Notice(outcome.why, outcome.fix, tone)
            self._refused = (action_id, notice)
            self.notice.set(notice)

    def scenes_moved_just_now(self) -> bool:
        """Whether scenes changed their numbers or names within MOVED_S. Whoever asks has been told: asked again, no."""
        moved_ns, self._moved_ns = self._moved_ns, None
        return moved_ns is not None and self.clock.mono_ns() - moved_ns < MOVED_S * 1e9

    # --- what joins two domains ---

    def _is_on_air(self) -> bool:
        """Whether somebody outside may see and hear the show now, as far as OBS has said."""
        switcher = self.parts.obs.state.value
        return any(output is not OutputState.OFF for output in (switcher.stream, switcher.record))

    def _hot_let_go(self, why: str) -> None:
        self.notice.set(Notice(f"HOT let go: {why}.", "Latch it again to cut by number.", Tone.WAIT))

    def _follow_scenes(self, switcher: Switcher) -> None:
        """A number or a click means what was there when it was aimed: note when that changed."""
        if not switcher.link.is_up:
            self.heat.let_go("OBS is away")
            return
        before, self._scenes = self._scenes, switcher.scenes
        if before is switcher.scenes:  # most changes are of something else
            return
        if any(old.name != new.name for old, new in zip(before, switcher.scenes, strict=False)):
            self._moved_ns = self.clock.mono_ns()
            self.heat.let_go("the scenes moved")

    def _follow_keeper(self, keeping: Keeping) -> None:
        self.counter.set(state_of(keeping))

    def _follow_show(self, show: Show) -> None:
        """Cameras and presets come and go while the show runs, and channels are called otherwise."""
        before, self._channels = self._channels, show.audio.channels
        self.cough.follow(names_changed(before, self._channels))
        self.guard.follow(show)
        self.parts.commerce.follow(show)
        self.starter.follow(show)
        self.mics.follow(show)
        self._join_sound()

    def _follow_switcher(self, switcher: Switcher) -> None:
        self._program, self.previous_program = (
            new_name(name, self._scenes, switcher.scenes) for name in (self._program, self.previous_program)
        )
        self._follow_scenes(switcher)
        if switcher.program and switcher.program != self._program:
            self.previous_program, self._program = self._program, switcher.program
        self._join_sound()

    def say_who_talks(self, inputs: frozenset[str]) -> None:
        """Show that somebody talks into these inputs, which are muted in OBS, and into no others."""
        if inputs != self._talking_inputs:
            self._talking_inputs = inputs
            self._join_sound()

    def _join_sound(self) -> None:
        """A channel reads muted when it is muted wherever its mute acts, and where it is when that is not so."""
        sound, switcher = self.parts.audio.state.value, self.parts.obs.state.value
        channels = tuple(_as_in_obs(channel, switcher, self._talking_inputs) for channel in sound.channels)
        sound = replace(sound, channels=channels, talking_inputs=self._talking_inputs)
        presets, preset = self.sound_book.presets_in(sound)
        self.sound.set(replace(sound, presets=presets, preset=preset))


def _as_in_obs(channel: Channel, switcher: Switcher, talking: frozenset[str]) -> Channel:
    """A channel, muted as far as it is here and in OBS, each where its mute acts; or nobody knows. And who talks."""
    channel = replace(channel, is_talking_muted=channel.is_talking_muted or channel.obs_input in talking)
    is_here, acts_in_obs = channel.is_muted, channel.obs_input is not None and channel.mutes_obs
    if not switcher.link.is_up:
        return replace(channel, is_muted_here=is_here, is_obs_unknown=is_here and acts_in_obs)
    is_in_obs = channel.obs_input in switcher.muted_inputs
    is_muted = is_in_obs and (is_here or not channel.mutes_returns) if acts_in_obs else is_here
    return replace(channel, is_muted=is_muted, is_muted_here=is_here, is_muted_in_obs=is_in_obs)
