import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.shops.port import ShopClient
from console.commerce.state import Drop
from console.core.alarms import Alarms
from console.core.clock import Clock, SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Show
from tests.commerce.fake_shop import SECRET, FakeShop

SHOW = Show.model_validate(
    {
        "name": "Friday drop",
        "drops": [
            {"id": "cap-01", "title": "Linen cap", "price": "19.00 EUR", "stock": 50, "duration_s": 300},
            {"id": "mug-01", "title": "Mug", "price": "9.50 EUR", "stock": 5, "duration_s": 60},
        ],
    }
)


def drop(sale: Commerce, id: str = "cap-01") -> Drop:
    found = sale.state.value.drop(id)
    assert found is not None
    return found


async def the_secret() -> str | None:
    return SECRET


def client_for(url: str, clock: Clock | None = None, *, timeout_s: float = 1.0) -> EventsShop:
    return EventsShop(url, secret=the_secret, clock=clock or SystemClock(), timeout_s=timeout_s)


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    shop = FakeShop().start()
    yield shop
    shop.stop()


@pytest.fixture
def writer() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def alarms(journal: MemoryJournal) -> Alarms:
    return Alarms(SystemClock(), journal)


Begin = Callable[..., Awaitable[Commerce]]


@pytest.fixture
async def begin(
    tmp_path: Path, writer: ThreadPoolExecutor, journal: MemoryJournal, alarms: Alarms
) -> AsyncIterator[Begin]:
    """Start a console's sale on the test's folder; closed at the end."""
    begun: list[Commerce] = []

    async def begin(
        client: ShopClient,
        *,
        clock: Clock | None = None,
        open_within_s: float = 10.0,
        show: Show = SHOW,
        show_run: str = "",
        is_started: bool = True,
    ) -> Commerce:
        clock = clock or SystemClock()
        commerce = Commerce(
            show,
            data_dir=tmp_path,
            shop=client,
            clock=clock,
            journal=journal,
            alarms=alarms,
            writer=writer,
            open_within_s=open_within_s,
            show_run=show_run,
        )
        begun.append(commerce)
        if is_started:
            await commerce.start()
        return commerce

    yield begin
    await asyncio.gather(*(commerce.close() for commerce in begun))
