"""After the days that were set nothing leads from an order to its buyer; what was sold stays."""

from pathlib import Path

import pytest

from console.contract.codes import digest_of
from console.contract.events import Access
from console.core.clock import SteppedClock
from console.shop.goods import Order, Wish
from console.shop.main import command
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.store_steps import arm, checkout, open_

DAY_S = 86_400
BUYER, KEY, CODE = "cookie:AdaAdaAdaAdaAdaAdaAdaAda", "key-of-ada-5e1f", digest_of("her-code")


async def _sold(till: Till, key: str = KEY, buyer: str = BUYER) -> Order:
    access = Access(digests=(CODE,), is_once=True)
    for event in (arm(access=access), checkout(True), open_()):
        await till.apply(event, event.id)
    answer = await till.order(Wish("cap", key, "f", buyer, 2, code=CODE))
    assert isinstance(answer, Order), answer
    return answer


def _on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


async def test_an_old_order_is_nobodys_once_a_day_has_gone_by_and_the_figures_stay(tmp_path: Path) -> None:
    path, clock = tmp_path / "shop.sqlite", SteppedClock()
    till = Till(lambda: SqliteStore(path), clock, keep_days=30)
    await till.start()
    order = await _sold(till)
    clock.step(29.5 * DAY_S)
    await till.sweep()
    kept = await till.order_of(id=order.id)
    assert kept is not None
    assert kept.buyer == BUYER
    clock.step(0.4 * DAY_S)
    await till.sweep()  # less than a day since it was looked at
    clock.step(0.7 * DAY_S)
    await till.sweep()
    kept = await till.order_of(id=order.id)
    assert kept is not None
    assert kept.buyer == ""
    assert await till.read(lambda store: store.receipt(order.token)) is None
    assert (kept.quantity, kept.amount_minor, kept.pickup) == (order.quantity, order.amount_minor, order.pickup)
    assert await till.orders_of(BUYER) == []
    assert (await till.count_books()).wrong == ()
    assert till.drops["cap"].sold == 2
    for known in (BUYER, KEY, CODE):
        # The codes of the drop are the director's own; that one of them was used by this order is not known any more
        assert (known.encode() in _on_disk(path)) == (known == CODE)
    await till.close()


async def test_what_is_old_when_the_shop_starts_is_forgotten_then_and_what_is_new_is_not(tmp_path: Path) -> None:
    path, clock = tmp_path / "shop.sqlite", SteppedClock()
    first = Till(lambda: SqliteStore(path), clock)
    await first.start()
    old = await _sold(first)
    await first.close()
    clock.step(89 * DAY_S)
    for days, buyer in ((0, BUYER), (2, "")):
        clock.step(days * DAY_S)
        again = Till(lambda: SqliteStore(path), clock)
        await again.start()
        kept = await again.order_of(id=old.id)
        assert kept is not None
        assert kept.buyer == buyer
        await again.close()


@pytest.mark.parametrize("days", ["0", "3651", "-1"])
def test_days_that_make_no_sense_are_refused(tmp_path: Path, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command(["--data-dir", str(tmp_path), "--keep-days", days])
    assert ended.value.code == 2
    assert "1 to 3650" in capsys.readouterr().err
