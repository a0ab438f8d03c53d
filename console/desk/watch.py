"""What the desk says by itself: alarms out of the parts' states. It never acts.

Each part says how it is; that a lost camera which is on air outranks one that is not, only the desk can know.
"""

import asyncio
from collections.abc import Callable

from console.audio.sound_alarms import Trouble, words_of
from console.cameras import state as tiles
from console.cameras.state import Camera, CameraState
from console.commerce.state import Sale
from console.core.alarms import Alarms, Rank
from console.core.journal import Origin
from console.desk.camera_words import TROUBLE
from console.desk.desk import WAY_OUT, Desk
from console.desk.failover_state import Failover
from console.desk.obs_troubles import troubles
from console.desk.talking import TalkingMuted, alarms_of
from console.desk.view import Notice, Tone
from scenes.state import OutputState, Switcher, TakeState

STOP_SHOULD_TAKE_S = 1.0
MUTES_SHOULD_TAKE_S = 1.0
LOOK_S = 0.25


class Watch:
    """Turns states into alarms for as long as it lives."""

    def __init__(self, desk: Desk, alarms: Alarms) -> None:
        self._desk = desk
        self._alarms = alarms
        self._had_obs = False
        self._watched: frozenset[str] = frozenset()  # cameras, by name
        self._running: dict[str, bool] = {}  # stream and record, as last noted
        self._unconfirmed: asyncio.TimerHandle | None = None  # STOP SALE's, while it waits to be worth an alarm
        self._raised: frozenset[str] = frozenset()  # the troubles of OBS that are alarms now
        self._muted_talk = TalkingMuted()
        self._talks: frozenset[Trouble] = frozenset()
        self._lost: Notice | None = None  # the banner of a take lost, while it stands
        self._again: asyncio.TimerHandle | None = None
        self._undo: list[Callable[[], None]] = [
            desk.cameras.watch(lambda _: self._cameras()),
            desk.switcher.watch(self._switcher),
            desk.sale.watch(self._stopping),
            desk.failover.watch(self._failover),
        ]
        self._look()

    def close(self) -> None:
        """Watch no more."""
        for undo in self._undo:
            undo()
        self._settle_stopping()
        if self._again is not None:
            self._again.cancel()

    def _look(self) -> None:
        """What changes by the clock alone (media that plays on) is looked at now and then, all of it at once."""
        self._again = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        desk = self._desk
        found = troubles(desk.switcher.value, desk.sources.value, desk.outputs.value, desk.clock.mono_ns())
        for trouble in found:
            self._alarms.raise_(trouble.id, trouble.kind, trouble.what, fix=trouble.fix, rank=trouble.rank)
        now = frozenset(trouble.id for trouble in found)
        for id in self._raised - now:
            self._alarms.clear(id)
        self._raised = now
        self._mics()
        self._talking()

    def _talking(self) -> None:
        """Somebody who talks into what is muted in OBS."""
        desk = self._desk
        talking = self._muted_talk.look(
            desk.show.value,
            desk.parts.audio.state.value.channels,
            levels=desk.obs_levels(),
            muted=desk.switcher.value.muted_inputs,
            elapsed_s=LOOK_S,
        )
        desk.say_who_talks(talking)
        now = alarms_of(desk.show.value, talking)
        for trouble in now - self._talks:
            words = words_of(trouble)
            self._alarms.raise_(trouble.alarm, words.kind, words.what, fix=words.fix, rank=words.rank)
        for trouble in self._talks - now:
            self._alarms.clear(trouble.alarm)
        self._talks = now

    def _mics(self) -> None:
        """Microphones that should be off, and that OBS has not confirmed so for a second."""
        mics = self._desk.mics
        is_late = self._desk.clock.mono_ns() - mics.since_mono_ns > MUTES_SHOULD_TAKE_S * 1e9
        if mics.is_trying and is_late:
            what = f"OBS has not confirmed that these are muted: {', '.join(mics.unconfirmed.value) or 'microphones'}."
            fix = "It is tried until it does; Esc takes it back."
            self._alarms.raise_("mics", "mics.not_muted", what, fix=fix, rank=Rank.ON_AIR)
        elif not mics.is_trying:
            self._alarms.clear("mics")

    def _failover(self, failover: Failover) -> None:
        if failover.has_taken:
            what = f"The failover has taken SAFE. {failover.why}"
            fix = "Take a scene by hand when it is well again: it never goes back by itself."
            self._alarms.raise_("failover", "failover.taken", what, fix=fix, rank=Rank.ON_AIR)
        elif failover.is_held:
            what = f"The failover is held. {failover.why}"
            fix = "Take another scene, or SAFE. It watches again when what is on air was well for a moment."
            self._alarms.raise_("failover", "failover.held", what, fix=fix, rank=Rank.NOTE)
        else:
            self._alarms.clear("failover")

    def _stopping(self, sale: Sale) -> None:
        if not sale.is_stopping:
            self._settle_stopping()
            self._alarms.clear("sale.stopping")
        elif self._unconfirmed is None:
            loop = asyncio.get_running_loop()
            self._unconfirmed = loop.call_later(STOP_SHOULD_TAKE_S, self._stop_is_late)

    def _settle_stopping(self) -> None:
        if self._unconfirmed is not None:
            self._unconfirmed.cancel()
            self._unconfirmed = None

    def _stop_is_late(self) -> None:
        what = "STOP SALE is not confirmed: buyers may still be buying."
        fix = "It is tried until the shop answers; Esc takes it back."
        self._alarms.raise_("sale.stopping", "sale.stopping", what, fix=fix, rank=Rank.ON_AIR)

    def _cameras(self) -> None:
        switcher = self._desk.switcher.value
        there = frozenset(camera.name for camera in self._desk.cameras.value)
        for gone in self._watched - there:  # removed, or called otherwise
            self._alarms.clear(f"camera.{gone}")
        self._watched = there
        for camera in self._desk.cameras.value:
            is_without_obs = camera.origin is tiles.Origin.OBS and not switcher.link.is_up
            if camera.state is CameraState.LIVE or is_without_obs:  # OBS's own alarm speaks for all its tiles
                self._alarms.clear(f"camera.{camera.name}")
            elif camera.state in TROUBLE:
                self._raise_camera(camera, is_on_air=camera.scene is not None and camera.scene == switcher.program)

    def _raise_camera(self, camera: Camera, *, is_on_air: bool) -> None:
        where = "It is on air." if is_on_air else "It is not on air."
        self._alarms.raise_(
            f"camera.{camera.name}",
            f"camera.{camera.state.value}",
            f'Camera "{camera.name}" {TROUBLE[camera.state]}. {where}',
            fix=camera.fix or "It is tried again by itself.",
            rank=_rank_of(camera.state, is_on_air=is_on_air),
        )

    def _switcher(self, switcher: Switcher) -> None:
        self._cameras()
        if not switcher.link.is_up:
            self._obs_is_away(switcher)
            return
        self._had_obs = True
        self._alarms.clear("obs")
        for name, state in (("stream", switcher.stream), ("record", switcher.record)):
            self._note_output(name, is_on=state in (OutputState.ON, OutputState.RECONNECTING))
        self._take(switcher)

    def _take(self, switcher: Switcher) -> None:
        """A take lost is an alarm until it is put right; both ways out are named, the banner's button is the first."""
        take = switcher.take
        if take is None or take.state is not TakeState.LOST:
            self._alarms.clear("take")
            if self._lost is not None and self._desk.notice.value == self._lost:
                self._desk.notice.set(None)
            self._lost = None
            return
        what = take.why or f"OBS says {switcher.claimed}; another picture is on air."
        fix = f"R takes {take.scene} again; Shift+R keeps {take.on_air or 'the picture'} and corrects OBS."
        self._alarms.raise_("take", "take.lost", what, fix=fix, rank=Rank.ON_AIR)
        notice = Notice(what, fix, Tone.BAD, offer=WAY_OUT)
        if self._lost != notice:
            self._lost = notice
            self._desk.notice.set(notice)

    def _obs_is_away(self, switcher: Switcher) -> None:
        if switcher.link.fix:  # without one nobody has tried to connect yet
            rank = Rank.ON_AIR if self._had_obs else Rank.LINK
            self._alarms.raise_("obs", "obs.down", switcher.link.why, fix=switcher.link.fix, rank=rank)

    def _note_output(self, name: str, *, is_on: bool) -> None:
        """Journal what OBS proved of the stream or recording, whoever started it."""
        if self._running.get(name, False) != is_on:
            self._running[name] = is_on
            self._desk.journal.write(f"{name}.{'on' if is_on else 'off'}", Origin.OUTSIDE)


def _rank_of(state: CameraState, *, is_on_air: bool) -> Rank:
    """How bad a camera's trouble is. FROZEN is a doubt and no fault, on air as well: a still is a picture."""
    if state is CameraState.FROZEN:
        return Rank.NOTE
    if is_on_air:
        return Rank.ON_AIR
    return Rank.NOTE if state is CameraState.BLACK else Rank.LINK
