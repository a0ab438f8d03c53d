"""What becomes of one order and its pieces, together. Inside the store's transactions alone."""

from datetime import datetime
from typing import Final

from console.contract.orders import OrderState
from console.shop import rules
from console.shop.counter import SOURCE, UNDO_WITHIN, CounterSale, Deed, Good, Press, may_undo
from console.shop.counter_table import CounterTable
from console.shop.drop_table import DropTable
from console.shop.goods import PIECES, UNPAID, Order, PieceState, Pool, Reason, Refused
from console.shop.order_table import OrderTable

_COUNTERS_RUN: Final = 0


class OrderMoves:
    """Moves orders from state to state, and their pieces with them."""

    def __init__(self, drops: DropTable, orders: OrderTable, counter: CounterTable) -> None:
        self._drops = drops
        self._orders = orders
        self._counter = counter

    def pay(self, order: Order, by: str, now: datetime) -> Order | Refused:
        """An unpaid order is paid; one without a piece takes it now. SOLD_OUT: none is left."""
        pool = order.pool
        if order.state is OrderState.WAITING:
            drop = self._drops.one(order.drop, order.run)
            if drop is None or not rules.is_first_paid(drop):
                return Refused(Reason.MOVED)
            pool = self._drops.take(drop, order.sku, order.quantity, PieceState.SOLD)
            if pool is None:
                return Refused(Reason.SOLD_OUT)
        elif order.state is OrderState.HELD and pool is not None:
            self._drops.sell_held(order.drop, order.run, (order.sku, pool, order.quantity))
        return self._orders.move(order, OrderState.PAID, now, pool=pool, paid_by=by, paid_at=now)

    def let_go(self, order: Order, state: OrderState, now: datetime) -> Order:
        """The order ended without its pieces: they are back where they were taken from, and its code is good again."""
        where = PIECES[order.state]
        if order.pool is not None and where is not None:
            self._drops.give_back(order.drop, order.run, (order.sku, order.pool, order.quantity), where)
        self._orders.free_code(order)
        return self._orders.move(order, state, now, pool=None, expires_at=order.expires_at)

    def refund(self, order: Order, now: datetime, *, returns: bool) -> Order | Refused:
        """A paid order's money was given back; with `returns` its pieces too. MOVED: it was not paid."""
        if order.state is not OrderState.PAID:
            return Refused(Reason.MOVED)
        if returns:
            return self.let_go(order, OrderState.REFUNDED, now)
        return self._orders.move(order, OrderState.REFUNDED, now, pool=order.pool)

    def do(self, press: Press, now: datetime) -> Order | Refused:
        """What was pressed at the counter. MOVED: the order is not where the press found it; somebody else was."""
        order = self._orders.one(id=press.order)
        if order is None:
            return Refused(Reason.MOVED)
        is_paid = order.state is OrderState.PAID
        match press.deed:
            case Deed.PAY:
                return (
                    Refused(Reason.MOVED)
                    if PIECES[order.state] is PieceState.LEFT or is_paid
                    else self.pay(order, press.by, now)
                )
            case Deed.UNDO:
                return self._undo(order, now) if is_paid else Refused(Reason.MOVED)
            case Deed.REFUND:
                return self.refund(order, now, returns=press.returns)
            case Deed.HAND if is_paid and order.handed_at is None:
                return self._orders.hand(order, now)
            case Deed.HAND:
                return Refused(Reason.MOVED if is_paid or PIECES[order.state] is PieceState.LEFT else Reason.UNPAID)
            case Deed.TAKE_BACK:
                return Refused(Reason.MOVED) if order.handed_at is None else self._orders.hand(order, None)

    def sell(self, sale: CounterSale, now: datetime) -> Order | Refused:
        """Pieces of the counter sold, paid and handed over in one."""
        stand, good = self._counter.stand(), self._counter.good(sale.of, sale.sku)
        if not stand.is_open:
            return Refused(Reason.CLOSED)
        if good is None:
            return Refused(Reason.VARIANT)
        if sale.expected_price_minor not in (None, good.price_minor):
            return Refused(Reason.PRICE)
        if not self._counter.take(good, sale.quantity):
            return Refused(Reason.SOLD_OUT, left=good.left)
        return self._orders.hand(self._orders.add(self._sold(good, sale, now)), now)

    def _sold(self, good: Good, sale: CounterSale, now: datetime) -> Order:
        newest = self._drops.one(good.drop)
        return Order(
            id="",
            drop=good.drop,
            run=_COUNTERS_RUN,
            sku=good.sku,
            pool=Pool.COUNTER,
            buyer=SOURCE,
            quantity=sale.quantity,
            amount_minor=sale.quantity * good.price_minor,
            currency=good.currency,
            source=SOURCE,
            pickup="",
            state=OrderState.PAID,
            at=now,
            changed_at=now,
            paid_by=sale.by,
            title=good.title,
            variant=good.variant,
            paid_at=now,
            told_run=1 if newest is None else newest.run,
        )

    def _undo(self, order: Order, now: datetime) -> Order | Refused:
        """The order as it was before it was paid; a reservation lasts long enough to press what was meant."""
        before, held_until = self._orders.before_paid(order)
        if not may_undo(order, now) or before not in UNPAID or order.pool is None:
            return Refused(Reason.TOO_LATE)
        pieces, expires_at = (order.sku, order.pool, order.quantity), None
        if before is OrderState.HELD:
            self._drops.hold_sold(order.drop, order.run, pieces)
            expires_at = max(held_until or now, now + UNDO_WITHIN)
        elif before is OrderState.WAITING:
            self._drops.give_back(order.drop, order.run, pieces, PieceState.SOLD)
        pool = None if before is OrderState.WAITING else order.pool
        return self._orders.move(order, before, now, pool=pool, expires_at=expires_at, paid_by="", paid_at=None)
