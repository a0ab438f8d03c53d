"""The lower left pane: RUNDOWN, SOURCES, LOOKS, OUTPUTS, CAMERAS and SOUND as pages behind tabs. Qt thread only.

OUTBOX, QUEUE, HOST, FIGURES and COUNTER are pages without a tab: F7 to F10, and F12; what opens the first two
stands in the heading of DROP, what opens FIGURES in that of ORDERS.

The page in front is the window's own matter: no action, nothing on air. Keys act the same on every page, and media
that runs out on air is counted down beside the tabs, whatever page is in front.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from scenes.sources.state import Media, MediaState, SceneSources
from widgets import theme
from widgets.ask import Deck
from widgets.cameras_pane import CamerasPane
from widgets.change_form import ChangeForm
from widgets.counter_pane import CounterPane
from widgets.figures_pane import FiguresPane
from widgets.host_pane import HostPane
from widgets.looks_pane import LooksPane
from widgets.outbox_pane import OutboxPane
from widgets.outputs_pane import OutputsPane
from widgets.page import Page, ending_colour, left_words
from widgets.queue_pane import QueuePane
from widgets.rundown_pane import RundownPane
from widgets.sound_page import SoundPage
from widgets.sources_pane import SourcesPane
from widgets.theme import RIGHT, draw_text, px, width_of
from widgets.unpaid_form import UnpaidForm

RUNDOWN, SOURCES, LOOKS, OUTPUTS, CAMERAS, SOUND, OUTBOX, QUEUE, HOST, FIGURES, COUNTER = range(11)
_KEYS: Final = ("F1", "F2", "F3", "F4", "F5", "F6")  # of the tabs
# How close the tabs stand, from the roomiest: beside the name there is room for this, with so much around both (at
# 1920x1080), as long as so much is left for the status beside the tabs.
_CLOSENESS: Final = (("● 88", 9, 130), ("F8", 5, 130), ("F8", 3, 75), ("▲", 3, 0))


class Tab(QAbstractButton):
    """One page's name with its key, and above the key its page's mark while there is one."""

    def __init__(self, name: str, key: str, show: Callable[[], None]) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._name, self._key = name, key
        self._mark, self._colour = "", theme.SOFT
        self._is_front = False
        self._closeness = 0
        self._show = show
        self._name_it()

    @property
    def title(self) -> str:
        """The words on it."""
        return self._name

    @property
    def mark(self) -> str:
        """What its page has to say from behind another one."""
        return self._mark

    @property
    def shows_key(self) -> bool:
        """Whether its key stands on it: everywhere but in the narrowest window."""
        return self._closeness < len(_CLOSENESS) - 1

    def be(self, *, is_front: bool, mark: str, colour: QColor) -> None:
        """Show whether its page is in front, and what its page has to say."""
        if (is_front, mark, colour) != (self._is_front, self._mark, self._colour):
            self._is_front, self._mark, self._colour = is_front, mark, colour
            self._name_it()
            self.update()

    def stand(self, closeness: int) -> None:
        """Take as much room as _CLOSENESS says; in the narrowest window a mark stands in place of the key."""
        self._closeness = closeness

    def sizeHint(self) -> QSize:
        """Room for the name and its key or the longest mark: nothing moves when one comes."""
        longest = width_of(_CLOSENESS[self._closeness][0], theme.SMALL, theme.BOLD)
        words = width_of(self._name, theme.SMALL, theme.BOLD) + px(5) + longest
        return QSize(words + 2 * self._pad_px(), Page.heading_px())

    def _pad_px(self) -> int:
        return px(_CLOSENESS[self._closeness][1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Its page comes to the front."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._show()

    def _name_it(self) -> None:
        state = ", in front" if self._is_front else ""
        self.setAccessibleName(f"{self._name.capitalize()} page{state}")
        self.setAccessibleDescription(self._mark)
        self.setToolTip(f"{self._name.capitalize()} {self._mark}".strip() + f"\nKey: {self._key}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name; the page in front has a bright one with a line under it."""
        painter = QPainter(self)
        rect = self.rect().adjusted(self._pad_px(), 0, -px(2), 0)
        colour = theme.TEXT if self._is_front else theme.SOFT
        draw_text(painter, rect, self._name, theme.SMALL, colour, weight=theme.BOLD)
        rect.setLeft(rect.left() + width_of(self._name, theme.SMALL, theme.BOLD) + px(5))
        half = theme.line_height(theme.SMALL) // 2 if self._mark and self.shows_key else 0
        if self._mark:
            is_room = width_of(self._mark, theme.SMALL, theme.BOLD) <= rect.width()
            mark = self._mark if is_room else self._mark.split(" ", maxsplit=1)[0]
            draw_text(painter, rect.translated(0, -half), mark, theme.SMALL, self._colour, weight=theme.BOLD)
        if self.shows_key:
            draw_text(painter, rect.translated(0, half), self._key, theme.SMALL, theme.FAINT)
        if self._is_front:
            line = max(2, px(3))
            painter.fillRect(QRect(px(4), self.height() - line, self.width() - px(8), line), theme.TEXT)
        painter.end()


class Pages(QWidget):
    """The tabs, the page in front, and at the right what it says in a few words, or what runs out on air."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self.rundown = RundownPane(deck)
        self.sources = SourcesPane(deck)
        self.looks = LooksPane(deck)
        self.outputs = OutputsPane(deck)
        self.cameras = CamerasPane(deck)
        self.sound = SoundPage(deck)
        self.outbox = OutboxPane(deck)
        self.queue = QueuePane(deck)
        self.host = HostPane(deck)
        self.figures = FiguresPane(deck)
        self.counter = CounterPane(deck)
        self._pages: tuple[Page, ...] = (
            self.rundown, self.sources, self.looks, self.outputs, self.cameras, self.sound, self.outbox,
            self.queue, self.host, self.figures, self.counter,
        )  # fmt: skip
        self.changing, self.unpaid = ChangeForm(deck), UnpaidForm(deck)
        self._forms: tuple[ChangeForm | UnpaidForm, ...] = (self.changing, self.unpaid)
        self._tabs = tuple(
            Tab(page.heading, key, lambda index=index: self.show_page(index))  # type: ignore[misc]
            for index, (page, key) in enumerate(zip(self._pages, _KEYS, strict=False))
        )
        self._front = RUNDOWN
        self._ending: Media | None = None
        self._ending_words = ""
        self._ending_colour = theme.SOFT
        self.setAccessibleName("Pages")
        for widget in (*self._tabs, *self._pages, *self._forms):
            widget.setParent(self)
        for page in self._pages:
            page.said.connect(self._heed)
        self._undo = deck.desk.sources.watch(self._follow)
        self.show_page(RUNDOWN)

    @property
    def front(self) -> int:
        """Which page is in front: RUNDOWN, SOURCES, LOOKS, OUTPUTS, CAMERAS, SOUND, or one of those without a tab."""
        return self._front

    @property
    def ending_words(self) -> str:
        """What runs out on air, as shown beside the tabs: "Trailer ends in 0:08"."""
        return self._ending_words

    def show_page(self, index: int) -> None:
        """Bring a page to the front; a field on another page is left, so that the keys are the show's again.

        The page that is in front already takes the keyboard, if it has something for it.
        """
        for form in self._forms:
            form.leave()
        if index == self._front and self._pages[index].isVisible():
            self._pages[index].take_keyboard()
            return
        inner = QApplication.focusWidget()
        if inner is not None and index != self._front and self.isAncestorOf(inner):
            self.window().setFocus()
        self._front = index
        for number, page in enumerate(self._pages):
            page.setVisible(number == index)
        self._heed()

    def offers(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """What is opened here to be typed into, or looked at: its words for the palette, and the opening."""
        for words, do in (
            ("Queue: new drop (F8)", self.queue.add),
            ("Queue: edit the drop chosen there, or keep it as a template (F8)", self.queue.edit),
            ("Queue: copy drops from another show (F8)", self.queue.copy),
            ("Queue: search drops (F8 twice)", self.queue.take_keyboard),
        ):
            yield words, partial(self._open_on, QUEUE, do)
        for words, do in self.figures.offers():
            yield words, partial(self._open_on, FIGURES, do)

    def _open_on(self, page: int, do: Callable[[], None]) -> None:
        if self._front != page:
            self.show_page(page)
        do()

    def leave(self) -> None:
        """Esc, and nothing waits: what lies open on the page in front goes, the form over it first."""
        open_forms: list[Page] = [form for form in self._forms if form.isVisible()]
        (open_forms or [self._pages[self._front]])[-1].leave()

    def restyle(self) -> None:
        """Take the present scale."""
        for page in (*self._pages, *self._forms):
            page.restyle()
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()
        for page in (*self._pages, *self._forms):
            page.close_watches()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the times go on, a few times a second; a page behind counts only what its tab tells."""
        for page in (*self._pages, *self._forms):
            page.tick(now, now_ns)
        self._count_down(now_ns)

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        self._pages[self._front].show_holds()
        for form in self._forms:
            form.show_holds()

    def minimumSizeHint(self) -> QSize:
        """The tabs and a little below them."""
        smallest = max(page.minimumSizeHint().height() for page in self._pages)
        return QSize(px(300), Page.heading_px() + max(px(60), smallest))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tabs above, the pages below."""
        self._place()

    def _place(self) -> None:
        for closeness, (_, _, status) in enumerate(_CLOSENESS):
            for tab in self._tabs:
                tab.stand(closeness)
            if sum(tab.sizeHint().width() for tab in self._tabs) + px(status) <= self.width():
                break
        x = px(4)
        for tab in self._tabs:
            hint = tab.sizeHint()
            tab.setGeometry(x, 0, hint.width(), Page.heading_px())
            x += hint.width()
        below = self.rect().adjusted(0, Page.heading_px(), 0, 0)
        for page in self._pages:
            page.setGeometry(below)
        for form in self._forms:
            is_room = below.height() >= form.minimumSizeHint().height()
            form.setGeometry(below if is_room else self.rect())
        self.update()

    def _heed(self) -> None:
        for number, (tab, page) in enumerate(zip(self._tabs, self._pages, strict=False)):
            tab.be(is_front=number == self._front, mark=page.mark[0], colour=page.mark[1])
        self.update(0, 0, self.width(), Page.heading_px())

    def _follow(self, sources: SceneSources) -> None:
        running = (media for media in sources.on_air if media.state is MediaState.PLAYING)
        now_ns = self._deck.desk.clock.mono_ns()
        self._ending = next((media for media in running if media.left_s(now_ns) is not None), None)
        self._count_down(now_ns)

    def _count_down(self, now_ns: int) -> None:
        left_s = self._ending.left_s(now_ns) if self._ending else None
        words = "" if self._ending is None or left_s is None else f"{self._ending.source} ends in {left_words(left_s)}"
        if left_s == 0 and self._ending is not None:
            words = f"{self._ending.source} has ended"
        colour = ending_colour(left_s)
        if (words, colour) != (self._ending_words, self._ending_colour):
            self._ending_words, self._ending_colour = words, colour
            self.setAccessibleDescription(words)
            self.update(0, 0, self.width(), Page.heading_px())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and status; what runs out on air comes first."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.LINE, radius=px(8))
        room = self._room_beside()
        words, size, weight = self._beside(room.width())
        colour = self._ending_colour if self._ending_words else self._pages[self._front].status[1]
        draw_text(painter, room, words, size, colour, weight=weight, align=RIGHT)
        painter.end()

    @property
    def beside(self) -> str:
        """What stands beside the tabs: what runs out on air, or what the page in front says, as there is room."""
        return self._beside(self._room_beside().width())[0]

    def _room_beside(self) -> QRect:
        left = self._tabs[-1].geometry().right() + px(8)
        return QRect(QPoint(left, 0), QSize(self.width() - left - px(12), Page.heading_px()))

    def _beside(self, width: int) -> tuple[str, float, int]:
        """Words, size and weight that fit into `width` logical pixels."""
        if self._ending_words and self._ending is not None:
            return *self._ending_fitted(self._ending.source, width), theme.BOLD
        texts, _ = self._pages[self._front].status
        fits = (text for text in texts if width_of(text, theme.SMALL, theme.STRONG) <= width)
        return next(fits, ""), theme.SMALL, theme.STRONG

    def _ending_fitted(self, source: str, width: int) -> tuple[str, float]:
        """The time is never cut off; a long name is, and where there is no room for one, the words are fewer."""
        time = self._ending_words.removeprefix(source)
        name_px = width - width_of(time, theme.BODY, theme.BOLD) - 1
        name = theme.elided(source, name_px, theme.BODY, theme.BOLD) if name_px >= px(60) else ""
        shorter = time.strip(), time.replace(" in ", " ").strip(), time.rsplit(" ", 1)[-1]
        texts = ((f"{name}{time}".strip(), theme.BODY), *((words, theme.SMALL) for words in shorter))
        fits = (each for each in texts if width_of(each[0], each[1], theme.BOLD) <= width)
        return next(fits, texts[-1])
