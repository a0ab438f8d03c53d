"""Pictures of the window in every state: `python -m tests.widgets.look OUT.png --scale 2 --state open`.

With a DISPLAY (Xvfb) it is the real thing; without, Qt's offscreen platform draws the same.
"""

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.widgets.fake_desk import FakeDesk
    from widgets.window import MainWindow


def _type(window: "MainWindow", wanted: argparse.Namespace) -> None:
    """Open what is typed into."""
    if wanted.find is not None:
        window.keys.finder_wanted.emit()
        window.finder.field.setText(wanted.find)
    if wanted.form is not None:
        window.pages.queue.add(like=wanted.form)
    if wanted.change is not None:
        window.pages.changing.open()
        window.pages.changing.price.setText(wanted.change)


def _seen(window: "MainWindow", wanted: argparse.Namespace) -> "QWidget":
    """The window that is pictured."""
    if not wanted.host:
        return window
    window.own.host.toggle()
    page = window.own.host.page
    assert page is not None
    page.resize(window.size())
    return page


def _be_again(desk: "FakeDesk", state: str) -> None:
    """Another page in front has closed the list of unpaid orders."""
    from tests.widgets.order_states import ORDER_STATES

    if state in ORDER_STATES:
        desk.be(state)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--state", default="open")
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--panel", action="store_true", help="with the first-show panel")
    parser.add_argument("--palette", action="store_true", help="with the palette open")
    parser.add_argument("--section", help="of the SOUND page")
    parser.add_argument("--find", help="with the scene finder open on these letters")
    parser.add_argument("--change", metavar="PRICE", help="with the form that changes the drop, and this typed")
    parser.add_argument("--form", metavar="ID", help="with the queue's form of a new drop, like this one")
    parser.add_argument("--host", action="store_true", help="the host's window, in that size, not the director's")
    parser.add_argument("--drop", action="store_true", help="with the figures of the chosen drop")
    parser.add_argument("--hold", action="store_true", help="with FIRE held")
    wanted = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = wanted.scale
    if "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from PySide6.QtWidgets import QApplication

    from tests.widgets.fake_desk import FakeDesk
    from tests.widgets.page_states import PAGE_STATES
    from tests.widgets.shown import at_once
    from widgets import theme
    from widgets.first_show import FoundShow
    from widgets.pages import OUTBOX, RUNDOWN
    from widgets.stall import StallWatch
    from widgets.window import MainWindow

    application = QApplication([])
    desk = FakeDesk(wanted.state)
    window = MainWindow(desk, schedule=at_once)
    width, height = (int(side) for side in wanted.size.split("x"))
    window.resize(width, height)
    window.show()
    window.activateWindow()

    async def create(found: FoundShow) -> object:
        return desk.answer

    if wanted.panel:
        found = FoundShow("Friday drop", ("Wide", "Close", "Table"), ("Wide · srt://192.0.2.10:9001",), "system")
        window.offer_first_show(found, create)  # type: ignore[arg-type]
    page = OUTBOX if wanted.state.startswith("outbox") else RUNDOWN
    window.pages.show_page(PAGE_STATES[wanted.state][0] if wanted.state in PAGE_STATES else page)
    if wanted.drop:
        window.pages.figures.choose_chosen()
    _be_again(desk, wanted.state)
    if wanted.section:
        window.pages.sound.show_section(wanted.section)
    _type(window, wanted)
    seen = _seen(window, wanted)
    if wanted.palette:
        window.keys.palette_wanted.emit()
    if wanted.hold:
        window.holds.start("drop.fire", wanted.seconds * 1.6, lambda: None)
    stalls = StallWatch(lambda ms: print(f"stall {ms:.0f} ms"))
    cpu, end = time.process_time(), time.monotonic() + wanted.seconds
    theme.CUT.clear()
    stalls.start()
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.001)
    cpu = (time.process_time() - cpu) / wanted.seconds
    ok = seen.grab().save(wanted.out)
    print(f"{wanted.out} {wanted.state} {wanted.size}x{wanted.scale} cpu {cpu:.0%} of a core, {stalls.lateness()}")
    if theme.CUT:
        print("CUT OFF:", sorted(set(theme.CUT)))
    window.close()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
