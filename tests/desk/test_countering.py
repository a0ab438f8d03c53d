"""The counter from the desk: the shop says how it is, the PIN is shown there and written nowhere else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.desk.counter_state import CounterState, state_of
from console.shop.adopt import Counted, Keeping
from console.shop.place import Place, ShopAddress
from tests.desk.parts import Stage
from tests.shop.counter_rig import goods, stocked
from tests.shop.standing import now, shop
from tests.waiting import until

UP = Link(LinkState.UP)


def address(counter_url: str = "http://192.168.1.5:8710/counter", pin: str = "246810") -> ShopAddress:
    return ShopAddress("http://127.0.0.1:8710", "http://buy", "whsec_x", 1, counter_url, pin)


def test_the_counter_is_shown_as_the_shop_says_and_unknown_while_it_says_nothing() -> None:
    counted = Counted(is_open=True, stock=5, sold=2, left=3)
    known = state_of(Keeping(UP, address(), counter=counted))
    assert known == CounterState("http://192.168.1.5:8710/counter", "246810", True, True, 5, 2, 3)
    assert state_of(Keeping(Link(LinkState.CONNECTING), address(), counter=counted)).is_open is None
    assert state_of(Keeping(UP, address())).is_open is None
    assert state_of(Keeping()) == CounterState()
    assert "246810" not in repr(known)
    assert "246810" not in repr(address())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_shop_that_only_its_own_machine_reaches_is_named_so(host: str) -> None:
    assert not state_of(Keeping(UP, address(f"http://{host}:8710/counter"))).is_in_room


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.desk.close()


async def test_the_presses_go_to_the_sale(stage: Stage) -> None:
    for action, asked in (("counter.open", "open_counter"), ("counter.close", "close_counter")):
        assert (await stage.desk.run(action, Origin.BUTTON)).is_done
        assert stage.called(asked) == [((), {})]


async def test_without_a_shop_of_ours_there_is_no_pin_and_nothing_to_export(stage: Stage) -> None:
    for action in ("counter.new_pin", "orders.export"):
        outcome = await stage.desk.run(action, Origin.BUTTON)
        assert not outcome.is_done
        assert outcome.fix


@pytest.mark.slow
async def test_a_running_shop_tells_its_counter_changes_its_pin_and_gives_its_orders_out(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, keeper):
        place = Place(tmp_path)
        first = place.read()
        assert first is not None
        assert len(first.pin) == 6
        said: Any = keeper.state
        await hand.send(stocked(goods(stock=7)))
        await until(lambda: said.value.counter == Counted(True, 7, 0, 7), what="the counter")
        await keeper.new_pin()
        second = place.read()
        assert second is not None
        assert said.value.address == second
        assert second.pin != first.pin
        await hand.put_on_sale()
        assert (await hand.buy()).status_code == 201
        folder = keeper.export(now())
        assert sorted(path.name for path in folder.iterdir()) == ["orders.csv", "orders.json", "picklist.csv"]
        assert "Linen cap" in (folder / "orders.csv").read_text()
        for secret in (first.pin, second.pin):
            assert secret not in (tmp_path / "shop.log").read_text()
    async with shop(tmp_path):  # the PIN is the same tomorrow
        third = place.read()
        assert third is not None
        assert third.pin == second.pin
