"""Unpaid orders since FIRE: ticked, then voided or marked paid with a held press. Not modal; Qt thread only.

It lies over the page in front, never over a picture or STOP SALE. It shows and asks; what is void is the shop's word.
"""

from datetime import datetime

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.commerce.ledger import UNPAID
from console.commerce.state import Order, OrderList, Sale
from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton, OwnButton
from widgets.controls import Face, Words
from widgets.money import money_words
from widgets.page import Page
from widgets.theme import px
from widgets.unpaid_list import UnpaidList

OPENS = "Unpaid orders: void them, or mark them paid (U)"
NOTHING_TICKED = Notice("No order is ticked.", "Tick those that are meant, or all of them (A).")


class UnpaidForm(Page):
    """The list that the desk has open, the ticks, and two buttons. It goes when the desk closes the list."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("UNPAID ORDERS")
        self._deck = deck
        self._listed: OrderList | None = None
        self._ticked: frozenset[str] = frozenset()
        self._seen: frozenset[str] = frozenset()  # orders that had a tick to be taken away
        self._ticks_all = False
        self._title = Words(theme.BODY, weight=theme.BOLD, may_cut=True)
        self.list = UnpaidList()
        self.all = OwnButton(deck, "orders.list", "ALL", self._turn_all, size=theme.SMALL).with_hint("A, in the list")
        self.void = _ForTicked(deck, "orders.void", "VOID", arguments=self._groups, size=theme.SMALL)
        self.paid = _ForTicked(deck, "orders.paid", "MARK PAID", arguments=self._groups, size=theme.SMALL)
        self.void.with_hint("Delete held, in the list")
        self.paid.with_hint("Y held, in the list")
        self.done = OwnButton(deck, "orders.unlist", "DONE", self.leave, size=theme.SMALL).with_hint("Esc")
        self._build()
        self.hide()
        self.list.turned.connect(self._turn)
        self.list.all_wanted.connect(self._turn_all)
        self.list.held.connect(self._hold)
        self._undo = deck.desk.sale.watch(self._follow)

    def _build(self) -> None:
        self._outer = QVBoxLayout(self)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self.done)
        for widget in (self.all, self.paid):
            self._foot.addWidget(widget)
        self._foot.addStretch(1)
        self._foot.addWidget(self.void)
        self._outer.addLayout(self._head)
        self._outer.addWidget(self.list, 1)
        self._outer.addLayout(self._foot)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(14), px(6), px(14), px(8))
        for layout in (self._outer, self._head, self._foot):
            layout.setSpacing(px(6))
        for button in (self.all, self.void, self.paid, self.done):
            button.setFixedHeight(max(32, px(42)))

    def minimumSizeHint(self) -> QSize:
        """Head, two rows and the foot."""
        return QSize(px(300), 4 * max(32, px(42)))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    # --- opening and leaving ---

    def open(self, *, drop: str | None = None, takes_keyboard: bool = True) -> None:
        """Ask the desk for the list: of a drop, or of what STOP SALE closed."""
        done = self._take_keyboard if takes_keyboard else None
        self._deck.ask("orders.list", Origin.KEY, {"drop": drop} if drop else {}, done=done)

    def _take_keyboard(self) -> None:
        if self.isVisible():  # else there was nothing to list
            self.list.setFocus()

    def leave(self) -> None:
        """Close it; the keys are the show's again."""
        if self._listed is not None:
            self._deck.ask("orders.unlist", Origin.BUTTON)
        self._go()

    def _go(self) -> None:
        if self.list.hasFocus():
            self.window().setFocus()
        self._listed = None
        self.hide()

    # --- what is asked ---

    def _groups(self) -> dict[str, object]:
        """The ticked orders of each run: an action is about one."""
        groups: dict[tuple[str, int], list[str]] = {}
        for order in self._ticked_orders():
            groups.setdefault((order.drop, order.run), []).append(order.id)
        return {"groups": [{"drop": drop, "run": run, "orders": ids} for (drop, run), ids in groups.items()]}

    def _ticked_orders(self) -> list[Order]:
        orders = self._listed.orders if self._listed is not None else ()
        return [order for order in orders if order.id in self._ticked]

    def _hold(self, action_id: str, is_down: bool) -> None:
        button = self.void if action_id == "orders.void" else self.paid
        if is_down:
            button.hold_by_key()
        else:
            self._deck.holds.let_go(action_id)

    def _turn(self, id: str) -> None:
        if id in self._open_ids():
            self._ticked ^= {id}
            self._show()

    def _turn_all(self) -> None:
        every = self._open_ids()
        self._ticked = frozenset() if self._ticked == every else every
        self._show()

    def _open_ids(self) -> frozenset[str]:
        """Those that can be ticked: unpaid, and not on their way already."""
        listed = self._listed or OrderList(())
        return frozenset(order.id for order in listed.orders if order.state in UNPAID) - listed.asked

    # --- what is shown ---

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        if self.isVisible():
            for button in (self.void, self.paid):
                button.show_hold()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Nothing goes on by itself."""

    def _follow(self, sale: Sale) -> None:
        if sale.listed is None:
            self._go()
            return
        is_other = self._listed is None or self._listed.runs != sale.listed.runs
        self._listed = sale.listed
        every = self._open_ids()
        if is_other:  # after a stop all are meant, until somebody says otherwise
            self._ticks_all = sale.listed.runs == sale.stopped
            self._ticked = self._seen = frozenset()
        fresh = every - self._seen if self._ticks_all else frozenset()
        self._ticked = (self._ticked | fresh) & every
        self._seen |= every
        self._show()
        if is_other or not self.isVisible():
            self.show()
            self.raise_()

    def _show(self) -> None:
        if self._listed is None:
            return
        sale = self._deck.desk.sale.value
        unpaid = [order for order in self._listed.orders if order.state in UNPAID]
        titles = ", ".join(dict.fromkeys(_title(sale, drop) for drop, _ in self._listed.runs))
        self._title.say(f"Unpaid since FIRE: {_sum(unpaid, sale)} · {titles}")
        chosen = self._ticked_orders()
        face = Face.OFF if not chosen else Face.RED_LINE
        self.void.be("orders.void", f"VOID {_sum(chosen, sale)}", "hold", face=face)
        self.paid.be("orders.paid", f"MARK PAID {len(chosen)}", "hold", face=Face.PLAIN if chosen else Face.OFF)
        self.all.be("orders.list", "NONE" if chosen and self._ticked == self._open_ids() else "ALL")
        self.list.show_orders(sale, self._listed, self._ticked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, with an amber line: it waits for the director."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()


class _ForTicked(KeyedButton):
    """A held button for the ticked orders; one ask for each run that they are of."""

    def hold_by_key(self) -> None:
        """Begin its hold from the keyboard."""
        self._meaning = self._meant()
        self._deck.holds.start(self.action_id, self._hold_s, self._held)

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        groups = self._arguments()["groups"] if self._arguments is not None else []
        if not isinstance(groups, list) or not groups:
            self._deck.ask.tell(NOTHING_TICKED)
            return
        for group in groups:
            self._deck.ask(self.action_id, Origin.BUTTON, group, says_done=True)


def _title(sale: Sale, drop_id: str) -> str:
    drop = sale.drop(drop_id)
    return drop.title if drop is not None else drop_id


def _sum(orders: list[Order], sale: Sale) -> str:
    """How many, and what they come to, in the show's currency: "13 · 247.00 €"."""
    currency = orders[0].currency if orders else sale.currency
    return f"{len(orders)} · {money_words(sum(order.amount_minor for order in orders), currency)}"
