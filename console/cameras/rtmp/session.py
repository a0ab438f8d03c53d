"""The conversation with an RTMP server that ends in a stream being played. Sans I/O: bytes in, bytes and messages out.

Adobe RTMP 1.0; commands as in its clause 7.2. Knows nothing of sockets, and nothing of codecs.
"""

import os
import struct
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from console.cameras.rtmp import amf
from console.cameras.rtmp.chunks import ChunkReader, Kind, Message, chunked
from console.cameras.rtmp.errors import Beyond, Refused, RtmpError, StreamEnded

PORT: Final = 1935
_STREAM_ENDS, _BUFFER_LENGTH, _PING, _PONG = 1, 3, 6, 7
_HANDSHAKE: Final = 1536
_LANE_CONTROL, _LANE_COMMAND, _LANE_STREAM = 2, 3, 8
_CONNECT, _CREATE = 1.0, 2.0  # transactions
_BUFFER_MS: Final = 100  # what the server is told that is kept here: it may send so much at once
_FROM_NOW_ON: Final = -2000.0  # a live stream; a recorded one where there is no live one
_ENDS: Final = frozenset({"NetStream.Play.Stop", "NetStream.Play.Complete", "NetStream.Play.UnpublishNotify"})
_WINDOW_BYTES: Final = 2_500_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream is: the server, the application on it, and the stream's name there."""

    host: str
    port: int
    application: str
    name: str
    url: str  # of the application

    @classmethod
    def of(cls, url: str) -> Self:
        """`url` taken apart. Raises Beyond for one that is no plain RTMP, or names a user, or no stream."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
        except ValueError as error:
            raise Beyond(str(error)) from error
        steps = parts.path.strip("/").split("/")
        depth = 2 if len(steps) > 2 else 1  # an application may have instances
        application, name = "/".join(steps[:depth]), "/".join(steps[depth:])
        if parts.scheme.lower() != "rtmp" or "@" in parts.netloc or not parts.hostname or not name:
            raise Beyond("no plain RTMP, or a user, or no stream")
        query = f"?{parts.query}" if parts.query else ""
        return cls(parts.hostname, port, application, name + query, f"rtmp://{parts.netloc}/{application}")


class Session:
    """Asks for one stream. Send what `answer` gives, hand what comes to `feed`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._out = bytearray(b"\x03" + bytes(8) + os.urandom(_HANDSHAKE - 8))
        self._greeting: bytearray | None = bytearray()  # None: the handshake is over
        self._reader = ChunkReader()
        self._window = _WINDOW_BYTES
        self._came = 0
        self._acknowledged = 0

    def answer(self) -> bytes:
        """What is to be sent now; each byte is given once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def feed(self, data: bytes) -> list[Message]:
        """The stream's sound and picture in `data`, in order. Raises RtmpError when there will be none."""
        self._came += len(data)
        if self._greeting is not None:
            data = self._greet(data)
        messages = [media for message in self._reader.feed(data) for media in self._hear(message)]
        if self._came - self._acknowledged >= self._window:
            self._acknowledged = self._came
            self._say(_LANE_CONTROL, Kind.ACKNOWLEDGED, struct.pack(">I", self._came & 0xFFFFFFFF))
        return messages

    def _greet(self, data: bytes) -> bytes:
        """Go on with the handshake (clause 5.2); returns what comes after it."""
        assert self._greeting is not None
        self._greeting += data
        greeting = bytes(self._greeting)
        if greeting[:1] not in (b"", b"\x03"):
            raise Beyond("the server speaks no plain RTMP")
        if len(greeting) < 1 + 2 * _HANDSHAKE:
            return b""
        self._greeting = None
        self._out += greeting[1 : 1 + _HANDSHAKE]
        self._command(
            "connect",
            _CONNECT,
            {
                "app": self._place.application,
                "flashVer": "LNX 9,0,124,2",
                "tcUrl": self._place.url,
                "fpad": False,
                "capabilities": 15,
                "audioCodecs": 4071,
                "videoCodecs": 252,
                "videoFunction": 1,
            },
        )
        return greeting[1 + 2 * _HANDSHAKE :]

    def _hear(self, message: Message) -> list[Message]:
        match message.kind:
            case Kind.AUDIO | Kind.VIDEO:
                return [message]
            case Kind.AGGREGATE:
                return list(_apart(message))
            case Kind.WINDOW:
                self._window = max(1, int.from_bytes(message.body[:4]))
            case Kind.BANDWIDTH:
                self._say(_LANE_CONTROL, Kind.WINDOW, struct.pack(">I", _WINDOW_BYTES))
            case Kind.CONTROL:
                self._controlled(message.body)
            case Kind.COMMAND | Kind.COMMAND_3:
                self._told(amf.decode(message.body[message.kind == Kind.COMMAND_3 :]))
        return []

    def _controlled(self, body: bytes) -> None:
        event = int.from_bytes(body[:2])
        if event == _PING:
            self._say(_LANE_CONTROL, Kind.CONTROL, struct.pack(">H", _PONG) + body[2:6])
        elif event == _STREAM_ENDS:
            raise StreamEnded("the stream ends")

    def _told(self, words: list[amf.Value]) -> None:
        """Do what comes after the server's command `words`."""
        name, transaction = words[0] if words else None, words[1] if len(words) > 1 else None
        if name == "_error":
            raise Refused(_why(words))
        if name == "_result" and transaction == _CONNECT:
            self._command("createStream", _CREATE, None)
        elif name == "_result" and transaction == _CREATE:
            stream = words[3] if len(words) > 3 else None
            if not isinstance(stream, float) or not 0 <= stream <= 0xFFFFFFFF:
                raise RtmpError("the server names no stream")
            self._play(int(stream))
        elif name == "onStatus":
            self._status(words)
        elif name == "close":
            raise StreamEnded("the server hangs up")

    def _play(self, stream: int) -> None:
        self._command("play", 0.0, None, self._place.name, _FROM_NOW_ON, stream=stream)
        self._say(_LANE_CONTROL, Kind.CONTROL, struct.pack(">HII", _BUFFER_LENGTH, stream, _BUFFER_MS))

    def _status(self, words: list[amf.Value]) -> None:
        status = words[-1] if isinstance(words[-1], dict) else {}
        if status.get("code") in _ENDS:
            raise StreamEnded(_why(words))
        if status.get("level") == "error":
            raise Refused(_why(words))

    def _command(self, name: str, transaction: float, *arguments: amf.Value, stream: int = 0) -> None:
        lane = _LANE_STREAM if stream else _LANE_COMMAND
        self._say(lane, Kind.COMMAND, amf.encode(name, transaction, *arguments), stream=stream)

    def _say(self, lane: int, kind: int, body: bytes, *, stream: int = 0) -> None:
        self._out += chunked(lane, Message(kind, stream, body))


def _why(words: list[amf.Value]) -> str:
    """The server's reason: its code and description."""
    status = words[-1] if words and isinstance(words[-1], dict) else {}
    return " ".join(str(status[key]) for key in ("code", "description") if status.get(key)) or "no reason given"


def _apart(aggregate: Message) -> list[Message]:
    """The messages in an aggregate one: FLV's tags, each followed by its length (clause 7.1.6)."""
    parts, body, at = [], aggregate.body, 0
    while at + 11 <= len(body):
        size = int.from_bytes(body[at + 1 : at + 4])
        part = Message(body[at], aggregate.stream, body[at + 11 : at + 11 + size])
        if part.kind in (Kind.AUDIO, Kind.VIDEO):
            parts.append(part)
        at += 11 + size + 4
    return parts
