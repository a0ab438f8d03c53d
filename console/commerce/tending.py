"""What the director does with the outbox itself: try now, give up, export. Loop thread only; the disk is behind it.

Nothing here moves a drop on: what is given up leaves it in doubt, and the shop is asked (laws 3 and 4).
"""

import asyncio
from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from console.commerce import drops, export
from console.commerce.book import APART, HIGHLIGHTS
from console.commerce.hearing import Hearing
from console.commerce.lines import CLOSINGS, LineState, OutboxLine
from console.commerce.outbox import Message, MessageState, Outbox
from console.commerce.state import Checkout, Drop, Lamp
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome

Form = Literal["csv", "json"]


class Tending(Hearing):
    """The sale with hands on its outbox."""

    @property
    def exports(self) -> Path:
        """The folder of files that are written for people."""
        return self._data_dir / "exports"

    @abstractmethod
    async def _confirmed(self, messages: Iterable[Message]) -> Outcome:
        """What the shop made of these."""

    async def retry(self, message_id: str | None = None, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Try the lane of this message at once, or every lane. Answers as the press itself would."""
        try:
            messages = [self._need_pending(message_id)] if message_id else list(self._sender.pending)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        if not messages:
            return Outcome.refused("Nothing waits in the outbox.", "There is nothing to try.")
        if self._shop.kind == "manual":
            return Outcome.refused("Nothing answers for this shop.", "Do it on the platform, then confirm it by hand.")
        lanes = {message.lane for message in messages}
        self._journal.write("outbox.retried", origin, events=[message.id for message in messages])
        heads = [self._sender.in_lane(lane)[0] for lane in lanes]
        loop = asyncio.get_running_loop()
        for message in heads:
            self._waiting.setdefault(message.id, loop.create_future())
        for lane in lanes:
            self._sender.try_now(lane)
        return await self._confirmed(heads)

    async def give_up(
        self, message_id: str, reason: str, *, buyers_may_buy: bool = False, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """End a message that is not confirmed; its drop is in doubt then, and the shop is asked.

        buyers_may_buy: the director knows that a closing that is given up leaves the sale as it is at the shop.
        """
        reason = reason.strip()
        try:
            if not reason:
                raise UserError("Giving up needs a reason.", fix="Say why, for whoever reads the report.")
            message = self._need_pending(message_id)
            line = self._board.line(message.id)
            what = line.what if line is not None else "It"
            self._check_closing(message, what, buyers_may_buy=buyers_may_buy)
            await self._end(message, reason)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        self._journal.write(
            "outbox.given_up", origin, event=message.id, type=message.type, drop=message.drop, reason=reason
        )
        self._resolve(message.id, Outcome.failed(f"It was given up: {reason}"))
        still = " Buyers may still buy." if message.type in CLOSINGS else ""
        return Outcome.done(f"{what} is given up.{still} The shop is asked how it stands.")

    async def export(self, form: Form = "csv", *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Write every message of this show run into the exports folder; the answer names the file."""
        at = self._clock.now()
        path = self.exports / export.name(self._show_run, at, form)
        try:
            records = await self._disk.do(Outbox.records, self._show_run)
            titled = [(record, self._title_of(record.drop)) for record in records]
            await self._write_file(path, export.text(titled, self.state.value.contradictions, form))
        except UserError as error:
            return Outcome.failed(error.what, error.fix)
        self._journal.write("outbox.exported", origin, path=str(path), messages=len(records))
        count = "1 message" if len(records) == 1 else f"{len(records)} messages"
        return Outcome.done(f"{count} written to {path}.")

    async def _write_file(self, path: Path, text: str) -> None:
        try:
            await asyncio.to_thread(export.write, path, text)
        except OSError as error:
            what = f"The outbox cannot be written to {path.parent} ({error.strerror or error})."
            raise UserError(what, fix="Free some space, or choose another data folder.") from error

    def _need_pending(self, message_id: str) -> Message:
        """The message, which has not ended. Raises UserError."""
        for message in self._sender.pending:
            if message.id == message_id:
                return message
        line: OutboxLine | None = self._board.line(message_id)
        if line is None:
            raise UserError("There is no such message in the outbox.", fix="Look at the list of the outbox.")
        word = "confirmed" if line.state is LineState.CONFIRMED else line.state.value
        raise UserError(f"{line.what} has ended already: {word}.", fix="There is nothing to do for it.")

    def _check_closing(self, message: Message, what: str, *, buyers_may_buy: bool) -> None:
        """Raises UserError for a closing that must not be given up, or not without knowing what it means."""
        if message.type not in CLOSINGS:
            return
        if self.state.value.is_stopping:
            raise UserError(
                f"{what} belongs to STOP SALE: until the shop confirms it, buyers may still buy.",
                fix="Let it be tried, or take STOP SALE back first (Esc).",
            )
        if not buyers_may_buy:
            raise UserError(
                f"{what} is not confirmed: given up, buyers may still buy.",
                fix="Retry it now, or give it up knowing that buyers may still buy.",
            )

    async def _end(self, message: Message, reason: str) -> None:
        """Take it out of its lane, on disk first, and leave what it was about in doubt. Raises UserError."""
        async with self._pressing:
            after = self._doubtful(message, reason)
            line = self._board.line(message.id)
            rows = [self._row(after)] if after is not None else []
            now = self._clock.now()
            is_ours = await self._disk.do(Outbox.give_up, message.id, reason=reason, at=now, drops=rows)
            if not is_ours or message.id not in [other.id for other in self._sender.pending]:
                raise UserError("The shop has answered meanwhile.", fix="Look at what it said.")
            self._sender.drop([message.id])
            self._board.ended([message.id], MessageState.GIVEN_UP, reason=reason)
            self._count_pending()
            if after is not None:
                self._put(after)
        self._show_nothing_held()
        if message.lane == HIGHLIGHTS:
            self._change(highlight_lamp=Lamp.LOST)
        if message.lane in APART:
            return  # no shop can be asked for them
        if message.drop is None:
            self._set_checkout(Checkout.UNKNOWN)
        if line is not None and line.state in {LineState.SENDING, LineState.ASKING}:
            self._ask_when_landed(message.lane)
        else:
            self._watcher.ask_within(message.lane, 0.0)

    def _doubtful(self, message: Message, reason: str) -> Drop | None:
        """The message's drop as it is without it; None when it is about no drop of now."""
        drop = self.state.value.drop(message.drop) if message.drop else None
        if drop is None or drop.run != message.run:
            return None
        fix = "The shop is being asked how it stands."
        if self._shop.kind == "manual":
            fix = "Look at the platform; close the drop here when it is over there."
        return drops.in_doubt(drop, why=f"Its last press was given up: {reason}", fix=fix)

    def _show_nothing_held(self) -> None:
        if self.state.value.outbox_held and not self._sender.pending:
            self._change(outbox_held="")
            self._alarms.clear("outbox.held")
