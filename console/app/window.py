"""A run with a window: shows it, watches the loop for stalls, and makes the first own show in it. Qt thread."""

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from console.app.window_places import read_places, write_places
from console.cameras.wall import Cameras
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.outcome import Outcome
from console.desk.desk import Desk
from console.desk.first_show import Found, look_into, write_first_show
from console.desk.view import Notice, Tone
from console.settings.secrets import set_secret, variable
from widgets.first_show import FoundShow
from widgets.multiview_wall import Sizes
from widgets.stall import StallWatch
from widgets.window import MainWindow

log = logging.getLogger(__name__)

OBS_URL = "ws://127.0.0.1:4455"
OBS_SECRET = "obs"
PASSWORD_HELP = "It stands in OBS under Tools, WebSocket Server Settings, Show Connect Info."
PLACES_S = 5.0  # how often it is looked whether a window was moved
FIRST_PAINT_S = 1.0  # what the first paint costs is no stall of a show


class Windowed:
    """The window of one run. `on_show` is called with the file of a first own show once it is written."""

    def __init__(
        self,
        desk: Desk,
        cameras: Cameras,
        journal: Journal,
        *,
        shows: Path,
        places: Path,
        on_close: Callable[[], None],
        on_show: Callable[[Path], None],
    ) -> None:
        self._desk = desk
        self._cameras = cameras
        self._journal = journal
        self._shows = shows
        self._places_path, self._places = places, read_places(places)
        self._keeping: asyncio.Task[None] | None = None
        self._on_show = on_show
        self._window = MainWindow(desk)
        self._stalls = StallWatch(self._stalled)
        self._window.tile_sizes.watch(self._size_tiles)
        self._window.bus_sizes.watch(self._size_buses)
        desk.on_first_show = self.offer_first_show
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._on_close = on_close
        application.lastWindowClosed.connect(on_close)

    def show(self, size: tuple[int, int] | None = None) -> None:
        """Put the window on the screen, in this size or one that fits."""
        if size is not None:
            self._window.resize(*size)
        else:
            self._window.second.restore(self._places)
            self._keeping = asyncio.create_task(self._keep_places(), name="window places")
        self._window.show()
        asyncio.get_running_loop().call_later(FIRST_PAINT_S, self._settle)

    def _settle(self) -> None:
        """What was built for the whole run is not looked through again: a full collection costs up to 90 ms."""
        gc.collect()
        gc.freeze()
        self._stalls.start()

    async def close(self) -> None:
        """Take the window away; what it says of stalls goes to the journal first, where it stood to the data folder."""
        self._stalls.stop()
        self._journal.write("window.lateness", Origin.CONSOLE, **asdict(self._stalls.lateness()))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.lastWindowClosed.disconnect(self._on_close)
        if self._keeping is not None:
            self._keeping.cancel()
            await self._note_places()
        self._window.close()
        self._window.deleteLater()

    async def _keep_places(self) -> None:
        while True:
            await asyncio.sleep(PLACES_S)
            await self._note_places()

    async def _note_places(self) -> None:
        """Write down where the windows are, if one was moved."""
        places = self._window.second.places()
        if places == self._places:
            return
        self._places = places
        try:
            await asyncio.to_thread(write_places, self._places_path, places)
        except OSError as error:  # a comfort: nothing of the show depends on it
            log.info("where the windows stand cannot be kept: %s", error)

    async def picture(self, path: Path) -> None:
        """Save a PNG of the window as it is: painted a pane a turn of the loop, packed in a thread."""
        image = QImage()
        for image in self._window.paint_panes():  # noqa: B007 - the last one is whole
            await asyncio.sleep(0)
        path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(lambda: image.save(str(path)))  # PNG, by its name

    def _stalled(self, late_ms: float) -> None:
        self._journal.write("window.stall", Origin.CONSOLE, ms=round(late_ms, 1))

    def _size_tiles(self, sizes: Sizes) -> None:
        for camera, (width, height) in sizes.items():
            self._cameras.set_size(camera, width, height)
        self._show_what_is_seen()

    def _size_buses(self, sizes: Sizes) -> None:
        for bus, size in sizes.items():
            self._cameras.set_bus_size(bus, *size)
        self._show_what_is_seen()

    def _show_what_is_seen(self) -> None:
        """What no window shows costs no scaling, copying or drawing."""
        self._cameras.set_visible(self._window.tile_sizes.value, self._window.bus_sizes.value)

    # --- the first own show ---

    async def offer_first_show(self) -> Outcome:
        """Look into the OBS on the usual address and lay what is there before the director. Raises UserError."""
        try:
            found = await look_into(OBS_URL, secret=OBS_SECRET, journal=self._journal, clock=self._desk.clock)
        except UserError as error:
            if "password" not in error.what:
                raise
            self._window.ask_secret(error.what, PASSWORD_HELP, self._keep_password)
            return Outcome.done()
        scenes = tuple(scene.name for scene in found.obs.scenes)
        show = found.show("My show", scenes=scenes)
        offered = FoundShow(
            name=show.name,
            scenes=scenes,
            cameras=tuple(f"{c.name} · {c.mrl or 'its picture in OBS'}" for c in show.cameras),
            sound_device=found.sound_device,
            safe_scene=show.obs.safe_scene,
        )

        async def create(kept: FoundShow) -> Outcome:
            return await self._create(found, kept)

        self._window.offer_first_show(offered, create)
        return Outcome.done()

    async def _keep_password(self, password: str) -> Outcome:
        """Keep OBS's password, and look again."""
        try:
            await set_secret(OBS_SECRET, password)
        except UserError:  # a machine without a keyring: known until the console ends
            os.environ[variable(OBS_SECRET)] = password
            what = "OBS's password cannot be kept here: it is forgotten when Cuedrop ends."
            self._desk.notice.set(Notice(what, f"Set {variable(OBS_SECRET)} before the next start.", Tone.WAIT))
        try:
            return await self.offer_first_show()
        except UserError as error:
            return Outcome.failed(error.what, error.fix)

    async def _create(self, found: Found, kept: FoundShow) -> Outcome:
        """Write the show file of what the director kept, and go on with it."""
        show = found.show(kept.name, scenes=kept.scenes, with_sound=kept.sound_device is not None)
        cameras = tuple(c for c in show.cameras if any(line.startswith(f"{c.name} · ") for line in kept.cameras))
        shop = show.shop if kept.with_shop else show.shop.model_copy(update={"kind": "manual"})
        show = show.model_copy(update={"cameras": cameras, "shop": shop})
        try:
            path = await asyncio.to_thread(write_first_show, self._shows, show)
        except (UserError, OSError) as error:
            return Outcome.failed(f"The show cannot be written: {error}", "Free space, or start with --data-dir.")
        self._on_show(path)
        return Outcome.done(f"Your show is in {path}.")
