"""Buyers' pages keep to a bandwidth, in their order; orders and the console's lines never wait for them."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.shop.bandwidth import BURST_S, Bandwidth, Slowed
from tests.stepped_loop import run_stepped

KBIT = 800.0
BYTES_PER_S = KBIT * 125


def stepped_bandwidth() -> Bandwidth:
    return Bandwidth(KBIT, now=asyncio.get_running_loop().time)


@given(sizes=st.lists(st.integers(1, 60_000), min_size=1, max_size=30))
@settings(deadline=None)
def test_no_time_sees_more_than_the_bandwidth_the_burst_and_one_part(sizes: list[int]) -> None:
    async def main() -> None:
        bandwidth, loop = stepped_bandwidth(), asyncio.get_running_loop()
        sent: list[tuple[float, int]] = []
        for size in sizes:
            await bandwidth.take(size)
            sent.append((loop.time(), size))
        for first, (from_s, _) in enumerate(sent):
            for until_s, _ in sent[first:]:
                went_out = sum(size for at_s, size in sent[first:] if at_s <= until_s)
                assert went_out <= BYTES_PER_S * (until_s - from_s + BURST_S) + max(sizes) + 20  # of rounding
        assert sent[-1][0] <= sum(sizes) / BYTES_PER_S + 1e-6  # and nobody waits for nothing

    run_stepped(main())


def test_who_came_first_goes_first() -> None:
    async def main() -> None:
        bandwidth, done = stepped_bandwidth(), list[int]()

        async def take(number: int) -> None:
            await bandwidth.take(50_000)
            done.append(number)

        async with asyncio.TaskGroup() as tasks:
            for number in range(5):
                tasks.create_task(take(number))
        assert done == [0, 1, 2, 3, 4]

    run_stepped(main())


async def answered(slowed: Slowed, method: str, path: str) -> float:
    """When the answer was sent, in the loop's seconds."""

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        return None

    await slowed({"type": "http", "method": method, "path": path}, receive, send)
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize(
    ("method", "path", "waits"),
    [
        ("GET", "/d/cap-01", True),
        ("GET", "/v1/drops/cap-01/stream", True),
        ("POST", "/v1/drops/cap-01/orders", False),
        ("DELETE", "/v1/mine/1", False),
        ("POST", "/v1/events", False),
        ("GET", "/v1/orders", False),
        ("GET", "/v1/health", False),
        ("GET", "/counter/state", False),
    ],
)
def test_looks_wait_and_money_does_not(method: str, path: str, waits: bool) -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"x" * 1_000})

    async def main() -> None:
        bandwidth = stepped_bandwidth()
        slowed = Slowed(page, bandwidth)
        bandwidth.spend(200_000)  # others are being served
        at_s = await answered(slowed, method, path)
        assert (at_s > 1.0) is waits
        before_s = at_s
        after_s = await answered(slowed, "GET", "/")
        assert after_s > before_s  # what did not wait was counted all the same

    run_stepped(main())
