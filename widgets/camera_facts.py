"""Everything that is known of one camera, as lines of words: the most urgent first. Qt thread only."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.cameras.state import Camera, CameraState, Origin
from console.desk.camera_words import bitrate_words, delay_words, on_its_page
from widgets import theme
from widgets.camera_line import Line, rate_words, state_of
from widgets.theme import draw_text, draw_wrapped, px
from widgets.times import clock_words


class Facts(QWidget):
    """Everything that is known of one camera: its state and why, its figures, where it belongs."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, QColor], ...] = ()
        self.setAccessibleName("The chosen camera")

    @property
    def words(self) -> tuple[str, ...]:
        """What it says, part by part."""
        return tuple(words for words, _ in self._parts)

    def show_line(self, line: Line | None, now_ns: int) -> None:
        """Follow a camera; repaints only on a change."""
        parts = facts_of(line, now_ns) if line else ()
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleDescription(". ".join(self.words))
            self.setToolTip("\n".join(self.words))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many parts as fit, the most urgent first; the tooltip has all of them."""
        painter = QPainter(self)
        y = 0
        for index, (words, colour) in enumerate(self._parts):
            size, weight = (theme.BODY, theme.BOLD) if index == 0 else (theme.SMALL, theme.REGULAR)
            room = QRect(0, y, self.width(), self.height() - y)
            if theme.wrapped_height(words, room.width(), size, weight) > room.height():
                line = QRect(0, y, self.width(), theme.line_height(size, weight))
                if line.bottom() <= self.height():
                    draw_text(painter, line, words, size, colour, weight=weight, may_cut=True)
                break
            y += draw_wrapped(painter, room, words, size, colour, weight=weight) + px(2)
        painter.end()


def facts_of(line: Line, now_ns: int) -> tuple[tuple[str, QColor], ...]:
    """All parts of what is known of a camera, each with its colour, the most urgent first."""
    tile, kept = line.tile, line.kept
    sign, words, colour = state_of(tile, now_ns)
    parts: list[tuple[str, QColor]] = [(f"{sign} {words}{_since_words(tile, now_ns)}", colour)]
    if tile is not None:
        soft = theme.SOFT if line.is_live else colour
        parts += [(tile.why, soft), (on_its_page(tile.fix), theme.SOFT), *_figures_of(tile)]
        parts.append((f"relay: {tile.relay}" if tile.relay else "", theme.SOFT))
    if kept is None:
        parts.append(("It stands in no show file.", theme.FAINT))
    else:
        lack = f"OBS has no scene {kept.scene}. EDIT corrects it." if line.lacks_scene else ""
        scene = f"scene {kept.scene}" if kept.scene and not lack else ""
        places = (scene, f"source {kept.source}" if kept.source else "",
                  f"sound {kept.sound}" if kept.sound else "")  # fmt: skip
        parts.insert(1, (f"▲ {lack}" if lack else "", theme.AMBER_SOFT))
        parts += [(" · ".join(part for part in places if part), theme.SOFT), (kept.mrl or "", theme.FAINT)]
        parts.append((" ".join(kept.options), theme.FAINT))
    return tuple((words, colour) for words, colour in parts if words)


def _since_words(tile: Camera | None, now_ns: int) -> str:
    """How long it has been live; the other states say their age themselves."""
    if tile is None or tile.state is not CameraState.LIVE or not tile.since_mono_ns:
        return ""
    return f" for {clock_words((now_ns - tile.since_mono_ns) / 1e9)}"


def _figures_of(tile: Camera) -> list[tuple[str, QColor]]:
    """The figures of its stream in two lines; pictures that were lost are marked."""
    stats = tile.stats
    size = f"{stats.width}×{stats.height}" if stats.width else ""
    arrives = (
        rate_words(tile),
        bitrate_words(stats.bitrate_kbps),
        f"delay {delay_words(tile.delay_ms)}" if tile.delay_ms else "",
    )
    is_of = (size, stats.codec, f"{stats.decoder} decoding" if stats.decoder else "")
    lost = (f"▲ {stats.dropped} dropped" if stats.dropped else "",
            f"{stats.reconnects} reconnects" if stats.reconnects else "")  # fmt: skip
    where = "its picture comes from OBS" if tile.origin is Origin.OBS else ""
    return [
        (_joined(arrives), theme.TEXT),
        (_joined(is_of), theme.SOFT),
        (_joined(lost), theme.AMBER_SOFT),
        (where, theme.SOFT),
    ]


def _joined(parts: tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)
