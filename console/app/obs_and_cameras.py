"""What the wall of cameras is told of OBS: if it is there, what it is busy with, what is on its buses. Loop thread."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from console.cameras.held import held_lines
from console.cameras.mrl import is_loopback
from console.cameras.offers import DEVICE_KEYS
from console.cameras.pace import Work
from console.cameras.wall import Cameras
from scenes.outputs.state import Outputs
from scenes.port import Obs
from scenes.sources.addresses import inputs_of, media_addresses
from scenes.state import OutputState, Switcher, TakeState
from scenes.wire.line import ObsGone

LOOK_EVERY_S: Final = 5.0  # OBS before 5.4 does not tell that an input got another address


class Telling:
    """Tells `cameras` of `obs`. `obs_url`: where that OBS is, None for the practice studio's."""

    def __init__(self, obs: Obs, cameras: Cameras, *, obs_url: str | None) -> None:
        self._obs = obs
        self._cameras = cameras
        self._is_practice = obs_url is None
        self._is_here = obs_url is not None and is_loopback(urlsplit(obs_url).hostname or "")
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> list[Callable[[], None]]:
        """Tell from now on; returns what ends it.

        Called before the desk is built: what was said of OBS's pictures while it was away must not become an alarm
        when it is back.
        """
        return [self._obs.state.watch(self._tell), self._obs.outputs.watch(self._tell_of_work), self._end]

    def show_buses(self) -> Callable[[], None]:
        """Show what is on program and preview from now on; returns what ends it."""
        return self._obs.state.watch(self._tell_of_buses)

    def _tell(self, switcher: Switcher) -> None:
        take = switcher.take
        self._cameras.obs_answers(switcher.link.is_up)
        is_sent = take is not None and take.state is TakeState.SENT and switcher.t_bar is None  # a hand wants to see
        self._cameras.obs_takes(is_sent, is_mixing=switcher.in_transition)
        self._cameras.obs_mixes(switcher.in_transition or switcher.t_bar is not None)
        self._tell_of_virtual_camera()
        if switcher.link.is_up and self._looking is None and not self._is_practice:
            self._looking = asyncio.create_task(self._look(), name="addresses that OBS holds")

    async def _look(self) -> None:
        """Tell which addresses OBS holds, and what moves in it: at once when it is there, and now and then."""
        while True:
            if self._obs.state.value.link.is_up:
                with contextlib.suppress(ObsGone):  # the link says so
                    inputs = await media_addresses(self._obs)
                    if inputs is not None:
                        self._cameras.obs_holds(held_lines(inputs, is_here=self._is_here))
                        devices = frozenset(await inputs_of(self._obs, DEVICE_KEYS) or ())
                        self._cameras.obs_moves(devices | frozenset(inputs) | self._showing(devices))
            await asyncio.sleep(LOOK_EVERY_S)

    def _showing(self, devices: frozenset[str]) -> frozenset[str]:
        """The scenes that show one of these: what comes from a camera is never quite still."""
        return frozenset(scene.name for scene in self._obs.state.value.scenes if scene.inputs & devices)

    def _end(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    def _tell_of_work(self, outputs: Outputs) -> None:
        if outputs.history:
            last, frame_ms = outputs.history[-1], 1000 / outputs.fps if outputs.fps else 0.0
            self._cameras.obs_works(Work(last.at_mono_ns, last.render_ms, frame_ms, last.skipped + last.lagged))
        self._tell_of_virtual_camera()

    def _tell_of_virtual_camera(self) -> None:
        """It is a device of the machine that OBS runs on: another machine's is not looked for here."""
        output = self._obs.outputs.value.vcam
        runs = output is not None and output.state is OutputState.ON and self._obs.state.value.link.is_up
        self._cameras.obs_virtual_camera(runs and self._is_here)

    def _tell_of_buses(self, switcher: Switcher) -> None:
        take = switcher.take
        on_air = take.on_air if take is not None and take.state is TakeState.LOST else None  # OBS names another one
        self._cameras.watch_bus("program", switcher.program or on_air or switcher.claimed)
        self._cameras.watch_bus("preview", switcher.preview)
