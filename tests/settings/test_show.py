"""The settings: prices as people write them, addresses that the director says yes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from console.settings.money import Money, minor_digits, parse_money
from console.settings.show import Backup, Camera, Drop, Obs, Shop, Show, Step
from console.settings.sound import Channel, Return
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


def test_a_second_obs_is_reached_too_and_must_be_another_one() -> None:
    obs = Obs(url="ws://studio:4455", backup=Backup(url="ws://spare:4455"))
    assert Show(name="x", obs=obs).hosts() == ("ws://studio:4455", "ws://spare:4455")
    with pytest.raises(ValueError, match="the backup is the same OBS"):
        Obs(url="ws://studio:4455", backup=Backup(url="ws://studio:4455/"))


@pytest.mark.parametrize(
    ("do", "needed"), [("show", "scene"), ("filter_on", "filter"), ("text", "text"), ("image", "file")]
)
def test_a_step_says_what_it_needs(do: str, needed: str) -> None:
    with pytest.raises(ValueError, match=f'needs {needed}: add {needed} = "..."'):
        Step.model_validate({"do": do, "source": "Title"})
    Step.model_validate({"do": do, "source": "Title", needed: "x"})


@pytest.mark.parametrize("duration", [10, 86_400, "sold out"])
def test_a_sale_lasts_a_time_or_until_all_is_sold(duration: int | str) -> None:
    cap = {"id": "cap-01", "title": "Cap", "price": "19.00 EUR", "stock": 5}
    assert Drop.model_validate({**cap, "duration_s": duration}).duration_s == duration
    wrongs: tuple[object, ...] = (9, 86_401, True, 60.5, "60", "soldout", None, [])
    for wrong in wrongs:
        with pytest.raises(ValidationError) as error:
            Drop.model_validate({**cap, "duration_s": wrong})
        assert [fault["loc"] for fault in error.value.errors()] == [("duration_s",)]
        assert 'write the seconds, or "sold out"' in str(error.value)


def test_a_show_of_before_opens_with_what_is_new_left_out() -> None:
    show = Show(name="x")
    assert (show.looks, show.obs.backup, show.switching.guard_ms) == ((), None, 250)
    assert (show.failover.countdown_s, show.failover.silence_s) == (3.0, 8.0)


def test_a_mute_that_acts_in_obs_needs_an_input_there() -> None:
    for where in ("both", "obs"):
        with pytest.raises(ValueError, match=f'mute_acts_on = "{where}" needs an obs_input: add obs_input'):
            Channel(name="Host", inputs=(1,), mute_acts_on=where)
        assert Channel(name="Host", inputs=(1,), mute_acts_on=where, obs_input="Mic").mute_acts_on == where
    assert Channel(name="Host", inputs=(1,), mute_acts_on="returns").obs_input is None


def test_a_loopback_is_of_a_return_that_something_else_makes() -> None:
    assert Return(name="Call", made_by="elsewhere", loopback=(3, 4)).loopback == (3, 4)
    with pytest.raises(ValueError, match='loopback is for what others make: write made_by = "elsewhere"'):
        Return(name="Call", loopback=(3, 4))
