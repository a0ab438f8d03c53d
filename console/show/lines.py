"""Where each key of a TOML text stands. Pure.

A small scanner for text that a TOML parser has already accepted: it finds keys and values, it checks nothing.
"""

import re
from typing import Final

Path = tuple[str | int, ...]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SPACE: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PLAIN: Final = re.compile(r"[^,\]}#\r\n]*")
_ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def lines_of(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every key, table and array item: `("cameras", 0, "name")` -> 12.

    text: valid TOML. A path that is named more than once (a table and its parts) has its first line.
    """
    return _Scanner(text).scan()


def spans_of(text: str) -> dict[Path, tuple[int, int]]:
    """First and last line, counted from 1, of every table that has a header, up to its last value's end.

    text: valid TOML. Items of arrays of tables have their number: `("cameras", 0)` -> (3, 7).
    """
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.spans


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.spans: dict[Path, tuple[int, int]] = {}
        self.counts: dict[Path, int] = {}  # how many items each array of tables has so far
        self._seen, self._line = 0, 1

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while True:
            self.skip(_GAP)
            if self.at >= len(self.text):
                return self.lines
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text[self.at] == "[":
                table = self.header(1)
            else:
                self.pair(table)
                if table:
                    self.spans[table] = self.spans[table][0], self.line()

    def header(self, brackets: int) -> Path:
        self.at += brackets
        self.skip(_SPACE)
        line, keys = self.line(), self.keys()
        self.skip(_SPACE)
        self.at += brackets
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            self.note(path, line)
            if brackets == 2 and number == len(keys) - 1:
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
                self.note(path, line)
        self.spans[path] = line, line
        return path

    def pair(self, table: Path) -> None:
        line, path = self.line(), table
        for key in self.keys():
            path = (*path, key)
            self.note(path, line)
        self.skip(_SPACE)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: Path) -> None:
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        elif first in "\"'":
            self.string()
        else:
            self.skip(_PLAIN)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self.skip(_GAP)
            if self.text[self.at] == "]":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            item = (*path, index)
            self.note(item, self.line())
            self.value(item)
            index += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self.skip(_GAP)
            if self.text[self.at] == "}":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.pair(path)

    def keys(self) -> list[str]:
        found = [self.key()]
        while True:
            before = self.at
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                self.at = before
                return found
            self.at += 1
            self.skip(_SPACE)
            found.append(self.key())

    def key(self) -> str:
        if self.text[self.at] in "\"'":
            return self.string()
        start = self.at
        self.skip(_BARE)
        return self.text[start : self.at]

    def string(self) -> str:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            return self.long_string(quote)
        self.at += 1
        start = self.at
        while self.text[self.at] != quote:
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        raw = self.text[start : self.at]
        self.at += 1
        return _unescaped(raw) if quote == '"' else raw

    def long_string(self, quote: str) -> str:
        """Move past a multi-line string: up to two quotes may stand right before the closing three."""
        self.at += 3
        while not self.text.startswith(quote * 3, self.at):
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        self.at += 3
        for _ in range(2):
            self.at += self.text.startswith(quote, self.at)
        return ""  # never a key

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def line(self) -> int:
        self._line += self.text.count("\n", self._seen, self.at)
        self._seen = self.at
        return self._line

    def note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)


def _unescaped(raw: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPES[code]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", plain, raw)
