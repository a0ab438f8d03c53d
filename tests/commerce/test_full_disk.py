"""A disk that is full for a while: what was shown meanwhile is kept once there is room, and the next start knows it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from console.commerce import book
from console.commerce.outbox import Outbox
from console.commerce.state import Checkout, DropState
from console.core.alarms import Alarms
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop
from tests.waiting import until

Fill = Callable[[bool], None]


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Make the disk full, or not any more."""
    real, now = Outbox._transaction, {"is_full": False}

    @contextmanager
    def transaction(self: Outbox) -> Iterator[None]:
        if now["is_full"]:
            raise sqlite3.OperationalError("database or disk is full")
        with real(self):
            yield

    monkeypatch.setattr(Outbox, "_transaction", transaction)
    monkeypatch.setattr(book, "MEND_EVERY_S", 0.05)
    return lambda is_full: now.update(is_full=is_full)


async def test_what_the_disk_refused_is_kept_when_there_is_room_again(
    begin: Begin, shop: FakeShop, alarms: Alarms, fill: Fill
) -> None:
    sale = await begin(client_for(shop.url))
    assert (await sale.arm("cap-01")).is_done
    assert (await sale.fire("cap-01")).is_done
    shop.sell("cap-01")
    await until(lambda: sale.state.value.sold == 1, what="the first order")
    fill(True)
    shop.sell("cap-01", 2)
    await until(lambda: sale.state.value.sold == 3, what="an order while the disk is full")
    assert [alarm.kind for alarm in alarms.present.value] == ["outbox.disk"]
    assert (await sale.stop_sale()).is_done, "the one press that goes out all the same"
    fill(False)
    await until(lambda: not alarms.present.value, what="the end of the alarm, by itself")
    shop.sell("cap-01")
    await until(lambda: sale.state.value.sold == 4, what="an order behind it all")
    await sale.close()
    marks = len(shop.stream_marks)
    again = await begin(client_for(shop.url))
    assert again.state.value.sold == 4, "the orders of the full disk were kept"
    assert drop(again).state is DropState.CLOSED
    assert (again.state.value.checkout, again.state.value.is_stopping) == (Checkout.CLOSED, False)
    assert again.state.value.outbox_pending == 0, "nothing that was answered is sent again"
    await until(lambda: len(shop.stream_marks) > marks, what="the orders stream")
    assert shop.stream_marks[-1] == "3"


async def test_an_order_is_never_left_behind_by_the_mark(begin: Begin, shop: FakeShop, fill: Fill) -> None:
    sale = await begin(client_for(shop.url))
    assert (await sale.arm("cap-01")).is_done
    assert (await sale.fire("cap-01")).is_done
    fill(True)
    shop.sell("cap-01")
    await until(lambda: sale.state.value.sold == 1, what="an order that the disk refuses")
    await sale.close()  # full to the end: the next start must hear of it again
    fill(False)
    again = await begin(client_for(shop.url))
    await until(lambda: again.state.value.sold == 1, what="the same order, once more")
