"""What the desk says by itself: alarms out of the parts' states. It never acts.

Each part says how it is; that a lost camera which is on air outranks one that is not, only the desk can know.
"""

import asyncio
from collections.abc import Callable

from console.cameras import state as tiles
from console.cameras.state import Camera, CameraState
from console.commerce.state import Sale
from console.core.alarms import Alarms, Rank
from console.core.journal import Origin
from console.desk.camera_words import TROUBLE
from console.desk.desk import Desk
from scenes.state import OutputState, Switcher, TakeState

STOP_SHOULD_TAKE_S = 1.0


class Watch:
    """Turns states into alarms for as long as it lives."""

    def __init__(self, desk: Desk, alarms: Alarms) -> None:
        self._desk = desk
        self._alarms = alarms
        self._had_obs = False
        self._running: dict[str, bool] = {}  # stream and record, as last noted
        self._unconfirmed: asyncio.TimerHandle | None = None  # STOP SALE's, while it waits to be worth an alarm
        self._undo: list[Callable[[], None]] = [
            desk.cameras.watch(lambda _: self._cameras()),
            desk.switcher.watch(self._switcher),
            desk.sale.watch(self._stopping),
        ]

    def close(self) -> None:
        """Watch no more."""
        for undo in self._undo:
            undo()
        self._settle_stopping()

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
        for camera in self._desk.cameras.value:
            is_without_obs = camera.origin is tiles.Origin.OBS and not switcher.link.is_up
            if camera.state is CameraState.LIVE or is_without_obs:  # OBS's own alarm speaks for all its tiles
                self._alarms.clear(f"camera.{camera.name}")
            elif camera.state in TROUBLE:
                self._raise_camera(camera, is_on_air=camera.scene is not None and camera.scene == switcher.program)

    def _raise_camera(self, camera: Camera, *, is_on_air: bool) -> None:
        doubt = camera.state in (CameraState.FROZEN, CameraState.BLACK)
        rank = Rank.NOTE if doubt else Rank.LINK
        where = "It is on air." if is_on_air else "It is not on air."
        self._alarms.raise_(
            f"camera.{camera.name}",
            f"camera.{camera.state.value}",
            f'Camera "{camera.name}" {TROUBLE[camera.state]}. {where}',
            fix=camera.fix or "It is tried again by itself.",
            rank=Rank.ON_AIR if is_on_air else rank,
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
        take = switcher.take
        if take is not None and take.state is TakeState.LOST:
            what = take.why or f"OBS says {switcher.claimed}; another picture is on air."
            self._alarms.raise_("take", "take.lost", what, fix="Take the scene again.", rank=Rank.ON_AIR)
        else:
            self._alarms.clear("take")

    def _obs_is_away(self, switcher: Switcher) -> None:
        if switcher.link.fix:  # without one nobody has tried to connect yet
            rank = Rank.ON_AIR if self._had_obs else Rank.LINK
            self._alarms.raise_("obs", "obs.down", switcher.link.why, fix=switcher.link.fix, rank=rank)

    def _note_output(self, name: str, *, is_on: bool) -> None:
        """Journal what OBS proved of the stream or recording, whoever started it."""
        if self._running.get(name, False) != is_on:
            self._running[name] = is_on
            self._desk.journal.write(f"{name}.{'on' if is_on else 'off'}", Origin.OUTSIDE)
