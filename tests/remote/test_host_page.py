"""The host's page in a real Chromium at a phone's size, over real sockets, on the real drop machine and outbox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from console.commerce.sale import Commerce
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal, Origin
from console.desk.roles import Role
from console.show.file import parse_show
from tests.commerce.conftest import client_for
from tests.commerce.fake_shop import FakeShop, always
from tests.desk.parts import Stage
from tests.remote.host_rig import HOST_SHOW, Phone, phone, turn_on
from tests.rigs.browser import Browser, browser
from tests.rigs.proxy import Proxy
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOTES_VIBRATION = "window.shaken = []; navigator.vibrate = (pattern) => shaken.push(pattern);"
LOSES_TWO_ANSWERS = (
    "const real = window.fetch; let lost = 0; window.fetch = async (...a) => { const answer = await real(...a);"
    "if (String(a[0]).includes('/actions/') && lost++ < 2) throw new Error('lost'); return answer; };"
)
FITS = "const page = document.documentElement;return page.scrollWidth <= innerWidth && page.scrollHeight <= innerHeight"


class Studio:
    """A desk whose sale is real, a shop that counts, and the page on."""

    def __init__(self, stage: Stage, shop: FakeShop) -> None:
        self.stage, self.shop = stage, shop

    def url(self, role: Role = Role.HOST) -> str:
        return self.stage.desk.host.value.pairing(role).url

    async def do(self, action_id: str, **arguments: object) -> None:
        outcome = await self.stage.desk.run(action_id, Origin.KEY, **arguments)
        assert outcome.is_done, outcome

    def openings(self) -> list[int]:
        """How often each opening reached the shop."""
        return [self.shop.received[id] for id, type in self.shop.types.items() if type == "drop.opened"]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("phone")) as page:
        yield page


@pytest.fixture
async def one(window: Browser) -> AsyncIterator[Phone]:
    """A phone that shows nothing yet; starting one for each test would take most of the time."""
    phone = Phone(window)
    yield phone
    await phone.open("about:blank")
    window.complaints()


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """The cap is armed."""
    shop = FakeShop().start()
    with ThreadPoolExecutor(1) as writer:
        clock, journal = SystemClock(), MemoryJournal()
        commerce = Commerce(
            parse_show(HOST_SHOW),
            data_dir=tmp_path,
            shop=client_for(shop.url),
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
        )
        stage = Stage(HOST_SHOW, commerce=commerce)
        stage.desk.clock = clock
        await commerce.start()
        await turn_on(stage)
        one = Studio(stage, shop)
        await one.do("drop.arm", drop="cap-01")
        yield one
        await stage.desk.host_door.close(Origin.CONSOLE)
        await commerce.close()
    shop.stop()


async def test_the_host_holds_the_button_and_sees_when_the_shop_has_confirmed(studio: Studio, one: Phone) -> None:
    await one.open(studio.url())
    await one.wait("#headline", "READY")
    await one.run(NOTES_VIBRATION)
    assert await one.run("return location.href") == studio.stage.desk.host.value.address + "/"
    await studio.do("host.message", text="One minute. Show <b>the seam</b> first.")
    assert await one.wait("#message", "One minute. Show <b>the seam</b> first.")
    await one.down()
    await one.up()  # let go long before half a second
    await one.wait("#hold", "hold half a second")
    await one.press("ON SALE")
    assert await one.text("#says") == "The shop has confirmed it."
    await one.wait("#clock", "left")
    assert await one.run("return document.body.dataset.mood") == "good"
    assert [120, 60, 240] in await one.run("return shaken")
    assert studio.openings() == [1]
    assert await one.run(FITS)
    studio.shop.sell("cap-01", 2)
    await one.wait("#sold", "2")
    await one.run("location.reload()")
    await one.wait("#sold", "2")  # still paired: the tab has kept its token
    await until(lambda: studio.stage.desk.host.value.pairing(Role.HOST).connected)
    await studio.do("host.close")
    await one.wait("#headline", "TAKEN BACK")
    assert await one.run("return localStorage.length") == 0
    assert [said for said in one.page.complaints() if "401" not in said] == []  # it asked while it was taken back


async def test_a_press_over_a_flapping_line_is_one_press(studio: Studio, one: Phone) -> None:
    port = urlsplit(studio.url()).port
    assert port is not None
    async with Proxy(port) as line:
        await one.open(studio.url().replace(f":{port}", f":{line.port}"))
        await one.wait("#headline", "READY")
        await one.run(LOSES_TWO_ANSWERS)
        await one.down()
        await until(lambda: studio.stage.journal.of("host.pressed"))
        for _ in range(4):  # the line goes away and comes back, again and again
            line.is_refusing = True
            line.cut()
            await asyncio.sleep(0.15)
            line.is_refusing = False
            await asyncio.sleep(0.15)
        await one.up()
        await one.wait("#headline", "ON SALE")
        await one.wait("#line", "connected")
    assert len(studio.stage.journal.of("host.pressed")) == 1
    assert studio.openings() == [1]


async def test_a_press_into_a_dead_line_says_so_and_fires_when_the_line_is_back_in_time(
    studio: Studio, one: Phone
) -> None:
    port = urlsplit(studio.url()).port
    assert port is not None
    async with Proxy(port) as line:
        await one.open(studio.url().replace(f":{port}", f":{line.port}"))
        await one.wait("#headline", "READY")
        line.is_refusing = True
        line.cut()
        await one.press("SENDING")
        await one.wait("#says", "it counts once")
        assert studio.openings() == []
        line.is_refusing = False
        await one.wait("#headline", "ON SALE")
        line.hold()  # half-open: nobody says that it is dead
        await one.run("const real = performance.now.bind(performance); performance.now = () => real() + 6000;")
        await one.wait("#line", "no connection")
        assert await one.text("#headline") == "NO CONNECTION"
        line.let_flow()
        await one.wait("#headline", "ON SALE")
    assert studio.openings() == [1]


async def test_two_phones_that_press_at_once_are_one_drop_and_the_moderator_marks_it(
    studio: Studio, one: Phone, tmp_path: Path
) -> None:
    async with phone(tmp_path / "two", (844, 390)) as two:
        for each in (one, two):
            await each.open(studio.url())
            await each.wait("#headline", "READY")
        await asyncio.gather(one.down(), two.down())
        await asyncio.gather(*(each.wait("#headline", "ON SALE") for each in (one, two)))
        await asyncio.gather(one.up(), two.up())
        assert studio.openings() == [1]
        assert await two.run(FITS)
        await until(lambda: studio.stage.desk.host.value.pairing(Role.HOST).connected == 2)
        await two.open("about:blank")  # the same phone scans another code
        await two.open(studio.url(Role.MODERATOR))
        await two.wait("#button", "SOLD OUT")
        await two.press("SOLD OUT")
        await one.wait("#headline", "SOLD OUT")
        await one.wait("#says", "by hand")
    assert studio.shop.drops["cap-01"]["sold_out"] is True


async def test_what_did_not_happen_is_said_in_plain_words(studio: Studio, one: Phone) -> None:
    await one.open(studio.url())
    await one.wait("#headline", "READY")
    studio.shop.fault = always(400, b'{"detail": "That product is not in the shop."}')
    await one.press("NOT ")
    assert "not in the shop" in await one.text("#says")
    assert await one.run("return document.body.dataset.mood") == "bad"
    await one.wait("#hold", "hold half a second")
    studio.shop.fault = always(503)
    await one.press("SENT")
    await one.wait("#hold", "not now")
    studio.shop.fault = None
    await one.wait("#headline", "ON SALE")  # it went on by itself, and the page tells
    await studio.do("drop.close", drop="cap-01")
    await one.wait("#headline", "CLOSED")
    assert studio.shop.drops["cap-01"]["state"] == "closed"
