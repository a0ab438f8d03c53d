"""SOURCES: what a scene is made of, and everything that can be done to it while the show runs. Qt thread only.

Only as many lines exist as fit; scrolling gives them other sources, so that a scene of hundreds costs no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QVBoxLayout, QWidget

from console.core.journal import Origin
from scenes.sources.state import Filter, SceneSources, Source
from scenes.state import Switcher
from widgets import theme
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face
from widgets.page import Page, halves
from widgets.source_line import FilterLine, SourceLine, filter_px, filters_left_px, row_px
from widgets.theme import draw_text, draw_wrapped, px

_COPY: Final = "On air: hiding and showing wait for the next take."
_WHY_COPY: Final = "In Studio Mode OBS airs a copy of the scene. Texts, pictures, filters and media act at once."
_AT_ONCE: Final = "On air: whatever you do here is seen at once."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a source, or (`filters`) some of its filters."""

    source: Source
    filters: tuple[Filter, ...] = ()


def lines_of(rows: tuple[Source, ...], width: int) -> tuple[Line, ...]:
    """The sources as lines of `width` logical pixels, each followed by as many lines as its filters need."""
    lines: list[Line] = []
    for source in rows:
        lines.append(Line(source))
        here: list[Filter] = []
        x = start = filters_left_px(source.depth)
        for one in source.filters:
            wide = filter_px(one)
            if here and x + wide > width:
                lines.append(Line(source, tuple(here)))
                here, x = [], start
            here.append(one)
            x += wide + px(6)
        if here:
            lines.append(Line(source, tuple(here)))
    return tuple(lines)


class SourceList(QWidget):
    """The lines that fit, and a bar to scroll by."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._rows: tuple[Source, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._waits = False  # rows came or went while somebody types: laid out when the field is left
        self._sources: list[SourceLine] = []
        self._filters: list[FilterLine] = []
        self.why = ""  # why there is nothing
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.setAccessibleName("Scroll the sources")
        self._bar.valueChanged.connect(self._scrolled)
        self.setAccessibleName("Sources")

    @property
    def shown(self) -> tuple[SourceLine, ...]:
        """The lines of sources that are in sight, from above."""
        return tuple(line for line in self._sources if not line.isHidden())

    @property
    def shown_filters(self) -> tuple[FilterLine, ...]:
        """The lines of filters that are in sight, from above."""
        return tuple(line for line in self._filters if not line.isHidden())

    def show_rows(self, rows: tuple[Source, ...], why: str, *, is_other_scene: bool) -> None:
        """Follow OBS; `why` says why there is nothing. Another scene begins at its top."""
        is_typing = any(line.field.hasFocus() for line in self._sources)
        has_same_lines = [_shape(row) for row in rows] == [_shape(row) for row in self._rows]
        self._rows, self.why = rows, why
        if is_other_scene:
            self._leave_field()
            self._bar.setValue(0)
        elif is_typing and not has_same_lines and self._typed_row_is_there():
            self._waits = True  # nothing moves under the fingers
            return
        self.lay_out()

    def lay_out(self) -> None:
        """Put the lines where they belong."""
        self._waits = False
        self._lines = lines_of(self._rows, self._inner_px())
        fits = self._fits()
        self._bar.setRange(0, max(0, len(self._lines) - fits))
        self._bar.setPageStep(max(1, fits))
        self._bar.setVisible(len(self._lines) > fits)
        self._fill()

    def tick(self, now_ns: int) -> None:
        """Let the media's times go on."""
        for line in self.shown:
            line.tick(now_ns)
        if self._waits and not any(line.field.hasFocus() for line in self._sources):
            self.lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        self._bar.setValue(self._bar.value() + (-1 if event.angleDelta().y() > 0 else 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many lines as fit."""
        self._bar.setGeometry(self.width() - 8, 0, 8, self.height())
        self.lay_out()

    def minimumSizeHint(self) -> QSize:
        """Two lines."""
        return QSize(px(300), 2 * row_px())

    def _fits(self) -> int:
        return max(1, self.height() // row_px())

    def _inner_px(self) -> int:
        return self.width() - px(8) - 8

    def _scrolled(self) -> None:
        self._leave_field()
        self._fill()

    def _leave_field(self) -> None:
        if any(line.field.hasFocus() for line in self._sources):
            self.window().setFocus()

    def _typed_row_is_there(self) -> bool:
        typed = next((line.source for line in self._sources if line.field.hasFocus()), None)
        return typed is not None and any(_is_same(typed, row) for row in self._rows)

    def _fill(self) -> None:
        """Give every place in sight its line."""
        first, height, width = self._bar.value(), row_px(), self._inner_px()
        now_ns = self._deck.desk.clock.mono_ns()
        sources = filters = 0
        for place, line in enumerate(self._lines[first : first + self._fits()]):
            widget: QWidget
            if line.filters:
                filter_line = self._filter_line(filters)
                filters += 1
                filter_line.show_filters(line.source, line.filters)
                widget = filter_line
            else:
                source_line = self._source_line(sources)
                sources += 1
                source_line.show_source(line.source, now_ns)
                widget = source_line
            widget.setGeometry(0, place * height, width, height)
            widget.show()
        for spare in (*self._sources[sources:], *self._filters[filters:]):
            spare.hide()
        self.update()

    def _source_line(self, index: int) -> SourceLine:
        if index == len(self._sources):
            line = SourceLine(self._deck)
            line.setParent(self)
            self._sources.append(line)
        return self._sources[index]

    def _filter_line(self, index: int) -> FilterLine:
        if index == len(self._filters):
            line = FilterLine(self._deck)
            line.setParent(self)
            self._filters.append(line)
        return self._filters[index]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say it when there is nothing to show."""
        if not self._lines and self.why:
            painter = QPainter(self)
            draw_wrapped(painter, self.rect().adjusted(0, px(6), 0, 0), self.why, theme.BODY, theme.FAINT)
            painter.end()


def _is_same(one: Source, other: Source) -> bool:
    return (one.item_id, one.holder, one.name) == (other.item_id, other.holder, other.name)


def _shape(source: Source) -> tuple[object, ...]:
    """What decides where lines are."""
    return (source.item_id, source.holder, source.name, source.depth, tuple(each.name for each in source.filters))


class _Look(ActionButton):
    """A press says which scene is to be followed, before it is asked for."""

    chosen = Signal()

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        self.chosen.emit()
        super()._ask(action_id, **more)


class SourcesPane(Page):
    """The scene that is looked at, and its sources."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("SOURCES")
        self._deck = deck
        self._follows_program = False
        self._asked_program: str | None = None
        self._scene: str | None = None
        self._note = ""
        self._preview = _Look(deck, "sources.look_at", "PREVIEW", size=theme.SMALL, shows_key=False)
        self._program = _Look(deck, "sources.look_at", "PROGRAM", size=theme.SMALL, shows_key=False,
                              arguments=self._program_arguments)  # fmt: skip
        self._preview.chosen.connect(lambda: self.follow_program(False))
        self._program.chosen.connect(lambda: self.follow_program(True))
        self._any = Chooser("Scene whose sources are shown")
        self._any.stepped.connect(self._step)
        self._note_line = _Note()
        self.list = SourceList(deck)
        self._outer = QVBoxLayout(self)
        self._head = QHBoxLayout()
        for widget in (self._preview, self._program, self._any):
            self._head.addWidget(widget)
        self._head.addWidget(self._note_line, 1)
        self._outer.addLayout(self._head)
        self._outer.addWidget(self.list, 1)
        self._undo = [
            deck.desk.sources.watch(self._show),
            deck.desk.switcher.watch(self._switched, now=False),
        ]
        self.restyle()

    @property
    def note(self) -> str:
        """What it says of when a change is seen; "" when the scene is not on air."""
        return self._note

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), px(8), px(8), px(8))
        self._outer.setSpacing(px(4))
        self._head.setSpacing(px(6))
        for widget in (self._preview, self._program, self._any):
            widget.setFixedHeight(max(34, px(38)))
        self._any.setFixedWidth(px(190))
        self.list.lay_out()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the media's times go on."""
        if self.isVisible():
            self.list.tick(now_ns)

    # --- which scene ---

    def follow_program(self, follows: bool) -> None:
        """Show the sources of what is on air from take to take, or (False) of what was asked for."""
        self._follows_program = follows
        self._asked_program = self._on_air()
        self._show_head()

    def _on_air(self) -> str | None:
        switcher = self._deck.desk.switcher.value
        return switcher.program or switcher.claimed

    def _program_arguments(self) -> Mapping[str, object]:
        scene = self._on_air()
        return {"scene": scene} if scene else {}

    def _step(self, step: int) -> None:
        names = [scene.name for scene in self._deck.desk.switcher.value.scenes]
        if names:
            here = names.index(self._scene) if self._scene in names else -step
            self._follows_program = False
            scene = names[(here + step) % len(names)]
            self._deck.ask("sources.look_at", Origin.BUTTON, {"scene": scene})

    def _switched(self, switcher: Switcher) -> None:
        """PROGRAM is followed from take to take."""
        on_air = self._on_air()
        if self._follows_program and on_air and on_air != self._asked_program:
            self._asked_program = on_air
            self._deck.ask("sources.look_at", Origin.CONSOLE, {"scene": on_air})
        self._show_head()

    # --- what is shown ---

    def _show(self, sources: SceneSources) -> None:
        is_other = sources.scene != self._scene
        self._scene = sources.scene
        self.list.show_rows(sources.rows, self._why_nothing(sources), is_other_scene=is_other)
        self._show_head()

    def _why_nothing(self, sources: SceneSources) -> str:
        link = self._deck.desk.switcher.value.link
        if not link.is_up:
            return f"{link.why or 'OBS is not there.'} {link.fix}".strip()
        return f"{sources.scene} has no sources." if sources.scene else "No scene is looked at."

    def _show_head(self) -> None:
        switcher, scene = self._deck.desk.switcher.value, self._scene
        is_on_air = scene is not None and scene == self._on_air()
        is_next = scene is not None and scene == switcher.preview
        self._preview.be("sources.look_at", "PREVIEW",
                         face=Face.GREEN if is_next and not self._follows_program else Face.PLAIN)  # fmt: skip
        self._program.be("sources.look_at", "PROGRAM", face=Face.RED_LINE if is_on_air else Face.PLAIN)
        tally = "on air" if is_on_air else "next" if is_next else ""
        self._any.say(theme.elided(scene or "—", px(190) - 2 * px(26) - px(6), theme.BODY, theme.STRONG))
        self._any.setAccessibleDescription(f"{scene or 'none'} {tally}".strip())
        count = len(self._deck.desk.sources.value.rows)
        words = f"{count} source{'' if count == 1 else 's'}"
        self.say_status(" · ".join(part for part in (tally, words) if part), words)
        note = "" if not is_on_air else _COPY if switcher.studio_mode else _AT_ONCE
        if note != self._note:
            self._note = note
            self._note_line.say(note, f"{note}\n{_WHY_COPY}" if note == _COPY else note)


class _Note(QWidget):
    """A sentence on two small lines."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def say(self, text: str, more: str) -> None:
        """Show `text`; `more` stands in its tooltip."""
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(more)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, on two lines where it needs them."""
        if not self._text:
            return
        painter = QPainter(self)
        height = theme.line_height(theme.SMALL)
        first, second = halves(self._text, self.width() - px(6))
        top = (self.height() - (2 if second else 1) * height) // 2
        for row, words in enumerate((first, second)):
            line = QRect(px(6), top + row * height, self.width() - px(6), height)
            draw_text(painter, line, words, theme.SMALL, theme.AMBER_SOFT, may_cut=row == 1)
        painter.end()
