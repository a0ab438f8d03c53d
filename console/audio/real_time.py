"""What a process does for its blocks of sound to come in time. No numpy, no device."""

import contextlib
import gc
import os
import sys
from typing import Final

REAL_TIME_PRIORITY: Final = 10


def freeze() -> None:
    """No garbage collection from here on: a collection in the middle of a block is a missed block."""
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(0.0005)


def ask_for_real_time() -> None:
    """Real-time priority for the calling thread, unless it has it (JACK's) or the machine says no."""
    if not hasattr(os, "sched_setscheduler"):
        return
    with contextlib.suppress(OSError):
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME_PRIORITY))
