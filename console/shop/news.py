"""What the pages are told of their own buyers' orders without asking: that some changed, and places in the line.

Follows the log of orders: one short query for each write, whoever looks on. In the till's writer thread alone; what it
gives out are values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.contract.orders import OrderState
from console.shop.goods import Drop, Order
from console.shop.rules import is_first_paid
from console.shop.store import Store

_BATCH = 500


@dataclass(frozen=True, slots=True)
class News:
    """One buyer's. `changed`: the number of the newest change that was heard of, 0 before the first.

    `ahead`: of each order in a waiting list, by its id, how many that wait for the same pieces came before.
    """

    changed: int = 0
    ahead: Mapping[str, int] = field(default_factory=dict)


class OrderNews:
    """Knows who is concerned by what was written since it looked last."""

    def __init__(self, store: Store) -> None:
        """Begin with those who wait already; what became of orders before is no news."""
        self._store = store
        self._seen = store.newest_change()
        self._changed: dict[str, int] = {}
        self._waiting = {order.id: order for order in store.waiting()}  # first come first
        self._ahead: dict[str, int] = {}
        self._has_moved = True  # the line, since it was counted

    def look(self, drops: Mapping[str, Drop]) -> dict[str, News]:
        """The news of every buyer for whom there are any since the last look."""
        concerned: set[str] = set()
        while batch := self._store.orders_after(self._seen, limit=_BATCH):
            for logged in batch:
                self._seen = self._changed[logged.order.buyer] = logged.seq
                concerned.add(logged.order.buyer)
                self._follow(logged.order)
        if self._has_moved:
            before, self._ahead = self._ahead, self._count(drops)
            self._has_moved = False
            concerned |= {self._waiting[id].buyer for id, ahead in self._ahead.items() if before.get(id) != ahead}
        places: dict[str, dict[str, int]] = {buyer: {} for buyer in concerned}
        for id, ahead in self._ahead.items():
            if (buyer := self._waiting[id].buyer) in concerned:
                places[buyer][id] = ahead
        return {buyer: News(self._changed.get(buyer, 0), of) for buyer, of in places.items()}

    def _follow(self, order: Order) -> None:
        if order.state is OrderState.WAITING:
            self._waiting[order.id] = order
            self._has_moved = True
        elif self._waiting.pop(order.id, None) is not None:
            self._has_moved = True

    def _count(self, drops: Mapping[str, Drop]) -> dict[str, int]:
        """Places by order; where whoever pays first has the piece, nobody has one."""
        count: dict[tuple[str, int, str], int] = {}
        ahead: dict[str, int] = {}
        for order in self._waiting.values():
            drop = drops.get(order.drop)
            if drop is None or is_first_paid(drop):
                continue
            line = (order.drop, order.run, order.sku)
            ahead[order.id] = count.get(line, 0)
            count[line] = ahead[order.id] + 1
        return ahead
