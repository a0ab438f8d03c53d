"""Values of RTMP's commands, as bytes and back (Adobe AMF0, 2007). Pure.

Objects are dicts, arrays are lists; undefined and null are None; dates are numbers, in milliseconds.
"""

import struct
from collections.abc import Mapping
from typing import Final

from console.cameras.rtmp.errors import RtmpError

Value = float | bool | str | None | Mapping[str, "Value"] | list["Value"]

DEEPEST: Final = 16
_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _MAP, _END, _ARRAY, _DATE = 0, 1, 2, 3, 5, 8, 9, 10, 11


def encode(*values: Value) -> bytes:
    """`values` one after the other. Raises struct.error for a string beyond 65,535 bytes."""
    return b"".join(_encode(value) for value in values)


def _encode(value: Value) -> bytes:
    match value:
        case None:
            return bytes([_NULL])
        case bool():
            return bytes([_BOOLEAN, value])
        case int() | float():
            return struct.pack(">Bd", _NUMBER, value)
        case str():
            return bytes([_STRING]) + _name(value)
        case list():
            return struct.pack(">BI", _ARRAY, len(value)) + encode(*value)
        case _:
            members = b"".join(_name(key) + _encode(member) for key, member in value.items())
            return bytes([_OBJECT]) + members + b"\0\0" + bytes([_END])


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
            case 0 | 11:
                number = self._number(">d")
                self.at += 2 if kind == _DATE else 0  # its zone, which is reserved
                return number
            case 1:
                return bool(self._number(">B"))
            case 2 | 12:
                return self._text(">H" if kind == _STRING else ">I")
            case 3 | 8:
                self.at += 4 if kind == _MAP else 0  # how many members: only a hint
                return self._members(depth)
            case 5 | 6:
                return None
            case 10:
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
            if not name and self._data[self.at] == _END:
                self.at += 1
                return members
            members[name] = self.value(depth + 1)
