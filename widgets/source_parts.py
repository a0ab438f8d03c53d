"""The small controls of a source's line: painted signs, media progress, plain words for OBS's kinds. Qt thread only."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from scenes.sources.state import Media, MediaState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Arguments
from widgets.page import ending_colour, left_words
from widgets.theme import RIGHT, draw_text, px, width_of

_KINDS: Final = {
    "ffmpeg_source": "media file", "vlc_source": "media list", "image_source": "picture", "slideshow": "slides",
    "color_source": "colour", "text_ft2_source": "text", "text_gdiplus": "text", "text_pango_source": "text",
    "browser_source": "web page", "v4l2_input": "camera", "dshow_input": "camera", "av_capture_input": "camera",
    "macos-avcapture": "camera", "decklink-input": "capture card", "ndi_source": "NDI", "game_capture": "game",
    "pulse_input_capture": "microphone", "alsa_input_capture": "microphone", "wasapi_input_capture": "microphone",
    "coreaudio_input_capture": "microphone", "jack_output_capture": "sound, JACK",
    "pulse_output_capture": "desktop sound", "wasapi_output_capture": "desktop sound",
    "coreaudio_output_capture": "desktop sound", "wasapi_process_output_capture": "program's sound",
    "xshm_input": "screen", "monitor_capture": "screen", "display_capture": "screen", "screen_capture": "screen",
    "pipewire-desktop-capture-source": "screen", "xcomposite_input": "window", "window_capture": "window",
    "pipewire-window-capture-source": "window", "scene": "scene", "group": "group",
}  # fmt: skip
_PLAYS: Final = frozenset({MediaState.PLAYING, MediaState.OPENING, MediaState.BUFFERING})
_MEDIA_WORDS: Final = {
    MediaState.NONE: "idle", MediaState.OPENING: "opening", MediaState.BUFFERING: "buffering",
    MediaState.PLAYING: "plays", MediaState.PAUSED: "paused", MediaState.STOPPED: "stopped",
    MediaState.ENDED: "ended", MediaState.ERROR: "error",
}  # fmt: skip


def kind_words(kind: str) -> str:
    """OBS's kind of a source in plain words: "ffmpeg_source" is a "media file"; an unknown one is made readable."""
    stem, _, version = kind.rpartition("_v")
    base = stem if stem and version.isdigit() else kind
    return _KINDS.get(base) or base.removesuffix("_source").replace("_", " ").replace("-", " ") or "source"


def plays(media: Media) -> bool:
    """Whether it plays, or is about to."""
    return media.state in _PLAYS


def sign_px() -> int:
    """The side of a sign's button, logical pixels: a finger's width."""
    return max(32, px(34))


class SignButton(ActionButton):
    """A square action button that shows a sign; its title is for screen readers and the tooltip."""

    def __init__(self, deck: Deck, action_id: str, sign: str, *, arguments: Arguments) -> None:
        self.sign = sign
        super().__init__(deck, action_id, " ", arguments=arguments, shows_key=False)

    def show_sign(self, sign: str) -> None:
        """Show another sign."""
        if sign != self.sign:
            self.sign = sign
            self.update()

    def sizeHint(self) -> QSize:
        """A finger's width."""
        return QSize(sign_px(), sign_px())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return QSize(32, 32)

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        side = px(20)
        middle = self.rect().center()
        box = QRectF(middle.x() + 0.5 - side / 2, middle.y() + 0.5 - side / 2, side, side)
        paint_sign(painter, box, self.sign, colour)


def paint_sign(painter: QPainter, box: QRectF, sign: str, colour: QColor) -> None:
    """Draw one of the signs: eye, no-eye, locked, open, play, pause, stop, restart."""
    painter.setPen(QPen(colour, max(1.5, box.width() / 11), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if sign in ("eye", "no-eye"):
        _paint_eye(painter, box, colour, is_open=sign == "eye")
    elif sign in ("locked", "open"):
        _paint_lock(painter, box, colour, is_closed=sign == "locked")
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        _paint_transport(painter, box, sign)


def _paint_eye(painter: QPainter, box: QRectF, colour: QColor, *, is_open: bool) -> None:
    path = QPainterPath(QPointF(box.left(), box.center().y()))
    path.quadTo(QPointF(box.center().x(), box.top() - box.height() * 0.05), QPointF(box.right(), box.center().y()))
    path.quadTo(QPointF(box.center().x(), box.bottom() + box.height() * 0.05), QPointF(box.left(), box.center().y()))
    painter.drawPath(path)
    if is_open:
        painter.setBrush(colour)
        radius = box.width() * 0.15
        painter.drawEllipse(box.center(), radius, radius)
    else:
        painter.drawLine(box.bottomLeft(), box.topRight())


def _paint_lock(painter: QPainter, box: QRectF, colour: QColor, *, is_closed: bool) -> None:
    body = QRectF(box.left() + box.width() * 0.16, box.top() + box.height() * 0.46, box.width() * 0.68,
                  box.height() * 0.46)  # fmt: skip
    shift = 0.0 if is_closed else box.width() * 0.34
    arch = QRectF(box.left() + box.width() * 0.28 + shift, box.top() + box.height() * 0.04, box.width() * 0.44,
                  box.height() * 0.6)  # fmt: skip
    path = QPainterPath(QPointF(arch.left(), body.top()))
    path.arcTo(QRectF(arch.left(), arch.top(), arch.width(), arch.width()), 180, -180)
    path.lineTo(QPointF(arch.right(), body.top() if is_closed else body.top() - box.height() * 0.1))
    painter.drawPath(path)
    if is_closed:
        painter.setBrush(colour)
    painter.drawRoundedRect(body, 2, 2)


def _paint_transport(painter: QPainter, box: QRectF, sign: str) -> None:
    inner = box.adjusted(box.width() * 0.12, box.height() * 0.12, -box.width() * 0.12, -box.height() * 0.12)
    bar = inner.width() * 0.32
    if sign == "pause":
        painter.drawRect(QRectF(inner.left(), inner.top(), bar, inner.height()))
        painter.drawRect(QRectF(inner.right() - bar, inner.top(), bar, inner.height()))
    elif sign == "stop":
        painter.drawRect(inner)
    elif sign == "restart":
        painter.drawRect(QRectF(inner.left(), inner.top(), bar * 0.6, inner.height()))
        tip = QPointF(inner.left() + bar * 0.8, inner.center().y())
        painter.drawPolygon(QPolygonF([tip, inner.topRight(), inner.bottomRight()]))
    else:
        tip = QPointF(inner.right(), inner.center().y())
        painter.drawPolygon(QPolygonF([inner.topLeft(), tip, inner.bottomLeft()]))


class Progress(QWidget):
    """How far a media source is, and what is left of it; press where it is to go on from."""

    sought = Signal(int)  # a position in milliseconds

    def __init__(self) -> None:
        super().__init__()
        self._media: Media | None = None
        self._left_s: float | None = None
        self._words = ""

    @property
    def words(self) -> str:
        """What it says: what is left, or what the source does."""
        return self._words

    def show_media(self, media: Media | None, now_ns: int) -> None:
        """Follow the source; repaints only when something visible changed."""
        left_s = media.left_s(now_ns) if media else None
        words = _media_words(media, left_s)
        if (media, words) != (self._media, self._words):
            self._media, self._left_s, self._words = media, left_s, words
            self.setAccessibleName(f"{media.source}: {words}" if media else "")
            self.setToolTip(f"{media.source}: press where it is to go on from\nNo key: Ctrl K finds steps of 10 s"
                            if media else "")  # fmt: skip
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which position was hit."""
        bar = self._bar()
        duration_ms = self._media.duration_ms if self._media else None
        if event.button() is Qt.MouseButton.LeftButton and duration_ms and bar.width() > 0:
            share = (event.position().x() - bar.left()) / bar.width()
            self.sought.emit(round(max(0.0, min(1.0, share)) * duration_ms))

    def _bar(self) -> QRect:
        """The line; the words stand at its right."""
        height = max(4, px(6))
        words_px = max(width_of("-88:88", theme.BODY, theme.BOLD), width_of(self._words, theme.BODY, theme.BOLD))
        width = max(0, self.width() - words_px - px(10))
        return QRect(0, (self.height() - height) // 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, as far as it is known, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self._bar()
        media = self._media
        theme.box(painter, bar, theme.WELL, theme.LINE, radius=bar.height() / 2)
        is_warned = self._left_s is not None and media is not None and media.state is MediaState.PLAYING
        colour = ending_colour(self._left_s if is_warned else None)
        if media is not None and media.duration_ms:
            done = _share(media, self._left_s)
            theme.box(painter, QRect(bar.left(), bar.top(), round(bar.width() * done), bar.height()), colour,
                      radius=bar.height() / 2)  # fmt: skip
        is_bad = media is not None and media.state is MediaState.ERROR
        weight = theme.BOLD if is_warned else theme.STRONG
        draw_text(painter, self.rect(), self._words, theme.BODY, theme.RED_SOFT if is_bad else colour, weight=weight,
                  align=RIGHT)  # fmt: skip
        painter.end()


def _share(media: Media, left_s: float | None) -> float:
    assert media.duration_ms
    if left_s is not None:
        return 1.0 - min(1.0, left_s * 1000 / media.duration_ms)
    return 1.0 if media.state is MediaState.ENDED else min(1.0, (media.cursor_ms or 0) / media.duration_ms)


def _media_words(media: Media | None, left_s: float | None) -> str:
    if media is None:
        return ""
    if left_s is None:
        return "loops" if media.is_looping and media.state is MediaState.PLAYING else _MEDIA_WORDS[media.state]
    return f"-{left_words(left_s)}"
