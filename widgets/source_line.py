"""One line of the SOURCES page: a source with what can be done to it, or the filters of one. Qt thread only.

Lines are used again for other sources when the list is scrolled: a press that began on one source never acts on the
one that took its place.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from console.core.journal import Origin
from scenes.sources.state import Filter, Source
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.source_parts import Progress, SignButton, kind_words, plays, sign_px
from widgets.theme import draw_text, px, width_of

_NEW_LINE: Final = "⏎"  # a field has one line; texts may have more


def row_px() -> int:
    """The height of a line, logical pixels: a finger's."""
    return max(34, px(39))


class Field(QLineEdit):
    """A text field that sends on Enter and takes back on Esc what was not sent."""

    def __init__(self, send: Callable[[str], None]) -> None:
        super().__init__()
        self._sent = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.returnPressed.connect(lambda: self._send(send))

    def show_value(self, value: str, *, is_other: bool) -> None:
        """Follow OBS, but never under the fingers of somebody who types (`is_other`: it is another source's now)."""
        self._sent = value
        if (is_other or not self.hasFocus()) and self.text() != value:
            self.setText(value)
            self.setCursorPosition(0)

    def _send(self, send: Callable[[str], None]) -> None:
        send(self.text())
        self.selectAll()  # the keyboard stays here: a second Enter must not become an AUTO

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was not sent is what OBS has."""
        super().focusOutEvent(event)
        self.setText(self._sent)
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything but Enter to the line; nothing goes on to the window."""
        super().keyPressEvent(event)
        event.accept()


class SourceLine(QWidget):
    """Eye, lock, name and kind, mute, and what this source holds: text, picture or media."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self.source: Source | None = None
        self.eye = SignButton(deck, "source.show", "eye", arguments=self._show_arguments)
        self.lock = SignButton(deck, "source.lock", "open", arguments=self._lock_arguments)
        self.mute = ActionButton(deck, "source.mute", "MUTE", arguments=self._mute_arguments, size=theme.SMALL,
                                 shows_key=False)  # fmt: skip
        self.play = SignButton(deck, "media.control", "play", arguments=lambda: self._do(self._play_word()))
        self.stop = SignButton(deck, "media.control", "stop", arguments=lambda: self._do("stop"))
        self.restart = SignButton(deck, "media.control", "restart", arguments=lambda: self._do("restart"))
        self.progress = Progress()
        self.field = Field(self._send)
        self.choose = QPushButton("FILE…")
        self.choose.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choose.setAccessibleName("Choose a picture")
        self.choose.setToolTip("Choose a picture\nKey: Tab to it, then Space")
        self.choose.clicked.connect(self._choose)
        self.progress.sought.connect(self._seek)
        self._dialog: QFileDialog | None = None
        for widget in (*self._buttons(), self.progress, self.field, self.choose):
            widget.setParent(self)

    def show_source(self, source: Source, now_ns: int) -> None:
        """Be the line of `source`."""
        is_other = self.source is None or (source.item_id, source.holder, source.name) != (
            self.source.item_id, self.source.holder, self.source.name,
        )  # fmt: skip
        if is_other:
            for button in self._buttons():
                button.setDown(False)  # a press that began on another source does nothing
        if source != self.source or is_other:
            self.source = source
            self._show_buttons(source)
            self._show_contents(source, is_other=is_other)
            self.setAccessibleName(f"{source.name}, {kind_words(source.kind)}")
            self.setToolTip(self.accessibleName())
            self._place()
            self.update()
        self.tick(now_ns)

    def tick(self, now_ns: int) -> None:
        """Let the media's time go on."""
        if self.source is not None and self.source.media is not None:
            self.progress.show_media(self.source.media, now_ns)

    def _buttons(self) -> tuple[ActionButton, ...]:
        return (self.eye, self.lock, self.mute, self.play, self.stop, self.restart)

    def _show_buttons(self, source: Source) -> None:
        name = source.name
        self.eye.show_sign("eye" if source.is_visible else "no-eye")
        self.eye.be("source.show", f"{name}: shown" if source.is_visible else f"{name}: hidden",
                    face=Face.PLAIN if source.is_visible else Face.OFF)  # fmt: skip
        self.lock.show_sign("locked" if source.is_locked else "open")
        self.lock.be("source.lock", f"{name}: locked" if source.is_locked else f"{name}: not locked",
                     face=Face.PLAIN if source.is_locked else Face.OFF)  # fmt: skip
        self.mute.setVisible(source.is_muted is not None)
        self.mute.be("source.mute", "MUTED" if source.is_muted else "MUTE",
                     face=Face.RED if source.is_muted else Face.PLAIN)  # fmt: skip
        self.mute.setAccessibleName(f"{name}: sound in OBS{', muted' if source.is_muted else ''}")
        media = source.media
        for widget in (self.play, self.stop, self.restart, self.progress):
            widget.setVisible(media is not None)
        if media is not None:
            self.play.show_sign("pause" if plays(media) else "play")
            self.play.be("media.control", f"{name}: pause" if plays(media) else f"{name}: play")
            self.stop.be("media.control", f"{name}: stop")
            self.restart.be("media.control", f"{name}: from the start")

    def _show_contents(self, source: Source, *, is_other: bool) -> None:
        value = source.text if source.text is not None else source.file
        has_field = value is not None and source.media is None
        self.field.setVisible(has_field)
        self.choose.setVisible(has_field and source.text is None)
        if not has_field or value is None:
            return
        self.field.show_value(value.replace("\n", _NEW_LINE), is_other=is_other)
        what = "text" if source.text is not None else "picture"
        self.field.setAccessibleName(f"{source.name}: {what}")
        about = f"{_NEW_LINE} is a new line" if what == "text" else value
        self.field.setToolTip(f"{source.name}: {what}. Enter sends it, Esc leaves\n{about}\nKey: Tab to it")
        self.choose.setAccessibleName(f"{source.name}: choose a picture")
        self.choose.setToolTip(f"{source.name}: choose a picture\nKey: Tab to it, then Space")

    # --- what is asked ---

    def _named(self) -> Source:
        assert self.source is not None
        return self.source

    def _show_arguments(self) -> dict[str, object]:
        source = self._named()
        return {"scene": source.holder, "source": source.name, "on": not source.is_visible}

    def _lock_arguments(self) -> dict[str, object]:
        source = self._named()
        return {"scene": source.holder, "source": source.name, "on": not source.is_locked}

    def _mute_arguments(self) -> dict[str, object]:
        return {"source": self._named().name, "on": not self._named().is_muted}

    def _do(self, what: str) -> dict[str, object]:
        return {"source": self._named().name, "do": what}

    def _play_word(self) -> str:
        media = self._named().media
        return "pause" if media is not None and plays(media) else "play"

    def _seek(self, position_ms: int) -> None:
        arguments = {"source": self._named().name, "position_ms": position_ms}
        self._deck.ask("media.seek", Origin.BUTTON, arguments)

    def _send(self, words: str) -> None:
        source = self._named()
        if source.text is not None:
            words = words.replace(_NEW_LINE, "\n")
            self._deck.ask("text.set", Origin.BUTTON, {"source": source.name, "text": words})
        else:
            self._deck.ask("image.set", Origin.BUTTON, {"source": source.name, "file": words})

    def _choose(self) -> None:
        """A file dialog beside the window: not modal, nothing on air waits for it."""
        source = self._named()
        dialog = QFileDialog(self.window(), f"A picture for {source.name}", str(PurePath(source.file or "").parent))
        dialog.setNameFilter("Pictures (*.png *.jpg *.jpeg *.gif *.webp *.bmp *.tga *.psd)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = source.name
        dialog.fileSelected.connect(
            lambda file: self._deck.ask("image.set", Origin.BUTTON, {"source": name, "file": file})
        )
        self._dialog = dialog
        dialog.destroyed.connect(self._forget_dialog)
        dialog.show()

    def _forget_dialog(self) -> None:
        self._dialog = None

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything in one line."""
        self._place()

    def _place(self) -> None:
        if self.source is None:
            return
        for widget in (self.field, self.choose):
            widget.setFont(theme.font(theme.BODY))
        side = self.eye.sizeHint().width()
        top, gap = (self.height() - side) // 2, px(4)
        x = self.source.depth * px(18)
        for sign in (self.eye, self.lock):
            sign.setGeometry(x, top, side, side)
            x += side + gap
        self._name_rect = QRect(x + px(4), 0, self._name_px() - x, self.height())
        x = self._name_px() + px(8)
        mute_px = self.mute_px()
        self.mute.setGeometry(x, top, mute_px, side)
        if self.source.is_muted is not None:
            x += mute_px + gap
        if self.source.media is not None:
            for sign in (self.play, self.stop, self.restart):
                sign.setGeometry(x, top, side, side)
                x += side + gap
            self.progress.setGeometry(x + px(6), top, self.width() - x - px(6), side)
            return
        choose_px = self.choose.sizeHint().width() if self.source.text is None else 0
        self.field.setGeometry(x, top, self.width() - x - (choose_px + gap if choose_px else 0), side)
        self.choose.setGeometry(self.width() - choose_px, top, choose_px, side)

    @staticmethod
    def mute_px() -> int:
        """As wide as the longer of its words."""
        return max(34, width_of("MUTED", theme.SMALL, theme.BOLD) + 2 * px(9))

    def _name_px(self) -> int:
        """Where the names end: the same in every line."""
        return round(self.width() * 0.42)

    def sizeHint(self) -> QSize:
        """As high as a line is."""
        return QSize(px(400), row_px())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name and kind, faint while hidden, over a thin line."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.LINE)
        if self.source is None:
            painter.end()
            return
        rect = self._name_rect
        ink = theme.TEXT if self.source.is_visible else theme.FAINT
        kind = kind_words(self.source.kind) + ("" if self.source.is_visible else " · hidden")
        upper = theme.line_height(theme.BODY, theme.STRONG)
        top = (rect.height() - upper - theme.line_height(theme.SMALL)) // 2 + 1
        name = QRect(rect.left(), rect.top() + top, rect.width(), upper)
        below = QRect(rect.left(), name.bottom(), rect.width(), theme.line_height(theme.SMALL))
        draw_text(painter, name, self.source.name, theme.BODY, ink, weight=theme.STRONG, may_cut=True)
        draw_text(painter, below, kind, theme.SMALL, theme.FAINT, may_cut=True)
        painter.end()


class FilterLine(QWidget):
    """Some filters of a source, as toggles under its line."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._source = ""
        self._filters: tuple[Filter, ...] = ()
        self._depth = 0
        self.toggles: list[ActionButton] = []

    def show_filters(self, source: Source, filters: tuple[Filter, ...]) -> None:
        """Be the line of these filters of `source`."""
        names = tuple(each.name for each in filters)
        if source.name != self._source or names != tuple(each.name for each in self._filters):
            for toggle in self.toggles:
                toggle.setDown(False)
        self._source, self._filters, self._depth = source.name, filters, source.depth
        while len(self.toggles) < len(filters):
            index = len(self.toggles)
            toggle = ActionButton(self._deck, "filter.set", "—", arguments=lambda at=index: self._arguments(at),  # type: ignore[misc]
                                  size=theme.SMALL, shows_key=False)  # fmt: skip
            toggle.setParent(self)
            self.toggles.append(toggle)
        for index, toggle in enumerate(self.toggles):
            toggle.setVisible(index < len(filters))
            if index < len(filters):
                one = filters[index]
                toggle.be("filter.set", filter_words(one), face=Face.GREEN if one.is_enabled else Face.OFF)
                toggle.setAccessibleName(f"{source.name}: filter {one.name} is {'on' if one.is_enabled else 'off'}")
        self._place()

    def _arguments(self, index: int) -> dict[str, object]:
        one = self._filters[index]
        return {"source": self._source, "filter": one.name, "on": not one.is_enabled}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side, under the name."""
        self._place()

    def _place(self) -> None:
        x = filters_left_px(self._depth)
        height = sign_px()
        for toggle, one in zip(self.toggles, self._filters, strict=False):
            width = min(filter_px(one), max(32, self.width() - x))
            toggle.setGeometry(x, (self.height() - height) // 2, width, height)
            x += width + px(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say what these are."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.LINE)
        rect = QRect(self._depth * px(18), 0, filters_left_px(0) - px(8), self.height())
        draw_text(painter, rect, "filters", theme.SMALL, theme.FAINT, align=theme.RIGHT)
        painter.end()


def filter_words(one: Filter) -> str:
    """A filter's name with its state in a sign: "✓ Key" is on, "Key" is off; long names are cut."""
    return ("✓ " if one.is_enabled else "○ ") + theme.elided(one.name, px(150), theme.SMALL, theme.BOLD)


def filter_px(one: Filter) -> int:
    """How wide its toggle is, the same on and off."""
    return _toggle_px(one.name, px(150), theme.text_px(theme.SMALL))


@lru_cache(maxsize=4096)
def _toggle_px(name: str, most_px: int, text_px: int) -> int:
    """`text_px` is what the widths depend on besides: another one is another entry."""
    widest = max(width_of(f"{sign} ", theme.SMALL, theme.BOLD) for sign in "✓○")
    shown = theme.elided(name, most_px, theme.SMALL, theme.BOLD)
    return max(40, widest + width_of(shown, theme.SMALL, theme.BOLD) + 2 * px(10))


def filters_left_px(depth: int) -> int:
    """Where filters begin: under the name."""
    return depth * px(18) + 2 * (sign_px() + px(4)) + px(4)
