"""Who runs the shop, who ends it, and who finds it again."""

import asyncio
import errno
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from unittest.mock import MagicMock

import httpx
import psutil
import pytest

from console.contract import signing
from console.contract.orders import ShopState
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.shop import main
from console.shop.adopt import ShopKeeper, ensure_shop
from console.shop.place import Place, Reach, ShopAddress, host_and_port, is_held
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import PLAIN, Hand, armed, checkout_closed, end_shop, opened, orders_until, shop
from tests.waiting import until

pytestmark = pytest.mark.slow
NO_FILE_LEFT = OSError(errno.EMFILE, "Too many open files")


def test_an_address_to_listen_on_is_read_or_explained() -> None:
    assert host_and_port("127.0.0.1:8710") == ("127.0.0.1", 8710)
    assert host_and_port("[::1]:0") == ("::1", 0)
    for wrong in ("8710", ":8710", "host:", "host:99999", "host:http"):
        with pytest.raises(UserError, match="no address"):
            host_and_port(wrong)


async def test_what_a_console_needs_is_in_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        path = tmp_path / "shop.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        said = json.loads(path.read_text())
        assert set(said) == {"url", "public_url", "secret", "pid", "counter_url", "pin"}
        assert signing.is_secret(said["secret"])
        assert said["secret"] not in (tmp_path / "shop.log").read_text()
        assert psutil.Process(hand.address.pid).is_running()


async def test_a_shop_with_nothing_on_sale_ends_with_its_console(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        pass
    assert not is_held(Place(tmp_path).shop_lock())
    assert not psutil.pid_exists(hand.address.pid)


async def test_a_shop_that_sells_outlives_its_console_and_the_next_one_adopts_it(tmp_path: Path) -> None:
    first = ShopKeeper(tmp_path, Reach())
    address = await first.start()
    async with httpx.AsyncClient(base_url=address.url, **PLAIN) as client:
        hand = Hand(address, client)
        await hand.put_on_sale()
        await first.close()
        assert (await hand.buy()).status_code == 201
        async with shop(tmp_path) as (again, _):
            assert again.address == address
            assert (await again.state())["sold"] == 1
            await again.send(checkout_closed())
    await until(lambda: not is_held(Place(tmp_path).shop_lock()), what="the shop's end")


CONSOLE = """
    import asyncio, sys
    from pathlib import Path
    from console.shop.adopt import ShopKeeper
    from console.shop.place import Reach

    async def main():
        keeper = ShopKeeper(Path(sys.argv[1]), Reach())
        print((await keeper.start()).pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
"""


def killed_console(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CONSOLE), str(data_dir)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("is_selling", [False, True])
async def test_when_the_console_is_killed_the_shop_stays_as_long_as_it_sells(tmp_path: Path, is_selling: bool) -> None:
    with killed_console(tmp_path) as console:
        assert console.stdout is not None
        await asyncio.to_thread(console.stdout.readline)
        address = Place(tmp_path).read()
        assert address is not None
        async with httpx.AsyncClient(base_url=address.url, **PLAIN) as client:
            hand = Hand(address, client)
            if is_selling:
                await hand.put_on_sale()
            console.send_signal(signal.SIGKILL)
            console.wait()
            if is_selling:
                await asyncio.sleep(4.5)  # longer than the shop would wait for a console
                assert (await hand.buy()).status_code == 201
                await hand.send(checkout_closed())
        await until(lambda: not is_held(Place(tmp_path).shop_lock()), within_s=15, what="the shop's end")


async def test_one_folder_has_one_shop_and_one_console(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        again = await ensure_shop(tmp_path, Reach())
        assert again == hand.address
        with pytest.raises(UserError, match="Another console"):
            await ShopKeeper(tmp_path, Reach()).start()
        by_hand = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console.shop", "--data-dir", str(tmp_path), "--listen", "127.0.0.1:0"),
            stderr=subprocess.PIPE,
        )
        _, said = await by_hand.communicate()
        assert by_hand.returncode == 1
        assert b"already running" in said


async def test_practice_sells_from_a_folder_of_its_own_and_ends_even_while_it_sells(tmp_path: Path) -> None:
    keeper = ShopKeeper(tmp_path, Reach(), practice=True)
    address = await keeper.start()
    async with httpx.AsyncClient(base_url=address.url, **PLAIN) as client:
        await Hand(address, client).put_on_sale()
    await keeper.close()
    assert not is_held(Place.below(tmp_path, practice=True).shop_lock())
    assert (tmp_path / "practice-shop" / "shop.json").exists()
    assert not (tmp_path / "shop.json").exists()


async def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(UserError, match=f"cannot listen on {listen}"):
            await ShopKeeper(tmp_path, Reach(listen)).start()
    assert not is_held(Place(tmp_path).console_lock())


async def test_a_stranger_on_the_shops_old_address_is_not_taken_for_it(tmp_path: Path) -> None:
    async with shop(tmp_path / "other") as (stranger, _):
        secret = signing.new_secret()
        Place(tmp_path).write(ShopAddress(stranger.address.url, stranger.address.url, secret, os.getpid()))
        async with shop(tmp_path) as (hand, _):
            assert hand.address.url != stranger.address.url
            assert hand.address.secret == secret


async def test_an_idle_shop_moves_when_the_show_asks_for_another_address(tmp_path: Path) -> None:
    first = await ensure_shop(tmp_path, Reach())
    moved = await ensure_shop(tmp_path, Reach(public_url="https://shop.example/"))
    assert moved.public_url == "https://shop.example"
    assert moved.pid != first.pid
    slower = await ensure_shop(tmp_path, Reach(public_url="https://shop.example/", buyers_kbps=500))
    assert slower.pid != moved.pid
    same = await ensure_shop(tmp_path, Reach(public_url="https://shop.example/", buyers_kbps=500))
    assert same.pid == slower.pid
    # No console ever wanted it: it ends by itself.
    await until(lambda: not is_held(Place(tmp_path).shop_lock()), what="the shop's end")
    await asyncio.to_thread(end_shop, same.pid)


async def test_a_shop_that_cannot_open_another_file_still_closes_what_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.shop.place.FileLock.acquire", MagicMock(side_effect=NO_FILE_LEFT))
    monkeypatch.setattr(main, "TICK_S", 0.001)
    till = Till(lambda: SqliteStore(tmp_path / "shop.sqlite"), SystemClock())
    await till.start()
    ticking = asyncio.create_task(main._tick(till, MagicMock(), Place(tmp_path), with_console=True))
    await until(lambda: till.counted_at, what="the first look")
    await till.apply(armed(), "d")
    await till.apply(opened(for_s=0.2), "d")
    await until(lambda: till.drops["cap-01"].state is ShopState.CLOSED, what="the end of the sale")
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    await till.close()


async def test_a_shop_that_cannot_be_started_now_says_so_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = ShopKeeper(tmp_path, Reach())
    with monkeypatch.context() as broken:
        broken.setattr("console.shop.adopt.subprocess.Popen", MagicMock(side_effect=NO_FILE_LEFT))
        with pytest.raises(UserError, match="Too many open files"):
            await keeper.start()
    async with shop(tmp_path) as (hand, kept):
        with monkeypatch.context() as broken:
            broken.setattr("console.shop.place.FileLock.acquire", MagicMock(side_effect=NO_FILE_LEFT))
            os.kill(hand.address.pid, signal.SIGKILL)
            await until(lambda: not kept.state.value.link.is_up, what="the loss")
        await until(lambda: kept.state.value.link.is_up, what="the next shop")


async def test_sigterm_ends_the_shop_cleanly_with_streams_open(tmp_path: Path) -> None:
    shop_process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "console.shop", "--data-dir", str(tmp_path), "--listen", "127.0.0.1:0"),
        stderr=subprocess.PIPE,
    )
    await until(lambda: Place(tmp_path).read(), what="shop.json")
    address = Place(tmp_path).read()
    assert address is not None
    async with httpx.AsyncClient(base_url=address.url, **PLAIN) as client:
        await Hand(address, client).put_on_sale()
        await Hand(address, client).buy()
    reading = asyncio.create_task(orders_until(address.url, 2))
    await asyncio.wait([reading], timeout=0.5)
    shop_process.terminate()
    _, said = await asyncio.wait_for(shop_process.communicate(), 10)
    assert shop_process.returncode == 0
    assert b"Traceback" not in said
    assert len(await reading) == 1


def test_answers_are_sent_at_once() -> None:
    """asyncio sets TCP_NODELAY by the socket's protocol: without its name each answer took 44 ms."""
    with main.bound("127.0.0.1:0", None) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


async def test_a_bug_in_what_is_due_ends_neither_the_closing_nor_the_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    till, sweeps = MagicMock(spec=Till), 0

    async def sweep() -> None:
        nonlocal sweeps
        sweeps += 1
        if sweeps == 1:
            raise ValueError("a bug")

    till.sweep = sweep
    monkeypatch.setattr(main, "TICK_S", 0.001)
    monkeypatch.setattr(main, "BOOKS_EVERY_S", 1_000.0)
    ticking = asyncio.create_task(main._tick(till, MagicMock(), Place(tmp_path), with_console=False))
    await until(lambda: sweeps > 2, what="the next looks")
    ticking.cancel()
    assert "it is tried again" in caplog.text
    caplog.clear()
