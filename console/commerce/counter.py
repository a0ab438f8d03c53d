"""The counter: the console says what the table in the room sells. Loop thread only; what is sold, the shop says."""

import logging

from console.commerce import presses
from console.commerce.book import COUNTER
from console.commerce.outbox import Message, MessageState
from console.commerce.queue import Queue
from console.commerce.shops.port import Answer
from console.commerce.shops.wares import AddressesOnly, Porter, Wares
from console.contract.events import EventType
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome

log = logging.getLogger(__name__)


class CounterSale(Queue):
    """The sale with a counter. Presses leave one after the other, so that the last one pressed is how it stays."""

    porter: Porter = AddressesOnly()  # the app's own where the shop is ours
    _counter_presses = 0

    async def open_counter(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let the counter sell what the show file allots to it, again with every press as it says now."""
        try:
            self._check_counter()
            planned = [item for item in self._show.drops if item.at_counter]
            if not planned:
                what = "Nothing in this show is for the counter."
                raise UserError(what, fix="Write counter_stock into a drop of the show file.")
            self._counter_presses = press = self._counter_presses + 1
            unlocks = {item.id: (await self.porter.bring(item)).unlock for item in planned}
            if press != self._counter_presses:
                what = "Something else was pressed for the counter meanwhile."
                raise UserError(what, fix="Press again if you still want it.")
            made = presses.counter_stocked(self._show, self._show_run, unlocks, self._stamp())
            messages = await self._commit([self._message(made)], [], [])
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        self._journal.write("counter.opening", origin, drops=[item.id for item in planned])
        return await self._confirmed(messages)

    async def close_counter(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let the counter sell nothing more; what is owed there can be paid and handed over all the same."""
        try:
            self._check_counter()
            self._counter_presses += 1
            made = presses.counter_closed(self._show, self._stamp())
            messages = await self._commit([self._message(made)], [], [])
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        self._journal.write("counter.closing", origin)
        return await self._confirmed(messages)

    def _on_answer_apart(self, message: Message, state: MessageState, answer: Answer) -> None:
        if message.lane != COUNTER:
            super()._on_answer_apart(message, state, answer)
        elif state is MessageState.DONE:
            self._journal.write(message.type, Origin.OUTSIDE, event=message.id)
            is_open = message.type == EventType.COUNTER_STOCKED
            self._resolve(message.id, Outcome.done(f"The counter is {'open' if is_open else 'closed'}."))
        elif state is not MessageState.PENDING:
            self._resolve(message.id, Outcome.failed(answer.why or "The counter did not follow.", answer.fix))

    async def _bring(self, drop_id: str) -> Wares:
        """What the shop needs beside the drop's event. Raises UserError when a file of it cannot be had."""
        planned = self._in_show(drop_id)
        return Wares() if planned is None else await self.porter.bring(planned)

    def _check_counter(self) -> None:
        if self._shop.kind != "embedded":
            raise UserError("Only Cuedrop's own shop has a counter.", fix='It is there with kind = "embedded".')
        if self._kept_nothing is not None:
            raise self._kept_nothing
        if not self._is_started:
            raise UserError("The sale is still starting.", fix="Press again in a moment.")
