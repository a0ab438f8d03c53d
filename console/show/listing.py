"""A list of named tables in a show file: added to, edited, moved, removed, each comment with what it stands at. Pure.

What is to change is a function of the list as it is, so that it can be done to the file as it is by then: somebody
may have edited it since it was read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import tomlkit
from pydantic import BaseModel

from console.core.errors import UserError
from console.settings.money import Money
from console.show.blocks import blocks_of, edited, rearranged, text_of
from console.show.faults import near
from console.show.file import parse_show
from console.show.writing import entry_text, money_text

T = TypeVar("T", bound=BaseModel)
Kept = tuple[str | None, T]  # the key that an entry had (None: it is new), and the entry as it is to be
Change = Callable[[tuple[T, ...]], tuple[Kept[T], ...]]


@dataclass(frozen=True)  # with slots a generic dataclass cannot be made
class Listing(Generic[T]):
    """One list of a show: `[[where]]`, its entries told apart by `key`; `noun` and `nouns` are what people call them.

    The changes that it makes raise UserError, with what to do, when they cannot be.
    """

    where: str
    key: str
    noun: str
    nouns: str
    most: int

    def key_of(self, entry: T) -> str:
        """What the entry is known by."""
        return str(getattr(entry, self.key))

    def as_they_are(self, entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
        """No change."""
        return tuple((self.key_of(entry), entry) for entry in entries)

    def adding(self, *new: T) -> Change[T]:
        """Entries more, the last ones: their keys must be free, and the show must hold so many."""

        def change(entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
            for entry in new:
                self.check_key(self.key_of(entry), entries)
            if len(entries) + len(new) > self.most:
                raise UserError(f"A show holds {self.most} {self.nouns}.", fix="Remove one first.")
            return (*self.as_they_are(entries), *((None, entry) for entry in new))

        return change

    def editing(self, was: str, edit: Callable[[T], T]) -> Change[T]:
        """The entry `was` otherwise; a new key must be free."""

        def change(entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
            index = self.index_of(was, entries)
            new = edit(entries[index])
            self.check_key(self.key_of(new), entries, was=was)
            kept = list(self.as_they_are(entries))
            kept[index] = (was, new)
            return tuple(kept)

        return change

    def moving(self, key: str, to: int) -> Change[T]:
        """The entry at place `to`, counted from 1; beyond the last is the last."""

        def change(entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
            kept = list(self.as_they_are(entries))
            moved = kept.pop(self.index_of(key, entries))
            kept.insert(to - 1, moved)
            return tuple(kept)

        return change

    def removing(self, key: str) -> Change[T]:
        """Without that entry."""

        def change(entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
            self.index_of(key, entries)
            return tuple(kept for kept in self.as_they_are(entries) if kept[0] != key)

        return change

    def putting_back(self, before: tuple[T, ...], after: tuple[T, ...]) -> Change[T]:
        """As it was `before`; refused when the entries are no longer as they were `after`."""

        def change(entries: tuple[T, ...]) -> tuple[Kept[T], ...]:
            if entries != after:
                what = f"The {self.nouns} have been changed in the show file since."
                raise UserError(what, fix="Change them by hand.")
            keys = {self.key_of(entry) for entry in after}
            old = {self.key_of(entry) for entry in before}
            renamed = [self.key_of(entry) for entry in after if self.key_of(entry) not in old]
            new = [self.key_of(entry) for entry in before if self.key_of(entry) not in keys]
            came_from = dict(zip(new, renamed, strict=False)) if len(before) == len(after) else {}
            named = ((self.key_of(entry), entry) for entry in before)
            return tuple((key if key in keys else came_from.get(key), entry) for key, entry in named)

        return change

    def index_of(self, key: str, entries: Sequence[T]) -> int:
        """Where the entry is. Raises UserError with the nearest key."""
        for index, entry in enumerate(entries):
            if self.key_of(entry) == key:
                return index
        known = near(key, (self.key_of(entry) for entry in entries)) or "Add it first."
        raise UserError(f'There is no {self.noun} "{key}".', fix=known)

    def check_key(self, key: str, entries: Sequence[T], *, was: str | None = None) -> None:
        """Raises UserError when another entry than `was` has this key, whatever its capitals."""
        for entry in entries:
            if self.key_of(entry).casefold() == key.casefold() and self.key_of(entry) != was:
                what = f'There is a {self.noun} "{self.key_of(entry)}" already.'
                raise UserError(what, fix=f"Choose another {self.key}.")

    def rewritten(self, text: str, old: tuple[T, ...], kept: Sequence[Kept[T]]) -> str:
        """`text` of a show with entries `old`, with those of `kept`; comments go with the entry that they stand at.

        Raises UserError when the text is built so that this cannot be.
        """
        if tuple(entry for _, entry in kept) == old:
            return text
        by_key = {self.key_of(entry): (number, entry) for number, entry in enumerate(old)}
        blocks = blocks_of(text, self.where)
        if len(blocks) != len(old) or (not old and self.where in tomlkit.parse(text)):
            return self._proved(self._in_one_value(text, kept), kept)
        bodies: list[str] = []
        for was, entry in kept:
            if was is None:
                bodies.append(entry_text(self.where, entry))
                continue
            number, before = by_key[was]
            changes = differences(before, entry)
            body = text_of(text, blocks[number])
            bodies.append(edited(body, (self.where, 0), changes) if changes else body)
        keys = {was for was, _ in kept}
        without = frozenset(number for key, (number, _) in by_key.items() if key not in keys)
        return self._proved(rearranged(text, blocks, bodies, without=without), kept)

    def _in_one_value(self, text: str, kept: Sequence[Kept[T]]) -> str:
        """For a list that is written as one value: `cameras = [{name = "Wide"}]`."""
        document: Any = tomlkit.parse(text)
        array = document[self.where]
        for number, (_, entry) in enumerate(kept):
            table = tomlkit.inline_table()
            table.update(written(entry))
            if number < len(array):
                array[number] = table
            else:
                array.append(table)
        while len(array) > len(kept):
            del array[-1]
        return tomlkit.dumps(document)

    def _proved(self, text: str, kept: Sequence[Kept[T]]) -> str:
        """`text`, when it holds exactly these entries."""
        if getattr(parse_show(text), self.where) != tuple(entry for _, entry in kept):
            what = f"The {self.nouns} of this show file can't be changed here."
            raise UserError(what, fix="Change them in a text editor.")
        return text


def differences(old: BaseModel, new: BaseModel) -> dict[str, object]:
    """What is to be written anew; what stays keeps its comments. None: the key goes."""
    now = written(new)
    changed = [key for key in type(new).model_fields if getattr(old, key) != getattr(new, key)]
    return {key: now.get(key) for key in changed}


def written(part: BaseModel) -> dict[str, Any]:
    """What differs from the defaults, as TOML takes it."""
    values = part.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    amounts = {key: money_text(value) for key in values if isinstance(value := getattr(part, key), Money)}
    return {**values, **amounts}
