"""The clock page by itself: while `cuedrop check` looks at the cameras that see it. Qt thread alone."""

import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from console.core.clock import SystemClock
from widgets import theme
from widgets.clock_page import ClockPage


def show_clock(*, for_s: float | None, is_full: bool) -> None:
    """Show the page until it is closed, or for so many seconds."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([sys.argv[0]])
    theme.dress(application)
    page = ClockPage(SystemClock())
    page.closed.connect(application.quit)
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, lambda *_: page.close())  # heard at the page's next tick
    page.open(page.screen() if is_full else None)
    if for_s is not None:
        QTimer.singleShot(round(for_s * 1000), page.close)
    application.exec()
