"""What a drop needs before FIRE as a row of small lamps: sign and word, green only where something was proved.

Qt thread only. The sign says it without colour; the tooltip and a screen reader have each line whole.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.desk.arm_checks import Check, Sign
from widgets import theme
from widgets.theme import draw_text, px, width_of

_SIGNS: Final = {
    Sign.READY: ("✓", theme.GREEN_SOFT),
    Sign.BY_HAND: ("■", theme.AMBER_SOFT),
    Sign.LATER: ("○", theme.SOFT),
    Sign.OFF: ("×", theme.SOFT),
    Sign.NOT: ("▲", theme.AMBER_SOFT),
}


class ArmLamps(QWidget):
    """One lamp for each check, side by side; its height never changes, so that no button moves under a hand."""

    def __init__(self) -> None:
        super().__init__()
        self._checks: tuple[Check, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> list[str]:
        """What the lamps say, from the left."""
        return [f"{_SIGNS[check.sign][0]} {check.what}" for check in self._checks]

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Say how each of these is."""
        if tuple(checks) == self._checks:
            return
        self._checks = tuple(checks)
        lines = [f"{one.what}: {one.sign.value}. {one.says} {one.fix}".strip() for one in self._checks]
        self.setToolTip("\n".join(lines))
        self.setAccessibleName("; ".join(lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all words in one line."""
        return QSize(sum(self._widths()), theme.line_height(theme.SMALL))

    def minimumSizeHint(self) -> QSize:
        """As high as it is; what has no room is left out at the right, and said by the tooltip."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw signs and words."""
        painter = QPainter(self)
        left = 0
        for check, width in zip(self._checks, self._widths(), strict=True):
            sign, colour = _SIGNS[check.sign]
            place = QRect(left, 0, width, self.height())
            draw_text(painter, place, f"{sign} {check.what}", theme.SMALL, colour, weight=theme.BOLD)
            left += width
        painter.end()

    def _widths(self) -> list[int]:
        return [width_of(words, theme.SMALL, theme.BOLD) + px(14) for words in self.words]


def first_trouble(checks: Sequence[Check]) -> tuple[str, str]:
    """Why the first check that is not ready is not, and what to do; nothing when all are."""
    found = next((one for one in checks if one.sign is Sign.NOT), None)
    return ("", "") if found is None else (found.says, found.fix)
