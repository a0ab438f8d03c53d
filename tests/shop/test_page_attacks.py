"""What hostile words and hostile pages do in a real Chromium: nothing."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest

from console.contract.events import Variant
from console.shop.sqlite_store import SqliteStore
from tests.rigs.browser import Browser, browser
from tests.shop.served import served
from tests.shop.standing import Hand

pytestmark = [pytest.mark.real, pytest.mark.slow]
WORDS = (
    "\"'><script>window.pwned=1</script><img src=x onerror=window.pwned=2><svg/onload=window.pwned=3>",
    "</title><script>window.pwned=4</script>javascript:window.pwned=5 {{7*7}} ${7*7} \u202e\u2028",
    "\" autofocus onfocus=window.pwned=6 x=\"'-window.pwned=7-'",
)
MADE_BY_WORDS = "[onerror], [onload], [onfocus], script:not([src])"
FROM_ELSEWHERE = """
const order = (mode, type) => fetch("{url}", {{method: "POST", mode, credentials: "include", body: '{{"quantity": 1}}',
  headers: {{"Content-Type": type, ...(mode === "cors" ? {{"Idempotency-Key": '"evil"'}} : {{}})}}}})
  .then((answer) => answer.type + answer.status, () => "refused");
window.told = null;
const all = [order("no-cors", "text/plain"), order("cors", "application/json")];
Promise.all(all).then((told) => {{ window.told = told; }});
"""


async def test_no_word_of_a_drop_is_run_and_no_other_page_can_buy(tmp_path: Path) -> None:
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        for number, words in enumerate(WORDS):
            kinds = tuple(Variant(sku=f"kind-{number}-{n}", name=name[:80], stock=5) for n, name in enumerate(WORDS))
            await hand.put_on_sale(f"cap-{number}", stock=15, title=words, variants=kinds)
        await hand.put_on_sale("plain")
        with browser(tmp_path) as page:
            await asyncio.to_thread(_walk, page, hand)
            assert await asyncio.to_thread(_order_from_elsewhere, page, hand) == ["refused", "refused"]
        assert (await hand.state("plain"))["sold"] == 0
        assert (await hand.buy("plain")).status_code == 201


def _walk(page: Browser, hand: Hand) -> None:
    paths = ["/", *(f"/d/cap-{number}" for number in range(len(WORDS))), f"/d/{quote(WORDS[0], safe='')}"]
    for path in paths:
        page.open(hand.address.url + path)
        page.wait_text("h1", "")
        assert page.run("return window.pwned ?? null") is None, path
        assert page.run(f"return document.querySelectorAll({MADE_BY_WORDS!r}).length") == 0, path
        assert page.complaints() == [] or path == paths[-1]  # there the browser names the 404


def _order_from_elsewhere(page: Browser, hand: Hand) -> object:
    page.open("data:text/html,<p>another site</p>")
    page.run(FROM_ELSEWHERE.format(url=f"{hand.address.url}/v1/drops/plain/orders"))
    for _ in range(200):
        told = page.run("return window.told")
        if told is not None:
            return told
    raise AssertionError("the other page got no answer at all")
