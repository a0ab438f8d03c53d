"""What an order's state means for the figures: whether its money and its pieces count. Pure.

A state travels as a word; one that nobody here knows is a firm order that is not known to be paid.
"""

from enum import StrEnum
from typing import Final


class Standing(StrEnum):
    """Where an order stands."""

    HELD = "held"  # reserved for a while, unpaid
    FIRM = "firm"  # unpaid: it is paid when it is collected
    PAID = "paid"
    WAITING = "waiting"  # has no piece: in the waiting list
    VOID = "void"  # taken back by a person
    EXPIRED = "expired"  # its reservation, or its wait, ran out
    REFUNDED = "refunded"

    @property
    def counts(self) -> bool:
        """Whether its money is authorised and its pieces are taken."""
        return self in _COUNTS


_COUNTS: Final = frozenset({Standing.HELD, Standing.FIRM, Standing.PAID})
_WORDS: Final = {
    "held": Standing.HELD,
    "reserved": Standing.HELD,
    "paid": Standing.PAID,
    "waiting": Standing.WAITING,
    "expired": Standing.EXPIRED,
    "refunded": Standing.REFUNDED,
    **dict.fromkeys(("void", "cancelled", "canceled", "refused", "failed"), Standing.VOID),
}


def standing_of(state: str) -> Standing:
    """The standing that the word `state` means, in any case of letters."""
    return _WORDS.get(state.casefold(), Standing.FIRM)
