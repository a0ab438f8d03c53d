"""The console's side of its own shop: find the one that runs or start one, and keep it running.

Loop thread; waiting and HTTP happen in threads. The shop is a process of its own that outlives the console on purpose
while something is on sale: whoever starts next adopts it.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from console.contract import signing
from console.contract.books import Books, books_from_json
from console.core.errors import UserError
from console.core.ids import new_id
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.shop.export import write_orders
from console.shop.place import LOCK_WITHIN_S, Place, Reach, ShopAddress, is_held

log = logging.getLogger(__name__)

START_WITHIN_S: Final = 20.0
END_WITHIN_S: Final = 6.0
LOOK_EVERY_S: Final = 0.2
ANSWER_WITHIN_S: Final = 1.5
SILENT_S: Final = 10.0  # a shop that runs and answers nobody for so long sells nothing: it is replaced

# Shops that we started: kept, so that a dead one is reaped, and that a living one may outlive us without a warning.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Counted:
    """The counter as the shop says: pieces."""

    is_open: bool
    stock: int
    sold: int
    left: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the embedded shop is. `address` is the last that was known, also while the link is down.

    `counter` None: a shop that has not said yet, or of a Cuedrop before it had one.
    """

    link: Link = Link()
    address: ShopAddress | None = None
    books: Books | None = None  # as the shop counted them last
    counter: Counted | None = None


async def ensure_shop(data_dir: Path, reach: Reach, *, practice: bool = False) -> ShopAddress:
    """The running shop of `data_dir`, started if there is none; returns when it answers.

    One that sells is adopted wherever it listens; one that does not, and is a console's, makes room when `reach` is
    another now. Raises UserError when it cannot be had.
    """
    place = Place.below(data_dir, practice=practice)
    return await asyncio.to_thread(_ensure, place, reach, practice)


class ShopKeeper:
    """Keeps the shop of one data folder running for as long as the console does.

    The console's wish is a lock that the operating system takes back when the console dies (see console.shop.place).
    """

    def __init__(self, data_dir: Path, reach: Reach, *, practice: bool = False) -> None:
        self.state: Observable[Keeping] = Observable(Keeping())
        self._data_dir = data_dir
        self._reach = reach
        self._practice = practice
        self._lock: FileLock | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> ShopAddress:
        """Adopt or start the shop and keep it; returns its address. Raises UserError when it cannot be had."""
        place = Place.below(self._data_dir, practice=self._practice)
        lock = place.console_lock()
        try:
            await asyncio.to_thread(lock.acquire, timeout=LOCK_WITHIN_S)
        except Timeout:
            raise UserError(
                "Another console keeps the shop of this folder.", fix="Close it, or use another --data-dir."
            ) from None
        self._lock = lock
        try:
            address = await self._ensure()
        except UserError:
            lock.release()
            raise
        self._task = asyncio.create_task(self._keep(place))
        return address

    async def close(self) -> None:
        """Stop keeping. The shop ends too, unless it was started by hand or sells (practice sells nothing real)."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._lock is not None:
            self._lock.release()
        address = self.state.value.address
        if address is not None:
            place = Place.below(self._data_dir, practice=self._practice)
            await asyncio.to_thread(_end_if_ours, place, address, self._practice)
        self.state.set(Keeping())

    async def new_pin(self) -> None:
        """Let the shop make another PIN for its counter. Raises UserError when it does not."""
        address = self.state.value.address
        place = Place.below(self._data_dir, practice=self._practice)
        if address is None or not await asyncio.to_thread(_change_pin, address):
            raise UserError("The shop made no new PIN.", fix="The old one is good. Try again when the shop answers.")
        changed = await asyncio.to_thread(place.read)
        if changed is not None:
            self.state.set(replace(self.state.value, address=changed))

    def export(self, at: datetime) -> Path:
        """Write all orders into a folder of their own; returns it. Blocking. Raises UserError."""
        folder = self._data_dir / "exports" / f"orders-{at.astimezone():%Y-%m-%d-%H%M%S}"
        write_orders(Place.below(self._data_dir, practice=self._practice), folder)
        return folder

    async def _ensure(self) -> ShopAddress:
        address = await ensure_shop(self._data_dir, self._reach, practice=self._practice)
        self.state.set(Keeping(Link(LinkState.UP), address))
        return address

    async def _keep(self, place: Place) -> None:
        """Look after it, five times a second; a dead one is replaced at once, then with a growing pause."""
        pause_s, answered_s = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            address = self.state.value.address
            health = None if address is None else await asyncio.to_thread(_health, address)
            if health is not None:
                books = books_from_json(json.dumps(health.get("books")))
                self.state.set(Keeping(Link(LinkState.UP), self.state.value.address, books, _counted(health)))
                pause_s, answered_s = 0.0, time.monotonic()
                continue
            if await asyncio.to_thread(is_held, place.shop_lock()):
                self._say(LinkState.CONNECTING, "The shop does not answer.", "It is asked again.")
                if time.monotonic() - answered_s > SILENT_S and _kill_if_started_here(address):
                    log.info("the shop was silent for %.0f s; it is replaced", SILENT_S)
                continue
            self._say(LinkState.CONNECTING, "The shop has died.", "It is started again.")
            log.info("the shop has died; it is started again")
            await asyncio.sleep(pause_s)
            pause_s = min(10.0, pause_s * 2 + 0.5)
            try:
                await self._ensure()
            except UserError as error:
                self._say(LinkState.DOWN, error.what, error.fix)

    def _say(self, state: LinkState, why: str, fix: str) -> None:
        self.state.set(replace(self.state.value, link=Link(state, why, fix)))


def _ensure(place: Place, reach: Reach, practice: bool) -> ShopAddress:
    _reap()
    deadline = time.monotonic() + START_WITHIN_S
    started: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        address = place.read()
        health = None if address is None else _health(address)
        if address is not None and health is not None:
            if started is not None or not _must_move(health, reach):
                return address
            _end(place, address)
        elif started is not None and started.poll() is not None:
            raise _why_it_ended(place)
        elif started is None and not is_held(place.shop_lock()):
            started = _start(place, reach, practice)
        time.sleep(0.05)
    raise UserError("The shop does not answer.", fix=f"Read {place.log}, end it and start Cuedrop again.")


def _start(place: Place, reach: Reach, practice: bool) -> subprocess.Popen[bytes]:
    data_dir = place.folder.parent if practice else place.folder
    command = [sys.executable, "-m", "console.shop", "--data-dir", str(data_dir), "--listen", reach.listen]
    command += ["--with-console", *(["--practice"] if practice else [])]
    command += ["--public-url", reach.public_url] if reach.public_url else []
    command += ["--keep-days", str(reach.keep_days)]
    command += ["--buyers-kbps", str(reach.buyers_kbps)] if reach.buyers_kbps else []
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    root = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": root + (os.pathsep + known if known else "")}
    try:
        with place.log.open("ab") as said:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, **detached
            )
    except OSError as error:
        what = f"The shop cannot be started ({error.strerror or error})."
        raise UserError(what, fix="Close other programs, and free space on the disk.") from error
    _started.append(process)
    log.info("started the shop as process %s", process.pid)
    return process


def _must_move(health: dict[str, Any], reach: Reach) -> bool:
    """True when a console's idle shop is reached otherwise than is wanted now."""
    if health.get("is_selling") or not health.get("with_console"):
        return False
    public_url = (reach.public_url or "").rstrip("/")
    is_known_as = not public_url or health.get("public_url") == public_url
    is_run_as = all(health.get(name) == getattr(reach, name) for name in ("listen", "buyers_kbps", "keep_days"))
    return not (is_known_as and is_run_as)


def _end_if_ours(place: Place, address: ShopAddress, is_practice: bool) -> None:
    health = _health(address)
    if health is not None and health.get("with_console") and (is_practice or not health.get("is_selling")):
        _end(place, address)


def _end(place: Place, address: ShopAddress) -> None:
    """Ask the shop, that has just answered with this pid, to end; wait until its folder is free."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(address.pid, signal.SIGTERM)
    deadline = time.monotonic() + END_WITHIN_S
    while is_held(place.shop_lock()) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in _started:
        if process.pid == address.pid:  # it lets go of the folder a moment before it is gone
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
    _reap()


def _kill_if_started_here(address: ShopAddress | None) -> bool:
    """End a hanging shop at once; False when it is not a child of this console (then its number may be another's)."""
    for process in _started:
        if address is not None and process.pid == address.pid and process.poll() is None:
            process.kill()
            return True
    return False


def _reap() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


def _health(address: ShopAddress) -> dict[str, Any] | None:
    """What the shop at `address` says of itself; None when nobody, or somebody else, answers there."""
    parts = urlsplit(address.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/v1/health")
        said = json.loads(connection.getresponse().read(10_000))
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return said if isinstance(said, dict) and said.get("pid") == address.pid else None


def _counted(health: dict[str, Any]) -> Counted | None:
    said = health.get("counter")
    try:
        return None if said is None else Counted(**said)
    except TypeError:
        return None


def _change_pin(address: ShopAddress) -> bool:
    """Ask the shop for another PIN; False when it does not make one."""
    parts = urlsplit(address.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
    try:
        headers = signing.sign(address.secret, new_id(), b"{}", datetime.now(UTC))
        connection.request("POST", "/v1/counter/pin", b"{}", headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _why_it_ended(place: Place) -> UserError:
    """The reason that a shop wrote on the last line of its log before it ended."""
    with contextlib.suppress(OSError, ValueError, KeyError, IndexError, TypeError):
        last = json.loads(place.log.read_text("utf-8", "replace").splitlines()[-1])
        return UserError(str(last["what"]), fix=str(last["fix"]))
    return UserError("The shop did not start.", fix=f"Read {place.log}.")
