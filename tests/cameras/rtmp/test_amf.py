"""Commands as bytes and back, and whatever else comes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.rtmp import amf
from console.cameras.rtmp.errors import RtmpError

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=4))
def test_values_come_back_as_they_were(values: list[amf.Value]) -> None:
    assert amf.decode(amf.encode(*values)) == values


@given(st.lists(VALUES, min_size=1, max_size=3), st.data())
def test_what_is_cut_off_is_an_error_of_the_line(values: list[amf.Value], data: st.DataObject) -> None:
    coded = amf.encode(*values)
    last = len(coded) - len(amf.encode(values[-1]))
    with pytest.raises(RtmpError):
        amf.decode(coded[: data.draw(st.integers(last + 1, len(coded) - 1))] if len(coded) > last + 1 else b"\x7f")


@given(st.binary(max_size=400))
def test_garbage_raises_nothing_else(junk: bytes) -> None:
    with contextlib.suppress(RtmpError):
        amf.decode(junk)


def test_maps_dates_and_long_strings_of_servers_are_read() -> None:
    map_ = b"\x08\0\0\0\x09\0\x01a\x00" + b"\x3f\xf0" + bytes(6) + b"\0\0\x09"
    date = b"\x0b\x40" + bytes(7) + b"\0\x3c"
    assert amf.decode(map_ + date + b"\x0c\0\0\0\x02hi\x06") == [{"a": 1.0}, 2.0, "hi", None]


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(RtmpError, match="deep"):
        amf.decode(b"\x0a\0\0\0\x01" * 100)
