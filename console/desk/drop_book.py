"""The drops of the show as the director keeps them: added, edited, ordered, removed, taken over; and taken back.

Loop thread only; the show file is written in a thread. A change is in the file first, then in the queue: a file that
cannot be written leaves everything as it was. Without a file (practice) it lives as long as the console.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from console.commerce.queue import AT_REST
from console.commerce.state import DropState, Sale
from console.contract.events import slug
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.settings.show import Drop, Show
from console.show.copying import Shift, plan_of
from console.show.drops import DROPS, TEMPLATES, Changes, change_drops, free_id, put_back_drops, templates_of
from console.show.file import Rewritten, load_show

NOT_KEPT: Final = " It lives as long as this console: practice keeps no show file."
MOST_UNDONE: Final = 20
MOST_LISTED: Final = 6
ALWAYS_EDITED: Final = frozenset({"talking_points", "scene", "start"})  # the rest is what buyers were told
_FAULTS: Final[Mapping[str, UserError]] = {
    "title": UserError("A drop needs a title of up to 80 characters.", fix="Give it one."),
    "price": UserError("This is no price.", fix='Write it like "19.00 EUR".'),
    "stock": UserError("The stock goes from 1 to 1,000,000.", fix="Write a whole number."),
    "duration_s": UserError("A sale takes from 10 s to 24 h, or until sold out.", fix="Choose another duration."),
    "per_buyer": UserError("A buyer may have from 1 to 1,000 pieces.", fix="Write a whole number."),
    "talking_points": UserError(
        "There are up to 10 talking points, of up to 200 characters each.",
        fix="Write one a line, and fewer or shorter.",
    ),
    "id": UserError("An id is made of lower case letters, digits and dashes.", fix='Write it like "cap-01".'),
}


@dataclass(frozen=True, slots=True)
class _Done:
    """A change that can be taken back: what it was, and the show before and after."""

    words: str
    before: Show
    after: Show
    written: Rewritten | None  # None: it was kept in memory


class DropBook:
    """The drops of one show. `keep_in` names the show file."""

    def __init__(
        self, show: Observable[Show], sale: Observable[Sale], *, journal: Journal, writing: asyncio.Lock
    ) -> None:
        self._show = show
        self._sale = sale
        self._journal = journal
        self._writing = writing
        self._path: Path | None = None
        self._undo: list[_Done] = []

    def keep_in(self, path: Path) -> None:
        """Write drops to this show file from now on."""
        self._path = path

    async def add(self, fields: Mapping[str, Any], *, like: str | None, origin: Origin) -> Outcome:
        """A drop more, the last one; what `fields` leaves out is as in the drop or template called `like`."""
        show = self._show.value
        old = None if like is None else _found(like, show)
        taken = [drop.id for drop in show.drops]
        wanted = fields.get("id") or slug(str(fields.get("title", "")))[:60].strip("-")
        drop = drop_of({**fields, "id": fields.get("id") or free_id(wanted, taken)}, old=old)
        words = f"{drop.title} was added"
        done = await self._change(Changes(drops=DROPS.adding(drop)), words, origin)
        return _said(f"{drop.title} is in the queue, as {drop.id}.", done)

    async def edit(self, id: str, fields: Mapping[str, Any], *, origin: Origin) -> Outcome:
        """Change these fields of a drop. What buyers were told of one that is armed or on sale stays."""
        drops = self._show.value.drops
        old = drops[DROPS.index_of(id, drops)]
        new = drop_of(fields, old=old)
        if new == old:
            return Outcome.done(f"{old.title} was so already.")
        if _is_sold_otherwise(old, new):
            self._check_at_rest(id, fix="Change its price, stock and time with CHANGE, or wait until it is closed.")
        change = DROPS.editing(id, lambda now: drop_of(fields, old=now))
        done = await self._change(Changes(drops=change), f"{old.title} was changed", origin)
        return _said(f"{new.title} is changed.", done)

    async def move(self, id: str, to: int, *, origin: Origin) -> Outcome:
        """Give a drop another place in the queue, counted from 1."""
        drops = self._show.value.drops
        title = drops[DROPS.index_of(id, drops)].title
        done = await self._change(Changes(drops=DROPS.moving(id, to)), f"{title} was moved", origin)
        place = DROPS.index_of(id, self._show.value.drops) + 1
        return self._told("queue.moved", f"{title} is number {place}.", done, origin, drop=id, to=place)

    async def remove(self, id: str, *, origin: Origin) -> Outcome:
        """Take a drop out of the show; what it sold stays in the figures."""
        show = self._show.value
        title = show.drops[DROPS.index_of(id, show.drops)].title
        self._check_at_rest(id, fix="Disarm or close it first.")
        cue = next((cue for cue in show.cues if cue.drop == id), None)
        if cue is not None:
            raise UserError(f'The cue "{cue.name}" arms {title}.', fix="Take it out of the cue in the show file first.")
        if id in self._sale.value.highlighted:
            raise UserError(f"{title} is highlighted.", fix="Take its pin off first.")
        done = await self._change(Changes(drops=DROPS.removing(id)), f"{title} was removed", origin)
        return self._told("queue.removed", f"{title} is removed. Undo brings it back.", done, origin, drop=id)

    async def keep_template(self, id: str, name: str, *, origin: Origin) -> Outcome:
        """Keep how a drop is sold as a template of that name; one of the show's own is replaced."""
        show = self._show.value
        drop = show.drops[DROPS.index_of(id, show.drops)]
        template = drop_of({"id": slug(name)[:60].strip("-"), "title": name}, old=drop)
        is_there = any(old.id == template.id for old in show.drop_templates)
        change = TEMPLATES.editing(template.id, lambda _: template) if is_there else TEMPLATES.adding(template)
        done = await self._change(Changes(templates=change), f"the template {name} was kept", origin)
        return self._told("queue.template", f"{name} is a template for new drops.", done, origin, template=name)

    async def copy_from(self, path: Path, shift: Shift, *, is_plan: bool, origin: Origin) -> Outcome:
        """Take over the drops of another show's file, which asks no host; `is_plan`: only say what that comes to."""
        source = await asyncio.to_thread(lambda: load_show(path.expanduser()))
        plan = plan_of(source, self._show.value, shift)
        listed = ". ".join(plan.lines[:MOST_LISTED])
        more = f". And {len(plan.lines) - MOST_LISTED} more" if len(plan.lines) > MOST_LISTED else ""
        if is_plan or not (plan.drops or plan.templates):
            return Outcome.done(f"{listed}{more}.")
        done = await self._change(plan.changes, f"the drops of {source.name} were copied", origin)
        kept = {"show": source.name, "drops": [drop.id for drop in plan.drops]}
        return self._told("queue.copied", f"{listed}{more}. Undo takes them out.", done, origin, **kept)

    @property
    def can_undo(self) -> bool:
        """Whether a change is there to be taken back."""
        return bool(self._undo)

    async def undo(self, *, origin: Origin) -> Outcome:
        """Take back the last change of the queue. Raises UserError when the file has other drops by now."""
        async with self._writing:
            if not self._undo:
                return Outcome.refused("No change of the queue is there to take back.")
            last = self._undo[-1]
            self._check_can_be_taken_back(last)
            back = Changes(
                DROPS.putting_back(last.before.drops, last.after.drops),
                TEMPLATES.putting_back(last.before.drop_templates, last.after.drop_templates),
            )
            if last.written is None or self._path is None:
                show = back.of(self._show.value)
            else:
                show = (await asyncio.to_thread(put_back_drops, self._path, last.written, back)).show
            self._undo.pop()
            self._become(show, origin)
        self._journal.write("queue.undone", origin, what=last.words)
        return Outcome.done(f"Taken back: {last.words}.")

    def _check_can_be_taken_back(self, last: _Done) -> None:
        """Raises UserError when that would take away, or change, a drop that is armed, on sale or highlighted."""
        before = {drop.id: drop for drop in last.before.drops}
        for drop in last.after.drops:
            if not _is_sold_otherwise(before.get(drop.id), drop):
                continue
            self._check_at_rest(drop.id, fix="Disarm or close it first.")
            if drop.id not in before and drop.id in self._sale.value.highlighted:
                raise UserError(f"{drop.title} is highlighted.", fix="Take its pin off first.")

    def _check_at_rest(self, id: str, *, fix: str) -> None:
        """Raises UserError for a drop that is armed, on sale, or on its way there."""
        drop = self._sale.value.drop(id)
        if drop is not None and drop.state not in AT_REST:
            raise UserError(f"{drop.title} is {drop.state.value.replace('_', ' ')}.", fix=fix)

    async def _change(self, changes: Changes, words: str, origin: Origin) -> _Done:
        """Make `changes` in the file, or in memory where there is none, and in the queue. Raises UserError."""
        async with self._writing:
            before = self._show.value
            written = None
            if self._path is None:
                after = changes.of(before)
            else:
                written = await asyncio.to_thread(change_drops, self._path, changes)
                after = written.show
        done = _Done(words, before, _with(self._show.value, after), written)
        self._undo = [*self._undo, done][-MOST_UNDONE:]
        self._become(after, origin)
        return done

    def _become(self, show: Show, origin: Origin) -> None:
        """Show it; what is new, or sold otherwise from now on, is in the journal: the report tells drops by that."""
        before = {drop.id: drop for drop in self._show.value.drops}
        self._show.set(_with(self._show.value, show))
        for drop in show.drops:
            if _is_sold_otherwise(before.get(drop.id), drop):
                kind = "drop.edited" if drop.id in before else "drop.added"
                self._journal.write(kind, origin, **_terms(drop), run=self._run_to_come(drop.id))

    def _run_to_come(self, id: str) -> int:
        """The run as which a drop is sold next."""
        drop = self._sale.value.drop(id)
        return 1 if drop is None else drop.run + (drop.state is DropState.CLOSED)

    def _told(self, kind: str, words: str, done: _Done, origin: Origin, **fields: object) -> Outcome:
        self._journal.write(kind, origin, is_kept=done.written is not None, **fields)
        return _said(words, done)


def _said(words: str, done: _Done) -> Outcome:
    return Outcome.done(words if done.written is not None else f"{words}{NOT_KEPT}")


def drop_of(fields: Mapping[str, Any], *, old: Drop | None = None) -> Drop:
    """`old` (or a new drop) with `fields`; None is as if a field had never been written. Raises UserError."""
    values = {} if old is None else old.model_dump(exclude_unset=True)
    values.update(fields)
    try:
        return Drop.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        detail = error.errors()[0]
        name = str(detail["loc"][0]) if detail["loc"] else ""
        said = detail["msg"].removeprefix("Value error, ")
        words = UserError(f"This drop cannot be: {said}.", fix="Change it, then try again.")
        raise _FAULTS.get(name, words) from error


def _is_sold_otherwise(old: Drop | None, new: Drop) -> bool:
    """Whether buyers would be told something else of it: what is done on air beside that changes at any time."""
    return old is None or any(
        getattr(old, name) != getattr(new, name) for name in Drop.model_fields if name not in ALWAYS_EDITED
    )


def _found(like: str, show: Show) -> Drop:
    """The drop or template that is meant. Raises UserError with the nearest."""
    every = (*show.drops, *templates_of(show))
    return every[DROPS.index_of(like, every)]


def _terms(drop: Drop) -> dict[str, object]:
    """What the report calls it and what it costs."""
    return {
        "drop": drop.id,
        "title": drop.title,
        "price_minor": drop.price.minor,
        "currency": drop.price.currency,
        "stock": drop.stock,
    }


def _with(show: Show, other: Show) -> Show:
    """The show with the drops and templates of the other."""
    return show.model_copy(update={"drops": other.drops, "drop_templates": other.drop_templates})
