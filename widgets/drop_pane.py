"""DROP: one drop from draft to closed, the checkout, and STOP SALE apart. Qt thread only; shows and asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout

from console.commerce.state import Checkout, Drop, DropState, Sale
from console.commerce.state import Lamp as Confirmed
from console.core.journal import Origin
from console.core.observable import Observable
from console.desk.arm_checks import Check, arm_checks
from console.desk.terms_words import access_words, hold_words
from console.desk.view import DeskView
from console.settings import show as settings
from console.settings.show import Show
from widgets import theme
from widgets.arguments import chosen_drop
from widgets.arm_lamps import ArmLamps, first_trouble
from widgets.ask import Deck
from widgets.camera_buttons import OwnButton
from widgets.change_form import CAN_CHANGE, LAMP_FACES
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face, Panel, Words
from widgets.drop_clock import Times, delay_words, end_words, fire_words
from widgets.lamps import Lamp
from widgets.money import money_words
from widgets.outbox_door import OutboxDoor
from widgets.pages import OUTBOX, QUEUE
from widgets.qr_code import QrCode
from widgets.queue_door import QueueDoor
from widgets.queue_rows import PIN
from widgets.theme import px
from widgets.times import clock_words
from widgets.trouble import Trouble

_LEFT: Final = {
    DropState.DRAFT: ("drop.arm", "ARM", "", Face.PLAIN),
    DropState.ARMING: ("drop.disarm", "ARMING…", "", Face.AMBER_LINE),
    DropState.ARMED: ("drop.disarm", "DISARM", "", Face.PLAIN),
    DropState.FIRING: ("drop.close", "CLOSE DROP", "", Face.RED_LINE),
    DropState.COUNTDOWN: ("drop.close", "CLOSE DROP", "never opens", Face.RED_LINE),
    DropState.OPEN: ("drop.close", "CLOSE DROP", "", Face.RED_LINE),
    DropState.SOLD_OUT: ("drop.close", "CLOSE DROP", "", Face.RED_LINE),
    DropState.CLOSED: ("drop.renew", "SELL AGAIN", "", Face.PLAIN),
    DropState.ASKING: ("drop.close", "CLOSE DROP", "", Face.RED_LINE),
}
_BEFORE_FIRE: Final = (DropState.ARMING, DropState.ARMED)
_BY_HAND: Final = (DropState.ARMING, DropState.FIRING, DropState.ASKING)
_FIRE_KEY: Final = (DropState.DRAFT, DropState.ARMING, DropState.ARMED)
_CHECKOUT: Final = {
    Checkout.OPEN: ("CHECKOUT OPEN", Face.GREEN),
    Checkout.CLOSED: ("CHECKOUT CLOSED", Face.OFF),
    Checkout.UNKNOWN: ("CHECKOUT ?", Face.AMBER_LINE),
}


class DropPane(Panel):
    """Shows the chosen drop and asks for actions; it never changes the drop itself."""

    page_wanted = Signal(int)  # OUTBOX or QUEUE: their doors stand here
    change_wanted = Signal()  # the form for price, stock and time

    def __init__(self, deck: Deck) -> None:
        super().__init__("DROP")
        self._deck = deck
        self._drop: Drop | None = None
        self._title = Words(theme.TITLE, weight=theme.BOLD, may_cut=True)
        self._price = Words(theme.TITLE, weight=theme.STRONG)
        self._facts = Words(theme.BODY, theme.SOFT, may_cut=True)
        self._figures = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self._choose = Chooser("Choose the drop", size=theme.SMALL)
        self._choose.stepped.connect(self._step)
        self.outbox = OutboxDoor()
        self.outbox.clicked.connect(lambda: self.page_wanted.emit(OUTBOX))
        self.queue = QueueDoor()
        self.queue.clicked.connect(lambda: self.page_wanted.emit(QUEUE))
        self._checkout = ActionButton(deck, "checkout.open", "CHECKOUT", size=theme.SMALL, hold_s=0.5)
        self._delay = ActionButton(deck, "stream.delay.mark", "? s", size=theme.SMALL)
        self._lamp = Lamp()
        self._needs = ArmLamps()
        self._qr = QrCode()
        drop_id = self._drop_argument
        self._left = ActionButton(deck, "drop.arm", "ARM", arguments=drop_id, size=theme.LARGE)
        self._fire = ActionButton(deck, "drop.fire", "FIRE", arguments=drop_id, face=Face.OFF, size=theme.HUGE)
        self._stop = ActionButton(deck, "sale.stop", "STOP SALE", face=Face.RED_LINE, size=theme.LARGE)
        self._trouble = Trouble()
        self.change = OwnButton(deck, "drop.stock", "CHANGE", self.change_wanted.emit, size=theme.SMALL)
        self.change.with_hint("Ctrl E").speak("Change price, stock, time, or mark it sold out")
        self._build()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._undo = [
            deck.desk.sale.watch(self._show),
            deck.desk.show.watch(lambda _: self._show(deck.desk.sale.value), now=False),
            *(each.watch(lambda _: self._show_needs(), now=False) for each in _needed(deck.desk)),
            deck.desk.starts.watch(lambda _: self._show(deck.desk.sale.value), now=False),
            deck.desk.delay_marked_ns.watch(lambda _: self._show_delay(deck.desk.sale.value), now=False),
            deck.desk.alarms.watch(lambda _: self._show_lamps(deck.desk.sale.value), now=False),
        ]

    def _build(self) -> None:
        self._outer = QVBoxLayout(self)
        top = QHBoxLayout()
        words = QVBoxLayout()
        first = QHBoxLayout()
        first.addWidget(self._title, 1)
        first.addWidget(self._price)
        words.addLayout(first)
        said = QVBoxLayout()
        said.addWidget(self._facts)
        said.addWidget(self._figures)
        second = QHBoxLayout()
        second.addLayout(said, 1)
        second.addWidget(self.change)
        words.addLayout(second)
        lamps = QHBoxLayout()
        for lamp in (self._checkout, self._delay, self._lamp):
            lamps.addWidget(lamp)
        lamps.addStretch(1)
        words.addLayout(lamps)
        top.addLayout(words, 1)
        top.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignTop)
        self._outer.addLayout(top)
        self._outer.addWidget(self._needs)
        self._outer.addWidget(self._trouble)
        self._keys = QGridLayout()
        for column, (widget, share) in enumerate(((self._left, 3), (self._fire, 5), (self._stop, 3))):
            self._keys.addWidget(widget, 0, column)
            self._keys.setColumnStretch(column, share)
        self._outer.addLayout(self._keys)
        self._rows = (top, words, first, said, second, lamps)
        self._choose.setParent(self)
        self.outbox.setParent(self)
        self.queue.setParent(self)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(14), self.heading_px(), px(14), px(8))
        self._outer.setSpacing(px(5))
        self._keys.setHorizontalSpacing(px(10))
        self._keys.setColumnMinimumWidth(3, 0)
        for row in self._rows:
            row.setSpacing(px(4))
        for button in (self._left, self._fire, self._stop):
            button.setFixedHeight(max(44, px(62)))
        for button in (self._checkout, self._delay):
            button.setFixedHeight(max(32, px(34)))
        self.change.setFixedHeight(max(32, px(44)))
        self._place_chooser()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def resizeEvent(self, event: object) -> None:
        """Keep the chooser in the heading."""
        self._place_chooser()

    def tick(self, now: datetime) -> None:
        """Let the countdown go on; a few times a second."""
        self._show_fire(now)
        if self._deck.desk.delay_marked_ns.value is not None:
            self._show_delay(self._deck.desk.sale.value)

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        for button in (self._left, self._fire, self._stop, self._checkout):
            button.show_hold()

    def _place_chooser(self) -> None:
        width = self._choose.sizeHint().width()
        height = max(32, px(32))
        left = max(px(80), self.width() - width - px(10))
        self._choose.setGeometry(left, max(0, (self.heading_px() - height) // 2 + 1), width, height)
        door = self.outbox.sizeHint()
        words_px = px(14) + theme.width_of("DROP", theme.SMALL, theme.BOLD) + px(16)
        top = (self.heading_px() - door.height()) // 2
        self.outbox.setGeometry(words_px, top, door.width(), door.height())
        beside = words_px + door.width() + px(8)
        self.queue.setGeometry(beside, top, max(1, left - beside - px(8)), door.height())

    def _drop_argument(self) -> dict[str, object]:
        return {"drop": self._drop.id if self._drop else ""}

    def _step(self, step: int) -> None:
        drops = self._deck.desk.sale.value.drops
        if drops and self._drop is not None:
            index = [drop.id for drop in drops].index(self._drop.id)
            self._deck.ask("drop.choose", Origin.BUTTON, {"drop": drops[(index + step) % len(drops)].id})

    def _show(self, sale: Sale) -> None:
        self._drop = chosen_drop(self._deck.desk)
        drop = self._drop
        has_sale = drop is not None
        for widget in (self._left, self._fire, self._checkout, self._price, self._choose, self._needs):
            widget.setVisible(has_sale)
        self.change.setVisible(drop is not None and drop.state in CAN_CHANGE)
        self._qr.show_address(sale.public_url if has_sale else "", sale.reach)
        self._show_lamps(sale)
        self.queue.show_queue(sale)
        self._figures.say(_figures(sale))
        if drop is None:
            self._title.say("No drops in this show")
            self._facts.say("F8, then NEW, adds one.")
            self._trouble.say("", "")
            return
        self._title.say(f"{PIN} {drop.title}" if drop.id in sale.highlighted else drop.title)
        self._price.say(money_words(drop.price_minor, drop.currency))
        asked = _asked(drop, self._deck.desk.clock.now())
        show = self._deck.desk.show.value
        item = next((one for one in show.drops if one.id == drop.id), None)
        facts = _facts(drop, show, item)
        self._facts.say(asked or facts, theme.AMBER_SOFT if asked else theme.SOFT)
        self._facts.setToolTip(facts)
        index = [other.id for other in sale.drops].index(drop.id)
        self._choose.say(f"{index + 1} of {len(sale.drops)}")
        self._place_chooser()
        self._show_needs()
        action_id, title, note, face = _LEFT[drop.state]
        if self._deck.desk.starts.value.of(drop.id) is not None:
            action_id, title, note, face = "start.hold", "HOLD", "Esc", Face.MAIN
        if sale.kind == "manual" and (drop.state in _BY_HAND or drop.lamp is Confirmed.WAITING):
            action_id, title, note, face = "drop.confirm", "CONFIRM", "by hand", Face.AMBER
        self._left.be(action_id, title, note, face=face)
        self._stop.be("sale.stop", "STOPPING…" if sale.is_stopping else "STOP SALE",
                      "until confirmed" if sale.is_stopping else "", shows_key=not sale.is_stopping,
                      face=Face.AMBER if sale.is_stopping else Face.RED_LINE)  # fmt: skip
        self._show_fire(self._deck.desk.clock.now())

    def _show_needs(self) -> None:
        """What the drop needs, and what is wrong now: its own trouble first."""
        if self._drop is None:
            return
        checks = arm_checks(self._deck.desk, self._drop)
        self._needs.show_checks(checks)
        self._trouble.say(*_trouble(self._drop, self._deck.desk.sale.value, checks))

    def _show_fire(self, now: datetime) -> None:
        drop = self._drop
        if drop is None:
            return
        desk = self._deck.desk
        start = next((one.start for one in desk.show.value.drops if one.id == drop.id), "hand")
        announced = desk.starts.value.of(drop.id)
        times = Times(now, desk.clock.mono_ns(), desk.sale.value.stream_delay, announced, start)
        said = fire_words(drop, times)
        shows_key = drop.state in _FIRE_KEY and announced is None
        self._fire.be("drop.fire", said.title, said.note, face=said.face, shows_key=shows_key)

    def _show_delay(self, sale: Sale) -> None:
        """How late viewers are, where it matters: a drop opens for them, or it is known or being measured."""
        marked_ns = self._deck.desk.delay_marked_ns.value
        is_worth = bool(sale.stream_delay.seconds) or marked_ns is not None
        self._delay.setVisible(is_worth or any(drop.is_heard_by_viewers for drop in sale.drops))
        said = delay_words(sale.stream_delay, marked_ns, self._deck.desk.clock.mono_ns())
        self._delay.be("stream.delay.mark", said.title, said.note, face=said.face)

    def _show_lamps(self, sale: Sale) -> None:
        words, face = _CHECKOUT[sale.checkout]
        is_open = sale.checkout is Checkout.OPEN
        self._checkout.be("checkout.close" if is_open else "checkout.open", words, face=face)
        is_doubtful = any(alarm.kind == "shop.contradicts" for alarm in self._deck.desk.alarms.value)
        self.outbox.show_outbox(sale.outbox_pending, is_doubtful=is_doubtful)
        self._show_delay(sale)
        lamp = self._drop.lamp.value if self._drop else ""
        self._lamp.show_words(lamp, LAMP_FACES.get(lamp, Face.AMBER_LINE))


def _asked(drop: Drop, now: datetime) -> str:
    """What changes on their way ask for; everything else that is shown is as the shop last said it."""
    wanted = drop.wanted
    parts = [
        "" if wanted.price_minor is None else money_words(wanted.price_minor, drop.currency),
        "" if wanted.stock is None else f"{wanted.stock} in all",
        "" if wanted.closes_at is None else f"{clock_words((wanted.closes_at - now).total_seconds() + 0.999)} left",
        "" if wanted.sold_out is None else "sold out" if wanted.sold_out else "on sale again",
    ]
    said = " · ".join(part for part in parts if part)
    return f"asked for: {said}" if said else ""


def _facts(drop: Drop, show: Show, planned: settings.Drop | None) -> str:
    """Where the pieces are first, then how it is sold: where there is little room, the end is cut."""
    left = drop.stock if drop.stock_left is None else drop.stock_left
    kinds = ", ".join(f"{kind.name} {kind.stock if kind.left is None else kind.left}" for kind in drop.variants)
    hold = "" if planned is None or show.hold_of(planned) == "firm" else hold_words(show, planned)
    parts = (
        f"{left} of {drop.stock} left",
        f"{drop.held} held" if drop.held else "",
        f"{drop.waiting} waiting" if drop.waiting else "",
        kinds,
        hold,
        access_words(planned) if planned is not None else "",
        f"{drop.per_buyer} per buyer",
        "until sold out" if drop.is_until_sold_out else clock_words(drop.duration_s),
        f"run {drop.run}" if drop.run > 1 else "",
        end_words(drop, planned),
    )
    return " · ".join(part for part in parts if part)


def _figures(sale: Sale) -> str:
    if not sale.drops:
        return ""
    minutes = sale.figures.authorised_per_minute
    minute = minutes[-1] if minutes else 0
    revenue = money_words(sale.figures.authorised_minor, sale.currency)
    return f"{sale.sold} sold · {revenue} · {money_words(minute, sale.currency)}/min"


def _needed(desk: DeskView) -> tuple[Observable[Any], ...]:
    """What a drop's checks follow beside the sale itself."""
    return desk.switcher, desk.sound, desk.outputs, desk.alarms


def _trouble(drop: Drop, sale: Sale, checks: Sequence[Check]) -> tuple[str, str]:
    if drop.why:
        return drop.why, drop.fix
    if sale.outbox_held:
        return sale.outbox_held, ""
    if not sale.link.is_up:
        return sale.link.why, sale.link.fix
    return first_trouble(checks) if drop.state in _BEFORE_FIRE else ("", "")
