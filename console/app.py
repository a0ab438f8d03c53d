"""The composition root: builds every part of the console, knows everyone, and ends them in order.

The only module besides widgets that knows Qt, and only when there is a window: headless is plain asyncio.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.audio.desk_side import Audio
from console.cameras.wall import Cameras
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.shops.manual import ManualShop
from console.commerce.shops.port import ShopClient
from console.commerce.state import DropState
from console.core.alarms import Alarms, Rank
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.catalogue import ACTIONS
from console.desk.desk import Desk, Parts
from console.desk.first_show import Found, look_into, write_first_show
from console.desk.overlays import Overlays
from console.desk.own_shop import OwnShop
from console.desk.preflight import preflight
from console.desk.rehearse import rehearse
from console.desk.view import Notice, Tone
from console.desk.watch import Watch
from console.practice import buyers, studio
from console.practice.rehearsal import STEPS
from console.practice.show import VOICES, practice_show
from console.remote.server import ControlServer
from console.settings.folder import DataFolder, Remembered
from console.settings.secrets import get_secret, set_secret, variable
from console.settings.show import Show
from console.shop.adopt import ShopKeeper
from console.show.figures import plan_of
from console.show.file import load_show
from console.show.journal import FileJournal
from console.show.report import make_report
from console.show.runs import current_run
from console.show.trust import far_hosts, is_far
from console.workers.supervisor import Supervisor, WorkerSpec
from scenes.greeting import answers
from scenes.link import ObsLink
from scenes.state import Switcher

if TYPE_CHECKING:
    from widgets.first_show import FoundShow
    from widgets.window import MainWindow

log = logging.getLogger(__name__)

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
CLIPS = RESOURCES / "practice"
OWN_OBS_URL = "ws://127.0.0.1:4455"
OWN_OBS_SECRET = "obs"
PASSWORD_HELP = "It stands in OBS under Tools, WebSocket Server Settings, Show Connect Info."


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for. `mode`: "console", "rehearse" or "check"."""

    show: Path | None = None
    mode: str = "console"
    practice: bool = False
    headless: bool = False
    control: str | None = None
    data_dir: Path | None = None
    for_s: float | None = None
    trust: bool = False


def run_console(options: Options) -> int:
    """Run the console until it ends; returns the exit code. Raises UserError for a wrong show file or host."""
    show = load_show(options.show) if options.show else None
    try:
        folder = DataFolder.take(options.data_dir)
    except UserError as error:
        return _trouble(error)
    try:
        while True:
            console = Console(options, folder, show)
            code = asyncio.run(console.run()) if options.headless else _with_window(console)
            if console.next_show is None:
                return code
            options, show = replace(options, show=console.next_show, practice=False), load_show(console.next_show)
    finally:
        folder.close()


def _with_window(console: "Console") -> int:
    """Run the console on Qt's loop."""
    if console.options.mode == "rehearse" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)  # the console ends its parts first
    loop = qasync.QEventLoop(application)
    with loop:
        code: int = loop.run_until_complete(console.run())
    return code


def _trouble(error: UserError) -> int:
    print(f"{error.what}\n{error.fix}", file=sys.stderr)
    return 1


class Console:
    """One console: everything between start and end. `run` is called once."""

    def __init__(self, options: Options, folder: DataFolder, show: Show | None) -> None:
        self.options = options
        self._folder = folder
        self._remembered = folder.remembered()
        self._path = options.show
        if show is None and not options.practice and self._remembered.last_show:
            with contextlib.suppress(UserError):  # gone or damaged since: practice is always fit to open
                self._path = Path(self._remembered.last_show)
                show = load_show(self._path)
        self._is_practice = show is None or options.practice
        self.show = _in_practice(show) if self._is_practice or show is None else show
        self.next_show: Path | None = None  # to go on with, when this one has ended
        self._is_trusted = self._is_practice or options.trust or self._has_trust()
        if not self._is_trusted and options.headless:
            raise UserError(
                f"This show names hosts that nobody has said yes to: {', '.join(far_hosts(self.show))}.",
                fix="Look at them, then start with --trust.",
            )
        self.clock = SystemClock()
        self._problems: list[str] = []
        self._served: set[tuple[str, int]] = set()  # drops whose practice buyers have come
        self._undo_buses: Callable[[], None] = _nothing
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ending: asyncio.Event = asyncio.Event()
        self._window: MainWindow | None = None

    # --- life ---

    async def run(self) -> int:
        """Start, stay until told to end, end in order; returns the exit code."""
        with ThreadPoolExecutor(1, "writer") as writer, self._signals():
            self._build(writer)
            try:
                await self._open()
                await self._stay()
            except UserError as error:
                self._problems.append(f"{error.what} {error.fix}")
            finally:
                await self._close()
        for problem in self._problems:
            print(problem, file=sys.stderr)
        return 1 if self._problems else 0

    def end(self) -> None:
        """End the console; `run` returns soon."""
        self._ending.set()

    def _build(self, writer: ThreadPoolExecutor) -> None:
        """Build every part; nothing outside is touched yet."""
        data_dir, show = self._folder.path, self.show
        run = current_run(data_dir, show.name, self.clock.now())
        self.journal = FileJournal(
            data_dir, run, self.clock, writer, on_trouble=self._journal_failed, on_healed=self._journal_healed
        )
        self.is_new_run = self.journal.boot == 1
        self.alarms = Alarms(self.clock, self.journal)
        self.supervisor = Supervisor(self.journal)
        self._practice_port, self._practice_password = _free_port(), os.urandom(12).hex()
        self.obs = ObsLink(
            f"ws://127.0.0.1:{self._practice_port}" if self._is_practice else show.obs.url,
            self._obs_password,
            safe_scene=show.obs.safe_scene,
            journal=self.journal,
            clock=self.clock,
        )
        self.cameras = Cameras(self.supervisor, journal=self.journal, clock=self.clock, screenshot=self.obs.screenshot)
        self.audio = Audio(self.supervisor, journal=self.journal, clock=self.clock, alarms=self.alarms)
        self.shop, self.keeper = self._shop(), self._shop_keeper()
        self.commerce = Commerce(
            show,
            data_dir=data_dir,
            shop=self.shop,
            clock=self.clock,
            journal=self.journal,
            alarms=self.alarms,
            writer=writer,
            show_run=run,
            open_within_s=show.shop.open_within_s,
        )
        self.desk = Desk(
            show,
            Parts(self.obs, self.cameras, self.audio, self.commerce),
            ACTIONS,
            journal=self.journal,
            alarms=self.alarms,
            clock=self.clock,
        )
        self.desk.on_trust = None if self._is_trusted else self._trust
        self.desk.on_first_show = None if self.options.headless else self._offer_first_show
        self.own_shop: OwnShop | None = None
        if self.keeper is not None and isinstance(self.shop, EventsShop):
            self.own_shop = OwnShop(self.keeper, self.commerce, self.shop, self.alarms)
        self.watch = Watch(self.desk, self.alarms)
        self.overlays = Overlays(self.desk, self.alarms, data_dir / "overlays")
        self.control: ControlServer | None = None

    async def _open(self) -> None:
        """Show the window first, then reach out: each part comes up by itself, none waits for another."""
        kind = "run.started" if self.is_new_run else "run.continued"
        self.journal.write(
            kind, Origin.CONSOLE, show=self.show.name, practice=self._is_practice, drops=plan_of(self.show)
        )
        if not self.options.headless:
            self._show_window()
        if self.options.control:
            self.control = await ControlServer.start(self.desk, self.journal, self.options.control, self._folder.path)
        if self._is_practice:
            self.supervisor.start(
                WorkerSpec(
                    "practice studio",
                    studio.main,
                    {"port_number": self._practice_port, "password": self._practice_password},
                ),
                on_message=lambda message: None,
            )
            self.desk.sale.watch(lambda _: self._let_practice_buyers_in())
            self._spawn(self._look_for_a_real_obs())
        self._reach_out()
        self._spawn(self._remember())

    def _reach_out(self) -> None:
        """Connect to everything that the show names and that may be connected to."""
        clips = {name: str(CLIPS / file) for name, file in VOICES.items()}
        try:
            self.audio.open(self.show.audio, practice_clips=clips if self.show.audio.device == "practice" else None)
        except UserError as error:
            self.alarms.raise_("sound", "sound.down", error.what, fix=error.fix)
        self._undo_buses = self.obs.state.watch(self._show_buses)
        self.cameras.open(self.show.cameras, is_trusted=self._is_trusted)
        if self._is_trusted or not is_far(self.show.obs.url):
            self.obs.start()
        if self._is_trusted or not self._shop_is_far():
            self._spawn(self._start_selling())
        if not self._is_trusted:
            self.desk.notice.set(
                Notice(
                    f"This show names hosts that you have not said yes to: {', '.join(far_hosts(self.show))}.",
                    "Look at them; the rest works already.",
                    Tone.WAIT,
                    offer="show.trust",
                )
            )

    def _shop_is_far(self) -> bool:
        return self.show.shop.kind == "events" and is_far(self.show.shop.url or "")

    def _show_buses(self, switcher: Switcher) -> None:
        self.cameras.watch_bus("program", switcher.program or switcher.claimed)
        self.cameras.watch_bus("preview", switcher.preview if switcher.studio_mode else None)

    async def _stay(self) -> None:
        """Until the window closes, a signal comes, the time is over, or what was to be done is done."""
        if self.options.mode == "rehearse":
            self._problems += await rehearse(self.desk, STEPS, say=_say)
        elif self.options.mode == "check":
            self._problems += await preflight(self.desk, say=_say, within_s=self.options.for_s or 12.0)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), self.options.for_s)
            self._problems += self._unproved()

    async def _close(self) -> None:
        """End everything in order: first what asks, then what answers, then what keeps."""
        self._write_lateness()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.control is not None:
            await self.control.close()
        self._undo_buses()
        await self.overlays.close()
        self.watch.close()
        self.desk.close()
        self._picture()
        is_selling = any(drop.state in (DropState.OPEN, DropState.FIRING) for drop in self.desk.sale.value.drops)
        goes_on = is_selling or self.desk.switcher.value.on_air
        await self.commerce.close()
        await asyncio.gather(self.audio.close(), self.cameras.close(), self.obs.close())
        await self.supervisor.close()
        if self.own_shop is not None:
            await self.own_shop.close()
        self.journal.write("run.paused" if goes_on else "run.ended", Origin.CONSOLE)
        await self.journal.close()
        if self._window is not None:
            self._window.close()
        await self._report()

    async def _report(self) -> None:
        path = self._folder.path / "reports" / f"{self.journal.run}.html"
        try:
            await asyncio.to_thread(make_report, self.journal.path, path)
        except (UserError, OSError) as error:
            self._problems.append(f"There is no report: {error}")
            return
        if self.options.mode != "check":
            _say(f"Report: {path}")

    # --- the window ---

    def _show_window(self) -> None:
        from PySide6.QtWidgets import QApplication

        from widgets.stall import StallWatch
        from widgets.window import MainWindow

        self._window = MainWindow(self.desk)
        self._stalls = StallWatch(self._stalled)
        if self.options.mode == "rehearse":
            self._window.resize(1920, 1080)
        self._window.tile_sizes.watch(self._size_tiles)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.lastWindowClosed.connect(self.end)
        self._window.show()
        asyncio.get_running_loop().call_later(1.0, self._stalls.start)  # the first paint is no stall of the show

    def _size_tiles(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        for camera, (width, height) in sizes.items():
            self.cameras.set_size(camera, width, height)

    def _stalled(self, late_ms: float) -> None:
        self.journal.write("window.stall", Origin.CONSOLE, ms=round(late_ms, 1))

    def _write_lateness(self) -> None:
        """How late the window was over the whole run, for the bench and the morning after; ending it is not counted."""
        if self._window is not None:
            self._stalls.stop()
            self.journal.write("window.lateness", Origin.CONSOLE, **asdict(self._stalls.lateness()))

    def _picture(self) -> None:
        if self._window is not None and self.options.mode == "rehearse":
            path = self._folder.path / "reports" / f"{self.journal.run}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._window.picture(path)
            _say(f"Picture of the window: {path}")

    # --- the shop ---

    def _shop_keeper(self) -> ShopKeeper | None:
        if self.show.shop.kind != "embedded":
            return None
        return ShopKeeper(
            self._folder.path,
            listen=self.show.shop.listen,
            public_url=self.show.shop.public_url,
            practice=self._is_practice,
        )

    def _shop(self) -> ShopClient:
        shop = self.show.shop
        if shop.kind == "manual":
            return ManualShop(public_url=shop.public_url or "")
        url = f"http://{shop.listen}" if shop.kind == "embedded" else shop.url or ""
        return EventsShop(
            url, secret=self._shop_secret, clock=self.clock, public_url=shop.public_url or "", kind=shop.kind
        )

    async def _shop_secret(self) -> str | None:
        if self.keeper is None:
            return await get_secret(self.show.shop.secret)
        address = self.keeper.state.value.address
        return address.secret if address else None

    async def _start_selling(self) -> None:
        if self.own_shop is None:
            await self.commerce.start()
        else:
            await self.own_shop.open(restock=self._is_practice and self.is_new_run)

    # --- practice ---

    async def _obs_password(self) -> str | None:
        return self._practice_password if self._is_practice else await get_secret(self.show.obs.secret)

    def _let_practice_buyers_in(self) -> None:
        """Simulated buyers come over HTTP as soon as a drop opens, as real ones would."""
        for drop in self.desk.sale.value.drops:
            key = (drop.id, drop.run)
            if drop.state is DropState.OPEN and key not in self._served:
                self._served.add(key)
                self._spawn(buyers.run(self.shop.url, drop=drop.id))

    async def _look_for_a_real_obs(self) -> None:
        """Offer the OBS on the usual address when one answers; its greeting is read, nothing is sent."""
        if self.options.mode != "console":
            return
        if await asyncio.to_thread(answers):
            self.desk.notice.set(
                Notice(
                    "OBS Studio answers on this machine.",
                    "Make a show of your own from it.",
                    Tone.GOOD,
                    "show.from_obs",
                )
            )

    # --- the first own show ---

    async def _offer_first_show(self) -> Outcome:
        """Look into the OBS on the usual address and lay what is there before the director."""
        from widgets.first_show import FoundShow

        assert self._window is not None
        try:
            found = await look_into(OWN_OBS_URL, secret=OWN_OBS_SECRET, journal=self.journal, clock=self.clock)
        except UserError as error:
            if "password" not in error.what:
                raise
            self._window.ask_secret(error.what, PASSWORD_HELP, self._keep_password)
            return Outcome.done()
        shown = found.show("My show", scenes=[scene.name for scene in found.obs.scenes])
        offered = FoundShow(
            name="My show",
            scenes=tuple(scene.name for scene in found.obs.scenes),
            cameras=tuple(f"{c.name} · {c.mrl or 'its picture in OBS'}" for c in shown.cameras),
            sound_device=found.sound_device,
            safe_scene=shown.obs.safe_scene,
        )

        async def create(kept: "FoundShow") -> Outcome:
            return await self._create_first_show(found, kept)

        self._window.offer_first_show(offered, create)
        return Outcome.done()

    async def _keep_password(self, password: str) -> Outcome:
        """Keep OBS's password in the keyring, for this run at least in memory, and look again."""
        try:
            await set_secret(OWN_OBS_SECRET, password)
        except UserError:
            os.environ[variable(OWN_OBS_SECRET)] = password  # no keyring: known until the console ends
        try:
            return await self._offer_first_show()
        except UserError as error:
            return Outcome.failed(error.what, error.fix)

    async def _create_first_show(self, found: Found, kept: "FoundShow") -> Outcome:
        """Write the show file and go on with it."""
        show = found.show(kept.name, scenes=kept.scenes, with_sound=kept.sound_device is not None)
        cameras = tuple(c for c in show.cameras if any(line.startswith(f"{c.name} · ") for line in kept.cameras))
        show = show.model_copy(
            update={
                "cameras": cameras,
                "shop": show.shop if kept.with_shop else show.shop.model_copy(update={"kind": "manual"}),
            }
        )
        try:
            self.next_show = await asyncio.to_thread(write_first_show, self._folder.path / "shows", show)
        except UserError as error:
            return Outcome.failed(error.what, error.fix)
        self.end()
        return Outcome.done(f"Your show is in {self.next_show}.")

    # --- trust, memory, signals ---

    async def _trust(self) -> Outcome:
        """Connect to what was left out until the director said yes."""
        self._is_trusted, self.desk.on_trust = True, None
        self.cameras.open(self.show.cameras, is_trusted=True)
        if is_far(self.show.obs.url):
            self.obs.start()
        if self._shop_is_far():
            self._spawn(self._start_selling())
        await self._remember()
        self.desk.notice.set(None)
        return Outcome.done()

    def _has_trust(self) -> bool:
        return not far_hosts(self.show) or self._trust_key() in self._remembered.trusted

    def _trust_key(self) -> str:
        return " ".join([str(self._path and self._path.resolve()), *far_hosts(self.show)])

    async def _remember(self) -> None:
        if self._is_practice or self._path is None:
            return
        trusted = set(self._remembered.trusted) | ({self._trust_key()} if self._is_trusted else set())
        what = Remembered(str(self._path.resolve()), tuple(sorted(trusted)))
        with contextlib.suppress(OSError):  # a full disk is the journal's alarm; the memory is a comfort
            await asyncio.to_thread(self._folder.remember, what)

    def _unproved(self) -> list[str]:
        """What a run that ends now has not proved; for the exit code."""
        pending = self.desk.sale.value.outbox_pending
        lines = [f"{pending} messages to the shop are not confirmed; they go on at the next start."] if pending else []
        lines += [f"{alarm.what} {alarm.fix}" for alarm in self.desk.alarms.value if alarm.rank <= Rank.LINK]
        return lines

    def _journal_failed(self, error: UserError) -> None:
        self.alarms.raise_("journal", "journal.not_kept", error.what, fix=error.fix, rank=Rank.MONEY)

    def _journal_healed(self) -> None:
        self.alarms.clear("journal")

    def _spawn(self, job: Coroutine[Any, Any, object]) -> None:
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a background task failed", exc_info=task.exception())

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the console cleanly."""
        loop = asyncio.get_running_loop()
        before = {
            number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.end))
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _in_practice(show: Show | None) -> Show:
    """The practice show, with the drops of `show` to rehearse and its cues where the practice studio has the scene."""
    practice = practice_show(RESOURCES)
    if show is None:
        return practice
    there = {camera.scene for camera in practice.cameras} | {practice.obs.safe_scene}
    cues = tuple(cue if cue.scene in there else cue.model_copy(update={"scene": None}) for cue in show.cues)
    drops = tuple(drop.model_copy(update={"overlay": None}) for drop in show.drops)
    return practice.model_copy(update={"name": show.name, "drops": drops or practice.drops, "cues": cues})


def _nothing() -> None:
    """What there is to undo before anything was done."""


def _say(line: str) -> None:
    print(line, flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
