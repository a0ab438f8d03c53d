"""Cameras handed to OBS: Cuedrop takes the stream once, OBS's media source takes it from here; undone with one click.

Loop thread only. Each step is one that can be gone back from: what OBS had is on disk before OBS is touched, and a
picture in OBS is proved by its cursor that moves.
"""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from console.cameras.messages import Stage
from console.cameras.mrl import is_loopback, parse_mrl
from console.cameras.relay import Relays, free_to_listen, why_not
from console.cameras.state import Camera as Tile
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.handed import Handed, read_handed, write_handed
from console.settings.addresses import addresses_in, without_password
from console.settings.secrets import forget_secret, get_secret, set_secret
from console.settings.show import Camera, Show
from scenes.port import Obs
from scenes.sources import relay
from scenes.sources.relay import MediaInput
from scenes.state import TakeState
from scenes.wire.line import ObsGone, ObsRefused

PROOF_S: Final = 15.0  # until OBS must show it: the stream is taken anew, and OBS waits for a key frame
BACK_S: Final = 6.0  # how long the picture is waited for in OBS, put back
AGAIN_S: Final = 0.25
LOOK_S: Final = 2.0
PORTS: Final = range(21_000, 22_000)  # no system hands these out by itself
KEPT: Final = frozenset({"mode", "streamid"})  # of an address's options: the rest means other things to FFmpeg

HANDED: Final = "handed to OBS"
OPENS: Final = "OBS opens it"
NOTHING_COMES: Final = "nothing comes in"
NOT_TAKEN: Final = "OBS does not take it"
OBS_IS_AWAY: Final = "OBS is away"

Keep = Callable[[str, int | None, str | None], Awaitable[Camera]]  # name, relay port, mrl: into the show


class HandOver:
    """The hand-overs of one show. `keep` writes a camera's port and address into the show, and opens what follows."""

    def __init__(self, show: Observable[Show], obs: Obs, relays: Relays, *, journal: Journal, keep: Keep) -> None:
        self._show = show
        self._obs = obs
        self._relays = relays
        self._journal = journal
        self._keep = keep
        self._path: Path | None = None
        self._handed: tuple[Handed, ...] = ()
        self._words: dict[str, str] = {}
        self._is_trusted = False
        self._doing = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    def keep_in(self, path: Path) -> None:
        """Where it is kept what OBS had before. Raises UserError when what is there cannot be read."""
        self._path = path
        self._handed = read_handed(path)

    def close(self) -> None:
        """Look no more. Nothing in OBS is changed by that."""
        if self._looking is not None:
            self._looking.cancel()

    def told(self, tile: Tile) -> Tile:
        """`tile` with how its hand-over is."""
        words = self._words.get(tile.name, "")
        return replace(self._relays.told(tile), relay=words) if words else tile

    def is_handed(self, camera: Camera) -> bool:
        """Whether OBS was told to take this camera from Cuedrop."""
        return self._record(camera) is not None

    async def open(self, cameras: Sequence[Camera], *, is_trusted: bool) -> tuple[Camera, ...]:
        """Hand on those that have a port; the cameras as their tiles are to open them."""
        self._is_trusted = is_trusted
        await self._relays.open(cameras, is_trusted=is_trusted)
        self._words = {c.name: self._words.get(c.name, OPENS) for c in cameras if self._relays.report(c.name)}
        if self._words and self._looking is None:
            self._looking = asyncio.create_task(self._look_after(), name="hand-overs")
        return tuple(self._relays.seen_as(camera) for camera in cameras)

    async def set(self, camera: Camera, on: bool, *, origin: Origin) -> Outcome:
        """Hand `camera` to OBS, or let OBS take it itself again; done when OBS shows it, or has what it had.

        Raises UserError for what is refused: nothing was changed.
        """
        async with self._doing:
            try:
                return await (self._on(camera, origin) if on else self._off(camera, origin))
            except ObsGone as gone:
                return Outcome.failed(f"OBS went away: {gone.why}", gone.fix or "Try again when it is back.")
            except ObsRefused as refusal:
                return Outcome.failed(
                    f"OBS refuses: {(refusal.comment or refusal.request).rstrip('.')}.", "Look at OBS."
                )

    # on

    async def _on(self, camera: Camera, origin: Origin) -> Outcome:
        if self.is_handed(camera):
            return Outcome.refused(f"{camera.name} is handed to OBS already.")
        if not is_loopback(urlsplit(self._show.value.obs.url).hostname or ""):
            raise UserError("OBS runs on another machine, and this hand-over is of one machine.", fix="Use OBS here.")
        source = await self._source_of(camera)
        taken = camera.model_copy(update={"mrl": camera.mrl or _mrl_in(source)})
        if refused := why_not(taken):
            raise refused
        if source.is_on_air:
            raise UserError(
                f"{camera.name} is on air, and its picture would stop for a moment.", fix="Take another scene first."
            )
        port = camera.relay_port or self._port()
        record = await self._remember(source, port, camera.mrl)
        try:
            if not await relay.point(self._obs, source.name, port):
                await self._undo_point(source, record)
                return Outcome.failed(f"OBS did not take {camera.name} from Cuedrop.", "Look at that source in OBS.")
            await self._keep(camera.name, port, taken.mrl)
        except (ObsRefused, UserError):
            await self._undo_point(source, record)
            raise
        self._journal.write("relay.on", origin, camera=camera.name, input=source.name, port=port)
        if await self._is_moving(source.name, PROOF_S):
            self._words[camera.name] = HANDED
            return Outcome.done(f"OBS gets {camera.name} from Cuedrop now, as long as Cuedrop runs.")
        report = self._relays.report(camera.name)
        why = report.why if report and report.stage is Stage.LOST else "OBS shows no picture of it yet."
        return Outcome.failed(
            f"{camera.name} is handed over, but: {why}", "Wait a moment, or turn the hand-over off: all is as before."
        )

    async def _source_of(self, camera: Camera) -> MediaInput:
        """The media source of OBS that shows `camera`. Raises UserError, ObsGone."""
        found = await relay.media_inputs(self._obs, self._inputs_of(camera))
        same = [each for each in found if camera.mrl and _place(camera.mrl) in map(_place, addresses_in(each.settings))]
        chosen = same or [each for each in found if addresses_in(each.settings)] or found
        if len(chosen) == 1:
            return chosen[0]
        if not chosen:
            raise UserError(
                f"OBS has no media source that shows {camera.name}.",
                fix="Add one to its scene in OBS, or name it as the camera's source.",
            )
        listed = ", ".join(each.name for each in chosen)
        raise UserError(f"OBS has several media sources there: {listed}.", fix="Name one as the camera's source.")

    def _inputs_of(self, camera: Camera) -> list[str]:
        """The inputs of OBS among which its media source is."""
        scenes = {scene.name: scene.inputs for scene in self._obs.state.value.scenes}
        if camera.source is not None and camera.source not in scenes:
            return [camera.source]
        return sorted(scenes.get(camera.source or camera.scene or "", ()))

    async def _remember(self, source: MediaInput, port: int, mrl: str | None) -> Handed:
        """Keep what OBS has now. Raises UserError."""
        url, others = self._show.value.obs.url, self._handed
        before = next((each for each in others if (each.obs, each.input) == (url, source.name)), None)
        if before is not None and relay.is_pointed(source.settings, before.port):  # a hand-over that was torn
            record = replace(before, port=port)
            await self._write((*(each for each in others if each != before), record))
            return record
        secret, settings = "", dict(source.settings)
        if any(without_password(address) != address for address in addresses_in(settings)):
            secret = f"relay-{port}"
            await set_secret(secret, json.dumps(settings))
        record = Handed(url, source.name, port, mrl, None if secret else settings, secret)
        await self._write((*(each for each in others if each != before), record))
        return record

    async def _forget(self, record: Handed) -> None:
        await self._write(tuple(each for each in self._handed if each != record))
        if record.secret:
            with contextlib.suppress(UserError):  # a keyring that is locked: what is there is used by nobody
                await forget_secret(record.secret)

    async def _write(self, handed: tuple[Handed, ...]) -> None:
        if self._path is not None:
            await asyncio.to_thread(write_handed, self._path, handed)
        self._handed = handed

    async def _undo_point(self, source: MediaInput, record: Handed) -> None:
        """The show could not keep it: OBS gets back what it had; what is on disk stays when it does not."""
        with contextlib.suppress(ObsRefused, ObsGone, UserError):
            if await relay.put_back(self._obs, source.name, source.settings):
                await self._forget(record)

    # off

    async def _off(self, camera: Camera, origin: Origin) -> Outcome:
        record = self._record(camera)
        if camera.relay_port is None:
            return Outcome.refused(f"{camera.name} is not handed over.")
        if record is None:
            return await self._off_without_a_record(camera, camera.relay_port)
        found = await relay.media_inputs(self._obs, [record.input])
        if found and relay.is_pointed(found[0].settings, record.port):
            outcome = await self._put_back_or_go_on(camera, record, found[0])
        elif found:
            outcome = Outcome.done(f"{record.input} was set to something else in OBS since; that stays.")
        else:
            outcome = Outcome.done(f"{record.input} is no more in OBS.")
        if not outcome.is_done:
            return outcome
        await self._keep(camera.name, None, record.mrl)
        await self._forget(record)
        self._journal.write("relay.off", origin, camera=camera.name, input=record.input)
        return outcome

    async def _off_without_a_record(self, camera: Camera, port: int) -> Outcome:
        """The port was written into the show by hand, or the record is another machine's."""
        found = await relay.media_inputs(self._obs, self._inputs_of(camera))
        await self._keep(camera.name, None, camera.mrl)
        pointed = next((each.name for each in found if relay.is_pointed(each.settings, port)), None)
        if pointed is None:
            return Outcome.done(f"{camera.name} is not handed on any more.")
        return Outcome.failed(
            f"{camera.name} is not handed on any more, and what {pointed} had before is not known here.",
            f"Set the address of {pointed} in OBS.",
        )

    async def _put_back_or_go_on(self, camera: Camera, record: Handed, source: MediaInput) -> Outcome:
        outcome = None
        try:
            outcome = await self._put_back(camera, record, source)
        finally:
            if outcome is None or not outcome.is_done:
                await self._keep(camera.name, camera.relay_port, camera.mrl)  # it is handed on as before
        return outcome

    async def _put_back(self, camera: Camera, record: Handed, source: MediaInput) -> Outcome:
        if source.is_on_air:
            raise UserError(
                f"{camera.name} is on air, and its picture would stop for a moment.", fix="Take another scene first."
            )
        settings = record.settings if record.settings is not None else await self._hidden(record)
        cameras = self._show.value.cameras
        without = [each.model_copy(update={"relay_port": None}) if each == camera else each for each in cameras]
        await self._relays.open(
            without, is_trusted=self._is_trusted
        )  # what takes one caller must be free before OBS calls
        if not await relay.put_back(self._obs, record.input, settings):
            return Outcome.failed(f"OBS did not give {record.input} back what it had.", "Look at that source in OBS.")
        is_shown = await self._is_moving(record.input, BACK_S)
        seen = "" if is_shown else " It has no picture of it yet."
        return Outcome.done(f"OBS takes {camera.name} itself again, as before.{seen}")

    async def _hidden(self, record: Handed) -> dict[str, object]:
        kept = await get_secret(record.secret)
        try:
            settings = json.loads(kept or "")
        except ValueError:
            settings = None
        if not isinstance(settings, dict):
            raise UserError(
                f"What {record.input} had before is no more in the keyring.", fix="Set its address in OBS by hand."
            )
        return settings

    # how it is

    def _record(self, camera: Camera) -> Handed | None:
        url, port = self._show.value.obs.url, camera.relay_port
        return next((each for each in self._handed if port is not None and (each.obs, each.port) == (url, port)), None)

    def _port(self) -> int:
        taken = {camera.relay_port for camera in self._show.value.cameras} | {each.port for each in self._handed}
        for port in random.sample(PORTS, len(PORTS)):
            if port not in taken and free_to_listen(port):
                return port
        raise UserError("No port is free for the hand-over.", fix="Name one for this camera.")

    async def _is_moving(self, name: str, within_s: float) -> bool:
        """Whether OBS gets new pictures of a source, seen within so long. Raises ObsRefused, ObsGone."""
        loop = asyncio.get_running_loop()
        deadline, before = loop.time() + within_s, None
        while loop.time() < deadline:
            now = await relay.cursor_ms(self._obs, name)
            if now is not None and before is not None and now > before:
                return True
            before = now
            await asyncio.sleep(AGAIN_S)
        return False

    async def _look_after(self) -> None:
        """Say how each hand-over is, now and then; never while a take waits for its proof."""
        cursors: dict[str, int | None] = {}
        while True:
            take = self._obs.state.value.take
            if take is None or take.state is not TakeState.SENT:
                for camera in self._show.value.cameras:
                    if self._relays.report(camera.name) is not None:
                        self._words[camera.name] = await self._word(camera, cursors)
            await asyncio.sleep(LOOK_S)

    async def _word(self, camera: Camera, cursors: dict[str, int | None]) -> str:
        report, record = self._relays.report(camera.name), self._record(camera)
        if report is not None and report.stage is not Stage.PLAYING:
            return NOTHING_COMES
        if not self._obs.state.value.link.is_up:
            return OBS_IS_AWAY
        if record is None:
            return NOT_TAKEN
        try:
            found = await relay.media_inputs(self._obs, [record.input])
            if not found or not relay.is_pointed(found[0].settings, record.port):
                return NOT_TAKEN
            now, before = await relay.cursor_ms(self._obs, record.input), cursors.get(camera.name)
        except (ObsRefused, ObsGone):
            return OBS_IS_AWAY
        cursors[camera.name] = now
        is_moving = now is not None and before is not None and now != before
        return HANDED if is_moving else OPENS


def _place(address: str) -> str:
    """Host and port of an address, however FFmpeg or libVLC write it."""
    return parse_mrl(address).place.rpartition("@")[2]


def _mrl_in(source: MediaInput) -> str | None:
    """The address that a media source opens, as libVLC writes it and without a password; None when it has none."""
    addresses = addresses_in(source.settings)
    if len(addresses) != 1:
        return None
    address = without_password(addresses[0])
    if address.lower().startswith("udp://"):  # FFmpeg listens where an address of libVLC has an @
        return re.sub(r"^udp://@?", "udp://@", address.partition("?")[0], flags=re.IGNORECASE)
    if not address.lower().startswith("srt://"):
        return address
    base, _, query = address.partition("?")
    kept = urlencode([pair for pair in parse_qsl(query) if pair[0] in KEPT])
    return f"{base}?{kept}" if kept else base
