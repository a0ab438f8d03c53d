"""What a buyer's page is given to show: the address to pay at, and what one order can have of each kind."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from console.contract.orders import OrderState
from console.shop.goods import Order
from console.shop.views import payment_link

NAMES = ("order", "amount", "currency", "pickup")


def order(id: str, pickup: str, amount_minor: int, currency: str) -> Order:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Order(
        id=id, drop="cap", run=1, sku="cap", pool=None, buyer="b", quantity=1, amount_minor=amount_minor,
        currency=currency, source="", pickup=pickup, state=OrderState.HELD, at=at, changed_at=at,
    )  # fmt: skip


@given(
    id=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20),
    pickup=st.text("0123456789{}&=#/?amountrdep", min_size=1, max_size=12),
    amount_minor=st.integers(0, 10**12),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    names=st.permutations(NAMES),
)
def test_whatever_an_order_holds_the_payment_address_carries_it_unharmed_and_nothing_else(
    id: str, pickup: str, amount_minor: int, currency: str, names: list[str]
) -> None:
    template = "https://pay.example/in?" + "&".join(f"x{name}={{{name}}}" for name in names)
    link = payment_link(template, order(id, pickup, amount_minor, currency))
    assert link is not None
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "pay.example", "/in", "")
    said = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    assert [name for name, _ in said] == [f"x{name}" for name in names]
    amount = dict(said)["xamount"]
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    assert dict(said) == {"xorder": id, "xpickup": pickup, "xcurrency": currency, "xamount": amount}
    assert int(amount.replace(".", "")) == amount_minor
    assert len(amount.partition(".")[2]) == digits


def test_an_address_that_is_not_the_webs_safe_one_is_not_offered() -> None:
    one = order("o", "1234", 1900, "EUR")
    assert payment_link("javascript:alert({order})", one) is None
    assert payment_link("http://pay.example/{amount}", one) is None
    assert payment_link("https://pay.example/{amount}/{other}", one) == "https://pay.example/19.00/{other}"
