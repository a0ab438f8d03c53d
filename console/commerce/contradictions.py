"""A shop that contradicts itself: two things that it said and that cannot both be true. Pure: no clock, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from console.commerce.drops import has_happened
from console.commerce.lines import PRESSED, status_words
from console.commerce.shops.port import Answer, Verdict
from console.contract.events import EventType
from console.contract.orders import DropStatus, ShopState, VariantStatus

GIVES_BACK: Final = frozenset({EventType.ORDERS_VOIDED})
MOVES_STOCK: Final = frozenset({EventType.DROP_ARMED, EventType.DROP_CHANGED, EventType.DROP_DISARMED})
Pair = tuple[str, str]  # what it said first, and then

# A run only ever goes this way. Back from armed to draft it may go: that is how reservations are let go.
_WAY: Final = {
    ShopState.DRAFT: 0, ShopState.ARMED: 1, ShopState.COUNTDOWN: 2, ShopState.OPEN: 3, ShopState.SOLD_OUT: 3,
    ShopState.CLOSED: 4,
}  # fmt: skip
_FIRED: Final = frozenset({ShopState.COUNTDOWN, ShopState.OPEN, ShopState.SOLD_OUT})
_PROVABLE: Final = frozenset(
    {EventType.DROP_ARMED, EventType.DROP_OPENED, EventType.DROP_CLOSED, EventType.DROP_DISARMED}
)


def between(
    before: DropStatus, after: DropStatus | None, *, is_stock_ours: bool = False, is_given_back: bool = False
) -> Pair | None:
    """What cannot both be true of a drop that was `before` and is `after`; None when both can.

    after: None when the shop knows the drop no more. is_stock_ours: an event of ours may have changed what it holds.
    is_given_back: orders were voided, refunded, or ran out, so that what they had bought may be in stock again.
    """
    if after is None:
        return (status_words(before), "that it does not know it") if before.state in _FIRED else None
    if after.run != before.run:
        return (f"run {before.run}", f"run {after.run}") if after.run < before.run else None
    is_let_go = (before.state, after.state) == (ShopState.ARMED, ShopState.DRAFT)
    if _WAY[after.state] < _WAY[before.state] and not is_let_go:
        return status_words(before), status_words(after)
    if ShopState.DRAFT in {before.state, after.state} or is_stock_ours:
        return None
    if after.sold < before.sold and after.held is None and not is_given_back:
        return f"{before.sold} sold", f"{after.sold} sold"  # one that knows of unpaid pieces may take orders back
    was, now = _pieces(before), _pieces(after)
    if was is not None and now is not None and was != now:
        return _sum_words(before, was), _sum_words(after, now)
    return _between_kinds(before, after)


def _between_kinds(before: DropStatus, after: DropStatus) -> Pair | None:
    """The first kind of which pieces came or went by themselves, or that is not there any more."""
    kinds = {kind.sku: kind for kind in after.variants or ()}
    for was in before.variants or () if after.variants is not None else ():
        now = kinds.get(was.sku)
        if now is None or _of_kind(now) != _of_kind(was):
            return _kind_words(was), "nothing of it" if now is None else _kind_words(now)
    return None


def within(status: DropStatus) -> Pair | None:
    """What cannot both be true of one answer: pieces that do not add up, of the drop or of a kind."""
    kinds = status.variants or ()
    for kind in kinds:
        if _of_kind(kind) != kind.stock:
            return f"{kind.stock} pieces of {kind.name or kind.sku}", _kind_words(kind)
    pieces = _pieces(status)
    if status.state is ShopState.DRAFT or pieces is None:
        return None
    if status.held is not None and status.stock is not None and pieces != status.stock:
        return f"{status.stock} pieces", _sum_words(status, pieces)
    made = sum(map(_of_kind, kinds))
    return (_sum_words(status, pieces), f"{made} pieces of all kinds") if kinds and made != pieces else None


def answers(first: Answer, then: Answer) -> Pair | None:
    """What cannot both be true of two answers to the same event id: accepted, and refused for good."""
    if (is_yes(first) and _is_no(then)) or (_is_no(first) and is_yes(then)):
        return _answer_words(first), _answer_words(then)
    return None


def yes_and_no(type: str, run: int | None, answer: Answer) -> Pair | None:
    """An event that was accepted, and in the same breath a state in which it has not happened."""
    if answer.verdict is not Verdict.ACCEPTED or answer.status is None or type not in _PROVABLE:
        return None
    if has_happened(type, run, answer.status):
        return None
    return f"yes to {PRESSED[type]}", status_words(answer.status)


@dataclass(slots=True)
class Witness:
    """What the shop last said, of each drop and to each event that is tried again.

    A drop's contradiction is certain when it comes twice: the first may be a late word.
    """

    _states: dict[str, DropStatus] = field(default_factory=dict)
    _doubted: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)  # drops whose stock an event of ours may have changed since
    _given_back: set[str] = field(default_factory=set)  # drops of which orders were taken back since
    _answers: dict[str, Answer] = field(default_factory=dict)

    def gave_back(self, drop: str) -> None:
        """An order was taken back: voided, refunded, run out."""
        self._given_back.add(drop)

    def pressed(self, drop: str, type: str) -> None:
        """An event of ours is on its way."""
        if type in MOVES_STOCK:
            self._moved.add(drop)
        if type in GIVES_BACK:
            self._given_back.add(drop)

    def state(self, drop: str, status: DropStatus | None, *, on_its_way: Iterable[str]) -> tuple[Pair | None, bool]:
        """The contradiction in `status`, which was asked for after all before it, and whether it is certain.

        on_its_way: the types of our events about the drop that are not settled.
        """
        is_stock_ours, is_given_back = drop in self._moved, drop in self._given_back
        if not GIVES_BACK.intersection(on_its_way):
            self._given_back.discard(drop)
        if not MOVES_STOCK.intersection(on_its_way):
            self._moved.discard(drop)
        before = self._states.get(drop)
        found = None if status is None else within(status)
        if found is None and before is not None:
            found = between(before, status, is_stock_ours=is_stock_ours, is_given_back=is_given_back)
        if found is not None and drop not in self._doubted:
            self._doubted.add(drop)
            return found, False
        if found is not None:
            self._doubted.discard(drop)
        if status is None:
            self._states.pop(drop, None)
        else:
            self._states[drop] = status
        return found, found is not None

    def answer(self, id: str, type: str, run: int | None, answer: Answer) -> Pair | None:
        """The contradiction in an answer to the event `id`: with an earlier one, or with itself."""
        first = self._answers.pop(id, None)
        is_settled = answer.verdict in {Verdict.ACCEPTED, Verdict.REFUSED}
        if not is_settled and (first is not None or is_yes(answer)):
            self._answers[id] = first or answer
        against_first = answers(first, answer) if first is not None else None
        return against_first or yes_and_no(type, run, answer)


def _pieces(status: DropStatus) -> int | None:
    return None if status.stock_left is None else status.stock_left + status.sold + (status.held or 0)


def _of_kind(kind: VariantStatus) -> int:
    return kind.sold + kind.held + kind.stock_left


def _kind_words(kind: VariantStatus) -> str:
    held = f"{kind.held} held, " if kind.held else ""
    return f"{_of_kind(kind)} pieces of {kind.name or kind.sku} ({kind.sold} sold, {held}{kind.stock_left} left)"


def _sum_words(status: DropStatus, pieces: int) -> str:
    held = f"{status.held} held, " if status.held else ""
    return f"{pieces} pieces ({status.sold} sold, {held}{status.stock_left} left)"


def is_yes(answer: Answer) -> bool:
    """True when the shop took the event, whatever else it said."""
    return answer.verdict is Verdict.ACCEPTED or (answer.code is not None and 200 <= answer.code < 300)


def _is_no(answer: Answer) -> bool:
    return answer.verdict is Verdict.REFUSED and answer.code is not None  # without one it is ours: it came too late


def _answer_words(answer: Answer) -> str:
    said = "yes" if is_yes(answer) else "no"
    return f"{said} ({answer.code})" if answer.code is not None else said
