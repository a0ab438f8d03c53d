"""A background task that dies of a bug says so in the log, at once and with its traceback."""

import asyncio
import logging

log = logging.getLogger(__name__)


def tell_of_a_bug(task: "asyncio.Task[None]") -> None:
    """Log what ended `task`, unless it ended by itself or was cancelled. For add_done_callback."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s ended by a bug", task.get_name(), exc_info=error)
