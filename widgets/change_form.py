"""Changing the drop that is armed or open: price, stock, time, sold out by hand. Not modal; Qt thread only.

It lies over the page in front, never over a picture or STOP SALE. A price is held, or asked for twice from the
keyboard: a wrong price is the common accident. It shows and asks; what is shown as true is the shop's word.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from console.commerce.state import Drop, DropState, Sale, Variant
from console.commerce.state import Lamp as Confirmed
from console.core.errors import UserError
from console.core.journal import Origin
from console.desk.changing import price_of
from console.desk.once_more import OnceMore
from console.desk.view import Notice
from widgets import theme
from widgets.arguments import chosen_drop
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton, OwnButton
from widgets.chooser import Chooser
from widgets.controls import Face, Words
from widgets.lamps import Lamp
from widgets.money import money_words
from widgets.page import Page
from widgets.theme import px
from widgets.times import clock_words
from widgets.trouble import Trouble

OPENS: Final = "Change the drop on sale: price, stock, time, sold out (Ctrl E)"
LAMP_FACES: Final = {"CONFIRMED": Face.GREEN, "REFUSED": Face.RED_LINE, "LOST": Face.RED}
SMALLEST_PX: Final = 32
MORE: Final = (5, 10)
LATER_S: Final = (60, 300)
_ON_SALE: Final = (DropState.OPEN, DropState.SOLD_OUT)
CAN_CHANGE: Final = (DropState.ARMED, DropState.COUNTDOWN, *_ON_SALE)
NOTHING: Final = Notice("There is nothing to change.", "Arm or fire the drop first.")
_TWICE: Final = "Enter again to sell at that."


class ChangeForm(Page):
    """Three rows and an answer for the chosen drop; it goes by itself when there is nothing to change any more."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("CHANGE THE DROP")
        self._deck = deck
        self._drop: Drop | None = None
        self._twice = OnceMore(deck.desk.clock)
        self._is_asked_twice = False  # a price was entered once
        self._title = Words(theme.BODY, weight=theme.BOLD, may_cut=True)
        self._close = OwnButton(deck, "drop.stock", "DONE", self.leave, size=theme.SMALL).with_hint("Esc")
        self.price = _Field("New price", "Key: Tab to it · Enter twice asks for it", self._enter_price)
        self.stock = _Field(
            "New stock, sold pieces too", "Key: Tab to it · ↑ ↓ another kind · Enter asks for it", self._enter_stock
        )
        self.price_words, self.stock_words, self.time_words = (
            Words(theme.SMALL, theme.SOFT, may_cut=True) for _ in range(3)
        )
        self._kind = 0  # which kind the stock is of, in a drop with kinds
        self.kind = Chooser("The kind", size=theme.SMALL)
        self.answer = Trouble()
        self.lamp = Lamp()
        self._make_buttons()
        self._build()
        for field in (self.price, self.stock):
            field.textChanged.connect(self._typed)
        self.kind.stepped.connect(self._choose_kind)
        self.stock.stepped.connect(self._choose_kind)
        self.hide()
        self._undo = deck.desk.sale.watch(self._follow)

    def _make_buttons(self) -> None:
        deck, hint = self._deck, "Ctrl K, then a few letters of it"
        typed = "in the field: Enter"
        self.set_price = KeyedButton(deck, "drop.price", "SET PRICE", arguments=self._price_arguments, size=theme.SMALL)
        self.set_price.be("drop.price", "SET PRICE", "hold")
        self.set_price.with_hint(f"{typed}, twice")
        self.back = KeyedButton(deck, "drop.price_back", "BACK", arguments=self._named, size=theme.SMALL)
        self.set_stock = KeyedButton(deck, "drop.stock", "SET STOCK", arguments=self._stock_arguments, size=theme.SMALL)
        self.set_stock.with_hint(typed)
        self.more = tuple(
            KeyedButton(deck, "drop.stock", f"+{by}", arguments=self._with(self._more, by), size=theme.SMALL)
            for by in MORE
        )
        self.later = tuple(
            KeyedButton(deck, "drop.extend", f"+{by // 60} MIN", arguments=self._with(self._seconds, by),
                        size=theme.SMALL)
            for by in LATER_S
        )  # fmt: skip
        self.sold_out = KeyedButton(deck, "drop.sold_out", "SOLD OUT", arguments=self._mark, size=theme.SMALL)
        for button in (self.back, *self.more, *self.later, self.sold_out):
            button.with_hint(hint)
        self.buttons = (self.set_price, self.back, self.set_stock, *self.more, *self.later, self.sold_out, self._close)

    def _build(self) -> None:
        self._outer = QVBoxLayout(self)
        self._rows: list[QHBoxLayout] = []
        for widgets in (
            (self._title, self.lamp, self._close),
            (self.price, self.set_price, self.back, self.price_words),
            (self.kind, self.stock, self.set_stock, *self.more, self.stock_words),
            (*self.later, self.sold_out, self.time_words),
        ):
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, Words) else 0)
            self._rows.append(row)
            self._outer.addLayout(row)
        self._outer.addWidget(self.answer)
        self._outer.addStretch(1)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(14), px(6), px(14), px(6))
        self._outer.setSpacing(px(6))
        for row in self._rows:
            row.setSpacing(px(8))
        for field in (self.price, self.stock):
            field.setFont(theme.font(theme.BODY, theme.BOLD))
        self._share_height()

    def minimumSizeHint(self) -> QSize:
        """Four rows of a finger's height, and two lines below them."""
        return QSize(px(300), self._rows_px(SMALLEST_PX) + 2 * theme.line_height(theme.BODY))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows as high as there is room for."""
        self._share_height()

    def _rows_px(self, height: int) -> int:
        """What all rows of that height take, with what is around them."""
        return len(self._rows) * (height + self._outer.spacing()) + 2 * px(6)

    def _share_height(self) -> None:
        room = self.height() - self._rows_px(0) - 2 * theme.line_height(theme.BODY)
        height = max(SMALLEST_PX, min(px(46), room // len(self._rows)))
        for field in (self.price, self.stock):
            field.setFixedSize(px(130), height)
        for widget in (*self.buttons, self.kind):
            widget.setFixedHeight(height)
        self._say_answer()

    def _say_answer(self) -> None:
        """Why not, and what to do: where there is room for all of it. The drop's own pane has it in any case."""
        why, fix = (self._drop.why, self._drop.fix) if self._drop else ("", "")
        wrapped = theme.wrapped_height(f"{why} {fix}".strip(), self.width() - 2 * px(14), theme.BODY)
        is_room = self._rows_px(self._close.height()) + wrapped <= self.height()
        self.answer.say(*((why, fix) if is_room else ("", "")))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    # --- opening and leaving ---

    def open(self, *, takes_keyboard: bool = True) -> None:
        """Show it for the chosen drop; the keyboard goes to the price, unless it was opened with the mouse."""
        drop = chosen_drop(self._deck.desk)
        if drop is None or drop.state not in CAN_CHANGE:
            self._deck.ask.tell(NOTHING)
            return
        self._drop = None
        self._follow(self._deck.desk.sale.value)
        self.show()
        self.raise_()
        if takes_keyboard:
            self.price.setFocus()

    def leave(self) -> None:
        """Close it; the keys are the show's again."""
        if self._is_typing():
            self.window().setFocus()
        self.hide()

    def _is_typing(self) -> bool:
        return self.price.hasFocus() or self.stock.hasFocus()

    # --- what is asked ---

    def _named(self) -> dict[str, object]:
        return {"drop": self._drop.id if self._drop else ""}

    def _price_arguments(self) -> dict[str, object]:
        return {**self._named(), "price": self.price.text().strip()}

    def _stock_arguments(self) -> dict[str, object]:
        return {**self._of_kind(), "stock": self.stock.text().strip()}

    def _of_kind(self) -> dict[str, object]:
        """The drop, and which of its kinds the stock is of."""
        kind = self._chosen_kind()
        return {**self._named(), **({} if kind is None else {"sku": kind.sku})}

    def _chosen_kind(self) -> Variant | None:
        kinds = self._drop.variants if self._drop is not None else ()
        return kinds[self._kind % len(kinds)] if kinds else None

    def _choose_kind(self, step: int) -> None:
        self._kind += step
        self.stock.clear()
        self._show_words()

    def _more(self, by: int) -> dict[str, object]:
        """Absolute, from what is on its way if anything is: two presses are two steps."""
        if self._drop is None:
            return self._named()
        coming = self._coming_stock(self._drop)
        now = (self._chosen_kind() or self._drop).stock
        return {**self._of_kind(), "stock": (now if coming is None else coming) + by}

    def _coming_stock(self, drop: Drop) -> int | None:
        """The stock that is asked for of what is chosen here."""
        kind = self._chosen_kind()
        return drop.wanted.stock if drop.wanted.sku == (kind.sku if kind else None) else None

    def _seconds(self, seconds: int) -> dict[str, object]:
        return {**self._named(), "seconds": seconds}

    def _mark(self) -> dict[str, object]:
        return {**self._named(), "on": not (self._drop is not None and self._drop.is_held)}

    @staticmethod
    def _with(arguments: Callable[[int], dict[str, object]], number: int) -> Callable[[], dict[str, object]]:
        return lambda: arguments(number)

    def _enter_price(self) -> None:
        """Ask for the price at the second Enter; the first one shows what it would be."""
        minor, _ = self._read_price()
        if minor is not None:
            self._is_asked_twice = not self._twice.is_second((self._named()["drop"], minor))
            if self._is_asked_twice:
                self._show_words()
                return
        if self.price.text().strip():
            self._deck.ask("drop.price", Origin.KEY, self._price_arguments(), says_done=True)

    def _enter_stock(self) -> None:
        if self.stock.text().strip():
            self._deck.ask("drop.stock", Origin.KEY, self._stock_arguments(), says_done=True)

    def _read_price(self) -> tuple[int | None, str]:
        """What is typed as the price, or what is wrong with it."""
        text = self.price.text().strip()
        if self._drop is None or not text:
            return None, ""
        try:
            return price_of(self._drop, text), ""
        except UserError as error:
            return None, error.what

    # --- what is shown ---

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the sale's time go on."""
        if self.isVisible():
            self._show_time(now)

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        if self.isVisible():
            self.set_price.show_hold()

    def _follow(self, sale: Sale) -> None:
        before, self._drop = self._drop, chosen_drop(self._deck.desk)
        drop = self._drop
        if drop is None or drop.state not in CAN_CHANGE:
            if not self._is_typing():  # else the next digit, meant for the field, would be a key of the show
                self.leave()
            return
        if before is None or before.id != drop.id:
            self.price.clear()
            self.stock.clear()
            self._kind = 0
        elif before != drop:
            self._forget_what_was_made(before, drop)
        self._title.say(f"Change {drop.title}")
        self.lamp.show_words(drop.lamp.value, LAMP_FACES.get(drop.lamp.value, Face.AMBER_LINE))
        self._say_answer()
        title = "SELL ON" if drop.is_held else "SOLD OUT"
        self.sold_out.be("drop.sold_out", title, face=Face.AMBER_LINE if drop.is_held else Face.PLAIN)
        self._show_words()
        self._show_time(self._deck.desk.clock.now())

    def _forget_what_was_made(self, before: Drop, drop: Drop) -> None:
        """A field is for the next change: what the shop has confirmed is typed in no more."""
        if drop.lamp not in (Confirmed.CONFIRMED, Confirmed.CLAIMED):
            return
        if before.price_minor != drop.price_minor and self._read_price()[0] == drop.price_minor:
            self.price.clear()
        if before.stock != drop.stock and self.stock.text().strip() == str((self._chosen_kind() or drop).stock):
            self.stock.clear()

    def _typed(self) -> None:
        self._is_asked_twice = False
        self._show_words()

    def _show_words(self) -> None:
        if self._drop is not None:
            self.price.setPlaceholderText(money_words(self._drop.price_minor, self._drop.currency))
            kind = self._chosen_kind()
            self.kind.setVisible(kind is not None)
            self.kind.say(kind.name if kind is not None else "")
            last_minor = self._drop.last_price_minor
            self.back.setVisible(last_minor is not None)
            if last_minor is not None:
                self.back.be("drop.price_back", f"BACK TO {money_words(last_minor, self._drop.currency)}")
            self.stock.setPlaceholderText(str((kind or self._drop).stock))
            self.price_words.say(*self._price_said(self._drop))
            self.stock_words.say(*self._stock_said(self._drop))

    def _price_said(self, drop: Drop) -> tuple[str, QColor]:
        now = money_words(drop.price_minor, drop.currency)
        minor, fault = self._read_price()
        if fault:
            return fault, theme.RED_SOFT
        if minor is not None and minor != drop.wanted.price_minor:
            percent = f" · {100 * minor / drop.price_minor - 100:+.0f} %" if drop.price_minor else ""
            step = f"{now} → {money_words(minor, drop.currency)}"
            return (f"{step}. {_TWICE}" if self._is_asked_twice else f"{step}{percent}"), theme.AMBER_SOFT
        if drop.wanted.price_minor is not None:
            return f"{now} → {money_words(drop.wanted.price_minor, drop.currency)} asked for", theme.AMBER_SOFT
        return f"{now} now", theme.SOFT

    def _stock_said(self, drop: Drop) -> tuple[str, QColor]:
        text = self.stock.text().strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            return "Type a number of pieces.", theme.RED_SOFT
        of = self._chosen_kind() or drop
        held = f" · {of.held} held" if of.held else ""
        taken = of.sold + of.held
        if text and int(text) < taken:
            return f"{of.sold} are sold{held.replace(' ·', ' and')} already.", theme.RED_SOFT
        wanted = int(text) if text else self._coming_stock(drop)
        if wanted is None or (wanted == of.stock and not text):
            return f"{of.stock} in all · {of.sold} sold{held}", theme.SOFT
        asked = " asked for" if not text else ""
        return f"{of.stock} → {wanted}{asked} · {max(0, wanted - taken)} left then", theme.AMBER_SOFT

    def _show_time(self, now: datetime) -> None:
        drop = self._drop
        if drop is None or drop.closes_at is None or drop.state not in _ON_SALE:
            self.time_words.say("not on sale yet", theme.SOFT)
            return
        left = clock_words((drop.closes_at - now).total_seconds() + 0.999)
        if drop.wanted.closes_at is not None:
            asked = clock_words((drop.wanted.closes_at - now).total_seconds() + 0.999)
            self.time_words.say(f"{left} left → {asked} asked for", theme.AMBER_SOFT)
        elif drop.wanted.sold_out is not None:
            asked = "sold out" if drop.wanted.sold_out else "on sale"
            self.time_words.say(f"{left} left · {asked}: asked for", theme.AMBER_SOFT)
        else:
            held = " · sold out by hand" if drop.is_held else ""
            self.time_words.say(f"{left} left{held}", theme.AMBER_SOFT if held else theme.SOFT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, with an amber line: it waits for the director."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()


class _Field(QLineEdit):
    """One value to type; Enter asks for it."""

    stepped = Signal(int)  # up or down

    def __init__(self, name: str, help: str, entered: Callable[[], None]) -> None:
        super().__init__()
        self.setMaxLength(20)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\n{help}")
        self.returnPressed.connect(entered)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose beside it; everything else is typed."""
        steps = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
        if event.key() in steps:
            self.stepped.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)
