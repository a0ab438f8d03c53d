"""The cameras of the show as the director keeps them: changed, taken back, tried, found; and the multiview.

Loop thread only; the show file is written in a thread. A change is in the file first, then on the wall: a file that
cannot be written leaves everything as it was. Without a file (practice) it lives as long as the console.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.cameras.relay import Relays
from console.cameras.state import Offer, Origin, Picture
from console.cameras.wall import Cameras
from console.core import journal as journals
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.camera_checks import camera_of, check
from console.desk.handing import HandOver
from console.desk.snapshots import file_name, keep_jpeg, keep_picture
from console.settings.show import BUSES, Camera, Multiview, Show
from console.show.cameras import CAMERAS, Change, change_cameras, change_multiview, following, put_back_text
from console.show.file import Rewritten
from scenes.port import Obs

NOT_KEPT: Final = " It lives as long as this console: practice keeps no show file."
MOST_UNDONE: Final = 20
OLD_S: Final = 1.5
TRIED: Final = "Test picture"

Finder = Callable[[], Awaitable[tuple[Offer, ...]]]


@dataclass(frozen=True, slots=True)
class _Done:
    """A change that can be taken back: what it was, and the show's cameras and multiview before and after."""

    words: str
    before: Show
    after: Show
    written: Rewritten | None  # None: it was kept in memory


class CameraBook:
    """The cameras of one show. `keep_in` names the show file, `keep_pictures_in` where snapshots go."""

    def __init__(
        self,
        show: Observable[Show],
        wall: Cameras,
        obs: Obs,
        relays: Relays,
        *,
        journal: Journal,
        clock: Clock,
        writing: asyncio.Lock,
    ) -> None:
        self.offers: Observable[tuple[Offer, ...]] = Observable(())
        self.find_with: Finder | None = None  # the app's: what looks for cameras on this machine and in OBS
        self._show = show
        self._wall = wall
        self._obs = obs
        self._journal = journal
        self._clock = clock
        self._writing = writing
        self._path: Path | None = None
        self._pictures: Path | None = None
        self._is_trusted = False
        self._undo: list[_Done] = []
        self._opening = asyncio.Lock()
        self.hand_over = HandOver(show, obs, relays, journal=journal, keep=self._keep_relay)
        wall.described = self.hand_over.told

    def keep_in(self, path: Path) -> None:
        """Write cameras to this show file from now on."""
        self._path = path

    def keep_pictures_in(self, folder: Path) -> None:
        """Where snapshots go."""
        self._pictures = folder

    def close(self) -> None:
        """Look after nothing any more."""
        self.hand_over.close()

    async def open(self, *, is_trusted: bool) -> None:
        """Show the show's cameras; without `is_trusted` nothing that reaches another machine is opened."""
        self._is_trusted = is_trusted
        await self._open_all()

    # the list

    async def add(self, fields: Mapping[str, Any], *, origin: journals.Origin) -> Outcome:
        """A camera more, the last one."""
        check(fields, self._show.value.cameras)
        camera = camera_of(fields)
        done = await self._change(CAMERAS.adding(camera), f"{camera.name} was added")
        return self._told(
            "camera.added", f"{camera.name} is in the show.", done, origin, camera=camera.name, mrl=camera.mrl
        )

    async def edit(self, name: str, fields: Mapping[str, Any], *, origin: journals.Origin) -> Outcome:
        """Change these fields of a camera; None takes a value away."""
        cameras = self._show.value.cameras
        old = cameras[CAMERAS.index_of(name, cameras)]
        check(fields, cameras, was=name)
        new = camera_of(fields, old=old)
        if old.relay_port != new.relay_port or new.mrl is None:
            self._not_handed(old)
        if new == old:
            return Outcome.done(f"{name} was so already.")
        done = await self._change(CAMERAS.editing(name, lambda now: camera_of(fields, old=now)), f"{name} was changed")
        return self._told("camera.edited", f"{new.name} is changed.", done, origin, camera=name, fields=dict(fields))

    async def move(self, name: str, to: int, *, origin: journals.Origin) -> Outcome:
        """Give a camera another place, counted from 1."""
        done = await self._change(CAMERAS.moving(name, to), f"{name} was moved")
        place = CAMERAS.index_of(name, self._show.value.cameras) + 1
        return self._told("camera.moved", f"{name} is number {place}.", done, origin, camera=name, to=place)

    async def remove(self, name: str, *, origin: journals.Origin) -> Outcome:
        """Take a camera out of the show."""
        cameras = self._show.value.cameras
        self._not_handed(cameras[CAMERAS.index_of(name, cameras)])
        done = await self._change(CAMERAS.removing(name), f"{name} was removed")
        return self._told("camera.removed", f"{name} is removed. Undo brings it back.", done, origin, camera=name)

    @property
    def can_undo(self) -> bool:
        """Whether a change is there to be taken back."""
        return bool(self._undo)

    async def undo(self, *, origin: journals.Origin) -> Outcome:
        """Take back the last change of the list. Raises UserError when the file has other cameras by now."""
        async with self._writing:
            if not self._undo:
                return Outcome.refused("No change of the cameras is there to take back.")
            last = self._undo[-1]
            back = CAMERAS.putting_back(last.before.cameras, last.after.cameras)
            if last.written is None or self._path is None:
                kept = back(self._show.value.cameras)
                multiview = last.before.multiview
                if self._show.value.multiview != last.after.multiview:  # somebody arranged it since
                    multiview = following(self._show.value.multiview, kept)
                new = _with(self._show.value, tuple(camera for _, camera in kept), multiview)
            else:
                written = await asyncio.to_thread(put_back_text, self._path, last.written, back)
                new = _with(self._show.value, written.show.cameras, written.show.multiview)
            self._undo.pop()
        await self._become(new)
        self._journal.write("camera.undone", origin, what=last.words)
        return Outcome.done(f"Taken back: {last.words}.")

    # trying and finding

    async def try_out(self, fields: Mapping[str, Any]) -> Outcome:
        """Open a camera that is not in the show, to look at it. Whoever asks has said yes to its machine."""
        named = {"name": TRIED, **fields}
        check(named, ())
        self._wall.try_out(camera_of(named))
        return Outcome.done()

    def try_end(self) -> Outcome:
        """Close the camera that is tried."""
        self._wall.try_out(None)
        return Outcome.done()

    async def find(self) -> Outcome:
        """Look for cameras that are not in the show. Raises UserError."""
        if self.find_with is None:
            return Outcome.refused("This console has nothing to look for cameras with.", "Type the address.")
        self.offers.set(await self.find_with())
        count = len(self.offers.value)
        return Outcome.done(f"{count} cameras found." if count != 1 else "1 camera found.")

    async def take_offer(self, name: str, *, origin: journals.Origin) -> Outcome:
        """Add a camera that was found."""
        offer = next((offer for offer in self.offers.value if offer.name == name), None)
        if offer is None:
            return Outcome.refused(f'No camera "{name}" was found.', "Look for cameras again.")
        fields: dict[str, Any] = {"name": offer.name, "mrl": offer.mrl, "scene": offer.scene, "source": offer.source}
        fields |= {"options": offer.options} if offer.options else {}
        outcome = await self.add(fields, origin=origin)
        if outcome.is_done:
            self.offers.set(tuple(each for each in self.offers.value if each is not offer))
        return outcome

    # pictures

    async def snapshot(self, name: str | None, *, origin: journals.Origin) -> Outcome:
        """Keep the picture of a camera (None: the one on air, else the first) as a file. Raises UserError."""
        cameras = self._show.value.cameras
        camera = cameras[CAMERAS.index_of(name, cameras)] if name is not None else self._on_air() or cameras[0]
        if self._pictures is None:
            return Outcome.refused("This console has no folder for pictures.")
        path = self._pictures / file_name(self._show.value.name, camera.name, self._clock.now())
        tile = next((tile for tile in self._wall.tiles.value if tile.name == camera.name), None)
        age = ""
        if tile is not None and tile.origin is Origin.OBS:
            source = self._wall.source(camera.name) or ""
            jpeg = await self._obs.screenshot(source, *self._obs.state.value.canvas)
            width, height = await keep_jpeg(jpeg, camera, path)
        else:
            picture = await self._wall.whole_picture(camera.name)
            if picture is None:
                return Outcome.refused(f"{camera.name} has no picture now.", "Wait until it is there.")
            age = self._age(picture)
            width, height = await keep_picture(picture, camera, path)
        self._journal.write("camera.snapshot", origin, camera=camera.name, file=path.name, width=width, height=height)
        return Outcome.done(f"{camera.name} is kept: {path}{age}")

    def _age(self, picture: Picture) -> str:
        """Words for a picture that is not of now: its camera is lost, or nobody looks at its tile."""
        age_s = (self._clock.mono_ns() - picture.mono_ns) / 1e9 if picture.mono_ns else 0.0
        return f" (the picture is {age_s:.0f} s old)" if age_s > OLD_S else ""

    def _on_air(self) -> Camera | None:
        switcher = self._obs.state.value
        scene = switcher.program or switcher.claimed
        return next((camera for camera in self._show.value.cameras if scene and camera.scene == scene), None)

    # the hand-over

    async def set_relay(self, name: str, on: bool, *, origin: journals.Origin) -> Outcome:
        """Hand a camera to OBS, or let OBS take it itself again. Raises UserError."""
        cameras = self._show.value.cameras
        return await self.hand_over.set(cameras[CAMERAS.index_of(name, cameras)], on, origin=origin)

    async def _keep_relay(self, name: str, port: int | None, mrl: str | None) -> Camera:
        """Write a camera's port and address into the show. What was done before can't be taken back after it."""
        fields = {"relay_port": port, "mrl": mrl}
        await self._change(CAMERAS.editing(name, lambda now: camera_of(fields, old=now)), f"{name} was handed over")
        self._undo.clear()
        cameras = self._show.value.cameras
        return cameras[CAMERAS.index_of(name, cameras)]

    def _not_handed(self, camera: Camera) -> None:
        """Raises UserError while OBS takes this camera from Cuedrop: it would be left without."""
        if self.hand_over.is_handed(camera):
            raise UserError(f"OBS takes {camera.name} from Cuedrop.", fix="Turn its hand-over off first.")

    # the multiview

    async def arrange(self, changes: Mapping[str, Any], *, origin: journals.Origin) -> Outcome:
        """Change what is given of the multiview; None stays as it is. Raises UserError."""
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in changes.items()}
        fields = {key: value for key, value in fields.items() if value is not None}
        for camera in fields.get("cameras", ()):
            if camera and camera not in BUSES:
                CAMERAS.index_of(camera, self._show.value.cameras)

        def change(multiview: Multiview) -> Multiview:
            return Multiview.model_validate({**multiview.model_dump(exclude_unset=True), **fields})

        async with self._writing:
            show = self._show.value
            multiview = change(show.multiview)
            if self._path is not None:
                written = await asyncio.to_thread(change_multiview, self._path, change)
                multiview = written.show.multiview
        self._show.set(_with(self._show.value, self._show.value.cameras, multiview))
        self._journal.write("multiview.changed", origin, **fields)
        return Outcome.done("" if self._path is not None else NOT_KEPT.strip())

    # the rest

    async def _change(self, change: Change, words: str) -> _Done:
        """Do `change` to the file, or in memory where there is none, and to the wall. Raises UserError."""
        async with self._writing:
            before = self._show.value
            written = None
            if self._path is None:
                kept = change(before.cameras)
                after = _with(before, tuple(camera for _, camera in kept), following(before.multiview, kept))
            else:
                written = await asyncio.to_thread(change_cameras, self._path, change)
                after = _with(self._show.value, written.show.cameras, written.show.multiview)
        done = _Done(words, before, after, written)
        self._undo = [*self._undo, done][-MOST_UNDONE:]
        await self._become(after)
        return done

    async def _become(self, show: Show) -> None:
        self._show.set(show)
        await self._open_all()

    async def _open_all(self) -> None:
        """Hand on and show the cameras as they are by now, one after the other: a later change is the last word."""
        async with self._opening:
            seen = await self.hand_over.open(self._show.value.cameras, is_trusted=self._is_trusted)
            self._wall.open(seen, is_trusted=self._is_trusted)

    def _told(self, kind: str, words: str, done: _Done, origin: journals.Origin, **fields: object) -> Outcome:
        is_kept = done.written is not None
        self._journal.write(kind, origin, is_kept=is_kept, **fields)
        return Outcome.done(words if is_kept else f"{words}{NOT_KEPT}")


def _with(show: Show, cameras: tuple[Camera, ...], multiview: Multiview) -> Show:
    return show.model_copy(update={"cameras": cameras, "multiview": multiview})
