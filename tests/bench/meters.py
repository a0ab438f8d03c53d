"""What 64 moving meters on the screen cost the window, as a share of one core, against the five percent they may."""

import math
import os
import time

from tests.bench.figures import Figure, against

METERS = 64
SECONDS = 10.0
EVERY_MS = 48  # the window's: each third frame
MOST_PERCENT = 5.0
PAIRS = 2
COLUMNS = 8  # each is then as wide as in the sound pane of a window of 1920x1080


def measure(*, seconds: float = SECONDS) -> list[Figure]:
    """CPU time of a window of nothing but meters, all seen and all moving, less that of one where they stand still."""
    if "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    pairs = [[_percent(application, seconds / 2, moves=moves) for moves in (True, False)] for _ in range(PAIRS)]
    moving, standing = (sum(pair[side] for pair in pairs) / PAIRS for side in (0, 1))
    spread = f"{moving:.1f} moving, {standing:.1f} standing, {QApplication.platformName()}"
    return [against("64 meters on the screen, at most", moving - standing, MOST_PERCENT, "% of a core", spread)]


def _percent(application: object, seconds: float, *, moves: bool) -> float:
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QGridLayout, QWidget

    from console.audio.state import Level
    from widgets.meters import Meter

    window = QWidget()
    window.resize(1920, 1080)
    grid = QGridLayout(window)
    meters = [Meter() for _ in range(METERS)]
    for index, meter in enumerate(meters):
        grid.addWidget(meter, *divmod(index, COLUMNS))
    window.show()
    loop, timer = QEventLoop(), QTimer()

    def tick() -> None:
        at = time.monotonic()
        for index, meter in enumerate(meters):
            peak = -20 + 18 * math.sin(at * 3 + index) if moves else -20.0
            meter.show_level(Level(peak, peak - 9, -3.0))

    timer.timeout.connect(tick)
    timer.start(EVERY_MS)
    QTimer.singleShot(500, loop.quit)
    loop.exec()  # the scales are painted once
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    before_s, began_s = time.process_time(), time.monotonic()
    loop.exec()
    share = (time.process_time() - before_s) / (time.monotonic() - began_s)
    timer.stop()
    window.close()
    return 100 * share
