"""The tables of a show file's text as blocks of lines with their comments: kept, changed, moved, removed. Pure.

A block is a table's header to its last value, the comments right above the header (no empty line between) and those
right below the last value. What stands alone between two blocks stays where it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.items import Table

from console.show.lines import Path, spans_of


@dataclass(frozen=True, slots=True)
class Block:
    """One table's lines in a text: from `start` up to, not with, `end`, counted from 0."""

    start: int
    end: int


def blocks_of(text: str, name: str) -> list[Block]:
    """Where the blocks of `[[name]]`, each with the tables within it, or the one of `[name]`, are.

    text: valid TOML. name: as in the header, "audio.channels".
    """
    keys = tuple(name.split("."))
    lines = text.split("\n")
    spans = sorted(spans_of(text).items(), key=lambda item: item[1])
    headers = [first - 1 for _, (first, _) in spans] + [len(lines)]
    found: list[Block] = []
    item: Path = ()  # whose tables follow it
    for number, (path, (first, last)) in enumerate(spans):
        end = _below(lines, last, headers[number + 1])
        if _is_named(path, keys):
            found.append(Block(_above(lines, first - 1), end))
            item = path if isinstance(path[-1], int) else ()
        elif item and path[: len(item)] == item:
            found[-1] = Block(found[-1].start, end)
        else:
            item = ()
    return found


def text_of(text: str, block: Block) -> str:
    """The block's lines, the last one ended."""
    return _closed("\n".join(text.split("\n")[block.start : block.end]))


def edited(block: str, path: Path, changes: Mapping[str, object]) -> str:
    """A block's text with these keys set; None takes a key away, a mapping becomes what a table there holds.

    path: the table within it, `("cameras", 0)`.
    """
    document = tomlkit.parse(block)
    table: Any = document
    for part in path:
        table = table[part]
    for key, value in changes.items():
        _put(table, key, value)
    return tomlkit.dumps(document)


def rearranged(text: str, blocks: Sequence[Block], bodies: Iterable[str], *, without: frozenset[int]) -> str:
    """`text` without the blocks numbered so, and with `bodies` in the places of the others, in order.

    There are at least as many bodies as places; what is more follows the last place, or ends the text.
    """
    lines = text.split("\n")
    waiting = list(bodies)
    last = max((number for number in range(len(blocks)) if number not in without), default=None)
    ends = [block.start for block in blocks[1:]]
    whole = _lines(lines[: blocks[0].start]) if blocks else _closed(text)
    for number, block in enumerate(blocks):
        gap = _lines(lines[block.end : ends[number]]) if number < len(ends) else "\n".join(lines[block.end :])
        if number in without:
            whole = _bridged(whole, gap)
            continue
        whole += waiting.pop(0)
        if number == last:
            whole += "".join(f"\n{body}" for body in waiting)
            waiting.clear()
        whole += f"{_parting(whole, gap, is_end=number == len(blocks) - 1)}{gap}"
    for body in waiting:
        whole = appended(whole, body)
    return _like(text, whole)


def appended(text: str, block: str) -> str:
    """`text` with a block at its end, an empty line between."""
    head = _closed(text) if text else ""
    gap = "" if not head or _ends_empty(head) else "\n"
    return _like(text, f"{head}{gap}{block}")


def _put(table: Any, key: str, value: object) -> None:
    """Set a key; in a table that is there only what differs is touched: the rest keeps its comments."""
    there = table.get(key)
    if value is None:
        table.pop(key, None)
    elif isinstance(value, Mapping) and isinstance(there, Table):
        gone = [name for name in there if name not in value]
        items: Any = there
        remark = items.item(gone[0]).trivia.comment if len(gone) == 1 else ""
        new = [name for name in value if name not in there]
        for name in gone:
            _put(there, name, None)
        for name, inner in value.items():
            if there.get(name) != inner:
                _put(there, name, inner)
        if remark and len(new) == 1:  # renamed
            items.item(new[0]).comment(remark.lstrip("# "))
    elif isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        inline.update(value)
        table[key] = inline
    else:
        table[key] = value


def _is_named(path: Path, keys: Path) -> bool:
    return path == keys or (path[:-1] == keys and isinstance(path[-1], int))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _above(lines: Sequence[str], header: int) -> int:
    start = header
    while start > 0 and _is_comment(lines[start - 1]):
        start -= 1
    return start


def _below(lines: Sequence[str], end: int, next_header: int) -> int:
    """Behind the comments right below a table; those right above the next header are that one's."""
    last = end
    while last < next_header and _is_comment(lines[last]):
        last += 1
    return end if last == next_header < len(lines) else last


def _bridged(before: str, after: str) -> str:
    """What stood before and after a block that is gone: one gap is enough."""
    if not before or _ends_empty(before):
        after = re.sub(r"\A([ \t]*\r?\n)+", "", after)
    return before + after


def _parting(whole: str, gap: str, *, is_end: bool) -> str:
    """An empty line, where the last comment of what is written would else be the next table's."""
    is_parted = gap.lstrip(" \t")[:1] in ("\n", "\r") or (is_end and not gap)
    return "\n" if not is_parted and _is_comment(whole.rstrip().rpartition("\n")[2]) else ""


def _ends_empty(text: str) -> bool:
    return text.endswith(("\n\n", "\n\r\n"))


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _closed(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _like(text: str, new: str) -> str:
    """`new` with the line ends of `text`."""
    return re.sub(r"(?<!\r)\n", "\r\n", new) if "\r\n" in text else new
