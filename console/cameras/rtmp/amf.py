"""Values of RTMP's commands, as bytes and back (Adobe AMF0, 2007). Pure.

Objects are dicts, arrays are lists; undefined and null are None; dates are numbers, in milliseconds.
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from console.cameras.rtmp.errors import RtmpError

DEEPEST: Final = 16


class Kind(IntEnum):
    """What a value is: its first byte."""

    NUMBER = 0
    BOOLEAN = 1
    STRING = 2
    OBJECT = 3
    NULL = 5
    UNDEFINED = 6
    MAP = 8
    END = 9
    ARRAY = 10
    DATE = 11
    LONG_STRING = 12


Value = float | bool | str | None | Mapping[str, "Value"] | list["Value"]


def encode(*values: Value) -> bytes:
    """`values` one after the other. Raises struct.error for a string beyond 65,535 bytes."""
    return b"".join(_encode(value) for value in values)


def _encode(value: Value) -> bytes:
    match value:
        case None:
            return bytes([Kind.NULL])
        case bool():
            return bytes([Kind.BOOLEAN, value])
        case int() | float():
            return struct.pack(">Bd", Kind.NUMBER, value)
        case str():
            return bytes([Kind.STRING]) + _name(value)
        case list():
            return struct.pack(">BI", Kind.ARRAY, len(value)) + encode(*value)
        case _:
            members = b"".join(_name(key) + _encode(member) for key, member in value.items())
            return bytes([Kind.OBJECT]) + members + b"\0\0" + bytes([Kind.END])


def _name(text: str) -> bytes:
    coded = text.encode()
    return struct.pack(">H", len(coded)) + coded


def decode(data: bytes) -> list[Value]:
    """The values in `data`. Raises RtmpError when it is cut off, too deep, or of an unknown kind."""
    reader = _Reader(data)
    values: list[Value] = []
    try:
        while reader.at < len(data):
            values.append(reader.value())
    except (struct.error, IndexError) as error:
        raise RtmpError("a command is cut off") from error
    return values


class _Reader:
    """Where in `data` the next value begins."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data

    def value(self, depth: int = 0) -> Value:
        kind = self._data[self.at]
        self.at += 1
        if depth > DEEPEST:
            raise RtmpError("a command is nested too deeply")
        match kind:
            case Kind.NUMBER | Kind.DATE:
                number = self._number(">d")
                self.at += 2 if kind == Kind.DATE else 0  # its zone, which is reserved
                return number
            case Kind.BOOLEAN:
                return bool(self._number(">B"))
            case Kind.STRING | Kind.LONG_STRING:
                return self._text(">H" if kind == Kind.STRING else ">I")
            case Kind.OBJECT | Kind.MAP:
                self.at += 4 if kind == Kind.MAP else 0  # how many members: only a hint
                return self._members(depth)
            case Kind.NULL | Kind.UNDEFINED:
                return None
            case Kind.ARRAY:
                return [self.value(depth + 1) for _ in range(int(self._number(">I")))]
        raise RtmpError(f"a command has a value of kind {kind}")

    def _number(self, form: str) -> float:
        (number,) = struct.unpack_from(form, self._data, self.at)
        self.at += struct.calcsize(form)
        return number  # type: ignore[no-any-return]

    def _text(self, form: str) -> str:
        size = int(self._number(form))
        text = self._data[self.at : self.at + size]
        if len(text) < size:
            raise RtmpError("a command is cut off")
        self.at += size
        return text.decode(errors="replace")

    def _members(self, depth: int) -> dict[str, Value]:
        members: dict[str, Value] = {}
        while True:
            name = self._text(">H")
            if not name and self._data[self.at] == Kind.END:
                self.at += 1
                return members
            members[name] = self.value(depth + 1)
