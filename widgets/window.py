"""The window: every pane in its place, one beat that polls pictures and meters, the keyboard. Qt thread only."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QIcon, QImage, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from console.core.journal import Origin
from console.desk.view import DeskView, Notice
from widgets import theme
from widgets.alarms_pane import AlarmsPane
from widgets.ask import Ask, Deck, Schedule
from widgets.banner import Banner
from widgets.change_form import OPENS
from widgets.controls import ActionButton
from widgets.cut_bar import CutBar
from widgets.drop_pane import DropPane
from widgets.first_show import Create, FirstShowPanel, FoundShow
from widgets.holds import Holds
from widgets.host_pane import WRITES
from widgets.keys import Keys
from widgets.orders_pane import OrdersPane
from widgets.own_windows import OwnWindows
from widgets.pages import FIGURES, HOST, SOUND, Pages
from widgets.palette import Palette
from widgets.scene_finder import SceneFinder
from widgets.second_screen import first_size
from widgets.second_window import SecondWindow
from widgets.secret_panel import Keep, SecretPanel
from widgets.sound_pane import SoundPane
from widgets.stage import Stage
from widgets.taking import is_taking
from widgets.theme import px
from widgets.top_bar import TopBar
from widgets.unpaid_form import OPENS as UNPAID

FRAME_MS: Final = 16
LOOK_MS: Final = 6  # pictures come when they like, and are shown at once
_IDLE_MS: Final = 100  # minimised: nobody looks
_METERS_EVERY: Final = 3  # frames: 20 times a second, as OBS tells its own; peaks are held by the engine
_WORDS_EVERY: Final = 12
_ROOMY_PX: Final = 700  # below it, the list of orders gives way first
_LEAST_ORDERS_PX: Final = 64
_NARROWEST: Final = 960  # the left column, at 1920x1080
SMALLEST: Final = QSize(1120, 630)


class MainWindow(QWidget):
    """The director's window on a desk. Build it inside a QApplication; `show` it; `close` ends its watching."""

    def __init__(self, desk: DeskView, *, schedule: Schedule | None = None, platform: str | None = None) -> None:
        super().__init__()
        application = QApplication.instance()
        if isinstance(application, QApplication) and not application.property("cuedrop_dressed"):
            theme.dress(application)
            application.setProperty("cuedrop_dressed", True)
        self._desk = desk
        self._frame = 0
        self._beat, self._looks = QTimer(self), QTimer(self)
        self.holds = Holds(self)
        self.deck = Deck(desk, Ask(desk, tell=self._tell, schedule=schedule), self.holds)
        self._top = TopBar(self.deck)
        self._stage = Stage(self.deck)
        self._cuts = CutBar(self.deck)
        self.pages = Pages(self.deck)
        self._alarms = AlarmsPane(self.deck)
        self._sound = SoundPane(self.deck)
        self._drop = DropPane(self.deck)
        self._orders = OrdersPane(self.deck)
        self.banner = Banner(self.deck)
        self._panel: QWidget | None = None
        self.second = SecondWindow(self.deck, self, self._stage)
        self.tile_sizes, self.bus_sizes = self.second.tile_sizes, self.second.bus_sizes
        self._lay_out()
        for pane in (self._stage, self._sound):
            pane.reshaped.connect(self._place_soon)
        self.keys = Keys(self.deck, self, platform=platform)
        self.keys.install()
        self._palette = Palette(self.deck, self)
        self.finder = SceneFinder(self.deck, self)
        self.keys.join(self, self._own_key)
        self.second.listen(self.keys, self._own_key)
        self.second.changed.connect(self._show_beat)
        self.own = OwnWindows(self.deck, self, self.keys, local=self._own_key, over=self._lower_place)
        self._own_keys = self._offer_own()
        self._listen()
        self._undo = [desk.show.watch(lambda show: self.setWindowTitle(f"{show.name} · Cuedrop"))]
        self.setWindowIcon(QIcon(str(theme.RESOURCES / "icons" / "cuedrop.svg")))
        self.setMinimumSize(SMALLEST)
        self.resize(first_size(self, SMALLEST))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        theme.stand_on(self, theme.GROUND)
        for timer, every_ms, call in ((self._beat, FRAME_MS, self.tick), (self._looks, LOOK_MS, self._look)):
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(call)
            timer.start(every_ms)

    def tick(self) -> None:
        """One frame: pictures and holds each time, meters every second, words a few times a second.

        While a take is on its way nothing is painted for a few frames: its proof comes first.
        """
        now_ns = self._desk.clock.mono_ns()
        if is_taking(self._desk.switcher.value.take, now_ns):
            return
        self._frame += 1
        self._stage.tick(now_ns)
        self.second.do(lambda window: window.wall.tick())
        for pane in (self._cuts, self._drop, self._sound, self._top, self.pages):
            pane.show_holds()
        if self._frame % _METERS_EVERY == 0:
            self._tick_meters()
        if self._frame % _WORDS_EVERY == 1:
            self._tick_words(now_ns)

    def _look(self) -> None:
        """Look for pictures alone, between two frames."""
        if not is_taking(self._desk.switcher.value.take, self._desk.clock.mono_ns()):
            self._stage.look()
            self.second.do(lambda window: window.wall.tick())

    def picture(self, path: Path | str) -> bool:
        """Save a PNG of the window as it is now (for the report); True when it was written."""
        return self.grab().save(str(path), "PNG")

    def paint_panes(self) -> Iterator[QImage]:
        """A picture of the window, one pane more with each step: all panes at once are a stall of 50 ms in a show."""
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.GROUND)
        panes = [child for child in self.children() if isinstance(child, QWidget) and child.isVisible()]
        for pane in panes:
            if Shiboken.isValid(pane):  # one that lay over the others may be gone meanwhile
                pane.render(image, pane.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)
            yield image

    def offer_first_show(self, found: FoundShow, create: Create, *, schedule: Schedule | None = None) -> None:
        """Show the panel that makes the first own show from what was found; it does not block anything."""
        self._lay_over(FirstShowPanel(found, create, self, schedule=schedule))

    def ask_secret(self, title: str, help: str, keep: Keep, *, schedule: Schedule | None = None) -> None:
        """Show the panel that asks for one secret; it does not block anything."""
        panel = SecretPanel(title, help, keep, self, schedule=schedule)
        self._lay_over(panel)
        panel.field.setFocus()

    def _lay_over(self, panel: QWidget) -> None:
        """Put a panel over the lower part of the window, in place of one that is there."""
        self.setFocus()  # a panel that goes would hand the keyboard to some live control
        if self._panel is not None:
            self._panel.hide()
            self._panel.deleteLater()
        self._panel = panel
        panel.destroyed.connect(partial(self._forget, panel))
        self._place_panels()
        panel.show()

    def _forget(self, panel: QWidget) -> None:
        if self._panel is panel and Shiboken.isValid(self):  # the window may go first
            self._panel = None
            self.setFocus()  # else Qt gives the keyboard to some live control

    # --- keys of the window's own ---

    def _listen(self) -> None:
        for wanted in (self.keys.palette_wanted, self._cuts.list_wanted):
            wanted.connect(self._open_palette)
        for page_wanted in (self.keys.page_wanted, self._drop.page_wanted):
            page_wanted.connect(self._show_page)
        self._orders.figures.clicked.connect(lambda: self._show_page(FIGURES))
        self._drop.change_wanted.connect(partial(self.pages.changing.open, takes_keyboard=False))
        self._orders.unpaid.clicked.connect(self._open_unpaid)
        self.keys.finder_wanted.connect(self._open_finder)
        self.keys.tapped.connect(self._leave)

    def _offer_own(self) -> dict[str, tuple[str, Callable[[], None]]]:
        """What the window does by itself: the key, how the palette names it, and the doing."""
        own: dict[str, tuple[str, Callable[[], None]]] = {
            "V": ("Multiview: open or close the second window (V)", self.second.toggle),
            "Z": ("One tile alone, or all of them (Z)", self._stage.toggle_solo),
            "F11": ("Full screen, or not any more (F11)", self.second.placed.toggle),
            "Ctrl+E": (OPENS, self.pages.changing.open),
            "U": (UNPAID, self.pages.unpaid.open),
            **self.own.keys,
        }
        for words, do in own.values():
            self._palette.offer(words, do)
        for words, do in self.pages.offers():
            self._palette.offer(words, do)
        self._palette.offer(WRITES, self._write_to_host)
        self._palette.offer("Host page: codes for phones (F9)", partial(self._show_page, HOST))
        for section in self.pages.sound.buttons:
            self._palette.offer(f"Sound page: {section.lower()} (F6)", partial(self._show_sound, section))
        return own

    def _own_key(self, chord: str) -> bool:
        """Do what a key means in the window alone, nothing on air; True when it means something."""
        if chord in self._own_keys:
            self._own_keys[chord][1]()
            return True
        if chord == "S" and self._stage.solo_camera:
            self.deck.ask("camera.snapshot", Origin.KEY, {"camera": self._stage.solo_camera})
            return True
        return False

    def _leave(self) -> None:
        """Esc, and nothing waits: what lies open here goes."""
        if self.isActiveWindow():
            self._stage.end_solo()
            self.pages.leave()
            self.own.leave()

    def _show_page(self, index: int) -> None:
        self._come_forward()
        self.pages.show_page(index)

    def _open_unpaid(self) -> None:
        self.pages.unpaid.open(drop=self._desk.sale.value.chosen, takes_keyboard=False)

    def _show_sound(self, section: str) -> None:
        self.pages.sound.show_section(section)
        self._show_page(SOUND)

    def _write_to_host(self) -> None:
        self._show_page(HOST)
        self.pages.host.take_keyboard()

    def _come_forward(self) -> None:
        """A key in the second window asked for something in this one."""
        if not self.isActiveWindow():
            self.activateWindow()

    def _open_palette(self, text: str = "") -> None:
        self._come_forward()
        self._place_panels()
        self._palette.open(text)

    def _open_finder(self) -> None:
        self._come_forward()
        self._place_panels()
        self.finder.open()

    def _tell(self, notice: Notice) -> None:
        self.banner.tell(notice)

    def _tick_meters(self) -> None:
        levels = self._desk.levels()
        self._sound.show_levels(levels)
        self._sound.show_obs_levels()
        self._stage.show_levels(levels)
        self.second.do(lambda window: window.wall.show_levels(levels))
        if self._frame % _WORDS_EVERY == 0:
            self._sound.show_numbers(levels)

    def _tick_words(self, now_ns: int) -> None:
        now = self._desk.clock.now()
        self._stage.tick_words(now_ns)
        self.second.do(lambda window: window.wall.tick_words(now_ns))
        self._cuts.tick(now_ns)
        self._top.tick(now, now_ns)
        self.pages.tick(now, now_ns)
        self._alarms.tick(now)
        self._drop.tick(now)
        for button in self.findChildren(ActionButton):
            button.show_enabled()
        self.banner.tick()
        self.banner.show_keys(is_typing=self.keys.is_typing(), is_active=self.keys.is_heard())

    def _lay_out(self) -> None:
        self._body = QHBoxLayout()
        self._left = QVBoxLayout()
        self._right = QVBoxLayout()
        self._lower = QHBoxLayout()
        self._left.addWidget(self._stage)
        self._left.addWidget(self._cuts)
        self._lower.addWidget(self.pages, 17)
        self._lower.addWidget(self._alarms, 9)
        self._left.addLayout(self._lower, 1)
        self._right.addWidget(self._sound, 100)
        self._right.addWidget(self._drop)
        self._right.addWidget(self._orders, 1)
        self._body.addLayout(self._left, 66)
        self._body.addLayout(self._right, 34)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top)
        outer.addLayout(self._body, 1)
        outer.addWidget(self.banner)
        self._space()

    def _space(self) -> None:
        gap = px(10)
        self._body.setContentsMargins(gap, gap, gap, gap)
        for layout in (self._body, self._left, self._right, self._lower):
            layout.setSpacing(gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows and shrinks with the window."""
        if theme.set_scale(theme.scale_for(self.width(), self.height())):
            self._space()
            for pane in (self._top, self._cuts, self.pages, self._sound, self._drop, self.banner):
                pane.restyle()
            for widget in self.findChildren(QWidget):
                widget.updateGeometry()
        self._place_columns()
        QTimer.singleShot(0, self, self._place_panels)

    def _place_soon(self) -> None:
        """Scenes or strips came or went: share the room anew, once the layouts know of them."""
        QTimer.singleShot(0, self, self._place_anew)

    def _place_anew(self) -> None:
        self._place_columns()
        layout = self.layout()
        assert layout is not None
        layout.activate()  # now: a frame with one pane over the other would flash
        self._place_panels()

    def _place_columns(self) -> None:
        """The left column takes two thirds, less when the pictures would leave no room for the rundown.

        It is never so narrow that CUT is not the largest control: the stage makes do with less height instead.
        """
        width = self.width() - 3 * px(10)
        height = self.height() - self._top.height() - self.banner.height() - 5 * px(10)
        below = self._cuts.sizeHint().height() + max(px(210), height // 4)
        left = min(int(width * 0.66), width - self._right.minimumSize().width())
        while left > px(_NARROWEST) and self._stage.heightForWidth(left) > height - below:
            left -= 8
        orders = max(92, px(120)) if self.height() >= _ROOMY_PX else _LEAST_ORDERS_PX
        room = height + px(10) - self._drop.sizeHint().height()  # of sound and orders
        self._sound.fit(width - left, room - orders)
        if self._sound.wanted_height() > room - orders:
            orders = _LEAST_ORDERS_PX  # orders can be scrolled through, a strip that is out of sight is not heard of
        self._sound.setMinimumHeight(height // 4)
        self._sound.setMaximumHeight(max(height // 4, self._sound.wanted_height()))
        self._orders.setMinimumHeight(orders)
        self._stage.setFixedWidth(left)
        self._stage.setFixedHeight(min(self._stage.heightForWidth(left), height - below))
        self._left.setStretch(0, 0)
        self._body.setStretch(0, 0)
        self._body.setStretch(1, 1)

    def _place_panels(self) -> None:
        """Panels lie over the rundown and the alarms: never over a picture, SAFE or STOP SALE."""
        lower = self._lower_place()
        self._palette.setGeometry(lower)
        self.finder.setGeometry(lower)
        if self._panel is not None:
            self._panel.setGeometry(lower)
            self._panel.raise_()

    def _lower_place(self) -> QRect:
        """The rundown and the alarms."""
        return self.pages.geometry().united(self._alarms.geometry())

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the keyboard on the window: no chooser takes it unasked."""
        super().showEvent(event)
        self.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Beat slowly while nobody looks."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._show_beat()
        super().changeEvent(event)

    def _show_beat(self) -> None:
        """Beat at the display's rate while anybody sees anything."""
        is_seen = not self.isMinimized() or bool(self.second.window and not self.second.window.isMinimized())
        self._beat.setInterval(FRAME_MS if is_seen else _IDLE_MS)
        self._looks.setInterval(LOOK_MS if is_seen else _IDLE_MS)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the beat, every hold and every watch."""
        self._beat.stop()
        self._looks.stop()
        self.second.close()
        self.own.close()
        self.holds.end_all()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.keys)
        for pane in (
            self._top, self._stage, self._cuts, self.pages, self._alarms, self._sound, self._drop, self._orders,
            self.banner, self.finder,
        ):  # fmt: skip
            pane.close_watches()
        for undo in self._undo:
            undo()
        event.accept()
