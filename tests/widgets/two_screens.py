"""Both windows on two screens of Qt's offscreen platform: `python -m tests.widgets.two_screens CONFIG`.

Prints as JSON where the multiview stood: opened for the first time, closed and opened again after it was moved,
after its screen was gone.
"""

import json
import os
import sys
from pathlib import Path


def main() -> int:
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(sys.argv[1])}"

    from PySide6.QtWidgets import QApplication

    from console.app.window_places import read_places, write_places
    from tests.widgets.fake_desk import FakeDesk
    from tests.widgets.shown import Shown

    application = QApplication([])
    shown = Shown(application, FakeDesk("open"))
    second = shown.window.second
    seen: list[object] = []

    def note() -> None:
        window = second.window
        assert window is not None
        shown.settle()
        seen.append([window.screen().name(), window.geometry().getRect(), window.placed.is_full])

    second.open()
    note()
    kept = Path(sys.argv[1]).with_name("windows.json")
    write_places(kept, second.places())
    second.toggle()
    second.restore(read_places(kept))
    note()
    assert second.window is not None
    application.screenRemoved.emit(second.window.screen())
    note()
    print(json.dumps(seen))
    shown.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
