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

from console.app.options import Options
from console.app.practice import Practice, show_in_practice
from console.audio.desk_side import Audio
from console.cameras.wall import Cameras
from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.shops.manual import ManualShop
from console.commerce.shops.port import ShopClient
from console.commerce.state import DropState, Sale
from console.core.alarms import Alarms, Rank
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.catalogue import ACTIONS
from console.desk.desk import Desk, Parts
from console.desk.overlays import Overlays
from console.desk.own_shop import OwnShop
from console.desk.preflight import preflight
from console.desk.rehearse import rehearse
from console.desk.view import Notice, Tone
from console.desk.watch import Watch
from console.practice.rehearsal import STEPS
from console.remote.server import ControlServer
from console.settings.folder import DataFolder, Remembered
from console.settings.secrets import get_secret
from console.settings.show import Show
from console.shop.adopt import ShopKeeper
from console.show.figures import plan_of
from console.show.file import load_show
from console.show.journal import FileJournal
from console.show.report import make_report
from console.show.runs import current_run
from console.show.trust import far_hosts, is_far
from console.workers.supervisor import Supervisor
from scenes.link import ObsLink
from scenes.state import Switcher

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
        self._remembered = folder.remembered()
        self._path = options.show
        if show is None and not options.practice and self._remembered.last_show:
            with contextlib.suppress(UserError):  # gone or damaged since: practice is always fit to open
                self._path = Path(self._remembered.last_show)
                show = load_show(self._path)
        self._practice = Practice() if show is None or options.practice else None
        self.show = show_in_practice(show) if self._practice or show is None else show
        self._is_trusted = self._practice is not None or options.trust or self._has_trust()
        if not self._is_trusted and options.headless:
            raise UserError(
                f"This show names hosts that nobody has said yes to: {', '.join(far_hosts(self.show))}.",
                fix="Look at them, then start with --trust.",
            )
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
        self.journal = FileJournal(
            data_dir, run, self.clock, writer, on_trouble=self._journal_failed, on_healed=self._journal_healed
        )
        self._is_new_run = self.journal.boot == 1
        self.alarms = Alarms(self.clock, self.journal)
        self.supervisor = Supervisor(self.journal)
        self.obs = ObsLink(
            self._practice.obs_url if self._practice else show.obs.url,
            self._obs_password,
            safe_scene=show.obs.safe_scene,
            journal=self.journal,
            clock=self.clock,
            secret=show.obs.secret,
        )
        self.cameras = Cameras(self.supervisor, journal=self.journal, clock=self.clock, screenshot=self.obs.screenshot)
        self.audio = Audio(self.supervisor, journal=self.journal, clock=self.clock, alarms=self.alarms)
        self._keeper = self._shop_keeper()
        self.shop = self._shop_client()
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
        self.own_shop: OwnShop | None = None
        if self._keeper is not None and isinstance(self.shop, EventsShop):
            self.own_shop = OwnShop(self._keeper, self.commerce, self.shop, self.alarms)
        parts = Parts(self.obs, self.cameras, self.audio, self.commerce)
        self.desk = Desk(show, parts, ACTIONS, journal=self.journal, alarms=self.alarms, clock=self.clock)
        self.watch = Watch(self.desk, self.alarms)
        self.overlays = Overlays(self.desk, self.alarms, data_dir / "overlays")

    async def _open(self) -> None:
        """Show the window first, then reach out: each part comes up by itself, none waits for another."""
        kind = "run.started" if self._is_new_run else "run.continued"
        plan = plan_of(self.show)
        self.journal.write(kind, Origin.CONSOLE, show=self.show.name, practice=self._practice is not None, drops=plan)
        if not self.options.headless:
            self._show_window()
        if self.options.control:
            self._control = await ControlServer.start(self.desk, self.journal, self.options.control, self._folder.path)
        if self._practice is not None:
            self._open_practice(self._practice)
        self._reach_out()
        self._spawn(self._remember())

    def _show_window(self) -> None:
        from console.app.window import Windowed

        self._window = Windowed(
            self.desk,
            self.cameras,
            self.journal,
            shows=self._folder.path / "shows",
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
            self.desk.sale.watch(lambda _: practice.let_buyers_in(self.desk, lambda: self.shop.url, self._spawn))
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
        self._undo.append(self.obs.state.watch(self._show_buses))
        self.cameras.open(self.show.cameras, is_trusted=self._is_trusted)
        if self._practice is None and (self._is_trusted or not self._obs_is_far()):
            self._start_obs()
        if self._is_trusted or not self._shop_is_far():
            self._spawn(self._start_selling())
        if not self._is_trusted:
            self._ask_for_trust()

    def _start_obs(self) -> None:
        """Connect to OBS, once; from then on the link looks after itself."""
        if not self._has_obs_started:
            self._has_obs_started = True
            self.obs.start()

    def _voices(self) -> dict[str, str] | None:
        if self.show.audio.device != "practice":
            return None
        return self._practice.voices if self._practice else Practice().voices

    def _show_buses(self, switcher: Switcher) -> None:
        self.cameras.watch_bus("program", switcher.program or switcher.claimed)
        self.cameras.watch_bus("preview", switcher.preview if switcher.studio_mode else None)

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
        if self._control is not None:
            await self._control.close()
        for undo in self._undo:
            undo()
        await self.overlays.close()
        self.watch.close()
        self.desk.close()
        goes_on = self.desk.switcher.value.on_air or self._is_selling()
        await self.commerce.close()
        await asyncio.gather(self.audio.close(), self.cameras.close(), self.obs.close())
        await self.supervisor.close()
        if self.own_shop is not None:
            await self.own_shop.close()
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
        self._window.close()

    def _is_selling(self) -> bool:
        return any(drop.state in (DropState.OPEN, DropState.FIRING) for drop in self.desk.sale.value.drops)

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

    # --- the shop and the secrets ---

    def _shop_keeper(self) -> ShopKeeper | None:
        shop = self.show.shop
        if shop.kind != "embedded":
            return None
        is_practice = self._practice is not None
        return ShopKeeper(self._folder.path, listen=shop.listen, public_url=shop.public_url, practice=is_practice)

    def _shop_client(self) -> ShopClient:
        shop = self.show.shop
        if shop.kind == "manual":
            return ManualShop(public_url=shop.public_url or "")
        url = f"http://{shop.listen}" if shop.kind == "embedded" else shop.url or ""
        return EventsShop(
            url, secret=self._shop_secret, clock=self.clock, public_url=shop.public_url or "", kind=shop.kind
        )

    async def _shop_secret(self) -> str | None:
        if self._keeper is None:
            return await get_secret(self.show.shop.secret)
        address = self._keeper.state.value.address
        return address.secret if address else None

    async def _obs_password(self) -> str | None:
        return self._practice.password if self._practice else await get_secret(self.show.obs.secret)

    async def _start_selling(self) -> None:
        if self.own_shop is None:
            await self.commerce.start()
        else:
            await self.own_shop.open(restock=self._practice is not None and self._is_new_run)

    # --- trust and memory ---

    def _ask_for_trust(self) -> None:
        self.desk.on_trust = self._trust
        what = f"This show names hosts that you have not said yes to: {', '.join(far_hosts(self.show))}."
        self.desk.notice.set(Notice(what, "Look at them; the rest works already.", Tone.WAIT, offer="show.trust"))

    async def _trust(self) -> Outcome:
        """Connect to what was left out until the director said yes."""
        self._is_trusted, self.desk.on_trust = True, None
        self.cameras.open(self.show.cameras, is_trusted=True)
        self._start_obs()
        if self._shop_is_far():
            self._spawn(self._start_selling())
        self.desk.notice.set(None)
        await self._remember()
        return Outcome.done()

    def _obs_is_far(self) -> bool:
        return is_far(self.show.obs.url)

    def _shop_is_far(self) -> bool:
        return self.show.shop.kind == "events" and is_far(self.show.shop.url or "")

    def _has_trust(self) -> bool:
        return not far_hosts(self.show) or self._trust_key() in self._remembered.trusted

    def _trust_key(self) -> str:
        return " ".join([str(self._path and self._path.resolve()), *far_hosts(self.show)])

    async def _remember(self) -> None:
        if self._practice is not None or self._path is None:
            return
        trusted = set(self._remembered.trusted) | ({self._trust_key()} if self._is_trusted else set())
        what = Remembered(str(self._path.resolve()), tuple(sorted(trusted)))
        with contextlib.suppress(OSError):  # a full disk is the journal's alarm; the memory is a comfort
            await asyncio.to_thread(self._folder.remember, what)

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
