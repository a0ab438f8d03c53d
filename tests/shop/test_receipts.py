"""What a buyer keeps: the receipt, what it unlocks when it is paid, and the pictures of drops."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.shop.place import FILE
from tests.shop.counter_rig import Counter, counter, goods, stocked
from tests.shop.test_counter import an_order, said

NAME = "a" * 64


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as made:
        yield made


async def pay(at: Counter, order: dict[str, str]) -> None:
    tablet = at.tablet()
    await tablet.enter()
    answer = await tablet.press(deed="pay", order=order["id"], by="cash")
    assert answer.status_code == 200, answer.text


async def test_a_receipt_says_what_was_bought_of_whom_and_how_it_was_paid(at: Counter) -> None:
    title = "Cap <b>& co</b>"
    await at.hand.put_on_sale(title=title, seller=("Studio <Linen>", "Street 1"), tax_note="No VAT & so on.")
    order = await an_order(at, quantity=2)
    stranger = at.tablet()
    html = (await stranger.client.get(order["receipt"])).text
    assert "<h1>Order</h1>" in html
    assert "38.00\u00a0€ to pay" in html
    await pay(at, order)
    answer = await stranger.client.get(order["receipt"])
    for words in (order["pickup"], "<h1>Receipt</h1>", "2 × Cap &lt;b&gt;&amp; co&lt;/b&gt;", "38.00\u00a0€",
                  "Paid by cash at ", "Studio &lt;Linen&gt;", "No VAT &amp; so on."):  # fmt: skip
        assert words in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    css = await stranger.client.get("/files/receipt.css")
    assert "@media print" in css.text


@pytest.mark.parametrize("token", ["", "x", "a" * 22, "..%2f..%2fshop.json", "' OR 1=1 --", "%00" * 22])
async def test_nobody_reads_a_receipt_without_its_token(at: Counter, token: str) -> None:
    order = await an_order(at)
    for path in (f"/r/{token}", f"/r/{token}/unlock", f"/r/{order['id']}", f"/r/{order['pickup']}"):
        said(await at.tablet().client.get(path), 404)


async def test_what_comes_with_it_opens_when_it_is_paid_and_not_before_or_after_a_refund(at: Counter) -> None:
    await at.hand.put_on_sale(unlock="https://clips.example/secret")
    order = await an_order(at)
    stranger = at.tablet()
    page = (await stranger.client.get(order["receipt"])).text
    assert "clips.example" not in page
    told = said(await stranger.client.get(f"{order['receipt']}/unlock"), 403)
    assert told.detail == "It opens when the order is paid."
    await pay(at, order)
    assert "/unlock" in (await stranger.client.get(order["receipt"])).text
    opened = await stranger.client.get(f"{order['receipt']}/unlock")
    assert (opened.status_code, opened.headers["location"]) == (303, "https://clips.example/secret")
    tablet = at.tablet()
    await tablet.enter()
    await tablet.press(deed="refund", order=order["id"], returns=False)
    said(await stranger.client.get(f"{order['receipt']}/unlock"), 403)


async def test_a_file_that_comes_with_it_is_kept_not_opened_and_can_be_resumed(at: Counter) -> None:
    at.place.files.mkdir()
    (at.place.files / f"{NAME}.mp4").write_bytes(b"0123456789")
    await at.hand.put_on_sale(unlock=f"{FILE}{NAME}.mp4")
    order = await an_order(at)
    await pay(at, order)
    client = at.tablet().client
    whole = await client.get(f"{order['receipt']}/unlock")
    assert whole.content == b"0123456789"
    assert whole.headers["content-disposition"] == 'attachment; filename="Linen-cap.mp4"'
    assert whole.headers["content-type"] == "application/octet-stream"
    part = await client.get(f"{order['receipt']}/unlock", headers={"Range": "bytes=4-5"})
    assert (part.status_code, part.content) == (206, b"45")
    (at.place.files / f"{NAME}.mp4").unlink()
    said(await client.get(f"{order['receipt']}/unlock"), 404)


@pytest.mark.parametrize("name", ["../shop.json", "shop.sqlite", f"{NAME}.mp4/../../shop.json", "", "/etc/passwd"])
async def test_no_other_file_of_the_machine_is_ever_served(at: Counter, name: str) -> None:
    at.place.files.mkdir()
    (at.place.folder / "shop.json").write_text("secret")
    await at.hand.put_on_sale(unlock=f"{FILE}{name}")
    order = await an_order(at)
    await pay(at, order)
    said(await at.tablet().client.get(f"{order['receipt']}/unlock"), 404)


async def test_a_picture_is_served_for_ever_under_the_name_of_its_content(at: Counter) -> None:
    at.place.pictures.mkdir()
    (at.place.pictures / f"{NAME}.png").write_bytes(b"png")
    (at.place.pictures / "notes.txt").write_bytes(b"mine")
    client = at.tablet().client
    answer = await client.get(f"/pictures/{NAME}.png")
    assert (answer.content, answer.headers["content-type"]) == (b"png", "image/png")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name in (f"{'b' * 64}.png", f"{NAME}.svg", "notes.txt", "..%2fshop.json", f"{NAME}.png%0a"):
        assert (await client.get(f"/pictures/{name}")).status_code == 404


async def test_a_sale_at_the_counter_has_a_receipt_with_the_counters_seller(at: Counter) -> None:
    tablet = await at.inside()
    await at.hand.send(stocked(goods(unlock="https://clips.example/2"), seller=("The table",)))
    receipt = (await tablet.sell()).json()["order"]["receipt"]
    html = (await at.tablet().client.get(receipt)).text
    assert "The table" in html
    assert "handed over at" in html
    assert (await at.tablet().client.get(f"{receipt}/unlock")).status_code == 303
