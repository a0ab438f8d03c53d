"""Tickets: made from the key alone, nobody else can make one, and a typed one is known however it is typed."""

from hypothesis import given
from hypothesis import strategies as st

from console.contract import codes
from console.contract.codes import digest_of, ticket, tickets

KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
DROPS = st.text("abcdefghij0123456789-", min_size=1, max_size=20)


def test_a_ticket_is_the_same_for_ever() -> None:
    assert ticket(KEY, "cap-01", 1) == "6M5F-4HTY-ZP", "tickets that were handed out must stay good"


@given(DROPS, st.integers(1, 500))
def test_a_ticket_has_letters_that_nobody_takes_for_others(drop: str, number: int) -> None:
    made = ticket(KEY, drop, number)
    assert [len(part) for part in made.split("-")] == [4, 4, 2]
    assert not set("01IO") & set(made)
    assert digest_of(f" {made.lower().replace('-', ' ')}") == digest_of(made)


def test_tickets_differ_by_number_drop_and_key() -> None:
    of = [*tickets(KEY, "cap-01", 500), *tickets(KEY, "cap-02", 500), *tickets(f"{KEY[:-2]}A=", "cap-01", 500)]
    assert len(set(of)) == 1500
    assert len({code[0] for code in of}) == len(codes._LETTERS), "every letter comes up"
