"""Bad input and faults at the whole console: the disk and the shop. Nothing is lost, nothing is silent."""

import contextlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.commerce.fake_shop import SECRET, FakeShop, always
from tests.e2e.test_console import cuedrop
from tests.rigs.console import ConsoleProcess

pytestmark = pytest.mark.slow

State = dict[str, Any]

HEAD = """
format = 1
name = "Van"
[obs]
url = "ws://127.0.0.1:1"
"""
DROPS = "".join(
    f'[[drops]]\nid = "{id}"\ntitle = "{id}"\nprice = "19.00 EUR"\nstock = 50\nduration_s = 300\n'
    for id in ("cap-01", "mug-01", "pin-01", "bag-01")
)
OTHER_SHOP = HEAD + '[shop]\nkind = "events"\nurl = "{shop}"\n' + DROPS
OWN_SHOP = HEAD + '[shop]\nlisten = "127.0.0.1:0"\n' + DROPS


def start(folder: Path, show: str, data_dir: Path | None = None, **environment: str) -> ConsoleProcess:
    path = folder / "show.toml"
    path.write_text(show)
    environment = {"CUEDROP_SECRET_SHOP": SECRET, **environment}
    return ConsoleProcess(data_dir or folder / "data", str(path), "--headless", environment=environment)


def told(console: ConsoleProcess, kind: str, *words: str) -> Callable[[], bool]:
    """True when an alarm of that kind is there, with every one of `words`; each alarm must say what to do now."""

    def there() -> bool:
        alarms = console.state()["alarms"]
        assert all(one["what"] and one["fix"] for one in alarms), alarms
        texts = [f"{one['what']} {one['fix']}" for one in alarms if one["kind"] == kind]
        return any(all(word in text for word in words) for text in texts)

    return there


def until_told(console: ConsoleProcess, kind: str, *words: str, within_s: float = 20.0) -> None:
    console.until(told(console, kind, *words), within_s=within_s, what=lambda: json.dumps(console.state()["alarms"]))


def until_healed(console: ConsoleProcess, *kinds: str) -> None:
    console.until_state(lambda state: not {one["kind"] for one in state["alarms"]} & set(kinds), within_s=20)


def entries(console: ConsoleProcess) -> list[dict[str, Any]]:
    (journal,) = (console.data_dir / "journal").glob("*.jsonl")
    return [json.loads(line) for line in journal.read_text().splitlines()]


# --- the disk ---


class SmallDisk:
    """A file system of a few megabytes, mounted for one test. Needs root and loop devices."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "disk"
        self.path.mkdir()
        image = folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(4 * 2**20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
        self._mount("-o", "loop", str(image), str(self.path))

    def fill(self) -> None:
        """Not a block is left."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            for size in (65_536, 1024):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def free(self) -> None:
        """There is room again."""
        (self.path / "ballast").unlink()

    def fail(self) -> None:
        """It turns read-only under everybody who has files open, as ext4 does when the hardware fails."""
        self._mount("-o", "remount,abort", str(self.path))

    def set_read_only(self) -> None:
        """Nobody has a file open."""
        self._mount("-o", "remount,ro", str(self.path))

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.path)], check=True)

    @staticmethod
    def _mount(*arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True, capture_output=True, text=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path)
    yield disk
    disk.close()


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    shop = FakeShop().start()
    yield shop
    shop.stop()


def test_a_full_disk_is_said_at_start(disk: SmallDisk) -> None:
    disk.fill()
    done = cuedrop("--headless", "--practice", "--data-dir", str(disk.path / "data"))
    assert done.returncode == 1
    assert "Nothing can be kept" in done.stderr
    assert "--data-dir" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_folder_is_said_at_start(disk: SmallDisk) -> None:
    disk.set_read_only()
    done = cuedrop("--headless", "--practice", "--data-dir", str(disk.path))
    assert done.returncode == 1
    assert "Nothing can be kept" in done.stderr
    assert "read-only" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_fills_while_running_costs_no_show_and_in_the_end_no_line(
    disk: SmallDisk, shop: FakeShop, tmp_path: Path
) -> None:
    with start(tmp_path, OTHER_SHOP.format(shop=shop.url), disk.path) as console:
        console.until_state(lambda state: state["shop"]["link"] == "up")
        console.done("drop.arm", drop="cap-01")
        disk.fill()
        mark_until_told(console, "journal.not_kept", "not being kept", "Free space")
        fired = console.do("drop.fire", drop="cap-01")
        if fired["outcome"] == "done":  # the outbox may still have had room of its own
            assert shop.drops["cap-01"]["state"] == "open"
        else:
            assert fired["why"], fired
            assert fired.get("fix") or "space" in fired["why"].lower(), fired
        stopped = console.do("sale.stop")
        assert stopped["outcome"] == "done", "STOP SALE works with a full disk too"
        assert shop.checkout == "closed"
        disk.free()
        until_healed(console, "journal.not_kept", "outbox.disk")
        console.done("marker.add", text="with room again")
        console.end()
        kept = entries(console)
        assert [entry["seq"] for entry in kept] == list(range(1, len(kept) + 1)), "no line was lost"
        assert [entry.get("text") for entry in kept].count(LONG) >= 1
        assert "with room again" in {entry.get("text") for entry in kept}


def test_a_disk_that_fails_while_running_is_told_and_the_show_goes_on(
    disk: SmallDisk, shop: FakeShop, tmp_path: Path
) -> None:
    with start(tmp_path, OTHER_SHOP.format(shop=shop.url), disk.path) as console:
        console.until_state(lambda state: state["shop"]["link"] == "up")
        console.done("drop.arm", drop="cap-01")
        disk.fail()
        mark_until_told(console, "journal.not_kept", "not being kept")  # "read-only", or the error before it
        fired = console.do("drop.fire", drop="cap-01")
        assert (fired["outcome"], shop.drops["cap-01"]["state"]) == ("refused", "armed"), "nothing leaves unkept"
        assert "disk" in fired["why"]
        console.done("sale.stop")  # STOP SALE works without a disk
        assert shop.checkout == "closed"
        assert console.end() == 1
    assert "journal is not being kept" in console.log_path.read_text()


LONG = "x" * 200


def mark_until_told(console: ConsoleProcess, kind: str, *words: str) -> None:
    """Write markers until the disk is found out: its last block may hold a few."""
    is_told = told(console, kind, *words)

    def mark() -> bool:
        console.done("marker.add", text=LONG)  # the show goes on
        return is_told()

    console.until(mark, within_s=20, what=lambda: json.dumps(console.state()["alarms"]))


# --- the shop ---


@pytest.fixture
def selling(shop: FakeShop, tmp_path: Path) -> Iterator[ConsoleProcess]:
    with start(tmp_path, OTHER_SHOP.format(shop=shop.url)) as console:
        console.until_state(lambda state: state["shop"]["link"] == "up")
        console.done("drop.arm", drop="cap-01")
        yield console


def opened_once(console: ConsoleProcess, shop: FakeShop, id: str = "cap-01") -> None:
    """The drop has opened, by one event that had one effect; nothing waits any more."""
    console.until_state(
        lambda state: drop(state, id)["state"] == "open" and state["outbox"]["pending"] == 0, within_s=30
    )
    assert shop.history.count(("drop.opened", id)) == 1


def drop(state: State, id: str = "cap-01") -> State:
    found: State = next(one for one in state["drops"] if one["id"] == id)
    return found


ANSWERS = {
    "cap-01": (500, b"Internal Server Error", "answers 500"),
    "mug-01": (409, b'{"title": "Conflict", "detail": "another event is in flight"}', "answers 409"),
    "pin-01": (200, b"<html>It works!</html>", "not a drop's state"),
    "bag-01": (403, b"{}", "signature"),
}


def test_a_shop_that_answers_badly_is_named_and_gets_each_drop_once_it_is_well(
    selling: ConsoleProcess, shop: FakeShop
) -> None:
    for id, (code, body, word) in ANSWERS.items():
        if id != "cap-01":
            assert selling.do("drop.arm", drop=id)["outcome"] == "done"
        shop.fault = always(code, body)
        fired = selling.do("drop.fire", drop=id)
        assert fired["outcome"] == "pending", fired
        assert word in fired["why"], fired
        assert drop(selling.state(), id)["state"] == "firing"
        shop.fault = None
        opened_once(selling, shop, id)
    until_healed(selling, "outbox.held", "shop.down")


def test_a_shop_that_is_slow_is_waited_for_and_asked_before_it_is_told_again(
    selling: ConsoleProcess, shop: FakeShop
) -> None:
    goes_on = threading.Event()

    def slow(handler: Any, when: str) -> bool:
        return when == "after" and not goes_on.wait(20)

    shop.fault = slow
    fired = selling.do("drop.fire", drop="cap-01")
    assert fired["outcome"] == "pending", fired
    assert fired["took_ms"] < 6_000
    assert selling.do("marker.add", text="still here")["outcome"] == "done"
    goes_on.set()
    opened_once(selling, shop)


def test_a_shop_that_goes_away_and_comes_back(selling: ConsoleProcess, shop: FakeShop) -> None:
    port = shop.port
    shop.stop()
    until_told(selling, "shop.down", "shop", "Check")
    fired = selling.do("drop.fire", drop="cap-01")
    assert fired["outcome"] == "pending"
    assert "kept on disk" in fired["why"]
    back = FakeShop(port=port)
    back.drops.update(shop.drops)
    back.start()
    try:
        opened_once(selling, back)
        until_healed(selling, "shop.down")
    finally:
        back.stop()


def test_a_bad_certificate_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    certificate, key = tmp_path / "bad.pem", tmp_path / "bad.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    shop = FakeShop()
    shop.with_tls(certificate, key)
    shop.start()
    try:
        with start(tmp_path, OTHER_SHOP.format(shop=shop.url)) as console:
            until_told(console, "shop.down", "certificate", "mended")
            armed = console.do("drop.arm", drop="cap-01")
            assert armed["outcome"] == "pending"
            assert "certificate" in armed["why"]
            assert not shop.received
            assert console.end() == 1, "what could not be proved is a problem of the run"
    finally:
        shop.stop()


def test_our_own_shop_that_hangs_or_is_killed_is_replaced_and_sells_on(tmp_path: Path) -> None:
    with start(tmp_path, OWN_SHOP) as console:
        console.until_state(lambda state: state["shop"]["link"] == "up", within_s=30)
        for id in ("cap-01", "mug-01"):
            console.done("drop.arm", drop=id)
        shop = psutil.Process(shop_pid(console))
        shop.suspend()
        fired = console.do("drop.fire", drop="cap-01")
        assert fired["outcome"] == "pending", fired
        until_told(console, "shop.down", "shop")
        replaced(console, shop, within_s=40)
        console.until_state(lambda state: drop(state)["state"] == "open", within_s=30)
        shop = psutil.Process(shop_pid(console))
        shop.kill()
        replaced(console, shop)
        state = console.until_state(
            lambda state: state["shop"]["link"] == "up" and drop(state)["state"] == "open", within_s=30
        )
        bought = httpx.post(
            f"{state['shop']['public_url']}/v1/drops/cap-01/orders",
            json={"quantity": 1},
            headers={"Idempotency-Key": '"one"'},
        )
        assert bought.status_code == 201, bought.text
        console.until_state(lambda state: drop(state)["sold"] == 1)
        console.done("drop.fire", drop="mug-01")
        console.done("sale.stop")
        console.until_state(lambda state: drop(state)["state"] == drop(state, "mug-01")["state"] == "closed")


def replaced(console: ConsoleProcess, shop: psutil.Process, *, within_s: float = 20.0) -> None:
    """Another process is the shop now."""
    console.until(lambda: shop_pid(console) != shop.pid, within_s=within_s, what="another shop")


def shop_pid(console: ConsoleProcess) -> int:
    """The embedded shop's process id, as it says itself."""
    return int(json.loads((console.data_dir / "shop.json").read_text())["pid"])
