"""Cameras that Cuedrop takes once and hands on: to OBS over loopback, and to its own tile. Loop thread only.

What OBS is told is not done here: this keeps the workers, and says where each camera's stream is to be had.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from console.cameras import relay_worker
from console.cameras.messages import Password, Report, Stage
from console.cameras.mrl import Kind, parse_mrl
from console.cameras.plan import plan_of
from console.cameras.state import Camera as Tile
from console.cameras.state import CameraState
from console.core.errors import UserError
from console.settings.secrets import need_secret
from console.settings.show import Camera
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 2.5
NICENESS: Final = 2  # OBS gets what is on air through it: before the tiles, behind OBS
ASK_AGAIN_S: Final = 5.0
AS_IT_IS: Final = frozenset({"srt", "udp", "rist", "tcp"})  # what carries MPEG-TS as bytes
HERE: Final = "127.0.0.1"


def why_not(camera: Camera) -> UserError | None:
    """Why `camera` cannot be handed on; None when it can."""
    if camera.mrl is None:
        return UserError(f"{camera.name} has no address of its own: OBS has it.", fix="Give it an address first.")
    address = parse_mrl(camera.mrl)
    if address.kind is Kind.DEVICE:
        return UserError(f"{camera.name} is a device: only one program can open it.", fix="Leave it to OBS.")
    if address.kind in (Kind.FILE, Kind.UNKNOWN) or address.scheme not in AS_IT_IS:
        what = "a file" if address.kind is Kind.FILE else f"{address.scheme}://"
        return UserError(
            f"{camera.name} is {what}, which several programs can open at once: there is nothing to hand over.",
            fix="Let OBS open the same address.",
        )
    return None


def may_be_handed(camera: Camera) -> bool:
    """Whether it makes sense to ask: its own address can be handed on, or OBS's source may have one that can."""
    return why_not(camera) is None if camera.mrl is not None else camera.source is not None


def loopback_mrl(port: int) -> str:
    """Where a program of this machine opens what is handed on to `port`."""
    return f"udp://@{HERE}:{port}"


def free_port() -> int:
    """A UDP port of this machine that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


def free_to_listen(port: int) -> bool:
    """Whether nobody on this machine listens on that UDP port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


class Relay:
    """One camera that is handed on. Build it within a running loop; `close` ends the process."""

    def __init__(self, camera: Camera, supervisor: Supervisor) -> None:
        assert camera.mrl is not None
        assert camera.relay_port is not None
        self.plays = _played(camera)
        self.tile_port = free_port()
        self.report = Report(Stage.OPENING)
        self.since_ns = time.monotonic_ns()  # of the report
        self._password: Password | None = None
        self._is_closed = False
        self._worker: Worker = supervisor.start(
            WorkerSpec(
                f"relay {camera.name}",
                relay_worker.main,
                {
                    "mrl": camera.mrl,
                    "options": camera.options,
                    "ports": (camera.relay_port, self.tile_port),
                    "has_password": camera.secret is not None,
                },
                HEARTBEAT_S,
                niceness=NICENESS,
            ),
            on_message=self._heard,
            on_state=self._worker_is,
        )
        self._asking = asyncio.create_task(self._ask(camera.secret)) if camera.secret is not None else None

    @property
    def pid(self) -> int | None:
        """The worker's process; None while there is none."""
        return self._worker.pid

    async def close(self) -> None:
        """End the worker; returns when its process is gone, and the stream free for others."""
        self._is_closed = True
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking
        await self._worker.stop()

    async def _ask(self, secret: str) -> None:
        while self._password is None:
            try:
                self._password = Password(await need_secret(secret))
            except UserError as error:
                self._become(Report(Stage.LOST, why=error.what, fix=error.fix))
                await asyncio.sleep(ASK_AGAIN_S)
        self._worker.send(self._password)

    def _heard(self, message: object) -> None:
        if isinstance(message, Report):
            self._become(message)

    def _become(self, report: Report) -> None:
        if report != self.report:
            self.report, self.since_ns = report, time.monotonic_ns()

    def _worker_is(self, state: WorkerState) -> None:
        if self._is_closed:
            return
        if state is WorkerState.RUNNING and self._password is not None:
            self._worker.send(self._password)
        elif state is WorkerState.DEAD:
            self._become(Report(Stage.LOST, why="The process that hands it on ended.", fix="It is started anew."))


class Relays:
    """All cameras that are handed on. Build it within a running loop; `close` ends every worker."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._relays: dict[str, Relay] = {}

    async def open(self, cameras: Sequence[Camera], *, is_trusted: bool) -> None:
        """Hand on those of `cameras` that have a relay port, and no others; unchanged ones go on undisturbed.

        Returns when the workers that ended have let go of their streams.
        """
        wanted = {camera.name: camera for camera in cameras if _is_relayed(camera, is_trusted=is_trusted)}
        old, self._relays = self._relays, {}
        by_play = {relay.plays: relay for relay in old.values()}
        gone = [relay for relay in old.values() if relay.plays not in {_played(c) for c in wanted.values()}]
        kept = {name: by_play.get(_played(camera)) for name, camera in wanted.items()}
        self._relays = {name: relay for name, relay in kept.items() if relay is not None}
        await asyncio.gather(*(relay.close() for relay in gone))
        for name, camera in wanted.items():
            if name not in self._relays:
                self._relays[name] = Relay(camera, self._supervisor)

    def seen_as(self, camera: Camera) -> Camera:
        """`camera` as its tile is to open it: by what is handed on, when it is."""
        relay = self._relays.get(camera.name)
        if relay is None:
            return camera
        return camera.model_copy(
            update={"mrl": loopback_mrl(relay.tile_port), "options": (), "secret": None, "may_open": True}
        )

    def report(self, name: str) -> Report | None:
        """How the stream of a camera that is handed on comes in; None when it is not handed on."""
        relay = self._relays.get(name)
        return relay.report if relay else None

    def pid(self, name: str) -> int | None:
        """The process that hands a camera on; None when there is none."""
        relay = self._relays.get(name)
        return relay.pid if relay else None

    def told(self, tile: Tile) -> Tile:
        """`tile` with what the relay knows better: why nothing comes in."""
        relay = self._relays.get(tile.name)
        if relay is None or relay.report.stage is not Stage.LOST:
            return tile
        report = relay.report
        return replace(tile, state=CameraState.LOST, why=report.why, fix=report.fix, since_mono_ns=relay.since_ns)

    async def close(self) -> None:
        """End every worker."""
        relays, self._relays = list(self._relays.values()), {}
        await asyncio.gather(*(relay.close() for relay in relays))


def _is_relayed(camera: Camera, *, is_trusted: bool) -> bool:
    if camera.relay_port is None or why_not(camera) is not None:
        return False
    allowed = camera.model_copy(update={"may_open": True})  # the relay is the director's yes
    return plan_of(allowed, is_trusted=is_trusted).is_open


def _played(camera: Camera) -> tuple[object, ...]:
    return camera.mrl, camera.options, camera.secret, camera.relay_port
