"""An RTMP server for one viewer, in bytes: says what a test tells it to. No sockets here."""

from console.cameras.rtmp import amf
from console.cameras.rtmp.chunks import ChunkReader, Message, chunked

GREETING = 1536


class ServerSide:
    """Hand it what the viewer sends, send the viewer what it returns. Plays `messages` once it is asked to."""

    def __init__(self, messages: list[Message]) -> None:
        self.commands: list[list[amf.Value]] = []
        self.others: list[Message] = []
        self.echo = b""
        self._messages = messages
        self._greeting = b""
        self._reader = ChunkReader()

    def feed(self, data: bytes) -> bytes:
        """The answer to `data`."""
        had = len(self._greeting)
        missing = 1 + 2 * GREETING - had
        self._greeting += data[:missing]
        answer = b"\x03" + bytes(8) + b"s" * (GREETING - 8) + self._greeting[1:] if had == 0 else b""
        self.echo = self._greeting[1 + GREETING :]
        return answer + b"".join(self._hear(message) for message in self._reader.feed(data[missing:]))

    def _hear(self, message: Message) -> bytes:
        if message.kind != 20:
            self.others.append(message)
            return b""
        words = amf.decode(message.body)
        self.commands.append(words)
        match words[0]:
            case "connect":
                return told("_result", 1.0, {"fmsVer": "FMS/3"}, {"level": "status"})
            case "createStream":
                return told("_result", 2.0, None, 5.0)
            case "play":
                started = told("onStatus", 0.0, None, {"level": "status", "code": "NetStream.Play.Start"})
                return started + b"".join(chunked(6, each) for each in self._messages)
        return b""


def told(*words: amf.Value) -> bytes:
    """A command of the server."""
    return chunked(3, Message(20, 0, amf.encode(*words)))
