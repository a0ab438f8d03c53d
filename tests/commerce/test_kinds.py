"""Kinds, reservations and tickets at the shop that ships with the console: counted, changed, kept over a restart."""

import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from console.commerce import changes, drops, presses
from console.commerce.outbox import DropRow
from console.commerce.shops.events import EventsShop
from console.commerce.shops.manual import ManualShop
from console.commerce.shops.wares import Wares
from console.commerce.state import Drop, DropState, Variant, Wanted
from console.contract import events, signing
from console.contract.events import Armed
from console.contract.orders import DropStatus, ShopState, VariantStatus
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.ids import new_id
from console.core.journal import MemoryJournal
from console.desk.own_shop import OwnShop
from console.settings.show import Show
from console.shop.adopt import ShopKeeper
from console.shop.place import Reach
from tests.commerce.conftest import Begin, drop
from tests.waiting import until

SHOW = Show.model_validate(
    {
        "name": "Friday drop",
        "drops": [
            {
                "id": "cap-01",
                "title": "Linen cap",
                "price": "19.00 EUR",
                "hold": "reserve",
                "variants": [
                    {"sku": "cap-s", "name": "Small", "stock": 2},
                    {"sku": "cap-l", "name": "Large", "stock": 3, "price": "21.00 EUR"},
                ],
                "access": {"tickets": 3},
            }
        ],
    }
)
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
KINDS = (Variant("cap-s", "Small", 1900, 2, 1, 0, 1), Variant("cap-l", "Large", 2100, 3, 2, 1, 0))
CAP = Drop("cap-01", "Linen cap", 1900, "EUR", 5, 2, 300, state=DropState.OPEN, stock_left=3, sold=1, held=1,
           variants=KINDS)  # fmt: skip
STATUS = DropStatus(
    id="cap-01", run=1, state=ShopState.OPEN, stock_left=3, sold=1, held=1, waiting=4, stock=5, price_minor=1900,
    sold_out=False,
    variants=(
        VariantStatus(sku="cap-s", name="Small", price_minor=1900, stock=2, stock_left=1, sold=1),
        VariantStatus(sku="cap-l", name="Large", price_minor=2100, stock=3, stock_left=2, held=1),
    ),
)  # fmt: skip


def test_what_the_shop_counts_of_each_kind_is_shown_and_a_new_run_counts_anew() -> None:
    seen = drops.seen(replace(CAP, variants=(), held=0), STATUS)
    assert (seen.variants, seen.held, seen.waiting) == (KINDS, 1, 4)
    fresh = drops.renewed(replace(seen, state=DropState.CLOSED))
    assert (fresh.held, fresh.waiting) == (0, 0)
    assert [(kind.stock, kind.left, kind.sold) for kind in fresh.variants] == [(2, None, 0), (3, None, 0)]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(stock=9), "Linen cap has several kinds: cap-s, cap-l."),
        (Wanted(stock=9, sku="cap-m"), "Linen cap has several kinds: cap-s, cap-l."),
        (Wanted(stock=0, sku="cap-s"), "1 piece is sold already: the stock cannot be 0."),
        (Wanted(stock=0, sku="cap-l"), "0 pieces are sold and 1 reserved already: the stock cannot be 0."),
        (Wanted(stock=2, sku="cap-s"), "Linen cap has 2 pieces of Small in all already."),
    ],
)
def test_a_stock_of_no_kind_or_below_what_is_taken_is_refused(wanted: Wanted, words: str) -> None:
    with pytest.raises(UserError) as refused:
        changes.check(CAP, wanted, NOW)
    assert refused.value.what == words


def test_one_kind_after_the_other_and_each_is_judged_by_its_own_stock() -> None:
    changes.check(CAP, Wanted(stock=4, sku="cap-s"), NOW)
    on_its_way = changes.by_hand(CAP, Wanted(stock=4, sku="cap-s"))
    with pytest.raises(UserError, match="another kind is on its way"):
        changes.check(on_its_way, Wanted(stock=4, sku="cap-l"), NOW)
    change = events.Changed(drop="cap-01", run=1, stock=4, sku="cap-s")
    assert changes.made(CAP, change, STATUS).why.startswith("The shop took the change and did not make it.")
    kinds = (STATUS.variants[0].model_copy(update={"stock": 4, "stock_left": 3}), *STATUS.variants[1:]) if (
        STATUS.variants) else ()  # fmt: skip
    after = changes.made(CAP, change, STATUS.model_copy(update={"variants": kinds, "stock": 7, "stock_left": 5}))
    assert changes.done_words(after, change) == "Linen cap has 4 pieces of Small in all now."
    assert after.stock == 7


def test_a_kept_drop_has_its_kinds_again_and_the_last_price() -> None:
    row = presses.resumed(
        replace(CAP, variants=(), held=0),
        _row(replace(CAP, waiting=2, last_price_minor=2400)),
        is_under_way=False,
    )
    assert (row.variants, row.held, row.waiting, row.last_price_minor) == (KINDS, 1, 2, 2400)


def _row(drop: Drop) -> DropRow:
    return DropRow(
        drop.id, drop.run, drop.state.value, drop.stock_left, drop.sold, price_minor=drop.price_minor,
        stock=drop.stock, pieces=presses.pieces_text(drop),
    )  # fmt: skip


def test_the_price_before_the_last_change_is_remembered_for_one_run() -> None:
    cheaper = drops.remembering(replace(CAP, price_minor=1500), CAP)
    assert cheaper.last_price_minor == 1900
    assert drops.remembering(replace(cheaper, sold=2), cheaper).last_price_minor == 1900
    assert drops.remembering(replace(cheaper, price_minor=1900), cheaper).last_price_minor == 1500
    assert drops.remembering(replace(cheaper, run=2), cheaper).last_price_minor is None


@asynccontextmanager
async def own_shop(begin: Begin, data_dir: Path, alarms: Alarms) -> AsyncIterator[tuple[OwnShop, ShopKeeper]]:
    """The embedded shop as the console keeps it; it ends with the block."""
    keeper = ShopKeeper(data_dir, Reach(), practice=True)

    async def secret() -> str | None:
        address = keeper.state.value.address
        return address.secret if address else None

    client = EventsShop("", secret=secret, clock=SystemClock(), kind="embedded")
    own = OwnShop(keeper, await begin(client, show=SHOW, is_started=False), client, alarms)
    try:
        await own.open()
        yield own, keeper
    finally:
        await own.close()


async def buy(url: str, **wish: object) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, verify=False, trust_env=False) as buyer:
        key = {"Idempotency-Key": signing.idempotency_key(new_id())}
        return await buyer.post("/v1/drops/cap-01/orders", json={"quantity": 1, **wish}, headers=key)


@pytest.mark.slow
async def test_tickets_kinds_and_voids_at_the_shop_that_ships_with_the_console(
    begin: Begin, tmp_path: Path, alarms: Alarms, journal: MemoryJournal
) -> None:
    async with own_shop(begin, tmp_path, alarms) as (own, keeper):
        sale, address = own.commerce, keeper.state.value.address
        assert address is not None
        made = await sale.tickets("cap-01")
        for press in (sale.arm, sale.fire):
            outcome = await press("cap-01")
            assert outcome.is_done, outcome
        assert [(kind.name, kind.left) for kind in drop(sale).variants] == [("Small", 2), ("Large", 3)]
        assert (await buy(address.url, sku="cap-s")).status_code == 409, "nobody without a ticket"
        assert (await buy(address.url, sku="cap-s", code=made[0])).status_code == 201
        assert (await buy(address.url, sku="cap-s", code=made[0])).status_code == 409, "a ticket is good once"
        assert (await buy(address.url, sku="cap-l", code=made[1])).status_code == 201
        await until(lambda: drop(sale).held == 2, what="the reservations")
        assert (await sale.change("cap-01", Wanted(stock=6, sku="cap-s"))).is_done
        assert [(kind.stock, kind.left, kind.held) for kind in drop(sale).variants] == [(6, 5, 1), (3, 2, 1)]
        await until(lambda: len(sale.state.value.unpaid) == 2, what="the orders")
        small, large = sale.state.value.unpaid
        assert (small.sku, large.sku) == ("cap-s", "cap-l")
        assert (await sale.pay_orders("cap-01", [large.id])).why == "1 order marked paid."
        assert (await sale.stop_sale()).is_done
        assert (await sale.void_orders("cap-01", [small.id, large.id])).why == "1 order voided."
        await until(lambda: (drop(sale).held, drop(sale).sold) == (0, 1), what="the pieces")
        books = sale.state.value.books
        assert books is not None
        assert not books.wrong
        everything = str(journal.entries) + (tmp_path / "outbox.sqlite").read_bytes().decode("latin-1")
        assert not any(ticket in everything for ticket in made), "tickets are written nowhere"


@pytest.mark.slow
async def test_books_that_do_not_add_up_are_an_alarm_with_what_to_do(
    begin: Begin, tmp_path: Path, alarms: Alarms
) -> None:
    async with own_shop(begin, tmp_path, alarms) as (own, keeper):
        assert (await own.commerce.arm("cap-01")).is_done
        address = keeper.state.value.address
        assert address is not None
        database = sqlite3.connect(tmp_path / "practice-shop" / "shop.sqlite")
        with database:
            database.execute("UPDATE shelves SET left = left - 1, sold = sold + 1 WHERE sku = 'cap-s'")
        database.close()
        os.kill(address.pid, signal.SIGKILL)  # started again, it counts at once
        await until(lambda: "shop.books" in [one.kind for one in alarms.present.value], what="the alarm")
        (alarm,) = [one for one in alarms.present.value if one.kind == "shop.books"]
        assert "cap-s" in alarm.what
        assert "STOP SALE" in alarm.fix


async def test_a_platform_without_an_api_has_no_tickets(begin: Begin) -> None:
    sale = await begin(ManualShop(), show=SHOW)
    assert (await sale.arm("cap-01")).why == "This platform cannot check Cuedrop's tickets."


def test_what_is_armed_carries_the_digests_of_tickets_and_no_ticket() -> None:
    drop, now = presses.drop_of(SHOW.drops[0]), presses.Stamp(NOW, 0, 10.0)
    made = presses.armed(SHOW, drop, now, Wares(), tickets=("AAAA-BBBB-CC",))
    data = made.event.data
    assert isinstance(data, Armed)
    assert data.access is not None
    assert (len(data.access.digests), data.access.is_once) == (1, True)
    assert b"AAAA" not in events.to_json(made.event)
