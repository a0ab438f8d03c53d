"""Opening a device from a worker that must go on beating: however long it takes to appear, whatever it blocks on."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from console.core.errors import UserError
from console.workers.port import WorkerPort

if TYPE_CHECKING:
    from console.audio.device import Device

log = logging.getLogger(__name__)

TICK_S: Final = 0.02
RETRY_S: Final = 1.0
OPENING_S: Final = 10.0


def opened(
    port: WorkerPort,
    attempt: "Callable[[bool], Device]",
    *,
    obey: Callable[[float], None],
    missed: Callable[[UserError], None],
) -> "Device":
    """The open device, once `attempt(is_first)` gives one; `missed` is told of every failure.

    obey: takes the console's commands for up to so many seconds. An attempt that blocks past OPENING_S ends the
    heartbeat, and with it this process.
    """
    is_first = True
    while True:
        found = _tried(port, attempt, obey, is_first=is_first)
        if not isinstance(found, UserError):
            return found
        is_first = False
        missed(found)
        again_s = time.monotonic() + RETRY_S
        while time.monotonic() < again_s:
            port.beat()
            obey(TICK_S)


def _tried(
    port: WorkerPort, attempt: "Callable[[bool], Device]", obey: Callable[[float], None], *, is_first: bool
) -> "Device | UserError":
    """One attempt, in a thread, since it may block."""
    found: list[Device | UserError] = []

    def run() -> None:
        try:
            found.append(attempt(is_first))
        except UserError as error:
            found.append(error)
        except Exception:
            log.exception("opening the sound device failed")
            found.append(UserError("The sound device could not be opened.", fix="It is tried again."))

    thread = threading.Thread(target=run, name="open sound device", daemon=True)
    thread.start()
    give_up_s = time.monotonic() + OPENING_S
    while thread.is_alive():
        if time.monotonic() < give_up_s:
            port.beat()
        obey(0)
        thread.join(TICK_S)
    return found[0]
