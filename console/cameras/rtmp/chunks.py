"""Messages of RTMP out of its chunks, and into them (Adobe RTMP 1.0, clause 5.3). Pure: bytes in, messages out."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from console.cameras.rtmp.errors import RtmpError

CHUNK_BYTES: Final = 128  # until the other side says otherwise; ours stay so
LARGEST_BYTES: Final = 8_000_000  # of one message: a key frame is a tenth of that
MOST_LANES: Final = 64
_HEADS: Final = (11, 7, 3, 0)  # bytes of a chunk's head, by its form
_LONG_TIME: Final = b"\xff\xff\xff"


class Kind(IntEnum):
    """What a message is (clauses 5.4, 7.1); there are more."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGED = 3
    CONTROL = 4
    WINDOW = 5
    BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    COMMAND_3 = 17  # in AMF3: a zero, then as in AMF0
    COMMAND = 20
    AGGREGATE = 22


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message: what it is (a Kind, or another number), on which message stream, and what it says.

    Its time is left out: pictures are shown when they come.
    """

    kind: int
    stream: int
    body: bytes


@dataclass(slots=True)
class _Lane:
    """A chunk stream: what its heads said, and the message that is being put together."""

    size: int = 0
    kind: int = 0
    stream: int = 0
    is_long: bool = False  # its time has four bytes, which each of its chunks repeats
    body: bytearray = field(default_factory=bytearray)

    def begin(self, head: bytes, *, is_long: bool) -> None:
        """A message begins with `head`; what that leaves out is as it was (clause 5.3.1.2)."""
        self.body.clear()
        if head:
            self.is_long = is_long
        if len(head) >= 7:
            self.size, self.kind = int.from_bytes(head[3:6]), head[6]
        if len(head) == 11:
            self.stream = int.from_bytes(head[7:11], "little")


class _Incomplete(Exception):
    """More bytes have to come first."""


class ChunkReader:
    """Puts messages together from bytes as they come."""

    def __init__(self) -> None:
        self._chunk_bytes = CHUNK_BYTES
        self._data = bytearray()
        self._at = 0  # where the next chunk begins, or the part of it that is read now
        self._lanes: dict[int, _Lane] = {}

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are whole now. Raises RtmpError for what no server sends."""
        self._data += data
        messages: list[Message] = []
        whole = 0  # bytes of chunks that are done with
        try:
            while True:
                message = self._chunk()
                whole = self._at
                if message is not None:
                    messages.append(message)
        except _Incomplete:
            del self._data[:whole]
            self._at = 0
            return messages

    def _chunk(self) -> Message | None:
        """Take one chunk; the message that it ends. Nothing is changed when it raises _Incomplete."""
        form, lane = self._basic_head()
        head = self._take(_HEADS[form])
        is_long = head[:3] == _LONG_TIME if head else lane.is_long
        if is_long:
            self._take(4)
        is_new = bool(head) or not lane.body
        size = int.from_bytes(head[3:6]) if len(head) >= 7 else lane.size
        if size > LARGEST_BYTES:
            raise RtmpError(f"a message of {size} bytes")
        part = self._take(min(self._chunk_bytes, size if is_new else size - len(lane.body)))
        if is_new:
            lane.begin(head, is_long=is_long)
        lane.body += part
        return self._whole(lane) if len(lane.body) == size else None

    def _basic_head(self) -> tuple[int, _Lane]:
        """The form of the chunk's head, and its lane (clause 5.3.1.1)."""
        first = self._take(1)[0]
        form, number = first >> 6, first & 63
        if number < 2:
            number = 64 + int.from_bytes(self._take(number + 1), "little")
        if number not in self._lanes:
            if len(self._lanes) >= MOST_LANES:
                raise RtmpError("too many chunk streams")
            self._lanes[number] = _Lane()
        return form, self._lanes[number]

    def _take(self, count: int) -> bytes:
        part = bytes(self._data[self._at : self._at + count])
        if len(part) < count:
            raise _Incomplete
        self._at += count
        return part

    def _whole(self, lane: _Lane) -> Message | None:
        message = Message(lane.kind, lane.stream, bytes(lane.body))
        lane.body.clear()
        if message.kind == Kind.SET_CHUNK_SIZE:
            self._chunk_bytes = max(1, int.from_bytes(message.body[:4]) & 0x7FFFFFFF)
        elif message.kind == Kind.ABORT:
            aborted = self._lanes.get(int.from_bytes(message.body[:4]))
            if aborted is not None:
                aborted.body.clear()
        else:
            return message
        return None


def chunked(lane: int, message: Message) -> bytes:
    """`message` in chunks of CHUNK_BYTES on the chunk stream `lane` (2 to 63)."""
    body = message.body
    head = bytes(3) + len(body).to_bytes(3) + bytes([message.kind]) + message.stream.to_bytes(4, "little")
    parts = [body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES)] or [b""]
    return bytes([lane]) + head + bytes([0xC0 | lane]).join(parts)
