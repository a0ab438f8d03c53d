"""Where a shop keeps its things below the data folder, and who holds what. No HTTP.

Two locks, both the operating system's, so that a killed process lets go by dying:
`shop.json.lock` is held by the one shop of the folder, `shop.console.lock` by the console that wants it to run.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock

from console.contract import signing
from console.core.errors import UserError
from console.core.lan import is_everywhere, lan_address

KEEP_DAYS: Final = 90
FILE: Final = "file:"  # how an unlock begins that is a file of the shop
LOCK_WITHIN_S: Final = 2.0  # longer than anybody who only looks holds a lock


@dataclass(frozen=True, slots=True)
class ShopAddress:
    """How to reach a shop: `url` for the console, `public_url` for buyers, `secret` signs events.

    `counter_url` and `pin` let a tablet in the room in.
    """

    url: str
    public_url: str
    secret: str = field(repr=False)
    pid: int
    counter_url: str = ""
    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a shop is to be run: where it listens (port 0 picks one), what buyers know it as, how much of the uplink
    their pages may take, in kbit/s (None: all of it), and for how many days it knows whose an order was.
    """

    listen: str = "127.0.0.1:0"
    public_url: str | None = None
    buyers_kbps: int | None = None
    keep_days: int = KEEP_DAYS


@dataclass(frozen=True, slots=True)
class Place:
    """One shop's files. A practice shop lives in a folder of its own: it never sells a real piece."""

    folder: Path

    @classmethod
    def below(cls, data_dir: Path, *, practice: bool = False) -> "Place":
        """The place below `data_dir`, made if need be. Raises UserError when it cannot be."""
        folder = data_dir / "practice-shop" if practice else data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The folder {folder} cannot be made ({error.strerror}).", fix="Choose another with --data-dir."
            ) from error
        return cls(folder)

    @property
    def database(self) -> Path:
        """Drops and orders."""
        return self.folder / "shop.sqlite"

    @property
    def pictures(self) -> Path:
        """Pictures of drops, named by their content."""
        return self.folder / "pictures"

    @property
    def files(self) -> Path:
        """What paid orders open, named by its content."""
        return self.folder / "files"

    @property
    def log(self) -> Path:
        """What a shop that was started by a console has to say."""
        return self.folder / "shop.log"

    def shop_lock(self) -> FileLock:
        """Held by the running shop."""
        return FileLock(self.folder / "shop.json.lock", thread_local=False)

    def console_lock(self) -> FileLock:
        """Held by the console that wants the shop to run."""
        return FileLock(self.folder / "shop.console.lock", thread_local=False)

    def read(self) -> ShopAddress | None:
        """What `shop.json` says; None when there is none or it cannot be read as ours."""
        try:
            said = json.loads((self.folder / "shop.json").read_text("utf-8"))
            address = ShopAddress(
                said["url"],
                said["public_url"],
                said["secret"],
                int(said["pid"]),
                str(said.get("counter_url", "")),
                str(said.get("pin", "")),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return address if signing.is_secret(address.secret) else None

    def write(self, address: ShopAddress) -> None:
        """Put `address` into `shop.json`, all or nothing, readable by its owner alone. Raises OSError."""
        path = self.folder / "shop.json"
        draft = self.folder / f"shop.json.{os.getpid()}.new"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(address), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)


def is_held(lock: FileLock) -> bool:
    """True when another process holds `lock`, and while nobody can tell: many buyers may leave no file to be opened."""
    try:
        with lock.acquire(timeout=0):
            return False
    except OSError:  # filelock's Timeout is one
        return True


def host_and_port(listen: str) -> tuple[str, int]:
    """`host:port` apart, brackets off. Raises UserError with how to write it."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise UserError(f'"{listen}" is no address to listen on.', fix="Write it like 127.0.0.1:8710.")
    return host.strip("[]"), int(port)


def reachable(host: str) -> str:
    """An address of this machine that reaches a program listening on `host`, which may mean all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def in_the_room(host: str, port: int) -> str:
    """The address by which a tablet beside this machine reaches what listens on `host`. Sends nothing; may block."""
    return url_of(lan_address() or reachable(host) if is_everywhere(host) else host, port)


def url_of(host: str, port: int) -> str:
    """`http://host:port`, an IPv6 address in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
