"""After a confirmed STOP SALE: the offer to void what is unpaid since FIRE, on the banner. Loop thread; no I/O."""

from collections.abc import Callable

from console.commerce.state import Sale
from console.contract.money import money_words
from console.core.observable import Observable
from console.desk.view import Notice, Tone


class StopOffer:
    """Offers once for each stop, as soon as an order of it is unpaid; its words follow while it stands."""

    def __init__(self, sale: Observable[Sale], notice: Observable[Notice | None]) -> None:
        self._notice = notice
        self._offered: tuple[tuple[str, int], ...] = ()
        self._shown: Notice | None = None
        self.close: Callable[[], None] = sale.watch(self._look)

    def _look(self, sale: Sale) -> None:
        unpaid = [order for order in sale.unpaid if (order.drop, order.run) in sale.stopped]
        stands = self._shown is not None and self._notice.value == self._shown
        if not unpaid or sale.is_stopping:
            if stands:
                self._notice.set(None)
                self._shown = None
            if sale.is_stopping:
                self._offered = ()
            return
        if stands or self._offered != sale.stopped:
            self._offered = sale.stopped
            self._shown = _words(len(unpaid), sum(order.amount_minor for order in unpaid), sale.currency)
            self._notice.set(self._shown)


def _words(count: int, minor: int, currency: str) -> Notice:
    orders = "1 order since FIRE is" if count == 1 else f"{count} orders since FIRE are"
    what = f"The sale is stopped. {orders} unpaid, {money_words(minor, currency)}."
    fix = "Void it if its price was wrong." if count == 1 else "Void them if their price was wrong."
    return Notice(what, fix, Tone.WAIT, offer="orders.list")
