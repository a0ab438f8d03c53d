"""This computer's address in the local network."""

import ipaddress

import pytest

from console.core import lan


def test_what_is_found_is_an_address_of_this_computer_that_others_may_use() -> None:
    found = lan.lan_address()
    if found:
        ip = ipaddress.ip_address(found)
        assert not ip.is_loopback
        assert not ip.is_unspecified


@pytest.mark.parametrize(
    ("ways", "named", "wanted"),
    [
        (["", "", "", ""], ["127.0.1.1"], ""),
        (["", "", "", ""], ["127.0.1.1", "192.168.4.1"], "192.168.4.1"),
        (["8.8.4.4", "10.0.0.7", "8.8.4.4", "8.8.4.4"], [], "10.0.0.7"),
        (["169.254.3.4"] * 4, [], ""),
        (["8.8.4.4"] * 4, [], "8.8.4.4"),
        (["127.0.0.1"] * 4, [], ""),
    ],
)
def test_a_private_address_comes_before_a_public_one_and_none_is_none(
    monkeypatch: pytest.MonkeyPatch, ways: list[str], named: list[str], wanted: str
) -> None:
    found = iter(ways)
    monkeypatch.setattr(lan, "_way_out", lambda target: next(found))
    monkeypatch.setattr(lan, "_named", lambda: named)
    assert lan.lan_address() == wanted


@pytest.mark.parametrize(("host", "is_all"), [("0.0.0.0", True), ("::", True), ("127.0.0.1", False), ("van", False)])
def test_all_networks_have_their_own_words(host: str, is_all: bool) -> None:
    assert lan.is_everywhere(host) is is_all
