"""Logging: to stderr, and the last 2,000 lines in memory for a problem report; secrets never."""

import logging
import sys
from collections import deque

from console.settings.secrets import Redactor

LINES_KEPT = 2_000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Recent(logging.Handler):
    """Keeps the newest lines in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(self.format(record))


def start_logging(level: int) -> Recent:
    """Log from `level` on to stderr and everything from INFO on to memory; returns the memory."""
    recent = Recent()
    loud = logging.StreamHandler(sys.stderr)
    loud.setLevel(level)
    for handler in (recent, loud):
        handler.setFormatter(logging.Formatter(FORMAT))
        handler.addFilter(Redactor())
    logging.basicConfig(level=logging.INFO, handlers=[recent, loud], force=True)
    for chatty in ("httpx", "httpcore", "uvicorn", "websockets", "matplotlib", "PIL", "asyncio", "qasync", "stamina"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return recent
