"""The settings: prices as people write them, addresses that the director says yes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.settings.show import Camera, Money, Obs, Shop, Show, minor_digits, parse_money
from console.show.writing import money_text


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [("19.00 EUR", 1900, "EUR"), ("19EUR", 1900, "EUR"), ("19.5 EUR", 1950, "EUR"), ("500 JPY", 500, "JPY"),
     ("1.005 KWD", 1005, "KWD")],
)  # fmt: skip
def test_a_price_is_whole_minor_units(text: str, minor: int, currency: str) -> None:
    assert parse_money(text) == Money(minor=minor, currency=currency)


@pytest.mark.parametrize(
    "text", ["", "19", "EUR", "19,00 EUR", "-1 EUR", "19.001 EUR", "1.5 JPY", "19.00 eur", "١٩ EUR"]
)
def test_what_is_no_price_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|more decimals"):
        parse_money(text)


@given(st.integers(0, 10**9 - 1), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_a_price_reads_back_as_it_was_written(minor: int, currency: str) -> None:
    money = Money(minor=minor, currency=currency)
    assert parse_money(money_text(money)) == money
    assert minor_digits(currency) in (0, 2, 3)


def test_a_show_names_every_host_that_it_would_reach() -> None:
    show = Show(
        name="x",
        obs=Obs(url="ws://studio:4455"),
        cameras=(Camera(name="a", mrl="srt://192.0.2.1:9"), Camera(name="b"), Camera(name="c", mrl="/clips/c.mp4")),
        shop=Shop(kind="events", url="https://shop.example"),
    )
    assert show.hosts() == ("ws://studio:4455", "srt://192.0.2.1:9", "https://shop.example")


def test_the_address_of_a_shop_that_is_not_used_is_not_reached() -> None:
    assert Show(name="x", shop=Shop(url="https://shop.example")).hosts() == ("ws://127.0.0.1:4455",)
