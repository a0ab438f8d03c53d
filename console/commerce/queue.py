"""The queue of drops: which there are, in which order, and which stand first for buyers. Loop thread only."""

import logging

from console.commerce import presses
from console.commerce.book import HIGHLIGHTS
from console.commerce.outbox import Message, MessageState
from console.commerce.shops.port import Answer
from console.commerce.state import Drop, DropState, Lamp
from console.commerce.tending import Tending
from console.contract.events import MOST_HIGHLIGHTED
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.settings import show as settings

log = logging.getLogger(__name__)

NOT_SHOWN = "This shop shows no highlights: the pin is the director's alone."
AT_REST = frozenset({DropState.DRAFT, DropState.CLOSED})


class Queue(Tending):
    """The sale with a queue that changes while the show runs."""

    def follow(self, show: settings.Show) -> None:
        """Hold the drops of the show as it is now: new ones are drafts, and a draft is as the show says.

        One that is armed or on sale stays as it is sold, and is there until it is closed, whatever the show says.
        """
        if show.drops == self._show.drops:
            self._show = show
            return
        self._show = show
        there = {drop.id: drop for drop in self.state.value.drops}
        planned = tuple(self._planned(item, there.get(item.id)) for item in show.drops)
        known = {drop.id for drop in planned}
        gone = [drop for drop in there.values() if drop.id not in known and drop.state in AT_REST]
        left = tuple(drop for drop in there.values() if drop.id not in known and drop.state not in AT_REST)
        self._absent |= {drop.id: self._row(drop) for drop in gone}
        drops = (*planned, *left)
        chosen = self.state.value.chosen
        if not any(drop.id == chosen for drop in drops):
            chosen = drops[0].id if drops else None
        if drops and not there:
            self._ledger.count_in(drops[0].currency)
        self._change(drops=drops, chosen=chosen, currency=self._ledger.currency)
        if self._is_started and self._shop.kind != "manual":
            for drop in drops:
                if drop.id not in there:
                    self._watcher.ask_within(drop.id, 0.0)

    def _planned(self, item: settings.Drop, there: Drop | None) -> Drop:
        """A drop of the show as it stands: in the sale, or on disk from when it was there before."""
        if there is not None:
            return self._as_in_show(there) if there.state is DropState.DRAFT else there
        row = self._absent.pop(item.id, None)
        drop = presses.drop_of(item)
        return drop if row is None else presses.resumed(drop, row, is_under_way=False)

    async def highlight(self, drop_id: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let a drop stand first for buyers, or no more. Done when the shop has heard it, or shows no such thing."""
        try:
            drop = self._need(drop_id)
            wanted = self._with(drop, on)
            if wanted == self.state.value.highlighted:
                return Outcome.done(f"{drop.title} is {'' if on else 'not '}highlighted already.")
            if self._kept_nothing is not None:
                raise self._kept_nothing
            if HIGHLIGHTS in self._busy:
                raise UserError("The last highlight is still being written.", fix="Press again in a moment.")
            self._busy.add(HIGHLIGHTS)
            try:
                messages = await self._highlight(wanted)
            finally:
                self._busy.discard(HIGHLIGHTS)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        self._journal.write("drops.highlighting", origin, drop=drop.id, on=on, drops=list(wanted))
        log.info("highlighted: %s", " ".join(wanted) or "none")
        words = f"{drop.title} is {'highlighted' if on else 'not highlighted any more'}."
        if not messages:
            return Outcome.done(words)
        outcome = await self._confirmed(messages)
        return Outcome.done(f"{words} {outcome.why}".strip()) if outcome.is_done else outcome

    async def _highlight(self, wanted: tuple[str, ...]) -> list[Message]:
        """Keep what stands first, and tell the shop: what it has not heard yet is called back. Raises UserError."""
        facts = {"highlighted": " ".join(wanted)}
        is_told = self._shop.kind != "manual"
        made = [self._message(presses.highlighted(self._show, wanted, self._stamp()))] if is_told else []
        messages = await self._commit(made, [], list(self._sender.in_lane(HIGHLIGHTS)), facts)
        self._change(highlighted=wanted, highlight_lamp=Lamp.SENT if messages else Lamp.NONE)
        return messages

    def _with(self, drop: Drop, on: bool) -> tuple[str, ...]:
        """What stands first then. Raises UserError for one too many."""
        now = self.state.value.highlighted
        if not on:
            return tuple(id for id in now if id != drop.id)
        if drop.id in now:
            return now
        if len(now) >= MOST_HIGHLIGHTED:
            titles = ", ".join(self._title_of(id) for id in now)
            raise UserError(
                f"{MOST_HIGHLIGHTED} drops are highlighted already: {titles}.",
                fix="Take the pin off one of them first.",
            )
        return (*now, drop.id)

    def _on_answer_apart(self, message: Message, state: MessageState, answer: Answer) -> None:
        if state is MessageState.PENDING:
            self._change(highlight_lamp=Lamp.WAITING)
            return
        is_made = state is MessageState.DONE
        self._change(highlight_lamp=Lamp.CONFIRMED if is_made else Lamp.REFUSED)
        if is_made:
            self._journal.write(message.type, Origin.OUTSIDE, event=message.id)
        self._resolve(message.id, Outcome.done("" if is_made else NOT_SHOWN))
