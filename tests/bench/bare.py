"""The least window there is, a process of its own: `python -m tests.bench.bare SECONDS [TITLE]`. A floor.

With SECONDS it paints a moving bar at 60 Hz, and then prints as JSON how late its loop was, by the console's own watch.
"""

import json
import sys
from dataclasses import asdict

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

FRAME_MS = 16


class Bare(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._frame = 0
        self.resize(1280, 720)

    def step(self) -> None:
        self._frame += 1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#0e1116"))
        painter.fillRect(self._frame * 4 % self.width(), 0, 40, self.height(), QColor("#2fbf71"))


def main(seconds: float, title: str) -> None:
    application = QApplication([title])
    window = Bare()
    window.setWindowTitle(title)
    window.show()
    if seconds:
        from widgets.stall import StallWatch

        beat = QTimer(window)
        beat.setTimerType(Qt.TimerType.PreciseTimer)
        beat.timeout.connect(window.step)
        beat.start(FRAME_MS)
        watch = StallWatch(lambda ms: None)
        QTimer.singleShot(500, watch.start)  # its own start is not counted
        QTimer.singleShot(int(seconds * 1000), application.quit)
    application.exec()
    if seconds:
        watch.stop()
        print(json.dumps(asdict(watch.lateness())))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "bare")
