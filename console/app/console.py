"""One console from start to end: builds the parts, reaches out, stays, and ends them in order."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.app.obs import build_obs
from console.app.obs_and_cameras import Telling
from console.app.options import Options
from console.app.practice import Practice, show_in_practice
from console.app.selling import Selling
from console.app.trust import Trust
from console.audio.desk_side import Audio
from console.cameras.relay import Relays
from console.cameras.wall import Cameras
from console.commerce.state import Sale
from console.core.alarms import Alarms, Rank
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.catalogue import ACTIONS
from console.desk.desk import Desk, Parts
from console.desk.drop_ends import DropEnds
from console.desk.drop_scenes import DropScenes
from console.desk.finding import find_cameras
from console.desk.overlays import Overlays
from console.desk.preflight import preflight
from console.desk.rehearse import rehearse
from console.desk.view import Notice
from console.desk.watch import Watch
from console.practice.rehearsal import STEPS
from console.remote.host_server import HostServer
from console.remote.server import ControlServer
from console.settings.folder import DataFolder
from console.settings.show import Show
from console.show.file import load_show
from console.show.journal import FileJournal
from console.show.plan import plan_of
from console.show.report import make_report
from console.show.runs import current_run, is_another_day
from console.workers.supervisor import Supervisor

if TYPE_CHECKING:
    from console.app.window import Windowed

log = logging.getLogger(__name__)

PREFLIGHT_S = 12.0
PICTURE_SIZE = (1920, 1080)
PICTURE_AT_ORDERS = 12  # in mid-sale


class Console:
    """Everything between start and end. `run` is called once; `next_show` is what to go on with after it."""

    def __init__(self, options: Options, folder: DataFolder, show: Show | None) -> None:
        self.options = options
        self.next_show: Path | None = None
        self._folder = folder
        path, last_show = options.show, folder.remembered().last_show
        if show is None and not options.practice and last_show:
            with contextlib.suppress(UserError):  # gone or damaged since: practice is always fit to open
                path = Path(last_show)
                show = load_show(path)
        self._practice = Practice() if show is None or options.practice else None
        self.show = show_in_practice(show) if self._practice or show is None else show
        self._path = path
        self._trust = Trust(self.show, path, folder, is_given=self._practice is not None or options.trust)
        if options.headless:
            self._trust.must_be_given()
        self.clock = SystemClock()
        self._problems: list[str] = []
        self._undo: list[Callable[[], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ending = asyncio.Event()
        self._window: Windowed | None = None
        self._has_picture = False
        self._has_obs_started = False
        self._control: ControlServer | None = None

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
        show, data_dir = self.show, self._folder.path
        run = current_run(data_dir, show.name, self.clock.now())
        self._is_another_day = is_another_day(data_dir, self.clock.now())
        self.journal = FileJournal(
            data_dir, run, self.clock, writer, on_trouble=self._journal_failed, on_healed=self._journal_healed
        )
        self._is_new_run = self.journal.boot == 1
        self.alarms = Alarms(self.clock, self.journal)
        self.supervisor = Supervisor(self.journal)
        self.obs = build_obs(show, practice=self._practice, journal=self.journal, clock=self.clock)
        self.cameras = Cameras(self.supervisor, journal=self.journal, clock=self.clock, screenshot=self.obs.screenshot)
        self._telling = Telling(self.obs, self.cameras, obs_url=None if self._practice else show.obs.url)
        self._undo += self._telling.begin()
        self.audio = Audio(self.supervisor, journal=self.journal, clock=self.clock, alarms=self.alarms)
        self.audio.recorder.keep_in(data_dir / "recordings")
        self.selling = Selling(
            show,
            data_dir,
            run=run,
            is_practice=self._practice is not None,
            clock=self.clock,
            journal=self.journal,
            alarms=self.alarms,
            writer=writer,
            beside=self._path.parent if self._path is not None else None,
        )
        self.relays = Relays(self.supervisor)
        parts = Parts(self.obs, self.cameras, self.audio, self.selling.commerce, self.relays, self.selling.keeper)
        self.desk = Desk(show, parts, ACTIONS, journal=self.journal, alarms=self.alarms, clock=self.clock)
        if self._path is not None and self._practice is None:
            self.desk.look_book.keep_in(self._path)
            self.desk.camera_book.keep_in(self._path)
            self.desk.drop_book.keep_in(self._path)
            self.desk.sound_book.saving.keep_in(self._path)
        self.desk.camera_book.keep_pictures_in(data_dir / "snapshots")
        self._keep_hand_overs_in(data_dir / "relays.json")
        self.desk.camera_book.find_with = lambda: find_cameras(self.obs, self.desk.show.value)
        self.desk.host_door.serve = lambda: HostServer.start(self.desk)
        self.desk.host_door.key = self.selling.key
        self.watch = Watch(self.desk, self.alarms)
        self.overlays = Overlays(self.desk, self.alarms, data_dir / "overlays")
        self.drop_ends = DropEnds(self.desk)
        self.drop_scenes = DropScenes(self.desk)

    def _keep_hand_overs_in(self, path: Path) -> None:
        try:
            self.desk.camera_book.hand_over.keep_in(path)
        except UserError as error:
            self.alarms.raise_("relays", "relays.not_read", error.what, fix=error.fix)

    async def _open(self) -> None:
        """Show the window first, then reach out: each part comes up by itself, none waits for another."""
        kind = "run.started" if self._is_new_run else "run.continued"
        is_practice = self._practice is not None
        self.journal.write(kind, Origin.CONSOLE, show=self.show.name, practice=is_practice, **plan_of(self.show))
        if not self.options.headless:
            self._show_window()
        if self.options.control:
            self._control = await ControlServer.start(self.desk, self.journal, self.options.control, self._folder.path)
        if self._practice is not None:
            self._open_practice(self._practice)
        self._reach_out()
        self.desk.starter.open()
        await self.desk.camera_book.open(is_trusted=self._trust.is_given)
        self._spawn(self._remember())

    def _show_window(self) -> None:
        from console.app.window import Windowed

        self._window = Windowed(
            self.desk,
            self.cameras,
            self.journal,
            shows=self._folder.path / "shows",
            places=self._folder.path / "windows.json",
            on_close=self.end,
            on_show=self._go_on_with,
        )
        is_rehearsal = self.options.mode == "rehearse"
        self._window.show(PICTURE_SIZE if is_rehearsal else None)
        if is_rehearsal:
            self._undo.append(self.desk.sale.watch(self._picture_in_mid_sale))

    def _go_on_with(self, show: Path) -> None:
        self.next_show = show
        self.end()

    def _open_practice(self, practice: Practice) -> None:
        practice.start(self.supervisor, on_ready=self._start_obs)
        self._undo.append(
            self.desk.sale.watch(
                lambda _: practice.let_buyers_in(self.desk, lambda: self.selling.shop.url, self._spawn)
            )
        )
        if self.options.mode == "console":
            self._spawn(practice.look_for_a_real_obs(self.desk))

    def _reach_out(self) -> None:
        """Connect to everything that the show names and that may be connected to."""
        audio = self.show.audio
        if audio.channels or audio.returns:
            try:
                self.audio.open(audio, practice_clips=self._voices())
            except UserError as error:
                self.alarms.raise_("sound", "sound.down", error.what, fix=error.fix)
        self._undo.append(self._telling.show_buses())
        self._undo.append(self.desk.show.watch(self._follow_show, now=False))
        if self._practice is None and not self._trust.obs_waits:
            self._start_obs()
        if not self._trust.shop_waits:
            self._spawn(self._start_selling())
        if not self._trust.is_given:
            self.desk.on_trust = self._on_trust
            self.desk.notice.set(self._trust.question())

    async def _on_trust(self) -> Outcome:
        """Connect to what was left out until the director said yes."""
        is_new_shop = self._trust.shop_waits
        self._trust.is_given, self.desk.on_trust = True, None
        await self.desk.camera_book.open(is_trusted=True)
        self._start_obs()
        if is_new_shop:
            self._spawn(self._start_selling())
        self.desk.notice.set(None)
        await self._remember()
        return Outcome.done()

    def _follow_show(self, show: Show) -> None:
        """Machines that the director has named by hand need no second yes."""
        self._trust.follow(show)
        self._spawn(self._remember())

    async def _start_selling(self) -> None:
        await self.selling.start()
        if self._is_another_day or (self._practice is not None and self._is_new_run):
            await self.selling.sell_anew()
        await self._let_phones_in_again()

    async def _let_phones_in_again(self) -> None:
        """The console died in mid-show with the host's page on: the phones that were paired may go on."""
        last = self.journal.last("host.opened", "host.closed")
        opening = last.fields.get("opening") if last is not None else None
        if opening and not self.desk.host.value.is_on:
            try:
                await self.desk.host_door.open_again(str(opening))
            except UserError as error:
                self.desk.notice.set(Notice(error.what, error.fix))

    async def _remember(self) -> None:
        if self._practice is None:
            await asyncio.to_thread(self._trust.keep)

    def _start_obs(self) -> None:
        """Connect to OBS, once; from then on the link looks after itself."""
        if not self._has_obs_started:
            self._has_obs_started = True
            self.obs.start()

    def _voices(self) -> dict[str, str] | None:
        if self.show.audio.device != "practice":
            return None
        return self._practice.voices if self._practice else Practice().voices

    async def _stay(self) -> None:
        """Until the window closes, a signal comes, the time is over, or what was to be done is done."""
        if self.options.mode == "rehearse":
            self._problems += await rehearse(self.desk, STEPS, say=_say)
        elif self.options.mode == "check":
            within_s = self.options.for_s or PREFLIGHT_S
            self._problems += await preflight(self.desk, say=_say, within_s=within_s)
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.options.for_s):
                    await self._ending.wait()
            if self.next_show is None:
                self._problems += self._unproved()

    async def _close(self) -> None:
        """End everything in order: first what asks, then what answers, then what keeps."""
        await self._close_window()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.desk.host_door.close(Origin.CONSOLE)
        if self._control is not None:
            await self._control.close()
        for undo in self._undo:
            undo()
        self.drop_scenes.close()
        self.drop_ends.close()
        await self.overlays.close()
        self.watch.close()
        await self.desk.sound_book.saving.close()
        self.desk.close()
        goes_on = self.desk.switcher.value.on_air or self.selling.is_open()
        await self.selling.commerce.close()
        await asyncio.gather(self.audio.close(), self.cameras.close(), self.relays.close(), self.obs.close())
        await self.supervisor.close()
        await self.selling.close_shop()
        self.journal.write("run.paused" if goes_on else "run.ended", Origin.CONSOLE)
        await self.journal.close()
        await self._report()

    def _picture_in_mid_sale(self, sale: Sale) -> None:
        if len(sale.orders) >= PICTURE_AT_ORDERS and not self._has_picture:
            self._has_picture = True
            self._spawn(self._picture())

    async def _picture(self) -> None:
        assert self._window is not None
        path = self._folder.path / "reports" / f"{self.journal.run}.png"
        await self._window.picture(path)
        _say(f"Picture of the window: {path}")

    async def _close_window(self) -> None:
        if self._window is None:
            return
        if self.options.mode == "rehearse" and not self._has_picture:
            await self._picture()
        await self._window.close()

    async def _report(self) -> None:
        path = self._folder.path / "reports" / f"{self.journal.run}.html"
        try:
            await asyncio.to_thread(make_report, self.journal.path, path)
        except (UserError, OSError) as error:
            self._problems.append(f"There is no report: {error}")
            return
        if self.options.mode != "check":
            _say(f"Report: {path}")

    def _unproved(self) -> list[str]:
        """What a run that ends now has not proved; for the exit code."""
        pending = self.desk.sale.value.outbox_pending
        lines = [f"{pending} messages to the shop are not confirmed; they go on at the next start."] if pending else []
        lines += [f"{alarm.what} {alarm.fix}" for alarm in self.desk.alarms.value if alarm.rank <= Rank.LINK]
        return lines

    # --- the rest ---

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


def _say(line: str) -> None:
    print(line, flush=True)
